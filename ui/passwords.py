"""Who may log in: a file of names, each with a scrypt hash of their password."""

import asyncio
import hashlib
import hmac
import os
import secrets
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from tempfile import mkstemp

from rag import FootnoteError

SHORTEST = 8
"""Characters of a password."""

_COST, _BLOCK, _PARALLEL = 2**15, 8, 1  # 32 MB and some 0.1 s a guess
_MEMORY = 2**26  # what scrypt is let use
_SCHEME = "scrypt"
_AT_ONCE = 2  # guesses; others wait, so that nobody can fill the memory with them


def add_user(path: Path, name: str, password: str) -> None:
    """Add a name to the file, which is made if absent, or give it another password.

    Raises:
        FootnoteError: the name or password cannot be used, or the file cannot be.
    """
    name = name.strip()
    if not name or ":" in name or name.startswith("#") or not name.isprintable():
        raise FootnoteError(f"“{name}” is no name to log in with; take letters and digits")
    if len(password) < SHORTEST:
        raise FootnoteError(f"the password is too short; take at least {SHORTEST} characters")
    users = {**(read_users(path) if path.exists() else {}), name: _hashed(password)}
    try:
        _replace(path, "".join(f"{who}:{said}\n" for who, said in users.items()))
    except OSError as error:
        raise FootnoteError(f"{path}: cannot be written ({error.strerror}); choose another file") from error


def read_users(path: Path) -> dict[str, str]:
    """Hashes by name; empty lines and those that begin with # are left out.

    Raises:
        FootnoteError: it cannot be read, holds nobody, or a line is none that `add_user` wrote.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise FootnoteError(
            f"{path}: cannot be read; make it with `footnote ui --auth {path} --add-user NAME`"
        ) from error
    users = {}
    for number, line in enumerate(lines, start=1):
        if line.strip() and not line.startswith("#"):
            name, _, said = line.strip().partition(":")
            if not name or not _is_hash(said):
                raise FootnoteError(
                    f"{path}:{number}: not a name and a hashed password; write it with "
                    f"`footnote ui --auth {path} --add-user NAME`"
                )
            users[name] = said
    if not users:
        raise FootnoteError(f"{path}: names nobody; add one with `footnote ui --auth {path} --add-user NAME`")
    return users


def may_log_in(users: Mapping[str, str]) -> Callable[[str, str], Awaitable[bool]]:
    """Whether a name and a password belong together; takes as long for a name that is unknown, and holds up
    nobody else.
    """
    nobody = _hashed(secrets.token_urlsafe())
    few = asyncio.Semaphore(_AT_ONCE)

    async def check(name: str, password: str) -> bool:
        said = users.get(name, nobody)
        _, salt, _ = said.split("$")
        async with few:
            hashed = await asyncio.to_thread(_hashed, password, bytes.fromhex(salt))
        return hmac.compare_digest(hashed, said) and name in users

    return check


def _replace(path: Path, text: str) -> None:
    """All of the file at once, for nobody else to read."""
    handle, name = mkstemp(dir=path.parent)
    os.close(handle)
    made = Path(name)
    try:
        made.write_text(text, encoding="utf-8")
        made.replace(path)
    except OSError:
        made.unlink()
        raise


def _hashed(password: str, salt: bytes | None = None) -> str:
    salt = salt or secrets.token_bytes(16)
    found = hashlib.scrypt(
        password.encode("utf-8", "surrogatepass"), salt=salt, n=_COST, r=_BLOCK, p=_PARALLEL, maxmem=_MEMORY
    )
    return f"{_SCHEME}${salt.hex()}${found.hex()}"


def _is_hash(said: str) -> bool:
    scheme, *parts = said.split("$")
    return scheme == _SCHEME and len(parts) == 2 and all(_is_hex(part) for part in parts)


def _is_hex(text: str) -> bool:
    try:
        return bool(bytes.fromhex(text))
    except ValueError:
        return False
