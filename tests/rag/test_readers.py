"""Files as people have them come out as the papers they hold, and what is wrong with them is said."""

import gzip
import json
import os
from pathlib import Path

import pytest

from rag.errors import InputError
from rag.ingest.report import Problem
from rag.readers import ReadAs, find_files, read
from rag.records import Entry
from rag.types import Paper

SHORT = "Plain text of an abstract that goes on for a while. " * 6


def papers(path: Path, format_name: str | None = None) -> list[Paper]:
    return [item.paper for item in read(path, ReadAs(format_name)) if isinstance(item, Entry)]


def problems(path: Path, format_name: str | None = None) -> list[Problem]:
    return [item for item in read(path, ReadAs(format_name)) if isinstance(item, Problem)]


def write(text: str, name: str = "list.txt", encoding: str = "utf-8") -> Path:
    path = Path(name)
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("between", ["\n", "\n\n", "\r\n\r\n", "\n\n\n", "\r"])
def test_listing_is_read_with_and_without_blank_lines(between: str) -> None:
    lines = ["Sign in", "Mar 14", "A First Title", f"One. {SHORT}", "A Second Title", f"Two. {SHORT}"]
    found = papers(write(between.join(lines)))
    assert [paper.title for paper in found] == ["A First Title", "A Second Title"]
    assert found[1].abstract == f"Two. {SHORT}".strip()


def test_listing_frees_a_title_from_the_button_glued_to_it() -> None:
    found = papers(write(f"Daily papers\nSubscribeOn Glued Titles\n{SHORT}\nSubscriber Growth\n{SHORT}"))
    assert [paper.title for paper in found] == ["On Glued Titles", "Subscriber Growth"]


def test_listing_takes_a_short_abstract_for_what_it_is() -> None:
    abstract = (
        "We count the words of an abstract that has only some twenty of them, and are pleased that it ends."
    )
    first, _ = papers(write(f"A Title\n{abstract}\nAnother Title\n{SHORT}"))
    assert first.abstract == abstract


def test_listing_joins_an_abstract_wrapped_by_hand() -> None:
    wrapped = (
        "Tides in narrow estuaries are hard to predict because the channel\n"
        "changes its shape with every storm. We fit a model with two free\n"
        "parameters to forty years of gauges and find that it forecasts the\n"
        "height of the next tide within three centimetres. The model needs\n"
        "no bathymetry at all."
    )
    found = papers(write(f"Tides Without Maps\n{wrapped}\n\nA Second Title\n\n{SHORT}"))
    assert [paper.title for paper in found] == ["Tides Without Maps", "A Second Title"]
    assert found[0].abstract == wrapped.replace("\n", " ")


def test_listing_says_which_lines_it_left_out() -> None:
    path = write(f"First Title\n{SHORT}\nMar 15\nSecond Title\n{SHORT}\nLoad more")
    left_out = problems(path)
    assert [(p.line, p.is_warning) for p in left_out] == [(3, True), (6, True)]
    assert "Mar 15" in left_out[0].reason


def test_json_lines_reports_a_bad_line_and_reads_the_rest() -> None:
    good = json.dumps({"title": "A", "abstract": "Text."})
    path = write(f'{good}\n{{"title": \n\n[1, 2]\n{{"year": 2020}}\n{good}', "p.jsonl")
    assert len(papers(path)) == 2
    assert [(problem.line, problem.was_read) for problem in problems(path)] == [
        (2, False),
        (4, True),
        (5, True),
    ]


