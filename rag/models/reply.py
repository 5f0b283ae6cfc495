"""What a model writes, piece by piece → text with footnote numbers, and the sentences it is made of.

Markers become numbers by first use; for one that means no source nothing is shown, and its sentence knows
of it. `feed` gives out only what is certain, and holds back what may yet become a marker, so that a reply
read in pieces is the same as one read whole.
"""

import re
from collections.abc import Mapping

from rag.citations import Draft
from rag.models.marked_text import MarkedText
from rag.models.preface import Preface
from rag.models.refusals import is_refusal, may_become_refusal
from rag.prompts import REFUSAL

LONGEST_REPLY = 20_000
"""Characters; what a model writes beyond them is not read."""

_LONGEST_MARKER = 120  # characters between brackets
_BRACKETS = "[【［"  # noqa: RUF001 - models write them
_OPENING, _CLOSING = r"\[【［", r"\]】］"  # noqa: RUF001
_INSIDE = rf"[^{_OPENING}{_CLOSING}\n]"
_MARKER = re.compile(rf"[{_OPENING}]{_INSIDE}{{1,{_LONGEST_MARKER}}}[{_CLOSING}]")
_UNCLOSED = re.compile(rf"[{_OPENING}]{_INSIDE}{{0,{_LONGEST_MARKER}}}")
_UNCLOSED_END = re.compile(rf"{_UNCLOSED.pattern}\Z")
_UNSHOWABLE = re.compile(
    "[\ud800-\udfff\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
)
_RUN = re.compile(rf"\s+|\w+|`+|[^\s\w`{_OPENING}]+")
_NUMBERS = re.compile(r"[1-9]\d?(?:†.*)?(?:\s*[-–—,;]\s*[1-9]\d?)*")
_OTHER_KEY = re.compile(
    r"@[\w:.-]+|[\^#]\w+|(?:source|ref|reference|doc|paper|abstract|key)s?[ #_-]?\d+|[a-z]{2,4}\d{1,3}",
    re.IGNORECASE,
)
_TAKES_A_RANGE = re.compile(
    r"\b(?:bounds?|intervals?|layers?|levels?|ranges?|scales?|values?)\Z", re.IGNORECASE
)
_BETWEEN = re.compile(r"\s*[,;&]\s*|\s+and\s+")


