"""What the documentation says is what there is."""

import re
from pathlib import Path

import click
import pytest

from eval.gate import EXIT_CODES
from rag.cli import footnote as command
from rag.errors import FootnoteError
from rag.readers import FORMATS
from rag.settings import PREFIX, Settings
from rag.testing import sample_papers

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


@pytest.mark.parametrize("page", [".env.example", "docs/settings.md"])
def test_settings_are_those_that_exist(page: str) -> None:
    assert set(re.findall(rf"{PREFIX}[A-Z_]+", read(page))) - {PREFIX} == SETTINGS


def test_settings_defaults_are_those_that_are_used() -> None:
    row = rf"^\| `({PREFIX}\w+)` \| (?:`(\w+)`|empty)"
    rows = dict(re.findall(row, read("docs/settings.md"), re.MULTILINE))
    defaults = {
        f"{PREFIX}{name.upper()}": str(field.default) for name, field in Settings.model_fields.items()
    }
    assert rows.pop(f"{PREFIX}LIBRARY") == Settings().library.name
    assert rows == {name: defaults[name] for name in rows}
    assert len(rows) == len(SETTINGS) - 1


def commands(group: click.Group, before: str = "") -> dict[str, click.Command]:
    """All commands by what is typed, those of groups and of other packages too."""
    found: dict[str, click.Command] = {}
    for name in group.commands:
        _, each, _ = group.resolve_command(click.Context(group), [name])
        assert each
        found |= commands(each, f"{name} ") if isinstance(each, click.Group) else {f"{before}{name}": each}
    return found


def test_commands_and_their_options_are_those_that_exist() -> None:
    page = read("docs/cli.md")
    described = dict(re.findall(r"^\| `footnote ((?:eval )?\w+)([^`]*)`", page, re.MULTILINE))
    existing = commands(command)
    assert list(described) == list(existing)
    for name, usage in described.items():
        parameters = existing[name].params
        options = {option for p in parameters if isinstance(p, click.Option) for option in p.opts}
        assert set(re.findall(r"(?<!\S)\[?(--?[\w-]+)", usage)) == options - {"--library", "--json"}, name


def test_formats_are_those_that_exist() -> None:
    table = read("docs/cli.md").partition("## Formats")[2].partition("## JSON")[0]
    named = re.findall(r"^\| (`.+?`) \|", table, re.MULTILINE)
    assert {name.strip("` ") for cell in named for name in cell.split(",")} - {"--format"} == set(FORMATS)
    taught = command.commands["ingest"].get_help(click.Context(command))
    assert all(re.search(rf"\b{name}\b", taught) for name in FORMATS)


def test_exit_codes_are_those_that_errors_have() -> None:
    described = {int(code) for code in re.findall(r"^\| (\d+) \|", read("docs/cli.md"), re.MULTILINE)}

    def codes(error: type[FootnoteError]) -> set[int]:
        return {error.exit_code}.union(*(codes(kind) for kind in error.__subclasses__()))

    assert described == {0, 130} | codes(FootnoteError) | set(EXIT_CODES.values())


def test_the_python_of_the_readme_runs(capsys: pytest.CaptureFixture[str]) -> None:
    entries = (
        f"@article{{{n}, title = {{{p.title}}}, abstract = {{{p.abstract}}}}}"
        for n, p in enumerate(sample_papers())
    )
    Path("refs.bib").write_text("\n".join(entries), encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", read("README.md"), re.DOTALL)
    exec(compile(code, "README.md", "exec"), {})
    assert "[1]" in capsys.readouterr().out


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8")):
        assert "://" in target or (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_files_that_are_named_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for name in re.findall(r"`((?:rag|ui|eval|tests|docs|scripts)/[\w./]*)`", text):
        assert (ROOT / name).exists(), name


def test_every_module_has_a_place_in_the_architecture() -> None:
    page = read("docs/architecture.md")
    by_format = {"readers", "adapters", "markup", "verdicts"}  # a file a format, library, notation or rule
    for module in (ROOT / "rag").rglob("*.py"):
        room = module.parent.name
        assert room == "rag" or f"`{room}/`" in page, room
        assert module.name == "__init__.py" or room in by_format or f"`{module.name}`" in page, module
