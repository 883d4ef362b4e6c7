"""Every HTTP door has a declared rule, and whoever forgets one does not start."""

from __future__ import annotations

import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from omnisonic.app import create_app
from omnisonic.doors import DOORS, GRAPHQL, checked
from omnisonic.settings import Settings
from ontology.access import PUBLIC_VIEWER, Anyone
from ontology.errors import Invalid


async def _nothing(_request: Request) -> Response:
    return Response()


def test_a_route_without_a_rule_fails_the_start() -> None:
    with pytest.raises(Invalid, match="ACCESS_UNDECLARED"):
        checked([Route("/admin", _nothing)])


async def test_the_table_names_the_doors_there_are() -> None:
    app = create_app(Settings.load({}, neo4j_url="bolt://127.0.0.1:1"))
    await app.rest.state.parts.store.close()
    paths = {getattr(route, "path", "") for route in app.rest.routes}
    assert paths | {GRAPHQL} == set(DOORS)


def test_only_the_ingest_is_closed_to_the_public() -> None:
    closed = {path for path, rule in DOORS.items() if not rule.static(PUBLIC_VIEWER)}
    assert closed == {"/ingest/isrc"}
    assert all(isinstance(rule, Anyone) for path, rule in DOORS.items() if path not in closed)
