"""Papers that say alike lie side by side, under words that name them; the same papers give the same map."""

from itertools import combinations
from math import dist
from pathlib import Path

import pytest

from rag import Landscape, Library, Paper, landscape_of
from rag import landscape as room
from rag.testing import hash_library, invented_papers, write_jsonl

TOPICS = {
    "volcano": "lava magma eruption crater basalt ash plume caldera".split(),
    "violin": "bow string sonata bridge tuning melody orchestra resin".split(),
    "beehive": "honey queen pollen wax drone colony nectar swarm".split(),
}


def about(topic: str, n: int) -> Paper:
    words = TOPICS[topic]
    said = " ".join(f"The {topic} {words[(n + i) % 8]} and {words[(n * 3 + i) % 8]}." for i in range(5))
    return Paper(f"{topic} {n}", said)


@pytest.fixture
def library() -> Library:
    made = hash_library("lib")
    made.ingest(write_jsonl("papers.jsonl", [about(topic, n) for topic in TOPICS for n in range(12)]))
    return made


def drawn_anew(library: Library) -> Landscape:
    (library.path / room.FILE_NAME).unlink()
    return landscape_of(library)


def test_papers_that_say_alike_lie_side_by_side(library: Library) -> None:
    places: dict[str, list[tuple[float, float]]] = {topic: [] for topic in TOPICS}
    for point in landscape_of(library).points:
        places[point.title.split()[0]].append((point.x, point.y))
    middles = {
        topic: tuple(sum(c) / len(c) for c in zip(*each, strict=True)) for topic, each in places.items()
    }
    apart = min(dist(middles[one], middles[other]) for one, other in combinations(middles, 2))
    for topic, each in places.items():
        assert sum(dist(place, middles[topic]) for place in each) / len(each) < apart / 2


def test_clusters_are_named_by_what_tells_them_apart(library: Library) -> None:
    found = landscape_of(library)
    assert {cluster.terms[0].split()[0] for cluster in found.clusters} == set(TOPICS)
    assert [cluster.papers for cluster in found.clusters] == [12, 12, 12]
    for point in found.points:
        assert found.clusters[point.cluster].terms[0].split()[0] == point.title.split()[0]


def test_the_same_papers_give_the_same_map_in_whatever_order(library: Library) -> None:
    first = landscape_of(library)
    assert drawn_anew(library) == first
    other = hash_library("other")
    other.ingest(write_jsonl("other.jsonl", [*library.papers()][::-1]))
    assert {point.paper_id for point in landscape_of(other).points} == {p.paper_id for p in first.points}
    assert landscape_of(other).clusters == first.clusters


def test_it_is_kept_until_papers_change(library: Library) -> None:
    first = landscape_of(library)
    kept = (library.path / room.FILE_NAME).read_bytes()
    assert landscape_of(hash_library("lib")) == first
    library.ingest(write_jsonl("more.jsonl", [about("volcano", 20)]))
    assert len(landscape_of(library).points) == 37
    assert (library.path / room.FILE_NAME).read_bytes() != kept


def test_a_damaged_map_is_drawn_anew(library: Library) -> None:
    first = landscape_of(library)
    (library.path / room.FILE_NAME).write_bytes(b"{")
    assert landscape_of(library) == first


@pytest.mark.parametrize("count", [0, 1, 2, 3, 11, 13])
def test_few_papers_have_a_map_too(count: int) -> None:
    library = hash_library("few")
    library.ingest(write_jsonl("papers.jsonl", [*invented_papers(count), Paper("No abstract", "")]))
    found = landscape_of(library)
    assert (len(found.points), found.papers) == (count, count)
    assert all(0 <= point.x <= 1 and 0 <= point.y <= 1 for point in found.points)
    assert all(cluster.terms for cluster in found.clusters)


def test_of_many_papers_a_sample_is_shown(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.landscape.SHOWN", 20)
    found = landscape_of(library)
    assert (len(found.points), found.papers) == (20, 36)


def test_papers_of_the_same_words_have_a_map(tmp_path: Path) -> None:
    library = hash_library("same")
    papers = [Paper("Again", "The very same words.", year=1900 + n) for n in range(14)]
    library.ingest(write_jsonl("papers.jsonl", papers), merge=False)
    assert len(landscape_of(library).points) == len(library)
