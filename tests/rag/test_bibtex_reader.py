"""BibTeX comes out entry by entry, its texts as they stand there, whoever wrote it."""

import logging
from pathlib import Path

import pytest

from rag.errors import InputError
from rag.ingest.report import Problem
from rag.readers import bibtex
from rag.readers.source import open_source
from rag.records import Record

LIBRARY = r"""% Encoding: UTF-8
@string{jis = "Journal of Invented Snow"}
@preamble{"\newcommand{\x}{}"}

@Article{vance2001,
  Title    = {Snow on {Warm} Roofs},
  author   = {Vance, Ida and {Snow and Ice Group} and G{\"o}tz, Ben and others},
  JOURNAL  = jis,
  year     = 2001,
  abstract = "We say {"}melt{"} and mean it: 5\% of
              $x^2$.",
  doi      = {10.1000/snow\_1},
  url      = {\url{https://example.org/a\_b}},
  keywords = {snow, roofs},
  volume   = 4, number = {2}, pages = {10--19},
  publisher = {Invented Press},
  language = {english},
}

@inproceedings{li2020, title={A Second One}, editor={Li, Qi}, booktitle={Proceedings of It}, date={2020-05}}

@comment{jabref-meta: databaseType:bibtex;}
"""


def read(text: str) -> list[Record | Problem]:
    path = Path("library.bib")
    path.write_bytes(text.encode())
    with open_source(path) as source:
        return list(bibtex.read(source))


def only(text: str) -> Record:
    (record,) = read(text)
    assert isinstance(record, Record)
    return record


def titles(text: str) -> list[str | list[str]]:
    return [item.fields["title"] for item in read(text) if isinstance(item, Record)]


def problems(text: str) -> list[Problem]:
    return [item for item in read(text) if isinstance(item, Problem)]


def test_an_entry_tells_all_it_has_as_it_stands_there() -> None:
    first, second = read(LIBRARY)
    assert isinstance(first, Record)
    assert isinstance(second, Record)
    assert first.is_latex
    assert first.fields == {
        "title": "Snow on {Warm} Roofs",
        "abstract": 'We say {"}melt{"} and mean it: 5\\% of\n              $x^2$.',
        "authors": ["Vance, Ida", "{Snow and Ice Group}", r"G{\"o}tz, Ben"],
        "year": "2001",
        "venue": "Journal of Invented Snow",
        "doi": "10.1000/snow_1",
        "url": "https://example.org/a_b",
        "language": "english",
        "keywords": ["snow", "roofs"],
        "type": "article",
        "volume": "4",
        "issue": "2",
        "pages": "10--19",
        "publisher": "Invented Press",
    }
    assert second.fields == {
        "title": "A Second One",
        "authors": ["Li, Qi"],
        "year": "2020-05",
        "venue": "Proceedings of It",
        "type": "inproceedings",
    }
    assert [first.line, second.line] == [5, 20]


@pytest.mark.parametrize(
    ("field", "name", "expected"),
    [
        ("subtitle = {How}", "title", "A: How"),
        ("eprint = {2101.00001}, archivePrefix = {arXiv}", "arxiv", "2101.00001"),
        ("eprint = {2101.00001v2}", "arxiv", "2101.00001v2"),
        ("eprint = {math.GT/0309136}, eprinttype = {arxiv}", "arxiv", "math.GT/0309136"),
        ("journal = {arXiv preprint arXiv:2101.00001}", "arxiv", "2101.00001"),
        ("number = {{arXiv}:2101.00001}, note = {arXiv:2101.00002 [cs]}", "arxiv", "2101.00002"),
        ("eprint = {90000001}, eprinttype = {pubmed}", "pmid", "90000001"),
        ("pmid = {90000001}", "pmid", "90000001"),
        (r"journal = {\apj}", "venue", "apj"),
        ("journal = jacm", "venue", "jacm"),
        ("publisher = {P}, booktitle = {B}", "venue", "B"),
        ("adsurl = {https://example.org/abs/1}", "url", "https://example.org/abs/1"),
        (r"howpublished = {\url{https://example.org/{\textasciitilde}me}}", "url", "https://example.org/~me"),
        (r"url = {https://example.org/a{\_}b\%20c}", "url", "https://example.org/a_b%20c"),
        ('url = base # "1/"', "url", "https://example.org/1/"),
        ("keywords = {one, two; three}", "keywords", ["one, two", "three"]),
        ("langid = {german}, language = {de}", "language", "german"),
        ("author = {Ann Lee\nand\tBo Li}", "authors", ["Ann Lee", "Bo Li"]),
    ],
)
def test_fields_are_found_where_tools_put_them(field: str, name: str, expected: str | list[str]) -> None:
    text = f'@string{{base = "https://example.org/"}}\n@misc{{k, title = {{A}}, {field}}}'
    assert only(text).fields[name] == expected


