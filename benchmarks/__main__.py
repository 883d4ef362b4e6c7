"""`scripts/bench NAME`: measures, prints a table, and with `--keep` keeps the result under docs/benchmarks."""

import argparse
import json
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks import graphql, ingest, start
from benchmarks.places import RESULTS
from benchmarks.table import graphql_figures, graphql_table, limits_table


def main() -> int:
    """Run one benchmark."""
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("name", choices=("graphql", "ingest", "start"))
    parser.add_argument("--json", action="store_true", help="print one JSON object on the last line")
    parser.add_argument("--quick", action="store_true", help="the short form: for a look, not for the record")
    parser.add_argument("--keep", action="store_true", help="keep table and result under docs/benchmarks")
    parser.add_argument("--only", default="", help="some of it: operations of graphql, speed or memory of ingest")
    options = parser.parse_args()
    result = _run(options.name, quick=options.quick, only=tuple(filter(None, options.only.split(","))))
    print(table_of(options.name, result), flush=True)
    if options.keep:
        keep(options.name, result)
    if options.json:
        figures = graphql_figures(result["rows"]) if options.name == "graphql" else result["figures"]
        print(json.dumps(figures), flush=True)
    return 0


def _run(name: str, *, quick: bool, only: tuple[str, ...]) -> dict[str, Any]:
    """The result: the machine, and rows or figures."""
    if name == "graphql":
        return {"machine": machine(), "rows": graphql.measure(quick=quick, only=only)}
    figures = ingest.measure(quick=quick, only=only) if name == "ingest" else start.measure(quick=quick)
    return {"machine": machine(), "figures": figures}


def table_of(name: str, result: dict[str, Any]) -> str:
    """The table of a result, with what it was measured on."""
    table = graphql_table(result["rows"]) if name == "graphql" else limits_table(result["figures"])
    at = result["machine"]
    return f"{at['day']}, {at['cores']} cores of {at['processor']}, Python {at['python']}\n\n{table}"


def keep(name: str, result: dict[str, Any]) -> None:
    """Write the result, and its table into the page beside it, between the two marks."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / f"{name}.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    page = RESULTS / f"{name}.md"
    text = page.read_text(encoding="utf-8") if page.exists() else f"# {name}\n\n{START}\n{END}\n"
    before, rest = text.split(START)
    page.write_text(f"{before}{START}\n\n{table_of(name, result)}\n\n{END}{rest.split(END)[1]}", encoding="utf-8")


START, END = "<!-- table -->", "<!-- end of table -->"


def machine() -> dict[str, Any]:
    """What it was measured on, without naming it."""
    cores = len([line for line in _lines("/proc/cpuinfo") if line.startswith("processor")])
    model = next((line.split(":")[1].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), "")
    day = datetime.now(UTC).date().isoformat()
    return {"day": day, "cores": cores, "processor": model, "python": platform.python_version()}


def _lines(path: str) -> list[str]:
    file = Path(path)
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


if __name__ == "__main__":
    sys.exit(main())
