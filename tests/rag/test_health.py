"""The health report finds what is wrong with records, and says which ones."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from rag.testing import hash_library, invented_papers, write_jsonl

GOOD = {
    "title": "Reed beds and waves",
    "abstract": "We measured the height of waves behind twelve beds of reed in two lakes for three summers "
    "and found that ten metres of reed halve it, whatever the wind, and that fifteen take it to a third.",
    "year": 2020,
    "doi": "10.1000/a",
}
GERMAN = (
    "Wir haben die Höhe der Wellen hinter zwölf Schilfgürteln gemessen und finden, dass zehn Meter Schilf "
    "sie halbieren, wie auch immer der Wind weht und wie tief auch immer der See an dieser Stelle sein mag."
)


def kinds(record: dict[str, object]) -> dict[str, str]:
    Path("one.jsonl").write_text(json.dumps(record))
    report = hash_library("lib").ingest("one.jsonl")
    return {kind: found.first[0].detail for kind, found in report.health.items()}


def test_of_a_good_record_there_is_nothing_to_say() -> None:
    assert kinds(GOOD) == {}


@pytest.mark.parametrize(
    ("change", "kind", "detail"),
    [
        ({"abstract": ""}, "no_abstract", ""),
        ({"title": ""}, "no_title", ""),
        ({"year": None}, "no_year", ""),
        ({"doi": ""}, "no_identifier", ""),
        ({"abstract": "A short one about reeds."}, "short_abstract", "5 words"),
        ({"abstract": GERMAN}, "not_english", "of its words are English"),
        ({"language": "ger"}, "not_english", "the record says ger"),
        ({"title": "Reeds \ufffd waves and lakes"}, "suspicious_characters", "\ufffd"),
        ({"title": "Reeds and MÃ¼ller waves"}, "suspicious_characters", "Ã¼"),
        ({"abstract": f"{GOOD['abstract']} © 2020 Lakes Ltd."}, "copyright_lines", "© 2020 Lakes Ltd."),
    ],
)
def test_what_is_wrong_with_a_record_is_found(change: dict[str, object], kind: str, detail: str) -> None:
    found = kinds({**GOOD, **change})
    assert list(found) == [kind]
    assert detail in found[kind]


def test_a_text_longer_than_the_encoder_sees_is_named(footnote: Callable[..., object]) -> None:
    Path("long.jsonl").write_text(json.dumps({**GOOD, "abstract": f"{GOOD['abstract']} " * 20}))
    footnote("--library", "lib", "ingest", "long.jsonl", "--report", "health.json")
    found = json.loads(Path("health.json").read_text())["health"]["long_abstract"]
    assert (found["count"], found["first"][0]["detail"]) == (1, "read in 2 parts")


def test_counts_go_on_beyond_the_findings_that_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.ingest.health.MOST", 3)
    report = hash_library("lib").ingest(write_jsonl("a.jsonl", invented_papers(20)))
    found = report.health["no_identifier"]
    assert (found.count, len(found.first)) == (20, 3)


def test_near_duplicates_of_a_long_abstract_are_found() -> None:
    first, second, *others = invented_papers(10)
    longer = " ".join(paper.abstract for paper in others[:4])
    copies = [replace(first, abstract=longer), replace(second, abstract=f"{longer} And a word more.")]
    report = hash_library("lib").ingest(write_jsonl("a.jsonl", copies))
    assert report.health["near_duplicates"].count == 1
