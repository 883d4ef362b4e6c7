"""GraphQL over WebSocket: the graphql-transport-ws protocol, as its PROTOCOL.md says, with its close codes.

Each operation is a task that asks its iterator for the next result only when the last one is on the wire, so
a slow reader slows its own operations and fills no memory of ours.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import aclosing
from typing import Any, Final

import orjson

from ontology.access import PUBLIC_VIEWER, Viewer
from ontology.errors import Denied, Invalid, OmnisonicError
from resolvers.transport import (
    INTERNAL,
    Authenticate,
    Engine,
    Limits,
    Message,
    Receive,
    Request,
    Scope,
    Send,
    error_object,
    parameters,
)

log = logging.getLogger(__name__)

PROTOCOL: Final = "graphql-transport-ws"

TOO_BIG: Final = 1009
SERVER_ERROR: Final = 1011
TRY_LATER: Final = 1013
BAD_MESSAGE: Final = 4400
UNAUTHORIZED: Final = 4401
FORBIDDEN: Final = 4403
BAD_PROTOCOL: Final = 4406
INIT_TIMEOUT: Final = 4408
DUPLICATE_ID: Final = 4409
TWICE_INIT: Final = 4429


class Closing(Exception):  # noqa: N818 - it is no error of ours, only the end of a socket
    """The socket ends with a code and a reason (at most 123 bytes, RFC 6455 §5.5)."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class Gone(Exception):  # noqa: N818
    """The client is away already."""


class WebSocketTransport:
    """The socket half of the endpoint."""

    __slots__ = ("_authenticate", "_engine", "_limits")

    def __init__(self, engine: Engine, authenticate: Authenticate, limits: Limits) -> None:
        self._engine = engine
        self._authenticate = authenticate
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()  # websocket.connect
        if PROTOCOL not in scope.get("subprotocols", ()):
            await send({"type": "websocket.accept"})
            await send(_close(BAD_PROTOCOL, "Subprotocol not acceptable"))
            return
        await send({"type": "websocket.accept", "subprotocol": PROTOCOL})
        connection = _Connection(self._engine, self._authenticate, self._limits, receive, send)
        connection.token = _token_of(scope["headers"])
        await connection.run()


