"""A stand-in for Stripe on loopback, for development and tests. The portal never imports it.

`python -m stripesim` runs it; `stripesim.server.serve()` gives a server to run in a thread. README.md tells the rest.
"""
