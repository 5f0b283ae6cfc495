"""Papers → BibTeX, RIS and JSON lines, which reference managers and our own readers take back."""

import json
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain, count, product, tee
from string import ascii_lowercase
from typing import Any
from urllib.parse import quote

from rag.cleaning import clean
from rag.ingest.identity import family_name
from rag.types import Paper
from rag.words import STOP_WORDS, letters

_MEETING = re.compile(r"\b(?:conference|symposium|workshop)\b", re.IGNORECASE)
_AND = re.compile(r"(?:^|\s)and(?:\s|$)", re.IGNORECASE)
_SPELT = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th"})
_IN_ADDRESS = ":/?#[]@!$&'()*+,;=%~"
# What BibTeX must not be given in an identifier, where nothing is escaped.
_UNBALANCED = re.compile(r"[\s{}\\]+")

# What LaTeX would not take for itself: all but plain letters, and hyphens and quotes that would join.
_SPECIAL = re.compile(r"[^ -~]|[{}%&$#_~^\\<>]|-(?=-)|`(?=`)|'(?=')")
_LATEX = {character: f"\\{character}" for character in "%&$#_"} | {
    "{": r"{\ensuremath{\lbrace}}",  # BibTeX counts braces, whatever stands before them
    "}": r"{\ensuremath{\rbrace}}",
    "·": r"{\ensuremath{\cdot}}",
    **{character: f"{character}{{}}" for character in "-`'"},
    **{character: character for character in "‐−"},  # noqa: RUF001 - LaTeX knows them as they are
}


def cite_keys(papers: Iterable[Paper]) -> Iterator[str]:
    """`zhao2024galore` for each paper, in order; for one that is taken, the next of a, b … aa is added."""
    taken: set[str] = set()
    endings: defaultdict[str, Iterator[str]] = defaultdict(_endings)
    for paper in papers:
        stem = _stem(paper)
        key = next(key for ending in endings[stem] if (key := stem + ending) not in taken)
        taken.add(key)
        yield key


def bibtex(papers: Iterable[Paper]) -> Iterator[str]:
    """An entry for each paper, in order, under its key of `cite_keys`."""
    from bibtexparser.entrypoint import write_string
    from bibtexparser.library import Library
    from bibtexparser.middlewares import default_unparse_stack
    from bibtexparser.model import Entry, Field

    papers, again = tee(papers)
    for paper, key in zip(papers, cite_keys(again), strict=True):
        fields = [Field(name, said) for name, said in _bibtex_fields(paper).items() if said]
        library = Library([Entry(_bibtex_type(paper), key, fields)])
        yield f"{write_string(library, default_unparse_stack(allow_inplace_modification=True))}\n"


def ris(papers: Iterable[Paper]) -> Iterator[str]:
    """A record for each paper, in order."""
    import rispy

    for paper in papers:
        record = {name: said for name, said in _ris_fields(paper).items() if said}
        yield rispy.dumps([record]).removeprefix("1.\n") + "\n"  # without the number rispy gives it


def json_lines(papers: Iterable[Paper]) -> Iterator[str]:
    """A line for each paper, in order: all that it says, its id and sources too."""
    for paper in papers:
        yield f"{json.dumps(_json_fields(paper), ensure_ascii=False)}\n"


def web_address(address: str) -> str:
    """The address if it is one of the web, with what could end or change it escaped; else ""."""
    address = clean(address)
    return quote(address, safe=_IN_ADDRESS) if re.match(r"https?://[^/]", address) else ""


def _bibtex_type(paper: Paper) -> str:
    return "misc" if not paper.venue else "inproceedings" if _MEETING.search(paper.venue) else "article"


def _bibtex_fields(paper: Paper) -> dict[str, str]:
    arxiv = paper.identifiers.get("arxiv", "")
    return {
        "title": " ".join(map(_in_its_case, clean(paper.title).split())),
        "author": " and ".join(map(_bibtex_name, map(clean, paper.authors))),
        "year": str(paper.year or ""),
        "booktitle" if _MEETING.search(paper.venue) else "journal": _latex(clean(paper.venue)),
        "doi": _verbatim(paper.identifiers.get("doi", "")),
        "eprint": _verbatim(arxiv),
        "archiveprefix": "arXiv" if arxiv else "",
        "pmid": _verbatim(paper.identifiers.get("pmid", "")),
        "url": web_address(paper.url),
        "keywords": (", ", "; ")[any("," in word for word in paper.keywords)].join(
            _latex(clean(word)) for word in paper.keywords
        ),
        "abstract": _latex(clean(paper.abstract)),
    }


