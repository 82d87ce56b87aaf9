"""Settings that staff change in the browser: which they are, what holds now, and who changed what and why."""
