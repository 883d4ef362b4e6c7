"""From a plan to one Cypher statement and the function that shapes its one record.

The text depends on the selection alone; values are parameters. No network, no clock: a pure function.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from graph import shape
from graph.computed import COMPUTED
from graph.connection import Connection, Entry, Source
from graph.filter import Filter, Names, Row, step, visible, where
from graph.plan import Binder, Select, Slot
from graph.shape import Shape
from ontology.access import Anyone
from ontology.registry import Registry
from ontology.terms import EdgeSpec, Field, NodeSpec, Relation, Spec, Via


@dataclass(frozen=True, slots=True)
class Statement:
    """Cypher that returns one record with one value (or none), its parameters, and the value's shape."""

    text: str
    slots: list[Slot]
    shape: Shape


@dataclass(slots=True)
class Column:
    """One expression of a projection and what becomes of its value; `needed` values may not be null."""

    key: str
    cypher: str
    shape: Shape | None = None
    needed: bool = False


@dataclass(slots=True)
class Renderer:
    """Renders the selections of one statement. A strict one's shapes raise Missing for nulls that may not be."""

    registry: Registry
    base: str
    strict: bool = True
    bind: Binder = field(default_factory=Binder)
    names: Names = field(default_factory=Names)

    @property
    def filter(self) -> Filter:
        """The filter compiler of this statement."""
        return Filter(self.registry, self.bind, self.names)

    def row(self, row: Row, wanted: tuple[Select, ...]) -> tuple[str, Shape]:
        """The list expression that holds a row's selected columns, and its shape."""
        columns = [self._column(row, select) for select in wanted]
        text = f"[{', '.join(c.cypher for c in columns)}]"
        inner = {i: c.shape for i, c in enumerate(columns) if c.shape is not None}
        needed = frozenset(i for i, c in enumerate(columns) if c.needed and self.strict)
        return text, shape.record([c.key for c in columns], inner, needed)

    def _column(self, row: Row, select: Select) -> Column:
        spec, name = row.spec, select.name
        if name in {"id", "iri", "__typename"}:
            return self._identity(row, select)
        if name in spec.fields:
            return _property(row, select, spec.fields[name])
        if isinstance(spec, NodeSpec) and name in spec.schemes:
            return Column(select.key, f"{row.var}.{name}")
        relation = self.registry.relations[spec.name].get(name)
        if relation is not None:
            return self._relation(row, select, relation)
        return self._history(row, select) if name == "history" else _computed(row, select)

    def _identity(self, row: Row, select: Select) -> Column:
        if select.name == "__typename":
            return Column(select.key, f"'{row.spec.name}'")
        at = f"{row.var}.{key_of(row.spec)}"
        prefix = f"{self.base}/{row.spec.path}/"
        return Column(select.key, at, shape.prefixed(prefix) if select.name == "iri" else None, needed=True)

    def _relation(self, row: Row, select: Select, relation: Relation) -> Column:
        if relation.via is Via.END:
            return self._end(row, select, relation)
        if relation.many:
            return self._connection(row, select, relation)
        there = Row(self.names("n"), self.registry.specs[relation.targets[0]])
        text, shaped = self.row(there, select.of[there.spec.name])
        rule = where(visible(there, self.registry))
        found = f"COLLECT {{ MATCH {step(relation, row, there.var)}{rule} RETURN {text} LIMIT 1 }}"
        return Column(select.key, f"head({found})", shape.optional(shaped))

    def _end(self, row: Row, select: Select, relation: Relation) -> Column:
        var = row.ends[0 if relation.outgoing else 1]
        if len(relation.targets) == 1:
            there = Row(var, self.registry.specs[relation.targets[0]])
            text, shaped = self.row(there, select.of[there.spec.name])
            rule = visible(there, self.registry)
            text = f"CASE WHEN {rule} THEN {text} END" if rule else text
            return Column(select.key, text, self._present(shaped))
        text, shaped = self.either(var, relation.targets, select.of)
        return Column(select.key, text, self._present(shaped))

    def _present(self, shaped: Shape) -> Shape:
        return shape.required(shaped) if self.strict else shape.optional(shaped)

    def either(self, var: str, targets: tuple[str, ...], of: Mapping[str, tuple[Select, ...]]) -> tuple[str, Shape]:
        """`[type name, row]` of a variable that may hold one of several node types, and its shape."""
        cases: list[str] = []
        shapes: dict[str, Shape] = {}
        for target in targets:
            there = Row(var, self.registry.specs[target])
            text, shapes[target] = self.row(there, of.get(target, ()))
            rule = visible(there, self.registry)
            cases.append(f"WHEN {var}:{target}{' AND ' + rule if rule else ''} THEN ['{target}', {text}]")
        return f"CASE {' '.join(cases)} END", shape.tagged(shapes)

    def _connection(self, row: Row, select: Select, relation: Relation) -> Column:
        if relation.via is Via.IDENTIFIES:
            there = Row(self.names("n"), next(iter(self.registry.nodes.values())))
            source = Source(step(relation, row, there.var), there, targets=relation.targets)
        else:
            pattern, there = self.filter.walk(row, relation)
            source = Source(pattern, there, distinct=relation.via is Via.ACROSS)
        text, shaped = Connection(self, source, select).render()
        return Column(select.key, text, shaped)

    def _history(self, row: Row, select: Select) -> Column:
        there = Row(self.names("r"), self.registry.nodes["ProvenanceRecord"])
        pattern = f"({there.var}:ProvenanceRecord {{entityId: {row.var}.{key_of(row.spec)}}})"
        text, shaped = Connection(self, Source(pattern, there), select).render()
        return Column(select.key, text, shaped)

    def entries(self, source: Source, select: Select, item: Callable[[], int]) -> Entry:
        """What one `node`/`nodes` selection adds to an item: its expression, column and shape."""
        if source.targets:
            text, shaped = self.either(source.row.var, source.targets, select.of)
        else:
            text, shaped = self.row(source.row, select.of[source.row.spec.name])
        return Entry(item(), text, shaped)

    def done(self, text: str, shaped: Shape) -> Statement:
        """The finished statement."""
        return Statement(text, self.bind.slots, shaped)


def _computed(row: Row, select: Select) -> Column:
    cypher, shaped = COMPUTED[select.name](row.var, select)
    return Column(select.key, cypher, shaped)


def _property(row: Row, select: Select, f: Field) -> Column:
    at = f"{row.var}.{f.name}"
    at = f"coalesce({at}, [])" if f.many else at
    if not isinstance(f.read, Anyone):
        at = f"CASE WHEN {f.read.cypher(row.var)} THEN {at}{' ELSE []' if f.many else ''} END"
        return Column(select.key, at)
    return Column(select.key, at, needed=f.required)


def key_of(spec: Spec) -> str:
    """The property that `id` reads."""
    return spec.key if isinstance(spec, NodeSpec) else "id"


def bound(row: Row) -> str:
    """The pattern that finds every row of a type."""
    if isinstance(row.spec, EdgeSpec):
        source, target = row.spec.source.types, row.spec.target.types
        return f"({row.ends[0]}:{'|'.join(source)})-[{row.var}:{row.spec.rel}]->({row.ends[1]}:{'|'.join(target)})"
    return f"({row.var}:{row.spec.name})"
