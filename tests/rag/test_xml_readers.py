"""XML files come out as the records they hold, and the dangerous ones do no harm."""

import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from rag.errors import InputError
from rag.ingest.report import Problem
from rag.readers import arxiv_atom, endnote_xml, pubmed_xml
from rag.readers.source import open_source
from rag.records import Record

DOCTYPE = (
    '<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle//EN" "http://127.0.0.1:{port}/pubmed.dtd">'
)
ARTICLE = """\
<PubmedArticle>
  <MedlineCitation><PMID Version="1">101</PMID>
    <Article>
      <Journal>
        <JournalIssue><Volume>7</Volume><Issue>2</Issue><PubDate><Year>2019</Year></PubDate></JournalIssue>
        <Title>Journal of Otters &amp; Tides</Title>
      </Journal>
      <ArticleTitle>Otters and <i>their</i> CO<sub>2</sub>.</ArticleTitle>
      <Pagination><StartPage>11</StartPage><EndPage>19</EndPage></Pagination>
      <ELocationID EIdType="pii">S1</ELocationID>
      <ELocationID EIdType="doi">10.1000/otter.1</ELocationID>
      <Abstract>
        <AbstractText Label="AIM">To count <b>otters</b>, p &lt; 0.05.</AbstractText>
        <AbstractText>A plain &gt; section.</AbstractText>
        <CopyrightInformation>Copyright 2019 The Otters.</CopyrightInformation>
      </Abstract>
      <AuthorList>
        <Author><LastName>Reed</LastName><ForeName>Ann B</ForeName><Initials>AB</Initials></Author>
        <Author><LastName>Wu</LastName><Initials>C</Initials></Author>
        <Author><CollectiveName>The Otter Group</CollectiveName></Author>
      </AuthorList>
      <Language>eng</Language>
      <PublicationTypeList><PublicationType>Review</PublicationType></PublicationTypeList>
    </Article>
    <MeshHeadingList><MeshHeading><DescriptorName>Otters</DescriptorName></MeshHeading></MeshHeadingList>
    <KeywordList><Keyword>rivers</Keyword></KeywordList>
  </MedlineCitation>
  <PubmedData>
    <ArticleIdList><ArticleId IdType="pubmed">101</ArticleId></ArticleIdList>
    <ReferenceList><Reference><ArticleIdList>
      <ArticleId IdType="doi">10.1000/cited</ArticleId><ArticleId IdType="pubmed">999</ArticleId>
    </ArticleIdList></Reference></ReferenceList>
  </PubmedData>
</PubmedArticle>
"""
MEDLINE_DATE = """<Journal><JournalIssue>
  <PubDate><MedlineDate>1998 Dec-1999 Jan</MedlineDate></PubDate>
</JournalIssue></Journal>"""
MATHS = 'Of <mml:math xmlns:mml="urn:m"><mml:mi>x</mml:mi></mml:math> only.'


def items(text: str, name: str = "papers.xml") -> list[Record | Problem]:
    """What the one reader that the text looks like makes of it."""
    path = Path(name)
    path.write_bytes(text.encode())
    with open_source(path) as source:
        (reader,) = [one for one in (pubmed_xml, endnote_xml, arxiv_atom) if one.looks_like(source.head)]
        return [*reader.read(source), *source.problems()]


def one(text: str) -> Record:
    (record,) = items(text)
    assert isinstance(record, Record)
    return record


def pubmed(*articles: str, above: str = "") -> str:
    return f"<?xml version='1.0'?>\n{above}\n<PubmedArticleSet>\n{''.join(articles)}</PubmedArticleSet>\n"


def article(inside: str) -> str:
    """An article of which only the parts in question are there."""
    return f"<PubmedArticle><MedlineCitation><Article>{inside}</Article></MedlineCitation></PubmedArticle>\n"


