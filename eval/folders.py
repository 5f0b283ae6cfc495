"""What `--out` keeps of a run, and what tells whether two runs measured the same thing."""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from eval.lines import Json, read_lines, read_object, write_json, write_lines
from rag import FootnoteError, Library

Told = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much."""

DESCRIPTION, ANSWERS, SCORES = "run.json", "answers.jsonl", "scores.jsonl"
REPORT, MANIFEST, JUDGEMENTS = "report.json", "manifest.json", "judge.jsonl"

_HARNESS = (
    "causes.py", "collection.py", "dataset.py", "judge/judging.py", "judge/tasks.py", "lines.py",
    "measures.py", "metrics", "outcomes.py", "questions.py", "reading.py", "scoring.py", "stats.py",
    "support", "wording.py",
)  # fmt: skip
"""What a score hangs on: a change of it makes scores incomparable."""

_SAID = {
    "command": "another command",
    "data": "other questions",
    "corpus": "other papers",
    "harness": "another version of the metrics",
    "config": "other settings",
}
COMPARABLE = ("command", "data", "corpus", "harness")
"""What has to be equal for two runs to be compared; the settings are what one compares."""
SAME = ("command", "data", "corpus", "config")
"""What has to be equal for one run to go on where another stopped; the scores are made anew."""


def described(
    command: str, dataset: str, data: object, library: Library, config: Mapping[str, object]
) -> Json:
    """What a run measures, and of what: hashes of the data, the papers and the metrics, and the settings."""
    papers, corpus = library.fingerprint()
    return {
        "command": command,
        "dataset": dataset,
        "data": _digest(json.dumps(data, sort_keys=True, default=str)),
        "papers": papers,
        "corpus": corpus[:16],
        "harness": _harness(),
        "config": dict(config),
    }


def prepared(folder: Path, run: Json) -> Path:
    """The folder, new or with the beginnings of the same run. How an earlier run was scored stays there until
    `write_results`.

    Raises:
        FootnoteError: it holds another run.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if (folder / DESCRIPTION).exists():
        if other := differences(read_description(folder), run, SAME):
            raise FootnoteError(
                f"{folder}: holds a run with {', '.join(other)}; give --out another folder, or delete this "
                "one"
            )
    elif (folder / ANSWERS).exists():
        raise FootnoteError(f"{folder}: holds an {ANSWERS} of who knows what; give --out another folder")
    else:
        write_json(folder / DESCRIPTION, run)
    return folder


def write_results(folder: Path, run: Json, scores: Iterable[Json], report: Json) -> None:
    """Put the scores and the report in place of earlier ones, with what they were made by. A folder in which
    that was broken off has no scores.
    """
    (folder / SCORES).unlink(missing_ok=True)
    write_json(folder / DESCRIPTION, run)
    write_json(folder / REPORT, report)
    write_lines(folder / SCORES, scores)


def read_description(folder: Path) -> Json:
    """What a folder's run measured.

    Raises:
        FootnoteError: it is not a folder that `--out` made.
    """
    if not (folder / DESCRIPTION).is_file():
        raise FootnoteError(
            f"{folder}: no {DESCRIPTION} there; give a folder that `footnote eval … --out` has made"
        )
    found = read_object(folder / DESCRIPTION)
    if not isinstance(found.get("command"), str):
        raise FootnoteError(f"{folder / DESCRIPTION}: no “command”; not one that `--out` wrote")
    return found


def require_command(folder: Path, command: str) -> None:
    """Whether a run of this command may be kept in a folder, in place of an earlier one of its kind.

    Raises:
        FootnoteError: another command's is there.
    """
    if (folder / DESCRIPTION).exists() and (other := read_description(folder)["command"]) != command:
        raise FootnoteError(
            f"{folder}: holds a run of `{other}`; give --out another folder, or delete this one"
        )


def read_scores(folder: Path) -> dict[str, Json]:
    """The lines of scores.jsonl by question.

    Raises:
        FootnoteError: the run was broken off, or the file cannot be read.
    """
    if not (folder / SCORES).is_file():
        raise FootnoteError(f"{folder}: no {SCORES} yet; the run was broken off, give its command again")
    return {str(line["id"]): line for _, line in read_lines(folder / SCORES)}


def write_manifest(
    folder: Path,
    dataset: Path,
    seconds: float,
    by_question: Mapping[str, Mapping[str, float]] | None = None,
    **more: object,
) -> None:
    """Write what differs from one run to the next: kept apart, so that the other files can be compared."""
    path = folder / MANIFEST
    try:
        earlier = read_object(path).get("by_question", {})
    except FootnoteError:  # it is not there, or was cut off: nothing hangs on it
        earlier = {}
    facts = {
        "dataset": str(dataset),
        "version": version("footnote-rag"),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": seconds,
        "by_question": {**earlier, **(by_question or {})},
        **more,
    }
    write_json(path, facts)


def differences(one: Mapping[str, object], other: Mapping[str, object], keys: Iterable[str]) -> list[str]:
    """What two descriptions do not have in common, in words."""
    return [_SAID[key] for key in keys if one.get(key) != other.get(key)]


def _harness() -> str:
    here = Path(__file__).parent
    files = (path for name in _HARNESS for path in sorted((here / name).glob("*.py")) or [here / name])
    return _digest("".join(path.read_text(encoding="utf-8") for path in files))


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:16]