def _ris_fields(paper: Paper) -> dict[str, Any]:
    """Under rispy's names of the tags."""
    ids = paper.identifiers
    arxiv = f"arXiv:{ids['arxiv']}" if "arxiv" in ids else ""
    kind = "JOUR" if paper.venue else "GEN"
    return {
        "type_of_reference": "CONF" if _MEETING.search(paper.venue) else kind,
        "title": clean(paper.title),
        "authors": [clean(name) for name in paper.authors],
        "year": str(paper.year or ""),
        "secondary_title": clean(paper.venue),
        "doi": clean(ids.get("doi", "")),
        "name_of_database": "arXiv" if arxiv else "PubMed" if "pmid" in ids else "",
        "accession_number": arxiv or clean(ids.get("pmid", "")),
        "notes": [f"PMID: {clean(ids['pmid'])}"] if arxiv and "pmid" in ids else [],
        "urls": [address] if (address := web_address(paper.url)) else [],
        "keywords": [clean(word) for word in paper.keywords],
        "abstract": clean(paper.abstract),
    }


def _json_fields(paper: Paper) -> dict[str, object]:
    # Only beside `text` do readers take `_id` for that of a test collection.
    beir = "beir" in paper.identifiers
    said = {
        "id": paper.paper_id,
        "title": paper.title,
        "text" if beir else "abstract": paper.abstract,
        "authors": paper.authors,
        "year": paper.year,
        "venue": paper.venue,
        "url": paper.url,
        "keywords": paper.keywords,
        **{"_id" if kind == "beir" else kind: value for kind, value in paper.identifiers.items()},
        "sources": paper.sources,
    }
    return {name: value for name, value in said.items() if value or name == "text"}


def _stem(paper: Paper) -> str:
    title = [word for word in letters(paper.title).split() if word not in STOP_WORDS]
    words = (found for word in title if len(found := _ascii(word)) > 1)
    family = _ascii(family_name(clean(paper.authors[0]))) if paper.authors else ""
    return f"{family}{paper.year or ''}{next(words, '')}" or "paper"


def _endings() -> Iterator[str]:
    """Nothing, then a, b … z, aa, ab and so on."""
    return map("".join, chain.from_iterable(product(ascii_lowercase, repeat=length) for length in count()))


def _ascii(text: str) -> str:
    spelt = unicodedata.normalize("NFKD", text.casefold().translate(_SPELT))
    return re.sub(r"[^a-z0-9]", "", spelt)


def _bibtex_name(name: str) -> str:
    """Braced where BibTeX would take it for several names, or for more parts than a name has."""
    is_whole = _AND.search(name) or name.count(",") > 2 or name.lower() == "others"
    return f"{{{_latex(name)}}}" if is_whole else _latex(name)


def _in_its_case(word: str) -> str:
    """A word of a title; in braces if it has capitals inside, which styles would make small."""
    has_capitals = any(character.isupper() for character in word[1:])
    return f"{{{_latex(word)}}}" if has_capitals else _latex(word)


def _latex(text: str) -> str:
    return _SPECIAL.sub(lambda found: _latex_character(found.group()), text)


def _verbatim(identifier: str) -> str:
    return _UNBALANCED.sub(lambda found: quote(found.group()), identifier)


@cache
def _latex_character(character: str) -> str:
    return _LATEX.get(character) or str(_encoder().unicode_to_latex(character))


@cache
def _encoder() -> Any:  # noqa: ANN401 - pylatexenc has no types
    from pylatexenc.latexencode import UnicodeToLatexEncoder

    return UnicodeToLatexEncoder(
        unknown_char_policy="keep",
        unknown_char_warning=False,
        replacement_latex_protection="braces-almost-all",
    )
