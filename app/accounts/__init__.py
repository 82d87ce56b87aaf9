"""People who sign in: backers, lawyers, staff."""
