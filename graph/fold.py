"""Folds changes into what each entity is to become: pure, in memory, before anything is written.

One draft per entity, so that several changes of one entity leave one record. Decides who is meant by an
identifier and which edges fall with a deleted node; never reads or writes the store.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graph.change import ByIdentifier, Entity, Local, Ref
from graph.lock import Borne, Facts, Key, Stored
from ontology.errors import Conflict, Invalid, NotFound
from ontology.identifiers import normalise
from ontology.shape import check_required
from ontology.terms import EdgeSpec, NodeSpec, Spec

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from graph.check import Checked
    from ontology.registry import Registry


@dataclass(slots=True)
class Draft:
    """What an entity is to become. `request` tells whose it is: one request per entity and transaction."""

    key: Key
    spec: Spec
    request: int
    stored: Stored | None
    fields: dict[str, Any]
    identifiers: dict[str, Borne] = field(default_factory=dict)
    edges: dict[str, set[str]] = field(default_factory=dict)
    source: Key | None = None
    target: Key | None = None
    deleted: bool = False

    @property
    def unchanged(self) -> bool:
        """Whether it is to become what it is."""
        old = self.stored
        if old is None or self.deleted:
            return old is None and self.deleted
        return (
            self.fields == own_fields(self.spec, old.props)
            and self.identifiers.keys() == old.identifiers.keys()
            and self.edges.keys() == old.edges.keys()
            and all(self.edges[name] == old.edges[name].keys() for name in self.edges)
            and (self.source, self.target) == (old.source, old.target)
        )


class EntityTakenError(Exception):
    """Another request of the same transaction writes this entity; this one has to wait for the next."""


def own_fields(spec: Spec, props: dict[str, Any]) -> dict[str, Any]:
    """The declared fields among the properties of a node or relationship."""
    return {name: props[name] for name, f in spec.fields.items() if name in props and not f.system}


class Fold:
    """The drafts of one transaction. Requests are added in order; one that fails spoils the fold."""

    def __init__(self, registry: Registry, facts: Facts) -> None:
        self.registry = registry
        self.facts = facts
        self.drafts: dict[Key, Draft] = {}
        self.loose: list[str] = []  # relationships of types without records, to drop
        self._bearers: dict[str, list[Key]] = {}
        self._locals: dict[str, Key] = {}
        self._request = 0

    def add(self, request: int, changes: Sequence[Checked], new_id: Callable[[int], str]) -> list[Key]:
        """Fold one request; the entity of each of its changes. `new_id(at)` is the id for a created one."""
        self._request = request
        self._locals = {}
        keys = [self._delete(c) if c.delete else self._upsert(c, new_id) for c in changes]
        for change, key in zip(changes, keys, strict=True):
            if not change.delete:
                self._join(change, self.drafts[key])
        touched = [self.drafts[key] for key in dict.fromkeys(keys)]
        for draft in touched:
            complete(draft)
        if any(draft.deleted for draft in touched):
            self._check_ends()
        return keys

    # -- whom a change is about ------------------------------------------------------------------

    def _draft(self, key: Key) -> Draft:
        """The draft of an entity, as it stands if this is the first we hear of it."""
        draft = self.drafts.get(key)
        if draft is not None:
            if draft.request != self._request:
                raise EntityTakenError
            return draft
        spec, stored = self.registry.specs[key[0]], self.facts.stored.get(key)
        if stored is None:
            draft = Draft(key, spec, self._request, None, {})
        else:
            edges = {name: set(targets) for name, targets in stored.edges.items()}
            draft = Draft(
                key, spec, self._request, stored, own_fields(spec, stored.props), dict(stored.identifiers), edges
            )
            draft.source, draft.target = stored.source, stored.target
        self.drafts[key] = draft
        return draft

    def _upsert(self, change: Checked, new_id: Callable[[int], str]) -> Key:
        key = self._identify(change)
        exists = key is not None and self._exists(key)
        if change.update_only and not exists:
            raise NotFound("NOT_FOUND", f"There is no such {change.spec.name}.", "Check the id.", path=f"{change.at}")
        if change.create_only and exists:
            raise Conflict("ALREADY_EXISTS", f"That {change.spec.name} exists.", "Update it.", path=f"{change.at}")
        key = key or (change.spec.name, new_id(change.at))
        draft = self._draft(key)
        if draft.deleted:  # deleted and written again in one commit: begin from nothing
            draft.deleted, draft.fields, draft.identifiers, draft.edges = False, {}, {}, {}
        set_fields(draft, change)
        self._set_identifiers(draft, change)
        if change.ref is not None:
            self._locals[change.ref] = key
        return key

    def _identify(self, change: Checked) -> Key | None:
        if change.id is not None:
            return (change.spec.name, change.id)
        found = [b for i in change.identifiers if (b := self._bearing(i.key, (change.spec.name,)))]
        if not found:
            return None
        common = set(found[0]).intersection(*found[1:])
        if len(common) == 1:
            return common.pop()
        names = sorted({known for bearers in found for _, known in bearers})
        message = f"Several of type {change.spec.name} bear these identifiers: {', '.join(names[:5])}."
        raise Conflict(
            "IDENTIFIER_CONFLICT", message, "Give the id of the one you mean.", path=f"{change.at}.identifiers"
        )

    def _bearing(self, key: str, types: tuple[str, ...]) -> list[Key]:
        """Who bears an identifier, the drafts of this transaction included."""
        facts = self.facts
        known = [*facts.bearers.get(key, ()), *facts.named.get(key, ()), *self._bearers.get(key, ())]
        return [k for k in dict.fromkeys(known) if k[0] in types and self._bears(k, key)]

    def _bears(self, entity: Key, key: str) -> bool:
        draft = self.drafts.get(entity)
        return draft is None or (key in draft.identifiers and not draft.deleted)

    def _exists(self, key: Key) -> bool:
        draft = self.drafts.get(key)
        return not draft.deleted if draft is not None else key in self.facts.eids or key in self.facts.stored

    # -- what it is to become --------------------------------------------------------------------

    def _set_identifiers(self, draft: Draft, change: Checked) -> None:
        for key in change.drop:
            draft.identifiers.pop(key, None)
        for read in change.identifiers:
            if read.key not in draft.identifiers:
                draft.identifiers[read.key] = Borne(read.scheme, read.value, read.status, read.raw)
                self._bearers.setdefault(read.key, []).append(draft.key)

    def _join(self, change: Checked, draft: Draft) -> None:
        spec = draft.spec
        if isinstance(spec, EdgeSpec):
            if change.source is not None:
                draft.source = self._ref(change.source, spec.source.types, f"{change.at}.{spec.source.name}")
            if change.target is not None:
                draft.target = self._ref(change.target, spec.target.types, f"{change.at}.{spec.target.name}")
        elif isinstance(spec, NodeSpec):
            for name, edge in change.edges.items():
                types = (spec.edges[name].target,)
                ids = {self._ref(ref, types, f"{change.at}.{name}")[1] for ref in edge.refs}
                set_edge(draft, name, edge.mode, ids, many=spec.edges[name].many)

    def _ref(self, ref: Ref, types: tuple[str, ...], path: str) -> Key:
        """The one entity a reference names, among the types that may stand there."""
        if isinstance(ref, Local):
            found = [self._locals[ref.name]] if ref.name in self._locals else []
        elif isinstance(ref, Entity):
            found = [(ref.etype, ref.id)]
        elif isinstance(ref, ByIdentifier):
            read = normalise(ref.scheme, ref.raw)
            types = tuple(t for t in types if ref.etype in (None, t))
            found = self._bearing(read.key, types) if read else []
        else:
            found = [(etype, ref) for etype in types]
        found = [key for key in found if key[0] in types and self._exists(key)]
        if len(found) == 1:
            return found[0]
        if found:
            raise Invalid("TARGET_AMBIGUOUS", f"{path} may mean several things.", "Give the id.", path=path)
        raise Invalid(
            "TARGET_MISSING", f"{path} names nothing that exists.", f"Create the {' or '.join(types)} first.", path=path
        )

    # -- deletion --------------------------------------------------------------------------------

    def _delete(self, change: Checked) -> Key:
        key = (change.spec.name, change.id or "")
        if not self._exists(key):
            raise NotFound(
                "NOT_FOUND",
                f"There is no {change.spec.name} {key[1]}.",
                "It may be deleted already.",
                path=f"{change.at}",
            )
        draft = self._draft(key)
        draft.deleted = True
        for neighbour in self.facts.neighbours.get(key, ()):
            if neighbour.edge is not None:
                self._draft(neighbour.edge).deleted = True
            elif neighbour.owner is not None:
                set_edge(self._draft(neighbour.owner), neighbour.name, "remove", {key[1]}, many=True)
            else:
                self.loose.append(neighbour.eid)
        return key

    def _check_ends(self) -> None:
        """What is written in the same commit may not lead to what it deletes."""
        gone = {key for key, draft in self.drafts.items() if draft.deleted}
        for draft in self.drafts.values():
            if not draft.deleted and (draft.source in gone or draft.target in gone or _leads_to(draft, gone)):
                raise Invalid("TARGET_MISSING", f"A {draft.spec.name} leads to what this deletes.", "Remove the edge.")


def _leads_to(draft: Draft, gone: set[Key]) -> bool:
    spec = draft.spec
    return isinstance(spec, NodeSpec) and any(
        (spec.edges[name].target, target) in gone for name, targets in draft.edges.items() for target in targets
    )


def set_fields(draft: Draft, change: Checked) -> None:
    """Set what a change gives; None removes a field."""
    for name, value in change.fields.items():
        if value is None:
            draft.fields.pop(name, None)
        else:
            draft.fields[name] = value


def set_edge(draft: Draft, name: str, mode: str, ids: set[str], *, many: bool) -> None:
    """Set, add to or take from the targets of one plain edge."""
    before = draft.edges.get(name, set())
    kept = before if mode == "add" and many else set[str]()
    after = before - ids if mode == "remove" else kept | ids
    if after:
        draft.edges[name] = after
    else:
        draft.edges.pop(name, None)


def complete(draft: Draft) -> None:
    """Raises Invalid when something required is missing from what a draft is to become."""
    if draft.deleted:
        return
    check_required(draft.spec, draft.fields)
    if isinstance(draft.spec, EdgeSpec) and (draft.source is None or draft.target is None):
        names = f"{draft.spec.source.name} and {draft.spec.target.name}"
        raise Invalid("REQUIRED_MISSING", f"A {draft.spec.name} needs {names}.", "Name both ends.")
