"""Starts what the tests need besides the portal: a database server, a mail server, a browser, a Stripe stand-in."""
