"""The values that travel through Footnote: frozen, slotted, with computed properties."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

Verdict = Literal["supported", "weak", "unsupported", "uncited"]
Abstention = Literal["not_in_collection", "abstracts_do_not_tell"]

_ASCII_WORD = re.compile(r"[a-z0-9+#]+")  # "C", "C++" and "C#" are three things

IDENTIFIER_KINDS = ("doi", "arxiv", "pmid", "beir")
"""Kinds of identifier a paper may have, the one that names it first."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One record of the collection. An empty string means that the record did not say.

    `identifiers` maps a kind (`doi`, `arxiv`, `pmid`, `beir`) to the bare identifier; `sources` are
    the paths of the files it came from. `first_id` is the id a library first stored it under, which
    stays its own whatever it later says; empty for a paper from no library.
    """

    title: str
    abstract: str
    authors: tuple[str, ...] = ()
    year: int | None = None
    venue: str = ""
    url: str = ""
    keywords: tuple[str, ...] = ()
    identifiers: Mapping[str, str] = field(default_factory=dict)
    sources: tuple[str, ...] = ()
    first_id: str = ""

    @property
    def paper_id(self) -> str:
        """`doi:…`, else `arxiv:…`, `pmid:…`, `beir:…`, else `text:` and a hash of what it says.

        The hash is of the normalised title, first author and year, or of the abstract where there
        is no title, so that the same record read twice is the same paper.
        """
        if self.first_id:
            return self.first_id
        for kind in IDENTIFIER_KINDS:
            if kind in self.identifiers:
                return f"{kind}:{self.identifiers[kind]}"
        return self.text_id

    @property
    def text_id(self) -> str:
        """The id that it has, or would have without identifiers, by what it says."""
        first_author = self.authors[0] if self.authors else ""
        said = (self.title, first_author, str(self.year or "")) if self.title else (self.abstract,)
        return f"text:{_digest([letters(part) for part in said])[:20]}"

    @property
    def ids(self) -> tuple[str, ...]:
        """Every id that means this paper, its own first: one for each identifier it has."""
        others = (f"{kind}:{value}" for kind, value in self.identifiers.items())
        return tuple(dict.fromkeys((self.paper_id, *others)))

    @property
    def title_key(self) -> str:
        """What two spellings of its title have in common; empty where it has none."""
        return letters(self.title)

    @property
    def content_hash(self) -> str:
        """Changes when anything the record says changes, wherever it was read from."""
        return _digest(
            [
                self.title,
                self.abstract,
                self.authors,
                self.year,
                self.venue,
                self.url,
                self.keywords,
                sorted(self.identifiers.items()),
            ]
        )

    @property
    def link(self) -> str:
        """The record's own URL, else one made from an identifier, else an empty string."""
        made = {
            "doi": "https://doi.org/{}",
            "arxiv": "https://arxiv.org/abs/{}",
            "pmid": "https://pubmed.ncbi.nlm.nih.gov/{}/",
        }
        links = (made[kind].format(self.identifiers[kind]) for kind in made if kind in self.identifiers)
        return self.url or next(links, "")

    @property
    def text(self) -> str:
        """Title and abstract as they are embedded and indexed; see `abstract_start`."""
        return f"{self.title}\n{self.abstract}"

    @property
    def abstract_start(self) -> int:
        """Offset of the abstract in `text`."""
        return len(self.title) + 1


@dataclass(frozen=True, slots=True)
class Chunk:
    """An indexed span of one abstract: `abstract[start:end] == text`.

    Position 0 is the whole abstract; from 1 on they are windows of sentences.
    """

    paper_id: str
    position: int
    start: int
    end: int
    text: str

    @property
    def chunk_id(self) -> str:
        """`paper_id#position`."""
        return f"{self.paper_id}#{self.position}"


@dataclass(frozen=True, slots=True)
class Hit:
    """A paper found, with its best chunk. `score` is in [0, 1], higher is better; `rank` from 1.

    `scores` are the parts: `dense` is the mean of the cosines `whole` and `window`, `lexical` the share
    that `bm25` is of what the question's words can attain, `feedback` what papers like this one add.
    Where a reranker decided the order, `rerank` is what it said, on a scale of its own, and `score` that
    of the place: what the paper had that stood there before.
    """

    rank: int
    score: float
    scores: Mapping[str, float]
    paper: Paper
    chunk: Chunk


class Hits(list[Hit]):
    """Papers found, best first.

    `within` is the number of papers that pass the filter, None without one; where none does, `reason`
    says so in one line. `excluded` counts papers left out only because they do not say what the filter
    asks for: `no_year`, and `no_author`, `no_venue` or `no_keyword` where that was asked.
    """

    def __init__(
        self,
        hits: Iterable[Hit] = (),
        *,
        excluded: Mapping[str, int] | None = None,
        within: int | None = None,
        reason: str = "",
    ) -> None:
        super().__init__(hits)
        self.excluded = {"no_year": 0, **(excluded or {})}
        self.within = within
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Evidence:
    """Exact words of an abstract: `abstract[start:end] == quote`, always."""

    paper_id: str
    quote: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Citation:
    """`[marker]` in an answer: one paper, the words of it that the answer rests on, and a verdict."""

    marker: int
    paper: Paper
    evidence: tuple[Evidence, ...]
    verdict: Verdict
    reason: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of an answer. `citations` are markers; `reason` explains the verdict."""

    text: str
    verdict: Verdict
    reason: str
    citations: tuple[int, ...] = ()

    @property
    def marked_text(self) -> str:
        """The sentence with its footnote markers after it."""
        return " ".join([self.text, "".join(f"[{marker}]" for marker in self.citations)]).strip()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a question. Markers count up by first use; `hits` are all papers looked at.

    When `abstained`, there are no sentences, `abstention` and `reason` say why, and `hits` are the
    nearest misses. `confidence` in [0, 1] is that the collection answers the question; `seconds`
    has `total` and one entry a stage.
    """

    question: str
    query: str
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    confidence: float
    abstention: Abstention | None = None
    reason: str = ""
    model: str = "extractive"
    usage: Mapping[str, int] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)

    @property
    def abstained(self) -> bool:
        """Whether the question was left unanswered."""
        return self.abstention is not None

    @property
    def text(self) -> str:
        """The answer with its markers, or the reason for giving none."""
        return self.reason if self.abstained else " ".join(s.marked_text for s in self.sentences)

    def __str__(self) -> str:
        sources = (f"[{c.marker}] {reference(c.paper)}" for c in self.citations)
        return "\n".join([self.text, "", *sources]).strip()


def reference(paper: Paper) -> str:
    """One line that names a paper: authors, year, title, venue, link; what is unknown is left out."""
    authors = ", ".join(paper.authors[:3]) + (" et al." if len(paper.authors) > 3 else "")
    year = f"({paper.year})" if paper.year else ""
    byline = " ".join(part for part in (authors, year) if part)
    title = paper.title or f"{paper.abstract[:80]}…"
    return ". ".join(part for part in (byline, title, paper.venue, paper.link) if part)


def _digest(content: object) -> str:
    packed = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(packed.encode("utf-8", "surrogatepass")).hexdigest()


def letters(text: str) -> str:
    """Casefolded letters and digits only, accents dropped: what two spellings of a title share."""
    if text.isascii():
        return " ".join(_ASCII_WORD.findall(text.lower()))
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    words = "".join(
        c if c.isalnum() or c in "+#" else " " for c in decomposed if not unicodedata.combining(c)
    )
    return " ".join(words.split())
