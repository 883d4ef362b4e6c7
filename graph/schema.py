"""Constraints and indexes, derived from the declarations and compared with what the database shows.

Only adds. What the declarations no longer want is reported by `check`, never dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ontology.terms import EdgeSpec, NodeSpec

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graph.driver import Store
    from ontology.registry import Registry

Kind = Literal["UNIQUENESS", "RELATIONSHIP_UNIQUENESS", "RANGE", "RELATIONSHIP_RANGE", "FULLTEXT"]

ANALYZER = "standard-folding"
AWAIT_SECONDS = 600

# Nodes that are no types of the ontology: bookkeeping of this layer, without records (contract "Two logs").
HOUSE_KEYS = {
    "IdempotencyKey": ("key",),
    "ApiToken": ("hash",),
    "Sequence": ("log",),
    "Cursor": ("name",),
    "Tombstone": ("etype", "id"),
    "FormerIdentifier": ("key",),
}
HOUSE_INDEXES = {
    "ProvenanceRecord": (("entityId", "time"), ("log", "seq")),
    "ApiToken": (("id",),),
    "IdempotencyKey": (("createdAt",),),
}


@dataclass(frozen=True, slots=True, order=True)
class Rule:
    """One constraint or index. `token` is the label or relationship type."""

    name: str
    kind: Kind
    token: str
    properties: tuple[str, ...]
    eventual: bool = False

    @property
    def cypher(self) -> str:
        """The statement that makes it where it is missing."""
        on = f"(n:{self.token})" if not self.kind.startswith("RELATIONSHIP") else f"()-[n:{self.token}]-()"
        names = ", ".join(f"n.{p}" for p in self.properties)
        if self.kind.endswith("RANGE"):
            return f"CREATE INDEX {self.name} IF NOT EXISTS FOR {on} ON ({names})"
        if self.kind == "FULLTEXT":
            config = (
                f"`fulltext.analyzer`: '{ANALYZER}', `fulltext.eventually_consistent`: {str(self.eventual).lower()}"
            )
            options = f"OPTIONS {{indexConfig: {{{config}}}}}"
            return f"CREATE FULLTEXT INDEX {self.name} IF NOT EXISTS FOR {on} ON EACH [{names}] {options}"
        return f"CREATE CONSTRAINT {self.name} IF NOT EXISTS FOR {on} REQUIRE ({names}) IS UNIQUE"


def rules(registry: Registry) -> list[Rule]:
    """Everything the registry wants, sorted by name."""
    found = {rule.name: rule for rule in _house()}
    for node in registry.nodes.values():
        found |= {rule.name: rule for rule in _node(node)}
    for edge in registry.edges.values():
        found |= {rule.name: rule for rule in _edge(edge)}
    return sorted(found.values())


def search_index(spec: NodeSpec) -> str:
    """The name of a type's full-text index."""
    return f"{spec.path.replace('-', '_')}_search"


def _node(spec: NodeSpec) -> Iterator[Rule]:
    unique = {spec.key} | {f.name for f in spec.fields.values() if f.unique}
    ranged: set[tuple[str, ...]] = {(f.name,) for f in spec.fields.values() if f.index and f.name not in unique}
    ranged |= {(scheme,) for scheme in spec.schemes} | set(spec.indexes)
    yield from (_rule("UNIQUENESS", spec.name, (name,)) for name in sorted(unique))
    yield from (_rule("RANGE", spec.name, names) for names in sorted(ranged))
    if spec.search_fields:
        yield Rule(search_index(spec), "FULLTEXT", spec.name, spec.search_fields, spec.fulltext_eventual)


def _edge(spec: EdgeSpec) -> Iterator[Rule]:
    unique = {"id"} | {f.name for f in spec.fields.values() if f.unique}
    indexed = {f.name for f in spec.fields.values() if f.index} - unique
    yield from (_rule("RELATIONSHIP_UNIQUENESS", spec.rel, (name,)) for name in sorted(unique))
    yield from (_rule("RELATIONSHIP_RANGE", spec.rel, (name,)) for name in sorted(indexed))


def _house() -> Iterator[Rule]:
    yield from (_rule("UNIQUENESS", label, names) for label, names in HOUSE_KEYS.items())
    for label, indexes in HOUSE_INDEXES.items():
        yield from (_rule("RANGE", label, names) for names in indexes)


def _rule(kind: Kind, token: str, properties: tuple[str, ...]) -> Rule:
    suffix = "index" if kind.endswith("RANGE") else "key"
    return Rule("_".join((token, *properties, suffix)).lower(), kind, token, properties)


async def apply(store: Store, registry: Registry) -> None:
    """Make what is missing and wait until all indexes answer. Safe to repeat."""
    present = await _present(store)
    for rule in rules(registry):
        if rule not in present:
            await store.run(rule.cypher)
    await store.run("CALL db.awaitIndexes($seconds)", {"seconds": AWAIT_SECONDS})


async def check(store: Store, registry: Registry) -> list[str]:
    """One line per difference between what is wanted and what the database shows; empty when they agree."""
    present, wanted = await _present(store), set(rules(registry))
    missing = [f"missing: {rule.name}" for rule in sorted(wanted - present)]
    return missing + [f"not declared: {rule.name}" for rule in sorted(present - wanted)]


async def _present(store: Store) -> set[Rule]:
    indexes = await store.run(
        "SHOW INDEXES YIELD name, type, entityType, labelsOrTypes, properties, owningConstraint, options "
        "WHERE type <> 'LOOKUP' AND owningConstraint IS NULL "
        "RETURN name, CASE entityType WHEN 'RELATIONSHIP' THEN 'RELATIONSHIP_' ELSE '' END + type, "
        "labelsOrTypes[0], properties, options.indexConfig"
    )
    constraints = await store.run(
        "SHOW CONSTRAINTS YIELD name, type, labelsOrTypes, properties RETURN name, type, labelsOrTypes[0], properties"
    )
    found = {Rule(name, kind, token, tuple(names)) for name, kind, token, names in constraints}
    for name, kind, token, names, config in indexes:
        eventual = bool((config or {}).get("fulltext.eventually_consistent", False))
        found.add(Rule(name, kind, token, tuple(names), eventual))
    return found
