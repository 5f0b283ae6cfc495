"""A query to papers, best first, of those that pass a filter."""
