"""Compositions."""

from ontology.access import ANYONE
from ontology.terms import Node, Visibility, choice, edge, text


class Work(
    Node,
    plural="works",
    iri="omo:Work",
    same_as=("schema:MusicComposition", "mo:MusicalWork"),
    visibility=Visibility.PUBLIC,
    read=ANYONE,
    schemes=("iswc", "mbid"),
):
    """A composition, apart from any performance of it."""

    title = text("schema:name", "The title it is registered or known under.", required=True, index=True, search=True)
    aliases = text("schema:alternateName", "Other titles and translations.", many=True, search=True)
    kind = choice(
        "omo:workKind", "The form of the composition, where it has a usual name.",
        "song", "aria", "opera", "symphony", "concerto", "suite", "soundtrack", "musical", "other",
    )  # fmt: skip
    languages = text("schema:inLanguage", "ISO 639-3 codes of the lyrics.", many=True, max_length=8)
    disambiguation = text("schema:disambiguatingDescription", "What tells it from others of the same title.")

    part_of = edge(
        "PART_OF", "Work", "schema:isPartOf", "The larger works it is a part of.",
        inverse="parts", inverse_doc="The works that are parts of it.",
    )  # fmt: skip
