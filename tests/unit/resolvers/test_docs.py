"""The pages about GraphQL say what the code does: examples fit the schema and the limits, tables name both."""

import re
from dataclasses import asdict
from pathlib import Path

import pytest
from graphql import OperationDefinitionNode, validate

from ontology.registry import core
from resolvers import reference
from resolvers.cost import compile_cost
from resolvers.derive import build
from resolvers.limits import WORDS, Allowance, check, read
from tests.unit.resolvers.toys import toys

DOCS = Path(__file__).parents[3] / "docs"
PAGE = (DOCS / "graphql.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```graphql\n(.*?)```", PAGE, re.DOTALL)
DERIVED = build(core())


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda text: " ".join(text.split())[:40])
def test_every_example_fits_the_schema_and_the_limits(example: str) -> None:
    document = read(example)
    check(document)
    assert not validate(DERIVED.core, document)
    (operation,) = document.definitions
    assert isinstance(operation, OperationDefinitionNode)
    assert compile_cost(DERIVED.core, DERIVED.roots, document, operation)({}) > 0


def test_the_examples_cover_every_kind_of_root_field() -> None:
    used = {f"{root}" for root in DERIVED.roots if re.search(rf"\b{root.split('.')[1]}\b", " ".join(EXAMPLES))}
    kinds = {DERIVED.roots[root].kind for root in used}
    assert {"lookup", "connection", "search", "upsert", "subscription"} <= kinds


def test_the_table_of_limits_is_true() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| ([^|]+) \|", PAGE, re.MULTILINE))
    numbers = {code: [int(n.replace(",", "")) for n in re.findall(r"[\d,]*\d", text)] for code, text in rows.items()}
    limits = asdict(Allowance())
    assert numbers == {
        "TOKENS_EXCEEDED": [limits["tokens"], limits["comments"], limits["length"]],
        **{code: [limits[name]] for name, (code, _, _) in WORDS.items()},
        "PAGE_TOO_LARGE": [limits["page"]],
        "BATCH_TOO_LARGE": [limits["batch"]],
        "COST_EXCEEDED": [limits["cost"]],
    }


def test_the_reference_is_current() -> None:
    committed = (DOCS / "graphql-reference.md").read_text(encoding="utf-8")
    told = "Run: .venv/bin/python -m resolvers.reference > docs/graphql-reference.md"
    assert reference.text(core()) == committed, told


def test_a_toy_type_gets_its_reference() -> None:
    page = reference.text(toys())
    section = page.split("### Instrument\n", 1)[1].split("\n### ", 1)[0]
    assert "Something to play." in section
    assert "| `yearMade` | `Int` | When it was made. |" in section
    assert "`InstrumentFamily`: `string`, `_8_bit`, `_null`." in section
    assert "`upsertInstruments`" in section
    assert "`owner` (Contributor) to `thing` (Instrument, Release)" in page