def test_pubmed_gives_all_it_says_of_an_article() -> None:
    record = one(pubmed(ARTICLE))
    assert record.line == 4
    assert record.fields == {
        "title": "Otters and <i>their</i> CO<sub>2</sub>.",
        "abstract": (
            '<AbstractText Label="AIM">To count <b>otters</b>, p &lt; 0.05.</AbstractText>\n'
            "A plain &gt; section."
        ),
        "authors": ["Reed, Ann B", "Wu, C", "The Otter Group"],
        "year": "2019",
        "venue": "Journal of Otters &amp; Tides",
        "doi": "10.1000/otter.1",
        "pmid": "101",
        "keywords": ["rivers", "Otters"],
        "language": "eng",
        "type": "Review",
        "volume": "7",
        "issue": "2",
        "pages": "11-19",
    }


def test_pubmed_article_has_no_doi_of_the_papers_it_cites() -> None:
    without = ARTICLE.replace('EIdType="doi"', 'EIdType="pii"')
    assert "doi" not in one(pubmed(without)).fields
    own = without.replace('IdType="pubmed">101', 'IdType="doi">10.1000/own')
    assert one(pubmed(own)).fields["doi"] == "10.1000/own"


@pytest.mark.parametrize(
    ("inside", "field", "expected"),
    [
        (MEDLINE_DATE, "year", "1998 Dec-1999 Jan"),
        ("<ArticleDate><Year>2021</Year></ArticleDate>", "year", "2021"),
        (
            "<ArticleTitle>[Not Available].</ArticleTitle><VernacularTitle>Les loutres.</VernacularTitle>",
            "title",
            "Les loutres.",
        ),
        ("<ArticleTitle/><VernacularTitle>Les loutres.</VernacularTitle>", "title", "Les loutres."),
        ("<Pagination><MedlinePgn>e7</MedlinePgn></Pagination>", "pages", "e7"),
        (f"<Abstract><AbstractText>{MATHS}</AbstractText></Abstract>", "abstract", MATHS),
        (
            "<Abstract><AbstractText><![CDATA[p < 0.05 & more]]></AbstractText></Abstract>",
            "abstract",
            "p &lt; 0.05 &amp; more",
        ),
    ],
)
def test_pubmed_says_a_thing_in_several_ways(inside: str, field: str, expected: str) -> None:
    assert one(pubmed(article(inside))).fields[field] == expected


def test_pubmed_article_without_abstract_is_a_record() -> None:
    assert one(pubmed(article("<ArticleTitle>Erratum.</ArticleTitle>"))).fields == {"title": "Erratum."}


def test_pubmed_takes_another_abstract_only_where_there_is_no_first() -> None:
    other = "<OtherAbstract><AbstractText>Autre.</AbstractText></OtherAbstract></MedlineCitation>"
    with_other = ARTICLE.replace("</MedlineCitation>", other)
    assert "Autre" not in one(pubmed(with_other)).fields["abstract"]
    alone = article("<ArticleTitle>T</ArticleTitle>").replace("</MedlineCitation>", other)
    assert one(pubmed(alone)).fields["abstract"] == "Autre."


def test_pubmed_holds_chapters_of_books() -> None:
    chapter = """<PubmedBookArticle><BookDocument><PMID>7</PMID>
      <Book><Publisher><PublisherName>River Press</PublisherName></Publisher><BookTitle>All Rivers</BookTitle>
        <PubDate><Year>2012</Year></PubDate></Book>
      <ArticleTitle>Otters</ArticleTitle><Abstract><AbstractText>Of otters.</AbstractText></Abstract>
    </BookDocument></PubmedBookArticle>"""
    assert one(pubmed(chapter)).fields == {
        "title": "Otters",
        "abstract": "Of otters.",
        "year": "2012",
        "venue": "All Rivers",
        "publisher": "River Press",
        "pmid": "7",
    }


def test_pubmed_article_may_stand_alone() -> None:
    assert one(ARTICLE).fields["pmid"] == "101"


