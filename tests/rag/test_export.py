"""What comes out of an answer or a library can be taken in again, and has no effect of its own."""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
from bibtexparser.entrypoint import parse_string
from markdown_it import MarkdownIt

from rag import Answer, Assistant, Library, Paper, Sentence
from rag.commands.exports import check_exports
from rag.errors import InputError
from rag.export.files import write_whole
from rag.export.references import bibtex, cite_keys, json_lines, ris
from rag.readers import read
from rag.records import Entry
from rag.testing import hash_library, invented_papers, sample_papers, write_jsonl
from rag.types import Citation, Evidence, Verdict
from tests.conftest import Run

Footnote = Callable[..., Run]
Write = Callable[[Sequence[Paper]], str]

QUESTION = "By how much does GaLore reduce optimizer memory?"
FAR_OFF = "Which dyes did the weavers of the Bayeux tapestry use?"
GALORE = Paper(
    "GaLore: Memory-Efficient Training",
    "It cuts memory by 65.5%. It is fast.",
    authors=("Zhao, Jiawei", "Zhenyu Zhang"),
    year=2024,
    identifiers={"arxiv": "2403.03507"},
)
LORA = Paper(
    "LoRA", "Rank one is enough.", authors=("Edward J. Hu",), year=2021, venue="ICLR", url="https://lo.ra/"
)
# fmt: off
HOSTILE = [
    Paper("Unbalanced {braces}} and {{{ more", "A } text { with \\ and \"quotes\" and '' and `` and --."),
    Paper("100% of $5 & $6: a_b #1 ~ c^2 \\alpha", "Costs rose by 5 % & more; see C:\\new and x_1^2 <b>."),
    Paper("<script>alert(1)</script> n<k and m>3", "Text & more &amp; so on."),
    Paper("Two\nlines\tand\x07 bells", "A line\nand another.\r\n\r\nEnd."),
    Paper("", "It has no title, but 漢字 and עברית and 🎉 in it."),
    Paper("漢字のタイトル", "中文摘要。", authors=("王伟", "李, 娜"), year=2020),
    Paper("מאמר על מים", "תקציר קצר.", authors=("כהן, דוד",)),
    Paper("Emoji 🎉 party", "Yes 👍🏽.", authors=("Zoë Łukasiewicz", "Søren Ærø"), year=2021),
    Paper("Many hands", "Light work.", authors=tuple(f"Family{n}, Given{n}" for n in range(200)), year=1999),
    Paper("By a society", "Of its own.", authors=("Institute of Oaks and Elms", "others", "A, B, C, D, E")),
    Paper("@article{x, title = {y}}", "TY  - JOUR\nER  - \nTI  - No", authors=("and", "Bo and", "{")),
]
# fmt: on


def answer_of(
    *papers: Paper, verdict: Verdict = "supported", reason: str = "", text: str = "It is so."
) -> Answer:
    """A sentence a paper, each citing its own."""
    markers = range(1, len(papers) + 1)
    return Answer(
        QUESTION,
        QUESTION,
        tuple(Sentence(text, verdict, reason, (n,)) for n in markers),
        tuple(
            Citation(n, p, (Evidence(p.paper_id, p.abstract[:9], 0, 9),), verdict, reason)
            for n, p in zip(markers, papers, strict=True)
        ),
        (),
        1.0,
    )


def taken_back(text: str, suffix: str) -> list[Paper]:
    file = Path(f"exported{suffix}")
    file.write_text(text, encoding="utf-8")
    items = list(read(file))
    assert all(isinstance(item, Entry) for item in items), items
    return [item.paper for item in items if isinstance(item, Entry)]


def says(paper: Paper) -> dict[str, object]:
    fields = ("title", "abstract", "authors", "year", "venue", "url", "keywords", "identifiers", "paper_id")
    return {name: getattr(paper, name) for name in fields}


def rendered(markdown: str) -> str:
    return str(MarkdownIt("gfm-like", {"linkify": False}).render(markdown))


FORMATS = pytest.mark.parametrize(
    ("write", "suffix"),
    [(bibtex, ".bib"), (ris, ".ris"), (json_lines, ".jsonl")],
    ids=["bibtex", "ris", "jsonl"],
)


