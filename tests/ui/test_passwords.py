"""Who may log in stands in a file without passwords, and nobody else may."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from rag import FootnoteError
from tests.conftest import Run
from ui.passwords import add_user, may_log_in, read_users

FILE = Path("users.txt")
Footnote = Callable[..., Run]


def logs_in(name: str, password: str) -> bool:
    async def tried() -> bool:
        return await may_log_in(read_users(FILE))(name, password)

    return asyncio.run(tried())


def test_a_name_logs_in_with_its_password_alone() -> None:
    add_user(FILE, "ann", "correct horse")
    add_user(FILE, "Bo Li", "pässwörd 🐎")
    assert logs_in("ann", "correct horse")
    assert logs_in("Bo Li", "pässwörd 🐎")
    assert not any(
        logs_in(*tried)
        for tried in [("ann", "correct hors"), ("ann", ""), ("eve", "correct horse"), ("", "")]
    )


def test_a_guess_holds_up_nobody_else() -> None:
    add_user(FILE, "ann", "correct horse")
    check = may_log_in(read_users(FILE))

    async def others_go_on() -> bool:
        guess = asyncio.ensure_future(check("ann", "battery staple"))
        await asyncio.sleep(0)
        was_guessing = not guess.done()
        await guess
        return was_guessing

    assert asyncio.run(others_go_on())


def test_the_file_holds_no_password_and_is_nobody_elses() -> None:
    add_user(FILE, "ann", "correct horse")
    add_user(FILE, "bob", "correct horse")
    one, other = FILE.read_text(encoding="utf-8").splitlines()
    assert "correct horse" not in one
    assert one.partition(":")[2] != other.partition(":")[2]
    assert FILE.stat().st_mode & 0o077 == 0


def test_a_file_that_others_could_read_becomes_its_owners_alone() -> None:
    add_user(FILE, "ann", "correct horse")
    FILE.chmod(0o644)
    add_user(FILE, "bob", "correct horse")
    assert FILE.stat().st_mode & 0o077 == 0
    assert list(Path().iterdir()) == [FILE]


def test_another_password_takes_the_place_of_the_first() -> None:
    add_user(FILE, "ann", "correct horse")
    add_user(FILE, "ann", "battery staple")
    assert (logs_in("ann", "correct horse"), logs_in("ann", "battery staple")) == (False, True)


@pytest.mark.parametrize(
    ("name", "password"),
    [("ann", "short"), ("a:n", "correct horse"), (" ", "correct horse"), (" #bob", "correct horse")],
)
def test_what_cannot_be_used_is_refused(name: str, password: str) -> None:
    with pytest.raises(FootnoteError, match=r"too short|no name"):
        add_user(FILE, name, password)
    assert not FILE.exists()


@pytest.mark.parametrize("text", ["ann:secret\n", "ann\n", "ann:scrypt$zz$00\n", "# nobody\n\n", "\x00"])
def test_a_file_that_is_none_is_refused_in_one_line(text: str) -> None:
    FILE.write_text(text, encoding="utf-8")
    with pytest.raises(FootnoteError, match="--add-user NAME") as raised:
        read_users(FILE)
    assert "\n" not in str(raised.value)
    assert "secret" not in str(raised.value)


def test_a_file_that_is_not_there_is_told() -> None:
    with pytest.raises(FootnoteError, match="cannot be read"):
        read_users(FILE)


def test_the_command_adds_a_user(footnote: Footnote, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("click.prompt", lambda *_, **__: "correct horse")
    run = footnote("ui", "--auth", FILE, "--add-user", "ann")
    assert (run.code, run.err) == (0, "")
    assert logs_in("ann", "correct horse")
    assert footnote("ui", "--add-user", "ann").code == 2


def test_beyond_this_machine_it_listens_only_where_people_log_in(footnote: Footnote) -> None:
    run = footnote("ui", "--host", "0.0.0.0")
    assert run.code == 2
    assert "--auth FILE" in run.err
    assert footnote("ui", "--host", "0.0.0.0", "--auth", "users.txt").code == 2
