"""Standing pages: home, terms, appearance."""
