"""Reading a GraphQL request from a body or URL, within limits.

What two parsers could read in two ways is refused.
"""

from __future__ import annotations

import json
import re
from typing import Any, Final
from urllib.parse import parse_qsl

import orjson

from ontology.errors import Invalid, OmnisonicError
from resolvers.transport import Headers, Parameters, Receive, parameters

_NAMES: Final = (b'"query"', b'"variables"', b'"operationName"', b'"extensions"')
_ESCAPED_LETTER: Final = re.compile(rb"\\u00(?:[67]|4[eE])")


class Refused(OmnisonicError):  # noqa: N818 - one of a family without suffixes
    """A request that ends here, with its own HTTP status for every client."""

    def __init__(self, status: int, code: str, message: str, hint: str, *, headers: Headers | None = None) -> None:
        super().__init__(code, message, hint)
        self.status = status
        self.headers = headers or []


class ClientGone(Exception):  # noqa: N818 - it is no error, only an end
    """The client hung up; nobody is left to answer."""


async def read_body(receive: Receive, length: bytes | None, limit: int) -> bytes:
    """All of a request's body, at most `limit` bytes. Raises Refused(413) and ClientGone."""
    if length is not None and length.isdigit() and int(length) > limit:
        raise _too_large(limit)
    message = await receive()
    body: bytes = message.get("body", b"")
    if message["type"] == "http.disconnect":
        raise ClientGone
    if not message.get("more_body"):
        if len(body) > limit:
            raise _too_large(limit)
        return body
    parts, size = [body], len(body)
    while message.get("more_body"):
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > limit:
            raise _too_large(limit)
    return b"".join(parts)


def from_body(body: bytes) -> Parameters:
    """The parameters in a JSON body. Raises Invalid."""
    try:
        sent = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Invalid(
            "BAD_JSON",
            f"The body is not JSON: line {error.lineno}, column {error.colno}.",
            "Send one JSON object.",
        ) from None
    found = parameters(sent)
    if any(body.count(name) > 1 for name in _NAMES) or (b"\\u00" in body and _ESCAPED_LETTER.search(body)):
        _refuse_doubles(body)
    return found


def _refuse_doubles(body: bytes) -> None:
    """A parameter given twice is read differently by different parsers: a way around a gateway's checks.

    Only the outermost object is looked at, and only when its text gives reason to.
    """
    last: list[list[tuple[str, Any]]] = []

    def keep(pairs: list[tuple[str, Any]]) -> None:
        last[:] = [pairs]  # objects end inside out, so the outermost comes last

    json.loads(body, object_pairs_hook=keep)
    names = [name for name, _ in last[0]]
    if len(names) != len(set(names)):
        raise Invalid("BAD_REQUEST", "A parameter is given twice.", "Give each parameter once.")


def from_url(query_string: bytes, limit: int) -> Parameters:
    """The parameters in the query of a URL. Raises Invalid and Refused(414)."""
    if len(query_string) > limit:
        raise Refused(414, "URL_TOO_LONG", f"The URL's query is longer than {limit} bytes.", "Use POST.")
    try:
        pairs = parse_qsl(query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=20)
    except ValueError:
        raise Invalid("BAD_REQUEST", "The URL's query is not UTF-8 form data.", "Percent-encode it.") from None
    sent: dict[str, object] = dict(pairs)
    if len(sent) != len(pairs):
        raise Invalid("BAD_REQUEST", "A parameter is given twice.", "Give each parameter once.")
    for name in ("variables", "extensions"):
        if name in sent:
            sent[name] = _json_parameter(name, str(sent[name]))
    return parameters(sent)


def _json_parameter(name: str, text: str) -> object:
    if not text:
        return None
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Invalid("BAD_JSON", f"The parameter {name} is not JSON.", "Send a JSON object as text.") from None


def _too_large(limit: int) -> Refused:
    return Refused(
        413,
        "BODY_TOO_LARGE",
        f"The body is larger than {limit} bytes.",
        "Send fewer items per request.",
        headers=[(b"connection", b"close")],
    )
