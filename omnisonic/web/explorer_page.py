"""GET /graphql for people: GraphiQL, a plain form that needs no script, or how to build what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import orjson
from starlette.requests import Request as HttpRequest

from omnisonic.web.shell import EXPLORER_POLICY, Shell
from ontology.access import PUBLIC_VIEWER
from ontology.errors import Invalid, OmnisonicError
from resolvers.transport import App, Engine, Receive, Request, Scope, Send, error_object, parameters

if TYPE_CHECKING:
    from starlette.responses import Response

SAMPLE: Final = "{ recordings(first: 5) { totalCount nodes { title isrc } } }"


def explorer(engine: Engine, shell: Shell) -> App:
    """The app that GraphQLApp hands browsers to. `?form=1` asks for the plain form, filled and answered."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        request = HttpRequest(scope, receive)
        response = await _answer(engine, shell, request)
        await response(scope, receive, send)

    return app


async def _answer(engine: Engine, shell: Shell, request: HttpRequest) -> Response:
    if "form" in request.query_params:
        return await _form(engine, shell, request)
    if not shell.assets.built:
        return shell.page("explorer_unbuilt.html", status=503)
    return shell.page("explorer.html", policy=EXPLORER_POLICY, query=request.query_params.get("query", ""))


async def _form(engine: Engine, shell: Shell, request: HttpRequest) -> Response:
    query, variables = request.query_params.get("query", ""), request.query_params.get("variables", "")
    result = None
    if query.strip():
        result = _pretty(await _run(engine, query, variables))
    return shell.page("explorer_form.html", query=query or SAMPLE, variables=variables, result=result)


async def _run(engine: Engine, query: str, variables: str) -> bytes:
    """One query for the public; a form in a page carries no token."""
    try:
        sent = parameters({"query": query, "variables": _loads(variables)})
        request = Request(sent.query, sent.variables, None, PUBLIC_VIEWER, read_only=True)
        return (await engine.execute(request)).body
    except OmnisonicError as error:
        return orjson.dumps({"errors": [error_object(error)]})


def _loads(text: str) -> object:
    if not text.strip():
        return None
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise Invalid("BAD_JSON", "The variables are not JSON.", 'Write an object, like {"isrc": "…"}.') from None


def _pretty(body: bytes) -> str:
    return orjson.dumps(orjson.loads(body), option=orjson.OPT_INDENT_2).decode()
