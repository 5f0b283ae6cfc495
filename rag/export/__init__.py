"""Answers and papers for other programs, and what an answer rests on."""
