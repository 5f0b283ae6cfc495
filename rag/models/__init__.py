"""A language model: which one, where, one reply of its server, and what it wrote, as marked sentences."""
