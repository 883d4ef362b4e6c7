"""`POST /ingest/isrc`: the HTTP skin of `ingest.http`, which does the work."""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from ingest.http import post_rows
from omnisonic.doors import DOORS
from ontology.errors import Denied, OmnisonicError
from resolvers.errors import as_json

if TYPE_CHECKING:
    from starlette.requests import Request

    from omnisonic.assembly import Assembly

PATH = "/ingest/isrc"
HINT = "Send Authorization: Bearer <token>; make one with `omnisonic token create --scope write`."


def routes(parts: Assembly) -> list[Route]:
    """The routes of the ingest, for a holder of a token with the scope `write`."""

    async def post(request: Request) -> Response:
        try:
            viewer = await parts.authenticate(request.headers.get("authorization"))
            if not DOORS[PATH].static(viewer):
                raise Denied("SCOPE_MISSING", "Writing needs a token with the scope write.", HINT)
            answer = await post_rows(
                parts.door,
                viewer,
                request.stream(),
                content_type=request.headers.get("content-type", ""),
                accept=request.headers.get("accept", ""),
                query=dict(request.query_params),
            )
        except OmnisonicError as error:
            return refusal(error)
        return StreamingResponse(answer.body, answer.status, media_type=answer.content_type)

    return [Route(PATH, post, methods=["POST"])]


def refusal(error: OmnisonicError) -> Response:
    """An expected failure as a JSON body with its HTTP status; a token that is missing or bad is 401."""
    status = 401 if error.code in {"UNAUTHENTICATED", "TOKEN_INVALID"} else error.status
    headers = {"www-authenticate": "Bearer"} if status in {401, 403} else {}
    return Response(orjson.dumps({"errors": [as_json(error)]}), status, headers, "application/json")
