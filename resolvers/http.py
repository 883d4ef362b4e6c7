"""GraphQL over HTTP (draft of the GraphQL foundation): negotiation, parameters, status codes.

Counted in microseconds per request, so headers are walked once and what repeats is remembered. Nothing here
knows the schema; no failure of ours ever shows more than a code.
"""

from __future__ import annotations

import logging
from typing import Final

from ontology.access import PUBLIC_VIEWER
from ontology.errors import OmnisonicError
from resolvers.hangup import run_watched
from resolvers.negotiation import HTML, JSON, RESPONSE_JSON, accepted, json_utf8
from resolvers.reading import ClientGone, Refused, from_body, from_url, read_body
from resolvers.transport import (
    INTERNAL,
    Answer,
    App,
    Authenticate,
    Engine,
    Headers,
    Limits,
    Message,
    Parameters,
    Receive,
    Request,
    Scope,
    Send,
    error_body,
)

log = logging.getLogger(__name__)

METHODS: Final = b"GET, HEAD, POST, OPTIONS"
# Facts are public: any page may read them. Without Allow-Credentials and with no `authorization` in the
# preflight, a foreign page never speaks with somebody's token.
OPEN: Final[Headers] = [(b"access-control-allow-origin", b"*")]
PREFLIGHT: Final[Headers] = [
    *OPEN,
    (b"access-control-allow-methods", b"GET, POST"),
    (b"access-control-allow-headers", b"content-type, accept"),
    (b"access-control-max-age", b"7200"),
    (b"allow", METHODS),
]
COMMON: Final[Headers] = [*OPEN, (b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-store")]
BY_TYPE: Final[dict[str, Headers]] = {
    kind: [(b"content-type", f"{kind}; charset=utf-8".encode()), *COMMON] for kind in (JSON, RESPONSE_JSON)
}
NOT_ACCEPTABLE: Final = Refused(
    406, "NOT_ACCEPTABLE", "None of the accepted media types is given.", f"Accept {RESPONSE_JSON} or {JSON}."
)


class HttpTransport:
    """The HTTP half of the endpoint. `page` answers browsers (GET that prefers HTML)."""

    __slots__ = ("_authenticate", "_engine", "_limits", "_page")

    def __init__(self, engine: Engine, authenticate: Authenticate, limits: Limits, page: App | None) -> None:
        self._engine = engine
        self._authenticate = authenticate
        self._limits = limits
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        method = scope["method"]
        if method == "OPTIONS":
            await _respond(send, 204, PREFLIGHT, b"")
            return
        accept, kind, token, length, encoded = _headers(scope["headers"])
        media = accepted(accept, html=self._page is not None and method in ("GET", "HEAD"))
        if media == HTML and self._page is not None:
            await self._page(scope, receive, send)
            return
        if media is None:
            await _refuse(send, NOT_ACCEPTABLE, JSON)
            return
        try:
            sent = await self._parameters(method, scope, receive, (kind, length, encoded))
            viewer = PUBLIC_VIEWER if token is None else await self._authenticate(token.decode("latin-1"))
            request = Request(sent.query, sent.variables, sent.operation_name, viewer, method != "POST")
            answer = await run_watched(self._engine, request, receive)
        except ClientGone:
            return
        except OmnisonicError as error:
            await _refuse(send, error, media)
            return
        except Exception:  # the rim: whatever it was, the caller sees a code and the log sees the rest
            log.exception("A GraphQL request failed.")
            await _refuse(send, INTERNAL, media)
            return
        await _respond(send, _status(answer, media), _answer_headers(answer, media), answer.body)

    async def _parameters(
        self, method: str, scope: Scope, receive: Receive, body: tuple[bytes | None, bytes | None, bool]
    ) -> Parameters:
        if method == "POST":
            kind, length, encoded = body
            if encoded or not json_utf8(kind):
                raise _unsupported(kind)
            return from_body(await read_body(receive, length, self._limits.body))
        if method in ("GET", "HEAD"):
            return from_url(scope["query_string"], self._limits.url)
        raise Refused(
            405,
            "METHOD_NOT_ALLOWED",
            f"{method} is not possible here.",
            "Use POST, or GET for queries.",
            headers=[(b"allow", METHODS)],
        )


def _headers(
    headers: list[tuple[bytes, bytes]],
) -> tuple[bytes | None, bytes | None, bytes | None, bytes | None, bool]:
    accept = kind = token = length = None
    encoded = False
    for name, value in headers:
        if name == b"content-type":
            kind = value
        elif name == b"accept":
            accept = value if accept is None else accept + b"," + value
        elif name == b"authorization":
            token = value
        elif name == b"content-length":
            length = value
        elif name == b"content-encoding":
            encoded = value.strip().lower() not in (b"", b"identity")
    return accept, kind, token, length, encoded


def _status(answer: Answer, media: str) -> int:
    if answer.ran:
        return 200
    return 200 if answer.status == 400 and media == JSON else answer.status  # noqa: PLR2004 - the draft's own


def _answer_headers(answer: Answer, media: str) -> Headers:
    if not answer.ran and answer.status == 405:  # noqa: PLR2004
        return [*BY_TYPE[media], (b"allow", b"POST")]
    return BY_TYPE[media]


async def _refuse(send: Send, error: OmnisonicError, media: str) -> None:
    status, headers = error.status, BY_TYPE[media]
    if isinstance(error, Refused):
        headers = [*headers, *error.headers]
    elif error.code == "UNAUTHENTICATED":
        status, headers = 401, [*headers, (b"www-authenticate", b'Bearer realm="omnisonic"')]
    await _respond(send, status, headers, error_body(error))


async def _respond(send: Send, status: int, headers: Headers, body: bytes) -> None:
    head: Message = {"type": "http.response.start", "status": status, "headers": headers}
    if status != 204:  # noqa: PLR2004
        head["headers"] = [*headers, (b"content-length", b"%d" % len(body))]
    await send(head)
    await send({"type": "http.response.body", "body": body})


def _unsupported(kind: bytes | None) -> Refused:
    name = "nothing" if kind is None else kind[:80].decode("latin-1")
    return Refused(
        415,
        "UNSUPPORTED_MEDIA_TYPE",
        f"The body is declared as {name}.",
        f"Send {JSON} in UTF-8, not compressed.",
        headers=[(b"accept-post", JSON.encode())],
    )
