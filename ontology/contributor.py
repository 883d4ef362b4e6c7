"""People, groups and organisations."""

from ontology.access import ANYONE
from ontology.terms import Node, Visibility, boolean, choice, date, edge, text


class Contributor(
    Node,
    plural="contributors",
    iri="omo:Contributor",
    same_as=("schema:Person", "schema:MusicGroup", "schema:Organization", "mo:MusicArtist"),
    visibility=Visibility.PUBLIC,
    read=ANYONE,
    schemes=("isni", "ipi", "mbid"),
):
    """A person, group or organisation that took part in making or publishing music."""

    name = text("schema:name", "The name it is known by.", required=True, index=True, search=True)
    sort_name = text("omo:sortName", "The name as an index would list it.")
    kind = choice(
        "omo:kind",
        "Whether it is one person, several, or a body.",
        "person",
        "group",
        "organization",
        index=True,
    )
    aliases = text("schema:alternateName", "Other names, spellings and scripts.", many=True, search=True)
    disambiguation = text("schema:disambiguatingDescription", "What tells it from others of the same name.")
    country = text("omo:country", "ISO 3166-1 code of its main country.", max_length=3)
    begin_date = date("omo:beginDate", "Birth or founding.")
    end_date = date("omo:endDate", "Death or dissolution.")
    ended = boolean("omo:ended", "Whether it has ended, also when nobody knows the date.")

    area = edge(
        "BASED_IN", "Area", "mo:origin", "The area it is chiefly tied to.",
        many=False, inverse="contributors", inverse_doc="Who is chiefly tied to this area.",
    )  # fmt: skip
