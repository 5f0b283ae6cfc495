"""A question of a run → what its page shows: the answer, its sources, what was retrieved, every score."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from eval.compare import scale_of
from eval.lines import Json
from eval.reading import read_answer
from rag import as_stored


class Papers:
    """The papers that answers show, each once; `number` is its place in `listed`."""

    def __init__(self) -> None:
        self.listed: list[Json] = []
        self._numbers: dict[str, int] = {}

    def number(self, paper: Mapping[str, Any]) -> int:
        """The number of a paper, which is listed if it is not yet."""
        if paper["id"] not in self._numbers:
            self._numbers[paper["id"]] = len(self.listed)
            self.listed.append({"title": paper.get("title") or "", "abstract": paper.get("abstract") or ""})
        return self._numbers[paper["id"]]

    def abstract(self, number: int) -> str:
        """Its abstract."""
        return str(self.listed[number]["abstract"])


def card(score: Json, answer: Json, papers: Papers, before: str | None) -> Json:
    """All that is shown of a question; `before` is its cause in the run it is set against."""
    golds = {gold["id"]: gold for gold in score["golds"]}
    citations = [_citation(each, golds, papers) for each in answer.get("citations", ())]
    hits = [_hit(each, golds, papers) for each in answer.get("hits", ())]
    cited, shown = ({each["id"] for each in group} for group in (citations, hits))
    return {
        **{key: score[key] for key in ("id", "question", "type", "style", "cause", "failed", "expected")},
        "before": before,
        **{key: answer.get(key) for key in ("abstained", "reason", "confidence", "notes")},
        "sentences": _sentences(answer),
        "citations": citations,
        "hits": [{**hit, "cited": hit["id"] in cited} for hit in hits],
        "golds": [{**gold, "shown": gold["id"] in shown} for gold in golds.values()],
        "outcomes": list(_outcomes(score)),
    }


def _sentences(answer: Json) -> Sequence[Mapping[str, Any]]:
    """With their verdicts; without any where the system gives none."""
    if told := answer.get("sentences"):
        return [{**each, "shown": each.get("marked_text") or each["text"]} for each in told]
    said = read_answer(answer)
    return [{"shown": said.text}] if said.text else []


def _citation(citation: Json, golds: Mapping[str, Json], papers: Papers) -> Json:
    paper = citation["paper"]
    number = papers.number(paper)
    evidence = citation.get("evidence", ())
    true = [(e["start"], e["end"]) for e in evidence if _stands(e, papers.abstract(number))]
    return {
        **_named(paper, golds, number),
        "marker": citation["marker"],
        "verdict": citation.get("verdict"),
        "reason": citation.get("reason"),
        "quotes": [each["quote"] for each in evidence],
        "spans": _spans(true),
        "false": [e["quote"] for e in evidence if not _stands(e, papers.abstract(number))],
    }


def _hit(hit: Json, golds: Mapping[str, Json], papers: Papers) -> Json:
    named = _named(hit["paper"], golds, papers.number(hit["paper"]))
    abstract = papers.abstract(named["number"])
    quotes = [as_stored(quote) for quote in golds.get(named["id"], {}).get("quotes", ())]
    places = [(start, start + len(quote)) for quote in quotes if (start := abstract.find(quote)) >= 0]
    return {**named, "rank": hit.get("rank"), "score": hit.get("score"), "spans": _spans(places)}


def _named(paper: Json, golds: Mapping[str, Json], number: int) -> Json:
    title = paper.get("title") or paper["id"]
    return {"id": paper["id"], "title": title, "gold": paper["id"] in golds, "number": number}


def _stands(evidence: Json, abstract: str) -> bool:
    return bool(abstract[evidence["start"] : evidence["end"]] == evidence["quote"])


def _spans(places: Iterable[tuple[int, int]]) -> str:
    """Places in reading order, those that overlap made one, as “start-end start-end”."""
    joined: list[list[int]] = []
    for start, end in sorted(places):
        if joined and start <= joined[-1][1]:
            joined[-1][1] = max(end, joined[-1][1])
        else:
            joined.append([start, end])
    return " ".join(f"{start}-{end}" for start, end in joined)


def _outcomes(score: Json) -> Iterable[Json]:
    """The metrics that apply, in their order; what is not the best there is, is marked."""
    for name, value in score["scores"].items():
        judged = name not in score["errors"]
        if value is None and judged:
            continue
        scale = scale_of(name)
        best = scale.lowest if scale.lower_is_better else scale.highest
        yield {
            "name": name,
            "value": value,
            "parts": score["parts"].get(name),
            "why": score["why"].get(name, "" if judged else "no verdict"),
            "lower": scale.lower_is_better,
            "short": scale.highest <= 1 and value != best,
        }
