"""A user's own library → questions about it, so that there are figures on the first day."""
