"""Tests of the whole house, mirroring its layout; what they share is in `tests.support`."""