# References


@FORMATS
def test_the_sample_comes_back_as_it_was(write: Write, suffix: str) -> None:
    papers = sample_papers()
    back = taken_back("".join(write(papers)), suffix)
    assert [says(paper) for paper in back] == [says(paper) for paper in papers]


@FORMATS
def test_what_real_tools_wrote_comes_back_as_it_was(
    write: Write, suffix: str, exports: Path, seeds: Path
) -> None:
    files = [
        file for file in (*seeds.iterdir(), *exports.iterdir()) if file.name != "springer_no_abstract.csv"
    ]
    papers = [item.paper for file in files for item in read(file) if isinstance(item, Entry)]
    assert len(papers) > 1_000
    back = taken_back("".join(write(papers)), suffix)
    assert [says(paper) for paper in back] == [says(paper) for paper in papers]


@FORMATS
def test_hostile_records_stay_one_record_each(write: Write, suffix: str) -> None:
    back = taken_back("".join(write(HOSTILE)), suffix)
    assert len(back) == len(HOSTILE)
    assert [len(paper.authors) for paper in back[:9]] == [len(paper.authors) for paper in HOSTILE[:9]]
    assert [paper.year for paper in back] == [paper.year for paper in HOSTILE]


def test_bibtex_keeps_what_is_special_to_latex() -> None:
    back = taken_back("".join(bibtex(HOSTILE)), ".bib")
    for n in (0, 1, 4, 5, 6, 7, 8):
        assert (back[n].title, back[n].authors) == (HOSTILE[n].title, HOSTILE[n].authors)
        assert back[n].abstract == HOSTILE[n].abstract
    assert back[9].authors == ("Institute of Oaks and Elms", "A, B, C, D, E")


def test_braces_are_balanced_for_whoever_counts_them_without_looking_at_backslashes() -> None:
    for entry in bibtex(HOSTILE):
        depth = 0
        for brace in re.findall(r"[{}]", entry):
            depth += 1 if brace == "{" else -1
            assert depth >= 0
        assert depth == 0


def test_bibtex_protects_capitals_and_spells_accents_for_latex() -> None:
    [entry] = bibtex([Paper("GaLore für ≤ 5%", "…", authors=("Jürgen Weiß",))])
    assert r"title = {{GaLore} f{\"u}r {\ensuremath{\leq}} 5\%}" in entry
    assert r"author = {J{\"u}rgen Wei{\ss}}" in entry


@pytest.mark.parametrize(
    ("paper", "begins", "holds"),
    [
        (GALORE, "@misc{zhao2024galore,", ["eprint = {2403.03507}", "archiveprefix = {arXiv}"]),
        (LORA, "@article{hu2021lora,", ["journal = {ICLR}", "url = {https://lo.ra/}"]),
        (Paper("T", "A", venue="Workshop on Trees"), "@inproceedings{", ["booktitle = {Workshop on Trees}"]),
        (Paper("T", "A", identifiers={"doi": "10.1/a_{b"}), "@misc{", ["doi = {10.1/a_%7Bb}"]),
        (Paper("T", "A", identifiers={"pmid": "12"}, keywords=("a", "b")), "@misc{", ["pmid = {12}", "a, b"]),
    ],
)  # fmt: skip
def test_an_entry_is_of_the_kind_that_is_known_and_has_what_is_known(
    paper: Paper, begins: str, holds: list[str]
) -> None:
    [entry] = bibtex([paper])
    assert entry.startswith(begins)
    assert all(said in entry for said in holds)
    assert not re.search(r"= \{\}", entry)


@pytest.mark.parametrize("kind", ["javascript:alert(1)", "file:///etc/passwd", "https:", "//x", "https:///x"])
def test_only_addresses_of_the_web_are_written(kind: str) -> None:
    paper = Paper("T", "A sentence.", url=kind)
    for text in ("".join(bibtex([paper])), "".join(ris([paper])), answer_of(paper).to_markdown()):
        assert kind not in text


def test_an_address_with_spaces_and_brackets_stays_one_address() -> None:
    paper = Paper("T", "A sentence.", url="https://a.b/c d>{e}\n<f")
    for text in ("".join(bibtex([paper])), "".join(ris([paper])), answer_of(paper).to_markdown()):
        assert "https://a.b/c%20d%3E%7Be%7D%20%3Cf" in text


