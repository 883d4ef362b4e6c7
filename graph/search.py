"""Full-text search over every type with searchable fields, identifiers recognised, as one statement.

Scores are Lucene's within a type's index; what bears a recognised identifier comes first.
"""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from graph import shape, words
from graph.filter import Row, visible, where
from graph.plan import PAGE_MAX, Root, Select, page_size
from graph.schema import search_index
from ontology.errors import Invalid
from ontology.identifiers import recognise
from ontology.registry import Registry
from ontology.terms import NodeSpec

if TYPE_CHECKING:
    from graph.render import Renderer, Statement

DEEPEST = 400
REACH = DEEPEST + PAGE_MAX + 1
"""Hits asked of each index. The same for every page: of equal hits an index keeps those it likes."""
EXACT = 1_000.0
QUERY_MAX = 500


def searchable(registry: Registry) -> dict[str, NodeSpec]:
    """The types that can be searched."""
    return {name: spec for name, spec in registry.nodes.items() if spec.search_fields}


def cursor(position: int) -> str:
    """The cursor of the hit at this rank, from 1."""
    return urlsafe_b64encode(f"hit:{position}".encode()).rstrip(b"=").decode()


def rank(value: Any) -> int:
    """How many hits a cursor has behind it. Raises Invalid(CURSOR_INVALID)."""
    if value is None:
        return 0
    try:
        text = urlsafe_b64decode(str(value).encode() + b"=" * (-len(str(value)) % 4)).decode()
        found = int(text.removeprefix("hit:")) if text.startswith("hit:") else -1
    except ValueError:
        found = -1
    if not 0 <= found <= DEEPEST:
        raise Invalid(
            "CURSOR_INVALID", f"{str(value)[:60]!r} is no search cursor.", f"Search goes {DEEPEST} hits deep."
        )
    return found


def _asked(query: Any) -> str:
    text = str(query)
    if len(text) > QUERY_MAX:
        raise Invalid("QUERY_TOO_LONG", f"A search for {len(text)} characters.", f"Use {QUERY_MAX} at most.")
    return text


def _lucene(query: Any) -> str:
    return words.lucene(_asked(query))


def _keys(query: Any) -> list[str]:
    text = str(query)
    if not any(char.isdigit() for char in text):  # every identifier has digits, most searches have none
        return []
    return [f"{found.scheme}:{found.value}" for found in recognise(text)]


@dataclass(slots=True)
class _Hit:
    """One hit: `[score, [type, node], …, [type, searched values]]` with its rank, and what was asked."""

    row: list[Any]
    rank: int
    query: str


@dataclass(slots=True)
class _Page:
    hits: list[_Hit]
    more: bool
    skipped: int
    near: list[str] | None
    query: str


HitPart = Callable[[_Hit], Any]
PagePart = Callable[[_Page], Any]


