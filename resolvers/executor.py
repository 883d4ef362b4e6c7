"""Runs GraphQL operations: the compiled path in front, graphql-core behind it for what cannot be compiled.

One root field is one statement; what the store returns goes to JSON without a resolver per field.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from time import monotonic
from typing import Any

import orjson
from graphql import FieldNode, GraphQLError, OperationType
from graphql.execution.values import VariableValues, get_argument_values

from graph.shape import Missing
from ontology.errors import Invalid, OmnisonicError
from resolvers import ordinary
from resolvers.context import Context, House
from resolvers.errors import VARIABLES, as_json
from resolvers.operation import Library, Operation, Refused
from resolvers.rootfield import read_field
from resolvers.selection import Uncompiled
from resolvers.subscribing import follow
from resolvers.transport import Answer, Request
from resolvers.writing import write_field

Runner = Callable[[Context, VariableValues], Awaitable[Any]]
Outcome = tuple[Any, list[dict[str, Any]]]
"""Data and errors."""


@dataclass(frozen=True, slots=True)
class Step:
    """One root field of a compiled operation."""

    key: str
    nodes: list[FieldNode]
    run: Runner


@dataclass(slots=True)
class Counters:
    """Which executor answered how often; tests and metrics read it."""

    compiled: int = 0
    ordinary: int = 0


class GraphEngine:
    """Implements `resolvers.transport.Engine` over one house."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.library = Library(house.derived)
        self.counters = Counters()
        ordinary.attach(house)

    async def execute(self, request: Request, *, compiled: bool = True) -> Answer:
        """Run a query or a mutation; with `compiled` false by the ordinary executor, to compare the two."""
        operation, refused = self._find(request)
        if operation is None:
            return refused
        if operation.kind is OperationType.SUBSCRIPTION:
            return _refuse(
                Invalid("SUBSCRIPTION_REFUSED", "Subscriptions need a WebSocket.", "Use graphql-transport-ws.")
            )
        if operation.kind is OperationType.MUTATION and request.read_only:
            hint = "Send it with POST."
            return Answer(_errors(Invalid("METHOD_REFUSED", "GET runs queries only.", hint)), ran=False, status=405)
        return await self._run(operation, request, compiled=compiled)

    async def subscribe(self, request: Request) -> AsyncGenerator[bytes, None]:
        """Run any operation; one result for a query or mutation, one for each event of a subscription."""
        operation, refused = self._find(request)
        if operation is None or operation.kind is not OperationType.SUBSCRIPTION:
            yield refused.body if operation is None else (await self._run(operation, request)).body
            return
        prepared = self._context(operation, request)
        if isinstance(prepared, Answer):
            yield prepared.body
            return
        context, _, _ = prepared
        async for result in follow(context, operation):
            yield result

    # -- before execution -------------------------------------------------------------------------

    def _find(self, request: Request) -> tuple[Operation | None, Answer]:
        found = self.library.find(request.query, request.operation_name)
        return (found, NOTHING) if isinstance(found, Operation) else (None, _refuse(found))

    def _context(self, operation: Operation, request: Request) -> tuple[Context, VariableValues, int] | Answer:
        values = self.library.coerce(operation, request.variables or {})
        if isinstance(values, list):
            return _refuse(values, VARIABLES)
        try:
            cost = operation.cost(values.coerced)
        except OmnisonicError as error:
            return _refuse(error)
        context = Context(self.house, request.viewer, values.coerced, monotonic() + self.house.seconds)
        return context, values, cost

    # -- execution --------------------------------------------------------------------------------

    async def _run(self, operation: Operation, request: Request, *, compiled: bool = True) -> Answer:
        prepared = self._context(operation, request)
        if isinstance(prepared, Answer):
            return prepared
        context, values, cost = prepared
        extensions = {"cost": {"total": cost, "limit": self.library.allowance.cost}}
        found = await self._in_front(operation, context, values) if compiled else None
        if found is None:
            self.counters.ordinary += 1
            found = await ordinary.execute(operation, request, context)
        data, errors = found
        return Answer(_body(data, errors, extensions), ran=True)

    async def _in_front(self, operation: Operation, context: Context, values: VariableValues) -> Outcome | None:
        """The outcome of the compiled path, or None where it takes the other one."""
        try:
            found = await self._compiled(operation, self._steps(operation, context), context, values)
        except (Uncompiled, Missing):
            return None
        self.counters.compiled += 1
        return found

    def _steps(self, operation: Operation, context: Context) -> list[Step]:
        shape = operation.shape(context.variables)
        found: list[Step] | None = operation.compiled.get(shape)
        if found is None:
            found = operation.compiled.put(shape, self._compile(operation, context))
        return found

    def _compile(self, operation: Operation, context: Context) -> list[Step]:
        derived = self.house.derived
        reader = operation.reader(derived.core, context.variables)
        steps = []
        for key, nodes in operation.roots(reader).items():
            name = nodes[0].name.value
            declared = derived.roots.get(f"{operation.root.name}.{name}")
            if name == "__typename":
                steps.append(Step(key, nodes, _constant(operation.root.name)))
                continue
            if declared is None:
                raise Uncompiled
            select = reader.select(key, nodes, operation.root)
            if operation.kind is OperationType.QUERY:
                steps.append(Step(key, nodes, _reading(self.house, declared, select)))
            else:
                steps.append(Step(key, nodes, _writing(self.house, declared, select, operation, nodes[0])))
        return steps

    async def _compiled(
        self, operation: Operation, steps: list[Step], context: Context, values: VariableValues
    ) -> Outcome:
        data: dict[str, Any] = {step.key: None for step in steps}
        errors: list[dict[str, Any]] = []
        if len(steps) == 1 or operation.kind is OperationType.MUTATION:
            outcomes = [await _attempt(step, context, values) for step in steps]
        else:
            outcomes = await asyncio.gather(*(_attempt(step, context, values) for step in steps))
        for step, outcome in zip(steps, outcomes, strict=True):
            if isinstance(outcome, Exception):
                errors.append(as_json(GraphQLError("", step.nodes, path=[step.key], original_error=outcome)))
            else:
                data[step.key] = outcome
        return data, errors


