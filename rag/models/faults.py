"""What was seen of a request that failed → one line: who, what happened, what to do."""

import re
from base64 import b64encode
from collections.abc import Iterable
from urllib.parse import unquote

from rag.cleaning import clean
from rag.errors import ModelError
from rag.models.spec import ModelServer
from rag.models.wire import Outcome

LONGEST_WAIT = 30.0
"""Seconds; a server that asks for more is not waited for."""

_LONGEST_QUOTE = 200  # characters
_PART_OF_KEY = 8  # characters that give it away
_CHECK_URL = "check FOOTNOTE_LLM_BASE_URL"
_LIKE_A_KEY = re.compile(r"\b(?:sk|key|pk|rk)-[\w*.-]{4,}|(?<=://)[^\s/@]+@|\bBearer\s+\S+", re.IGNORECASE)


class RequestError(ModelError):
    """A ModelError that remembers what was seen."""

    def __init__(self, line: str, outcome: Outcome) -> None:
        super().__init__(line)
        self.outcome = outcome

    @property
    def may_pass(self) -> bool:
        """Whether the same request may succeed in a moment."""
        seen = self.outcome
        busy = not (seen.late or seen.left) and (seen.status == 429 or seen.status >= 500)
        return busy and (seen.retry_after or 0) <= LONGEST_WAIT


def fault(server: ModelServer, seen: Outcome, told: str = "", *, spoke: bool = False) -> RequestError:
    """The error of a request. `told` is what the server said within its reply; `spoke`: a part has come."""
    if seen.left:
        happened = "was left before its reply ended, as you asked"
    elif seen.late:
        happened = _too_late(server, spoke=spoke)
    elif not seen.asked:
        happened = "the request cannot be made; reinstall Footnote with the extra of this provider"
    elif not seen.connected or seen.untrusted:
        happened = _unreached(server, seen)
    elif seen.status and not 200 <= seen.status < 300:
        happened = _refused(server, seen)
    else:
        happened = _unreadable(server, seen, told, spoke=spoke)
    return RequestError(f"{server.spec} at {server.place}: {happened}", seen)


def _too_late(server: ModelServer, *, spoke: bool) -> str:
    missed = "had not finished its reply" if spoke else "gave no reply"
    return (
        f"{missed} after {server.timeout:g} seconds; set FOOTNOTE_LLM_TIMEOUT higher, or take a faster model"
    )


def _unreached(server: ModelServer, seen: Outcome) -> str:
    if seen.untrusted:
        return f"speaks no https, or shows a certificate that is not accepted; {_CHECK_URL}"
    if server.provider == "ollama" and server.is_here:
        return "nobody answers; start it with `ollama serve`"
    if server.is_here:
        return f"nobody answers; start the server, or {_CHECK_URL}"
    return "cannot be reached; check the network, the proxy and FOOTNOTE_LLM_BASE_URL"


def _refused(server: ModelServer, seen: Outcome) -> str:
    code = seen.status
    quote = _quote(seen.said, server)
    if code < 400:
        return f"points to another address ({code}), which is not followed; {_CHECK_URL}"
    if code >= 500:
        return f"the server fails ({code}{quote}); try again later"
    if code == 404 and server.provider == "ollama":
        return f"it has no such model (404{quote}); fetch it with `ollama pull {server.model}`"
    return {
        401: "refuses the key (401); check FOOTNOTE_LLM_API_KEY or the provider's own variable",
        403: f"does not allow this (403{quote}); check what the key may use",
        404: f"knows no such model or address (404{quote}); check FOOTNOTE_LLM and FOOTNOTE_LLM_BASE_URL",
        429: f"takes no more requests (429{quote}); {_when(seen)}",
    }.get(
        code,
        f"refuses the request ({code}{quote}); if it is too long, set FOOTNOTE_LLM_CONTEXT lower",
    )


def _when(seen: Outcome) -> str:
    wait = seen.retry_after or 0
    return f"it asks to wait {wait:.0f} seconds" if wait >= 1 else "try again later"


def _unreadable(server: ModelServer, seen: Outcome, told: str, *, spoke: bool) -> str:
    if seen.is_page:
        return f"answers with a web page, not as a model's server; {_CHECK_URL}"
    if told:
        return f"broke off with an error{_quote(told, server)}; try again, or see the server's log"
    if seen.unreadable:
        return f"sent {seen.unreadable}; {_CHECK_URL}, and the server's log"
    if seen.cut or not seen.status:
        part = "in the middle of its reply" if spoke else "before a reply came"
        return f"closed the connection {part}; try again, or see the server's log"
    return f"sent what is no reply; {_CHECK_URL}, and the server's log"


def silent(server: ModelServer, seen: Outcome, *, thought: bool) -> RequestError:
    """The error of a reply that ended well and holds no text."""
    happened = (
        "used its whole reply for thinking; take a model that answers at once"
        if thought
        else "said nothing; check that it is a chat model, or take another"
    )
    return RequestError(f"{server.spec} at {server.place}: {happened}", seen)


def _quote(said: str, server: ModelServer) -> str:
    """What a server says, to stand after a code: one short line without the key."""
    line = _without(server.key.get_secret_value(), clean(said[: _LONGEST_QUOTE * 10]))
    line = _LIKE_A_KEY.sub("…", line)
    return f": {line[:_LONGEST_QUOTE]}" if line else ""


def _without(key: str, said: str) -> str:
    """The words, but for those with a part of the key in them, as it is, backwards or encoded."""
    if not key:
        return " ".join(said.split())
    raw = key.encode()
    encoded = [b64encode(b"\0" * shift + raw).decode() for shift in range(3)]  # whatever stands before it
    parts = {
        form[at : at + _PART_OF_KEY].casefold()
        for form in (key, key[::-1], raw.hex(), *encoded)
        for at in range(max(1, len(form) - _PART_OF_KEY + 1))
    }
    return " ".join("…" if _holds(word, parts) else word for word in said.split())


def _holds(word: str, parts: Iterable[str]) -> bool:
    spelt = f"{word} {unquote(word)}".casefold()
    return any(part in spelt for part in parts)
