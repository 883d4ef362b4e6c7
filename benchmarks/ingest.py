"""An import with provenance: how fast, against the same upserts by raw UNWIND, and in how much memory."""

import asyncio
import http.client
import json
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks import raw, store
from benchmarks.places import ROOT, WORK, say
from benchmarks.processes import House, house, rss
from benchmarks.rows import lines
from graph.driver import Target
from omnisonic.settings import Settings

CHANGES_PER_S = 4_000
RAW_RATIO = 2.5
RSS_MB = 400
_WARM = 2_000

Figures = dict[str, dict[str, Any]]


def measure(*, quick: bool, only: tuple[str, ...] = ()) -> Figures:
    """Figures by name. `only` may hold `speed` and `memory`."""
    found: Figures = {}
    if not only or "speed" in only:
        found |= _speed(5_000 if quick else 20_000)
    if not only or "memory" in only:
        found |= _memory(100_000 if quick else 1_000_000)
    return found


def _speed(rows: int) -> Figures:
    """The command line into a running instance, then the same entities by raw UNWIND into an equal, empty one."""
    settings = store.empty()
    with house(settings) as at:
        _ingest(settings, _file(_WARM, "QZWAR"))
        warm = asyncio.run(raw.read(_target(at), set()))
        summary = _ingest(settings, _file(rows, "QZBEN"))
        known = {tx for tx, _ in warm.commits}
        wanted = asyncio.run(raw.read(_target(at), known))
    say(f"{summary['changes']:,} changes in {summary['seconds']:.1f} s with records")
    with house(store.empty()) as at:
        asyncio.run(raw.write(_target(at), warm))
        seconds = asyncio.run(raw.write(_target(at), wanted))
    changes = sum(len(keys) for _, keys in wanted.commits)
    say(f"{changes:,} changes in {seconds:.1f} s by raw UNWIND")
    ours, theirs = summary["changes"] / summary["seconds"], changes / seconds
    return {
        "changes with records": _figure(ours, "/s", CHANGES_PER_S, least=True, peer=theirs),
        "time, against raw UNWIND": _figure(theirs / ours, "x", RAW_RATIO),
        "rows": _figure(summary["rows"] / summary["seconds"], "/s"),
        "changes of a row": _figure(summary["changes"] / summary["rows"], ""),
    }


def _memory(rows: int) -> Figures:
    """A long request to POST /ingest/isrc; the memory of the service while it lasts."""
    with house(store.empty()) as at:
        samples: list[float] = [rss(at.service)]
        done = threading.Event()
        watch = threading.Thread(target=_sample, args=(at, samples, done))
        watch.start()
        try:
            summary = _post(at, rows)
        finally:
            done.set()
            watch.join()
    half = samples[len(samples) // 2 :]
    return {
        f"service RSS, most, {rows:,} rows": _figure(max(samples), "MB", RSS_MB),
        "service RSS, growth in the second half": _figure(max(half) - half[0], "MB"),
        "rows over HTTP": _figure(summary["rows"] / summary["seconds"], "/s"),
        "changes over HTTP": _figure(summary["changes"] / summary["seconds"], "/s"),
    }


def _figure(
    value: float, unit: str, limit: float | None = None, *, least: bool = False, peer: float | None = None
) -> dict[str, Any]:
    found: dict[str, Any] = {"value": float(f"{value:.4g}"), "unit": unit}
    if limit is not None:
        found |= {"limit": limit, "least": least}
    if peer is not None:
        found |= {"peer": float(f"{peer:.4g}"), "ratio": round(value / peer, 2)}
    return found


def _file(rows: int, prefix: str) -> Path:
    path = WORK / f"rows-{prefix}-{rows}.csv"
    WORK.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as out:
        out.writelines(lines(rows, prefix))
    return path


def _ingest(settings: Settings, path: Path) -> dict[str, Any]:
    argv = [str(ROOT / ".venv" / "bin" / "omnisonic"), "ingest", str(path), "--json", "--source", path.stem]
    argv += ["--data-dir", str(settings.data_dir)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"bench: omnisonic ingest ended with {done.returncode}: {done.stderr[-2_000:]}")
    summary: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return _checked(summary)


def _checked(summary: dict[str, Any]) -> dict[str, Any]:
    if summary["created"] != summary["rows"]:
        raise SystemExit(f"bench: not every row was created: {summary}")
    return summary


def _post(at: House, rows: int) -> dict[str, Any]:
    connection = http.client.HTTPConnection(urlsplit(at.url).netloc, timeout=7_200)
    headers = {"Content-Type": "text/csv", "Authorization": at.auth, "Transfer-Encoding": "chunked"}
    connection.request("POST", "/ingest/isrc?source=bench", _blocks(rows), headers, encode_chunked=True)
    answer = connection.getresponse()
    told = answer.read()
    if answer.status != http.client.OK:
        raise SystemExit(f"bench: POST /ingest/isrc answered {answer.status}: {told[:2_000].decode()}")
    summary: dict[str, Any] = json.loads(told)
    return _checked(summary)


def _blocks(rows: int) -> Iterator[bytes]:
    block: list[bytes] = []
    for line in lines(rows):
        block.append(line)
        if len(block) == 500:  # noqa: PLR2004 - some 60 kB
            yield b"".join(block)
            block = []
    yield b"".join(block)


def _sample(at: House, samples: list[float], done: threading.Event) -> None:
    began = time.monotonic()
    while not done.wait(1.0):
        samples.append(rss(at.service))
        if len(samples) % 60 == 0:
            say(f"{time.monotonic() - began:.0f} s: the service holds {samples[-1]:.0f} MB")


def _target(at: House) -> Target:
    return Target(at.bolt, "neo4j", at.password, "neo4j")
