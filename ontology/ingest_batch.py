"""Imports and what became of each row."""

from ontology.access import Scope
from ontology.terms import Node, Visibility, choice, edge, integer, moment, text

WRITERS = Scope("write")


class IngestBatch(
    Node,
    plural="ingestBatches",
    iri="omo:IngestBatch",
    same_as=("prov:Activity",),
    visibility=Visibility.PRIVATE,
    read=WRITERS,
    writable=False,
):
    """One run of an import: where it came from, how far it got, and what became of its rows."""

    source = text("dcterms:source", "The name given to where the rows came from.", required=True, index=True)
    input = text("omo:input", "The file name or content hash that was read.")
    format = text("dcterms:format", "The format it was read as.", max_length=40)
    status = choice("omo:batchStatus", "How far it got.", "running", "done", "undone", required=True, index=True)
    started_at = moment("prov:startedAtTime", "When it began.", required=True)
    finished_at = moment("prov:endedAtTime", "When its last row was handled.")
    row_count = integer("omo:rowCount", "Rows read.")
    created = integer("omo:rowsCreated", "Rows that brought something new.")
    updated = integer("omo:rowsUpdated", "Rows that changed something.")
    unchanged = integer("omo:rowsUnchanged", "Rows that said what was known.")
    rejected = integer("omo:rowsRejected", "Rows that could not be used.")
    needs_review = integer("omo:rowsNeedingReview", "Rows that contradict the graph and wait for a person.")


class IngestRow(
    Node,
    plural="ingestRows",
    iri="omo:IngestRow",
    order=("line",),
    visibility=Visibility.PRIVATE,
    read=WRITERS,
    recorded=False,
    writable=False,
):
    """What became of one row of a batch, and why. Leaves no record."""

    line = integer("omo:line", "Line of the input, from 1.", required=True, minimum=0)
    input = text("omo:input", "The file it stands in, where the batch has several.")
    outcome = choice(
        "omo:outcome", "What became of it.",
        "created", "updated", "unchanged", "rejected", "needs_review", required=True,
    )  # fmt: skip
    code = text("omo:code", "Stable code of the cause, where something was wrong.", max_length=80)
    cause = text("omo:cause", "What was wrong.")
    repair = text("omo:repair", "How to mend it.")
    entity = text("omo:entityId", "Id of the entity the row is chiefly about.", max_length=60)

    batch = edge(
        "ROW_OF", "IngestBatch", "omo:rowOf", "The batch it belongs to.",
        many=False, inverse="rows", inverse_doc="Its rows.",
    )  # fmt: skip
