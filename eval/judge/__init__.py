"""The judge tier: a language model's verdicts on answers, bounded, checked, and kept for replay."""
