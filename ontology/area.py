"""Places and territories."""

from ontology.access import ANYONE
from ontology.terms import Node, Visibility, choice, edge, text


class Area(
    Node,
    plural="areas",
    iri="omo:Area",
    same_as=("schema:AdministrativeArea",),
    visibility=Visibility.PUBLIC,
    read=ANYONE,
    schemes=("mbid",),
):
    """A country, region, city or other place that music is tied to."""

    name = text("schema:name", "Its usual English or local name.", required=True, index=True, search=True)
    kind = choice(
        "omo:areaKind",
        "What it is.",
        "world",
        "country",
        "subdivision",
        "county",
        "municipality",
        "city",
        "district",
        "island",
    )
    code = text("omo:areaCode", "ISO 3166-1 or 3166-2 code.", index=True, max_length=10)
    disambiguation = text("schema:disambiguatingDescription", "What tells it from others of the same name.")

    part_of = edge(
        "WITHIN", "Area", "schema:containedInPlace", "The areas it lies in.",
        inverse="parts", inverse_doc="The areas that lie in it.",
    )  # fmt: skip
