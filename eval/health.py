"""A library → how well its own papers are found in it, and what is wrong with it; no questions needed."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from eval.folders import Told, described
from eval.health_findings import findings
from eval.lines import Json
from eval.neighbours import NEAREST, Neighbours, neighbours
from eval.outcomes import NOT_APPLICABLE, Outcome, Scale, summary
from eval.probes import PROBES, probes
from rag import FootnoteError, Library, Paper

SAMPLE = 200
"""Papers that are searched for, by default."""

_DEPTHS = (1, 5, 10)
_SHOWN = 20  # papers or pairs that a report names
_ASKED = 200  # searches by which the index is compared with an exact search


@dataclass(frozen=True, slots=True)
class Health:
    """What was found; `seconds` are those of each search, which differ from run to run."""

    report: Json
    seconds: Sequence[float]

    @property
    def is_sound(self) -> bool:
        """Whether every paper that should be found can be."""
        return not any(finding["broken"] for finding in self.report["findings"])


def health(library: Library, *, sample: int = SAMPLE, seed: int = 1, told: Told = lambda *_: None) -> Health:
    """Search for a sample of a library's papers by their own words, and look at its vectors and indexes.

    Raises:
        FootnoteError: the library holds no abstracts.
    """
    faults = _faults(library)  # before the first search, which mends them
    random = np.random.default_rng(seed)
    near = neighbours(library, random)
    ids = sorted([*near.occurrences, *near.unusable])
    chosen = [library.paper(ids[place]) for place in sorted(random.permutation(len(ids))[:sample])]
    found = _search(chosen, library, _twins(near), told)
    asked = [text for each in found for text in each.texts.values()]
    report: Json = {
        "papers": len(library),
        "without_abstract": library.info()["without_abstract"],
        "sampled": len(chosen),
        "metrics": _metrics(found),
        "duplicates": [list(pair) for pair in near.twins[:_SHOWN]],
        "hubs": {"skewness": round(near.skewness, 4), "first": _hubs(near)},
        "unusable_vectors": list(near.unusable[:_SHOWN]),
        "index": {f"recall@{NEAREST}": _recall(asked, near, library), "faults": faults},
        "run": described("eval health", library.path.name, [sample, seed], library, _config(library)),
    }
    lost = [each.paper.paper_id for each in found if not any(each.places.values())]
    report["index"]["left"] = _faults(library)
    report["findings"] = findings(report, near, lost, library)
    return Health(report, [seconds for each in found for seconds in each.seconds])


@dataclass(frozen=True, slots=True)
class _Found:
    """A paper, what was searched for by probe, and on which place it then was: 0 where it was not found."""

    paper: Paper
    texts: Mapping[str, str]
    places: Mapping[str, int]
    failed: frozenset[str]
    seconds: Sequence[float]


def _search(
    papers: Sequence[Paper], library: Library, twins: Mapping[str, set[str]], told: Told
) -> list[_Found]:
    found = []
    for done, paper in enumerate(papers, start=1):
        texts, places, failed, seconds = probes(paper, library), dict[str, int](), set[str](), list[float]()
        for probe, text in texts.items():
            started = time.perf_counter()
            try:
                ids = [hit.paper.paper_id for hit in library.search(text, max(_DEPTHS))]
            except FootnoteError:
                ids = []
                failed.add(probe)
            seconds.append(time.perf_counter() - started)
            wanted = {paper.paper_id} | twins.get(paper.paper_id, set())
            places[probe] = next((rank for rank, name in enumerate(ids, start=1) if name in wanted), 0)
        found.append(_Found(paper, texts, places, frozenset(failed), seconds))
        told("Searching", done, len(papers))
    return found


def _metrics(found: Sequence[_Found]) -> dict[str, Any]:
    metrics = {}
    for probe in PROBES:
        failed = sum(probe in each.failed for each in found)
        for depth in _DEPTHS:
            outcomes = [_outcome(each.places.get(probe), depth) for each in found]
            metrics[f"{probe}@{depth}"] = summary(outcomes, Scale(), failed)
    return metrics


def _outcome(place: int | None, depth: int) -> Outcome:
    return NOT_APPLICABLE if place is None else Outcome(float(0 < place <= depth))


def _faults(library: Library) -> dict[str, str]:
    faults = library.info()["index_faults"]
    return dict(faults) if isinstance(faults, dict) else {}


def _recall(asked: Sequence[str], near: Neighbours, library: Library) -> float | None:
    """What share of the nearest papers the index finds; not to be told where a vector has no direction."""
    return None if near.unusable or not asked else round(library.recall(asked[:_ASKED], NEAREST), 4)


def _config(library: Library) -> dict[str, object]:
    return {"encoder": str(library.recipe.encoder), "reranker": library.reranker}


def _twins(near: Neighbours) -> dict[str, set[str]]:
    twins: dict[str, set[str]] = {}
    for one, other, _ in near.twins:
        twins.setdefault(one, set()).add(other)
        twins.setdefault(other, set()).add(one)
    return twins


def _hubs(near: Neighbours) -> list[dict[str, object]]:
    most = sorted(near.occurrences.items(), key=lambda each: (-each[1], each[0]))
    return [{"id": paper_id, "occurrences": count} for paper_id, count in most[:3]]
