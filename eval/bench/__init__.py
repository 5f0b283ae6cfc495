"""`footnote bench`: Footnote beside the defaults of others on the same papers, measured in one run."""
