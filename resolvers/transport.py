"""What the GraphQL transports need from the rest of the house: an engine that runs operations, and who asks.

The transports know bytes, headers and sockets; they must not know the schema or the graph.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, Protocol

import orjson

from ontology.access import Viewer
from ontology.errors import Invalid, OmnisonicError

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

Authenticate = Callable[[str | None], Awaitable[Viewer]]
"""From the text of an Authorization header to a viewer; raises Denied for a token that is not good."""


@dataclass(frozen=True, slots=True)
class Request:
    """One operation to run. `read_only` (GET) admits queries and nothing else."""

    query: str
    variables: dict[str, object] | None
    operation_name: str | None
    viewer: Viewer
    read_only: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """One execution result as JSON bytes.

    `ran` is False when the request failed before execution (parsing, validation, coercion, limits): then
    `body` has no `data`, and `status` is the HTTP status for clients that accept graphql-response+json.
    A status other than 400 (405 for a mutation over GET, 503 for a missing part) is sent to all clients.
    """

    body: bytes
    ran: bool
    status: int = 400


class Engine(Protocol):
    """What runs operations. Expected failures are answers; an OmnisonicError that escapes is mapped here."""

    async def execute(self, request: Request) -> Answer:
        """Run a query or a mutation; a subscription is refused in the answer."""
        ...

    def subscribe(self, request: Request) -> AsyncGenerator[bytes, None]:
        """Run any operation and give its execution results as JSON bytes, one for a query or mutation.

        A request error is one item without `data`. Closing the iterator releases what it holds; it must not
        buffer without bound when it is not asked for more.
        """
        ...


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one client may ask of the transport. Sizes in bytes, times in seconds."""

    body: int = 1 << 20
    message: int = 1 << 20
    url: int = 16 << 10
    operations: int = 100
    init_timeout: float = 10.0
    send_timeout: float = 30.0


@dataclass(frozen=True, slots=True)
class Parameters:
    """The four request parameters of GraphQL over HTTP, checked; `extensions` carries nothing we use."""

    query: str
    variables: dict[str, object] | None
    operation_name: str | None


def parameters(sent: object) -> Parameters:
    """Check decoded JSON against the shape of a request. Raises Invalid with a code and a hint."""
    if isinstance(sent, list):
        raise Invalid("BATCH_REFUSED", "Batched requests are not accepted.", "Send one operation per request.")
    if not isinstance(sent, dict):
        raise Invalid("BAD_REQUEST", "The request is not a JSON object.", 'Send {"query": "…"}.')
    query = sent.get("query")
    if not isinstance(query, str) or not query:
        raise Invalid("BAD_REQUEST", "The parameter query is missing or not a string.", 'Send {"query": "…"}.')
    variables, name = sent.get("variables"), sent.get("operationName")
    if variables is not None and not isinstance(variables, dict):
        raise Invalid("BAD_REQUEST", "The parameter variables is not an object.", "Send an object or null.")
    if name is not None and not isinstance(name, str):
        raise Invalid("BAD_REQUEST", "The parameter operationName is not a string.", "Send a string or null.")
    extensions = sent.get("extensions")
    if extensions is not None and not isinstance(extensions, dict):
        raise Invalid("BAD_REQUEST", "The parameter extensions is not an object.", "Send an object or null.")
    return Parameters(query, variables, name or None)


def error_object(error: OmnisonicError) -> dict[str, object]:
    """One entry of `errors` for an expected failure."""
    extensions = {"code": error.code}
    if error.hint:
        extensions["hint"] = error.hint
    return {"message": error.message, "extensions": extensions}


def error_body(error: OmnisonicError) -> bytes:
    """A whole response for a failure before execution."""
    return orjson.dumps({"errors": [error_object(error)]})


INTERNAL = OmnisonicError("INTERNAL", "Something went wrong on our side.", "Try again; if it stays, report it.")
