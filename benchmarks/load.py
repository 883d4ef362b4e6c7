"""Closed-loop load on one URL, from a process of its own: `wrk` where there is one, else the Python client below.

As a program: `python -m benchmarks.load URL BODIES CONNECTIONS SECONDS`, with the Authorization in BENCH_AUTH.
"""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.places import ROOT

# With BENCH_CHECK every answer is looked into: mutations, whose answers are small and cannot be asked for again.
_LUA = r"""
local bodies, at, wrong = {}, 0, 0
for line in io.lines(os.getenv("BENCH_BODIES")) do bodies[#bodies + 1] = line end
local headers = {["Content-Type"] = "application/json", ["Accept"] = "application/json"}
local token = os.getenv("BENCH_AUTH")
if token and token ~= "" then headers["Authorization"] = token end
local threads = {}
function setup(thread) threads[#threads + 1] = thread end
function init() bad = 0 end
function request()
  at = at % #bodies + 1
  return wrk.format("POST", nil, headers, bodies[at])
end
if os.getenv("BENCH_CHECK") == "1" then
  function response(status, _, body)
    if status ~= 200 or body:find('"errors":', 1, true) or body:find('"problems":[{', 1, true) then bad = bad + 1 end
  end
end
function done(summary, latency)
  for _, thread in ipairs(threads) do wrong = wrong + thread:get("bad") end
  local e = summary.errors
  io.write(string.format(
    '\nJSON {"n":%d,"seconds":%.6f,"bytes":%d,"p50":%.3f,"p95":%.3f,"p99":%.3f,"bad":%d}\n',
    summary.requests, summary.duration / 1e6, summary.bytes, latency:percentile(50) / 1000,
    latency:percentile(95) / 1000, latency:percentile(99) / 1000,
    math.max(e.status, wrong) + e.connect + e.read + e.write + e.timeout))
end
"""


def load(
    url: str, bodies: list[str], connections: int, seconds: float, *, auth: str = "", check: bool = False
) -> dict[str, Any]:
    """Send bodies in a circle; answers `{n, seconds, bytes, p50, p95, p99, bad}`, latencies in milliseconds."""
    with tempfile.TemporaryDirectory() as folder:
        lines = Path(folder) / "bodies"
        lines.write_text("\n".join(bodies) + "\n", encoding="utf-8")
        environ = os.environ | {"BENCH_BODIES": str(lines), "BENCH_AUTH": auth, "BENCH_CHECK": "1" if check else "0"}
        wrk = shutil.which("wrk")
        if wrk:
            script = Path(folder) / "load.lua"
            script.write_text(_LUA, encoding="utf-8")
            words = [wrk, "-t1", f"-c{connections}", f"-d{seconds:.0f}s", "--timeout", "30s", "-s", str(script), url]
        else:
            words = [sys.executable, "-m", "benchmarks.load", url, str(lines), str(connections), str(seconds)]
        done = subprocess.run(words, env=environ, cwd=ROOT, capture_output=True, text=True, check=False)
    found = re.search(r"JSON (\{.*\})", done.stdout)
    if not found:
        raise SystemExit(f"bench: the load generator failed:\n{done.stdout}{done.stderr}")
    answer: dict[str, Any] = json.loads(found.group(1))
    return answer


@dataclass(slots=True)
class _Client:
    """Keep-alive connections over plain sockets; reads as little of HTTP as it can."""

    host: str
    port: int
    requests: list[bytes]
    until: float = 0.0
    latencies: list[float] = field(default_factory=list)
    received: int = 0
    bad: int = 0

    async def connection(self, first: int) -> None:
        reader, writer = await asyncio.open_connection(self.host, self.port)
        at = first
        while (began := time.perf_counter()) < self.until:
            writer.write(self.requests[at % len(self.requests)])
            at += 1
            head, body = await _answer(reader)
            self.received += len(head) + len(body)
            self.bad += head[9:12] != b"200" or b'"errors":' in body
            self.latencies.append(time.perf_counter() - began)
        writer.close()


async def _answer(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"(?i)content-length: *(\d+)", head)
    if length:
        return head, await reader.readexactly(int(length.group(1)))
    body = b""
    while size := int((await reader.readline()).split(b";")[0], 16):
        body += (await reader.readexactly(size + 2))[:-2]
    await reader.readline()
    return head, body


async def _main(url: str, lines: list[bytes], connections: int, seconds: float) -> None:
    at = urlsplit(url)
    auth = f"Authorization: {os.environ['BENCH_AUTH']}\r\n" if os.environ.get("BENCH_AUTH") else ""
    head = f"POST {at.path} HTTP/1.1\r\nHost: {at.netloc}\r\nContent-Type: application/json\r\n"
    head += f"Accept: application/json\r\n{auth}Content-Length: "
    client = _Client(at.hostname or "", at.port or 80, [f"{head}{len(b)}\r\n\r\n".encode() + b for b in lines])
    began = time.perf_counter()
    client.until = began + seconds
    await asyncio.gather(*(client.connection(n * len(lines) // connections) for n in range(connections)))
    taken, ranked = time.perf_counter() - began, sorted(client.latencies)
    points = {f"p{q}": round(1_000 * ranked[min(len(ranked) - 1, len(ranked) * q // 100)], 3) for q in (50, 95, 99)}
    answer = {"n": len(ranked), "seconds": taken, "bytes": client.received, **points, "bad": client.bad}
    print("JSON " + json.dumps(answer))


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], Path(sys.argv[2]).read_bytes().splitlines(), int(sys.argv[3]), float(sys.argv[4])))
