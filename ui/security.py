"""What keeps the page to itself: which addresses it is served on, and what its documents may load."""

from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Gradio's page evaluates templates of its own, hence the two “unsafe”; nothing may come from elsewhere.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
}
_LOOPBACK_NAMES = ("localhost", "127.0.0.1")
_REFUSED = (
    "Requests from the pages of other sites are refused; behind a proxy, let it pass the Host header on."
)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def middleware(host: str) -> list[Middleware]:
    """What every request passes; on loopback a name of another site that leads here is refused, too."""
    guards = [Middleware(_Headers), Middleware(_SameSite)]
    if is_loopback(host):
        guards.append(Middleware(TrustedHostMiddleware, allowed_hosts=[*_LOOPBACK_NAMES, in_address(host)]))
    return guards


def in_address(host: str) -> str:
    """The host as an address has it: IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host


class _Headers:
    """Puts the headers on every response."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                ours = [(name.encode(), value.encode()) for name, value in _HEADERS.items()]
                message["headers"] = [*message["headers"], *ours]
            await send(message)

        await self._app(scope, receive, send_with_headers)


class _SameSite:
    """Refuses what a browser sends for the page of another site, which Gradio would let read and write.

    A browser names that site in Origin; programs send none.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _is_of_another_site(Headers(scope=scope)):
            await PlainTextResponse(_REFUSED, status_code=403)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _is_of_another_site(headers: Headers) -> bool:
    origin = headers.get("origin")
    return origin is not None and origin.partition("://")[2] != headers.get("host")
