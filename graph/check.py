"""Checks changes against the ontology before anything is read: pure, and the same for every caller.

Paths in errors start with the position of the change: `3.durationMs`.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from graph.change import Delete, EdgeChange, Ref, Upsert
from ontology.errors import Invalid
from ontology.identifiers import SCHEMES, Identifier, normalise
from ontology.shape import check_value
from ontology.terms import EdgeSpec, NodeSpec, Spec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from graph.change import Change
    from ontology.registry import Registry

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z", re.ASCII)
IDEMPOTENCY_KEY_MAX = 200
REFS_MAX = 10_000


@dataclass(slots=True)
class Checked:
    """A change whose values may be stored as they are. `delete` has nothing but type and id."""

    at: int
    spec: Spec
    id: str | None
    delete: bool = False
    fields: dict[str, Any] = field(default_factory=dict)
    identifiers: list[Identifier] = field(default_factory=list)
    drop: list[str] = field(default_factory=list)
    edges: dict[str, EdgeChange] = field(default_factory=dict)
    source: Ref | None = None
    target: Ref | None = None
    ref: str | None = None
    create_only: bool = False
    update_only: bool = False


def check(registry: Registry, changes: Sequence[Change]) -> list[Checked]:
    """The changes as they may be stored. Raises Invalid naming the first that may not."""
    return [_check(registry, at, change) for at, change in enumerate(changes)]


def content_hash(changes: Sequence[Change], reason: str | None) -> str:
    """What tells one content from another under the same idempotency key."""
    content = [[type(c).__name__, asdict(c)] for c in changes]
    text = json.dumps([content, reason], default=repr, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def check_idempotency_key(key: str | None) -> None:
    """Raises Invalid unless it is None or 1 to 200 characters."""
    if key is not None and not 0 < len(key) <= IDEMPOTENCY_KEY_MAX:
        hint = f"Give 1 to {IDEMPOTENCY_KEY_MAX} characters."
        raise Invalid("IDEMPOTENCY_KEY_INVALID", f"The idempotency key has {len(key)} characters.", hint)


def _check(registry: Registry, at: int, change: Change) -> Checked:
    spec = registry.specs.get(change.etype)
    if spec is None or not spec.recorded:
        raise Invalid("TYPE_UNKNOWN", f"There is no type {change.etype!r} to write.", "See the schema.", path=f"{at}")
    if isinstance(change, Delete):
        return Checked(at, spec, _id(change.id, at), delete=True)
    return Checked(
        at,
        spec,
        None if change.id is None else _id(change.id, at),
        fields=_fields(spec, change, at),
        identifiers=_identifiers(spec, change.identifiers, at),
        drop=[found.key for found in _identifiers(spec, change.drop_identifiers, at)],
        edges=_edges(spec, change, at),
        source=_end(spec, change.source, at),
        target=_end(spec, change.target, at),
        ref=change.ref,
        create_only=change.create_only,
        update_only=change.update_only,
    )


def _id(text: object, at: int) -> str:
    lowered = text.lower() if isinstance(text, str) else ""
    if not UUID.match(lowered):
        shown = repr(text)[:60]
        raise Invalid("ID_INVALID", f"{shown} is not an id.", "An id is a UUID.", path=f"{at}.id")
    return lowered


def _fields(spec: Spec, change: Upsert, at: int) -> dict[str, Any]:
    checked: dict[str, Any] = {}
    for name, value in change.fields.items():
        f = spec.fields.get(name)
        if f is None or f.system:
            hint = f"It has {', '.join(n for n, f in spec.fields.items() if not f.system)}."
            raise Invalid("FIELD_UNKNOWN", f"{spec.name} has no field {name!r} to set.", hint, path=f"{at}.{name}")
        checked[name] = check_value(f, value, f"{at}.{name}")
    return checked


def _identifiers(spec: Spec, pairs: list[tuple[str, str]], at: int) -> list[Identifier]:
    found: list[Identifier] = []
    schemes = spec.schemes if isinstance(spec, NodeSpec) else ()
    for scheme, raw in pairs:
        if scheme not in schemes or scheme not in SCHEMES:
            hint = f"It bears {', '.join(schemes) or 'none'}."
            path = f"{at}.identifiers"
            raise Invalid("SCHEME_UNKNOWN", f"A {spec.name} bears no {scheme!r}.", hint, path=path)
        if not isinstance(raw, str):
            raise Invalid("WRONG_TYPE", f"{scheme} is not text.", "Give it as text.", path=f"{at}.identifiers")
        read = normalise(scheme, raw)
        if read is not None:
            found.append(read)
    return found


def _edges(spec: Spec, change: Upsert, at: int) -> dict[str, EdgeChange]:
    for name, edge in change.edges.items():
        path = f"{at}.{name}"
        declared = spec.edges.get(name) if isinstance(spec, NodeSpec) else None
        if declared is None:
            raise Invalid("EDGE_UNKNOWN", f"{spec.name} has no edge {name!r} of its own.", "See the schema.", path=path)
        limit = REFS_MAX if declared.many else 1
        if len(edge.refs) > limit:
            raise Invalid(
                "TOO_MANY_TARGETS", f"{name} has {len(edge.refs)} targets.", f"Give {limit} at most.", path=path
            )
        for ref in edge.refs:
            _ref(ref, path)
    return change.edges


def _end(spec: Spec, ref: Ref | None, at: int) -> Ref | None:
    if ref is not None:
        if not isinstance(spec, EdgeSpec):
            raise Invalid("EDGE_UNKNOWN", f"A {spec.name} has no ends.", "Leave source and target out.", path=f"{at}")
        _ref(ref, f"{at}")
    return ref


def _ref(ref: Ref, path: str) -> None:
    if isinstance(ref, str) and not UUID.match(ref):
        raise Invalid("ID_INVALID", f"{ref[:60]!r} is not an id.", "An id is a UUID in lower case.", path=path)
