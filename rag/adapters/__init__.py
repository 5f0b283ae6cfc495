"""One file a role and library; only `rag.wiring` imports these."""
