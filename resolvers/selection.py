"""From a GraphQL selection to the neutral plan: fields collected, fragments merged, arguments read.

Follows the specification's CollectFields for each concrete type. Variables that can change a statement's
text (filters, orders, enums, booleans, nulls) are read now; all other values stay `Ref`s.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    BooleanValueNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    ListValueNode,
    NullValueNode,
    ObjectValueNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    coerce_input_literal,
    get_named_type,
    get_nullable_type,
    is_composite_type,
)
from graphql.type import GraphQLAbstractType, is_abstract_type

from graph.plan import Ref, Select

STANDARD = {"skip", "include"}


class Uncompiled(Exception):  # noqa: N818 - a signal, not a failure
    """The operation uses something that only the ordinary executor knows."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the selections of one operation. `variables` are coerced; only their shape is looked at.

    A `tag` is a key under which every value of an abstract type says its type, for graphql-core to find.
    """

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any]
    tag: str = ""

    def fields(self, parent: GraphQLObjectType, sets: list[SelectionSetNode]) -> dict[str, list[FieldNode]]:
        """The fields selected on a concrete type, by response key, in answer order."""
        found: dict[str, list[FieldNode]] = {}
        seen: set[str] = set()
        for one in sets:
            self._collect(parent, one, found, seen)
        return found

    def _collect(
        self, parent: GraphQLObjectType, chosen: SelectionSetNode, found: dict[str, list[FieldNode]], seen: set[str]
    ) -> None:
        for node in chosen.selections:
            if not self._included(node):
                continue
            if isinstance(node, FieldNode):
                found.setdefault(node.alias.value if node.alias else node.name.value, []).append(node)
            elif isinstance(node, InlineFragmentNode):
                if self._applies(parent, node.type_condition.name.value if node.type_condition else None):
                    self._collect(parent, node.selection_set, found, seen)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
                seen.add(node.name.value)
                fragment = self.fragments[node.name.value]
                if self._applies(parent, fragment.type_condition.name.value):
                    self._collect(parent, fragment.selection_set, found, seen)

    def _included(self, node: Any) -> bool:
        for directive in node.directives or ():
            name = directive.name.value
            if name not in STANDARD:
                if self.tag:
                    continue
                raise Uncompiled
            condition = next(a.value for a in directive.arguments if a.name.value == "if")
            wanted = (
                condition.value if isinstance(condition, BooleanValueNode) else self.variables.get(condition.name.value)
            )
            if wanted is None and not self.tag:
                raise Uncompiled
            if bool(wanted) is (name == "skip"):
                return False
        return True

    def _applies(self, parent: GraphQLObjectType, condition: str | None) -> bool:
        if condition is None or condition == parent.name:
            return True
        kind = self.schema.get_type(condition)
        return is_abstract_type(kind) and self.schema.is_sub_type(_abstract(kind), parent)

    def select(self, key: str, nodes: list[FieldNode], parent: GraphQLObjectType) -> Select:
        """One field of a concrete type with everything that is selected under it."""
        name = nodes[0].name.value
        if name == "__typename":
            return Select(key, name)
        if name.startswith("__"):
            raise Uncompiled
        declared = parent.fields[name]
        kind = get_named_type(declared.type)
        of = {}
        if is_composite_type(kind):
            sets = [n.selection_set for n in nodes if n.selection_set]
            tag = (Select(self.tag, "__typename"),) if self.tag and is_abstract_type(kind) else ()
            of = {t.name: (*tag, *self.selected(t, sets)) for t in self._possible(kind)}
        return Select(key, name, self.arguments(declared, nodes[0]), of)

    def selected(self, parent: GraphQLObjectType, sets: list[SelectionSetNode]) -> tuple[Select, ...]:
        """Everything selected on a concrete type."""
        return tuple(self.select(key, nodes, parent) for key, nodes in self.fields(parent, sets).items())

    def _possible(self, kind: Any) -> Iterator[GraphQLObjectType]:
        if isinstance(kind, GraphQLObjectType):
            yield kind
        else:
            yield from self.schema.get_possible_types(kind)

    # -- arguments --------------------------------------------------------------------------------

    def arguments(self, declared: GraphQLField, node: FieldNode) -> dict[str, Any]:
        """The field's arguments; values that come with the request are Refs."""
        given = {a.name.value: a.value for a in node.arguments or () if self._said(a.value)}
        return {name: self._value(declared.args[name].type, value) for name, value in given.items()}

    def _said(self, node: ValueNode) -> bool:
        """Whether a value is there: a variable that was not given counts as if its place were left out."""
        return not isinstance(node, VariableNode) or node.name.value in self.variables

    def _value(self, kind: GraphQLInputType, node: ValueNode) -> Any:
        if isinstance(node, VariableNode):
            name = node.name.value
            value = self.variables.get(name)
            if value is None and isinstance(kind, GraphQLNonNull) and not self.tag:
                raise Uncompiled  # a null where none may be: the ordinary executor knows what to say
            return self._variable(kind, (name,), value)
        if isinstance(node, NullValueNode):
            return None
        if isinstance(kind, GraphQLNonNull):
            return self._value(kind.of_type, node)
        if isinstance(kind, GraphQLList):
            items = node.values if isinstance(node, ListValueNode) else [node]
            return [self._value(kind.of_type, item) for item in items]
        if isinstance(kind, GraphQLInputObjectType) and isinstance(node, ObjectValueNode):
            said = [f for f in node.fields if self._said(f.value)]
            return {f.name.value: self._value(kind.fields[f.name.value].type, f.value) for f in said}
        return coerce_input_literal(node, kind)

    def _variable(self, kind: Any, path: tuple[str | int, ...], value: Any) -> Any:
        """The part of a variable that shapes the statement; scalars stay references into it."""
        kind = get_nullable_type(kind)
        if value is None:
            return None
        if isinstance(kind, GraphQLList):
            if not isinstance(get_named_type(kind), GraphQLEnumType | GraphQLInputObjectType):
                return Ref(path)
            items = value if isinstance(value, list) else [value]
            return [self._variable(kind.of_type, (*path, i), item) for i, item in enumerate(items)]
        if isinstance(kind, GraphQLInputObjectType):
            return {n: self._variable(kind.fields[n].type, (*path, n), v) for n, v in value.items()}
        if isinstance(kind, GraphQLEnumType) or kind.name == "Boolean":
            return value
        return Ref(path)


def fingerprint(value: Any, kind: Any) -> Any:
    """What of a variable's value can change a statement: everything but plain scalars."""
    kind = get_nullable_type(kind)
    if value is None:
        return None
    if isinstance(kind, GraphQLList):
        if not isinstance(get_named_type(kind), GraphQLEnumType | GraphQLInputObjectType):
            return True
        return tuple(fingerprint(item, kind.of_type) for item in value)
    if isinstance(kind, GraphQLInputObjectType):
        return tuple((n, fingerprint(v, kind.fields[n].type)) for n, v in value.items())
    if isinstance(kind, GraphQLEnumType) or kind.name == "Boolean":
        return value
    return True


def shapes(kind: Any) -> bool:
    """Whether values of an input type can change a statement; a plain value that may be null can."""
    inner = get_named_type(kind)
    if isinstance(inner, GraphQLEnumType | GraphQLInputObjectType) or inner.name == "Boolean":
        return True
    return not isinstance(kind, GraphQLNonNull)


def _abstract(kind: Any) -> GraphQLAbstractType:
    return kind  # type: ignore[no-any-return]