def test_endnote_styles_are_joined_and_shifted_ones_kept() -> None:
    record = one(
        """<?xml version="1.0"?><xml><records><record>
        <ref-type name="Journal Article">17</ref-type>
        <contributors><authors><author><style>Reed, Ann</style></author></authors></contributors>
        <titles>
          <title><style>CO</style><style face="bold subscript">2</style><style> &lt; 3</style></title>
          <secondary-title>Tides</secondary-title>
        </titles>
        <pages>1-9</pages><volume>3</volume><number>4</number>
        <keywords><keyword><style>otters</style></keyword><keyword>rivers</keyword></keywords>
        <dates><year><style>2020</style></year></dates>
        <abstract><style>About 10</style><style face="superscript">-5</style><style> of it.</style></abstract>
        <electronic-resource-num><style>10.1000/a&lt;1&gt;</style></electronic-resource-num>
        <urls><related-urls>
          <url>file:///a.pdf</url><url><style>https://example.org/a</style></url>
        </related-urls></urls>
        </record></records></xml>"""
    )
    assert record.fields == {
        "title": "CO<sub>2</sub> &lt; 3",
        "abstract": "About 10<sup>-5</sup> of it.",
        "authors": ["Reed, Ann"],
        "year": "2020",
        "venue": "Tides",
        "volume": "3",
        "issue": "4",
        "pages": "1-9",
        "keywords": ["otters", "rivers"],
        "type": "Journal Article",
        "doi": "10.1000/a<1>",
        "url": "https://example.org/a",
    }


@pytest.mark.parametrize(("database", "pmid"), [("MEDLINE", "42"), ("PubMed", "42"), ("Scopus", None)])
def test_endnote_accession_number_is_a_pmid_only_in_pubmed(database: str, pmid: str | None) -> None:
    record = one(
        "<records><record><titles><title>T</title></titles><accession-num>42</accession-num>"
        f"<remote-database-name>{database}</remote-database-name></record></records>"
    )
    assert record.fields.get("pmid") == pmid


def test_endnote_takes_editors_where_there_are_no_authors() -> None:
    editors = "<secondary-authors><author>Wu, C</author></secondary-authors>"
    record = one(f"<xml><records><record><contributors>{editors}</contributors></record></records></xml>")
    assert record.fields["authors"] == ["Wu, C"]


FEED = '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom">\n{}</feed>'


def test_arxiv_feed_gives_its_entries() -> None:
    entry = """<entry><id>http://arxiv.org/abs/2101.00001v2</id><title>On $x$ &lt; 3</title>
      <summary>  Two
      lines. </summary><published>2021-01-02T00:00:00Z</published><updated>2023-01-01T00:00:00Z</updated>
      <author><name>Ann Reed</name></author><author><name>Bo Li</name></author>
      <link rel="related" href="https://arxiv.org/pdf/2101.00001v2"/>
      <link rel="alternate" href="https://arxiv.org/abs/2101.00001v2"/>
      <arxiv:doi>10.1000/x</arxiv:doi><arxiv:journal_ref>Tides 3 (2022)</arxiv:journal_ref>
      <category term="cs.LG"/><category term="cs.CL"/><arxiv:primary_category term="cs.CL"/></entry>"""
    assert one(FEED.format(entry)).fields == {
        "title": "On $x$ &lt; 3",
        "abstract": "Two\n      lines.",
        "authors": ["Ann Reed", "Bo Li"],
        "year": "2021-01-02T00:00:00Z",
        "venue": "Tides 3 (2022)",
        "doi": "10.1000/x",
        "arxiv": "http://arxiv.org/abs/2101.00001v2",
        "url": "https://arxiv.org/abs/2101.00001v2",
        "keywords": ["cs.CL", "cs.LG"],
    }


def test_arxiv_error_is_a_problem_and_no_paper() -> None:
    entry = (
        "<entry><id>http://arxiv.org/api/errors#1</id><title>Error</title><summary>bad id</summary></entry>"
    )
    (problem,) = items(FEED.format(entry))
    assert isinstance(problem, Problem)
    assert "bad id" in problem.reason


@pytest.mark.parametrize(
    "above", ["", "\ufeff", "<!-- <feed> -->\n", "<?xml version='1.0'?>", "<!DOCTYPE a>"]
)
def test_xml_is_known_by_its_root_whatever_stands_above(above: str) -> None:
    assert one(f"{above}<PubmedArticleSet>{ARTICLE}</PubmedArticleSet>").fields["pmid"] == "101"


