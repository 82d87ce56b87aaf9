"""What happens in a case after it is live: updates, what is due, and the outcome."""
