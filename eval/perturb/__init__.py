"""The same questions, papers and orders, a little changed: how much of the answers changes with them."""