def test_keys_are_told_apart_by_letters_and_are_plain_ascii() -> None:
    same = [GALORE] * 30
    assert list(islice(cite_keys(same), 3)) == ["zhao2024galore", "zhao2024galorea", "zhao2024galoreb"]
    taken = Paper("GaLorea", "A", authors=("Zhao",), year=2024)
    keys = list(cite_keys([taken, *HOSTILE, *same]))
    assert keys[0] == "zhao2024galorea"
    assert len(set(keys)) == len(keys)
    assert all(re.fullmatch("[a-z0-9]+", key) for key in keys)


@pytest.mark.parametrize(
    "name", ["van der Berg, Jan", "Jan van der Berg", "Berg J", "Berg, J.", "BERG J.-P."]
)
def test_a_key_has_the_family_name_however_the_name_is_written(name: str) -> None:
    assert list(cite_keys([Paper("The Tides", "A", authors=(name,), year=1998)])) == ["berg1998tides"]


# Answers


def test_exactly_the_cited_papers_are_written_in_the_order_of_their_markers() -> None:
    answer = answer_of(LORA, GALORE)
    assert [paper.title for paper in taken_back(answer.to_bibtex(), ".bib")] == [LORA.title, GALORE.title]
    assert [paper.title for paper in taken_back(answer.to_ris(), ".ris")] == [LORA.title, GALORE.title]


def test_an_answer_that_cites_nothing_has_no_references() -> None:
    abstained = Answer("Why?", "Why?", (), (), (), 0.1, abstention="not_in_collection", reason="who knows")
    for write in (abstained.to_bibtex, abstained.to_ris, abstained.to_pandoc):
        with pytest.raises(InputError, match="cites no paper"):
            write()
    assert "who knows" in abstained.to_markdown()


def test_markdown_has_the_text_then_references_with_links_and_quotes() -> None:
    page = rendered(answer_of(GALORE, LORA).to_markdown())
    assert "It is so. [1]" in page
    assert page.count("<li>") == 2
    assert '<a href="https://arxiv.org/abs/2403.03507">' in page
    assert page.index("GaLore: Memory") < page.index("“It cuts m”") < page.index("LoRA")
    assert page.count("<blockquote>") == 2


@pytest.mark.parametrize(
    "text",
    [
        "[click](javascript:alert(1))",
        "![pixel](https://spy.example/x.png)",
        "<img src=x onerror=alert(1)>",
        "<script>alert(1)</script>",
        "<javascript:alert(1)>",
        "[1]: https://spy.example",
        "# A heading",
        "> quoted",
        "``` code",
        "    code",
        "*so* **very** _much_ ~~not~~",
        "| a | b |\n|---|---|\n| c | d |",
        "---\nheader-includes: x\n---",
        "&lt;b&gt; and &amp;",
        "12. not a list",
    ],
)
def test_nothing_in_a_paper_or_an_answer_has_an_effect_in_markdown(text: str) -> None:
    paper = Paper(text, f"{text} and so on.", authors=(text,), venue=text)
    answer = answer_of(paper, text=text, verdict="weak", reason=text)
    page = rendered(answer.to_markdown())
    allowed = {"p", "strong", "em", "ol", "li", "blockquote"}
    assert set(re.findall(r"<(\w+)", page)) <= allowed
    plain = page.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")
    assert " ".join(paper.title.split()) in " ".join(plain.split())


def test_doubts_are_written_down_with_the_sentences() -> None:
    answer = answer_of(GALORE, verdict="unsupported", reason="number 9 is not in it")
    for text in (answer.to_markdown(), answer.to_pandoc()):
        assert "*(unsupported: number 9 is not in it)*" in text


