"""Editions that can be bought or streamed."""

from ontology.access import ANYONE
from ontology.terms import Node, Visibility, choice, date, edge, text


class Release(
    Node,
    plural="releases",
    iri="omo:Release",
    same_as=("schema:MusicRelease", "mo:Release"),
    visibility=Visibility.PUBLIC,
    read=ANYONE,
    schemes=("barcode", "grid", "mbid"),
):
    """One edition, physical or digital, with its own barcode, date and tracks."""

    title = text("schema:name", "The title on the cover.", required=True, index=True, search=True)
    status = choice("omo:releaseStatus", "How it came to be.", "official", "promotion", "bootleg", "withdrawn", "other")
    date = date("schema:datePublished", "When it came out.", index=True)
    country = text("omo:country", "ISO 3166-1 code of where it came out first.", max_length=3)
    label = text("omo:label", "The imprint named on it.", search=True)
    catalog_number = text("schema:catalogNumber", "The label's own number.", max_length=200)
    packaging = text("omo:packaging", "What it comes in.", max_length=200)
    language = text("schema:inLanguage", "ISO 639-3 code of its titles.", max_length=8)
    script = text("omo:script", "ISO 15924 code of its titles.", max_length=8)
    disambiguation = text("schema:disambiguatingDescription", "What tells it from other editions.")

    release_group = edge(
        "EDITION_OF", "ReleaseGroup", "schema:releaseOf", "The album or single of which it is an edition.",
        many=False, inverse="releases", inverse_doc="Its editions.",
    )  # fmt: skip
    territories = edge(
        "RELEASED_IN", "Area", "omo:releasedIn", "Where it came out.",
        inverse="releases", inverse_doc="What came out there.",
    )  # fmt: skip