def test_record_fields_are_known_by_the_names_tools_give_them() -> None:
    record = {
        "Article Title": "On  Names",
        "Abstract Note": "Text\twith\x1b[31m control\u202e characters.",
        "Author Names": "Ann Smith; Bo Li",
        "Publication Date": "2021-05-03",
        "Source title": "Journal of Names",
        "DOI": "https://doi.org/10.1000/ABC.1",
        "arXiv ID": "arXiv:2101.00001v2",
        "PMID": 123,
        "URL": "https://example.org/x",
    }
    [paper] = papers(write(json.dumps(record), "one.json"))
    assert paper == Paper(
        title="On Names",
        abstract="Text with [31m control characters.",
        authors=("Ann Smith", "Bo Li"),
        year=2021,
        venue="Journal of Names",
        url="https://example.org/x",
        identifiers={"doi": "10.1000/abc.1", "arxiv": "2101.00001", "pmid": "123"},
        sources=("one.json",),
    )
    assert paper.paper_id == "doi:10.1000/abc.1"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Smith, Ann", ("Smith, Ann",)),
        ("Ann Smith, Bo Li", ("Ann Smith", "Bo Li")),
        ("Smith, Ann and Li, Bo", ("Smith, Ann", "Li, Bo")),
        (["Ann Smith", {"given": "Bo", "family": "Li"}, {"name": "C. Wu"}], ("Ann Smith", "Bo Li", "C. Wu")),
    ],
)
def test_authors_are_split_however_they_are_written(value: object, expected: tuple[str, ...]) -> None:
    record = {"title": "T", "abstract": "A.", "authors": value}
    assert papers(write(json.dumps([record]), "a.json"))[0].authors == expected


def test_json_array_keeps_the_records_before_a_break() -> None:
    whole = json.dumps(
        {"total": 2, "papers": [{"title": "A", "abstract": "a"}, {"title": "B", "abstract": "b"}]}, indent=1
    )
    assert [p.title for p in papers(write(whole, "w.json"))] == ["A", "B"]
    cut = whole.index('"B"')
    broken = write(whole[:cut], "b.json")
    assert [p.title for p in papers(broken)] == ["A"]
    assert [problem.line for problem in problems(broken)] == [whole[:cut].count("\n")]


@pytest.mark.parametrize(
    ("name", "delimiter"), [("t.csv", ","), ("t.tsv", "\t"), ("t.csv", ";"), ("t.dat", "\t")]
)
def test_tables_are_read_whatever_their_delimiter(name: str, delimiter: str) -> None:
    rows = [
        ["Title", "Year", "Abstract"],
        ["A", "2020", '"Text, with; a\ttab\nand a ""line""."'],
        ["", "", ""],
    ]
    found = papers(write("\n".join(delimiter.join(row) for row in rows), name))
    assert [(p.title, p.year, p.abstract) for p in found] == [("A", 2020, 'Text, with; a tab and a "line".')]


def test_table_reports_rows_that_do_not_fit_with_their_line() -> None:
    path = write('title,abstract\n"A","two\nlines"\nB,un,quoted\nC,\n', "t.csv")
    assert [p.title for p in papers(path)] == ["A", "C"]
    assert [problem.line for problem in problems(path)] == [4]


def test_table_without_an_abstract_column_names_the_columns() -> None:
    with pytest.raises(InputError, match="Item Title, Publication Year"):
        papers(write("Item Title,Publication Year\nA,2020\n", "t.csv"))


def test_a_file_of_windows_is_read_as_one() -> None:
    path = Path("latin.jsonl")
    path.write_bytes(b'{"title": "Caf\xe9", "abstract": "na\xefve text"}\n' * 2)
    assert papers(path)[0].title == "Café"
    assert "Windows-1252" in problems(path)[-1].reason


