"""Relay connections: their types, their edges, and the arguments every list takes."""

from __future__ import annotations

from ontology.registry import Registry
from ontology.terms import Spec
from resolvers.declare import Member, Types

PAGE_INFO = (
    Member("hasNextPage", "Boolean!", "Whether more follow."),
    Member("hasPreviousPage", "Boolean!", "Whether some come before."),
    Member("startCursor", "String", "Cursor of the first item here."),
    Member("endCursor", "String", "Cursor of the last item here: give it as `after` for the next page."),
)


def pages(*, backward: bool = True) -> tuple[Member, ...]:
    """The arguments of a list that is only paged through."""
    forth = (
        Member("first", "Int", "How many, from the start: 25 unless said, 100 at most."),
        Member("after", "String", "Only what follows this cursor."),
    )
    back = (
        Member("last", "Int", "How many, from the end: 100 at most. Not together with `first`."),
        Member("before", "String", "Only what comes before this cursor."),
    )
    return forth + back if backward else forth


def arguments(spec: Spec) -> tuple[Member, ...]:
    """The arguments of a list of one type."""
    narrow = (
        Member("filter", f"{spec.name}Filter", "Only those that match."),
        Member("orderBy", f"[{spec.name}Order!]", "Sort keys, the weightiest first; ties go by id."),
    )
    return narrow + pages()


def derive(registry: Registry, types: Types) -> None:
    """Enter the connection of every type, of `Node`, and of search hits."""
    types.object("PageInfo", PAGE_INFO, "Where a page stands in its list.")
    for name in ("Node", *registry.specs):
        connection(types, name)
    _search(types)


def connection(types: Types, name: str) -> None:
    """Enter `XConnection` and `XEdge`."""
    edge = (
        Member("cursor", "String!", "Where it stands: give it as `after` or `before`."),
        Member("node", f"{name}!", "The item."),
    )
    types.object(f"{name}Edge", edge, f"One {name} in a list.")
    body = (
        Member("edges", f"[{name}Edge!]!", "The items with their cursors."),
        Member("nodes", f"[{name}!]!", "The items."),
        Member("pageInfo", "PageInfo!", "Where this page stands."),
        Member("totalCount", "Int!", "How many match in all; counted only when asked for."),
    )
    types.object(f"{name}Connection", body, f"A page of a list of {name}.")


def _search(types: Types) -> None:
    edge = (
        Member("cursor", "String!", "Where it stands: give it as `after`."),
        Member("score", "Float!", "How well it matches; comparable within one search."),
        Member("matchedField", "String", "The property or identifier that matched."),
        Member("node", "Node!", "What was found."),
    )
    types.object("SearchEdge", edge, "One hit.")
    body = (
        Member("edges", "[SearchEdge!]!", "The hits, the best first."),
        Member("nodes", "[Node!]!", "What was found."),
        Member("pageInfo", "PageInfo!", "Where this page stands."),
        Member("didYouMean", "String", "A spelling that would find more, where there is one."),
    )
    types.object("SearchConnection", body, "A page of hits.")
