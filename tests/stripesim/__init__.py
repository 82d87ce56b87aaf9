"""Tests of the Stripe stand-in, and through it of a model of the charge engine."""