def test_stray_bytes_in_utf8_are_counted() -> None:
    path = Path("mostly.jsonl")
    line = '{"title": "Grüße aus Köln ?", "abstract": "Größe"}\n'
    path.write_bytes(line.encode().replace(b"?", b"\xff") * 2)
    assert papers(path)[0].title == "Grüße aus Köln \ufffd"
    assert problems(path)[-1].reason.startswith("2 bytes are not UTF-8")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_byte_order_marks_are_understood(encoding: str) -> None:
    path = write("title\tabstract\nGrüße\tText.\n", "t.tsv", encoding)
    assert [p.title for p in papers(path)] == ["Grüße"]
    assert problems(path) == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b" \n\n", "empty"),
        (b"\xef\xbb\xbf\n", "empty"),
        ("\u3000\n".encode(), "empty"),
        (b"\xff\xfe", "empty"),
        ("\ufeff \n".encode("utf-16-le"), "empty"),
        (b"%PDF-1.7\n%\xe2\xe3", "PDF"),
        (b"PK\x03\x04aaaa", "zip"),
        (b"\x00\x01\x02binary", "binary"),
        (b"<?xml version='1.0'?><a/>", "not a format this version reads"),
        (b"<!DOCTYPE html><title>A</title>", "not a format this version reads"),
        (b'{"title": "A", ', "JSON"),
    ],
)
def test_files_that_cannot_be_read_are_refused_in_one_line(content: bytes, said: str) -> None:
    Path("x.dat").write_bytes(content)
    with pytest.raises(InputError, match=said) as refused:
        papers(Path("x.dat"))
    assert "\n" not in str(refused.value)
    assert "x.dat" in str(refused.value)


def test_text_that_holds_no_abstract_is_reported() -> None:
    assert "abstract" in problems(write("just\nsome words\n"), "listing")[0].reason


def test_a_wrong_format_says_what_the_file_looks_like() -> None:
    path = write("TY  - JOUR\nTI  - A\nER  - \n", "odd.txt")
    with pytest.raises(InputError, match="not BibTeX, it looks like RIS; use --format ris"):
        papers(path, "bibtex")


def test_format_can_be_forced_and_must_exist() -> None:
    path = write('title,abstract\nA,"text"\n', "odd.txt")
    assert [p.title for p in papers(path, "csv")] == ["A"]
    with pytest.raises(InputError, match="choose from bibtex"):
        papers(path, "endnote")


