"""Relations of MusicBrainz documents: contributions, and the few plain edges the ontology has.

A relation is listed at one entity and names the other, its `target`. Which of the two is the subject follows
from the types; where both are of one type, `direction` says it: "forward" means the listing entity is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ingest import values

if TYPE_CHECKING:
    from ingest.claims import Claim
    from ingest.musicbrainz import Reader

AGENTS = frozenset({"artist", "label"})
PRODUCTS = frozenset({"recording", "work", "release", "release-group", "event"})


def relate(reader: Reader, kind: str, claim: Claim, doc: dict[str, Any]) -> None:
    """Read all relations of a document of this MusicBrainz type."""
    relations = doc.get("relations")
    for relation in relations if isinstance(relations, list) else ():
        if isinstance(relation, dict):
            _relation(reader, kind, claim, relation)


def _relation(reader: Reader, kind: str, claim: Claim, relation: dict[str, Any]) -> None:
    target = str(relation.get("target-type") or "").replace("_", "-")
    doc = relation.get(target) or relation.get(target.replace("-", "_"))
    label = str(relation.get("type") or "")
    if {kind, target} & AGENTS and {kind, target} & PRODUCTS and isinstance(doc, dict) and label:
        other = reader.entity(target, doc)
        if other is None:
            return
        who, what = (claim, other) if kind in AGENTS else (other, claim)
        printed = relation.get("source-credit" if kind in AGENTS else "target-credit")
        reader.credit(who, what, _contribution(relation, label, printed if printed != who.name else None))
        return
    edge = EDGES.get((kind, label.lower(), target, "" if kind != target else str(relation.get("direction"))))
    if edge is None or not isinstance(doc, dict):
        reader.notes.add(
            "RELATION_SKIPPED", f"Relations '{label}' of a {kind} with a {target} are not used.", reader.line
        )
        return
    name, own = edge
    found = reader.entity(target, doc)
    if found is not None:
        reader.link(claim if own else found, name, found if own else claim)


EDGES: dict[tuple[str, str, str, str], tuple[str, bool]] = {
    ("recording", "performance", "work", ""): ("works", True),
    ("work", "performance", "recording", ""): ("works", False),
    ("work", "parts", "work", "backward"): ("partOf", True),
    ("work", "parts", "work", "forward"): ("partOf", False),
    ("area", "part of", "area", "backward"): ("partOf", True),
    ("area", "part of", "area", "forward"): ("partOf", False),
    ("event", "held in", "area", ""): ("area", True),
    ("area", "held in", "event", ""): ("area", False),
    ("recording", "recorded during", "event", ""): ("recordedAt", True),
    ("event", "recorded during", "recording", ""): ("recordedAt", False),
}
"""(listing type, relation, other type, direction where both are of one type) -> (edge, whether the listing owns it)."""


def _contribution(relation: dict[str, Any], role: str, printed: object) -> dict[str, object]:
    begin, end = values.calendar(relation.get("begin")), values.calendar(relation.get("end"))
    return {
        "role": role,
        "creditedAs": printed or None,
        "attributes": _attributes(relation),
        "beginDate": begin,
        "endDate": end,
    }


def _attributes(relation: dict[str, Any]) -> list[str]:
    """Instruments and other details, each with its value or with the name it was printed under."""
    named, printed = relation.get("attribute-values"), relation.get("attribute-credits")
    given = relation.get("attributes")
    found = []
    for attribute in given if isinstance(given, list) else ():
        if isinstance(attribute, str) and attribute:
            value = named.get(attribute) if isinstance(named, dict) else None
            credit = printed.get(attribute) if isinstance(printed, dict) else None
            detail = f": {value}" if value else f" ({credit})" if credit else ""
            found.append(attribute + detail)
    return found
