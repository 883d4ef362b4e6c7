"""Turns drafts into provenance: one record per entity and transaction, with its payloads.

Pure: time, randomness and the transaction's ULID are handed in. Nothing is stored here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graph.fold import own_fields
from ontology.terms import EdgeSpec, NodeSpec, Spec, Visibility
from provenance.cid import Cid
from provenance.clock import next_time
from provenance.record import SALT_BYTES, Source, build_payload, build_record

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.change import Outcome
    from graph.fold import Draft
    from graph.lock import Facts, Key, Stored
    from ontology.registry import Registry

SHARED = ("tx", "n", "time", "actor", "activity", "entity", "etype", "fields", "reason")
"""Properties of a record's node that stand in its block under the same name."""

ACTIVITIES: dict[Outcome, str] = {"created": "create", "updated": "update", "deleted": "delete"}


@dataclass(frozen=True, slots=True)
class Authorship:
    """Who answers for the changes of one request."""

    actor: str
    source: Source
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """What the record of a draft came to: its head and time, and the names of what changed."""

    outcome: Outcome
    cid: str
    time: str


class Names:
    """What the records of a store call things: read off the ontology once."""

    def __init__(self, registry: Registry, base_iri: str) -> None:
        self.prefix = {name: f"{base_iri}/{spec.path}/" for name, spec in registry.specs.items()}
        self.private = {name: frozenset(spec.private_fields) for name, spec in registry.specs.items()}
        self.unique = {
            (spec.rel if isinstance(spec, EdgeSpec) else name, f.name)
            for name, spec in registry.recorded.items()
            for f in spec.fields.values()
            if f.unique
        }


class Journal:
    """The records of one transaction; `rows` are the properties of their nodes, numbered in order."""

    def __init__(self, names: Names, tx: str, now: str, randomness: Callable[[int], bytes]) -> None:
        self.tx = tx
        self.rows: list[dict[str, Any]] = []
        self._now = now
        self._randomness = randomness
        self._prefix = names.prefix
        self._private = names.private

    def iri(self, key: Key) -> str:
        """The IRI of an entity."""
        return self._prefix[key[0]] + key[1]

    def enter(self, draft: Draft, facts: Facts, author: Authorship) -> Entry:
        """Record what a changed draft does to its entity."""
        head, head_time = _head(draft, facts)
        time, entity = next_time(self._now, head_time), self.iri(draft.key)
        outcome: Outcome = "deleted" if draft.deleted else "updated" if draft.stored else "created"
        before, after = self._before(draft), self._after(draft)
        links, row = self._payloads(draft, entity, after)
        row |= {
            "tx": self.tx,
            "n": len(self.rows),
            "time": time,
            "actor": author.actor,
            "activity": ACTIVITIES[outcome],
            "entity": entity,
            "etype": draft.spec.name,
            "fields": sorted(n for n in before.keys() | after.keys() if before.get(n) != after.get(n)),
            "reason": author.reason,
        }
        shared: dict[str, Any] = {name: row[name] for name in SHARED} | links
        prev = None if head is None else Cid.parse(head)
        cid, block = build_record(**shared, source=author.source, prev=prev)
        row |= {"cid": cid.text, "block": block, "log": draft.spec.visibility.value, "entityId": draft.key[1]}
        row |= {"prev": head, "sourceKind": author.source.kind, "sourceRef": author.source.ref}
        self.rows.append(row)
        return Entry(outcome, row["cid"], time)

    def _payloads(self, draft: Draft, entity: str, state: dict[str, Any]) -> tuple[dict[str, Cid], dict[str, Any]]:
        """The links to the payloads after the change, and the properties that hold them."""
        links: dict[str, Cid] = {}
        row: dict[str, Any] = {}
        for name, visibility in (("after", Visibility.PUBLIC), ("private", Visibility.PRIVATE)):
            part = self._part(draft.spec, state, visibility)
            if not draft.deleted and (part or name == "after"):
                links[name], block = build_payload(entity, part, self._randomness(SALT_BYTES))
                row[name], row[f"{name}Block"] = links[name].text, block
        return links, row

    def _before(self, draft: Draft) -> dict[str, Any]:
        old = draft.stored
        return {} if old is None else self._state(draft.spec, own_fields(draft.spec, old.props), old)

    def _after(self, draft: Draft) -> dict[str, Any]:
        return {} if draft.deleted else self._state(draft.spec, dict(draft.fields), draft)

    def _state(self, spec: Spec, state: dict[str, Any], of: Draft | Stored) -> dict[str, Any]:
        """The whole state as payloads spell it: to the fields come identifiers, edges as IRIs, and ends."""
        if of.identifiers:
            state["identifiers"] = [of.identifiers[key].as_map() for key in sorted(of.identifiers)]
        if isinstance(spec, NodeSpec):
            for name, ids in of.edges.items():
                prefix = self._prefix[spec.edges[name].target]
                state[name] = [prefix + known for known in sorted(ids)]
        elif of.source is not None and of.target is not None:
            state["from"], state["to"] = self.iri(of.source), self.iri(of.target)
        return state

    def _part(self, spec: Spec, state: dict[str, Any], visibility: Visibility) -> dict[str, Any]:
        """What of a state goes to one payload; only fields are ever private."""
        private, wanted = self._private[spec.name], visibility is Visibility.PRIVATE
        if not private:
            return {} if wanted else state
        return {name: value for name, value in state.items() if (name in private) is wanted}


def _head(draft: Draft, facts: Facts) -> tuple[str | None, str | None]:
    if draft.stored is not None:
        return draft.stored.props.get("_head"), draft.stored.props.get("_headTime")
    buried = facts.buried.get(draft.key)
    return (buried[1], buried[2]) if buried else (None, None)
