"""The only place that talks to Neo4j's driver: connections, sessions, retries, and what its errors mean to us.

Never shows Cypher text or addresses to a caller: every failure leaves as one of our own errors.
"""

from __future__ import annotations

import asyncio
import logging
import re
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Self, TypeVar

import neo4j
from neo4j import exceptions

from ontology.errors import Conflict, OmnisonicError, Unavailable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping
    from types import TracebackType

T = TypeVar("T")
log = logging.getLogger(__name__)

ROUTED = ("neo4j://", "neo4j+s://", "neo4j+ssc://")
RETRY_SECONDS = 10.0
CONFLICT_TRIES = 20
"""How often work is begun anew after it met another writer's unique value or freshly deleted node."""

_TIMEOUTS = ("TransactionTimedOut", "TransactionTimedOutClientConfiguration", "TransactionTerminated")
_OTHER_WRITER = ("ConstraintValidationFailed", "EntityNotFound")
_UNREACHABLE = (
    exceptions.TransientError,
    exceptions.DatabaseError,
    exceptions.ServiceUnavailable,
    exceptions.SessionExpired,
    exceptions.ConnectionPoolError,
)


@dataclass(frozen=True, slots=True)
class Target:
    """Where the database is: a `bolt://`, `neo4j://` or `neo4j+s://` address and who we are there."""

    url: str
    user: str = "neo4j"
    password: str = ""
    database: str | None = None


class OtherWriterError(Exception):
    """Raised by work that found the store changed under it; `Store.write` begins it anew."""


class ValueTakenError(OtherWriterError):
    """A value that must be unique stands elsewhere: `token` is the label or relationship type."""

    def __init__(self, token: str, name: str) -> None:
        super().__init__(token, name)
        self.token = token
        self.name = name


class Transaction:
    """One open transaction: every statement answers with the values of its single record."""

    __slots__ = ("_tx",)

    def __init__(self, tx: neo4j.AsyncManagedTransaction) -> None:
        self._tx = tx

    async def run(self, cypher: str, parameters: Mapping[str, Any]) -> list[Any]:
        """The values of the one record that the statement returns; empty when it returns none."""
        try:
            return await _single(await self._tx.run(packed(cypher), p=dict(parameters)))
        except exceptions.ConstraintError as error:
            taken = _TAKEN.search(error.message or "")
            raise ValueTakenError(*taken.groups()) if taken else OtherWriterError from None


@lru_cache(maxsize=4096)
def packed(cypher: str) -> str:
    """The statement with its parameters as entries of one map, `$p`.

    Neo4j's plan cache tells lists and texts of other magnitudes apart (0, 1, 10, 100 …), so that the same
    statement is planned again and again, for 100-600 ms each; it does not look into maps. The plans are the same.
    """
    return _PARAMETER.sub(r"$p.\1", cypher)


_PARAMETER = re.compile(r"\$(\w+)")
_TAKEN = re.compile(r"already exists with (?:label|type) `(\w+)` and propert(?:y|ies) `(\w+)`")


