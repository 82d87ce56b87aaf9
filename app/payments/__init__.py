"""The one door to the payment provider; no object of its library leaves this folder."""
