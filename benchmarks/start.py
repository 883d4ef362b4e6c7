"""How long a start takes, what asking for help costs, and what the idle service holds in memory."""

import os
import subprocess
import time
from typing import Any

from benchmarks import store
from benchmarks.places import ROOT
from benchmarks.processes import house, rss

START_S = 15
HELP_CPU_S = 0.5
IDLE_MB = 150
_IDLE_S = 10.0


def measure(*, quick: bool) -> dict[str, dict[str, Any]]:
    """Figures by name: the best of five starts and helps (of two when quick), since others only ever slow them."""
    times = 2 if quick else 5
    settings = store.ordinary()
    with house(settings, write=False) as at:
        first = at.started_s
    seconds: list[float] = []
    for _ in range(times):
        with house(settings, write=False) as at:
            seconds.append(at.started_s)
            time.sleep(_IDLE_S)
            idle = rss(at.service)
    return {
        "first start, with the demo": {"value": round(first, 1), "unit": "s"},
        "second start": {"value": round(min(seconds), 1), "unit": "s", "limit": START_S},
        "omnisonic --help, CPU": {"value": min(_help() for _ in range(times)), "unit": "s", "limit": HELP_CPU_S},
        "service RSS, idle": {"value": round(idle), "unit": "MB", "limit": IDLE_MB},
    }


def _help() -> float:
    """Seconds of processor time."""
    argv = [str(ROOT / ".venv" / "bin" / "omnisonic"), "--help"]
    with subprocess.Popen(argv, stdout=subprocess.DEVNULL) as child:
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = status
    return round(usage.ru_utime + usage.ru_stime, 3)
