"""JSON is unwrapped, takes the user's keys, and says where it breaks off."""

import contextlib
import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from rag.errors import InputError
from rag.ingest.report import Problem
from rag.readers import json_lines, json_records
from rag.readers.source import open_source
from rag.records import Record


def read(text: str, name: str = "a.json", columns: Mapping[str, str] | None = None) -> list[Record | Problem]:
    Path(name).write_text(text, encoding="utf-8")
    reader = json_lines if name.endswith(".jsonl") else json_records
    with open_source(Path(name), columns or {}) as source:
        return list(reader.read(source))


def titles(items: list[Record | Problem]) -> list[object]:
    return [item.fields.get("title") for item in items if isinstance(item, Record)]


def problems(items: list[Record | Problem]) -> list[Problem]:
    return [item for item in items if isinstance(item, Problem)]


def test_empty_records_are_counted_in_one_warning() -> None:
    items = read(f"[null,\n{json.dumps({'title': 'A'})},\nnull]")
    assert titles(items) == ["A"]
    (problem,) = problems(items)
    assert (problem.line, problem.is_warning) == (1, True)
    assert "2 empty record(s)" in problem.reason


def test_numbers_of_data_frames_are_whole_and_their_gaps_are_none() -> None:
    text = '[{"title": "A", "abstract": NaN, "year": 2020.0, "pmid": 123.0, "doi": null}]'
    (record,) = read(text)
    assert isinstance(record, Record)
    assert record.fields == {"title": "A", "year": "2020", "pmid": "123"}


def test_list_with_a_title_of_its_own_is_still_a_list() -> None:
    papers = [{"title": "A", "abstract": "a"}, {"title": "B", "abstract": "b"}]
    assert titles(read(json.dumps({"title": "To read", "papers": papers}))) == ["A", "B"]


def test_answer_that_found_nothing_holds_no_record() -> None:
    assert read('{"meta": {"count": 0}, "results": []}') == []


@pytest.mark.parametrize("around", ["[%s]", '{"message": {"facets": {"x": [1]}, "items": [%s]}}'])
@pytest.mark.parametrize(
    "left", ['{"title": "C", "abst', '{"title": "C", "year": 20', "{", '{"title": tru', '{"t": "\\u00']
)
def test_truncated_json_yields_its_whole_records_and_one_warning(around: str, left: str) -> None:
    before, _ = around.split("%s")
    items = read(f'{before}{{"title": "A"}},\n{{"title": "B"}},\n{left}')
    assert titles(items) == ["A", "B"]
    (problem,) = problems(items)
    assert (problem.line, problem.is_warning, "breaks off" in problem.reason) == (3, True, True)


def test_json_damaged_in_the_middle_is_no_mere_warning() -> None:
    items = read('[{"title": "A"},\n{"title": "B" "year": 2020, "venue": "Somewhere"},\n{"title": "C"}]')
    assert titles(items) == ["A"]
    assert [(problem.line, problem.is_warning) for problem in problems(items)] == [(2, False)]


def test_json_line_cut_off_at_the_end_is_one_warning_and_one_damaged_before_is_not() -> None:
    items = read('{"title": "A"}\n{"title": \n{"title": "B"}\n{"title": "C", "abs', "a.jsonl")
    assert titles(items) == ["A", "B"]
    assert [(problem.line, problem.is_warning) for problem in problems(items)] == [(2, False), (4, True)]


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_key_that_the_user_maps_counts_before_those_known_by_name(name: str) -> None:
    text = '{"title": "A", "abstract": "teaser", "body": "The whole abstract."}\n'
    (record,) = read(text, name, {"body": "abstract"})
    assert isinstance(record, Record)
    assert record.fields == {"title": "A", "abstract": "The whole abstract."}


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_key_that_the_user_maps_must_be_there(name: str) -> None:
    with pytest.raises(InputError, match=r"--map abstract=bodi: .* its columns are title, body$"):
        read('{"title": "A", "body": "B"}\n', name, {"bodi": "abstract"})


@pytest.mark.parametrize("opening", ['{"data":', "[", '{"title":', '{"data":[', '{"venue":{"name":'])
def test_json_nested_without_end_is_refused_in_one_line(opening: str) -> None:
    for depth in (500, 100_000):
        assert titles(read(opening * depth + "\n", "a.jsonl")) == []
        with contextlib.suppress(InputError):
            assert titles(read(opening * depth)) == []


@pytest.mark.parametrize("depth", [5, 100, 400])
@pytest.mark.parametrize("around", ['{"data":%s}', "[%s]", '{"data":[%s]}', '{"journal":{"name":%s}}'])
def test_json_nested_deeply_is_no_trouble(around: str, depth: int) -> None:
    text = '{"title": "A"}'
    for _ in range(depth):
        text = around % text
    for name in ("a.json", "a.jsonl"):
        assert len(read(text, name)) == 1


def test_a_mark_in_the_middle_of_joined_files_is_no_part_of_json() -> None:
    assert titles(read('{"title": "A"}\n\ufeff{"title": "B"}\n', "a.jsonl")) == ["A", "B"]
