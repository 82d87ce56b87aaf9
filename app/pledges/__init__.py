"""Pledges, from the form to the receipt."""
