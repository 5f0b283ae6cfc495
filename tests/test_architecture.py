"""The shape of the house: who may import whom, what stays light, what is shipped."""

import ast
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

import rag

ROOT = Path(__file__).resolve().parents[1]
HEAVY = {
    "torch", "sentence_transformers", "transformers", "onnx", "onnxruntime", "tokenizers", "chromadb",
    "tantivy", "llama_index", "openai", "anthropic", "ollama", "gradio",
}  # fmt: skip
NOT_FOR_HELP = HEAVY | {"numpy", "rich", "pydantic"}


def files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def imports(file: Path, *, inside_functions: bool = True) -> Iterator[tuple[str, str]]:
    """(module, name imported from it or "") of each import; those only for type checkers left out."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    skipped = {
        id(inner)
        for node in ast.walk(tree)
        if (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test))
        or (not inside_functions and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", alias.name) for alias in node.names)


def top(module: str) -> str:
    return module.partition(".")[0]


def by_name(file: Path) -> str:
    return str(file.relative_to(ROOT))


@pytest.mark.parametrize("file", files("ui", "eval"), ids=by_name)
def test_ui_and_eval_use_only_the_front_door(file: Path) -> None:
    own = file.relative_to(ROOT).parts[0]
    for module, name in imports(file):
        assert top(module) not in {"ui", "eval", "tests"} - {own}, f"{own} imports {module}"
        if top(module) == "rag":
            assert (module, name) in {("rag", public) for public in rag.__all__}, f"{module} {name}"


@pytest.mark.parametrize("file", files("rag"), ids=by_name)
def test_rag_keeps_its_rooms_apart(file: Path) -> None:
    is_adapter = "adapters" in file.parts
    for module, _ in imports(file):
        assert top(module) not in {"ui", "eval", "tests"}, f"{file.name} imports {module}"
        assert is_adapter or top(module) not in HEAVY, f"{file.name} imports {module}"
        assert file.name == "wiring.py" or not module.startswith("rag.adapters"), (
            f"{file.name} imports {module}"
        )


def test_the_front_door_opens_every_name_it_lists() -> None:
    assert rag.__all__ == sorted(rag.__all__)
    assert all(getattr(rag, name).__name__ == name for name in rag.__all__)
    with pytest.raises(AttributeError, match="no attribute 'Librarian'"):
        rag.Librarian  # noqa: B018


@pytest.mark.parametrize(
    ("code", "absent"),
    [
        ("import rag.cli", NOT_FOR_HELP | {"ui", "eval"}),
        ("import rag, ui, eval", NOT_FOR_HELP),
        ("from rag import Library; Library.open('lib')", {"torch", "transformers", "sentence_transformers"}),
    ],
)
def test_what_is_not_needed_yet_is_not_loaded(code: str, absent: set[str]) -> None:
    names = f"import sys; print(*sorted({{name.partition('.')[0] for name in sys.modules}} & {absent!r}))"
    run = subprocess.run(
        [sys.executable, "-c", f"{code}\n{names}"], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == ""


def test_the_wheel_holds_three_packages_and_all_they_need(tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(tmp_path),
        str(ROOT),
    ]
    subprocess.run(command, capture_output=True, check=True)
    (wheel,) = tmp_path.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.partition("/")[0] for name in names if ".dist-info/" not in name} == {"rag", "ui", "eval"}
    assert {"rag/py.typed", "rag/sample/papers.jsonl", "rag/readers/listing.py"} <= set(names)
    assert {"ui/page.css", "ui/page.js", "ui/templates/turn.html.j2"} <= set(names)


def test_tests_hold_no_package_that_would_shadow_ours() -> None:
    assert not list((ROOT / "tests").rglob("__init__.py"))


@pytest.mark.parametrize("file", files("rag", "ui", "eval"), ids=by_name)
def test_files_and_functions_stay_short(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert text.count("\n") <= 300
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < 50, node.name
