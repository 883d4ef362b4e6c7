"""Who may knock at which HTTP path. A route without a rule here fails start-up; deny is the default."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from starlette.routing import BaseRoute, Mount, Route

from ontology.access import ANYONE, Rule, Scope
from ontology.errors import Invalid

GRAPHQL = "/graphql"

DOORS: Mapping[str, Rule] = {
    GRAPHQL: ANYONE,  # the schema's own rules decide, field by field
    "/": ANYONE,
    "/assets/{name}": ANYONE,
    "/docs/{name}": ANYONE,
    "/favicon.ico": ANYONE,
    "/health/live": ANYONE,
    "/health/ready": ANYONE,
    "/ingest/isrc": Scope("write"),
}


def checked(routes: Iterable[BaseRoute]) -> list[BaseRoute]:
    """The routes, each with a declared rule. Raises Invalid(ACCESS_UNDECLARED) for one that has none."""
    found = list(routes)
    for route in found:
        path = route.path if isinstance(route, Route | Mount) else str(route)
        if path not in DOORS:
            raise Invalid("ACCESS_UNDECLARED", f"The route {path} has no rule.", "Declare it in omnisonic/doors.py.")
    return found
