"""Double-entry books that nobody can alter."""
