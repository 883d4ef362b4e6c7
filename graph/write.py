"""From drafts to the rows that Cypher writes, and the statements in their order. Decides nothing.

The ordinary commit is one statement; what takes away, buries or revives costs one more each.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graph.cypher import statement
from graph.driver import OtherWriterError
from graph.fold import own_fields
from ontology.terms import EdgeSpec, NodeSpec

if TYPE_CHECKING:
    from graph.driver import Transaction
    from graph.fold import Draft
    from graph.lock import Borne, Facts, Key
    from graph.records import Entry

Row = dict[str, Any]


@dataclass(slots=True)
class Rows:
    """What is to be written. Links name their ends by key until `parameters` gives them positions."""

    facts: Facts
    creates: dict[Key, Row] = field(default_factory=dict)
    updates: list[tuple[Key, Row]] = field(default_factory=list)
    links: list[tuple[Key, Key, str, Row]] = field(default_factory=list)
    unlinks: list[Row] = field(default_factory=list)
    relinks: list[Row] = field(default_factory=list)
    burials: list[Row] = field(default_factory=list)
    marks: list[Row] = field(default_factory=list)
    revivals: list[Row] = field(default_factory=list)
    forgets: list[str] = field(default_factory=list)
    orphans: set[str] = field(default_factory=set)

    def add(self, draft: Draft, entry: Entry) -> None:
        """Plan the writes of one changed draft."""
        if isinstance(draft.spec, EdgeSpec):
            self._edge(draft, draft.spec, entry)
        elif isinstance(draft.spec, NodeSpec):
            self._node(draft, draft.spec, entry)

    # -- nodes -----------------------------------------------------------------------------------

    def _node(self, draft: Draft, spec: NodeSpec, entry: Entry) -> None:
        self._identifiers(draft)
        self._plain(draft, spec)
        old, props = draft.stored, _bookkeeping(entry)
        if draft.deleted:
            if old is not None:
                grave = {"etype": spec.name, "id": draft.key[1], "_head": entry.cid, "_headTime": entry.time}
                self.burials.append({"eid": old.eid, "props": grave})
            return
        if old is not None:
            before = own_fields(spec, old.props)
            props |= {n: v for n, v in draft.fields.items() if before.get(n) != v}
            props |= {n: None for n in before if n not in draft.fields}
            props |= _primaries(spec, draft.identifiers, old.props)
            self.updates.append((draft.key, props))
            return
        props |= {"id": draft.key[1], "createdAt": entry.time, **draft.fields}
        props |= {n: v for n, v in _primaries(spec, draft.identifiers, {}).items() if v is not None}
        if draft.key in self.facts.buried:
            eid = self.facts.buried[draft.key][0]
            self.revivals.append({"eid": eid, "label": spec.name, "props": props})
            self.facts.eids[draft.key] = eid
        else:
            self.creates[draft.key] = {"label": spec.name, "props": props}

    def _identifiers(self, draft: Draft) -> None:
        before = draft.stored.identifiers if draft.stored else {}
        after = {} if draft.deleted else draft.identifiers
        for key in sorted(after.keys() - before.keys()):
            borne = after[key]
            if key not in self.facts.identifiers:
                self.creates.setdefault(("Identifier", key), {"label": "Identifier", "props": _identifier(borne)})
            else:
                self.facts.eids["Identifier", key] = self.facts.identifiers[key]
            raw = {} if borne.raw == borne.value else {"raw": borne.raw}
            self.links.append((draft.key, ("Identifier", key), "IDENTIFIED_BY", raw))
        for key in before.keys() - after.keys():
            self.unlinks.append({"eid": before[key].eid, "rel": "IDENTIFIED_BY", "once": False, "id": None, "key": key})
            self.orphans.add(key)

    def _plain(self, draft: Draft, spec: NodeSpec) -> None:
        before = draft.stored.edges if draft.stored else {}
        after = {} if draft.deleted else draft.edges
        for name in before.keys() | after.keys():
            edge, old, new = spec.edges[name], before.get(name, {}), after.get(name, set())
            for target in sorted(new - old.keys()):
                self.links.append((draft.key, (edge.target, target), edge.rel, {}))
            for target in sorted(old.keys() - new):
                self.unlinks.append({"eid": old[target], "rel": edge.rel, "once": True, "id": None})

    # -- edges that carry data -------------------------------------------------------------------

    def _edge(self, draft: Draft, spec: EdgeSpec, entry: Entry) -> None:
        old, known = draft.stored, draft.key[1]
        moved = old is not None and (draft.source, draft.target) != (old.source, old.target)
        if old is not None and (draft.deleted or moved):
            self.unlinks.append({"eid": old.eid, "rel": spec.rel, "once": True, "id": known})
        if draft.deleted:
            self.marks.append({"etype": spec.name, "id": known, "_head": entry.cid, "_headTime": entry.time})
        elif old is None or moved:
            created = old.props["createdAt"] if old else entry.time
            props = {**draft.fields, "id": known, "createdAt": created, **_bookkeeping(entry)}
            if draft.source is not None and draft.target is not None:
                self.links.append((draft.source, draft.target, spec.rel, props))
            if old is None and draft.key in self.facts.buried:
                self.forgets.append(self.facts.buried[draft.key][0])
        else:
            before = own_fields(spec, old.props)
            props = {n: v for n, v in draft.fields.items() if before.get(n) != v}
            props |= {n: None for n in before if n not in draft.fields}
            self.relinks.append({"eid": old.eid, "props": props | _bookkeeping(entry)})

    # -- rows ------------------------------------------------------------------------------------

    def parameters(self, records: list[Row], answers: list[Row]) -> Row:
        """The parameters of `write.cypher`. All sorted, so that writers lock in one order."""
        created = sorted(self.creates)
        at = {key: position for position, key in enumerate(created)}
        known: dict[str, int] = {}

        def position(key: Key) -> int:
            if key in at:
                return at[key]
            return len(at) + known.setdefault(self.facts.eids[key], len(known))

        links = [
            {"a": position(a), "b": position(b), "rel": rel, "props": props}
            for a, b, rel, props in sorted(self.links, key=lambda link: (link[1], link[0]))
        ]
        return {
            "updates": [{"at": position(key), "props": props} for key, props in self.updates],
            "links": links,
            "creates": [self.creates[key] for key in created],
            "known": list(known),
            "records": records,
            "answers": answers,
        }

    async def store(self, tx: Transaction, records: list[Row], answers: list[Row]) -> None:
        """Write it all. Raises OtherWriterError when something that was seen has gone meanwhile."""
        for name, rows in (
            ("unlink", self.unlinks),
            ("relink", self.relinks),
            ("bury", self.burials),
            ("mark", self.marks),
            ("revive", self.revivals),
        ):
            if rows:
                _same(await tx.run(statement(name), {"rows": rows}), [len(rows)])
        if self.forgets:
            _same(await tx.run(statement("forget"), {"eids": self.forgets}), [len(self.forgets)])
        parameters = self.parameters(records, answers)
        found = await tx.run(statement("write"), parameters)
        _same(found, [len(parameters["known"]), len(parameters["links"])])
        if self.orphans:
            await tx.run(statement("orphans"), {"keys": sorted(self.orphans)})


def _same(found: list[Any], wanted: list[int]) -> None:
    if found != wanted:
        raise OtherWriterError


def _bookkeeping(entry: Entry) -> Row:
    return {"updatedAt": entry.time, "_head": entry.cid, "_headTime": entry.time}


def _identifier(borne: Borne) -> Row:
    props = {"key": borne.key, "scheme": borne.scheme, "value": borne.value, "status": borne.status}
    return props if borne.raw == borne.value else props | {"raw": borne.raw}


def _primaries(spec: NodeSpec, identifiers: dict[str, Borne], props: dict[str, Any]) -> Row:
    """The derived properties that differ: per scheme the first valid value, else the first invalid one."""
    best: dict[str, tuple[bool, str]] = {}
    for borne in identifiers.values():
        rank = (borne.status != "valid", borne.value)
        if borne.scheme not in best or rank < best[borne.scheme]:
            best[borne.scheme] = rank
    wanted = {scheme: best[scheme][1] if scheme in best else None for scheme in spec.schemes}
    return {scheme: value for scheme, value in wanted.items() if props.get(scheme) != value}
