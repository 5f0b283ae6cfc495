"""Precision and recall of the verdicts on sentences whose kind is known, with 95 % intervals.

    python scripts/verdict_figures.py [--papers PAPERS] [--errors] [FILE.jsonl ...]

By default all of tests/data/verdicts, one by one, and together those about the sample collection. On k.jsonl
nothing was tuned; leave it out where `--errors` lists the sentences that are judged wrongly.
"""

import json
import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from scipy.stats import binomtest

from rag import Chunk, Hit, Library, Paper, Sentence
from rag.citations import Draft, verify

Case = dict[str, Any]
ROOT = Path(__file__).resolve().parents[1]
CASES = ROOT / "tests" / "data" / "verdicts"
SAMPLE, FIXTURE = ROOT / "rag" / "sample" / "papers.jsonl", ROOT / "eval" / "fixture" / "papers.jsonl"
ABOUT = {SAMPLE: ("a", "b", "c", "d", "e", "f", "k"), FIXTURE: ("g", "m")}
"""What the sentences of each file are about: machine learning, and three invented fields."""
VERDICTS = ("supported", "weak", "unsupported")

# The kinds of sentence that a rule should find, by its code. Of a sentence that cites the wrong paper, or
# that no paper says, nobody marked whether it also disagrees with the one it cites: there the guards do not
# count.
RULES = {
    "number": ("wrong_number", "swapped_number"),
    "swapped_number": ("swapped_number", "wrong_number"),
    "direction": ("flipped",),
    "over_claim": ("over_claimed",),
    "wrong_source": ("wrong_source",),
    "added": ("added_detail", "unrelated"),
}
_UNMARKED = {
    code: {"wrong_source", "unrelated"} for code in ("number", "swapped_number", "direction", "over_claim")
}


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many, with a Wilson interval."""

    name: str
    found: int
    of: int

    @property
    def value(self) -> float:
        """Not a number where there is nothing to find it of."""
        return self.found / self.of if self.of else float("nan")

    def __str__(self) -> str:
        if not self.of:
            return f"{self.name:34}     –"
        low, high = binomtest(self.found, self.of).proportion_ci(method="wilson")
        return f"{self.name:34} {self.value:6.3f}  [{low:.3f}, {high:.3f}]  {self.found:3} of {self.of}"


def main(arguments: Sequence[str]) -> None:
    """Judge every sentence once and print the figures."""
    parser = ArgumentParser(description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", type=Path)
    parser.add_argument(
        "--papers", type=Path, default=SAMPLE, help="what the sentences of these files are about"
    )
    parser.add_argument("--errors", action="store_true", help="list the sentences that are judged wrongly")
    asked = parser.parse_args(arguments)
    files = {papers: [CASES / f"{name}.jsonl" for name in names] for papers, names in ABOUT.items()}
    for papers, cases in ({asked.papers: asked.cases} if asked.cases else files).items():
        with TemporaryDirectory() as folder, closing(Library.open(folder, encoder="minilm")) as library:
            library.ingest(papers)
            show({path.name: judged(read_cases(path), library) for path in cases}, errors_too=asked.errors)


def show(sets: dict[str, list[tuple[Case, Sentence]]], *, errors_too: bool) -> None:
    """Print what is found of each set, and of all together."""
    together = [pair for pairs in sets.values() for pair in pairs]
    for name, pairs in [*sets.items(), *([("all of them", together)] if len(sets) > 1 else [])]:
        print(f"\n{name}: {len(pairs)} sentences")
        print("\n".join(str(share) for share in shares(pairs)))
        print("\n".join(confusion(pairs)))
        if errors_too and pairs is not together:
            print("\n".join(errors(pairs)))


def read_cases(path: Path) -> list[Case]:
    """The cases of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def judged(cases: Iterable[Case], library: Library) -> list[tuple[Case, Sentence]]:
    """Each case with its sentence as `verify` judges it, the papers it names being those that were shown."""
    papers = {paper.title: paper for paper in library.papers()}
    pairs = []
    for case in cases:
        shown = [papers[title] for title in dict.fromkeys([*case["cites"], *case["also_shown"]])]
        draft = Draft(case["sentence"], tuple(papers[title].paper_id for title in case["cites"]))
        (sentence,), _ = verify([draft], [_hit(paper) for paper in shown], library.retriever)
        pairs.append((case, sentence))
    return pairs


def shares(pairs: Sequence[tuple[Case, Sentence]]) -> list[Share]:
    """Precision and recall of each rule and of the verdict `supported`, and what kinds it lets through."""
    made = []
    for code, kinds in RULES.items():
        counted = [(c["kind"], s.code) for c, s in pairs if c["kind"] not in _UNMARKED.get(code, set())]
        found = [kind for kind, said in counted if said == code]
        meant = [said for kind, said in counted if kind == kinds[0]]
        made.append(Share(f"{code}: precision", sum(kind in kinds for kind in found), len(found)))
        made.append(Share(f"{code}: recall", sum(said == code for said in meant), len(meant)))
    supported = [c["kind"] for c, s in pairs if s.verdict == "supported"]
    meant = [s.verdict for c, s in pairs if c["kind"] == "supported"]
    made.append(Share("supported: precision", supported.count("supported"), len(supported)))
    made.append(Share("supported: recall", meant.count("supported"), len(meant)))
    return made


def confusion(pairs: Sequence[tuple[Case, Sentence]]) -> Iterator[str]:
    """A table: the kinds of sentence, the verdicts they got, and the codes."""
    counts = Counter((str(case["kind"]), str(sentence.verdict)) for case, sentence in pairs)
    codes = Counter((case["kind"], sentence.code) for case, sentence in pairs)
    yield f"{'':16}" + "".join(f"{verdict:>12}" for verdict in VERDICTS)
    for kind in dict.fromkeys(kind for kind, _ in counts):
        named = ", ".join(f"{code} {n}" for (k, code), n in codes.most_common() if k == kind)
        yield f"{kind:16}" + "".join(f"{counts[kind, verdict]:12}" for verdict in VERDICTS) + f"   {named}"


def errors(pairs: Iterable[tuple[Case, Sentence]]) -> Iterator[str]:
    """What is supported and should not be, or the other way round, or is found by another rule."""
    for case, sentence in pairs:
        codes = [code for code, kinds in RULES.items() if case["kind"] in kinds]
        is_right = sentence.verdict == "supported" if case["kind"] == "supported" else sentence.code in codes
        if not is_right and not (case["kind"] == "unrelated" and sentence.verdict == "unsupported"):
            yield f"{case['id']} {case['kind']} → {sentence.code}: {sentence.reason}\n    {case['sentence']}"


def _hit(paper: Paper) -> Hit:
    return Hit(1, 1.0, {}, paper, Chunk(paper.paper_id, 0, 0, len(paper.abstract), paper.abstract))


if __name__ == "__main__":
    main(sys.argv[1:])