def test_entries_of_the_same_key_are_two() -> None:
    assert titles("@misc{k, title = {A}}\n@misc{k, title = {B}}") == ["A", "B"]


def test_of_a_field_given_twice_the_first_counts() -> None:
    assert titles("@misc{k, title = {A}, year = 2001, Title = {B}, title = {C}}") == ["A"]


@pytest.mark.parametrize(
    "entry", ["@misc(k, title = {A})", "@misc{ , title = {A},}", '@MISC{a b, title = "A"\n}']
)
def test_entries_may_be_written_in_odd_ways(entry: str) -> None:
    assert bibtex.looks_like(entry)
    assert titles(entry) == ["A"]


def test_an_entry_that_cannot_be_read_is_reported_and_the_rest_is_read(
    caplog: pytest.LogCaptureFixture,
) -> None:
    text = "@misc{a, title = {A}}\n@misc{b, title = {B, year = 2001}\n\n@misc{c, title = {C}}\n"
    assert titles(text) == ["A", "C"]
    (problem,) = problems(text)
    assert (problem.line, problem.is_warning) == (2, False)
    assert "left out" in problem.reason
    assert "\n" not in problem.reason
    assert not caplog.records


def test_a_truncated_file_yields_its_whole_entries_and_one_warning() -> None:
    for cut_at in ("A Second", "booktitle", "of It"):
        cut = LIBRARY[: LIBRARY.index(cut_at)]
        assert titles(cut) == ["Snow on {Warm} Roofs"]
        (problem,) = problems(cut)
        assert (problem.line, problem.is_warning) == (20, True)
        assert "1 whole record(s)" in problem.reason


def test_wherever_a_file_is_cut_something_comes_of_it() -> None:
    for end in range(1, len(LIBRARY)):
        assert len(read(LIBRARY[:end])) <= 3


def test_what_a_brace_too_many_cuts_off_is_reported() -> None:
    text = "@misc{a, title = {A}},\n  abstract = {Lost.}}\n@misc{b, title = {B}}"
    assert titles(text) == ["A", "B"]
    assert [(problem.line, problem.is_warning) for problem in problems(text)] == [(1, True)]


def test_a_comment_that_is_never_closed_is_no_broken_entry() -> None:
    assert problems("@misc{a, title = {A}}\n@comment{jabref-meta: {") == []


def test_a_file_too_long_to_hold_in_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bibtex, "SIZE_LIMIT", 100)
    with pytest.raises(InputError, match="longer than this format's limit"):
        read(LIBRARY)


@pytest.mark.parametrize(
    "text",
    [
        "Write to someone@example.org, (or not) and say so.",
        "@someone, you said {this}",
        "@dataclass(frozen=True, slots=True)\nclass A: ...",
        '{"title": "A"}',
        "@media (max-width: 600px) {}",
    ],
)
def test_an_at_sign_alone_makes_no_bibtex(text: str) -> None:
    assert not bibtex.looks_like(text)


def test_bibtex_is_known_below_text_that_explains_it() -> None:
    assert bibtex.looks_like(LIBRARY)
    assert bibtex.looks_like("Exported by someone@example.org\nfor you.\n\n  @article{key,\n title={A}}")


def test_the_users_logging_stays_as_it_was() -> None:
    read(LIBRARY)
    assert logging.getLogger("bibtexparser").level == logging.NOTSET


def test_an_entry_without_its_sign_is_named() -> None:
    items = read("@article{a, title={A}}\n\narticle{b, title={B}}\n\n@article{c, title={C}}\n")
    (problem,) = [item for item in items if isinstance(item, Problem)]
    assert "without its @" in problem.reason
    assert not problem.was_read


def test_names_in_biblatex_long_form_are_put_together() -> None:
    names = "family=Berg, given=Jan, prefix=van der, useprefix=true and Li, Qi and family=Plato"
    (record,) = read(f"@article{{a, title={{A}}, author={{{names}}}}}")
    assert isinstance(record, Record)
    assert record.fields["authors"] == ["van der Berg, Jan", "Li, Qi", "Plato"]
