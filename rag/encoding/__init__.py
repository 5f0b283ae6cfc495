"""Texts to vectors: which encoder, in what precision, and its copy for questions."""
