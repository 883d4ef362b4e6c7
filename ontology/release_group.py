"""Albums and singles as ideas."""

from ontology.access import ANYONE
from ontology.terms import Node, Visibility, choice, date, text


class ReleaseGroup(
    Node,
    plural="releaseGroups",
    iri="omo:ReleaseGroup",
    same_as=("schema:MusicAlbum", "mo:SignalGroup"),
    visibility=Visibility.PUBLIC,
    read=ANYONE,
    schemes=("mbid",),
):
    """An album, single or the like as an idea, of which releases are the editions."""

    title = text("schema:name", "The title its editions share.", required=True, index=True, search=True)
    primary_type = choice("schema:albumProductionType", "Its main form.", "album", "single", "ep", "broadcast", "other")
    secondary_types = text(
        "omo:secondaryTypes", "Further forms: live, compilation, soundtrack.", many=True, max_length=200
    )
    first_release_date = date("schema:datePublished", "When its first edition came out.", index=True)
    disambiguation = text("schema:disambiguatingDescription", "What tells it from others of the same title.")
