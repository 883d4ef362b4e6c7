"""Subscriptions: the change feed of the public log, one message per record, resumable by its cursor."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass
from time import monotonic
from typing import Any

import orjson
from graphql import FieldNode, GraphQLError

from graph.feed import FeedRecord
from graph.plan import Select, resolve
from graph.shape import Missing
from ontology.errors import Invalid, OmnisonicError, Unavailable
from ontology.terms import NodeSpec
from resolvers.changes import key_of
from resolvers.context import Context
from resolvers.errors import as_json
from resolvers.operation import Operation
from resolvers.ordinary import TYPENAME
from resolvers.selection import Uncompiled
from resolvers.together import Written, written

LOG = "public"


@dataclass(frozen=True, slots=True)
class Message:
    """What one message holds: the selected fields and the statements behind two of them."""

    typename: str
    spec: NodeSpec
    wanted: tuple[Select, ...]
    reads: Mapping[str, Written]

    async def shape(self, event: FeedRecord, context: Context) -> dict[str, Any]:
        """One event as it was asked for; the entity as it stands now."""
        found: dict[str, Any] = {}
        for one in self.wanted:
            if one.name == "cursor":
                found[one.key] = cursor(event.seq)
            elif one.name == "__typename":
                found[one.key] = self.typename
            else:
                key = event.cid if one.name == "record" else event.entity_id
                (found[one.key],) = await self.reads[one.key].run([key], context)
        return found


def cursor(seq: int) -> str:
    """The cursor of a record: its number in the log."""
    return f"{LOG}:{seq}"


def position(value: str | None) -> int | None:
    """The number in a cursor. Raises Invalid(CURSOR_INVALID)."""
    if value is None:
        return None
    log, _, number = value.partition(":")
    if log != LOG or not number.isdecimal() or len(number) > 18:  # noqa: PLR2004 - what int64 holds
        raise Invalid("CURSOR_INVALID", f"{value[:60]!r} is no feed cursor.", "Use the cursor of a message.")
    return int(number)


async def follow(context: Context, operation: Operation) -> AsyncGenerator[bytes, None]:
    """Every matching change as the JSON of one execution result, until the caller stops asking."""
    reader = operation.reader(context.house.derived.core, context.variables)
    ((key, nodes),) = operation.roots(reader).items()
    try:
        message, entity, after = _prepare(context, operation, reader.select(key, nodes, operation.root))
    except OmnisonicError as error:
        yield orjson.dumps({"errors": [_located(error, nodes[0], key)]})
        return
    except Uncompiled:
        wrong = Invalid("BAD_USER_INPUT", "A variable is null where no null may be.", "Give it a value.")
        yield orjson.dumps({"errors": [_located(wrong, nodes[0], key)]})
        return
    async with aclosing(context.house.feed.follow(after, etypes={message.spec.name}, entity=entity)) as events:
        async for event in events:
            context.until = monotonic() + context.house.seconds
            try:
                yield orjson.dumps({"data": {key: await message.shape(event, context)}})
            except OmnisonicError as error:
                yield orjson.dumps({"data": None, "errors": [_located(error, nodes[0], key)]})
            except Missing:
                lost = Unavailable("VALUE_MISSING", "A value that must be there is not.", "Ask for less.")
                yield orjson.dumps({"data": None, "errors": [_located(lost, nodes[0], key)]})


def _prepare(context: Context, operation: Operation, select: Select) -> tuple[Message, str | None, int | None]:
    house = context.house
    declared = house.derived.roots[f"{operation.root.name}.{select.name}"]
    spec = house.registry.nodes[declared.type or ""]
    args = resolve(dict(select.args), context.variables)
    entity = key_of(spec, args["id"], house.base_iri) if args.get("id") is not None else None
    (typename, wanted), *_ = select.of.items()
    reads = {s.key: written(house, name, s.of[name]) for s in wanted for name in s.of if name != TYPENAME}
    return Message(typename, spec, wanted, reads), entity, position(args.get("after"))


def _located(error: OmnisonicError, node: FieldNode, key: str) -> dict[str, Any]:
    return as_json(GraphQLError("", node, path=[key], original_error=error))
