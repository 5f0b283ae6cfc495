"""Footnote's chat page. Not written yet: it comes with its own issue."""