@pytest.mark.parametrize("head", ["", "<", "<?", "<html><feed>", "<??>" * 9_000, "<!-- -->" * 9_000 + "x"])
def test_other_text_is_none_of_these_formats(head: str) -> None:
    assert not any(one.looks_like(head) for one in (pubmed_xml, endnote_xml, arxiv_atom))


@pytest.mark.parametrize("after", ["<Article", "PMID", "10.1000/otter", "</PubmedData", "&lt"])
def test_a_truncated_file_yields_its_whole_records_and_one_warning(after: str) -> None:
    text = pubmed(ARTICLE, ARTICLE.replace("101", "102"))
    found = items(text[: text.rindex(after) + len(after)])
    assert [isinstance(item, Record) for item in found] == [True, False]
    problem = found[-1]
    assert isinstance(problem, Problem)
    assert (problem.is_warning, problem.line) == (True, 4 + ARTICLE.count("\n"))
    assert "the 1 whole record(s) before it were read" in problem.reason


def test_a_file_truncated_after_a_record_has_that_record() -> None:
    *records, problem = items(pubmed(ARTICLE, ARTICLE).removesuffix("Set>\n"))
    assert isinstance(problem, Problem)
    assert (len(records), problem.is_warning) == (2, True)


def test_a_compressed_file_cut_off_is_one_warning() -> None:
    many = "".join(ARTICLE.replace("101", str(number**3)) for number in range(3000))
    path = Path("papers.xml.gz")
    path.write_bytes(gzip.compress(pubmed(many).encode())[:-3000])
    with open_source(path) as source:
        found = [*pubmed_xml.read(source), *source.problems()]
    assert len(found) > 1000
    assert [item.is_warning for item in found if isinstance(item, Problem)] == [True]


@pytest.mark.parametrize("damage", ["AT&T", "&nosuch;", "\x01", "</i>", "x" * 10_100_000, "<a>" * 300])
def test_damaged_xml_yields_the_records_before_and_says_where(damage: str) -> None:
    damaged = ARTICLE.replace("To count", damage)
    *records, problem = items(pubmed(ARTICLE, damaged, ARTICLE))
    assert isinstance(problem, Problem)
    assert (len(records), problem.is_warning, "\n" in problem.reason) == (1, False, False)
    assert problem.line == 3 + ARTICLE.count("\n") + 1 + ARTICLE[: ARTICLE.index("To count")].count("\n")


def test_a_record_without_end_is_not_read_into_memory() -> None:
    (problem,) = items(pubmed("<PubmedArticle>", "<a/>" * 4_100_000))
    assert isinstance(problem, Problem)
    assert (problem.line, "16 MB" in problem.reason) == (4, True)


def test_an_export_of_no_records_says_so() -> None:
    (problem,) = items(pubmed())
    assert isinstance(problem, Problem)
    assert "no records" in problem.reason


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "declared", [f'<!ENTITY l0 "lol">{LAUGHS}', '<!ENTITY l9 SYSTEM "secret.txt">', '<!ENTITY % p "x">']
)
def test_documents_that_declare_entities_are_refused(declared: str) -> None:
    Path("secret.txt").write_text("a secret")
    title = "<ArticleTitle>&l9;</ArticleTitle>" if "l9" in declared else "<ArticleTitle>T</ArticleTitle>"
    text = pubmed(article(title), above=f"<!DOCTYPE PubmedArticleSet [{declared}]>")
    with pytest.raises(InputError, match="declares entities, which are refused") as refused:
        items(text)
    assert "\n" not in str(refused.value)


@pytest.fixture
def requests() -> Iterator[tuple[int, list[str]]]:
    """The port of a server on this machine, and the paths it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield server.server_port, asked
        server.shutdown()
        thread.join()


def test_a_document_type_elsewhere_is_never_fetched(requests: tuple[int, list[str]]) -> None:
    port, asked = requests
    named = article("<ArticleTitle>A&nbsp;title</ArticleTitle>")
    assert one(pubmed(named, above=DOCTYPE.format(port=port))).fields["title"] == "A&nbsp;title"
    assert asked == []
