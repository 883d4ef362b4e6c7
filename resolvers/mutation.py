"""The fields of Mutation and their answers. Expected failures are `problems` of an answer, not errors."""

from __future__ import annotations

from collections.abc import Iterator

from ontology.registry import Registry
from ontology.terms import Spec
from resolvers import names
from resolvers.declare import Member, Types
from resolvers.roots import Root, Rooted

BATCH = 1_000
"""How many changes a plural mutation takes."""

KEY = Member(
    "idempotencyKey",
    "String",
    "A key of your choice: the same key with the same content gives the first answer again, "
    "with other content CONFLICT.",
)
PROBLEM = (
    Member("code", "String!", "Stable; made for programs."),
    Member("message", "String!", "What is wrong, and where."),
    Member("hint", "String", "How to mend it."),
    Member("path", "String", "The input field, dotted: `input.0.works.2`."),
)
CID = Member("cid", "String", "CID of the head of its provenance records.")
ANSWER = (
    Member("tx", "String", "ULID of the transaction; null where nothing changed."),
    Member("replayed", "Boolean!", "Whether this is the first answer again, by its idempotency key."),
    Member("problems", "[Problem!]!", "Why it was not done; empty when it was."),
)
DELETED = (Member("id", "ID", "What was deleted."), CID, *ANSWER)


def fields(registry: Registry, types: Types) -> Iterator[Rooted]:
    """Every field of Mutation; enters the types of their answers."""
    types.object("Problem", PROBLEM, "An expected failure.")
    outcomes = {w: w for w in ("created", "updated", "unchanged")}
    types.enum("ChangeOutcome", outcomes, "What an upsert came to.")
    types.object("DeletePayload", DELETED, "What became of a deletion.")
    for spec in registry.specs.values():
        if spec.writable:
            yield from _writes(types, spec)


def _writes(types: Types, spec: Spec) -> Iterator[Rooted]:
    one, many = f"upsert{spec.name}", f"upsert{names.capital(names.plural(spec))}"
    _payloads(types, spec, names.capital(one), names.capital(many))
    given = Member("input", f"{spec.name}Input!", "What is left out stays as it is; null removes it.")
    doc = f"Create a {spec.name} or bring it to this state. Without `id` it is found by its identifiers."
    yield Rooted(Member(one, f"{names.capital(one)}Payload", doc, (given, KEY)), Root("upsert", spec.name))
    all_given = Member("input", f"[{spec.name}Input!]!", f"{BATCH:,} at most.")
    doc = f"`{one}` for many in one transaction: all of them, or none."
    yield Rooted(Member(many, f"{names.capital(many)}Payload", doc, (all_given, KEY)), Root("upsert_many", spec.name))
    what = Member("id", "ID!", "Its key or its IRI."), Member("reason", "String", "Why, for the record."), KEY
    doc = f"Delete a {spec.name}, its ties, and the facts that hang on it. Its records stay."
    yield Rooted(Member(f"delete{spec.name}", "DeletePayload", doc, what), Root("delete", spec.name))


def _payloads(types: Types, spec: Spec, one: str, many: str) -> None:
    single = (
        Member(spec.singular, spec.name, "As it stands now."),
        Member("outcome", "ChangeOutcome", "What it came to; null where it was not done."),
        CID,
        *ANSWER,
    )
    types.object(f"{one}Payload", single, f"What became of an upsert of a {spec.name}.")
    results = Member("results", f"[{one}Payload!]!", "One for each input, in its order.")
    types.object(f"{many}Payload", (results, *ANSWER), f"What became of many upserts of {names.plural(spec)}.")
