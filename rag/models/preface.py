"""A model's reply, piece by piece → what of it is the answer, without what comes first: thoughts, a line that
leads in, quotes, and the headings of the parts.
"""

import re
from collections.abc import Iterator

from rag.prompts import ANSWER, QUOTES

_DECORATION = " \n\t*#_"
_GAP = r"[ \t]{0,8}"


def _heading(word: str) -> str:
    """A heading takes only the marks after it that stand before it too: the answer may begin with some."""
    marks, same = rf"(?P<{word}>[*_]{{0,3}})", rf"(?:(?P={word}){_GAP})?"
    return rf"#{{0,6}}{_GAP}{marks}{_GAP}{word}{_GAP}{same}(?:\n|\Z|:{_GAP}{same})"


_PARTS = re.compile(rf"{_heading(QUOTES)}|{_heading(ANSWER)}", re.IGNORECASE)
_ANSWER_AT_END = re.compile(rf"^{_GAP}{_heading(ANSWER)}", re.IGNORECASE | re.MULTILINE)
_ANSWER_PART = re.compile(rf"{_ANSWER_AT_END.pattern}(?=[*_\s]*[^*_\s])", re.IGNORECASE | re.MULTILINE)
_OPEN_HEADING = re.compile(rf"(?:{QUOTES}|{ANSWER})[*_ \t]*(?:[:\n][*_\s]*)?\Z", re.IGNORECASE)
_LEADS_IN = re.compile(r"[^\n\[【［`]{1,120}(?:\n\s*|\Z)")  # noqa: RUF001 - models write them
_THINKS = re.compile(r"\s*<think(?:ing)?>", re.IGNORECASE)
_THOUGHT = re.compile(r"</think(?:ing)?>", re.IGNORECASE)
_LINE_END = re.compile(r"[ \t]*\n")
_MAY_COME_FIRST = ("<think>", "<thinking>", QUOTES.casefold(), ANSWER.casefold())
_QUOTED = re.compile(
    r"\s*(?:(?:[-*•]|\d+[.)])[ \t]+)?(?:[\[【［][^\]】］\n]*[\]】］][ \t]*[:–—-]?[ \t]*)?"  # noqa: RUF001
    r"[\"“«](?:[^\"”»\n]*|.*[\"”»][\s.,;]*(?:[\[【［].*)?)(?:\n|\Z)"  # noqa: RUF001
    r"|\s*\(?none\)?\.?[ \t]*(?:\n|\Z)",
    re.IGNORECASE,
)


class Preface:
    """Takes a reply in. Its parts come out as text of the answer, or None: all text before was thoughts."""

    def __init__(self) -> None:
        self._head: str | None = ""  # what came before it was clear where the answer begins
        self._unread = ""  # what may become the end of thoughts
        self.has_thoughts = False

    def feed(self, piece: str) -> Iterator[str | None]:
        """What is certain with the next piece."""
        self._unread += piece
        while found := _THOUGHT.search(self._unread):
            yield self._answer_in(self._unread[: found.start()])
            mark, self._unread = found.group(), self._unread[found.end() :]
            # Some templates open the thoughts in the prompt. Without an opening, prose may name the mark.
            if self._is_thinking or _LINE_END.match(self._unread):
                self._head, self.has_thoughts = "", True
                yield None
            elif not self._unread.strip(" \t"):
                self._unread = mark + self._unread
                return
            else:
                yield self._answer_in(mark)
        half = self._unread.rfind("<")
        end = half if half >= 0 and "</thinking>".startswith(self._unread[half:].casefold()) else None
        yield self._answer_in(self._unread[:end])
        self._unread = "" if end is None else self._unread[end:]

    def close(self) -> Iterator[str | None]:
        """The reply has ended; what was still held back."""
        head, rest = self._head, self._unread
        self._head, self._unread = None, ""
        if _THOUGHT.match(rest) or _THINKS.match(head or ""):
            self.has_thoughts = True
            yield None
        else:
            yield rest if head is None else _at_the_end(head + rest)

    @property
    def _is_thinking(self) -> bool:
        return bool(self._head and _THINKS.match(self._head))

    def _answer_in(self, text: str) -> str:
        if self._head is None:
            return text
        self._head += text
        start = None if self._is_thinking else _beginning(self._head)
        if start is None:
            return ""
        answer, self._head = self._head[start:], None
        return answer


def _beginning(head: str) -> int | None:
    """Where the answer begins; None while that hangs on what comes next."""
    for start in _first_lines(head):
        line = head[start:].lstrip(_DECORATION)
        if any(first.startswith(line.casefold()) for first in _MAY_COME_FIRST) or _OPEN_HEADING.match(line):
            return None
        if _PARTS.match(head, start):
            found = _ANSWER_PART.search(head, start)
            return found.end() if found else None
    return 0


def _at_the_end(head: str) -> str:
    """The answer in a reply that ended before it was clear where; what it quotes will have to do for one."""
    for start in _first_lines(head):
        if part := _PARTS.match(head, start):
            if found := _ANSWER_AT_END.search(head, start):
                return head[found.end() :]
            return _after_quotes(head[part.end() :])
    return head


def _after_quotes(text: str) -> str:
    start = 0
    while (found := _QUOTED.match(text, start)) and found.end() > start:
        start = found.end()
    rest = text[start:].strip(_DECORATION)
    return text if ANSWER.startswith(rest) else text[start:]


def _first_lines(head: str) -> Iterator[int]:
    """Where the first line begins, and the next if the first may only lead in to it."""
    start = len(head) - len(head.lstrip())
    yield start
    if found := _LEADS_IN.match(head, start):
        yield found.end()
