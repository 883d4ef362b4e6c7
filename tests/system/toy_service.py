"""A small GraphQL service over graphql-core, to try the transports and pages without the graph.

Everything around the schema is the real thing: our ASGI app, our pages, uvicorn, sockets.
"""

import asyncio
import os
from collections.abc import AsyncGenerator
from contextlib import aclosing
from inspect import isawaitable
from typing import Any, cast

import orjson
from graphql import (
    ExecutionResult,
    GraphQLError,
    GraphQLSchema,
    OperationType,
    build_schema,
    execute,
    get_operation_ast,
    parse,
    subscribe,
    validate,
)
from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute

from omnisonic.web.assets import Assets
from omnisonic.web.pages import Pages
from ontology.access import PUBLIC_VIEWER, Viewer
from ontology.errors import Denied, Unavailable
from resolvers.asgi import GraphQLApp
from resolvers.transport import Answer, Limits, Request

SDL = '''
"""A recording, as in the real schema but smaller."""
type Recording { iri: ID! title: String! isrc: String updatedAt: String }
type Recordings { totalCount: Int! nodes: [Recording!]! }
type Query {
  "Recordings, the newest first."
  recordings(first: Int = 10): Recordings!
  contributors: Recordings!
  works: Recordings!
  releases: Recordings!
  "Who asks."
  viewer: String!
  "Answers after so many seconds."
  slow(seconds: Float!): String
  "Fails in a way that nobody expected."
  boom: String
  "Fails because a part is away."
  away: String
  "How often slow was cancelled."
  cancelled: Int!
  "How many subscriptions are open."
  open: Int!
}
type Mutation { rename(title: String!): Recording! }
type Subscription {
  "Counts down to one, one step per tick of so many seconds."
  countdown(from: Int!, tick: Float = 0): Int!
  recordingUpdated(id: ID): Recording!
  "Answers of 64 KiB without end."
  flood: String!
}
'''

RECORDING = {
    "iri": "https://omnisonic.example/recording/1f0c7c63-7b7c-4f0a-8a52-6f1f5f2b2f10",
    "title": "Running Up That Hill",
    "isrc": "GBAYE8500002",
    "updatedAt": "2026-01-02T03:04:05.000000Z",
}


class Root:
    """Resolvers by name, and what tests ask about afterwards."""

    def __init__(self) -> None:
        self.count_cancelled = 0
        self.count_open = 0
        self.title = RECORDING["title"]

    def page(self, _info: Any, first: int = 10) -> dict[str, object]:
        return {"totalCount": 1, "nodes": [{**RECORDING, "title": self.title}][:first]}

    recordings = contributors = works = releases = page

    def viewer(self, info: Any) -> str:
        return str(info.context.actor)

    async def slow(self, _info: Any, seconds: float) -> str:
        try:
            await asyncio.sleep(seconds)
        except asyncio.CancelledError:
            self.count_cancelled += 1
            raise
        return "done"

    def boom(self, _info: Any) -> str:
        raise RuntimeError("secret words of a stack trace")

    def away(self, _info: Any) -> str:
        raise Unavailable("STORE_AWAY", "The store does not answer.", "Try again.")

    def cancelled(self, _info: Any) -> int:
        return self.count_cancelled

    def open(self, _info: Any) -> int:
        return self.count_open

    def rename(self, _info: Any, title: str) -> dict[str, str]:
        self.title = title
        return {**RECORDING, "title": title}

    async def countdown(self, _info: Any, **arguments: Any) -> AsyncGenerator[dict[str, int], None]:
        self.count_open += 1
        try:
            for number in range(arguments["from"], 0, -1):
                await asyncio.sleep(arguments["tick"])
                yield {"countdown": number}
        finally:
            self.count_open -= 1

    async def flood(self, _info: Any) -> AsyncGenerator[dict[str, str], None]:
        self.count_open += 1
        try:
            while True:
                await asyncio.sleep(0)
                yield {"flood": "x" * 65_536}
        finally:
            self.count_open -= 1

    async def recordingUpdated(self, _info: Any, **_: Any) -> AsyncGenerator[dict[str, object], None]:  # noqa: N802
        for number in range(3):
            await asyncio.sleep(0.05)
            yield {"recordingUpdated": {**RECORDING, "title": f"{self.title} (take {number + 1})"}}


