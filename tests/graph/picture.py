"""The whole content of a store as plain values, and what its records say: for tests that compare before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provenance.cid import Cid
from provenance.record import Payload, Record, read_payload, read_record

if TYPE_CHECKING:
    from graph.driver import Store

UNRECORDED = {"ProvenanceRecord", "Unsequenced", "IdempotencyKey", "Sequence", "ApiToken", "Cursor", "IngestRow"}
"""What the contract lets change without a record (Identifier and Tombstone belong to the entities they stand at)."""


async def picture(store: Store) -> dict[str, Any]:
    """Every entity by id with all that belongs to it: properties, identifiers, plain edges, ends."""
    nodes = await store.run(
        "MATCH (n) WHERE n.id IS NOT NULL AND NOT n:Tombstone AND NOT n:ApiToken AND NOT n:IngestRow "
        "RETURN n.id, labels(n), properties(n), "
        "[(n)-[r]->(m) WHERE r.id IS NULL AND type(r) <> 'ONCE' | [type(r), coalesce(m.id, m.key), properties(r)]]"
    )
    edges = await store.run(
        "MATCH (a)-[r]->(b) WHERE r.id IS NOT NULL AND type(r) <> 'ONCE' "
        "RETURN r.id, type(r), properties(r), a.id, b.id"
    )
    found: dict[str, Any] = {known: [labels, props, sorted(map(repr, out))] for known, labels, props, out in nodes}
    return found | {known: [rel, props, a, b] for known, rel, props, a, b in edges}


async def raw_picture(store: Store) -> list[str]:
    """Everything, bookkeeping included, but for locks that leave nothing behind."""
    nodes = await store.run("MATCH (n) RETURN elementId(n), labels(n), properties(n)")
    edges = await store.run("MATCH ()-[r]->() RETURN elementId(r), type(r), properties(r)")
    return sorted(map(repr, [*nodes, *edges]))


async def chain(store: Store, entity_id: str) -> list[tuple[Record, Payload | None, Payload | None]]:
    """The records of an entity from the first to the last, decoded, every link and CID checked."""
    rows = await store.run(
        "MATCH (p:ProvenanceRecord {entityId: $id}) RETURN p.cid, p.block, p.after, p.afterBlock, p.private, "
        "p.privateBlock, properties(p) ORDER BY p.time",
        {"id": entity_id},
    )
    found = []
    previous: Cid | None = None
    times: list[str] = []
    for cid, block, after, after_block, private, private_block, props in rows:
        record = read_record(bytes(block))
        assert Cid.of(bytes(block)).text == cid
        assert record.prev == previous
        assert not times or record.time > times[-1]
        public = _payload(after, after_block, record.after)
        personal = _payload(private, private_block, record.private)
        assert (props["tx"], props["n"], props["time"], props["actor"]) == (
            record.tx,
            record.n,
            record.time,
            record.actor,
        )
        assert tuple(props["fields"]) == record.fields
        previous = Cid.of(bytes(block))
        times.append(record.time)
        found.append((record, public, personal))
    return found


def _payload(text: str | None, block: bytes | None, link: Cid | None) -> Payload | None:
    if link is None:
        assert (text, block) == (None, None)
        return None
    assert text == link.text
    assert block is not None
    assert Cid.of(bytes(block)) == link
    return read_payload(bytes(block))
