"""Routes of the pages every installation has, for the composition root to mount. Nothing here knows the graph."""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import orjson
from starlette.requests import Request as HttpRequest
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from omnisonic.web.assets import HERE, Assets
from omnisonic.web.explorer_page import explorer
from omnisonic.web.shell import Shell
from ontology.access import PUBLIC_VIEWER
from ontology.errors import OmnisonicError
from resolvers.transport import App, Engine, Request

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

log = logging.getLogger(__name__)

DOCS: Final = HERE.parent.parent / "docs"
FRESH_S: Final = 10.0
COUNTS: Final = (HERE / "queries" / "counts.graphql").read_text(encoding="utf-8")


class Pages:
    """The pages over one engine: `routes` to mount, `explorer` for GraphQLApp, `not_found` for the rest."""

    def __init__(self, engine: Engine, *, assets: Assets | None = None, docs: Path = DOCS) -> None:
        self._engine = engine
        self._shell = Shell(assets or Assets.load())
        self._docs = {path.stem: path for path in sorted(docs.glob("*.md"))}
        self._counted: list[tuple[str, int]] = []
        self._counted_at = 0.0
        self.explorer: App = explorer(engine, self._shell)

    def routes(self) -> list[BaseRoute]:
        """Landing page, assets, icon and docs."""
        assets = self._shell.assets
        return [
            Route("/", self.landing),
            Route("/assets/{name}", assets.serve),
            Route("/favicon.ico", _redirect(assets.urls["icon.svg"])),
            Route("/docs/{name}", self.doc),
        ]

    async def landing(self, request: HttpRequest) -> Response:
        """What this is, how much is in it, and where to go."""
        docs = [(name, _title(path)) for name, path in self._docs.items()]
        origin = f"{request.url.scheme}://{request.url.netloc}"
        return self._shell.page("landing.html", counts=await self._counts(), docs=docs, origin=origin)

    async def doc(self, request: HttpRequest) -> Response:
        """One page of the documentation, as the text it is written in."""
        path = self._docs.get(request.path_params["name"])
        if path is None:
            return await self.not_found(request, None)
        return PlainTextResponse(path.read_text(encoding="utf-8"), headers={"x-content-type-options": "nosniff"})

    async def not_found(self, request: HttpRequest, error: Exception | None) -> Response:
        """A page for people and a code for programs; fits Starlette's `exception_handlers={404: …}`."""
        del error
        if "text/html" in request.headers.get("accept", ""):
            return self._shell.page("not_found.html", status=404, path=request.url.path)
        body = {"errors": [{"message": "There is nothing here.", "extensions": {"code": "NOT_FOUND"}}]}
        return Response(orjson.dumps(body), status_code=404, media_type="application/json")

    async def _counts(self) -> list[tuple[str, int]]:
        """How many of each kind there are, asked again after FRESH_S; nothing while the store does not answer."""
        now = time.monotonic()
        if not self._counted or now - self._counted_at > FRESH_S:
            self._counted_at, self._counted = now, await self._count()
        return self._counted

    async def _count(self) -> list[tuple[str, int]]:
        try:
            answer = await self._engine.execute(Request(COUNTS, None, None, PUBLIC_VIEWER, read_only=True))
        except OmnisonicError as error:
            log.warning("The landing page has no counts: %s", error)
            return []
        data = orjson.loads(answer.body).get("data") or {}
        return [(name, part["totalCount"]) for name, part in data.items() if part]


def _redirect(url: str) -> Callable[[HttpRequest], Awaitable[Response]]:
    async def answer(request: HttpRequest) -> Response:
        del request
        return RedirectResponse(url, status_code=302)

    return answer


def _title(path: Path) -> str:
    with path.open(encoding="utf-8") as file:
        return file.readline().lstrip("# ").strip()
