"""The language in which node and edge types are declared, once, for every derivation.

A type is a class: its docstring is its documentation, its class arguments are its options, its attributes
are its fields and edges. Nothing here knows Neo4j, GraphQL or RDF; those walk the specs that come out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import Enum
from inspect import cleandoc
from typing import Any, ClassVar, cast

from ontology.access import ANYONE, Rule

PREFIXES = {
    "omo": "{base}/ns#",
    "schema": "http://schema.org/",
    "mo": "http://purl.org/ontology/mo/",
    "prov": "http://www.w3.org/ns/prov#",
    "dcterms": "http://purl.org/dc/terms/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


class Kind(Enum):
    """What a value is; every derivation has one table keyed by it."""

    TEXT = "text"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    DATE = "date"  # YYYY, YYYY-MM or YYYY-MM-DD: music dates are often partial
    TIME = "time"  # UTC, YYYY-MM-DDTHH:MM:SS.ffffffZ
    ENUM = "enum"
    IRI = "iri"


class Visibility(Enum):
    """Which log a type is chained in, and which payload a field goes to."""

    PUBLIC = "public"
    PRIVATE = "private"


@dataclass(frozen=True, slots=True)
class Field:
    """One property of a type. `name` is the graph and GraphQL name, `attr` the Python one."""

    kind: Kind
    iri: str
    doc: str
    name: str = ""
    attr: str = ""
    required: bool = False
    many: bool = False
    unique: bool = False
    index: bool = False
    search: bool = False
    values: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    max_length: int = 4_000
    visibility: Visibility = Visibility.PUBLIC
    read: Rule = ANYONE
    system: bool = False  # set by the house, never by a caller


@dataclass(frozen=True, slots=True)
class Edge:
    """A plain edge, declared on its owner and part of the owner's state.

    `rel` is the Neo4j relationship type, `target` the type at the other end, `inverse` the read-only name
    under which the target sees it.
    """

    rel: str
    target: str
    iri: str
    doc: str
    inverse: str = ""
    inverse_doc: str = ""
    many: bool = True
    name: str = ""
    attr: str = ""


@dataclass(frozen=True, slots=True)
class End:
    """One end of an edge type: which types may stand there and how each side is spelled.

    `name` is the field on the edge; `edges` the connection of edges that each of `types` gets;
    `nodes` the shortcut connections to the nodes beyond, by the type found there.
    """

    name: str
    types: tuple[str, ...]
    edges: str
    nodes: dict[str, str]
    doc: str


def camel(attr: str) -> str:
    """`duration_ms` -> `durationMs`."""
    head, *rest = attr.split("_")
    return head + "".join(part.capitalize() for part in rest)


def kebab(name: str) -> str:
    """`ReleaseGroup` -> `release-group`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()


def lower_camel(name: str) -> str:
    """`ReleaseGroup` -> `releaseGroup`."""
    return name[0].lower() + name[1:]


# -- the words of the language -------------------------------------------------------------------


def text(iri: str, doc: str, **options: Any) -> Any:
    """Free text, NFC, without control characters."""
    return Field(Kind.TEXT, iri, doc, **options)


def integer(iri: str, doc: str, **options: Any) -> Any:
    """A whole number; within GraphQL's 32-bit Int unless bounded closer."""
    options.setdefault("minimum", -(2**31))
    options.setdefault("maximum", 2**31 - 1)
    return Field(Kind.INTEGER, iri, doc, **options)


def boolean(iri: str, doc: str, **options: Any) -> Any:
    """True or false."""
    return Field(Kind.BOOLEAN, iri, doc, **options)


def date(iri: str, doc: str, **options: Any) -> Any:
    """A calendar date of year, month or day precision."""
    return Field(Kind.DATE, iri, doc, max_length=10, **options)


def moment(iri: str, doc: str, **options: Any) -> Any:
    """An instant, UTC, to the microsecond."""
    return Field(Kind.TIME, iri, doc, max_length=27, **options)


def choice(iri: str, doc: str, *values: str, **options: Any) -> Any:
    """One of a closed list of words."""
    return Field(Kind.ENUM, iri, doc, values=values, **options)


def iri_value(iri: str, doc: str, **options: Any) -> Any:
    """An IRI of something outside this type's own edges."""
    return Field(Kind.IRI, iri, doc, **options)


def edge(rel: str, target: str, iri: str, doc: str, **options: Any) -> Any:
    """An edge without data of its own."""
    return Edge(rel, target, iri, doc, **options)


def end(name: str, types: tuple[str, ...], edges: str, nodes: dict[str, str], doc: str) -> Any:
    """One end of an edge type."""
    return End(name, types, edges, nodes, doc)


