"""OpenAlex works, as its API answers and its snapshot holds them."""

from collections.abc import Mapping

from rag.readers.fields import at, pages, text, texts
from rag.records import Fields


def matches(value: Mapping[str, object]) -> bool:
    """Keys that no other service has, or an id of its own."""
    is_its_id = text(value.get("id")).startswith("https://openalex.org/W")
    return is_its_id or "abstract_inverted_index" in value or "authorships" in value


def fields_from(value: Mapping[str, object]) -> Fields:
    """The work's fields; its abstract is put together from the index of its words."""
    landing_page = at(value, "primary_location", "landing_page_url")
    venue = at(value, "primary_location", "source") or value.get("host_venue")
    biblio = value.get("biblio")
    return {
        "title": text(value.get("title")) or text(value.get("display_name")),
        "abstract": _in_order(value.get("abstract_inverted_index")) or text(value.get("abstract")),
        "authors": _authors(value.get("authorships")),
        "year": text(value.get("publication_year")) or text(value.get("publication_date")),
        "venue": text(venue),
        "url": text(landing_page) or text(value.get("doi")),
        "doi": text(value.get("doi")),
        "arxiv": _arxiv_page(value.get("locations")),
        "pmid": text(at(value, "ids", "pmid")),
        "keywords": texts(value.get("keywords")) or texts(value.get("concepts")),
        "language": text(value.get("language")),
        "type": text(value.get("type")),
        "volume": text(at(biblio, "volume")),
        "issue": text(at(biblio, "issue")),
        "pages": pages(text(at(biblio, "first_page")), text(at(biblio, "last_page"))),
        "publisher": text(at(venue, "host_organization_name")),
    }  # fmt: skip


def _in_order(index: object) -> str:
    """`{"word": [positions]}` → the words by position; gaps in the count close up."""
    if not isinstance(index, Mapping):
        return ""
    placed = [
        (position, word)
        for word, positions in index.items()
        if isinstance(positions, list)
        for position in positions
        if isinstance(position, int)
    ]
    return " ".join(word for _, word in sorted(placed))


def _authors(authorships: object) -> list[str]:
    listed = authorships if isinstance(authorships, list) else []
    names = (text(at(item, "author")) or text(at(item, "raw_author_name")) for item in listed)
    return [name for name in names if name]


def _arxiv_page(locations: object) -> str:
    places = locations if isinstance(locations, list) else []
    pages = (text(at(place, "landing_page_url")) for place in places)
    return next((page for page in pages if "arxiv.org/abs/" in page), "")