def test_pandoc_cites_under_the_keys_of_the_bibtex() -> None:
    shown, marks = "Both [1] [2] are small [2].", ((5, 8), (9, 12), (23, 26))
    both = Sentence("Both are small.", "supported", "", (1, 2), shown=shown, marks=marks)
    answer = answer_of(GALORE, LORA)
    written = Answer("Q", "Q", (*answer.sentences, both), answer.citations, (), 1.0)
    assert written.to_pandoc() == (
        "It is so. [@zhao2024galore] It is so. [@hu2021lora] "
        "Both [@zhao2024galore; @hu2021lora] are small [@hu2021lora].\n"
    )
    keys = [entry.key for entry in parse_string(answer.to_bibtex()).entries]
    assert keys == ["zhao2024galore", "hu2021lora"]


def test_what_only_looks_like_a_citation_is_none_for_pandoc() -> None:
    said = "Ask me@home [@fake] or $x$ [7]."
    for shown in ("", f"{said} [1]"):
        answer = answer_of(GALORE)
        marks = ((len(shown) - 3, len(shown)),) if shown else ()
        sentence = Sentence(said, "supported", "", (1,), shown=shown, marks=marks)
        text = replace(answer, sentences=(sentence,)).to_pandoc()
        assert re.findall(r"(?<!\\)@\w+", text) == ["@zhao2024galore"]
        assert text.endswith("or \\$x\\$ \\[7\\]. [@zhao2024galore]\n")


def test_marks_in_an_abstracts_own_sentence_are_no_footnotes() -> None:
    own = "Zebras sleep standing [1], as [@zebra] and \\cite{zebra} found [2]."
    library = hash_library("lib")
    library.ingest(write_jsonl("p.jsonl", [Paper("Zebras", f"{own} They eat grass.", authors=("Ann Ash",))]))
    answer = Assistant(library).ask("Do zebras sleep standing?", force=True)
    escaped = "Zebras sleep standing \\[1\\], as \\[\\@zebra\\] and"
    assert f"“{escaped}" in answer.to_markdown()
    assert answer.to_pandoc().startswith(f"“{escaped}")
    assert answer.to_pandoc().count("[@ash") == len(answer.sentences)


def test_a_sentence_without_sources_is_written_as_it_is() -> None:
    said = "Nobody said so [3] and []."
    bare = Sentence(said, "uncited", "it cites no source", (), shown=said)
    answer = replace(answer_of(GALORE), sentences=(bare,))
    assert answer.to_pandoc() == "Nobody said so \\[3\\] and \\[\\]. *(uncited: it cites no source)*\n"


# The command


def test_ask_writes_an_answer_in_every_format_at_once(footnote: Footnote, sample_library: Library) -> None:
    formats = {"bibtex": "a.bib", "ris": "a.ris", "markdown": "a.md", "pandoc": "p.md", "passport": "a.json"}
    options = [part for name, file in formats.items() for part in ("--export", name, file)]
    asked = footnote("--library", sample_library.path, "ask", QUESTION, *options)
    assert asked.code == 0
    assert "references in p.bib" in asked.err
    assert all(file in asked.err for file in formats.values())
    papers = taken_back(Path("a.bib").read_text(encoding="utf-8"), ".bib")
    cited = json.loads(Path("a.json").read_text(encoding="utf-8"))["citations"]
    assert [paper.paper_id for paper in papers] == [citation["paper_id"] for citation in cited]
    assert [paper.title for paper in read_papers("a.ris")] == [paper.title for paper in papers]
    assert [paper.title for paper in read_papers("p.bib")] == [paper.title for paper in papers]
    assert Path("p.md").read_text(encoding="utf-8").startswith('---\nbibliography: "p.bib"\n---\n')


def read_papers(file: str) -> list[Paper]:
    return [item.paper for item in read(Path(file)) if isinstance(item, Entry)]


def test_a_question_left_open_has_no_references_and_the_rest_is_written(
    footnote: Footnote, sample_library: Library
) -> None:
    asked = footnote(
        "--library", sample_library.path, "ask", FAR_OFF,
        "--export", "bibtex", "a.bib", "--export", "markdown", "a.md", "--export", "passport", "a.json",
    )  # fmt: skip
    assert asked.code == 2
    assert asked.err.splitlines()[-1].startswith("footnote: the answer cites no paper")
    assert not Path("a.bib").exists()
    assert "Nearest papers" in Path("a.md").read_text(encoding="utf-8")
    assert json.loads(Path("a.json").read_text(encoding="utf-8"))["abstention"] == "not_in_collection"


