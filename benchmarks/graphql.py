"""Our GraphQL endpoint against `@neo4j/graphql`: same Neo4j, same data, same leaves, one process each."""

import contextlib
import http.client
import json
import os
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from benchmarks import store
from benchmarks.bodies import bodies, leaves
from benchmarks.load import load
from benchmarks.places import HERE, read_json, say
from benchmarks.processes import House, cpu, house, peer, rss

OURS, PEER = "ours", "peer"
CONNECTIONS = 8
_BATCH_S = 20.0
_WRITE_WARM_S = 15.0
_SAMPLE = 20
_LOOKED_INTO = 60

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Target:
    """One endpoint and its operations. `owner` marks the ISRCs it writes."""

    name: str
    url: str
    operations: dict[str, dict[str, Any]]
    pids: tuple[int, ...]
    neo4j: tuple[int, ...]
    owner: str
    auth: str = ""

    def bodies(self, op: str, samples: dict[str, list[Any]], salt: int = 0) -> list[str]:
        """What is sent for an operation; mutations get enough that no two are alike within a run."""
        size = {"f1": 40_000, "f1000": 60}.get(op, 1_500)
        return bodies(self.operations[op], samples, size, f"{self.owner}{salt}")

    def ask(self, body: str) -> dict[str, Any]:
        """One answer. Ends the run where it holds an error."""
        at = urlsplit(self.url)
        connection = http.client.HTTPConnection(at.netloc, timeout=120)
        headers = {"Content-Type": "application/json", "Authorization": self.auth}
        connection.request("POST", at.path, body.encode(), {name: text for name, text in headers.items() if text})
        with contextlib.closing(connection), connection.getresponse() as answer:
            found: dict[str, Any] = json.load(answer)
        if found.get("errors") or _problems(found.get("data") or {}):
            raise SystemExit(f"bench: {self.name} answered {json.dumps(found)[:600]}\nto {body[:300]}")
        return found


def measure(*, quick: bool, only: tuple[str, ...] = ()) -> list[Row]:
    """The rows of the table: every operation, at 8 connections (and at 1 and 32 unless quick), for both targets."""
    settings = store.fresh()
    samples = read_json(store.csv_folder() / "samples.json")
    with house(settings) as ours, peer(ours) as (url, pids):
        targets = _targets(ours, url, pids)
        names = [n for n in targets[1].operations if not only or n in only]
        levels = [CONNECTIONS] if quick else [CONNECTIONS, 1, 32]
        seconds = 4.0 if quick else 10.0
        rows: list[Row] = []
        # what is written would change the pages that are read: all reading comes first
        for part in ([n for n in names if not _writes(n)], [n for n in names if _writes(n)]):
            _warm(targets, part, samples, seconds)
            rows += [
                _measure(target, op, connections, seconds, samples)
                for connections in levels
                for op in part
                for target in targets
            ]
        return rows


def _targets(ours: House, url: str, pids: tuple[int, ...]) -> list[Target]:
    mine, theirs = (read_json(HERE / f"operations.{name}.json") for name in (OURS, PEER))
    return [
        Target(OURS, ours.graphql, mine, ours.service, ours.neo4j, "OU", ours.auth),
        Target(PEER, url, theirs, pids, ours.neo4j, "PE"),
    ]


def _warm(targets: list[Target], names: list[str], samples: dict[str, list[Any]], seconds: float) -> None:
    """The JVM compiles its hot paths only after some thousands of queries; what is found here is thrown away."""
    for op in names:
        for target in targets:
            say(f"warming up {op} of {target.name}")
            sent = target.bodies(op, samples, salt=9)
            target.ask(sent[0])
            load(target.url, sent, CONNECTIONS, max(seconds, _WRITE_WARM_S if _writes(op) else 0), auth=target.auth)


def _measure(target: Target, op: str, connections: int, seconds: float, samples: dict[str, list[Any]]) -> Row:
    sent = target.bodies(op, samples, salt=connections % 9)
    writes = _writes(op)
    seconds = _BATCH_S if op == "f1000" else seconds
    seen = [target.ask(body) for body in sent[: 2 if writes else _LOOKED_INTO]]
    mean = sum(leaves(answer["data"]) for answer in seen[:_SAMPLE]) / len(seen[:_SAMPLE])
    sent = sent[len(seen) :] if writes else sent
    server, database, began = cpu(target.pids), cpu(target.neo4j), time.monotonic()
    told = load(target.url, sent, connections, seconds, auth=target.auth, check=writes)
    taken, requests = time.monotonic() - began, max(told["n"], 1)
    server, database = cpu(target.pids) - server, cpu(target.neo4j) - database
    row = {
        "op": op,
        "connections": connections,
        "target": target.name,
        "rps": round(told["n"] / told["seconds"], 1),
        **{point: told[point] for point in ("p50", "p95", "p99")},
        "cpu_ms": round(1_000 * server / requests, 3),
        "neo4j_cpu_ms": round(1_000 * database / requests, 3),
        "cpu_percent": round(100 * server / taken),
        "neo4j_cpu_percent": round(100 * database / taken),
        "rss_mb": round(rss(target.pids)),
        "bytes": round(told["bytes"] / requests),
        "requests": told["n"],
        "bad": told["bad"],
        "leaves": round(mean, 2),
        "load": round(os.getloadavg()[0], 1),
    }
    say(" ".join(f"{key}={value}" for key, value in row.items()))
    return row


def _writes(op: str) -> bool:
    return op.startswith("f")


def _problems(data: Any) -> bool:
    return any(isinstance(field, dict) and field.get("problems") for field in data.values())
