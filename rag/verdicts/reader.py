"""How the rules read words: as stems, as what points up or down, as vectors; each text once."""

import re
from collections.abc import Callable, Sequence
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray

from rag.verdicts.polarity import pointers

_DERIVED = re.compile(
    r"(?<=\w{4})(?:ificat|ifi|if|izat|iz|at|ment|abl|ibl|anc|enc|ant|ent|ness|ous|iti|iv|or|er|al|e|i)$"
)


class Reader:
    """`terms` and `pointers` of a text, and how near two words are in meaning. What was read is kept, so
    have one for each answer or draft.
    """

    def __init__(
        self, terms: Callable[[str], Sequence[str]], embed: Callable[[Sequence[str]], NDArray[np.float32]]
    ) -> None:
        self.terms = cache(lambda text: rooted(terms(text)))
        self.pointers = cache(partial(pointers, terms=self.terms))
        self._embed = embed
        self._vectors: dict[str, NDArray[np.float32]] = {}

    def nearness(self, words: Sequence[str], others: Sequence[str]) -> NDArray[np.float32]:
        """The cosine of each word (row) with each of the others (column), read without their sentences."""
        unread = [word for word in dict.fromkeys([*words, *others]) if word not in self._vectors]
        if unread:
            self._vectors |= dict(zip(unread, self._embed(unread), strict=True))
        rows, columns = ([self._vectors[word] for word in each] for each in (words, others))
        return np.stack(rows) @ np.stack(columns).T


def rooted(stems: Sequence[str]) -> list[str]:
    """Stems without what words are derived by: `sparsif` and `sparsifi` are both `spars`."""
    return [_DERIVED.sub("", stem) for stem in stems]
