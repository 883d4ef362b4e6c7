"""The ASGI composition root: what a service process is made of. Parts are built elsewhere and put together here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from omnisonic import ingest_route
from omnisonic.assembly import Assembly, assemble
from omnisonic.doors import GRAPHQL
from omnisonic.engine import bolt
from omnisonic.settings import Settings
from omnisonic.web.pages import Pages
from resolvers.asgi import GraphQLApp

_BOLT_PORT = 7687


def create_app(settings: Settings | None = None) -> Front:
    """The application for `settings`, by default those of the environment."""
    settings = settings or Settings.load()
    parts = assemble(settings)
    pages = Pages(parts.engine)
    graphql = GraphQLApp(parts.engine, parts.authenticate, page=pages.explorer)
    return Front(graphql, _rest(settings, parts, pages))


class Front:
    """Sends GraphQL straight to its app, without a router in between, and everything else to Starlette."""

    def __init__(self, graphql: GraphQLApp, rest: Starlette) -> None:
        self.graphql = graphql
        self.rest = rest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan" and scope["path"] == GRAPHQL:
            await self.graphql(scope, receive, send)
        else:
            await self.rest(scope, receive, send)


def _rest(settings: Settings, parts: Assembly, pages: Pages) -> Starlette:
    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with parts.running():
            yield

    routes: list[BaseRoute] = [Route("/health/live", live), Route("/health/ready", ready)]
    routes += [*ingest_route.routes(parts), *pages.routes()]
    app = Starlette(
        routes=[
            Route("/health/live", live),
            Route("/health/ready", ready),
            *ingest_route.routes(parts),
            *pages.routes(),
        ],
        exception_handlers={404: pages.not_found},
        lifespan=lifespan,
    )
    app.state.settings = settings
    app.state.parts = parts
    return app


async def live(_request: Request) -> JSONResponse:
    """The process answers. Says nothing about what it depends on."""
    return JSONResponse({"status": "live"})


async def ready(request: Request) -> JSONResponse:
    """200 when requests can be served, 503 with the code UNAVAILABLE while Neo4j is away."""
    at = urlsplit(request.app.state.settings.neo4j_url)
    if await asyncio.to_thread(bolt.answers, at.hostname or "127.0.0.1", at.port or _BOLT_PORT):
        return JSONResponse({"status": "ready"})
    return JSONResponse({"status": "unavailable", "code": "UNAVAILABLE"}, status_code=503)