class _Connection:
    """One socket from its acceptance to its end; owns the tasks of its operations."""

    def __init__(
        self, engine: Engine, authenticate: Authenticate, limits: Limits, receive: Receive, send: Send
    ) -> None:
        self.token: str | None = None
        self._engine = engine
        self._authenticate = authenticate
        self._limits = limits
        self._receive = receive
        self._send_raw = send
        self._acknowledged = False
        self._initialised = False
        self._operations: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._ended: asyncio.Future[Closing] = asyncio.get_running_loop().create_future()

    async def run(self) -> None:
        """Serve until either side ends it; nothing of it runs on afterwards."""
        timer = asyncio.get_running_loop().call_later(self._limits.init_timeout, self._no_init)
        reader = asyncio.create_task(self._read())
        try:
            await asyncio.wait((reader, self._ended), return_when=asyncio.FIRST_COMPLETED)
        finally:
            timer.cancel()
            tasks = [reader, *self._tasks]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if self._ended.done():
            closing = self._ended.result()
            await self._send_raw(_close(closing.code, closing.reason))

    def _end(self, closing: Closing) -> None:
        if not self._ended.done():
            self._ended.set_result(closing)

    def _no_init(self) -> None:
        if not self._initialised:
            self._end(Closing(INIT_TIMEOUT, "Connection initialisation timeout"))

    # -- reading ---------------------------------------------------------------------------------

    async def _read(self) -> None:
        try:
            while True:
                await self._handle(self._decoded(await self._receive()))
        except Gone:
            return
        except Closing as closing:
            self._end(closing)
        except Exception:  # the rim: the client sees a code, the log sees the rest
            log.exception("A GraphQL socket failed.")
            self._end(Closing(SERVER_ERROR, "Something went wrong on our side"))

    def _decoded(self, message: Message) -> dict[str, Any]:
        if message["type"] == "websocket.disconnect":
            raise Gone
        text = message.get("text")
        if text is None:
            raise Closing(BAD_MESSAGE, "Only text messages are understood")
        if len(text) > self._limits.message:
            raise Closing(TOO_BIG, f"Message larger than {self._limits.message} bytes")
        try:
            sent = orjson.loads(text)
        except orjson.JSONDecodeError:
            raise Closing(BAD_MESSAGE, "Invalid message: not JSON") from None
        if not isinstance(sent, dict) or not isinstance(sent.get("type"), str):
            raise Closing(BAD_MESSAGE, "Invalid message: not an object with a type")
        return sent

    async def _handle(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if kind == "subscribe":
            await self._subscribe(message)
        elif kind == "complete":
            self._complete(message)
        elif kind == "ping":
            await self._send(b'{"type":"pong"' + _payload(message) + b"}")
        elif kind == "pong":
            _payload(message)
        elif kind == "connection_init":
            await self._init(message)
        else:
            raise Closing(BAD_MESSAGE, "Invalid message: unknown type")

    async def _init(self, message: dict[str, Any]) -> None:
        if self._initialised:
            raise Closing(TWICE_INIT, "Too many initialisation requests")
        self._initialised = True
        _payload(message)
        for name, value in (message.get("payload") or {}).items():
            if name.lower() == "authorization":
                if not isinstance(value, str):
                    raise Closing(FORBIDDEN, "Forbidden")
                self.token = value
        await self._viewer()
        self._acknowledged = True
        await self._send(b'{"type":"connection_ack"}')

    async def _viewer(self) -> Viewer:
        """Who asks now: asked again for each operation, so that a revoked token starts nothing more."""
        if self.token is None:
            return PUBLIC_VIEWER
        try:
            return await self._authenticate(self.token)
        except Denied:
            raise Closing(FORBIDDEN, "Forbidden") from None
        except OmnisonicError as error:
            raise Closing(TRY_LATER, error.code) from None

    # -- operations ------------------------------------------------------------------------------

    async def _subscribe(self, message: dict[str, Any]) -> None:
        if not self._acknowledged:
            raise Closing(UNAUTHORIZED, "Unauthorized")
        name = message.get("id")
        if not isinstance(name, str) or not name or not isinstance(message.get("payload"), dict):
            raise Closing(BAD_MESSAGE, "Invalid message: subscribe needs an id and a payload")
        if name in self._operations:
            raise Closing(DUPLICATE_ID, f"Subscriber for {name[:80]} already exists")
        try:
            sent = parameters(message["payload"])
        except Invalid as error:
            raise Closing(BAD_MESSAGE, f"Invalid message: {error.message}") from None
        viewer = await self._viewer()
        if len(self._operations) >= self._limits.operations:
            await self._send(_error(name, TOO_MANY))
            return
        request = Request(sent.query, sent.variables, sent.operation_name, viewer, read_only=False)
        task = asyncio.create_task(self._operate(name, request))
        self._operations[name] = task
        self._tasks.add(task)  # one that was completed may still be closing its iterator
        task.add_done_callback(self._tasks.discard)

    def _complete(self, message: dict[str, Any]) -> None:
        name = message.get("id")
        if not isinstance(name, str):
            raise Closing(BAD_MESSAGE, "Invalid message: complete needs an id")
        task = self._operations.pop(name, None)
        if task is not None:
            task.cancel()

    async def _operate(self, name: str, request: Request) -> None:
        """Run one operation to its end: `next` for each result, then `complete`, or one `error`."""
        try:
            last = await self._results(name, request)
        except Gone:
            return
        except Closing as closing:
            self._end(closing)
            return
        except OmnisonicError as error:
            last = _error(name, error)
        except Exception:  # the rim, as above
            log.exception("A GraphQL operation over a socket failed.")
            last = _error(name, INTERNAL)
        # the id is free from here on, before the client can learn of it
        self._operations.pop(name, None)
        try:
            await self._send(last)
        except Gone:
            return
        except Closing as closing:
            self._end(closing)

    async def _results(self, name: str, request: Request) -> bytes:
        head = b'{"id":' + orjson.dumps(name) + b',"type":"next","payload":'
        first = True
        async with aclosing(self._engine.subscribe(request)) as results:
            async for item in results:
                errors = _request_errors(item) if first else None
                if errors is not None:
                    return b'{"id":' + orjson.dumps(name) + b',"type":"error","payload":' + errors + b"}"
                first = False
                await self._send(head + item + b"}")
        return b'{"id":' + orjson.dumps(name) + b',"type":"complete"}'

    async def _send(self, data: bytes) -> None:
        """Put one message on the wire, waiting for a slow reader, but not for ever."""
        try:
            async with asyncio.timeout(self._limits.send_timeout):
                await self._send_raw({"type": "websocket.send", "text": data.decode()})
        except TimeoutError:
            raise Closing(TRY_LATER, "Messages are not read fast enough") from None
        except OSError:  # what ASGI says a server raises once the client is away
            raise Gone from None


TOO_MANY: Final = Invalid(
    "TOO_MANY_OPERATIONS",
    "This socket has too many operations open.",
    "Complete some, or open another socket.",
)


def _token_of(headers: list[tuple[bytes, bytes]]) -> str | None:
    for name, value in headers:
        if name == b"authorization":
            return value.decode("latin-1")
    return None


def _payload(message: dict[str, Any]) -> bytes:
    payload = message.get("payload")
    if payload is None:
        return b""
    if not isinstance(payload, dict):
        raise Closing(BAD_MESSAGE, "Invalid message: payload is not an object")
    return b',"payload":' + orjson.dumps(payload)


def _request_errors(item: bytes) -> bytes | None:
    """The errors of a result that has no `data`, i.e. of an operation that never began (spec §7.1.1)."""
    if item.startswith(b'{"data"'):
        return None
    result = orjson.loads(item)
    return None if "data" in result else orjson.dumps(result.get("errors", []))


def _error(name: str, error: OmnisonicError) -> bytes:
    return orjson.dumps({"id": name, "type": "error", "payload": [error_object(error)]})


def _close(code: int, reason: str) -> Message:
    cut = reason.encode()[:123].decode(errors="ignore")
    return {"type": "websocket.close", "code": code, "reason": cut}
