"""Locks what a commit is about to touch and reads how it stands: one statement a type, one record each.

Locks are taken in sorted order. Nothing is decided here; `graph.fold` compares and `graph.write` writes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graph.cypher import statement

if TYPE_CHECKING:
    from collections.abc import Iterable

    from graph.driver import Transaction
    from ontology.registry import Registry
    from ontology.terms import NodeSpec

Key = tuple[str, str]
"""Type and id: what names an entity within the store."""


@dataclass(slots=True)
class Wanted:
    """What to lock and load, and what only to look up."""

    load: set[Key] = field(default_factory=set)
    look: set[Key] = field(default_factory=set)
    bearers: dict[str, set[str]] = field(default_factory=dict)  # identifier key -> types wanted
    named: set[str] = field(default_factory=set)  # identifier keys of references
    answers: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Borne:
    """An identifier as a node bears it; `eid` is that of the relationship, None while it is new."""

    scheme: str
    value: str
    status: str
    raw: str
    eid: str | None = None

    @property
    def key(self) -> str:
        return f"{self.scheme}:{self.value}"

    def as_map(self) -> dict[str, str]:
        """The form in payloads."""
        found = {"scheme": self.scheme, "value": self.value, "status": self.status}
        return found if self.raw == self.value else found | {"raw": self.raw}


@dataclass(frozen=True, slots=True)
class Stored:
    """An entity as it stands. `edges` maps the name of a plain edge to target id -> relationship's eid."""

    key: Key
    eid: str
    props: dict[str, Any]
    identifiers: dict[str, Borne] = field(default_factory=dict)
    edges: dict[str, dict[str, str]] = field(default_factory=dict)
    source: Key | None = None
    target: Key | None = None


@dataclass(frozen=True, slots=True)
class Neighbour:
    """What falls with a deleted node: an edge with data, or a plain edge `name` of an owner.

    Both are None for a plain edge of a type without records; `eid` is the relationship's.
    """

    eid: str
    name: str = ""
    edge: Key | None = None
    owner: Key | None = None


@dataclass(slots=True)
class Facts:
    """All that was found. `eids` knows every node that was seen."""

    stored: dict[Key, Stored] = field(default_factory=dict)
    buried: dict[Key, tuple[str, str, str]] = field(default_factory=dict)  # eid, head, time
    eids: dict[Key, str] = field(default_factory=dict)
    identifiers: dict[str, str] = field(default_factory=dict)  # key -> eid of its node
    bearers: dict[str, list[Key]] = field(default_factory=dict)
    named: dict[str, list[Key]] = field(default_factory=dict)
    answers: dict[str, tuple[str, str]] = field(default_factory=dict)  # key -> hash, answer
    neighbours: dict[Key, list[Neighbour]] = field(default_factory=dict)


