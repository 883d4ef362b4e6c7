"""A page of a list as one Cypher expression: filter, order, keyset cursor, limit, and what is wanted of it.

Rows that lack a sort key come last in both directions. At the root of a query an order by one property walks
its index: the rows that have it and those that lack it are two branches.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from graph import cursor, shape
from graph.filter import Row, both, equal, implied, one_visible, visible, where
from graph.plan import Select, page_size
from graph.shape import Shape
from ontology.errors import Invalid
from ontology.terms import NodeSpec, Spec

if TYPE_CHECKING:
    from graph.render import Renderer


@dataclass(frozen=True, slots=True)
class Source:
    """Where the rows come from: a pattern that binds `row`, or several types of `targets` behind its variable."""

    pattern: str
    row: Row
    distinct: bool = False
    targets: tuple[str, ...] = ()
    root: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """What one selection of a node adds to every item: its column there, its expression, its shape."""

    index: int
    text: str
    shape: Shape


@dataclass(frozen=True, slots=True)
class Key:
    """One sort key of a list."""

    prop: str
    descending: bool
    nullable: bool


@dataclass(slots=True)
class Page:
    """One page as it came from the store: trimmed items, and whether there is more on either side."""

    items: list[Any]
    more: bool
    cursor: bool
    total: int | None
    backward: bool

    @property
    def has_next(self) -> bool:
        """Whether items follow; going backward, the cursor itself is one."""
        return self.cursor if self.backward else self.more

    @property
    def has_previous(self) -> bool:
        """Whether items come before; going forward, the cursor itself is one."""
        return self.more if self.backward else self.cursor


Part = Callable[[Page], Any]


@dataclass(slots=True)
class Connection:
    """Renders one connection field."""

    renderer: Renderer
    source: Source
    select: Select
    entries: list[Entry] = field(default_factory=list)
    wants_cursor: bool = False
    wants_total: bool = False

    def render(self) -> tuple[str, Shape]:
        """The expression `[items, size, has cursor, total]` and its shape."""
        (typename, wanted), *_ = self.select.of.items()
        parts = [(s.key, self._part(typename, s)) for s in wanted]
        condition = both(self._visible, self.renderer.filter.predicate(self.source.row, self._args("filter")))
        keys = self._keys()
        size = self._args("last") if self._backward else self._args("first")
        limit = self.renderer.bind(size, lambda value: page_size(value) + 1)
        at = self._args("before") if self._backward else self._args("after")
        items = self._items(keys, condition, limit, at)
        pointer = f"{self.renderer.bind(at)} IS NOT NULL" if at is not None else "false"
        total = self._total(condition) if self.wants_total else "null"
        return f"[{items}, {limit}, {pointer}, {total}]", self._shape(parts)

    @property
    def _visible(self) -> str:
        row, registry = self.source.row, self.renderer.registry
        targets = self.source.targets
        return one_visible(row.var, targets, registry) if targets else visible(row, registry)

    @property
    def _backward(self) -> bool:
        return backward(self.select.args)

    def _args(self, name: str) -> Any:
        return self.select.args.get(name)

    # -- what is wanted ---------------------------------------------------------------------------

    def _part(self, typename: str, wanted: Select) -> Part:
        if wanted.name == "edges":
            return self._edges(wanted)
        if wanted.name == "nodes":
            entry = self._entry(wanted)
            return lambda page: [entry.shape(item[entry.index]) for item in page.items]
        if wanted.name == "pageInfo":
            return self._page_info(wanted)
        if wanted.name == "totalCount":
            self.wants_total = True
            return lambda page: page.total
        return lambda _page: typename

    def _entry(self, wanted: Select) -> Entry:
        entry = self.renderer.entries(self.source, wanted, lambda: len(self.entries) + 1)
        self.entries.append(entry)
        return entry

    def _edges(self, wanted: Select) -> Part:
        (typename, inner), *_ = wanted.of.items()
        columns = [(s.key, self._edge_column(typename, s)) for s in inner]
        return lambda page: [{key: f(item) for key, f in columns} for item in page.items]

    def _edge_column(self, typename: str, wanted: Select) -> Shape:
        if wanted.name == "cursor":
            self.wants_cursor = True
            return shape.cursor_of
        if wanted.name == "node":
            entry = self._entry(wanted)
            return lambda item: entry.shape(item[entry.index])
        return shape.constant(typename)

    def _page_info(self, wanted: Select) -> Part:
        (typename, inner), *_ = wanted.of.items()
        found: dict[str, Part] = {
            "hasNextPage": lambda page: page.has_next,
            "hasPreviousPage": lambda page: page.has_previous,
            "startCursor": lambda page: shape.cursor_of(page.items[0]) if page.items else None,
            "endCursor": lambda page: shape.cursor_of(page.items[-1]) if page.items else None,
            "__typename": lambda _page: typename,
        }
        self.wants_cursor = self.wants_cursor or any(s.name.endswith("Cursor") for s in inner)
        parts = [(s.key, found[s.name]) for s in inner]
        return lambda page: {key: part(page) for key, part in parts}

    def _shape(self, parts: list[tuple[str, Part]]) -> Shape:
        backward = self._backward

        def shaped(value: list[Any]) -> dict[str, Any]:
            items, limit, pointer, total = value
            more = len(items) == limit
            items = items[: limit - 1] if more else items
            page = Page(items[::-1] if backward else items, more, pointer, total, backward)
            return {key: part(page) for key, part in parts}

        return shaped

    # -- which rows, in what order ----------------------------------------------------------------

    def _keys(self) -> list[Key]:
        if self.source.targets:
            return [Key("id", descending=False, nullable=False)]
        return sort_keys(self.source.row.spec, self._args("orderBy"))

    def _items(self, keys: list[Key], condition: str, limit: str, at: Any) -> str:
        size = len(keys)
        slots = (
            [self.renderer.bind(at, cursor.part(i, order_name(keys), size)) for i in range(size)]
            if at is not None
            else []
        )
        var = self.source.row.var
        columns = ", ".join(e.text for e in self.entries)
        marks = ", ".join([f"'{order_name(keys)}'", *(f"{var}.{k.prop}" for k in keys)])
        listed = f"[{marks}]" if self.wants_cursor else "null"
        returned = f"RETURN [{listed}{', ' if columns else ''}{columns}]"
        if self.source.root and keys[0].nullable and len(keys) == 2:  # noqa: PLR2004 - one key and the id
            branches = self._branches(keys, condition, limit, slots)
            return f"COLLECT {{ CALL () {{ {branches} }} WITH {self._carried} LIMIT {limit} {returned} }}"
        predicate = where(condition, beyond(var, keys, slots, self._backward))
        if self.source.root and not predicate and not keys[0].nullable:
            predicate = f" WHERE {var}.{keys[0].prop} IS NOT NULL"
        distinct = "DISTINCT " if self.source.distinct else ""
        order = ordering(var, keys, self._backward)
        sorted_ = f"WITH {distinct}{self._carried} ORDER BY {order} LIMIT {limit}"
        return f"COLLECT {{ MATCH {self.source.pattern}{predicate} {sorted_} {returned} }}"

    @property
    def _carried(self) -> str:
        row = self.source.row
        ends = [end for end in row.ends if end and self.source.root] or [e for e in row.ends if e.startswith("x")]
        return ", ".join([row.var, *ends])

    def _branches(self, keys: list[Key], condition: str, limit: str, slots: list[str]) -> str:
        var, (key, ident) = self.source.row.var, keys
        at = f"{var}.{key.prop}"
        sure = [Key(key.prop, key.descending, nullable=False), ident]
        bound = _within(var, sure, slots, self._backward) or f"{at} IS NOT NULL"
        given = self._args("filter")
        lead = [p for p in equal(given) if (p, key.prop) in getattr(self.source.row.spec, "indexes", ())]
        order = "".join(f"{var}.{p}{' DESC' if key.descending != self._backward else ''}, " for p in lead)
        order += ordering(var, sure, self._backward)
        match, tail = f"MATCH {self.source.pattern}", f"LIMIT {limit}"
        have = f"{match}{where(condition, bound)} RETURN {self._carried} ORDER BY {order} {tail}"
        if implied(given, key.prop):
            return have
        lacking = where(condition, f"{at} IS NULL", _lacking(var, ident, slots, self._backward))
        lack = f"{match}{lacking} RETURN {self._carried} ORDER BY {ordering(var, [ident], self._backward)} {tail}"
        return " UNION ALL ".join([lack, have] if self._backward else [have, lack])

    def _total(self, condition: str) -> str:
        row = self.source.row
        if self.source.distinct:
            return f"COUNT {{ MATCH {self.source.pattern}{where(condition)} RETURN DISTINCT {row.var} }}"
        return f"COUNT {{ MATCH {self.source.pattern}{where(condition)} }}"


def backward(args: Mapping[str, Any]) -> bool:
    """Whether a page is read from its end: with `last`, or `before` alone. Raises Invalid(PAGE_INVALID)."""
    forth = [n for n in ("first", "after") if args.get(n) is not None]
    back = [n for n in ("last", "before") if args.get(n) is not None]
    if forth and back:
        hint = "Page forward with first and after, or backward with last and before."
        raise Invalid("PAGE_INVALID", f"{forth[0]} together with {back[0]}.", hint)
    return bool(back)


def sort_keys(spec: Spec, asked: list[dict[str, str]] | None) -> list[Key]:
    """The sort keys of a list of one type: as asked, else as declared; the id decides ties."""
    ident = spec.key if isinstance(spec, NodeSpec) else "id"
    keys: dict[str, Key] = {}
    for one in asked or [{"field": name} for name in spec.order]:
        prop = ident if one["field"] == "id" else one["field"]
        declared = spec.fields.get(prop)
        nullable = prop != ident and not (declared and (declared.required or declared.system))
        keys.setdefault(prop, Key(prop, one.get("direction") == "DESC", nullable))
    keys.setdefault(ident, Key(ident, descending=False, nullable=False))
    return list(keys.values())


def order_name(keys: list[Key]) -> str:
    """What an order is called in cursors: the properties it goes by."""
    return " ".join(key.prop for key in keys[:-1])


def ordering(var: str, keys: list[Key], backward: bool) -> str:  # noqa: FBT001
    """The ORDER BY list; rows without a key come last, or first when read backward."""
    parts = []
    for key in keys:
        if key.nullable:
            parts.append(f"{var}.{key.prop} IS NULL{' DESC' if backward else ''}")
        parts.append(f"{var}.{key.prop}{' DESC' if key.descending != backward else ''}")
    return ", ".join(parts)


def beyond(var: str, keys: list[Key], slots: list[str], backward: bool) -> str:  # noqa: FBT001
    """The predicate for rows past the cursor, key by key, missing keys last."""
    options: list[str] = []
    same: list[str] = []
    for key, slot in zip(keys, slots, strict=False):
        at, sign = f"{var}.{key.prop}", "<" if key.descending != backward else ">"
        past, equal_ = f"{at} {sign} {slot}", f"{at} = {slot}"
        if key.nullable:
            past = (
                f"(({slot} IS NULL AND {at} IS NOT NULL) OR {past})"
                if backward
                else f"({slot} IS NOT NULL AND ({past} OR {at} IS NULL))"
            )
            equal_ = f"({equal_} OR ({at} IS NULL AND {slot} IS NULL))"
        options.append(both(*same, past))
        same.append(equal_)
    if len(options) == 1:
        return options[0]
    return f"({' OR '.join(f'({o})' for o in options)})" if options else ""


def _within(var: str, keys: list[Key], slots: list[str], backward: bool) -> str:  # noqa: FBT001
    """`beyond` for the rows that have the first key, with a range an index can seek."""
    if not slots:
        return ""
    rest, at = beyond(var, keys, slots, backward), f"{var}.{keys[0].prop}"
    if backward:
        return f"{at} IS NOT NULL AND ({slots[0]} IS NULL OR {rest})"
    return f"{at} {'<=' if keys[0].descending else '>='} {slots[0]} AND {rest}"


def _lacking(var: str, ident: Key, slots: list[str], backward: bool) -> str:  # noqa: FBT001
    """`beyond` for the rows that lack the first key."""
    if not slots:
        return ""
    at, (first, last) = f"{var}.{ident.prop}", slots
    return f"{first} IS NULL AND {at} < {last}" if backward else f"({first} IS NOT NULL OR {at} > {last})"
