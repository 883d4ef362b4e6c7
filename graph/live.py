"""The live state in bulk: what many ids and identifiers name, in one statement; and a canonical dump of it all.

For writers that must compare before they write. Takes no locks and decides nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson

from ontology.terms import EdgeSpec, NodeSpec, Spec

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Mapping

    from graph.driver import Store
    from ontology.registry import Registry

PAGE = 1000
CREDITED = "Contribution"


@dataclass(slots=True)
class Credited:
    """One contribution as seen from what it went into."""

    id: str
    contributor: str
    names: tuple[str, ...]
    fields: dict[str, Any]


@dataclass(slots=True)
class Live:
    """One node as it stands. `keys` are those of its identifiers, `ref` the source of its newest record.

    `places` are the releases a recording is on: track id, release id, medium, position.
    """

    etype: str
    id: str
    fields: dict[str, Any]
    keys: set[str] = field(default_factory=set)
    edges: dict[str, set[str]] = field(default_factory=dict)
    credits: dict[str, Credited] = field(default_factory=dict)
    places: list[tuple[str, str, int, int]] = field(default_factory=list)
    ref: str | None = None


class Lookup:
    """Finds nodes by id and by identifier, all of a call in one statement."""

    def __init__(self, store: Store, registry: Registry) -> None:
        self._store = store
        self._registry = registry
        self._types = sorted(name for name, spec in registry.nodes.items() if spec.recorded)
        self._text = _find(registry, self._types)
        self._names = {
            (node.name, e.rel, e.target): name for node in registry.nodes.values() for name, e in node.edges.items()
        }
        self._fields = {name: [f.name for f in s.fields.values() if not f.system] for name, s in registry.specs.items()}

    async def find(self, ids: Mapping[str, Iterable[str]], keys: Iterable[str]) -> list[Live]:
        """The nodes with these ids (by type) and those that bear these identifier keys; each once."""
        parameters: dict[str, Any] = {"keys": list(keys)}
        parameters |= {f"ids{name}": list(ids.get(name, ())) for name in self._types}
        (found,) = await self._store.read(self._text, parameters)
        return [self._live(row) for row in found]

    def _live(self, row: list[Any]) -> Live:
        etype, props, keys, plain, credited, places, ref = row
        live = Live(etype, props["id"], self._own(etype, props), set(keys), ref=ref)
        for rel, target, label in plain:
            edge = self._names.get((etype, rel, label))
            if edge is not None:
                live.edges.setdefault(edge, set()).add(target)
        for edge_props, contributor, names in credited:
            known = tuple(n for n in (*names, edge_props.get("creditedAs")) if n)
            found = Credited(edge_props["id"], contributor, known, self._own(CREDITED, edge_props))
            live.credits[found.id] = found
        live.places = [(track, release, medium or 0, position or 0) for track, release, medium, position in places]
        return live

    def _own(self, etype: str, props: dict[str, Any]) -> dict[str, Any]:
        return {name: props[name] for name in self._fields[etype] if name in props}


def _state(registry: Registry) -> str:
    rels = "|".join(sorted({e.rel for n in registry.nodes.values() for e in n.edges.values()}))
    edge = registry.edges[CREDITED]
    targets = " OR ".join(f"n:{name}" for name in edge.target.types)
    credited = f"[(c)-[k:{edge.rel}]->(n) WHERE {targets} | [properties(k), c.id, [c.name] + coalesce(c.aliases, [])]]"
    places = (
        "[(n)<-[:OF_RECORDING]-(t:Track)-[:ON_RELEASE]->(q) WHERE n:Recording | [t.id, q.id, t.medium, t.position]]"
    )
    return (
        f"[labels(n)[0], properties(n), [(n)-[:IDENTIFIED_BY]->(x) | x.key], "
        f"[(n)-[r:{rels}]->(t) | [type(r), t.id, labels(t)[0]]], {credited}, {places}, "
        "head(COLLECT { MATCH (p:ProvenanceRecord {cid: n._head}) RETURN p.sourceRef })]"
    )


def _find(registry: Registry, types: list[str]) -> str:
    """One statement for every mixture of types: planning it costs a second, running it milliseconds."""
    by_id = [f"UNWIND $ids{name} AS id MATCH (n:{name} {{id: id}}) RETURN n" for name in types]
    by_key = "UNWIND $keys AS key MATCH (n)-[:IDENTIFIED_BY]->(:Identifier {key: key}) RETURN n"
    found = "\n  UNION\n  ".join([by_key, *by_id])
    return f"CALL () {{\n  {found}\n}}\nRETURN collect({_state(registry)})"


async def export(
    store: Store, registry: Registry, *, but: frozenset[str] = frozenset({"IngestBatch"})
) -> AsyncIterator[bytes]:
    """The live state as canonical JSON lines: equal states are equal bytes.

    Sorted by type and id; one line per entity with its fields, identifiers and edges, and one per identifier.
    Left out: `createdAt` and `updatedAt` (they tell when, not what), records, tombstones, all bookkeeping, and
    the types of `but` (journals).
    """
    for spec in sorted(registry.recorded.values(), key=lambda s: s.name):
        if spec.name not in but:
            async for line in _exported(store, spec):
                yield line
    identifiers = "RETURN COLLECT { MATCH (n:Identifier) WHERE n.key > $after RETURN n.key ORDER BY n.key LIMIT $page }"
    async for key in _paged(store, identifiers, str):
        yield orjson.dumps(["Identifier", key]) + b"\n"


async def _exported(store: Store, spec: Spec) -> AsyncIterator[bytes]:
    names = [f.name for f in spec.fields.values() if not f.system]
    if isinstance(spec, EdgeSpec):
        ends = "[labels(a)[0], a.id, labels(b)[0], b.id]"
        match = f"MATCH (a)-[n:{spec.rel}]->(b) WHERE n.id > $after RETURN [properties(n), {ends}]"
    else:
        match = f"MATCH (n:{spec.name}) WHERE n.id > $after RETURN [properties(n), {_owned(spec)}]"
    text = f"RETURN COLLECT {{ {match} ORDER BY n.id LIMIT $page }}"
    async for props, rest in _paged(store, text, lambda item: str(item[0]["id"])):
        state = {name: props[name] for name in names if name in props}
        yield orjson.dumps([spec.name, props["id"], state, _sorted(rest)], option=orjson.OPT_SORT_KEYS) + b"\n"


def _owned(spec: Spec) -> str:
    rels = (
        "|".join(sorted({e.rel for e in spec.edges.values()} | {"IDENTIFIED_BY"})) if isinstance(spec, NodeSpec) else ""
    )
    return f"[(n)-[r:{rels}]->(t) | [type(r), labels(t)[0], coalesce(t.id, t.key), coalesce(r.raw, '')]]"


def _sorted(rest: list[Any]) -> list[Any]:
    return sorted(rest) if rest and isinstance(rest[0], list) else rest


async def _paged(store: Store, text: str, key: Any) -> AsyncIterator[Any]:
    after = ""
    while True:
        found = (await store.read(text, {"after": after, "page": PAGE}))[0]
        for item in found:
            yield item
        if len(found) < PAGE:
            return
        after = key(found[-1])
