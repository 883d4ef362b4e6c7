"""The ASGI composition root: what a service process is made of. Parts are built elsewhere and put together here."""

import asyncio
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from omnisonic.engine import bolt
from omnisonic.settings import Settings

_BOLT_PORT = 7687


def create_app(settings: Settings | None = None) -> Starlette:
    """The application for `settings`, by default those of the environment."""
    app = Starlette(
        routes=[
            Route("/health/live", live),
            Route("/health/ready", ready),
        ]
    )
    app.state.settings = settings or Settings.load()
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
