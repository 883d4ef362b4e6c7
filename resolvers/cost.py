"""What an operation may cost: fields times page sizes, compiled once and worked out for each set of variables.

Runs on validated documents that passed `resolvers.limits`, so that writing fragments out is safe. What
`@skip` and `@include` leave out is counted all the same. Introspection costs nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    get_named_type,
)

from graph.plan import PAGE
from ontology.errors import Invalid
from resolvers.limits import DEFAULT, Allowance
from resolvers.roots import Root

Variables = Mapping[str, Any]
Size = Callable[[Variables], int]
Cost = Callable[[Variables], int]
"""The cost for coerced variables. Raises Invalid(COST_EXCEEDED, PAGE_TOO_LARGE, PAGE_INVALID, BATCH_TOO_LARGE)."""

ITEMS: Final = frozenset({"edges", "nodes", "results"})


@dataclass(slots=True)
class Count:
    """`groups[i]` is how many fields stand under the same lists; `sizes[i]` is how the innermost of these is
    sized, and the group around it.
    """

    groups: list[int] = field(default_factory=lambda: [0])
    sizes: list[tuple[int, Size | int]] = field(default_factory=lambda: [(0, 1)])

    def within(self, group: int, size: Size | int) -> int:
        """A new group under a list of this size."""
        self.groups.append(0)
        self.sizes.append((group, size))
        return len(self.groups) - 1


@dataclass(frozen=True, slots=True)
class Place:
    """A selection set to be counted: what type it is on, its group, and the group of the items of the list."""

    on: Any
    group: int
    items: int


def compile_cost(
    core: GraphQLSchema,
    roots: Mapping[str, Root],
    document: DocumentNode,
    operation: OperationDefinitionNode,
    allowance: Allowance = DEFAULT,
) -> Cost:
    """The cost of an operation as a function of its coerced variables.

    What does not depend on variables is settled here, so that it may raise at once.
    """
    count = _count(core, roots, document, operation, allowance)
    if all(isinstance(size, int) for _, size in count.sizes):
        fixed = _total(count, {}, allowance)
        return lambda _: fixed
    return lambda variables: _total(count, variables, allowance)


def _total(count: Count, variables: Variables, allowance: Allowance) -> int:
    times: list[int] = []
    total = 0
    for (around, size), fields in zip(count.sizes, count.groups, strict=True):
        items = size if isinstance(size, int) else size(variables)
        times.append(items * times[around] if times else items)
        total += times[-1] * fields
    if total > allowance.cost:
        raise Invalid(
            "COST_EXCEEDED",
            f"The operation costs {total:,} (fields times page sizes); the limit is {allowance.cost:,}.",
            "Ask for smaller pages (first: …), fewer fields, or less at once.",
        )
    return total


def _count(
    core: GraphQLSchema,
    roots: Mapping[str, Root],
    document: DocumentNode,
    operation: OperationDefinitionNode,
    allowance: Allowance,
) -> Count:
    fragments = {n.name.value: n for n in document.definitions if isinstance(n, FragmentDefinitionNode)}
    count = Count()
    waiting = [(operation.selection_set, Place(core.get_root_type(operation.operation), 0, 0))]
    while waiting:
        here, place = waiting.pop()
        for selection in here.selections:
            if isinstance(selection, FieldNode):
                inner = _field(selection, place, count, roots, allowance)
                if inner is not None and selection.selection_set:
                    waiting.append((selection.selection_set, inner))
                continue
            found = _spread(core, selection, fragments)
            if found is not None:
                on, selections = found
                waiting.append((selections, Place(on or place.on, place.group, place.items)))
    return count


def _spread(
    core: GraphQLSchema, selection: Any, fragments: Mapping[str, FragmentDefinitionNode]
) -> tuple[Any, SelectionSetNode] | None:
    if isinstance(selection, InlineFragmentNode):
        condition = selection.type_condition
        return condition and core.get_type(condition.name.value), selection.selection_set
    if isinstance(selection, FragmentSpreadNode) and selection.name.value in fragments:
        fragment = fragments[selection.name.value]
        return core.get_type(fragment.type_condition.name.value), fragment.selection_set
    return None


def _field(
    node: FieldNode, place: Place, count: Count, roots: Mapping[str, Root], allowance: Allowance
) -> Place | None:
    """Count a field; where its own selections are to be counted, or None where they cost nothing."""
    name = node.name.value
    if name.startswith("__") or not isinstance(place.on, GraphQLObjectType | GraphQLInterfaceType):
        return None
    group = place.items if name in ITEMS else place.group
    count.groups[group] += 1
    kind = place.on.fields.get(name)
    if kind is None:
        return None
    items = group
    if "first" in kind.args:
        items = count.within(group, _page(node, allowance))
    else:
        root = roots.get(f"{place.on.name}.{name}")
        if root is not None and root.kind == "upsert_many":
            items = count.within(group, _batch(node, allowance))
    return Place(get_named_type(kind.type), group, items)


def _page(node: FieldNode, allowance: Allowance) -> Size | int:
    """How many items a list may bring: as asked for, else a default page."""
    given = {a.name.value: _number(a.value) for a in node.arguments or () if a.name.value in {"first", "last"}}
    name = node.name.value

    def size(variables: Variables) -> int:
        asked = {n: v(variables) if callable(v) else v for n, v in given.items()}
        return _page_size(name, asked.get("first"), asked.get("last"), allowance)

    return size if any(callable(v) for v in given.values()) else size({})


def _page_size(name: str, first: int | None, last: int | None, allowance: Allowance) -> int:
    if first is not None and last is not None:
        raise Invalid(
            "PAGE_INVALID",
            f"{name} is asked for the first {first} and the last {last} at once.",
            "Give first or last, not both.",
        )
    asked = first if first is not None else last
    if asked is None:
        return PAGE
    if asked < 0:
        raise Invalid("PAGE_INVALID", f"{name} is asked for a page of {asked}.", "Ask for 0 or more.")
    if asked > allowance.page:
        raise Invalid(
            "PAGE_TOO_LARGE",
            f"{name} is asked for a page of {asked:,}; the limit is {allowance.page:,}.",
            "Ask for less, then page on with `after`.",
        )
    return asked


def _number(value: ValueNode) -> int | Callable[[Variables], Any] | None:
    if isinstance(value, VariableNode):
        name = value.name.value
        return lambda variables: variables.get(name)
    return int(value.value) if isinstance(value, IntValueNode) else None


def _batch(node: FieldNode, allowance: Allowance) -> Size | int:
    """How many changes a plural mutation brings."""
    value = next((a.value for a in node.arguments or () if a.name.value == "input"), None)
    name = node.name.value
    if isinstance(value, VariableNode):
        variable = value.name.value
        return lambda variables: _batch_size(name, _length(variables.get(variable)), allowance)
    if value is None or isinstance(value, NullValueNode):
        return 0
    return _batch_size(name, len(value.values) if isinstance(value, ListValueNode) else 1, allowance)


def _length(value: Any) -> int:
    return len(value) if isinstance(value, list) else int(value is not None)


def _batch_size(name: str, size: int, allowance: Allowance) -> int:
    if size > allowance.batch:
        raise Invalid(
            "BATCH_TOO_LARGE",
            f"{name} is given {size:,} inputs; the limit is {allowance.batch:,}.",
            "Send them in several requests.",
        )
    return size
