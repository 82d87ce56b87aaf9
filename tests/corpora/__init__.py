"""Every row of the bad input, through the doors that a browser would use."""
