"""Verdicts: whether the abstracts that a sentence cites say what it says.

One rule a file, each usable by itself; `judge.py` puts them in order. docs/verdicts.md has every code.
"""
