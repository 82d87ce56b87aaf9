"""Case pages: the wizard, review, the public and the private page."""
