"""Identifiers as nodes."""

from ontology.access import ANYONE
from ontology.terms import Node, Visibility, choice, text


class Identifier(
    Node,
    plural="identifiers",
    iri="schema:PropertyValue",
    visibility=Visibility.PUBLIC,
    read=ANYONE,
    key="key",
    recorded=False,
    writable=False,
):
    """A standard identifier. It may name several things, and a thing may bear several.

    It is part of the state of what bears it, so it leaves no records of its own.
    A wrong one is kept and marked.
    """

    key = text(
        "omo:identifierKey",
        "Scheme and value: 'isrc:GBAHS1400099'.",
        required=True,
        unique=True,
        max_length=600,
    )
    scheme = text(
        "schema:propertyID",
        "Which standard: isrc, iswc, isni, ipi, barcode, grid or mbid.",
        required=True,
    )
    value = text("schema:value", "The normalised value.", required=True, max_length=500)
    raw = text("omo:rawValue", "The value as it was first given, where it differs.", max_length=500)
    status = choice("omo:identifierStatus", "Whether syntax and check digit hold.", "valid", "invalid", required=True)
