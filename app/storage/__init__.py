"""Files that people send us: kept outside the web root, checked by what they are, handed out as downloads only."""
