"""The values that travel through Footnote: frozen, slotted, with computed properties."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from rag.words import letters

Verdict = Literal["supported", "weak", "unsupported", "uncited"]
Abstention = Literal["not_in_collection", "abstracts_do_not_tell"]

EXTRACTIVE = "extractive"
"""The `model` of an answer that is made of the abstracts' own sentences."""

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

        The hash is of the normalised title, first author and year, or of the abstract where there is no
        title, so that the same record read twice is the same paper.
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
    """One sentence of an answer, without its markers.

    `citations` are the markers; `code` is the rule that gave the verdict (docs/verdicts.md) and `reason`
    the same for a reader. `evidence` are the words of the cited abstracts that come nearest to it.
    `shown` is the sentence with its markers, these at `marks`, and `after` the space up to the next one.
    """

    text: str
    verdict: Verdict
    reason: str
    citations: tuple[int, ...] = ()
    code: str = ""
    evidence: tuple[Evidence, ...] = ()
    shown: str = ""
    after: str = " "
    marks: tuple[tuple[int, int], ...] = ()

    @property
    def marked_text(self) -> str:
        """The sentence with its footnote markers: where they stand, or after it."""
        return self.shown or " ".join([self.text, "".join(f"[{n}]" for n in self.citations)]).strip()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a question. Markers count up by first use; `hits` are all papers looked at.

    When `abstained`, there are no sentences, `abstention` and `reason` say why, `hits` are the nearest
    misses, and `to_open` the papers whose full text may tell what their abstracts do not. `confidence` in
    [0, 1] is that the abstracts answer the question; one `forced` was answered in spite of it. `notes` are
    lines for the reader (sources left out, an answer cut short). `usage` counts `prompt_tokens` and
    `completion_tokens` where the model's server tells, of a follow-up's rewriting too; `seconds` has `total`
    and one entry a stage. `excluded` is that of Hits.
    """

    question: str
    query: str
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    confidence: float
    abstention: Abstention | None = None
    reason: str = ""
    model: str = EXTRACTIVE
    usage: Mapping[str, int] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
    to_open: tuple[Paper, ...] = ()
    forced: bool = False
    notes: tuple[str, ...] = ()
    k: int = 0
    filters: Mapping[str, object] = field(default_factory=dict)
    excluded: Mapping[str, int] = field(default_factory=dict)

    @property
    def abstained(self) -> bool:
        """Whether the question was left unanswered."""
        return self.abstention is not None

    @property
    def text(self) -> str:
        """The answer with its markers, or the reason for giving none."""
        if self.abstained:
            return self.reason
        return "".join(f"{s.marked_text}{s.after}" for s in self.sentences).strip()

    def to_bibtex(self) -> str:
        """The papers cited, in marker order, as the library knows them; an InputError where none is."""
        return _exported("bibtex", self)

    def to_ris(self) -> str:
        """The same as RIS."""
        return _exported("ris", self)

    def to_markdown(self) -> str:
        """The text, the papers cited and their quotes; no markup of a paper or model has an effect in it."""
        return _exported("markdown", self)

    def to_pandoc(self) -> str:
        """The text with `[@key; @other]` for markers, the keys of `to_bibtex`; raises as that does."""
        return _exported("pandoc", self)

    def __str__(self) -> str:
        sources = (f"[{c.marker}] {reference(c.paper)}" for c in self.citations)
        notes = (f"Note: {note}." for note in self.notes)
        return "\n".join([self.text, "", *sources, *notes]).strip()


Event = Hits | str | Answer
"""What comes of a question: the papers found, then pieces of the text, then the Answer."""


def reference(paper: Paper) -> str:
    """One line that names a paper: authors, year, title, venue, link; what is unknown is left out."""
    authors = ", ".join(paper.authors[:3]) + (" et al." if len(paper.authors) > 3 else "")
    year = f"({paper.year})" if paper.year else ""
    byline = " ".join(part for part in (authors, year) if part)
    title = paper.title or f"{paper.abstract[:80]}…"
    return ". ".join(part for part in (byline, title, paper.venue, paper.link) if part)


def _exported(name: str, answer: Answer) -> str:
    from rag.export.texts import TEXTS

    return TEXTS[name](answer)


def _digest(content: object) -> str:
    packed = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(packed.encode("utf-8", "surrogatepass")).hexdigest()