@pytest.mark.parametrize("place", ["no/such/folder/a.md", "."])
def test_a_place_that_cannot_be_written_is_refused_before_asking(footnote: Footnote, place: str) -> None:
    asked = footnote("--library", "none-there", "ask", QUESTION, "--export", "markdown", place)
    assert (asked.code, asked.out) == (2, "")
    assert f"--export markdown {place}" in asked.err
    assert len(asked.err.splitlines()) == 1


@pytest.mark.parametrize(
    "exports",
    [
        (("passport", "one.json"), ("bibtex", "./one.json")),
        (("pandoc", "text.md"), ("bibtex", "text.bib")),
        (("bibtex", "text.bib"), ("pandoc", "text.md")),
        (("markdown", "same.md"), ("markdown", "same.md")),
    ],
)
def test_no_export_replaces_another(exports: tuple[tuple[str, str], ...]) -> None:
    with pytest.raises(InputError, match=rf"--export {exports[1][0]} .* would replace .* --export"):
        check_exports([(name, Path(path)) for name, path in exports])


def test_a_bibliography_that_is_not_ours_is_never_replaced(
    footnote: Footnote, sample_library: Library
) -> None:
    Path("mine.bib").write_text("@book{mine}", encoding="utf-8")
    with pytest.raises(InputError, match=r"would replace mine\.bib"):
        check_exports([("pandoc", Path("mine.md"))])
    with pytest.raises(InputError, match=r"name the text \.md"):
        check_exports([("pandoc", Path("text.bib"))])
    again = ["--library", sample_library.path, "ask", QUESTION, "--export", "pandoc", "ours.md"]
    assert [footnote(*again).code, footnote(*again).code] == [0, 0]


@pytest.mark.parametrize("suffix", [".jsonl", ".bib", ".ris"])
def test_a_whole_library_is_written_and_read_back_as_the_same_papers(footnote: Footnote, suffix: str) -> None:
    made = hash_library("lib")
    made.ingest(write_jsonl("papers.jsonl", [*invented_papers(230), *HOSTILE]))
    papers = list(made.papers())
    made.close()
    written = footnote("--library", "lib", "export", f"all{suffix}", "--json")
    assert json.loads(written.out) == {"papers": len(papers), "file": f"all{suffix}"}
    assert [says(paper) for paper in read_papers(f"all{suffix}")] == [says(paper) for paper in papers]
    assert not list(Path().glob(".all*"))


def test_json_lines_keep_the_ids_of_a_test_collection() -> None:
    paper = Paper("T", "A sentence.", identifiers={"beir": "MED-1"})
    assert [back.paper_id for back in taken_back("".join(json_lines([paper] * 2)), ".jsonl")] == [
        "beir:MED-1"
    ] * 2


def test_papers_go_to_stdout_as_json_lines(footnote: Footnote, sample_library: Library) -> None:
    written = footnote("--library", sample_library.path, "export", "-")
    lines = [json.loads(line) for line in written.out.splitlines()]
    assert [line["id"] for line in lines] == [paper.paper_id for paper in sample_library.papers()]


def test_an_export_that_breaks_off_leaves_the_file_that_was_there() -> None:
    file = Path("a.jsonl")
    file.write_text("before", encoding="utf-8")

    def breaking_off() -> Iterator[str]:
        yield "half"
        raise OSError("the disk is full")

    with pytest.raises(OSError, match="full"):
        write_whole(file, breaking_off())
    assert list(Path().iterdir()) == [file]
    assert file.read_text(encoding="utf-8") == "before"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["a.doc"], "written as .jsonl, .bib, .ris"),
        (["a"], "written as .jsonl, .bib, .ris"),
        (["no/folder/a.bib"], "choose another path"),
        (["-", "--json"], "leave --json out"),
        (["a.bib"], "holds no papers yet"),
    ],
)
def test_an_export_that_cannot_be_is_refused_in_one_line(
    footnote: Footnote, arguments: list[str], said: str
) -> None:
    hash_library("lib").close()
    refused = footnote("--library", "lib", "export", *arguments)
    assert (refused.code, refused.out) == (2, "")
    assert said in refused.err
    assert len(refused.err.splitlines()) == 1
