"""Who said what, when, and from where."""

from ontology.access import Scope, Where
from ontology.terms import Node, Visibility, choice, integer, iri_value, moment, text


class ProvenanceRecord(
    Node,
    plural="provenanceRecords",
    iri="prov:Activity",
    visibility=Visibility.PUBLIC,
    read=Where("log", "public", Scope("audit")),
    key="cid",
    order=("time",),
    recorded=False,
    writable=False,
):
    """One change of one entity, as it stands in a log; the block behind its CID never changes."""

    cid = text("omo:cid", "CID of the record block.", required=True, unique=True, max_length=80)
    log = choice("omo:log", "Which log it is chained in.", "public", "private", required=True)
    seq = integer("omo:seq", "Its gap-free number in the log, once sequenced.", minimum=0)
    tx = text("omo:tx", "ULID of the transaction.", required=True, max_length=26)
    n = integer("omo:n", "Position in the transaction, from 0.", required=True, minimum=0)
    time = moment("prov:endedAtTime", "When it was written.", required=True)
    actor = iri_value("prov:wasAssociatedWith", "Pseudonymous actor who changed it.", required=True)
    source_kind = choice(
        "omo:sourceKind",
        "Through which door it came.",
        "user",
        "api",
        "import",
        "job",
        "migration",
        "system",
        required=True,
    )
    source_ref = text("omo:sourceRef", "What the door names as its source: a batch, a request.")
    activity = choice("omo:activity", "What was done.", "create", "update", "delete", "merge", "erase", required=True)
    entity = iri_value("prov:generated", "IRI of what was changed.", required=True)
    etype = text("omo:etype", "Type of what was changed.", required=True)
    prev = text("omo:prev", "CID of the record before on the same entity.", max_length=80)
    after = text("omo:after", "CID of the public payload after the change.", max_length=80)
    fields = text("omo:fields", "Names of the properties that changed.", many=True)
    reason = text("omo:reason", "Why, in the actor's words.")
