"""Footnote's offline answer-quality evaluation. Not written yet: it comes with its own issue."""
