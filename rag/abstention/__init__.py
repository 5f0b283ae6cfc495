"""Whether the abstracts answer a question, measured on the library itself."""