# -- what a declaration becomes ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Spec:
    """What nodes and edges have in common once declared. Maps keep the order of declaration."""

    name: str
    doc: str
    iri: str
    same_as: tuple[str, ...]
    visibility: Visibility
    read: Rule
    fields: dict[str, Field]
    recorded: bool
    writable: bool
    order: tuple[str, ...]  # how lists of them are sorted unless asked otherwise; ties go by id

    @property
    def path(self) -> str:
        """The segment of the type in IRIs."""
        return kebab(self.name)

    @property
    def singular(self) -> str:
        """The lowerCamel name: query name and JSON key."""
        return lower_camel(self.name)

    @property
    def public_fields(self) -> dict[str, Field]:
        """Fields whose values go to the public payload."""
        return {n: f for n, f in self.fields.items() if f.visibility is Visibility.PUBLIC}

    @property
    def private_fields(self) -> dict[str, Field]:
        """Fields whose values go to the personal-data payload."""
        return {n: f for n, f in self.fields.items() if f.visibility is Visibility.PRIVATE}


@dataclass(frozen=True, slots=True)
class NodeSpec(Spec):
    """A node type: its label is its name. `key` is the property that `id` reads."""

    plural: str
    key: str
    schemes: tuple[str, ...]
    edges: dict[str, Edge]
    indexes: tuple[tuple[str, ...], ...]
    fulltext_eventual: bool

    @property
    def search_fields(self) -> tuple[str, ...]:
        """Names of the properties in the type's full-text index."""
        return tuple(n for n, f in self.fields.items() if f.search)


@dataclass(frozen=True, slots=True)
class EdgeSpec(Spec):
    """An edge type with data: `rel` is its Neo4j relationship type, from `source` to `target`."""

    rel: str
    source: End
    target: End


def _collect(cls: type, kind: type) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for attr, value in vars(cls).items():
        if isinstance(value, kind):
            found[camel(attr)] = replace(cast("Field", value), name=camel(attr), attr=attr)
    return found


SYSTEM_FIELDS = {
    "createdAt": Field(
        Kind.TIME,
        "dcterms:created",
        "When the first fact about it was recorded.",
        "createdAt",
        "created_at",
        system=True,
    ),
    "updatedAt": Field(
        Kind.TIME, "dcterms:modified", "When it was changed last.", "updatedAt", "updated_at", system=True
    ),
}


class Node:
    """Subclass it to declare a node type; class arguments are the options of `NodeSpec`."""

    spec: ClassVar[NodeSpec]

    def __init_subclass__(
        cls,
        *,
        plural: str,
        iri: str,
        visibility: Visibility,
        read: Rule,
        same_as: tuple[str, ...] = (),
        schemes: tuple[str, ...] = (),
        indexes: tuple[tuple[str, ...], ...] = (),
        key: str = "id",
        recorded: bool = True,
        writable: bool = True,
        order: tuple[str, ...] = (),
        fulltext_eventual: bool = True,
    ) -> None:
        fields = _collect(cls, Field)
        cls.spec = NodeSpec(
            name=cls.__name__,
            doc=cleandoc(cls.__doc__ or ""),
            iri=iri,
            same_as=same_as,
            visibility=visibility,
            read=read,
            fields={**fields, **SYSTEM_FIELDS} if recorded else fields,
            recorded=recorded,
            writable=writable,
            order=order,
            plural=plural,
            key=key,
            schemes=schemes,
            edges=_collect(cls, Edge),
            indexes=indexes,
            fulltext_eventual=fulltext_eventual,
        )


class EdgeType:
    """Subclass it to declare an edge type that carries data; it needs a `source` and a `target` end."""

    spec: ClassVar[EdgeSpec]

    def __init_subclass__(
        cls,
        *,
        rel: str,
        iri: str,
        visibility: Visibility,
        read: Rule,
        same_as: tuple[str, ...] = (),
        writable: bool = True,
        order: tuple[str, ...] = (),
    ) -> None:
        ends: dict[str, End] = {k: v for k, v in vars(cls).items() if isinstance(v, End)}
        cls.spec = EdgeSpec(
            name=cls.__name__,
            doc=cleandoc(cls.__doc__ or ""),
            iri=iri,
            same_as=same_as,
            visibility=visibility,
            read=read,
            fields={**_collect(cls, Field), **SYSTEM_FIELDS},
            recorded=True,
            writable=writable,
            order=order,
            rel=rel,
            source=ends["source"],
            target=ends["target"],
        )


# -- relations: every way to walk from a type ----------------------------------------------------


class Via(Enum):
    """How a relation crosses the graph."""

    PLAIN = "plain"  # an edge without data, to the node
    EDGE = "edge"  # to the edge object of an edge type
    ACROSS = "across"  # over an edge type, to the distinct nodes beyond
    END = "end"  # from an edge object to the node at one end
    IDENTIFIERS = "identifiers"  # to the identifiers of a node
    IDENTIFIES = "identifies"  # from an identifier to what bears it


@dataclass(frozen=True, slots=True)
class Relation:
    """One field of a type that leads to other types; inverses and shortcuts are resolved here, once.

    `targets` are the type names found there (an edge type's name for `Via.EDGE`); `outgoing` is the
    direction of `rel` seen from the owner; `owned` is true where the relation is part of the owner's state.
    """

    name: str
    via: Via
    rel: str
    outgoing: bool
    targets: tuple[str, ...]
    many: bool
    doc: str
    iri: str = ""
    owned: bool = False
    edge: str = ""
    private: bool = field(default=False)
