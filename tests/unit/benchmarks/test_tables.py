"""Every table under docs/benchmarks follows from the result file beside it."""

from pathlib import Path
from typing import Any

import pytest

from benchmarks.__main__ import END, START, table_of
from benchmarks.places import RESULTS, read_json
from benchmarks.table import graphql_figures, limits_table, markdown

NAMES = sorted(path.stem for path in RESULTS.glob("*.json"))


def test_there_is_a_page_for_every_result() -> None:
    assert NAMES
    assert all((RESULTS / f"{name}.md").exists() for name in NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_the_table_follows_from_the_result(name: str) -> None:
    page = Path(RESULTS / f"{name}.md").read_text(encoding="utf-8")
    shown = page.split(START)[1].split(END)[0].strip()
    assert shown == table_of(name, read_json(RESULTS / f"{name}.json")).strip()


def _row(target: str, **figures: Any) -> dict[str, Any]:
    row = {"op": "a", "connections": 8, "target": target, "rps": 100.0, "p99": 5.0, "cpu_ms": 1.0}
    return row | {"neo4j_cpu_ms": 1.0, "leaves": 32.0, "bad": 0} | figures


def test_a_ratio_above_one_means_that_we_are_better() -> None:
    (found,) = graphql_figures([_row("ours", rps=300.0), _row("peer", cpu_ms=4.0)]).values()
    assert (found["cpu_ratio"], found["rps_ratio"], found["leaves_equal"]) == (4.0, 3.0, True)


def test_other_leaves_and_other_connections_show() -> None:
    rows = [_row("ours", leaves=31.0), _row("peer"), _row("ours", connections=1), _row("peer", connections=1)]
    assert not graphql_figures(rows)["a"]["leaves_equal"]
    assert graphql_figures(rows, 1)["a"]["leaves_equal"]
    assert graphql_figures(rows, 32) == {}


def test_an_operation_without_a_peer_is_left_out() -> None:
    assert graphql_figures([_row("ours")]) == {}


@pytest.mark.parametrize(
    ("value", "least", "holds"), [(9.0, False, "yes"), (11.0, False, "no"), (9.0, True, "no"), (10.0, True, "yes")]
)
def test_limits_hold_from_their_side(value: float, least: bool, holds: str) -> None:  # noqa: FBT001
    table = limits_table({"x": {"value": value, "unit": "s", "limit": 10, "least": least}})
    assert table.splitlines()[-1].split("|")[-2].strip() == holds


def test_columns_are_aligned() -> None:
    assert markdown(["a", "long"], [["wide one", "1"]]).splitlines()[0] == "| a        | long |"