class Reader:
    """Locks and reads for one registry; keeps one small statement per type, so that planning stays cheap."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        plain = {e.rel for node in registry.nodes.values() for e in node.edges.values()}
        self._edges = {e.rel: e.name for e in registry.edges.values()}
        self._rels = sorted(plain | self._edges.keys())
        self._names = {
            (node.name, e.rel, e.target): name for node in registry.nodes.values() for name, e in node.edges.items()
        }
        self._bearers = _BEARERS.format(state=_state(bears=True, rels=plain))
        self._load = {name: _load_node(spec) for name, spec in registry.nodes.items()}
        self._load |= {name: _EDGES.format(name=name, rel=spec.rel) for name, spec in registry.edges.items()}

    async def surround(self, tx: Transaction, nodes: Iterable[Key], into: Facts) -> None:
        """Lock and read what falls with these nodes, which were loaded before."""
        at = {into.stored[key].eid: key for key in nodes if key in into.stored}
        if not at:
            return
        (found,) = await tx.run(statement("neighbours"), {"eids": sorted(at), "rels": self._rels})
        further = Wanted()
        for eid, rel_eid, rel, edge_id, label, other in found:
            neighbour = self._neighbour(at[eid][0], rel_eid, rel, edge_id, (label, other))
            into.neighbours.setdefault(at[eid], []).append(neighbour)
            further.load |= {key for key in (neighbour.edge, neighbour.owner) if key and key not in into.stored}
        if further.load:
            await self.load(tx, further, into)

    def _neighbour(self, etype: str, eid: str, rel: str, edge_id: str | None, other: Key) -> Neighbour:
        edge = self._edges.get(rel)
        if edge is not None and edge_id is not None:
            return Neighbour(eid, edge=(edge, edge_id))
        owner = self.registry.nodes[other[0]]
        name = self._names.get((owner.name, rel, etype), "")
        return Neighbour(eid, name, owner=other if owner.recorded else None)

    async def load(self, tx: Transaction, wanted: Wanted, into: Facts) -> None:
        """Lock and read what is wanted, identifiers first, then by type and id; adds to the facts."""
        if wanted.bearers or wanted.named or wanted.answers:
            await self._load_names(tx, wanted, into)
        for etype, ids in _by_type(wanted.load):
            (rows,) = await tx.run(self._load[etype], {"ids": ids})
            for row in rows:
                if etype in self.registry.nodes:
                    self._node(row, into)
                else:
                    _edge(row, into)
        for etype, ids in _by_type(wanted.look - into.eids.keys()):
            (rows,) = await tx.run(_LOOK.format(name=etype), {"ids": ids})
            into.eids |= {(etype, known): eid for known, eid in rows}
        missing = sorted(key for key in wanted.load if key not in into.stored)
        if missing:
            (rows,) = await tx.run(_BURIED, {"keys": [list(key) for key in missing]})
            into.buried |= {(etype, known): (eid, head, time) for etype, known, eid, head, time in rows}

    async def _load_names(self, tx: Transaction, wanted: Wanted, into: Facts) -> None:
        bearers = [{"key": key, "types": sorted(wanted.bearers[key])} for key in sorted(wanted.bearers)]
        names = {"named": sorted(wanted.named), "answers": sorted(wanted.answers)}
        borne, named, answers = await tx.run(self._bearers, {"bearers": bearers, **names})
        for key, eid, state in borne:
            into.identifiers[key] = eid
            known = into.bearers.setdefault(key, [])
            if state is not None:
                known.append(self._node(state, into).key)
        for key, etype, known_id, eid in named:
            into.named.setdefault(key, []).append((etype, known_id))
            into.eids[etype, known_id] = eid
        into.answers |= {key: (digest, answer) for key, digest, answer in answers}

    def _node(self, state: list[Any], facts: Facts) -> Stored:
        etype, eid, props, borne, plain = state
        key = (etype, props["id"])
        if key in facts.stored:
            return facts.stored[key]
        stored = Stored(key, eid, props)
        for name, scheme, value, status, raw, rel, node in borne:
            stored.identifiers[name] = Borne(scheme, value, status, raw or value, rel)
            facts.identifiers[name] = node
        for rel_type, target, rel, node, label in plain:
            edge = self._names.get((etype, rel_type, label))
            if edge is not None:
                stored.edges.setdefault(edge, {})[target] = rel
                facts.eids[label, target] = node
        facts.stored[key] = stored
        facts.eids[key] = eid
        return stored


def _by_type(keys: Iterable[Key]) -> list[tuple[str, list[str]]]:
    """Types in order, each with its ids in order: the order in which locks are taken."""
    found: dict[str, list[str]] = {}
    for etype, known in sorted(keys):
        found.setdefault(etype, []).append(known)
    return list(found.items())


def _state(*, bears: bool, rels: Iterable[str]) -> str:
    borne = "[(n)-[r:IDENTIFIED_BY]->(x) | [x.key, x.scheme, x.value, x.status, r.raw, elementId(r), elementId(x)]]"
    types = "|".join(sorted(rels))
    plain = f"[(n)-[r:{types}]->(t) | [type(r), t.id, elementId(r), elementId(t), labels(t)[0]]]"
    return f"[labels(n)[0], elementId(n), properties(n), {borne if bears else '[]'}, {plain if types else '[]'}]"


def _load_node(spec: NodeSpec) -> str:
    state = _state(bears=bool(spec.schemes), rels={e.rel for e in spec.edges.values()})
    return _NODES.format(name=spec.name, state=state)


_BEARERS = """CALL () {{
  UNWIND $bearers AS row
  MATCH (i:Identifier {{key: row.key}})
  SET i._lock = true REMOVE i._lock
  WITH i, row
  OPTIONAL MATCH (n)-[:IDENTIFIED_BY]->(i) WHERE labels(n)[0] IN row.types
  SET n._lock = true REMOVE n._lock
  RETURN collect([row.key, elementId(i), CASE WHEN n IS NULL THEN null ELSE {state} END]) AS borne
}}
CALL () {{
  UNWIND $named AS key
  MATCH (n)-[:IDENTIFIED_BY]->(:Identifier {{key: key}})
  RETURN collect([key, labels(n)[0], n.id, elementId(n)]) AS named
}}
CALL () {{
  UNWIND $answers AS key
  MATCH (k:IdempotencyKey {{key: key}})
  RETURN collect([key, k.hash, k.answer]) AS answers
}}
RETURN borne, named, answers"""

_NODES = """UNWIND $ids AS id
MATCH (n:{name} {{id: id}})
SET n._lock = true REMOVE n._lock
RETURN collect({state})"""

_EDGES = """UNWIND $ids AS id
MATCH (a)-[r:{rel} {{id: id}}]->(b)
SET r._lock = true REMOVE r._lock
RETURN collect(['{name}', elementId(r), properties(r), labels(a)[0], a.id, elementId(a),
  labels(b)[0], b.id, elementId(b)])"""

_LOOK = """UNWIND $ids AS id
MATCH (n:{name} {{id: id}})
RETURN collect([n.id, elementId(n)])"""

_BURIED = """UNWIND $keys AS key
MATCH (t:Tombstone {etype: key[0], id: key[1]})
SET t._lock = true REMOVE t._lock
RETURN collect([t.etype, t.id, elementId(t), t._head, t._headTime])"""


def _edge(row: list[Any], facts: Facts) -> None:
    etype, eid, props, a_type, a_id, a_eid, b_type, b_id, b_eid = row
    key = (etype, props["id"])
    source, target = (a_type, a_id), (b_type, b_id)
    facts.stored[key] = Stored(key, eid, props, source=source, target=target)
    facts.eids[source], facts.eids[target] = a_eid, b_eid
