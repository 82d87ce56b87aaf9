"""Lawyers, what was checked about them, and their public profile."""