class Store:
    """A database with its connection pool. Use as an async context manager, one per process and event loop."""

    def __init__(self, target: Target, *, pool: int = 100, retry_seconds: float = RETRY_SECONDS) -> None:
        self.target = target
        routed = target.url.startswith(ROUTED)
        # A single server reads its own writes anyway; a cluster needs the bookmarks of all our sessions.
        bookmarks = neo4j.AsyncGraphDatabase.bookmark_manager() if routed else None
        self._options: dict[str, Any] = {
            "database": target.database,
            "fetch_size": -1,
            "bookmark_manager": bookmarks,
        }
        self._idle: dict[str, list[neo4j.AsyncSession]] = {"READ": [], "WRITE": []}
        self._closed = False
        self._driver = neo4j.AsyncGraphDatabase.driver(
            target.url,
            auth=(target.user, target.password) if target.password else None,
            max_connection_pool_size=pool,
            connection_acquisition_timeout=retry_seconds,
            connection_timeout=5.0,
            max_transaction_retry_time=retry_seconds,
            initial_retry_delay=0.02,
            retry_delay_multiplier=1.6,
            retry_delay_jitter_factor=0.5,
            notifications_min_severity="OFF",
            telemetry_disabled=True,
            user_agent="omnisonic",
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close all connections. Work in progress fails."""
        self._closed = True
        for session in (*self._idle["READ"], *self._idle["WRITE"]):
            await session.close()
        await self._driver.close()

    async def ready(self) -> None:
        """Raises Unavailable unless the database answers a query."""
        await self.read("RETURN 1", {})

    async def read(self, cypher: str, parameters: Mapping[str, Any], *, deadline: float | None = None) -> list[Any]:
        """The values of the one record the statement returns; empty when it returns none.

        One auto-commit round trip, not retried but for a connection that had gone stale. `deadline` is in
        seconds and ends the transaction in the database too.
        """
        query = neo4j.Query(packed(cypher), timeout=deadline) if deadline else packed(cypher)
        with translated():
            try:
                return await self._read_once(query, parameters)
            except (exceptions.SessionExpired, exceptions.ServiceUnavailable):
                return await self._read_once(query, parameters)

    async def _read_once(self, query: neo4j.Query | str, parameters: Mapping[str, Any]) -> list[Any]:
        session = self._session("READ")
        try:
            found = await _single(await session.run(query, p=dict(parameters)))
        except BaseException as error:
            await _abandon(session, error)
            raise
        await self._put_back("READ", session)
        return found

    async def _put_back(self, mode: str, session: neo4j.AsyncSession) -> None:
        if self._closed:
            await session.close()
        else:
            self._idle[mode].append(session)

    def _session(self, mode: str) -> neo4j.AsyncSession:
        """A session nobody uses now. Making one costs a tenth of a read; an idle one holds no connection."""
        idle = self._idle[mode]
        return idle.pop() if idle else self._driver.session(default_access_mode=mode, **self._options)

    async def run(self, cypher: str, parameters: Mapping[str, Any] | None = None) -> list[list[Any]]:
        """All records of one auto-commit statement with write access: schema commands and maintenance."""
        with translated():
            async with self._driver.session(default_access_mode="WRITE", **self._options) as session:
                result = await session.run(cypher, dict(parameters or {}))
                return [record.values() async for record in result]

    async def write(self, work: Callable[[Transaction], Awaitable[T]], *, deadline: float | None = None) -> T:
        """The answer of `work` in one committed transaction; work may run several times, so it must be pure.

        Retried: what the driver calls retryable, meeting another writer (at most CONFLICT_TRIES times), and a
        connection that broke during the commit itself, after which the work may find itself already done.
        """
        with translated():
            for _ in range(CONFLICT_TRIES - 1):
                try:
                    return await self._write_once(work, deadline)
                except (exceptions.ClientError, exceptions.IncompleteCommit, OtherWriterError) as error:
                    if not _again(error):
                        raise
            return await self._write_once(work, deadline)

    async def _write_once(self, work: Callable[[Transaction], Awaitable[T]], deadline: float | None) -> T:
        @neo4j.unit_of_work(timeout=deadline)
        async def unit(tx: neo4j.AsyncManagedTransaction) -> T:
            return await work(Transaction(tx))

        session = self._session("WRITE")
        try:
            done = await session.execute_write(unit)
        except BaseException as error:
            await _abandon(session, error)
            raise
        await self._put_back("WRITE", session)
        return done


async def _abandon(session: neo4j.AsyncSession, error: BaseException) -> None:
    """End a session whose work failed; one that was cancelled takes its connection along."""
    if isinstance(error, asyncio.CancelledError):
        session.cancel()
    await session.close()


async def _single(result: neo4j.AsyncResult) -> list[Any]:
    found: list[Any] = []
    async for record in result:
        found = record.values()
        break
    await result.consume()
    return found


def _other_writer(error: Exception) -> bool:
    if isinstance(error, OtherWriterError):
        return True
    return isinstance(error, exceptions.ClientError) and (error.code or "").endswith(_OTHER_WRITER)


def _again(error: Exception) -> bool:
    return isinstance(error, exceptions.IncompleteCommit) or _other_writer(error)


@contextmanager
def translated() -> Iterator[None]:
    """Turn the driver's errors into ours. Says nothing of statements, hosts or stack traces."""
    try:
        yield
    except (exceptions.Neo4jError, exceptions.DriverError, OtherWriterError) as error:
        mapped = _translate(error)
        if mapped is None:
            raise
        log.debug("database: %s", type(error).__name__, exc_info=error)
        raise mapped from None
    except (OSError, asyncio.IncompleteReadError):
        raise _down() from None


def _translate(error: Exception) -> OmnisonicError | None:
    code = getattr(error, "code", None) or ""
    if code.endswith(_TIMEOUTS):
        return Unavailable("DEADLINE_EXCEEDED", "The request took too long.", "Ask for less, or try again.")
    if isinstance(error, exceptions.AuthError):
        return Unavailable(
            "DATABASE_REFUSED", "The database refused our credentials.", "Check OMNISONIC_NEO4J_USER and _PASSWORD."
        )
    if isinstance(error, exceptions.ConstraintError | OtherWriterError) or code.endswith(_OTHER_WRITER):
        return Conflict("CONCURRENT_CHANGE", "Other writers kept changing the same things.", "Try again.")
    if isinstance(error, _UNREACHABLE):
        return _down()
    return None


def _down() -> Unavailable:
    return Unavailable("UNAVAILABLE", "The database does not answer.", "Try again in a few seconds.")
