"""Where the benchmarks keep their data, and how they say what they are at. Nothing of the product imports this."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
HERE = ROOT / "benchmarks"
RESULTS = ROOT / "docs" / "benchmarks"
WORK = ROOT / "build" / "bench"
LOGS = WORK / "logs"


def say(text: str) -> None:
    """One line of progress, on stderr."""
    print(f"bench: {text}", file=sys.stderr, flush=True)


def run(argv: list[str], log: str, **options: Any) -> None:
    """Run a command to its end, its output in a log of that name; raises with the log's tail when it fails."""
    LOGS.mkdir(parents=True, exist_ok=True)
    path = LOGS / f"{log}.log"
    with path.open("wb") as out:
        done = subprocess.run(argv, stdout=out, stderr=subprocess.STDOUT, check=False, **options)
    if done.returncode:
        raise SystemExit(f"bench: {Path(argv[0]).name} ended with {done.returncode}:\n{tail(path)}")


def tail(path: Path, lines: int = 20) -> str:
    """The last lines of a log."""
    return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


def read_json(path: Path) -> Any:
    """The value in a JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))
