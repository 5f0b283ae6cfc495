"""Text as people and tools wrote it → text that is safe to show, compare and search."""

import re
import unicodedata

from rag.errors import InputError

LONGEST_QUESTION = 4_000  # characters

# Invisible characters that reorder or hide text on a terminal or page, and marks left by exports:
# soft hyphen, zero-width space, bidi marks, embeddings, overrides and isolates, byte-order mark.
_INVISIBLE = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def clean(text: str) -> str:
    """One line of NFC text: no control or invisible characters, single spaces, trimmed.

    Lone surrogates, which no file or terminal can be given, become U+FFFD.
    """
    text = text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    text = _CONTROL.sub(" ", _INVISIBLE.sub("", unicodedata.normalize("NFC", text)))
    return " ".join(text.split())


def clean_question(question: str) -> str:
    """The question as it is searched for.

    Raises:
        InputError: it is empty, holds no letter or digit, or is too long to be a question.
    """
    cleaned = clean(question)
    if not cleaned:
        raise InputError("the question is empty; ask something in a few words")
    if len(cleaned) > LONGEST_QUESTION:
        raise InputError(
            f"the question has {len(cleaned)} characters; the limit is {LONGEST_QUESTION}, ask in fewer"
        )
    if not any(character.isalnum() for character in cleaned):
        raise InputError("the question holds no letters or digits; ask something in words")
    return cleaned
