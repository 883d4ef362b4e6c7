"""Locks what a commit is about to touch and reads how it stands: one statement, one record back.

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

Key = tuple[str, str]
"""Type and id: what names an entity within the store."""

MANY_TYPES = 3
"""Beyond this many types the statement covers them all, so that few plans serve every mixture."""


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
    """Locks and reads for one registry; keeps the few statements that needs."""

    def __init__(self, registry: Registry) -> None:
        self.registry = registry
        self._texts: dict[tuple[tuple[str, ...], tuple[str, ...]], str] = {}
        plain = {e.rel for node in registry.nodes.values() for e in node.edges.values()}
        self._edges = {e.rel: e.name for e in registry.edges.values()}
        self._rels = sorted(plain | self._edges.keys())
        self._all = tuple(sorted(name for name, spec in registry.nodes.items() if spec.recorded))
        self._names = {
            (node.name, e.rel, e.target): name for node in registry.nodes.values() for name, e in node.edges.items()
        }

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
        """Lock and read what is wanted; adds to the facts."""
        types = sorted({etype for etype, _ in wanted.load | wanted.look})
        nodes = tuple(etype for etype in types if etype in self.registry.nodes)
        edges = tuple(etype for etype in types if etype in self.registry.edges)
        if len(nodes) > MANY_TYPES:
            nodes = self._all
        text = self._texts.get((nodes, edges))
        if text is None:
            text = self._texts[nodes, edges] = _text(self.registry, nodes, edges)
        self._read(await tx.run(text, _parameters(wanted, nodes, edges)), into)

    def _read(self, found: list[Any], facts: Facts) -> None:
        borne, named, answers, buried, nodes, looked, edges = found
        for key, eid, state in borne:
            facts.identifiers[key] = eid
            bearers = facts.bearers.setdefault(key, [])
            if state is not None:
                bearers.append(self._node(state, facts).key)
        for state in nodes:
            self._node(state, facts)
        for row in edges:
            _edge(row, facts)
        for etype, known, eid in looked:
            facts.eids[etype, known] = eid
        for key, etype, known, eid in named:
            facts.named.setdefault(key, []).append((etype, known))
            facts.eids[etype, known] = eid
        facts.answers |= {key: (digest, answer) for key, digest, answer in answers}
        facts.buried |= {(etype, known): (eid, head, time) for etype, known, eid, head, time in buried}

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


LOCK = "SET {0}._lock = true REMOVE {0}._lock"


def _parameters(wanted: Wanted, nodes: tuple[str, ...], edges: tuple[str, ...]) -> dict[str, Any]:
    parameters: dict[str, Any] = {
        "bearers": [{"key": key, "types": sorted(wanted.bearers[key])} for key in sorted(wanted.bearers)],
        "named": sorted(wanted.named),
        "answers": sorted(wanted.answers),
        "given": [list(key) for key in sorted(wanted.load)],
    }
    for name in nodes:
        parameters[f"load{name}"] = sorted(i for etype, i in wanted.load if etype == name)
        parameters[f"look{name}"] = sorted(i for etype, i in wanted.look if etype == name)
    for name in edges:
        parameters[f"load{name}"] = sorted(i for etype, i in wanted.load if etype == name)
    return parameters


def _text(registry: Registry, nodes: tuple[str, ...], edges: tuple[str, ...]) -> str:
    state = _state(registry)
    parts = [_BEARERS.format(lock_i=LOCK.format("i"), lock_n=LOCK.format("n"), state=state), _GENERAL]
    parts += [_NODES.format(name=name, lock=LOCK.format("n"), state=state) for name in nodes]
    parts += [_EDGES.format(name=name, rel=registry.edges[name].rel, lock=LOCK.format("r")) for name in edges]
    found = " + ".join(f"found{name}" for name in nodes) or "[]"
    looked = " + ".join(f"seen{name}" for name in nodes) or "[]"
    related = " + ".join(f"found{name}" for name in edges) or "[]"
    return "\n".join(
        [*parts, f"RETURN borne, named, answers, buried, {found} AS found, {looked} AS looked, {related} AS related"]
    )


def _state(registry: Registry) -> str:
    rels = sorted({e.rel for n in registry.nodes.values() for e in n.edges.values()})
    plain = f"[(n)-[r:{'|'.join(rels)}]->(t) | [type(r), t.id, elementId(r), elementId(t), labels(t)[0]]]"
    borne = "[(n)-[r:IDENTIFIED_BY]->(x) | [x.key, x.scheme, x.value, x.status, r.raw, elementId(r), elementId(x)]]"
    return f"[labels(n)[0], elementId(n), properties(n), {borne}, {plain}]"


_BEARERS = """CALL () {{
  UNWIND $bearers AS row
  MATCH (i:Identifier {{key: row.key}})
  {lock_i}
  WITH i, row
  OPTIONAL MATCH (n)-[:IDENTIFIED_BY]->(i) WHERE labels(n)[0] IN row.types
  {lock_n}
  RETURN collect([row.key, elementId(i), CASE WHEN n IS NULL THEN null ELSE {state} END]) AS borne
}}"""

_GENERAL = """CALL () {
  UNWIND $named AS key
  MATCH (n)-[:IDENTIFIED_BY]->(:Identifier {key: key})
  RETURN collect([key, labels(n)[0], n.id, elementId(n)]) AS named
}
CALL () {
  UNWIND $answers AS key
  MATCH (k:IdempotencyKey {key: key})
  RETURN collect([key, k.hash, k.answer]) AS answers
}
CALL () {
  UNWIND $given AS key
  MATCH (t:Tombstone {etype: key[0], id: key[1]})
  SET t._lock = true REMOVE t._lock
  RETURN collect([t.etype, t.id, elementId(t), t._head, t._headTime]) AS buried
}"""

_NODES = """CALL () {{
  UNWIND $load{name} AS id
  MATCH (n:{name} {{id: id}})
  {lock}
  RETURN collect({state}) AS found{name}
}}
CALL () {{
  UNWIND $look{name} AS id
  MATCH (n:{name} {{id: id}})
  RETURN collect(['{name}', n.id, elementId(n)]) AS seen{name}
}}"""

_EDGES = """CALL () {{
  UNWIND $load{name} AS id
  MATCH (a)-[r:{rel} {{id: id}}]->(b)
  {lock}
  RETURN collect(['{name}', elementId(r), properties(r), labels(a)[0], a.id, elementId(a),
    labels(b)[0], b.id, elementId(b)]) AS found{name}
}}"""


def _edge(row: list[Any], facts: Facts) -> None:
    etype, eid, props, a_type, a_id, a_eid, b_type, b_id, b_eid = row
    key = (etype, props["id"])
    source, target = (a_type, a_id), (b_type, b_id)
    facts.stored[key] = Stored(key, eid, props, source=source, target=target)
    facts.eids[source], facts.eids[target] = a_eid, b_eid
