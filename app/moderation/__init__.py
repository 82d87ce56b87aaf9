"""Reports of pages by anybody, what staff do about them, and the public log of what was suspended or taken down."""
