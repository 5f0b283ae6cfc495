"""A turn of a conversation → the HTML of its article: the answer with its markers, and its evidence."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rag import Answer, Sentence
from ui.evidence import other_papers, source_id, sources, words_id
from ui.markup import rendered
from ui.turns import Turn

FORMS = (
    ("markdown", "Copy with citations"),
    ("bibtex", "BibTeX"),
    ("ris", "RIS"),
    ("passport", "Passport"),
)
"""In what forms an answer can be taken away, and what the buttons say."""

_EXTRACTIVE = "extractive"  # the model's name where there is none; see Answer.model
_MARKER = re.compile(r"(\[\d{1,3}\])")
_NEEDS_SOURCES = {"bibtex", "ris"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A bit of a sentence: a text, or a marker with the source and the words that it leads to."""

    text: str = ""
    marker: int = 0
    target: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence as it is shown; `tag` names its verdict where that is not the best."""

    pieces: tuple[Piece, ...]
    cites: str = ""
    verdict: str = ""
    tag: str = ""
    reason: str = ""
    reason_id: str = ""


def turn_html(
    turn: Turn,
    key: str = "",
    *,
    earlier: Sequence[Turn] = (),
    is_live: bool = False,
    is_kept: bool = True,
    can_rate: bool = True,
) -> str:
    """The article of a turn. `key` begins its ids, where one page shows turns of several sessions; a live
    one tells screen readers how it goes, and the page which `earlier` turns stand before it; one that is
    not kept offers nothing that a session is needed for. Only what is in the history can be rated.
    """
    key = key or _key(turn)
    answer = turn.answer
    others, others_are = other_papers(turn)
    return rendered(
        "turn.html.j2",
        turn=turn,
        key=key,
        status=_status(turn),
        kept_to=_kept_to(turn),
        paragraphs=_paragraphs(answer, key) if answer else _unchecked(turn.text),
        notes=_notes(answer) if answer else (),
        sources=sources(answer, key) if answer else [],
        others=others,
        others_are=others_are,
        earlier=" ".join(map(_key, earlier)),
        forms=[form for form in FORMS if form[0] not in _NEEDS_SOURCES or (answer and answer.citations)],
        is_live=is_live,
        is_kept=is_kept,
        can_rate=can_rate,
    )


def _key(turn: Turn) -> str:
    return f"t{turn.number}"


def turns_html(turns: Sequence[Turn]) -> str:
    """The articles of a conversation."""
    return "".join(map(turn_html, turns))


def _notes(answer: Answer) -> tuple[str, ...]:
    """Without the first of a forced answer, which says what the page says in its own way."""
    return answer.notes[1:] if answer.forced else answer.notes


def _status(turn: Turn) -> str:
    """What is happening, or how it went."""
    if turn.is_busy:
        if turn.is_waiting:
            return "Waiting until others have their answers"
        searching = f"Searching {turn.among:,} papers"
        return "Writing" if turn.text else f"Reading {len(turn.found)}" if turn.found else searching
    if turn.failure or turn.answer is None:
        return "" if turn.failure else "Stopped: what came before was not checked"
    return _summary(turn.answer)


def _summary(answer: Answer) -> str:
    looked = _counted(len(answer.hits), "paper")
    seconds = f"{answer.seconds['total']:.1f} s" if "total" in answer.seconds else ""
    if answer.abstained:
        return " · ".join(filter(None, [f"{looked} looked at", seconds]))
    said = f"{_counted(len(answer.sentences), 'sentence')} from {_counted(len(answer.citations), 'paper')}"
    doubtful = sum(sentence.verdict != "supported" for sentence in answer.sentences)
    checked = "every one quoted" if answer.model == _EXTRACTIVE else "every one supported"
    doubts = f"{doubtful} of them not borne out" if doubtful else checked
    by = "" if answer.model == _EXTRACTIVE else answer.model
    return " · ".join(filter(None, [said, doubts, by, seconds]))


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _kept_to(turn: Turn) -> str:
    """The filter in words, and how many papers passed it."""
    said = [f"{name} {_filter_value(value)}" for name, value in turn.filters.items() if value]
    within = turn.found.within if turn.found is not None else None
    counted = f" ({_counted(within, 'paper')})" if within is not None else ""
    return " and ".join(said) + counted if said else ""


def _filter_value(value: object) -> str:
    if isinstance(value, tuple):
        first, last = value
        return f"{first or ''}–{last or ''}"
    return " or ".join(map(str, value)) if isinstance(value, list) else str(value)


def _paragraphs(answer: Answer, key: str) -> list[list[Said]]:
    """The sentences, a new paragraph where the answer has a new line."""
    paragraphs: list[list[Said]] = [[]]
    for number, sentence in enumerate(answer.sentences):
        paragraphs[-1].append(_said(sentence, answer, key, number))
        if "\n" in sentence.after:
            paragraphs.append([])
    return [paragraph for paragraph in paragraphs if paragraph]


def _said(sentence: Sentence, answer: Answer, key: str, number: int) -> Said:
    is_doubtful = sentence.verdict != "supported"
    return Said(
        tuple(_pieces(sentence, answer, key)),
        cites=" ".join(map(str, sentence.citations)),
        verdict=sentence.verdict,
        tag=sentence.verdict if is_doubtful else "",
        reason=sentence.reason if is_doubtful else "",
        reason_id=f"{key}-r{number}",
    )


def _pieces(sentence: Sentence, answer: Answer, key: str) -> Iterator[Piece]:
    """Text and markers; other numbers in brackets are the text's."""
    position = 0
    for start, end in sentence.marks:
        yield Piece(sentence.shown[position:start])
        for number in re.findall(r"\d+", sentence.shown[start:end]):
            yield _marker(int(number), sentence, answer, key)
        position = end
    yield Piece((sentence.shown or sentence.text)[position:])
    if not sentence.shown:
        yield from (_marker(marker, sentence, answer, key) for marker in sentence.citations)


def _marker(marker: int, sentence: Sentence, answer: Answer, key: str) -> Piece:
    cited = next((each for each in answer.citations if each.marker == marker), None)
    if cited is None:
        return Piece(marker=marker)
    starts = [each.start for each in sentence.evidence if each.paper_id == cited.paper.paper_id]
    words = words_id(answer, key, cited, min(starts)) if starts else ""
    return Piece(marker=marker, target=source_id(key, marker), words=words)


def _unchecked(text: str) -> Iterable[list[Said]]:
    """What was written so far, line by line."""
    for line in filter(str.strip, text.split("\n")):
        parts = _MARKER.split(line)
        # Split by a pattern in brackets, every second part is what it matched.
        pieces = (Piece(marker=int(part[1:-1])) if n % 2 else Piece(part) for n, part in enumerate(parts))
        yield [Said(tuple(piece for piece in pieces if piece != Piece()))]
