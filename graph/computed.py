"""Fields that are read off stored provenance blocks rather than off properties."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from graph.plan import Select
from graph.shape import Shape
from ontology.access import Scope
from provenance.cid import decode_strict

PRIVATE = Scope("audit")


def _state(public: bytes | None, private: bytes | None) -> dict[str, Any] | None:
    if public is None:
        return None
    found: dict[str, Any] = {}
    for block in (public, private):
        if block is not None:
            payload: Any = decode_strict(bytes(block))
            found.update(payload["state"])
    return found


def _changed(wanted: tuple[Select, ...], typename: str) -> Shape:
    def shaped(value: list[Any]) -> list[dict[str, Any]]:
        fields, *blocks = value
        after, before = _state(*blocks[:2]) or {}, _state(*blocks[2:]) or {}
        facts = (
            {"field": f, "before": before.get(f), "after": after.get(f), "__typename": typename} for f in fields or []
        )
        return [{s.key: fact[s.name] for s in wanted} for fact in facts]

    return shaped


def _blocks(var: str) -> str:
    return f"{var}.afterBlock, CASE WHEN {PRIVATE.cypher(var)} THEN {var}.privateBlock END"


def state(var: str, _select: Select) -> tuple[str, Shape]:
    """The state after the change, private parts for auditors only; null after a delete or an erasure."""
    return f"[{_blocks(var)}]", lambda value: _state(*value)


def changes(var: str, select: Select) -> tuple[str, Shape]:
    """Each changed field with its value before and after."""
    before = f"MATCH (q:ProvenanceRecord {{cid: {var}.prev}}) RETURN [{_blocks('q')}]"
    text = f"[{var}.fields, {_blocks(var)}] + coalesce(head(COLLECT {{ {before} LIMIT 1 }}), [null, null])"
    (typename, wanted), *_ = select.of.items()
    return text, _changed(wanted, typename)


def record_state(var: str, _select: Select) -> tuple[str, Shape | None]:
    """How far the record has come: recorded, then sequenced."""
    return f"CASE WHEN {var}.seq IS NULL THEN 'recorded' ELSE 'sequenced' END", None


COMPUTED: dict[str, Callable[[str, Select], tuple[str, Shape | None]]] = {
    "state": state,
    "changes": changes,
    "recordState": record_state,
}
"""By GraphQL field name; only ProvenanceRecord has them."""
