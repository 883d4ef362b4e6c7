"""The contract's exceptions: rows of types without records, and the cursors of followers and imports.

Refuses every type whose changes leave records; those go through `graph.commit`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ontology.errors import Invalid
from ontology.shape import check_required, check_value
from ontology.terms import NodeSpec

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from graph.driver import Store, Transaction
    from ontology.registry import Registry

Row = dict[str, Any]

OWNED_ELSEWHERE = ("Identifier", "ProvenanceRecord")
"""Types without records of their own that only the write door makes."""


async def write_rows(
    store: Store, registry: Registry, etype: str, rows: Sequence[tuple[str, Mapping[str, object], Mapping[str, str]]]
) -> None:
    """Create or replace rows: each an id, its fields, and its plain edges as name -> target id.

    Raises Invalid for a type that leaves records, for bad values and for a target that does not exist.
    """
    spec = registry.nodes.get(etype)
    if spec is None or spec.recorded or etype in OWNED_ELSEWHERE:
        raise Invalid("TYPE_RECORDED", f"{etype} is not written in rows.", "Use graph.commit.")
    checked = [_row(spec, *row) for row in rows]

    async def work(tx: Transaction) -> None:
        text = f"UNWIND $rows AS row MERGE (n:{spec.name} {{id: row.id}}) SET n = row.props RETURN count(*)"
        await tx.run(text, {"rows": checked})
        for name, edge in spec.edges.items():
            links = [{"id": row["id"], "to": row["edges"][name]} for row in checked if name in row["edges"]]
            found = await tx.run(_link(spec.name, edge.rel, edge.target), {"rows": links}) if links else [0]
            if found != [len(links)]:
                raise Invalid(
                    "TARGET_MISSING", f"{name} names nothing that exists.", f"Create the {edge.target} first."
                )

    await store.write(work)


async def save_cursor(store: Store, name: str, value: str | None) -> None:
    """Keep how far a follower or an import got; None forgets it."""

    async def work(tx: Transaction) -> None:
        if value is None:
            await tx.run("MATCH (c:Cursor {name: $name}) DELETE c RETURN count(*)", {"name": name})
        else:
            text = "MERGE (c:Cursor {name: $name}) SET c.value = $value RETURN c.name"
            await tx.run(text, {"name": name, "value": value})

    await store.write(work)


async def load_cursor(store: Store, name: str) -> str | None:
    """What was kept under that name."""
    found = await store.read("MATCH (c:Cursor {name: $name}) RETURN c.value", {"name": name})
    return str(found[0]) if found else None


def _row(spec: NodeSpec, key: str, fields: Mapping[str, object], edges: Mapping[str, str]) -> Row:
    unknown = [name for name in fields if name not in spec.fields] + [name for name in edges if name not in spec.edges]
    if unknown:
        raise Invalid("FIELD_UNKNOWN", f"{spec.name} has no {', '.join(unknown)}.", "See the ontology.")
    props = {name: check_value(spec.fields[name], value) for name, value in fields.items()}
    check_required(spec, dict(props))
    return {"id": key, "props": {"id": key, **props}, "edges": dict(edges)}


def _link(label: str, rel: str, target: str) -> str:
    return (
        f"UNWIND $rows AS row MATCH (n:{label} {{id: row.id}}) MATCH (m:{target} {{id: row.to}}) "
        f"OPTIONAL MATCH (n)-[old:{rel}]->(other) WHERE other <> m DELETE old "
        f"WITH DISTINCT n, m MERGE (n)-[:{rel}]->(m) RETURN count(*)"
    )
