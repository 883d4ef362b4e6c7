"""The one write door: checks, locks, folds, records and writes changes in one transaction, or not at all.

Nothing else may write what the ontology calls recorded. What waits at the same moment shares a transaction,
each request answering for itself.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from graph.change import ByIdentifier, Change, Committed, Entity, Ref, Result, Source
from graph.check import Checked, check, check_idempotency_key, content_hash
from graph.driver import ValueTakenError
from graph.fold import EntityTakenError, Fold
from graph.group import Group
from graph.lock import Facts, Key, Reader, Wanted
from graph.records import Authorship, Entry, Journal, Names
from graph.write import Row, Rows
from ontology.errors import Conflict, OmnisonicError
from ontology.identifiers import normalise
from ontology.terms import EdgeSpec, NodeSpec
from provenance.clock import time_text
from provenance.record import Source as RecordSource
from provenance.ulid import ulid

if TYPE_CHECKING:
    from graph.driver import Store, Transaction
    from ontology.registry import Registry

Clock = Callable[[], datetime]
Randomness = Callable[[int], bytes]
Outcome = Committed | OmnisonicError
Beside = Callable[["Transaction"], Awaitable[None]]
"""Writes what leaves no record (rows of an import) in the transaction of the changes it tells about."""


@dataclass(slots=True)
class Request:
    """One caller's changes, checked. Ids are drawn once, so that a retry means the same entities."""

    changes: list[Checked]
    author: Authorship
    key: str | None = None
    content: str = ""
    deadline: float | None = None
    beside: Beside | None = None
    ids: dict[int, str] = field(default_factory=dict)

    @property
    def alone(self) -> bool:
        """Whether it must not share a transaction: what it deletes may reach entities it does not name."""
        return any(change.delete for change in self.changes)


class Door:
    """All that a commit needs besides what the caller says. One per process and store."""

    def __init__(
        self,
        store: Store,
        registry: Registry,
        *,
        base_iri: str,
        clock: Clock,
        randomness: Randomness,
        written: Callable[[], None] | None = None,
    ) -> None:
        """`written` is called after each commit that left records: the sequencer's nudge."""
        self.store = store
        self.registry = registry
        self.base_iri = base_iri
        self.clock = clock
        self.randomness = randomness
        self._written = written or (lambda: None)
        self.reader = Reader(registry)
        self.names = Names(registry, base_iri)
        self._tx: str | None = None
        self._group: Group[Request, Outcome] = Group(self._run)

    async def commit(
        self,
        changes: Sequence[Change],
        *,
        actor: str,
        source: Source,
        idempotency_key: str | None = None,
        reason: str | None = None,
        deadline: float | None = None,
        beside: Beside | None = None,
    ) -> Committed:
        """Make all the changes, with their records, or none. Results are in the order of the changes.

        Raises Invalid, NotFound and Conflict for what the caller can mend, Unavailable for what time may.
        `deadline` is in seconds. The same idempotency key and content gives the first answer again.
        """
        check_idempotency_key(idempotency_key)
        author = Authorship(actor, RecordSource(source.kind, source.ref), reason)
        request = Request(check(self.registry, changes), author, deadline=deadline, beside=beside)
        if idempotency_key is not None:
            request.key, request.content = f"{actor}\n{idempotency_key}", content_hash(changes, reason)
        if request.alone or len(request.changes) >= Group.LARGE:
            (outcome,) = await self._run([request])
        else:
            outcome = await self._group.join(request, len(request.changes))
        if isinstance(outcome, OmnisonicError):
            raise outcome
        return outcome

    async def _run(self, requests: list[Request]) -> list[Outcome]:
        """One transaction for these requests, or several when they get in each other's way."""
        outcomes: dict[int, Outcome] = {}
        waiting = list(range(len(requests)))
        while waiting:
            attempt = Attempt(self, self._next_tx(), [requests[i] for i in waiting])
            deadlines = [requests[i].deadline for i in waiting]
            deadline = max((d for d in deadlines if d), default=None) if all(deadlines) else None
            try:
                done = await self.store.write(attempt.work, deadline=deadline)
            except OmnisonicError as error:
                if len(waiting) == 1 or error.status == 503:  # noqa: PLR2004 - Unavailable: it would be so for each
                    done = dict.fromkeys(range(len(waiting)), error)
                else:
                    done = {at: (await self._run([requests[i]]))[0] for at, i in enumerate(waiting)}
            if attempt.recorded:
                self._written()
            outcomes |= {waiting[at]: outcome for at, outcome in done.items()}
            waiting = [i for at, i in enumerate(waiting) if at not in done]
        return [outcomes[i] for i in range(len(requests))]

    def _next_tx(self) -> str:
        milliseconds = int(self.clock().timestamp() * 1000)
        self._tx = ulid(milliseconds, self.randomness(10), self._tx)
        return self._tx


