"""SQLite, the record of truth: papers, records, chunks, vectors; one writer."""
