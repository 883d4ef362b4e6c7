"""Root fields that read the graph, each compiled to one statement; used by both executors."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from graph import past
from graph.enter import render
from graph.plan import Ref, Root, RootKind, Select, parameters, resolve
from graph.render import Statement
from resolvers.context import Context, House
from resolvers.roots import Root as Declared

KINDS = {
    "lookup": RootKind.LOOKUP,
    "connection": RootKind.CONNECTION,
    "node": RootKind.NODE,
    "search": RootKind.SEARCH,
}


IDS = "\0ids"
"""Beside the variables of a request; no variable can be called that."""


@dataclass(frozen=True, slots=True)
class RootField:
    """One root field of one operation shape. `asks` is true where its statement looks at the viewer."""

    root: Root
    statement: Statement
    asks: bool

    async def run(self, context: Context) -> Any:
        """The field's value as maps and lists in answer order. Raises OmnisonicError, or shape.Missing."""
        values = parameters(self.statement.slots, context.variables)
        if self.asks:
            values |= context.facts
        found = await context.house.store.read(self.statement.text, values, deadline=context.remaining())
        return self.statement.shape(found[0] if found else None)


@dataclass(frozen=True, slots=True)
class PastField:
    """A lookup as of a time or a log size, answered from stored payloads."""

    root: Root
    moment: Any
    size: Any

    async def run(self, context: Context) -> Any:
        """As `RootField.run`."""
        house = context.house
        at = past.At.of(resolve(self.moment, context.variables), resolve(self.size, context.variables))

        async def records(cids: list[str], wanted: tuple[Select, ...]) -> Any:
            return await by_ids(house, "ProvenanceRecord", wanted).run(literal(cids, context))

        reader = past.Past(house.store, house.registry, house.base_iri, context.viewer, at, context.remaining, records)
        return await reader.lookup(self.root, context.variables)


ReadField = RootField | PastField


def read_field(house: House, declared: Declared, select: Select, *, strict: bool = True) -> ReadField:
    """Compile one root field of Query. Raises Invalid where its arguments make no sense."""
    root = Root(KINDS[declared.kind], declared.type or "", select)
    moment, size = select.args.get("asOf"), select.args.get("asOfSize")
    if moment is not None or size is not None:
        return PastField(root, moment, size)
    return compiled(house, root, strict=strict)


def compiled(house: House, root: Root, *, strict: bool = True) -> RootField:
    """The statement of a root with what it needs to know to run."""
    statement = render(house.registry, house.base_iri, root, strict=strict)
    return RootField(root, statement, "$viewer" in statement.text)


def by_ids(house: House, type_name: str, wanted: tuple[Select, ...], *, strict: bool = True) -> RootField:
    """What is wanted of entities of a type, by the ids that `literal` adds to the variables."""
    select = Select("ids", "ids", {"ids": Ref((IDS,))}, {type_name: wanted})
    return compiled(house, Root(RootKind.BY_IDS, type_name, select), strict=strict)


def literal(ids: list[str], context: Context) -> Context:
    """The same context, its variables joined by the ids that were written."""
    return replace(context, variables={**context.variables, IDS: ids})
