"""Positions on releases."""

from ontology.access import ANYONE
from ontology.terms import Node, Visibility, edge, integer, text


class Track(
    Node,
    plural="tracks",
    iri="mo:Track",
    visibility=Visibility.PUBLIC,
    read=ANYONE,
    schemes=("mbid",),
    order=("medium", "position"),
):
    """A position on a release, at which a recording is heard."""

    title = text("schema:name", "The title as printed on this release, where it differs or is known.")
    position = integer("schema:position", "Place on its medium, from 1.", required=True, minimum=0)
    medium = integer("omo:medium", "Which disc, tape or file set, from 1.", minimum=1)
    number = text("omo:trackNumber", "The number as printed: A1, 12.", max_length=40)
    duration_ms = integer("omo:durationMs", "Length in milliseconds on this release.", minimum=0)

    release = edge(
        "ON_RELEASE", "Release", "omo:onRelease", "The release it is a position on.",
        many=False, inverse="tracks", inverse_doc="Its tracks.",
    )  # fmt: skip
    recording = edge(
        "OF_RECORDING", "Recording", "omo:ofRecording", "The recording that is heard there.",
        many=False, inverse="tracks", inverse_doc="Where it is heard on releases.",
    )  # fmt: skip
