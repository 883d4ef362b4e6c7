"""What a caller may ask the write door to do: typed changes and references between them.

Plain data. Nothing here is checked against the ontology or the store; `graph.commit` does both.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Local:
    """Another change of the same commit, by its `ref`."""

    name: str


@dataclass(frozen=True, slots=True)
class ByIdentifier:
    """The entity that bears this identifier; `raw` is normalised like any other.

    `etype` is the type it must have, where the edge leaves that open.
    """

    scheme: str
    raw: str
    etype: str | None = None


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity by type and id, where the id alone would leave the type open."""

    etype: str
    id: str


Ref: TypeAlias = "str | Entity | Local | ByIdentifier"
"""A text is an id; what types it may have follows from the edge it stands in."""

Mode = Literal["set", "add", "remove"]


@dataclass(frozen=True, slots=True)
class EdgeChange:
    """What happens to one plain edge: its targets are replaced, added to, or taken away."""

    refs: tuple[Ref, ...]
    mode: Mode = "set"


@dataclass(slots=True)
class Upsert:
    """Create an entity or bring it to this state. What is left out stays as it is; None removes a field.

    Without `id` it is found by its identifiers, else created. With an `id` that does not exist it is created
    with that id, unless `update_only`. `fields` maps graph names (`durationMs`) to values; lists replace.
    `identifiers` and `drop_identifiers` are (scheme, raw value) pairs. `source` and `target` are the ends of
    an edge type's entity. `ref` names the change for `Local` references within the commit.
    """

    etype: str
    id: str | None = None
    fields: dict[str, object] = field(default_factory=dict)
    identifiers: list[tuple[str, str]] = field(default_factory=list)
    drop_identifiers: list[tuple[str, str]] = field(default_factory=list)
    edges: dict[str, EdgeChange] = field(default_factory=dict)
    source: Ref | None = None
    target: Ref | None = None
    ref: str | None = None
    create_only: bool = False
    update_only: bool = False


@dataclass(slots=True)
class Delete:
    """Remove an entity, its edges, and the edges that carry data at it. Unknown ids are NotFound."""

    etype: str
    id: str


Change: TypeAlias = "Upsert | Delete"
Outcome = Literal["created", "updated", "unchanged", "deleted"]
SourceKind = Literal["user", "api", "import", "job", "migration", "system"]


@dataclass(frozen=True, slots=True)
class Source:
    """Through which door the changes came, and what that door calls its source (a batch, a request)."""

    kind: SourceKind
    ref: str | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one change: `cid` is the head of the entity's chain after the commit."""

    etype: str
    id: str
    outcome: Outcome
    cid: str | None


@dataclass(frozen=True, slots=True)
class Committed:
    """The answer to a commit, one result per change in order. `tx` is None when nothing changed."""

    tx: str | None
    results: tuple[Result, ...]
    replayed: bool = False
