"""A ruler for Footnote: offline, with the field's own measures, and saying how sure each figure is."""
