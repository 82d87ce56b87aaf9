"""What we hold about people: having it, having it erased, how long it is kept, and what they consented to."""