class Attempt:
    """The work of one transaction. May run several times; each run reads anew and means the same."""

    def __init__(self, door: Door, tx: str, requests: list[Request]) -> None:
        self.door = door
        self.tx = tx
        self.requests = requests
        self.recorded = False
        self._doubt: tuple[str, dict[int, Outcome]] | None = None

    async def work(self, tx: Transaction) -> dict[int, Outcome]:
        """What became of each request; those missing have to wait for another transaction."""
        facts = await self._read(tx)
        if self._doubt is not None and await _recorded(tx, self._doubt[0]):
            return self._doubt[1]  # the commit went through before the connection broke
        fold, keys, outcomes = self._fold(facts)
        entries, rows, journal = self._record(fold, facts)
        answers: list[Row] = []
        for at, named in keys.items():
            answer = _answer(fold, named, entries, self.tx)
            outcomes[at] = answer
            request = self.requests[at]
            if request.key is not None:
                answers.append(self._remember(request.key, request.content, answer))
        self.recorded = bool(journal.rows)
        if journal.rows or answers:
            self._doubt = (journal.rows[0]["cid"], outcomes) if journal.rows else None
            await self._store(tx, rows, journal.rows, answers)
        for at in keys:
            beside = self.requests[at].beside
            if beside is not None:
                await beside(tx)
        return outcomes

    async def _store(self, tx: Transaction, rows: Rows, records: list[Row], answers: list[Row]) -> None:
        try:
            await rows.store(tx, records, answers)
        except ValueTakenError as error:
            # ids and identifiers are found when we begin anew; a unique field stays taken
            if (error.token, error.name) in self.door.names.unique:
                message = f"Another {error.token} has this {error.name}."
                raise Conflict("VALUE_TAKEN", message, "Give another, or update that one.", path=error.name) from None
            raise

    async def _read(self, tx: Transaction) -> Facts:
        wanted, facts = Wanted(), Facts()
        for request in self.requests:
            _want(request, wanted)
        await self.door.reader.load(tx, wanted, facts)
        deleted = [(c.spec.name, c.id or "") for r in self.requests for c in r.changes if c.delete]
        if deleted:
            await self.door.reader.surround(tx, deleted, facts)
        return facts

    def _fold(self, facts: Facts) -> tuple[Fold, dict[int, list[Key]], dict[int, Outcome]]:
        """Fold all requests that can go together. Whoever fails is left out and the rest begun anew."""
        outcomes: dict[int, Outcome] = {}
        later: set[int] = set()
        for at, request in enumerate(self.requests):
            if request.key is not None and request.key in facts.answers:
                outcomes[at] = _replay(request, *facts.answers[request.key])
        seen: set[str] = set()
        for at, request in enumerate(self.requests):
            if at not in outcomes and request.key is not None:
                later |= {at} if request.key in seen else set()
                seen.add(request.key)
        while True:
            fold, keys = Fold(self.door.registry, facts), {}
            for at, request in enumerate(self.requests):
                if at in outcomes or at in later:
                    continue
                try:
                    keys[at] = fold.add(at, request.changes, self._ids(request))
                except EntityTakenError:
                    later.add(at)
                    break
                except OmnisonicError as error:
                    outcomes[at] = error
                    break
            else:
                return fold, keys, outcomes

    def _ids(self, request: Request) -> Callable[[int], str]:
        def new_id(at: int) -> str:
            if at not in request.ids:
                request.ids[at] = str(UUID(bytes=self.door.randomness(16), version=4))
            return request.ids[at]

        return new_id

    def _record(self, fold: Fold, facts: Facts) -> tuple[dict[Key, Entry], Rows, Journal]:
        door = self.door
        journal = Journal(door.names, self.tx, time_text(door.clock()), door.randomness)
        rows, entries = Rows(facts), {}
        for draft in fold.drafts.values():
            if not draft.unchanged:
                entry = journal.enter(draft, facts, self.requests[draft.request].author)
                entries[draft.key] = entry
                rows.add(draft, entry)
        rows.unlinks += [{"eid": eid, "rel": "", "once": False, "id": None} for eid in fold.loose]
        return entries, rows, journal

    def _remember(self, key: str, content: str, answer: Committed) -> Row:
        text = json.dumps(asdict(answer))
        return {"key": key, "hash": content, "answer": text, "createdAt": time_text(self.door.clock())}


def _want(request: Request, wanted: Wanted) -> None:
    for change in request.changes:
        spec = change.spec
        if change.id is not None:
            wanted.load.add((spec.name, change.id))
        for read in change.identifiers:
            types = wanted.bearers.setdefault(read.key, set())
            if change.id is None:
                types.add(spec.name)
        if isinstance(spec, EdgeSpec):
            _want_ref(change.source, spec.source.types, wanted)
            _want_ref(change.target, spec.target.types, wanted)
        elif isinstance(spec, NodeSpec):
            for name, edge in change.edges.items():
                for ref in edge.refs:
                    _want_ref(ref, (spec.edges[name].target,), wanted)
    if request.key is not None:
        wanted.answers.add(request.key)


def _want_ref(ref: Ref | None, types: tuple[str, ...], wanted: Wanted) -> None:
    if isinstance(ref, ByIdentifier):
        read = normalise(ref.scheme, ref.raw)
        if read is not None:
            wanted.named.add(read.key)
    elif isinstance(ref, Entity):
        wanted.look.add((ref.etype, ref.id))
    elif isinstance(ref, str):
        wanted.look |= {(etype, ref) for etype in types}


def _answer(fold: Fold, keys: list[Key], entries: dict[Key, Entry], tx: str) -> Committed:
    results = tuple(_result(fold, key, entries.get(key)) for key in keys)
    changed = any(result.outcome != "unchanged" for result in results)
    return Committed(tx if changed else None, results)


def _result(fold: Fold, key: Key, entry: Entry | None) -> Result:
    if entry is not None:
        return Result(*key, entry.outcome, entry.cid)
    stored = fold.drafts[key].stored
    return Result(*key, "unchanged", stored.props.get("_head") if stored else None)


def _replay(request: Request, content: str, answer: str) -> Outcome:
    if content != request.content:
        hint = "Use a new key for new content."
        return Conflict("CONFLICT", "This idempotency key was used for something else.", hint)
    told = json.loads(answer)
    return Committed(told["tx"], tuple(Result(**result) for result in told["results"]), replayed=True)


async def _recorded(tx: Transaction, cid: str) -> bool:
    found = await tx.run("MATCH (p:ProvenanceRecord {cid: $cid}) RETURN count(p)", {"cid": cid})
    return bool(found[0])
