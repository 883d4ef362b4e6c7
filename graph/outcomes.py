"""Rows of imports: what became of each, written in the transaction of its changes, so that neither is without
the other. And the records that a batch left, for taking it back.

Rows leave no records (contract "Two logs"); `_touched` and `_part` are bookkeeping that no answer shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graph.cypher import statement
from ontology.errors import NotFound
from provenance.cid import decode_strict

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Sequence

    from graph.commit import Beside
    from graph.driver import Store, Transaction

PAGE = 500
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """One record of an entity: its source, what was done, and the state after it (None after a delete)."""

    ref: str | None
    activity: str
    cid: str


def beside(batch: str, rows: Sequence[Row]) -> Beside:
    """What `Door.commit` is to write beside the changes: rows with `id` and the fields of IngestRow.

    Raises NotFound within the commit when there is no such batch.
    """

    async def write(tx: Transaction) -> None:
        found = await tx.run(statement("outcomes"), {"batch": batch, "rows": list(rows)})
        if rows and found != [len(rows)]:
            raise NotFound("BATCH_UNKNOWN", f"There is no batch {batch}.", "Begin it first.")

    return write


async def batch_of(store: Store, batch: str) -> Row | None:
    """The properties of a batch."""
    found = await store.read("MATCH (b:IngestBatch {id: $batch}) RETURN properties(b)", {"batch": batch})
    return dict(found[0]) if found else None


async def done(store: Store, rows: Iterable[str]) -> dict[str, Row]:
    """Of these ids of rows those that were dealt with wholly, with what became of them."""
    text = (
        "RETURN COLLECT { UNWIND $rows AS id MATCH (r:IngestRow {id: id}) WHERE r._part IS NULL RETURN properties(r) }"
    )
    (found,) = await store.read(text, {"rows": list(rows)})
    return {row["id"]: row for row in found}


async def rows_of(store: Store, batch: str, *, only: Sequence[str] = ()) -> AsyncIterator[Row]:
    """All rows of a batch, or those of some outcomes, in no order that means anything."""
    text = (
        "RETURN COLLECT { MATCH (r:IngestRow)-[:ROW_OF]->(:IngestBatch {id: $batch}) "
        "WHERE r.id > $after AND (size($only) = 0 OR r.outcome IN $only) "
        "RETURN properties(r) ORDER BY r.id LIMIT $page }"
    )
    after = ""
    while True:
        parameters = {"batch": batch, "after": after, "only": list(only), "page": PAGE}
        (found,) = await store.read(text, parameters)
        for row in found:
            yield row
        if len(found) < PAGE:
            return
        after = found[-1]["id"]


async def forget_rows(store: Store, batch: str) -> None:
    """Drop the rows of a batch that is to be run anew."""
    text = (
        "MATCH (r:IngestRow)-[:ROW_OF]->(:IngestBatch {id: $batch}) "
        "CALL (r) { DETACH DELETE r } IN TRANSACTIONS OF 5000 ROWS"
    )
    await store.run(text, {"batch": batch})


async def steps(store: Store, entities: Iterable[str]) -> dict[str, list[Step]]:
    """The records of these entity ids, newest first."""
    text = (
        "RETURN COLLECT { UNWIND $ids AS id RETURN [id, COLLECT { MATCH (p:ProvenanceRecord {entityId: id}) "
        "RETURN [p.sourceRef, p.activity, p.cid] ORDER BY p.time DESC }] }"
    )
    (found,) = await store.read(text, {"ids": list(entities)})
    return {known: [Step(*row) for row in rows] for known, rows in found}


async def states(store: Store, cids: Iterable[str]) -> dict[str, Row]:
    """The state after each of these records, private parts included; a delete has none."""
    text = (
        "RETURN COLLECT { UNWIND $cids AS cid MATCH (p:ProvenanceRecord {cid: cid}) "
        "RETURN [cid, p.afterBlock, p.privateBlock] }"
    )
    (found,) = await store.read(text, {"cids": list(cids)})
    states: dict[str, Row] = {}
    for cid, *blocks in found:
        state: Row = {}
        for block in blocks:
            if block is not None:
                payload: Any = decode_strict(bytes(block))
                state |= payload["state"]
        states[cid] = state
    return states


async def strangers(store: Store, etype: str, ids: Iterable[str], refs: Sequence[str]) -> dict[str, str]:
    """Of these nodes those that something leads to or from which others wrote; with what it is.

    Others are all sources but `refs`. Looks at edges with data and at plain edges that others own.
    """
    text = (
        f"RETURN COLLECT {{ UNWIND $ids AS id MATCH (n:{etype} {{id: id}}) "
        "MATCH (n)-[r]-(m) WHERE NOT m:Identifier AND (r.id IS NOT NULL OR endNode(r) = n) "
        "AND NOT type(r) IN ['ONCE', 'IDENTIFIED_BY'] "
        "WITH id, coalesce(r._head, m._head) AS head, type(r) AS rel, m "
        "MATCH (p:ProvenanceRecord {cid: head}) WHERE NOT coalesce(p.sourceRef, '') IN $refs "
        "RETURN [id, rel + ' ' + labels(m)[0] + ' ' + m.id] }"
    )
    (found,) = await store.read(text, {"ids": list(ids), "refs": list(refs)})
    return dict(found)


async def batches(store: Store, most: int = 100) -> list[Row]:
    """The newest batches with their fields."""
    text = "RETURN COLLECT { MATCH (b:IngestBatch) RETURN properties(b) ORDER BY b.startedAt DESC LIMIT $most }"
    (found,) = await store.read(text, {"most": most})
    return [{name: value for name, value in row.items() if not name.startswith("_")} for row in found]
