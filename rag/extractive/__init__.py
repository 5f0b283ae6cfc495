"""An answer without a language model: the abstracts' own sentences."""
