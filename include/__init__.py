"""The project's own packages: the sync, and the two sandbox CRMs it is tested against."""
