"""A toy ontology beside the core: every kind of field, edge, end and visibility that the schema must derive."""

from functools import cache

from ontology.access import ANYONE, Scope
from ontology.registry import Registry, core
from ontology.terms import (
    EdgeType,
    Node,
    Visibility,
    boolean,
    choice,
    date,
    edge,
    end,
    integer,
    iri_value,
    moment,
    text,
)
from resolvers.derive import Derived, build


class Instrument(
    Node, plural="instruments", iri="omo:Instrument", visibility=Visibility.PUBLIC, read=ANYONE, schemes=("barcode",)
):
    """Something to play.

    More about it.
    """

    name = text("schema:name", "What it is called.", required=True, search=True)
    family = choice("omo:family", "How it sounds.", "string", "8-bit", "null")
    nicknames = text("omo:nicknames", "Other names.", many=True)
    year_made = integer("omo:yearMade", "When it was made.")
    tuned = boolean("omo:tuned", "Whether it is in tune.")
    built = date("omo:built", "When it was built.")
    checked_at = moment("omo:checkedAt", "When it was checked.")
    page = iri_value("omo:page", "A page about it.")
    serial = text("omo:serial", "Its number.", required=True, visibility=Visibility.PRIVATE, read=Scope("audit"))

    maker = edge(
        "MADE_BY", "Contributor", "omo:maker", "Who made it.",
        many=False, inverse="made", inverse_doc="What they made.",
    )  # fmt: skip
    played_on = edge(
        "PLAYED_ON", "Recording", "omo:playedOn", "Where it is heard.",
        inverse="instruments", inverse_doc="What is heard in it.",
    )  # fmt: skip


class Diary(
    Node, plural="diaries", iri="omo:Diary", visibility=Visibility.PRIVATE, read=Scope("audit"), writable=False
):
    """Notes that the house writes."""

    line = text("omo:line", "A line.")


class Ownership(EdgeType, rel="OWNS", iri="omo:Ownership", visibility=Visibility.PUBLIC, read=ANYONE):
    """Whose a thing is."""

    share = integer("omo:share", "How much of it.")
    source = end("owner", ("Contributor",), "ownerships", {"Instrument": "owned"}, "Who owns it.")
    target = end("thing", ("Instrument", "Release"), "ownerships", {"Contributor": "owners"}, "What is owned.")


@cache
def toys() -> Registry:
    """The core ontology and the toys."""
    return core().extend(Instrument, Diary, Ownership)


@cache
def derived_toys() -> Derived:
    """Their schema, shared: who sets a resolver builds one of their own."""
    return build(toys())
