"""An abstract → sentences → chunks, all as character offsets into the abstract."""

import re

from rag.types import Chunk, Paper

WINDOW, STRIDE = 3, 2  # sentences
SCHEME = f"whole; windows of {WINDOW} sentences, stride {STRIDE}, with the title; sentences"
"""What made the chunks; a library remembers it. Change it whenever the spans below change."""

_SHORTEST_SENTENCE = 20  # characters
_LONGEST_SENTENCE = 1_000  # characters; text without full stops is cut at a space before this

_ABBREVIATIONS = frozenset(
    """
    al approx ca cf ch dr e.g eg eq eqs etc fig figs i.e ie inc jr min max mr mrs ms no nos p pp
    prof ref refs resp sec st tab u.s u.k viz vol vs w.r.t
    """.split()
)
# A full stop, closing quotes and brackets with it, then space and a capital (also Greek, Cyrillic) or digit.
_BOUNDARY = re.compile(r"""[.!?]+["'”’)\]]*(?=\s+["'“‘(\[]*[A-Z0-9\u0391-\u03a9\u0410-\u042f])""")
# In lower-cased collections (Cranfield) a full stop that ends a sentence stands apart.
_LOOSE_BOUNDARY = re.compile(r"(?<=\s)[.!?](?=\s+\S)")


def sentences(text: str, shortest: int = _SHORTEST_SENTENCE) -> list[tuple[int, int]]:
    """Spans of the sentences, in order, without the spaces between; together they hold every word.

    One of fewer than `shortest` characters stays with what follows.
    """
    ends = sorted(
        {m.end() for m in _BOUNDARY.finditer(text) if not _is_abbreviation(text, m.start())}
        | {m.end() for m in _LOOSE_BOUNDARY.finditer(text)}
        | {len(text)}
    )
    spans, start = [], 0
    for end in ends:
        if end - start < shortest and end < len(text):
            continue  # a crumb ("(2).") stays with what follows
        spans += _cut(text, start, end)
        start = end
    return spans


def chunks(paper: Paper) -> list[Chunk]:
    """Chunk 0 is the whole abstract; windows of sentences follow where it has more than a window's.

    Empty for a paper without an abstract.
    """
    if not paper.abstract:
        return []
    spans = sentences(paper.abstract)
    windows = [(0, len(paper.abstract))]
    if len(spans) > WINDOW:
        firsts = range(0, len(spans) - WINDOW + STRIDE, STRIDE)
        windows += [(spans[i][0], spans[min(i + WINDOW, len(spans)) - 1][1]) for i in firsts]
    paper_id = paper.paper_id
    return [
        Chunk(paper_id, position, start, end, paper.abstract[start:end])
        for position, (start, end) in enumerate(windows)
    ]


def _is_abbreviation(text: str, stop: int) -> bool:
    """Whether the full stop at `stop` ends an abbreviation or an initial."""
    if text[stop] != ".":
        return False
    word = re.split(r"[\s(\[]", text[max(0, stop - 20) : stop])[-1]
    return word.lower() in _ABBREVIATIONS or bool(re.fullmatch(r"[A-Z]", word))


def _cut(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """The span trimmed, and cut at spaces where it is longer than any sentence."""
    spans = []
    while start < end and text[start].isspace():
        start += 1
    while end - start > _LONGEST_SENTENCE:
        space = text.rfind(" ", start, start + _LONGEST_SENTENCE)
        middle = space if space > start else start + _LONGEST_SENTENCE
        spans.append((start, middle))
        start = middle + (space > start)
    while end > start and text[end - 1].isspace():
        end -= 1
    return [*spans, (start, end)] if start < end else spans
