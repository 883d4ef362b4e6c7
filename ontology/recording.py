"""Captured performances."""

from ontology.access import ANYONE
from ontology.terms import Node, Visibility, boolean, date, edge, integer, text


class Recording(
    Node,
    plural="recordings",
    iri="omo:Recording",
    same_as=("schema:MusicRecording", "mo:Signal"),
    visibility=Visibility.PUBLIC,
    read=ANYONE,
    schemes=("isrc", "mbid"),
    indexes=(("year", "isrc"),),
):
    """One captured performance or mix, whatever releases it appears on."""

    title = text("schema:name", "The title it is known by.", required=True, index=True, search=True)
    aliases = text("schema:alternateName", "Other titles.", many=True, search=True)
    duration_ms = integer("omo:durationMs", "Length in milliseconds.", minimum=0)
    year = integer("omo:year", "Year of its first release.", minimum=1857, maximum=2200, index=True)
    first_release_date = date("schema:datePublished", "When it first came out.")
    genre = text("schema:genre", "Genres, the most fitting first.", many=True, max_length=200)
    video = boolean("omo:video", "Whether it is a video recording.")
    disambiguation = text("schema:disambiguatingDescription", "What tells it from others of the same title.")

    works = edge(
        "RECORDING_OF", "Work", "schema:recordingOf", "The compositions that are heard in it.",
        inverse="recordings", inverse_doc="The recordings in which it is heard.",
    )  # fmt: skip
    recorded_at = edge(
        "RECORDED_AT", "Event", "omo:recordedAt", "The event at which it was captured.",
        many=False, inverse="recordings", inverse_doc="What was recorded there.",
    )  # fmt: skip
