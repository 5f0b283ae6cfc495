"""The model tier: what an encoder or a cross-encoder makes of an answer, and how well it can tell."""