class ToyEngine:
    """graphql-core behind the interface of the transports."""

    def __init__(self) -> None:
        self.schema: GraphQLSchema = build_schema(SDL)
        self.root = Root()
        fields = self.schema.subscription_type.fields if self.schema.subscription_type else {}
        for name, field in fields.items():
            field.subscribe = lambda root, info, _name=name, **rest: getattr(root, _name)(info, **rest)
            field.resolve = lambda event, _info, _name=name, **_rest: event[_name]

    async def execute(self, request: Request) -> Answer:
        document, errors = self._document(request)
        if errors:
            return Answer(_bytes(ExecutionResult(None, errors)), ran=False)
        operation = get_operation_ast(document, request.operation_name)
        if operation is not None and operation.operation is not OperationType.QUERY:
            if request.read_only:
                return Answer(_refusal("MUTATION_OVER_GET"), ran=False, status=405)
            if operation.operation is OperationType.SUBSCRIPTION:
                return Answer(_refusal("SUBSCRIPTION_OVER_HTTP"), ran=False)
        result = execute(self.schema, document, **self._arguments(request))
        if not isinstance(result, ExecutionResult):
            result = await result
        for error in result.errors or []:
            if isinstance(error.original_error, Unavailable | RuntimeError):
                raise error.original_error
        ran = result.data is not None or bool(result.errors and result.errors[0].path)
        return Answer(_bytes(result), ran=ran)

    async def subscribe(self, request: Request) -> AsyncGenerator[bytes, None]:
        document, errors = self._document(request)
        if errors:
            yield _bytes(ExecutionResult(None, errors))
            return
        operation = get_operation_ast(document, request.operation_name)
        if operation is None or operation.operation is not OperationType.SUBSCRIPTION:
            yield (await self.execute(request)).body
            return
        begun = subscribe(self.schema, document, **self._arguments(request))
        results = await begun if isawaitable(begun) else begun
        if isinstance(results, ExecutionResult):
            yield _bytes(results)
            return
        async with aclosing(cast("AsyncGenerator[ExecutionResult, None]", results)):
            async for result in results:
                yield _bytes(result)

    def _document(self, request: Request) -> tuple[Any, list[GraphQLError]]:
        try:
            document = parse(request.query)
        except GraphQLError as error:
            return None, [error]
        return document, validate(self.schema, document)

    def _arguments(self, request: Request) -> dict[str, Any]:
        return {
            "root_value": self.root,
            "context_value": request.viewer,
            "variable_values": request.variables,
            "operation_name": request.operation_name,
        }


def _bytes(result: ExecutionResult) -> bytes:
    formatted: dict[str, Any] = dict(result.formatted)
    if result.data is None and not any(error.path for error in result.errors or []):
        formatted.pop("data", None)
    return orjson.dumps(formatted)


def _refusal(code: str) -> bytes:
    return orjson.dumps({"errors": [{"message": "Not possible here.", "extensions": {"code": code}}]})


async def authenticate(authorization: str | None) -> Viewer:
    """One good token, as a stand-in for the store of tokens."""
    if authorization is None:
        return PUBLIC_VIEWER
    if authorization != "Bearer good":
        raise Denied("UNAUTHENTICATED", "The token is not known.", "Make one: omnisonic token create.")
    return Viewer("urn:omnisonic:actor:tester", frozenset({"write"}))


def app() -> Starlette:
    """Factory for uvicorn. TOY_UNBUILT=1 serves as if scripts/build-web had never run."""
    engine = ToyEngine()
    assets = Assets.load()
    if os.environ.get("TOY_UNBUILT"):
        assets = _unbuilt(assets)
    pages = Pages(engine, assets=assets)
    limits = Limits(body=65_536, message=65_536, operations=5, init_timeout=1.0, send_timeout=2.0)
    graphql = GraphQLApp(engine, authenticate, limits=limits, page=pages.explorer)
    return Starlette(
        routes=[Route("/graphql", graphql), WebSocketRoute("/graphql", graphql), *pages.routes()],
        exception_handlers={404: pages.not_found},
    )


def _unbuilt(assets: Assets) -> Assets:
    urls = {name: url for name, url in assets.urls.items() if not name.startswith("explorer.")}
    return Assets(assets.files, urls)
