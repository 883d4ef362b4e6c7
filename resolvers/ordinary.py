"""The ordinary executor: graphql-core over the same statements, for what the compiled path leaves to it.

Root resolvers compile their own field and run it; below them every field is read off the answer by its
response key, while graphql-core collects fields, checks types and lets nulls rise.
"""

from __future__ import annotations

import logging
from typing import Any

from graphql import (
    ExecutionResult,
    GraphQLError,
    GraphQLObjectType,
    GraphQLResolveInfo,
    is_abstract_type,
    is_introspection_type,
)
from graphql import execute as run
from graphql.pyutils import is_awaitable

from ontology.errors import Unavailable
from resolvers.context import Context, House
from resolvers.errors import as_json
from resolvers.operation import Operation
from resolvers.rootfield import read_field
from resolvers.roots import Root
from resolvers.selection import Reader
from resolvers.transport import Request
from resolvers.writing import write_field

_log = logging.getLogger(__name__)


def attach(house: House) -> None:
    """Give every derived field of the schema its resolver. Fields with one of their own keep it."""
    core = house.derived.core
    operations = {t.name for t in (core.query_type, core.mutation_type) if t}
    for kind in core.type_map.values():
        if is_abstract_type(kind):
            kind.resolve_type = _typename
        elif isinstance(kind, GraphQLObjectType) and not is_introspection_type(kind):
            for name, field in kind.fields.items():
                declared = house.derived.roots.get(f"{kind.name}.{name}")
                if declared is not None and kind.name in operations:
                    field.resolve = _root(declared, kind.name)
                elif kind.name not in operations and kind.name != "About":
                    field.resolve = _pick


def _typename(value: dict[str, Any], info: GraphQLResolveInfo[Any], _kind: Any) -> str:
    del info
    return str(value[TYPENAME])


NULL = "Cannot return null for non-nullable field "
"""How graphql-core begins to say so."""

TYPENAME = "\0type"
"""Where a value of an abstract type says what it is; no response key can be called that."""


def _pick(source: dict[str, Any], info: GraphQLResolveInfo[Any], **_args: Any) -> Any:
    return source[str(info.path.key)]


def _root(declared: Root, operation: str) -> Any:
    async def resolve(_source: Any, info: GraphQLResolveInfo[Any], **args: Any) -> Any:
        context: Context = info.context
        reader = Reader(info.schema, fragments(info), context.variables, TYPENAME)
        select = reader.select(str(info.path.key), list(info.field_nodes), info.parent_type)
        if operation == "Query":
            return await read_field(context.house, declared, select, strict=False).run(context)
        return await write_field(context.house, declared, select, strict=False).run(context, args)

    return resolve


def fragments(info: GraphQLResolveInfo[Any]) -> dict[str, Any]:
    """The operation's fragment definitions by name, whatever graphql-core keeps them in."""
    return {name: getattr(f, "definition", f) for name, f in info.fragments.items()}


async def execute(operation: Operation, request: Request, context: Context) -> tuple[Any, list[dict[str, Any]]]:
    """Data and errors of an operation, by graphql-core."""
    core = context.house.derived.core
    name = operation.node.name.value if operation.node.name else None
    found: Any = run(
        core, operation.document, context_value=context, variable_values=request.variables or {}, operation_name=name
    )
    result: ExecutionResult = await found if is_awaitable(found) else found
    places = {key: place for place, key in enumerate(result.data or ())}
    errors = sorted(result.errors or (), key=lambda e: places.get(e.path[0], 0) if e.path else 0)
    return result.data, [as_json(_explained(error)) for error in errors]


def _explained(error: GraphQLError) -> GraphQLError:
    """An error that says what is wrong where the store lacks a value that must be there."""
    cause = error.original_error
    if not isinstance(cause, TypeError) or not str(cause).startswith(NULL):
        return error
    place = str(cause).removeprefix(NULL).rstrip(".")
    _log.error("A value that must be there is missing: %s", place)
    lost = Unavailable("VALUE_MISSING", f"{place} has no value in the store.", "Leave it out; its owner must mend it.")
    return GraphQLError("", error.nodes, path=error.path, original_error=lost)
