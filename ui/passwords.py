"""Who may log in: a file of names, each with a scrypt hash of their password."""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path

from rag import FootnoteError

SHORTEST = 8
"""Characters of a password."""

_COST, _BLOCK, _PARALLEL = 2**15, 8, 1  # 32 MB and some 0.1 s a guess
_MEMORY = 2**26  # what scrypt is let use
_SCHEME = "scrypt"


def add_user(path: Path, name: str, password: str) -> None:
    """Add a name to the file, which is made if absent, or give it another password.

    Raises:
        FootnoteError: the name or password cannot be used, or the file cannot be.
    """
    if not name.strip() or ":" in name or not name.isprintable():
        raise FootnoteError(f"“{name}” is no name to log in with; take letters and digits")
    if len(password) < SHORTEST:
        raise FootnoteError(f"the password is too short; take at least {SHORTEST} characters")
    users = {**(read_users(path) if path.exists() else {}), name.strip(): _hashed(password)}
    try:
        path.touch(mode=0o600)
        path.write_text("".join(f"{who}:{said}\n" for who, said in users.items()), encoding="utf-8")
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


def may_log_in(users: Mapping[str, str]) -> Callable[[str, str], bool]:
    """Whether a name and a password belong together; takes as long for a name that is unknown."""
    nobody = _hashed(secrets.token_urlsafe())

    def check(name: str, password: str) -> bool:
        said = users.get(name, nobody)
        _, salt, _ = said.split("$")
        return hmac.compare_digest(_hashed(password, bytes.fromhex(salt)), said) and name in users

    return check


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
