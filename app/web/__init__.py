"""What every page shares: access marks, headers, errors, static files, the visitor."""
