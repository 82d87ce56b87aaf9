"""The demo: all one needs to try the portal on one machine. For development only; the portal never imports it."""
