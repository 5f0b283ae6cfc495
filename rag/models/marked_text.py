"""Text with markers in it → the text without them, and the sentences with theirs."""

import re
from bisect import bisect_right
from dataclasses import dataclass

from rag.chunking import sentences
from rag.citations import Draft
from rag.interfaces import Span

_TIGHT = frozenset(".,;:!?)%’”\"'")  # no space comes before them
_SHORTEST = 8  # characters of a sentence; prose has short ones, but no crumbs
_LABEL_WORDS = 6  # of a heading, at most
_HEADING = re.compile(r"\s*(?:#{1,6}\s.*|(\*\*|__).*\1:?|.*:)\s*")
_LIST_MARK = re.compile(r"\A(?:(?:[-*•+]|\d{1,2}[.)]|#{1,6}|>)\s+)+")


@dataclass(frozen=True, slots=True)
class _Mark:
    """A marker: its place in the plain text, what span is shown for it, and what it says."""

    offset: int
    shown: Span
    paper_ids: tuple[str, ...]
    unknown: tuple[str, ...]
    bare: bool
    apart: bool  # from the word before it


class MarkedText:
    """A text taken in word by word: `plain` without markers, `shown` with them."""

    def __init__(self) -> None:
        self.plain = self.shown = ""
        self._space = ""  # after what is shown; its fate hangs on what follows
        self._hides = False  # whether that space stands before a marker that is not shown
        self._gap = ""  # the space since the last word of the plain text
        self._marked = False  # whether a marker stands in that gap
        self._starts: list[tuple[int, int]] = []  # of each token, in plain and in shown
        self._marks: list[_Mark] = []
        self._after_marks: set[int] = set()  # small letters after marks that may be subjects: "[1] shows"

    @property
    def ends_in_a_word(self) -> bool:
        """Whether what comes now follows a word directly."""
        return not self._gap and not self._marked and self.plain[-1:].isalnum()

    def add_space(self, space: str) -> str:
        """See add; nothing is shown of it yet."""
        self._space = space if self._hides else self._space + space
        self._hides = False
        self._gap += space
        return ""

    def add(self, token: str) -> str:
        """Returns what it adds to what is shown."""
        is_tight = token[0] in _TIGHT
        space = "" if (self._hides and is_tight) or not self.shown else self._space
        if not self._marked:
            self.plain += self._gap if self.plain else ""
        elif self.plain:
            self.plain += "\n" if "\n" in self._gap else "" if is_tight else " "
            if token[0].islower():
                self._after_marks.add(len(self.plain))
        self._starts.append((len(self.plain), len(self.shown) + len(space)))
        self.plain += token
        self._gap, self._marked = "", False
        return self._show(space + token)

    def add_mark(
        self, shown: str, paper_ids: tuple[str, ...], unknown: tuple[str, ...], *, bare: bool
    ) -> str:
        """Returns what it adds to what is shown: `shown` and the space before it, or nothing yet."""
        opens_line = "\n" in self._gap or not self.plain
        self._marked = True
        added = ""
        if shown:
            added = self._show((self._space if self.shown else "") + shown)
        else:
            self._hides = not opens_line
        offset = len(self.plain) + opens_line  # that of the word that will follow
        span = (len(self.shown) - len(shown), len(self.shown))
        self._marks.append(_Mark(offset, span, paper_ids, unknown, bare, apart=bool(self._gap)))
        return added

    def drafts(self) -> list[Draft]:
        """See ReplyReader."""
        found = _sentences_of(self._with_subjects())
        if not found:  # nothing, or nothing but markers
            return [self._draft("", (0, len(self.shown)), "", self._marks)] if self._marks else []
        spans = [whole for whole, _ in found]
        marks: list[list[_Mark]] = [[] for _ in spans]
        for mark in self._marks:
            is_subject = mark.apart and mark.offset + 1 in self._after_marks
            following = bisect_right(spans, mark.offset + (1 if is_subject else -1), key=lambda span: span[0])
            marks[max(0, following - 1)].append(mark)
        ends = [
            max([self._where_shown(end - 1) + 1, *(mark.shown[1] for mark in owned)])
            for (_, end), owned in zip(spans, marks, strict=True)
        ]
        starts = [0, *(self._next_word(end) for end in ends[:-1])]
        return [
            self._draft(self.plain[slice(*claim)], (start, end), self.shown[end:following], owned)
            for (_, claim), start, end, following, owned in zip(
                found, starts, ends, [*starts[1:], len(self.shown)], marks, strict=True
            )
        ]

    def _with_subjects(self) -> str:
        """The plain text as it is split: a word after a mark may begin a sentence, as a capital does."""
        letters = list(self.plain)
        for at in self._after_marks:
            letters[at] = letters[at].upper()[0]
        return "".join(letters)

    def _draft(self, text: str, shown: Span, after: str, marks: list[_Mark]) -> Draft:
        start, end = shown
        spans = [mark.shown for mark in marks]
        return Draft(
            _LIST_MARK.sub("", text, count=1),
            tuple(dict.fromkeys(paper_id for mark in marks for paper_id in mark.paper_ids)),
            unknown=tuple(dict.fromkeys(key for mark in marks for key in mark.unknown)),
            markers=len(marks),
            bare=any(mark.bare for mark in marks),
            shown=self.shown[start:end],
            after=after,
            marks=tuple((first - start, last - start) for first, last in spans if first < last),
        )

    def _next_word(self, position: int) -> int:
        rest = self.shown[position:]
        return position + len(rest) - len(rest.lstrip())

    def _show(self, text: str) -> str:
        self.shown += text
        self._space, self._hides = "", False
        return text

    def _where_shown(self, offset: int) -> int:
        """Where in `shown` a character of `plain` stands; spaces have no place of their own."""
        token = bisect_right(self._starts, offset, key=lambda start: start[0]) - 1
        plain, shown = self._starts[token]
        return shown + offset - plain


def _sentences_of(text: str) -> list[tuple[Span, Span]]:
    """Spans of the sentences, with what else is shown with each and without; a line's end ends one, too.

    A line that claims nothing, like a heading, is shown with the sentence after it, or the last.
    """
    found: list[tuple[Span, Span]] = []
    opened: int | None = None
    lines = list(re.finditer(r"[^\n]+", text))
    if all(_claims_nothing(line.group()) for line in lines):
        return [((line.start(), line.end()),) * 2 for line in lines]
    for line in lines:
        if _claims_nothing(line.group()):
            opened = line.start() if opened is None else opened
            continue
        for start, end in sentences(line.group(), shortest=_SHORTEST):
            claim = (line.start() + start, line.start() + end)
            found.append(((claim[0] if opened is None else opened, claim[1]), claim))
            opened = None
    if opened is not None:
        (first, _), claim = found.pop()
        found.append(((first, lines[-1].end()), claim))
    return found


def _claims_nothing(line: str) -> bool:
    """Whether it is a heading of few words without numbers, a rule, or opens or closes a block of code."""
    words = re.findall(r"\w+", line)
    if not words or line.lstrip().startswith(("```", "~~~")):
        return True
    is_heading = _HEADING.fullmatch(line) and line.strip().strip("*_")[-1:] not in ".!?"
    return bool(is_heading) and len(words) <= _LABEL_WORDS and not any(map(str.isdigit, "".join(words)))
