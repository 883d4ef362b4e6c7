"""Who did what."""

from ontology.access import ANYONE
from ontology.terms import EdgeType, Visibility, date, end, integer, text


class Contribution(
    EdgeType,
    rel="CONTRIBUTED_TO",
    iri="omo:Contribution",
    same_as=("prov:Association",),
    visibility=Visibility.PUBLIC,
    read=ANYONE,
    order=("position",),
):
    """One contributor's part in a work, recording, release or event."""

    role = text(
        "prov:hadRole",
        "What was done: performer, composer, producer, mixer.",
        required=True,
        max_length=200,
    )
    credited_as = text("omo:creditedAs", "The name as printed, where it differs.")
    join_phrase = text("omo:joinPhrase", "What stands between this credit and the next: ' feat. '.", max_length=200)
    position = integer("schema:position", "Place among the credits of its kind, from 0.", minimum=0)
    attributes = text("omo:attributes", "Instruments, voices and other details of the role.", many=True, max_length=200)
    begin_date = date("omo:beginDate", "From when.")
    end_date = date("omo:endDate", "Until when.")

    source = end(
        "contributor", ("Contributor",), "contributions",
        {
            "Work": "works", "Recording": "recordings", "ReleaseGroup": "releaseGroups",
            "Release": "releases", "Event": "events",
        },
        "Who contributed.",
    )  # fmt: skip
    target = end(
        "target", ("Work", "Recording", "ReleaseGroup", "Release", "Event"), "contributions",
        {"Contributor": "contributors"}, "What it went into.",
    )  # fmt: skip
