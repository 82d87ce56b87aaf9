"""Health, checks of the books, and the commands of operators."""
