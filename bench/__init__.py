"""How fast it is, measured: each module is a command that prints a table. Ratios are of one run on one machine."""
