"""The HTTP door of the ingest, without an HTTP framework: a request's body goes in, pieces of the answer come out.

The body is read as it arrives, never held whole. Whoever mounts it checks the token (scope `write`) first.
"""

from __future__ import annotations

import asyncio
import queue
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

import orjson

from ingest.run import Options, ingest
from ingest.stages import Input
from ontology.errors import Denied, Invalid, OmnisonicError

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator, Iterator, Mapping

    from graph.commit import Door
    from ontology.access import Viewer

TYPES = {
    "text/csv": "csv",
    "application/csv": "csv",
    "text/tab-separated-values": "csv",
    "application/json": "json",
    "application/x-ndjson": "jsonl",
    "application/jsonl": "jsonl",
    "application/json-seq": "jsonl",
    "text/plain": "auto",
    "application/octet-stream": "auto",
    "": "auto",
}
"""Content type -> format. A JSON body may also be lines: the content is looked at."""

NDJSON = "application/x-ndjson"
JSON = "application/json"
PARTS = 8
"""Pieces of a body that wait to be read; a client that sends faster has to wait."""
POLL = 0.5


@dataclass(frozen=True, slots=True)
class Answer:
    """What to answer: the status, the content type, and the body piece by piece."""

    status: int
    content_type: str
    body: AsyncIterator[bytes]


async def post_rows(
    door: Door,
    viewer: Viewer,
    body: AsyncIterable[bytes],
    *,
    content_type: str = "",
    accept: str = "",
    query: Mapping[str, str] | None = None,
) -> Answer:
    """`POST /ingest/isrc`: rows of CSV or JSON into the graph.

    `query` may hold `source`, `format` and `dry_run`. The answer is the summary as JSON, 200 whatever became of
    the rows; with `Accept: application/x-ndjson` one line per row as it is done, then the summary. Raises Denied
    without the scope `write`, Invalid(CONTENT_TYPE_UNKNOWN, FORMAT_UNKNOWN, COLUMNS_MISSING, …) for what cannot
    be read at all, Unavailable when the store does not answer. In a stream that has begun an error is its last
    line: {"error": {code, message, hint}}.
    """
    if not viewer.has("write"):
        raise Denied(
            "SCOPE_MISSING", "Writing needs a token with the scope `write`.", "Send `Authorization: Bearer …`."
        )
    options = _options(door, viewer, content_type, dict(query or {}))
    feed = _Feed(body)
    given = [Input("request", feed.blocks)]
    if NDJSON in accept.lower():
        return Answer(200, NDJSON, _stream(door, given, options, feed))
    async with feed:
        summary = await ingest(door, given, options)
    return Answer(200, JSON, _once(orjson.dumps(summary.as_map())))


def _options(door: Door, viewer: Viewer, content_type: str, query: dict[str, str]) -> Options:
    kind = content_type.partition(";")[0].strip().lower()
    if kind not in TYPES:
        hint = f"Send one of {', '.join(sorted(k for k in TYPES if k))}."
        raise Invalid("CONTENT_TYPE_UNKNOWN", f"The body is {kind}.", hint)
    chosen = query.get("format") or ("csv" if TYPES[kind] == "csv" else "auto")
    batch = str(UUID(bytes=door.randomness(16), version=4))
    dry = query.get("dry_run", "").lower() in {"1", "true", "yes"}
    return Options(viewer.actor, query.get("source") or "local", chosen, dry, batch)


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data


async def _stream(door: Door, given: list[Input], options: Options, feed: _Feed) -> AsyncIterator[bytes]:
    """Each row as a line as soon as it is committed, then the summary or an error."""
    told: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()

    async def work() -> dict[str, Any]:
        try:
            return (await ingest(door, given, options, on_row=told.put_nowait)).as_map()
        except OmnisonicError as error:
            return {"error": {"code": error.code, "message": error.message, "hint": error.hint}}
        finally:
            told.put_nowait(None)

    async with feed:
        task = asyncio.create_task(work())
        try:
            while (row := await told.get()) is not None:
                yield orjson.dumps(row) + b"\n"
            yield orjson.dumps(await task) + b"\n"
        finally:
            task.cancel()


class _Feed:
    """Carries a body that arrives in the event loop to the stages, which read in a thread of their own."""

    def __init__(self, body: AsyncIterable[bytes]) -> None:
        self._body = body
        self._parts: queue.Queue[bytes | Exception | None] = queue.Queue(PARTS)
        self._closed = False
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._carry())
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._closed = True
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def blocks(self) -> Iterator[bytes]:
        """The parts in order; ends early when the request is given up. Raises what broke the body."""
        while not self._closed:
            try:
                part = self._parts.get(timeout=POLL)
            except queue.Empty:
                continue
            if part is None:
                return
            if isinstance(part, Exception):
                raise part
            yield part

    async def _carry(self) -> None:
        try:
            async for part in self._body:
                if part:
                    await self._put(part)
            await self._put(None)
        except Exception as error:  # noqa: BLE001 - whatever the server's body raises ends the reading thread
            broken = Invalid("BODY_BROKEN", f"The request ended early: {type(error).__name__}.", "Send it again.")
            await self._put(broken)

    async def _put(self, part: bytes | Exception | None) -> None:
        while True:
            try:
                self._parts.put_nowait(part)
            except queue.Full:
                await asyncio.sleep(0.005)
            else:
                return
