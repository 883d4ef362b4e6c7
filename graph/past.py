"""The graph as it stood: lookups answered from stored payloads, with everything nested under them.

Neighbours of the past are found through live edges and the `ONCE` edges that removed ones leave; a candidate
counts only if its own payload of that moment says so. Slower than the present: a few statements per entity,
within the request's deadline; an entity met twice is read once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from graph.compare import Page, holds, in_order
from graph.connection import sort_keys
from graph.driver import Store
from graph.enter import bare
from graph.filter import Row, identifier_key, one_visible, visible, where
from graph.plan import Root, Select, resolve
from ontology.access import Viewer
from ontology.errors import Invalid
from ontology.registry import Registry
from ontology.terms import EdgeSpec, NodeSpec, Relation, Spec, Via
from provenance.cid import decode_strict

THEN = "r.time <= $moment AND (r.seq < $size OR $size IS NULL)"
STATES = f"""
UNWIND $ids AS id
CALL (id) {{ MATCH (r:ProvenanceRecord {{entityId: id}}) WHERE {THEN} RETURN r ORDER BY r.time DESC LIMIT 1 }}
CALL (r) {{
  MATCH (f:ProvenanceRecord {{entityId: r.entityId}}) WHERE f.activity = 'create' AND f.time <= r.time
  RETURN f.time AS born ORDER BY f.time DESC LIMIT 1
}}
RETURN collect([id, r.etype, r.afterBlock, r.privateBlock, r.time, born])
"""
BEARERS = """
UNWIND $keys AS key
CALL (key) {
  MATCH (:Identifier {key: key})<-[:IDENTIFIED_BY]-(n) RETURN n.id AS id
  UNION
  MATCH (:FormerIdentifier {key: key})<-[:ONCE]-(n) RETURN n.id AS id
}
RETURN collect(DISTINCT id)
"""
LATEST = "9999"


@dataclass(frozen=True, slots=True)
class At:
    """A moment of the past: a time (inclusive), or how many records the log held."""

    moment: str = LATEST
    size: int | None = None

    @classmethod
    def of(cls, moment: Any, size: Any) -> At:
        """From the two arguments of a lookup. Raises Invalid(AS_OF_INVALID)."""
        if moment is not None and size is not None:
            raise Invalid("AS_OF_INVALID", "asOf together with asOfSize.", "Give one of them.")
        if size is not None and size < 0:
            raise Invalid("AS_OF_INVALID", f"A log of {size} records.", "Give 0 or more.")
        return cls(LATEST if moment is None else moment, size)


@dataclass(frozen=True, slots=True)
class Thing:
    """An entity as it stood: its state, and when it came to be and to that state."""

    id: str
    spec: Spec
    state: Mapping[str, Any]
    created: str
    updated: str


@dataclass(slots=True)
class Past:
    """Answers lookups as of one moment for one viewer."""

    store: Store
    registry: Registry
    base: str
    viewer: Viewer
    at: At
    remaining: Callable[[], float]
    read_records: Callable[[list[str], tuple[Select, ...]], Any]
    seen: dict[str, Thing | None] = field(default_factory=dict)

    async def lookup(self, root: Root, variables: Mapping[str, Any]) -> dict[str, Any] | None:
        """The looked-up entity as it stood, or None where it did not exist or was hidden."""
        args = resolve(dict(root.select.args), variables)
        spec = self.registry.specs[root.type]
        given = {k: v for k, v in args.items() if v is not None and k not in {"asOf", "asOfSize"}}
        if not given:
            raise Invalid("LOOKUP_KEY_MISSING", f"{root.select.name} without a key.", "Give its id or an identifier.")
        keys = {identifier_key(k)(v) for k, v in given.items() if k != "id"}
        ids = [bare(self.base, spec)(given["id"])] if "id" in given else await self._bearers(sorted(keys))
        for thing in sorted(await self.things(ids), key=lambda t: (t.created, t.id)):
            if thing.spec.name == spec.name and keys <= set(_keys(thing)):
                return await self.shape(thing, root.select.of[spec.name], variables)
        return None

    async def _run(self, cypher: str, values: Mapping[str, Any]) -> list[Any]:
        found = await self.store.read(cypher, values, deadline=self.remaining())
        return list(found[0]) if found else []

    async def _bearers(self, keys: list[str]) -> list[str]:
        return sorted(await self._run(BEARERS, {"keys": keys}))

    async def things(self, ids: list[str]) -> list[Thing]:
        """Those of the ids that existed then and that the viewer may see, in the order given."""
        missing = [i for i in dict.fromkeys(ids) if i not in self.seen]
        if missing:
            self.seen |= dict.fromkeys(missing)
            values = {"ids": missing, "moment": self.at.moment, "size": self.at.size}
            for row in await self._run(STATES, values):
                self.seen[row[0]] = self._thing(*row)
            for key in missing:
                if not await self._whole(self.seen[key]):
                    self.seen[key] = None
        return [thing for i in dict.fromkeys(ids) if (thing := self.seen[i]) is not None]

    async def _whole(self, thing: Thing | None) -> bool:
        """Whether both ends of an edge are there to be seen; asked only where something may hide them."""
        if thing is None or not isinstance(thing.spec, EdgeSpec):
            return True
        ends = (thing.spec.source, thing.spec.target)
        if not any(one_visible("n", end.types, self.registry) for end in ends):
            return True
        return all([await self.things([_id(thing.state[name])]) for name in ("from", "to")])

    def _thing(  # noqa: PLR0917 - one column of the statement each
        self, key: str, etype: str, public: bytes | None, private: bytes | None, updated: str, created: str
    ) -> Thing | None:
        spec = self.registry.specs.get(etype)
        if spec is None or public is None:
            return None
        block: Any = decode_strict(bytes(public))
        state = dict(block["state"])
        if private is not None:
            hidden: Any = decode_strict(bytes(private))
            state |= hidden["state"]
        if not spec.read.admits(self.viewer, state):
            return None
        shown = {
            k: v for k, v in state.items() if k not in spec.fields or spec.fields[k].read.admits(self.viewer, state)
        }
        return Thing(key, spec, shown, created, updated)

    # -- shaping ----------------------------------------------------------------------------------

    async def shape(self, thing: Thing, wanted: tuple[Select, ...], variables: Mapping[str, Any]) -> dict[str, Any]:
        """The entity as it was asked for, in answer order."""
        return {s.key: await self._value(thing, s, variables) for s in wanted}

    async def _value(self, thing: Thing, select: Select, variables: Mapping[str, Any]) -> Any:
        relation = self.registry.relations[thing.spec.name].get(select.name)
        if select.name == "history":
            return await self._history(thing, select, variables)
        if relation is None:
            return self.plain(thing, select.name)
        unrecorded = not all(self.registry.specs[target].recorded for target in relation.targets)
        if relation.via is Via.IDENTIFIES or (unrecorded and relation.via is not Via.IDENTIFIERS):
            hint = "Leave it out, or ask without asOf."
            raise Invalid("AS_OF_UNSUPPORTED", f"{select.name} has no past of its own.", hint)
        found = await self.related(thing, relation)
        if relation.many:
            return await self._page(found, relation, select, variables)
        return await self._one(found[0], select, variables) if found else None

    async def _one(self, thing: Thing, select: Select, variables: Mapping[str, Any]) -> dict[str, Any]:
        return await self.shape(thing, select.of.get(thing.spec.name, ()), variables)

    def plain(self, thing: Thing, name: str) -> Any:
        """A plain field's value then."""
        spec = thing.spec
        fixed = {
            "__typename": spec.name,
            "id": thing.id,
            "iri": f"{self.base}/{spec.path}/{thing.id}",
            "createdAt": thing.created,
            "updatedAt": thing.updated,
        }
        if name in fixed:
            return fixed[name]
        if isinstance(spec, NodeSpec) and name in spec.schemes:
            return _primary(thing, name)
        declared = spec.fields.get(name)
        return thing.state.get(name, [] if declared and declared.many else None)

    # -- relations --------------------------------------------------------------------------------

    async def related(self, thing: Thing, relation: Relation) -> list[Thing]:
        """What stood at the other side of a relation then."""
        if relation.via is Via.IDENTIFIERS:
            return [self._identifier(i) for i in thing.state.get("identifiers", [])]
        if relation.via is Via.END:
            return await self.things([_id(thing.state["from" if relation.outgoing else "to"])])
        if relation.owned:
            return await self.things([_id(iri) for iri in thing.state.get(relation.name, [])])
        near = await self.things(await self._neighbours(thing, relation))
        me = f"{self.base}/{thing.spec.path}/{thing.id}"
        if relation.via is Via.PLAIN:
            (name,) = [e.name for e in self._edges(relation) if e.rel == relation.rel and e.inverse == relation.name]
            return [t for t in near if me in t.state.get(name, [])]
        mine, other = ("from", "to") if relation.outgoing else ("to", "from")
        edges = [t for t in near if t.state.get(mine) == me]
        if relation.via is Via.EDGE:
            return edges
        beyond = await self.things([_id(t.state[other]) for t in edges])
        return [t for t in beyond if t.spec.name in relation.targets]

    def _edges(self, relation: Relation) -> list[Any]:
        return [e for name in relation.targets for e in self.registry.nodes[name].edges.values()]

    async def _neighbours(self, thing: Thing, relation: Relation) -> list[str]:
        left, right = ("-", "->") if relation.outgoing else ("<-", "-")
        at = "e.id" if relation.via in {Via.EDGE, Via.ACROSS} else "m.id"
        walk = f"{left}[e:{relation.rel}|ONCE]{right}(m) WHERE type(e) <> 'ONCE' OR e.rel = $rel RETURN {at} AS id"
        alive = f"MATCH (n:{thing.spec.name} {{id: $id}}){walk}"
        gone = f"MATCH (n:Tombstone {{etype: $etype, id: $id}}){walk}"
        values = {"id": thing.id, "etype": thing.spec.name, "rel": relation.rel}
        return await self._run(f"CALL () {{ {alive} UNION {gone} }} RETURN collect(DISTINCT id)", values)

    def _identifier(self, found: Mapping[str, Any]) -> Thing:
        key = f"{found['scheme']}:{found['value']}"
        return Thing(key, self.registry.nodes["Identifier"], {**found, "key": key}, "", "")

    # -- lists ------------------------------------------------------------------------------------

    async def _page(
        self, things: list[Thing], relation: Relation, select: Select, variables: Mapping[str, Any]
    ) -> dict[str, Any]:
        args = resolve(dict(select.args), variables)
        kept = [t for t in things if await self.matches(t, args.get("filter"))]
        keys = sort_keys(self.registry.specs[relation.targets[0]], args.get("orderBy"))
        kept = in_order(kept, keys, self._sorting)
        marks = [[self._sorting(t, key.prop) for key in keys] for t in kept]
        return await self._parts(Page.cut(kept, marks, keys, args), select, variables)

    def _sorting(self, thing: Thing, prop: str) -> Any:
        return thing.id if prop == "key" else self.plain(thing, prop)

    async def _history(self, thing: Thing, select: Select, variables: Mapping[str, Any]) -> dict[str, Any]:
        args = resolve(dict(select.args), variables)
        spec = self.registry.nodes["ProvenanceRecord"]
        text = f"MATCH (r:ProvenanceRecord {{entityId: $id}}){where(THEN, visible(Row('r', spec), self.registry))}"
        values = {"id": thing.id, "moment": self.at.moment, "size": self.at.size, **self.viewer.parameters()}
        marks = await self._run(f"{text} WITH r ORDER BY r.time, r.cid RETURN collect([r.time, r.cid])", values)
        page = Page.cut([cid for _, cid in marks], marks, sort_keys(spec, None), args)
        return await self._parts(page, select, variables)

    async def _parts(self, page: Page, select: Select, variables: Mapping[str, Any]) -> dict[str, Any]:
        (typename, wanted), *_ = select.of.items()
        return {s.key: await self._part(page, s, typename, variables) for s in wanted}

    async def _part(self, page: Page, select: Select, typename: str, variables: Mapping[str, Any]) -> Any:
        if select.name == "totalCount":
            return page.total
        if select.name == "nodes":
            return await self._items(page.items, select, variables)
        (inner_type, inner), *_ = select.of.items() or [("", ())]
        if select.name == "pageInfo":
            facts = page.info(inner_type)
            return {s.key: facts[s.name] for s in inner}
        if select.name != "edges":
            return typename
        nodes = {s.key: await self._items(page.items, s, variables) for s in inner if s.name == "node"}
        return [
            {s.key: nodes[s.key][i] if s.key in nodes else (mark if s.name == "cursor" else inner_type) for s in inner}
            for i, mark in enumerate(page.marks)
        ]

    async def _items(self, items: list[Any], select: Select, variables: Mapping[str, Any]) -> list[Any]:
        if items and isinstance(items[0], str):
            return list(await self.read_records(items, select.of["ProvenanceRecord"]))
        return [await self._one(item, select, variables) for item in items]

    # -- filters ----------------------------------------------------------------------------------

    async def matches(self, thing: Thing, given: Any) -> bool:
        """Whether an entity met a filter then."""
        for name, value in (given or {}).items():
            if value is not None and not await self._entry(thing, name, value):
                return False
        return True

    async def _entry(self, thing: Thing, name: str, value: Any) -> bool:
        if name in {"and", "or"}:
            each = [await self.matches(thing, one) for one in value]
            return all(each) if name == "and" else any(each)
        if name == "not":
            return not await self.matches(thing, value)
        relation = self.registry.relations[thing.spec.name].get(name)
        if relation is None:
            scheme = name if isinstance(thing.spec, NodeSpec) and name in thing.spec.schemes else None
            return all(holds(self.plain(thing, name), op, wanted, scheme) for op, wanted in value.items())
        near = await self.related(thing, relation)
        for how, inner in value.items():
            if inner is not None:
                some = any([await self.matches(t, inner) for t in near])
                if some is (how == "none"):
                    return False
        return True


def _id(iri: str) -> str:
    return iri.rsplit("/", 1)[-1]


def _keys(thing: Thing) -> list[str]:
    return [f"{i['scheme']}:{i['value']}" for i in thing.state.get("identifiers", [])]


def _primary(thing: Thing, scheme: str) -> str | None:
    found = [(i["status"] != "valid", i["value"]) for i in thing.state.get("identifiers", []) if i["scheme"] == scheme]
    return min(found)[1] if found else None


__all__ = ["At", "EdgeSpec", "Past", "Thing"]
