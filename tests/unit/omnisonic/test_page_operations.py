"""Pages are clients of the public schema: every operation they carry must fit it."""

from pathlib import Path

import pytest
from graphql import build_schema, get_operation_ast, parse, validate

from omnisonic.web.assets import HERE
from omnisonic.web.explorer_page import SAMPLE

ROOT = Path(__file__).resolve().parents[3]
SCHEMA = build_schema((ROOT / "schema.graphql").read_text(encoding="utf-8"))
OPERATIONS = sorted(HERE.rglob("*.graphql"))
SAMPLES = [path for path in OPERATIONS if path.parent.name == "queries" and path.parent.parent.name == "explorer"]


@pytest.mark.parametrize("path", OPERATIONS, ids=lambda path: path.stem)
def test_an_operation_of_a_page_fits_the_schema(path: Path) -> None:
    assert validate(SCHEMA, parse(path.read_text(encoding="utf-8"))) == []


def test_there_are_five_samples_each_with_a_title_a_name_and_no_variables_to_fill_in() -> None:
    assert len(SAMPLES) == 5
    for path in SAMPLES:
        text = path.read_text(encoding="utf-8")
        assert text.startswith("# ")
        operation = get_operation_ast(parse(text))
        assert operation is not None
        assert operation.name is not None
        assert all(v.default_value is not None for v in operation.variable_definitions or ())


def test_the_forms_first_query_fits_the_schema() -> None:
    assert validate(SCHEMA, parse(SAMPLE)) == []
