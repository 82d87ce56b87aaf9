"""Work that must not be lost: rows written with what they belong to, done later by the worker."""
