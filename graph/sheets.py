"""The CSV files of a bulk load, as `neo4j-admin database import` reads them: one sheet per label or kind of edge.

Cells are separated by control characters that no text of ours may hold, so nothing has to be escaped; a row
with line ends goes to a file of its own, in quotes. Byte arrays are written as signed numbers: the import
makes of them the same property type that the driver makes of bytes.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

from ontology.registry import Registry
from ontology.terms import EdgeSpec, Kind, NodeSpec, Spec

CELL: Final = "\x1f"
ITEM: Final = "\x1e"
QUOTE: Final = "\x01"
LINES: Final = ".lines.csv"
"""How the names of files end whose rows may hold line ends."""

HELD: Final = 4 << 20
"""Characters that are kept in memory before they go to the files."""

BYTES: Final = tuple(str(value if value < 128 else value - 256) for value in range(256))  # noqa: PLR2004 - signed
_CLEAN: Final = dict.fromkeys(map(ord, (CELL, ITEM, QUOTE)), " ")

KINDS: Final = {Kind.INTEGER: "long", Kind.BOOLEAN: "boolean"}
BOOKKEEPING: Final = {"createdAt": "string", "updatedAt": "string", "_head": "string", "_headTime": "string"}
IDENTIFIER: Final = {"key": "ID", "scheme": "string", "value": "string", "status": "string", "raw": "string"}
RECORD: Final = {
    **dict.fromkeys(("cid", "log"), "string"),
    **dict.fromkeys(("seq", "n"), "long"),
    **dict.fromkeys(("tx", "time", "actor", "sourceKind", "sourceRef", "activity", "entity", "entityId"), "string"),
    **dict.fromkeys(("etype", "prev", "reason", "after", "private"), "string"),
    "fields": "string[]",
    **dict.fromkeys(("block", "afterBlock", "privateBlock"), "byte[]"),
}
ROW: Final = {
    "id": "ID",
    "line": "long",
    **dict.fromkeys(("input", "outcome", "code", "cause", "repair", "entity"), "string"),
    "_touched": "string[]",
}
SEQUENCE: Final = {"log": "string", "next": "long"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """What one kind of row looks like. `token` is the label or relationship type, `ends` the labels it joins."""

    token: str
    columns: dict[str, str]
    ends: tuple[str, str] | None = None

    @property
    def name(self) -> str:
        """Unique among the sheets of a load; part of its files' names."""
        return self.token if self.ends is None else "-".join((self.token, *self.ends))

    @property
    def header(self) -> str:
        """The header line."""
        cells = [
            f"{name}:{kind}" if kind != "ID" else f"{name}:ID({self.token})" for name, kind in self.columns.items()
        ]
        if self.ends is not None:
            cells = [f":START_ID({self.ends[0]})", f":END_ID({self.ends[1]})", *cells]
        return CELL.join(cells) + "\n"


def node_sheet(registry: Registry, label: str) -> Sheet:
    """The sheet of a label: a recorded type, or what the house keeps beside them."""
    house = {"Identifier": IDENTIFIER, "ProvenanceRecord": RECORD, "IngestRow": ROW, "Sequence": SEQUENCE}
    if label in house:
        return Sheet(label, house[label])
    spec = registry.nodes[label]
    return Sheet(label, {"id": "ID", **_fields(spec), **BOOKKEEPING, **dict.fromkeys(spec.schemes, "string")})


def edge_sheet(registry: Registry, rel: str, source: str, target: str) -> Sheet:
    """The sheet of the edges of one relationship type between two labels."""
    spec = next((edge for edge in registry.edges.values() if edge.rel == rel), None)
    columns: dict[str, str] = {"raw": "string"} if rel == "IDENTIFIED_BY" else {}
    if spec is not None:
        columns = {"id": "string", **_fields(spec), **BOOKKEEPING}
    return Sheet(rel, columns, (source, target))


def _fields(spec: NodeSpec | EdgeSpec | Spec) -> dict[str, str]:
    own = {name: f for name, f in spec.fields.items() if not f.system}
    return {name: KINDS.get(f.kind, "string") + ("[]" if f.many else "") for name, f in own.items()}


# -- cells ---------------------------------------------------------------------------------------


def _boolean(value: Any) -> str:
    return "true" if value else "false"


def _items(value: Any) -> str:
    return ITEM.join(map(str, value))


def _booleans(value: Any) -> str:
    return ITEM.join(map(_boolean, value))


@cache
def _pairs() -> tuple[str, ...]:
    """Two bytes at a time, as the machine reads them: half the work for the longest cells there are."""
    order = [(one, other) if sys.byteorder == "big" else (other, one) for one in range(256) for other in range(256)]
    return tuple(f"{BYTES[first]}{ITEM}{BYTES[second]}" for first, second in order)


