"""Every test runs offline, in an empty folder, with no settings but its own."""

import os
import shutil
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from rag import Library
from rag.cli import main

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@dataclass(frozen=True)
class Run:
    """What a command did."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="session", autouse=True)
def _one_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The encoder's copy for questions is made once for all tests, and not in the user's own cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("user-cache")))
        yield


@pytest.fixture(scope="session", autouse=True)
def _ctrl_c_is_heard() -> None:
    """A shell's background job ignores Ctrl-C, and so would the commands that tests interrupt."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.startswith("FOOTNOTE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "user-data"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = socket.socket.connect

    def only_here(self: socket.socket, address: object) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            host = address[0] if isinstance(address, tuple) else address
            if host not in ("127.0.0.1", "::1", "localhost"):
                raise AssertionError(f"a test tried to reach {host}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", only_here)


@pytest.fixture
def footnote(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Run]:
    """Run the command in this process, as the shell would: `footnote("ask", "…")`."""

    def run(*arguments: object) -> Run:
        monkeypatch.setattr(sys, "argv", ["footnote", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        code = ended.value.code
        return Run(code if isinstance(code, int) else 0, captured.out, captured.err)

    return run


@pytest.fixture(scope="session")
def sample_library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The demo collection under the packaged encoder; tests must not change it, nor serve a page on it."""
    sample = Path(__file__).resolve().parents[1] / "rag" / "sample" / "papers.jsonl"
    library = Library.open(tmp_path_factory.mktemp("sample"), encoder="minilm")
    library.ingest(sample)
    yield library
    library.close()
    assert not (library.path / "activity.db").exists(), "a page was served on it: other tests see its votes"


@pytest.fixture(scope="session")
def sample_copy(sample_library: Library, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """`sample_copy()`: the folder of a copy of the sample that a test may change."""

    def copied() -> Path:
        return shutil.copytree(sample_library.path, tmp_path_factory.mktemp("copy") / "lib")

    return copied


@pytest.fixture(scope="session")
def seeds() -> Path:
    """The five pasted listings of the first users."""
    if not (SHARED / "seeds").is_dir():
        pytest.skip("the shared data are not on this machine")
    return SHARED / "seeds"


@pytest.fixture(scope="session")
def seeds_library(seeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    """The seeds under the packaged encoder; tests must not change it."""
    library = Library.open(tmp_path_factory.mktemp("seeds"), encoder="minilm")
    library.ingest(seeds)
    yield library
    library.close()


@pytest.fixture(scope="session")
def exports() -> Path:
    """Files that real tools wrote."""
    if not (SHARED / "exports").is_dir():
        pytest.skip("the shared data are not on this machine")
    return SHARED / "exports"