def test_folders_are_read_file_by_file_without_hidden_ones() -> None:
    for name in ("in/b.txt", "in/deep/a.txt", "in/.hidden/c.txt", "in/.d"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        write("x", name)
    assert list(find_files([Path("in")])) == [Path("in/b.txt").resolve(), Path("in/deep/a.txt").resolve()]
    Path("none").mkdir()
    with pytest.raises(InputError, match="holds no files"):
        list(find_files([Path("none")]))
    with pytest.raises(InputError, match="no such file"):
        list(find_files([Path("missing")]))


def test_the_seeds_hold_601_records_of_536_papers(seeds: Path) -> None:
    found = [paper for file in sorted(seeds.iterdir()) for paper in papers(file)]
    assert len(found) == 601
    assert len({paper.paper_id for paper in found}) == 536
    assert all(paper.title and len(paper.abstract) > 250 for paper in found)


def test_json_lines_with_a_bad_line_near_the_top_are_still_json_lines() -> None:
    good = json.dumps({"title": "A", "abstract": "Text."})
    for bad_first in (f"GARBAGE\n{good}\n{good}", f"{good}\nGARBAGE\n{good}"):
        path = write(bad_first, "p.jsonl")
        assert (len(papers(path)), len(problems(path))) == (2, 1)


def test_json_lines_may_begin_with_an_abstract_of_any_length() -> None:
    records = [{"title": "A", "abstract": "word " * 30_000}, {"title": "B", "abstract": "Text."}]
    path = write("\n".join(map(json.dumps, records)), "p.jsonl")
    assert [paper.title for paper in papers(path)] == ["A", "B"]


@pytest.mark.parametrize(
    "around",
    [
        '{"meta": {"count": 2, "x": [1]}, "results": [%s]}',
        '{"status": "ok", "message-type": "work-list", "message": {"facets": {}, "items": [%s]}}',
        "[null, %s]",
    ],
)
def test_json_of_web_services_is_unwrapped(around: str) -> None:
    record = json.dumps({"title": "A", "abstract": "Text."})
    assert [paper.title for paper in papers(write(around % record, "a.json"))] == ["A"]


def test_records_of_a_beir_corpus_without_an_id_stay_apart() -> None:
    lines = [json.dumps({"_id": None, "title": f"Title {n}", "text": "Text."}) for n in range(3)]
    assert len({paper.paper_id for paper in papers(write("\n".join(lines), "c.jsonl"))}) == 3


def test_values_that_are_no_text_are_no_text() -> None:
    record = {"title": True, "abstract": "Text.", "authors": [None, ["x"], "Ann Smith", 7]}
    (paper,) = papers(write(json.dumps([record]), "a.json"))
    assert (paper.title, paper.authors) == ("", ("Ann Smith",))


def test_table_with_a_quote_that_is_never_closed_says_where() -> None:
    path = write('title,abstract\nA,Text.\nB,"Text.\nC,Text.\nD,Text.\n', "t.csv")
    assert [paper.title for paper in papers(path)] == ["A"]
    (problem,) = problems(path)
    assert (problem.line, "never closed" in problem.reason) == (3, True)


@pytest.mark.parametrize("above", ["sep=;\n", "\n\n", "\nsep=;\n"])
def test_table_may_start_below_blank_lines_and_what_excel_adds(above: str) -> None:
    assert [paper.title for paper in papers(write(f"{above}Title;Abstract\nA;Text.\n", "t.csv"))] == ["A"]


def test_of_columns_of_one_name_the_filled_one_counts() -> None:
    assert [p.abstract for p in papers(write("Title,Abstract,Abstract\nA,Text.,\n", "t.csv"))] == ["Text."]


def test_half_a_surrogate_in_utf16_is_counted() -> None:
    Path("a.txt").write_bytes(f"A Title\n{SHORT}\n".encode("utf-16") + b"\x00\xd8\n\x00")
    assert [paper.title for paper in papers(Path("a.txt"))] == ["A Title"]
    assert any("not UTF-8" in problem.reason for problem in problems(Path("a.txt")))


def test_a_character_cut_off_at_the_end_is_counted() -> None:
    Path("a.txt").write_bytes(f"A Title\n{SHORT} caf\u00e9".encode()[:-1])
    assert [problem.is_warning for problem in problems(Path("a.txt"))] == [True]


def test_pipes_and_devices_are_refused() -> None:
    os.mkfifo("pipe")
    with pytest.raises(InputError, match="not a regular file"):
        papers(Path("pipe"))


def test_json_lines_are_known_whatever_their_name_ends_in() -> None:
    lines = "".join(f'{{"title": "Paper {n}", "abstract": "Text {n}."}}\n' for n in range(3))
    assert [p.title for p in papers(write(lines, "arxiv-metadata.json"))] == ["Paper 0", "Paper 1", "Paper 2"]
    packed = Path("arxiv-metadata.json.gz")
    packed.write_bytes(gzip.compress(lines.encode()))
    assert len(papers(packed)) == 3


def test_of_a_folder_what_holds_no_papers_by_its_name_is_left_out() -> None:
    Path("set/.git").mkdir(parents=True)
    for name in ("corpus.jsonl", "queries.jsonl", "README.md", ".hidden.bib", ".git/a.bib", "refs.bib"):
        Path("set", name).write_text("x")
    assert [Path(str(file)).name for file in find_files([Path("set")])] == ["corpus.jsonl", "refs.bib"]


def test_a_link_to_a_folder_is_named_and_not_followed() -> None:
    Path("set").mkdir()
    Path("elsewhere").mkdir()
    Path("set/refs.bib").write_text("x")
    Path("set/more").symlink_to(Path("elsewhere").resolve())
    _, problem = find_files([Path("set")])
    assert isinstance(problem, Problem)
    assert (problem.source, problem.is_warning) == (str(Path("set/more").absolute()), True)
