"""Before and after a first load: whether a store is empty, what of it has to be kept, and whether all arrived.

What is kept are the house's own nodes (tokens, cursors); a store with a history is never replaced.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ontology.errors import Conflict, Unavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.bulk import Loaded
    from graph.driver import Store, Transaction
    from ontology.registry import Registry

Kept = list[Any]
"""Labels and properties of one node."""

REPLACED = "Sequence"
"""The numbers of the logs: nothing was numbered in an empty store."""


async def kept(store: Store, registry: Registry) -> list[Kept]:
    """The house's nodes in an empty store. Raises Conflict(STORE_NOT_EMPTY) for any other."""
    held: list[str] = []
    for label in sorted({"Tombstone", *registry.nodes}):
        ((count,),) = await store.run(f"MATCH (n:{label}) RETURN count(n)")
        held += [f"{count} {label}"] if count else []
    if held:
        message = f"The store is not empty: it has {', '.join(held)}."
        hint = "`omnisonic ingest` adds to a store; or load into another --data-dir."
        raise Conflict("STORE_NOT_EMPTY", message, hint)
    return await store.run(f"MATCH (n) WHERE NOT n:{REPLACED} RETURN labels(n), properties(n)")


async def keep(store: Store, nodes: Sequence[Kept]) -> None:
    """Write the house's nodes into the store that takes the place of the other."""

    async def work(tx: Transaction) -> None:
        text = "UNWIND $rows AS row CREATE (n:$(row[0])) SET n = row[1] RETURN count(*)"
        await tx.run(text, {"rows": list(nodes)})

    await store.write(work)


async def verify(store: Store, loaded: Loaded) -> None:
    """Compare the store with what was written. Raises Unavailable(LOAD_INCOMPLETE) when anything is missing."""
    wrong: list[str] = []
    for label, wanted in loaded.nodes.items():
        ((found,),) = await store.run(f"MATCH (n:{label}) RETURN count(n)")
        wrong += [f"{found} of {wanted} {label}"] if found != wanted else []
    for rel, wanted in loaded.edges.items():
        ((found,),) = await store.run(f"MATCH ()-[r:{rel}]->() RETURN count(r)")
        wrong += [f"{found} of {wanted} {rel}"] if found != wanted else []
    for log, wanted in loaded.records.items():
        text = "MATCH (p:ProvenanceRecord) WHERE p.log = $log AND p.seq >= 0 AND p.seq < $wanted RETURN count(p)"
        ((found,),) = await store.run(text, {"log": log, "wanted": wanted})
        wrong += [f"{found} of {wanted} numbers of the {log} log"] if found != wanted else []
    if wrong:
        raise Unavailable("LOAD_INCOMPLETE", f"The import brought only {'; '.join(wrong)}.", "Nothing was changed.")
