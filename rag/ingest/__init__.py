"""Records to papers of the library: which are one paper, what changed, what is wrong with them."""
