"""Operations made ready: parsed, limited and validated once per text, compiled once per shape. Bounded."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    get_named_type,
    type_from_ast,
    validate,
)
from graphql.execution.values import VariableValues, get_variable_values

from ontology.errors import Invalid, OmnisonicError
from resolvers.cost import Cost, compile_cost
from resolvers.derive import Derived
from resolvers.limits import DEFAULT, Allowance, check, read
from resolvers.selection import Reader, fingerprint, shapes

K = TypeVar("K")
V = TypeVar("V")

DOCUMENTS = 1_000
SHAPES = 64
ERRORS = 20
ABSENT = "absent"
"""In place of a fingerprint: a variable that was left out is not one that is null."""


class Recent(Generic[K, V]):
    """A bounded map that forgets what was used longest ago."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.kept: OrderedDict[K, V] = OrderedDict()

    def get(self, key: K) -> V | None:
        """The value, now the most recent one, or None."""
        found = self.kept.get(key)
        if found is not None:
            self.kept.move_to_end(key)
        return found

    def put(self, key: K, value: V) -> V:
        """Keep the value, forgetting another where there is no room."""
        self.kept[key] = value
        if len(self.kept) > self.size:
            self.kept.popitem(last=False)
        return value


@dataclass(slots=True)
class Operation:
    """One operation of a document. `compiled` holds what it was compiled to, by the shape of its variables."""

    node: OperationDefinitionNode
    document: DocumentNode
    fragments: Mapping[str, FragmentDefinitionNode]
    root: GraphQLObjectType
    cost: Cost
    shaping: tuple[tuple[str, Any], ...]
    compiled: Recent[tuple[Any, ...], Any] = field(default_factory=lambda: Recent(SHAPES))

    @property
    def kind(self) -> OperationType:
        """Query, mutation or subscription."""
        return self.node.operation

    def shape(self, variables: Mapping[str, Any]) -> tuple[Any, ...]:
        """What of the variables decides the statements' text."""
        return tuple(fingerprint(variables[n], kind) if n in variables else ABSENT for n, kind in self.shaping)

    def reader(self, schema: GraphQLSchema, variables: Mapping[str, Any]) -> Reader:
        """A reader of its selections for these variables."""
        return Reader(schema, self.fragments, variables)

    def roots(self, reader: Reader) -> dict[str, list[FieldNode]]:
        """Its root fields by response key."""
        return reader.fields(self.root, [self.node.selection_set])


Refused = list[GraphQLError] | OmnisonicError
"""Why a request cannot be run at all."""


class Library:
    """Every document seen lately, ready or refused."""

    def __init__(self, derived: Derived, allowance: Allowance = DEFAULT) -> None:
        self.derived = derived
        self.allowance = allowance
        self.documents: Recent[str, dict[str | None, Operation] | Refused] = Recent(DOCUMENTS)

    def find(self, query: str, name: str | None) -> Operation | Refused:
        """The operation to run, or why there is none."""
        found = self.documents.get(query)
        if found is None:
            found = self.documents.put(query, self._prepare(query))
        if not isinstance(found, dict):
            return found
        if name is None and len(found) == 1:
            return next(iter(found.values()))
        return found.get(name) or _unknown(name, found)

    def coerce(self, operation: Operation, given: Mapping[str, Any]) -> VariableValues | list[GraphQLError]:
        """The variables as declared, or what is wrong with them."""
        nodes = operation.node.variable_definitions or ()
        return get_variable_values(self.derived.core, nodes, dict(given), max_errors=ERRORS)

    def _prepare(self, query: str) -> dict[str | None, Operation] | Refused:
        try:
            document = read(query, self.allowance)
            check(document, self.allowance)
            errors = validate(self.derived.core, document, max_errors=ERRORS)
            return errors or self._operations(document)
        except GraphQLError as error:
            return [error]
        except OmnisonicError as error:
            return error

    def _operations(self, document: DocumentNode) -> dict[str | None, Operation] | Refused:
        fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
        found: dict[str | None, Operation] = {}
        for node in document.definitions:
            if isinstance(node, OperationDefinitionNode):
                root = self.derived.core.get_root_type(node.operation)
                if root is None:
                    return Invalid("OPERATION_UNKNOWN", f"There is no {node.operation.value} here.", "See the schema.")
                cost = compile_cost(self.derived.core, self.derived.roots, document, node, self.allowance)
                name = node.name.value if node.name else None
                found[name] = Operation(node, document, fragments, root, cost, self._shaping(node))
        return found

    def _shaping(self, node: OperationDefinitionNode) -> tuple[tuple[str, Any], ...]:
        """The variables that can shape statements; what a mutation takes as its input never does."""
        declared = [
            (v.variable.name.value, type_from_ast(self.derived.core, v.type)) for v in node.variable_definitions or ()
        ]
        mutations = self.derived.core.mutation_type.fields.values() if self.derived.core.mutation_type else ()
        written = {get_named_type(f.args["input"].type) for f in mutations if "input" in f.args}
        return tuple((n, k) for n, k in declared if shapes(k) and get_named_type(k) not in written)


def _unknown(name: str | None, found: Mapping[str | None, Operation]) -> OmnisonicError:
    if not found:
        return Invalid("OPERATION_UNKNOWN", "The document has no operation.", "Write one: { __typename }.")
    if name is None:
        return Invalid("OPERATION_UNNAMED", "The document has several operations.", "Give operationName.")
    names = ", ".join(sorted(n for n in found if n)) or "none with a name"
    return Invalid("OPERATION_UNKNOWN", f"There is no operation {name[:80]!r}.", f"It has: {names}.")
