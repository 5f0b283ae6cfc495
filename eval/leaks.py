"""Whether a question is in the words of the abstract that answers it, so that any search finds it."""

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from eval.collection import Collection
from eval.wording import folded
from rag import Paper

_WORD = re.compile(r"\w+")
_RUN, _SHARE = 6, 0.9  # words in a row, and share of the question's words by rarity


def words(text: str) -> list[str]:
    """As they are compared."""
    return _WORD.findall(folded(text))


def leak(asked: str, golds: Sequence[Paper], collection: Collection) -> str:
    """What of a question comes from a paper that answers it, for a reader; empty where it is not too much."""
    longest = max((_longest_run(asked, gold.text) for gold in golds), key=len, default=[])
    if len(longest) >= _RUN:
        return f"{len(longest)} words in a row are copied: “{' '.join(longest[:_RUN])} …”"
    share = shared(asked, golds, collection)
    return f"the abstract holds {share:.0%} of its words, by rarity" if share >= _SHARE else ""


def shared(asked: str, golds: Sequence[Paper], collection: Collection) -> float:
    """The share of a question's words, by rarity, that one of the abstracts holds."""
    return max(collection.overlap(asked, [gold.abstract for gold in golds]), default=0.0)


def _longest_run(asked: str, text: str) -> list[str]:
    """The most words in a row that the two have in common."""
    first, second = words(asked), words(text)
    match = SequenceMatcher(None, first, second, autojunk=False).find_longest_match()
    return first[match.a : match.a + match.size]