def _block(value: bytes) -> str:
    pairs, even = _pairs(), len(value) & ~1
    cells = [pairs[pair] for pair in memoryview(value)[:even].cast("H")]
    return ITEM.join(cells if even == len(value) else [*cells, BYTES[value[-1]]])


CELLS: Final[dict[str, Callable[[Any], str] | None]] = {
    "ID": None,
    "string": None,
    "long": str,
    "boolean": _boolean,
    "string[]": _items,
    "long[]": _items,
    "boolean[]": _booleans,
    "byte[]": _block,
}


def clean(text: str) -> str:
    """A text that was not checked, without what separates cells."""
    return text.translate(_CLEAN)


# -- files ---------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Open:
    sheet: Sheet
    cells: list[tuple[str, Callable[[Any], str] | None]]
    known: frozenset[str]
    rows: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Written:
    """What was written: rows by the name of the sheet, and the characters of the longest row."""

    rows: Counter[str] = field(default_factory=Counter)
    sheets: dict[str, Sheet] = field(default_factory=dict)
    longest: int = 0

    def add(self, other: Written) -> None:
        """Take in what another process wrote."""
        self.rows += other.rows
        self.sheets |= other.sheets
        self.longest = max(self.longest, other.longest)


class Sheets:
    """Writes rows into the sheets' files; `writer` tells the files of one process from those of others."""

    def __init__(self, folder: Path, writer: str) -> None:
        self._folder = folder
        self._writer = writer
        self._open: dict[str, _Open] = {}
        self._held = 0
        self.written = Written()

    def node(self, sheet: Sheet, props: Mapping[str, Any]) -> None:
        """Add a node."""
        self._row(sheet, (), props)

    def edge(self, sheet: Sheet, source: str, target: str, props: Mapping[str, Any]) -> None:
        """Add an edge between the nodes of these ids."""
        self._row(sheet, (source, target), props)

    def _row(self, sheet: Sheet, ends: tuple[str, ...], props: Mapping[str, Any]) -> None:
        name = sheet.name
        opened = self._open.get(name) or self._begin(sheet)
        if not props.keys() <= opened.known:
            raise KeyError(f"{name} has no {sorted(props.keys() - opened.known)}")
        get = props.get
        cells = [*ends]
        for column, written in opened.cells:
            value = get(column)
            cells.append("" if value is None else value if written is None else written(value))
        line = CELL.join(cells) + "\n"
        if line.find("\n") != len(line) - 1 or "\r" in line:
            quoted = [f"{QUOTE}{cell}{QUOTE}" if "\n" in cell or "\r" in cell else cell for cell in cells]
            opened.broken.append(CELL.join(quoted) + "\n")
        else:
            opened.rows.append(line)
        self.written.rows[name] += 1
        self.written.longest = max(self.written.longest, len(line))
        self._held += len(line)
        if self._held > HELD:
            self._store()

    def _begin(self, sheet: Sheet) -> _Open:
        header = self._folder / f"{sheet.name}.header.csv"
        header.write_text(sheet.header, encoding="utf-8", newline="")
        cells = [(name, CELLS[kind]) for name, kind in sheet.columns.items()]
        opened = _Open(sheet, cells, frozenset(sheet.columns))
        self._open[sheet.name] = opened
        return opened

    def _store(self) -> None:
        for name, opened in self._open.items():
            for rows, suffix in ((opened.rows, ".csv"), (opened.broken, LINES)):
                if rows:
                    path = self._folder / f"{name}.{self._writer}{suffix}"
                    with path.open("a", encoding="utf-8", newline="") as out:
                        out.writelines(rows)
                    rows.clear()
        self._held = 0

    def flush(self) -> Written:
        """Write it all to the files; what was written since the last flush."""
        self._store()
        done, self.written = self.written, Written()
        done.sheets = {name: opened.sheet for name, opened in self._open.items()}
        return done


def arguments(folder: Path, sheets: Iterable[Sheet], longest: int) -> list[str]:
    """What to tell `neo4j-admin database import full`, run in that folder, so that it reads the sheets."""
    found = ["--delimiter=U+001F", "--array-delimiter=U+001E", "--quote=U+0001"]
    found += ["--bad-tolerance=0", "--strict=true", f"--read-buffer-size={max(4 << 20, 8 * longest)}"]
    broken: list[Path] = []
    for sheet in sorted(sheets, key=lambda s: (s.ends is not None, s.name)):
        parts = sorted(p for p in folder.glob(f"{sheet.name}.*.csv") if not p.name.endswith(".header.csv"))
        broken += [p for p in parts if p.name.endswith(LINES)]
        files = ",".join((f"{sheet.name}.header.csv", *(part.name for part in parts)))
        found.append(f"--{'nodes' if sheet.ends is None else 'relationships'}={sheet.token}={files}")
    if broken:
        found += ["--multiline-fields-format=v2", f"--multiline-fields={','.join(part.name for part in broken)}"]
    return found
