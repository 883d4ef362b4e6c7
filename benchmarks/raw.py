"""The same upserts without us: what an import made is read back, and written to an equal store by raw UNWIND.

One transaction for each of ours, with the same entities in it; no records, no checks, no outcome of rows.
"""

import asyncio
import logging
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from graph.driver import Store, Target, Transaction
from ontology import registry

FLYING = 2
"""Transactions under way at a time, as in our own import."""

Key = tuple[str, str]
Statements = dict[str, list[dict[str, Any]]]

_COMMITS = """
MATCH (p:ProvenanceRecord)
WITH p.tx AS tx, p.n AS n, [p.etype, p.entityId] AS key ORDER BY tx, n
RETURN tx, collect(key)
"""
_NODES = """
MATCH (n:{label})
RETURN n.id, properties(n), [(n)-[:IDENTIFIED_BY]->(i) | properties(i)],
  [(n)-[r:{rels}]->(m) | [type(r), labels(m)[0], m.id]]
"""
_EDGES = "MATCH (a)-[r:{rel}]->(b) RETURN r.id, properties(r), labels(a)[0], a.id, labels(b)[0], b.id"


@dataclass(slots=True)
class Wanted:
    """Commits as (tx, keys of what each wrote), and what those came to, as statements with rows."""

    commits: list[tuple[str, list[Key]]] = field(default_factory=list)
    rows: dict[Key, list[tuple[str, dict[str, Any]]]] = field(default_factory=dict)


async def read(target: Target, known: set[str]) -> Wanted:
    """What the store holds, but for the commits that are known."""
    core = registry.core()
    rels = "|".join(sorted({e.rel for n in core.nodes.values() for e in n.edges.values()}))
    wanted = Wanted()
    async with Store(target) as store:
        for tx, keys in await store.run(_COMMITS):
            if tx not in known:
                wanted.commits.append((tx, [(etype, known_) for etype, known_ in keys if etype != "IngestBatch"]))
        for label, spec in core.nodes.items():
            if spec.recorded and label != "IngestBatch":
                for row in await store.run(_NODES.format(label=label, rels=rels)):
                    wanted.rows[label, row[0]] = _node(label, *row)
        for edge in core.edges.values():
            for row in await store.run(_EDGES.format(rel=edge.rel)):
                wanted.rows[edge.name, row[0]] = [_edge(edge.rel, row)]
    return wanted


async def write(target: Target, wanted: Wanted) -> float:
    """Write it all; answers the seconds that took."""
    logging.getLogger("neo4j").setLevel(logging.ERROR)  # transactions that met are begun anew, as ours are
    batches = [_statements(wanted, keys) for _, keys in wanted.commits]
    async with Store(target) as store:
        waiting = iter(batches)
        began = time.perf_counter()
        await asyncio.gather(*(_worker(store, waiting) for _ in range(FLYING)))
        return time.perf_counter() - began


async def _worker(store: Store, waiting: Any) -> None:
    for statements in waiting:

        async def work(tx: Transaction, statements: Statements = statements) -> None:
            for text, rows in statements.items():
                await tx.run(text, {"rows": rows})

        await store.write(work)


def _statements(wanted: Wanted, keys: list[Key]) -> Statements:
    found: Statements = defaultdict(list)
    for key in keys:
        for text, row in wanted.rows.get(key, ()):
            found[text].append(row)
    return dict(sorted(found.items(), key=lambda item: "-[" in item[0]))


def _node(label: str, known: str, props: dict[str, Any], borne: list[Any], plain: list[Any]) -> list[Any]:
    own = {name: value for name, value in props.items() if not name.startswith("_")}
    found = [(f"UNWIND $rows AS row MERGE (n:{label} {{id: row.id}}) SET n += row.props", {"id": known, "props": own})]
    bear = (
        f"UNWIND $rows AS row MERGE (n:{label} {{id: row.id}}) MERGE (i:Identifier {{key: row.key}}) "
        "SET i += row.props MERGE (n)-[:IDENTIFIED_BY]->(i)"
    )
    found += [(bear, {"id": known, "key": one["key"], "props": one}) for one in borne]
    for rel, other, at in plain:
        tie = (
            f"UNWIND $rows AS row MERGE (n:{label} {{id: row.id}}) MERGE (m:{other} {{id: row.at}}) "
            f"MERGE (n)-[:{rel}]->(m)"
        )
        found.append((tie, {"id": known, "at": at}))
    return found


def _edge(rel: str, row: list[Any]) -> tuple[str, Any]:
    known, props, a, source, b, target = row
    own = {name: value for name, value in props.items() if not name.startswith("_")}
    text = (
        f"UNWIND $rows AS row MERGE (a:{a} {{id: row.source}}) MERGE (b:{b} {{id: row.target}}) "
        f"MERGE (a)-[r:{rel} {{id: row.id}}]->(b) SET r += row.props"
    )
    return text, {"id": known, "source": source, "target": target, "props": own}
