"""Success stories: drafted from an outcome, published by an editor."""
