"""Footnote's chat page: a window on `rag`, through its front door. `footnote ui` opens it."""