class ReplyReader:
    """Reads one reply. `keys` are those of the prompt, with the ids of the papers they mean."""

    def __init__(self, keys: Mapping[str, str]) -> None:
        self._keys = {key.casefold(): paper_id for key, paper_id in keys.items()}
        self._prefix = next(iter(self._keys), "\n").rstrip("0123456789")
        key = rf"{re.escape(self._prefix)}(\d{{1,4}})"
        self._key = re.compile(key, re.IGNORECASE)
        self._half_key = re.compile(rf"(?<!\w){re.escape(self._prefix)}\Z", re.IGNORECASE)
        self._key_or_not = re.compile(rf"{key}|.+?(?={key}|\Z)", re.IGNORECASE)
        self._range = re.compile(rf"{key}\s*[-–—]\s*(?:{re.escape(self._prefix)})?(\d{{1,4}})", re.IGNORECASE)
        self._preface = Preface()
        self._read_so_far = 0
        self.has_shown_thoughts = False
        self._begin()

    def feed(self, piece: str) -> str:
        """Take the next piece; returns what may be shown of all that came, without a space at its end."""
        self._read_so_far += len(piece)
        return "".join(map(self._take_in, self._preface.feed(piece)))

    def close(self) -> str:
        """The reply has ended; returns what was still held back."""
        shown = "".join(map(self._take_in, self._preface.close()))
        self._held += self._read("", last=True)
        return shown if self.refused else shown + self._give_out()

    @property
    def has_thoughts(self) -> bool:
        """Whether the model wrote down what it thought."""
        return self._preface.has_thoughts

    @property
    def is_too_long(self) -> bool:
        """Whether no more should be read."""
        return self._read_so_far > LONGEST_REPLY

    @property
    def refused(self) -> bool:
        """Whether the reply was that the sources do not answer, and nothing else; once it is whole."""
        if self._has_shown:
            return False
        said = [(draft.text, bool(draft.paper_ids)) for draft in self.drafts()]
        return _folded(self._text.plain) == _folded(REFUSAL) or is_refusal(said)

    def drafts(self) -> list[Draft]:
        """The sentences, in order; a marker belongs to the sentence it stands in or after."""
        return self._text.drafts()

    @staticmethod
    def _may_be_refusal(begun: str) -> bool:
        return _folded(REFUSAL).startswith(_folded(begun)) or may_become_refusal(begun)

    def _begin(self) -> None:
        self._pending = ""
        self._held = ""  # certain, and given out once it is not the refusal
        self._code = ""  # the backticks that opened it
        self._numbers: dict[str, int] = {}
        self._text = MarkedText()
        self._has_shown = False

    def _take_in(self, text: str | None) -> str:
        if text is None:
            self.has_shown_thoughts = self.has_shown_thoughts or self._has_shown
            self._begin()
            return ""
        self._held += self._read(text, last=False)
        if not self._has_shown and self._may_be_refusal(self._text.plain):
            return ""
        return self._give_out()

    def _give_out(self) -> str:
        shown, self._held = self._held, ""
        parted = "\n\n" if shown and self.has_shown_thoughts and not self._has_shown else ""
        self._has_shown = self._has_shown or bool(shown)
        return parted + shown

    def _read(self, text: str, *, last: bool) -> str:
        self._pending += _UNSHOWABLE.sub("", text)
        if last:
            self._pending = self._without_half_marker(self._pending)
        shown, position = [], 0
        while position < len(self._pending):
            end = self._token_end(position, last=last)
            if end is None:
                break
            shown.append(self._take(self._pending[position:end]))
            position = end
        self._pending = self._pending[position:]
        return "".join(shown)

    def _without_half_marker(self, text: str) -> str:
        """What a reply that broke off within a marker says before it; keys in it that are whole are kept."""
        text = self._half_key.sub("", text)
        found = _UNCLOSED_END.search(text)
        if not found:
            return text
        if keys := list(self._key.finditer(text, found.start())):
            return f"{text[: keys[-1].end()]}]"
        inside = found.group()[1:].strip().casefold()
        begins_key = self._prefix.startswith(inside.removeprefix("source").strip())
        is_half = begins_key or "source".startswith(inside) or self._marker_parts(inside)
        return text[: found.start()] if is_half else text

    def _token_end(self, start: int, *, last: bool) -> int | None:
        """Where the token ends that begins here; None while more may belong to it."""
        text = self._pending
        if text[start] in _BRACKETS:
            if found := _MARKER.match(text, start):
                return found.end()
            may_close = _UNCLOSED.fullmatch(text, start)
            return None if may_close and not last else start + 1
        found = _RUN.match(text, start)
        end = found.end() if found else start + 1
        return end if end < len(text) or last else None

    def _take(self, token: str) -> str:
        """Put a token in its place, and return what is shown for it."""
        if token.isspace():
            return self._text.add_space(token)
        if token[0] == "`":
            self._code = "" if token == self._code else self._code or token
        elif self._key.search(token) and token[0] not in _BRACKETS:
            return "".join(self._bare(found.group()) for found in self._key_or_not.finditer(token))
        elif token[0] in _BRACKETS and len(token) > 1 and (parts := self._marker_parts(token[1:-1].strip())):
            return self._mark(parts, bare=False)
        return self._text.add(token)

    def _bare(self, text: str) -> str:
        is_key = self._key.fullmatch(text)
        return self._mark([text], bare=True) if is_key else self._text.add(text)

    def _marker_parts(self, inside: str) -> list[str]:
        """The keys in a bracket, or what stands in their place; none where it is no marker."""
        parts = [part for part in _BETWEEN.split(inside) if part]
        if self._key.search(inside):
            return parts
        if self._code or self._text.ends_in_a_word:  # as in `x[1]`
            return []
        if not inside.isdigit() and _TAKES_A_RANGE.search(self._text.plain):  # as in "the interval [1, 5]"
            return []
        is_like_one = _NUMBERS.fullmatch(inside) or all(map(_OTHER_KEY.fullmatch, parts))
        return parts if is_like_one else []

    def _mark(self, parts: list[str], *, bare: bool) -> str:
        known, unknown = list[str](), list[str]()
        for part in parts:
            for key in self._spelt_out(part):
                (known if key.casefold() in self._keys else unknown).append(key)
        paper_ids = tuple(dict.fromkeys(self._keys[key.casefold()] for key in known))
        numbers = (self._numbers.setdefault(paper_id, len(self._numbers) + 1) for paper_id in paper_ids)
        shown = "".join(f"[{number}]" for number in numbers)
        return self._text.add_mark(shown, paper_ids, tuple(unknown), bare=bare)

    def _spelt_out(self, part: str) -> list[str]:
        """Each key of a range, as long as it is no longer than there are keys; else what it says."""
        if found := self._range.fullmatch(part):
            first, final = int(found[1]), int(found[2])
            if first <= final < first + len(self._keys):
                return [f"{self._prefix}{number}" for number in range(first, final + 1)]
        found = self._key.search(part)  # as in "Source kvq1"
        return [found.group() if found else part]


def _folded(text: str) -> str:
    return " ".join(text.casefold().strip(" \n\t.*_").split())
