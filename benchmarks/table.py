"""From result rows to the table that people read and the object that programs read. Pure."""

from typing import Any

Row = dict[str, Any]

_LIMITED = ("a", "b", "c", "d", "e", "f1")
_RPS = ("a", "b", "c", "d", "e")
CPU_RATIO = 2.0
RPS_RATIO = 1.0


def graphql_figures(rows: list[Row], connections: int = 8) -> dict[str, dict[str, Any]]:
    """By operation: figures at so many connections; a ratio above 1 means that we are better."""
    found: dict[str, dict[str, Any]] = {}
    at = {(r["op"], r["target"]): r for r in rows if r["connections"] == connections}
    for op, ours in ((op, row) for (op, target), row in at.items() if target == "ours"):
        theirs = at.get((op, "peer"))
        if theirs is None:
            continue
        found[op] = {
            "cpu_ms": ours["cpu_ms"],
            "peer_cpu_ms": theirs["cpu_ms"],
            "cpu_ratio": _ratio(theirs["cpu_ms"], ours["cpu_ms"]),
            "rps": ours["rps"],
            "peer_rps": theirs["rps"],
            "rps_ratio": _ratio(ours["rps"], theirs["rps"]),
            "p99_ms": ours["p99"],
            "peer_p99_ms": theirs["p99"],
            "neo4j_cpu_ms": ours["neo4j_cpu_ms"],
            "peer_neo4j_cpu_ms": theirs["neo4j_cpu_ms"],
            "leaves": ours["leaves"],
            "leaves_equal": ours["leaves"] == theirs["leaves"],
            "bad": ours["bad"],
            "peer_bad": theirs["bad"],
        }
    return found


def graphql_table(rows: list[Row]) -> str:
    """Markdown tables, one for each number of connections."""
    parts = []
    for connections in sorted({row["connections"] for row in rows}, key=lambda n: (n != 8, n)):  # noqa: PLR2004 - 8 counts
        head = ["op", "CPU ms", "peer", "ratio", "limit", "rps", "peer", "ratio", "limit", "p99 ms", "peer",
                "Neo4j CPU ms", "peer", "leaves", "bad"]  # fmt: skip
        lines = [_graphql_line(op, figures) for op, figures in graphql_figures(rows, connections).items()]
        parts.append(f"{connections} connections\n\n{markdown(head, lines)}")
    return "\n\n".join(parts)


def _graphql_line(op: str, f: dict[str, Any]) -> list[str]:
    equal = "" if f["leaves_equal"] else " ≠ peer"
    return [
        op, f"{f['cpu_ms']:.2f}", f"{f['peer_cpu_ms']:.2f}", f"{f['cpu_ratio']:.2f}",
        f"≥ {CPU_RATIO:g}" if op in _LIMITED else "",
        f"{f['rps']:.0f}", f"{f['peer_rps']:.0f}", f"{f['rps_ratio']:.2f}", f"≥ {RPS_RATIO:g}" if op in _RPS else "",
        f"{f['p99_ms']:.1f}", f"{f['peer_p99_ms']:.1f}", f"{f['neo4j_cpu_ms']:.2f}", f"{f['peer_neo4j_cpu_ms']:.2f}",
        f"{f['leaves']:g}{equal}", f"{f['bad']} / {f['peer_bad']}",
    ]  # fmt: skip


def limits_table(figures: dict[str, dict[str, Any]]) -> str:
    """Markdown: one line for each figure that has a limit, and the peer's where there is one."""
    head = ["figure", "value", "limit", "peer", "ratio", "holds"]
    lines = []
    for name, f in figures.items():
        holds = "" if f.get("limit") is None else ("yes" if _holds(f) else "no")
        limit = "" if f.get("limit") is None else f"{'≥' if f.get('least') else '≤'} {f['limit']:g} {f['unit']}"
        there = "" if f.get("peer") is None else f"{f['peer']:g} {f['unit']}"
        ratio = "" if f.get("ratio") is None else f"{f['ratio']:.2f}"
        lines.append([name, f"{f['value']:g} {f['unit']}", limit, there, ratio, holds])
    return markdown(head, lines)


def _holds(figure: dict[str, Any]) -> bool:
    value, limit = figure["value"], figure["limit"]
    return bool(value >= limit if figure.get("least") else value <= limit)


def markdown(head: list[str], lines: list[list[str]]) -> str:
    """A table with its columns aligned, so that it reads well as plain text too."""
    widths = [max(len(line[i]) for line in [head, *lines]) for i in range(len(head))]
    rows = [head, ["-" * width for width in widths], *lines]
    return "\n".join("| " + " | ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) + " |" for row in rows)


def _ratio(better_high: float, low: float) -> float:
    return round(better_high / low, 2) if low else 0.0