class Search:
    """Renders one search field."""

    def __init__(self, renderer: Renderer, select: Select) -> None:
        self.renderer = renderer
        self.select = select
        known = searchable(renderer.registry)
        asked = select.args.get("types")
        self.types = {name: known[name] for name in dict.fromkeys(known if asked is None else asked)}
        self.nodes: list[str] = []

    def render(self) -> tuple[str, shape.Shape]:
        """The expression `[hits, size, skipped, query, names that are near]` and its shape."""
        (typename, wanted), *_ = self.select.of.items()
        parts = [(s.key, self._part(typename, s)) for s in wanted]
        bind, query = self.renderer.bind, self.select.args["query"]
        size = bind(self.select.args.get("first"), page_size)
        skip = bind(self.select.args.get("after"), rank)
        suggested = any(s.name == "didYouMean" for s in wanted)
        near = self._near(query) if suggested else "null"
        values = self._values()
        columns = ", ".join(["score", values, *self.nodes])
        hits = f"{self._hits(query)} WITH hit, score ORDER BY score DESC, hit.id SKIP {skip} LIMIT {size} + 1"
        text = f"[COLLECT {{ {hits} RETURN [{columns}] }}, {size}, {skip}, {bind(query, _asked)}, {near}]"
        return text, _shaped(parts)

    def _hits(self, query: Any) -> str:
        if not self.types:
            return "UNWIND [] AS hit WITH hit, 0.0 AS score"
        bind = self.renderer.bind
        text, keys = bind(query, _lucene), bind(query, _keys)
        branches = [self._branch(spec, text, keys) for spec in self.types.values()]
        return f"CALL () {{ {' UNION ALL '.join(branches)} }}"

    def _branch(self, spec: NodeSpec, text: str, keys: str) -> str:
        rule = visible(Row("hit", spec), self.renderer.registry)
        call = f"{_query(spec, text, str(REACH))} YIELD node AS hit, score"
        if not spec.schemes:
            return f"{call} WITH hit, score{where(rule)} RETURN hit, score"
        bears = f"EXISTS {{ MATCH (hit)-[:IDENTIFIED_BY]->(i:Identifier) WHERE i.key IN {keys} }}"
        unnamed = where(f"(size({keys}) = 0 OR NOT {bears})", rule)
        found = f"{call} WITH hit, score{unnamed} RETURN hit, score"
        exact = (
            f"UNWIND {keys} AS key MATCH (:Identifier {{key: key}})<-[:IDENTIFIED_BY]-(hit:{spec.name}){where(rule)}"
        )
        return f"{found} UNION ALL {exact} RETURN DISTINCT hit, {EXACT} AS score"

    def _values(self) -> str:
        cases = [
            f"WHEN hit:{name} THEN ['{name}', [{', '.join(f'hit.{f}' for f in spec.search_fields)}]]"
            for name, spec in self.types.items()
        ]
        return f"CASE {' '.join(cases)} END" if cases else "null"

    def _near(self, query: Any) -> str:
        slot = self.renderer.bind(query, words.fuzzy)
        names = []
        for spec in self.types.values():
            rule = where(visible(Row("near", spec), self.renderer.registry))
            call = f"{_query(spec, slot, '5')} YIELD node AS near WITH near{rule}"
            names.append(f"COLLECT {{ {call} RETURN near.{spec.search_fields[0]} }}")
        return " + ".join(names) or "[]"

    # -- what is wanted ---------------------------------------------------------------------------

    def _part(self, typename: str, wanted: Select) -> PagePart:
        if wanted.name == "edges":
            (inner_type, inner), *_ = wanted.of.items()
            columns = [(s.key, self._edge(inner_type, s)) for s in inner]
            return lambda page: [{key: f(hit) for key, f in columns} for hit in page.hits]
        if wanted.name == "nodes":
            node = self._node(wanted)
            return lambda page: [node(hit) for hit in page.hits]
        if wanted.name == "pageInfo":
            return _page_info(wanted)
        if wanted.name == "didYouMean":
            return self._suggestion
        return lambda _page: typename

    def _edge(self, typename: str, wanted: Select) -> HitPart:
        found: dict[str, HitPart] = {
            "cursor": lambda hit: cursor(hit.rank),
            "score": lambda hit: float(hit.row[0]),
            "matchedField": self._matched,
            "__typename": lambda _hit: typename,
        }
        return self._node(wanted) if wanted.name == "node" else found[wanted.name]

    def _node(self, wanted: Select) -> HitPart:
        nothing = "null", shape.constant(None)
        text, shaped = self.renderer.either("hit", tuple(self.types), wanted.of) if self.types else nothing
        self.nodes.append(text)
        at = 1 + len(self.nodes)
        return lambda hit: shaped(hit.row[at])

    def _matched(self, hit: _Hit) -> str | None:
        score, (kind, values), *_ = hit.row
        return "identifiers" if score == EXACT else words.matched(hit.query, values, self.types[kind].search_fields)

    def _suggestion(self, page: _Page) -> str | None:
        titles = [str(hit.row[1][1][0]) for hit in page.hits]
        exact = any(hit.row[0] == EXACT for hit in page.hits)
        return None if exact else words.suggestion(page.query, page.near or [], titles)


def _query(spec: NodeSpec, text: str, limit: str) -> str:
    return f"CALL db.index.fulltext.queryNodes('{search_index(spec)}', {text}, {{limit: {limit}}})"


def _page_info(wanted: Select) -> PagePart:
    (typename, inner), *_ = wanted.of.items()
    found: dict[str, PagePart] = {
        "hasNextPage": lambda page: page.more,
        "hasPreviousPage": lambda page: page.skipped > 0,
        "startCursor": lambda page: cursor(page.hits[0].rank) if page.hits else None,
        "endCursor": lambda page: cursor(page.hits[-1].rank) if page.hits else None,
        "__typename": lambda _page: typename,
    }
    parts = [(s.key, found[s.name]) for s in inner]
    return lambda page: {key: part(page) for key, part in parts}


def _shaped(parts: list[tuple[str, PagePart]]) -> shape.Shape:
    def shaped(value: list[Any]) -> dict[str, Any]:
        rows, size, skipped, query, near = value
        hits = [_Hit(row, skipped + i + 1, query) for i, row in enumerate(rows[:size])]
        page = _Page(hits, len(rows) > size, skipped, near, query)
        return {key: part(page) for key, part in parts}

    return shaped


def search(renderer: Renderer, root: Root) -> Statement:
    """The statement of a search root field."""
    text, shaped = Search(renderer, root.select).render()
    return renderer.done(f"RETURN {text}", shaped)
