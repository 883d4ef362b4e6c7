"""Concerts, festivals and sessions."""

from ontology.access import ANYONE
from ontology.terms import Node, Visibility, boolean, choice, date, edge, text


class Event(
    Node,
    plural="events",
    iri="omo:Event",
    same_as=("schema:MusicEvent", "mo:Performance"),
    visibility=Visibility.PUBLIC,
    read=ANYONE,
    schemes=("mbid",),
):
    """Something that happened at a time and place where music was played."""

    name = text("schema:name", "Its name or billing.", required=True, index=True, search=True)
    kind = choice("omo:eventKind", "What it was.", "concert", "festival", "session", "launch", "convention", "other")
    begin_date = date("schema:startDate", "When it began.", index=True)
    end_date = date("schema:endDate", "When it ended.")
    cancelled = boolean("omo:cancelled", "Whether it never took place.")
    setlist = text("omo:setlist", "The set as announced or reported, one line each.", max_length=20_000)
    disambiguation = text("schema:disambiguatingDescription", "What tells it from others of the same name.")

    area = edge(
        "HELD_IN", "Area", "schema:location", "Where it was held.",
        many=False, inverse="events", inverse_doc="What was held there.",
    )  # fmt: skip
    works = edge(
        "SETLIST_WORK", "Work", "omo:setlistWork", "The works that were played.",
        inverse="events", inverse_doc="Where it was played.",
    )  # fmt: skip
