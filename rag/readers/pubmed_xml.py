"""PubMed's XML: articles and book chapters, as its site, E-utilities and yearly baseline give them."""

from collections.abc import Iterator

from lxml import etree

from rag.ingest.report import Problem
from rag.readers import xml_stream
from rag.readers.fields import pages
from rag.readers.source import Source
from rag.readers.xml_stream import all_markup, first_markup, markup, plain
from rag.records import Fields, Record

_TAGS = ("PubmedArticle", "PubmedBookArticle")
_ROOTS = ("PubmedArticleSet", "PubmedBookArticleSet", *_TAGS)
_ARTICLE = "MedlineCitation/Article"
_ISSUE = f"{_ARTICLE}/Journal/JournalIssue"
_CHAPTER = "BookDocument"  # a whole book is a BookDocument, too: one without an ArticleTitle

_NO_TITLES = ("", "[Not Available].", "[Not Available]")
_TITLES = (
    f"{_ARTICLE}/ArticleTitle", f"{_ARTICLE}/VernacularTitle", f"{_CHAPTER}/ArticleTitle",
    f"{_CHAPTER}/VernacularTitle", f"{_CHAPTER}/Book/BookTitle",
)  # fmt: skip
_ABSTRACTS = (f"{_ARTICLE}/Abstract", f"{_CHAPTER}/Abstract", "MedlineCitation/OtherAbstract")
# Paths from the record down, for what it cites has DOIs and PMIDs of its own.
_TEXTS = {
    "year": (
        f"{_ISSUE}/PubDate/Year", f"{_ISSUE}/PubDate/MedlineDate", f"{_ARTICLE}/ArticleDate/Year",
        f"{_CHAPTER}/Book/PubDate/Year", f"{_CHAPTER}/ContributionDate/Year",
    ),
    "venue": (
        f"{_ARTICLE}/Journal/Title", f"{_ARTICLE}/Journal/ISOAbbreviation", f"{_CHAPTER}/Book/BookTitle",
    ),
    "language": (f"{_ARTICLE}/Language", f"{_CHAPTER}/Language"),
    "type": (f"{_ARTICLE}/PublicationTypeList/PublicationType", f"{_CHAPTER}/PublicationType"),
    "volume": (f"{_ISSUE}/Volume", f"{_CHAPTER}/Book/Volume"),
    "issue": (f"{_ISSUE}/Issue",),
    "publisher": (f"{_CHAPTER}/Book/Publisher/PublisherName",),
}  # fmt: skip
_PMIDS = ("MedlineCitation/PMID", f"{_CHAPTER}/PMID")
_DOIS = (
    f"{_ARTICLE}/ELocationID[@EIdType='doi']", "PubmedData/ArticleIdList/ArticleId[@IdType='doi']",
    f"{_CHAPTER}/ArticleIdList/ArticleId[@IdType='doi']",
    "PubmedBookData/ArticleIdList/ArticleId[@IdType='doi']",
)  # fmt: skip
_AUTHORS = (
    f"{_ARTICLE}/AuthorList/Author",
    f"{_CHAPTER}/AuthorList/Author",
    f"{_CHAPTER}/Book/AuthorList/Author",
)
_KEYWORDS = (
    "MedlineCitation/KeywordList/Keyword", "MedlineCitation/MeshHeadingList/MeshHeading/DescriptorName",
    f"{_CHAPTER}/KeywordList/Keyword",
)  # fmt: skip


def looks_like(head: str) -> bool:
    """The root is one of PubMed's."""
    return xml_stream.root_of(head) in _ROOTS


def read(source: Source) -> Iterator[Record | Problem]:
    """Records whose texts hold the tags of the file; a labelled section of an abstract keeps its own."""
    return xml_stream.read(source, _TAGS, _fields)


def _fields(record: etree._Element) -> Fields:
    texts: Fields = {field: first_markup(record, *paths) for field, paths in _TEXTS.items()}
    authors = (_name(author) for path in _AUTHORS for author in record.iterfind(path))
    return texts | {
        "title": _title(record),
        "abstract": _abstract(record),
        "authors": [name for name in authors if name],
        "keywords": all_markup(record, *_KEYWORDS),
        "pages": _pages(record),
        "pmid": plain(record, *_PMIDS),
        "doi": plain(record, *_DOIS),
    }


def _title(record: etree._Element) -> str:
    titles = (first_markup(record, path) for path in _TITLES)
    return next((title for title in titles if title not in _NO_TITLES), "")


def _abstract(record: etree._Element) -> str:
    """Of several only the first: the others say the same in another language, or to laymen."""
    for path in _ABSTRACTS:
        abstract = record.find(path)
        if abstract is not None and (text := "\n".join(filter(None, map(_section, abstract)))):
            return text
    return ""


def _section(element: etree._Element) -> str:
    if element.tag != "AbstractText":
        return ""  # a copyright line
    text = markup(element)
    if not text or not element.get("Label"):
        return text
    labelled: str = etree.tostring(element, encoding="unicode", with_tail=False)
    return labelled


def _name(author: etree._Element) -> str:
    family = first_markup(author, "LastName")
    given = first_markup(author, "ForeName", "Initials")
    return ", ".join(filter(None, (family, given))) or first_markup(author, "CollectiveName")


def _pages(record: etree._Element) -> str:
    for path in (f"{_ARTICLE}/Pagination", f"{_CHAPTER}/Pagination"):
        found = record.find(path)
        if found is not None:
            first, last = first_markup(found, "StartPage"), first_markup(found, "EndPage")
            return first_markup(found, "MedlinePgn") or pages(first, last)
    return ""