async def _attempt(step: Step, context: Context, values: VariableValues) -> Any:
    """The field's value, or the exception that stands for it. A missing value needs the other executor."""
    try:
        return await step.run(context, values)
    except Missing:
        raise
    except Exception as error:  # noqa: BLE001 - whatever failed, the other fields' answers must not be lost
        return error


def _reading(house: House, declared: Any, select: Any) -> Runner:
    try:
        field = read_field(house, declared, select)
    except OmnisonicError as error:
        return _failing(error)
    return lambda context, _values: field.run(context)


def _writing(house: House, declared: Any, select: Any, operation: Operation, node: FieldNode) -> Runner:
    field = write_field(house, declared, select)
    definition = operation.root.fields[node.name.value]
    return lambda context, values: field.run(context, get_argument_values(definition, node, values))


def _constant(value: str) -> Runner:
    async def run(_context: Context, _values: VariableValues) -> str:
        return value

    return run


def _failing(error: OmnisonicError) -> Runner:
    async def run(_context: Context, _values: VariableValues) -> Any:
        raise error

    return run


def _body(data: Any, errors: list[dict[str, Any]], extensions: dict[str, Any]) -> bytes:
    body = (
        {"data": data, "errors": errors, "extensions": extensions}
        if errors
        else {"data": data, "extensions": extensions}
    )
    return orjson.dumps(body)


def _errors(*errors: BaseException, code: str = "") -> bytes:
    return orjson.dumps({"errors": [as_json(e, code=code) if code else as_json(e) for e in errors]})


def _refuse(refused: Refused, code: str = "") -> Answer:
    errors = refused if isinstance(refused, list) else [refused]
    return Answer(_errors(*errors, code=code), ran=False)


NOTHING = Answer(b"", ran=False)
