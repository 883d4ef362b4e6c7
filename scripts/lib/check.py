"""Runs every check of the project, one suite after the other, and sums up. All run, whatever fails.

The last line is `N passed, N failed`; a suite that fails without pytest counts as one failure.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = ROOT / ".venv" / "bin"
SUITES: dict[str, list[list[str]]] = {
    "lint": [["ruff", "check"], ["ruff", "format", "--check"]],
    "types": [["mypy"]],
    "imports": [["lint-imports"]],
    "unit": [["pytest", "tests/unit"]],
    "graph": [["pytest", "tests/graph", "tests/test_one_file.py"]],
    "system": [["pytest", "tests/system"]],
}
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def main() -> int:
    """Run the suites that are named, or all; 1 when anything failed."""
    parser = argparse.ArgumentParser(prog="scripts/test", description=__doc__)
    parser.add_argument("--full", action="store_true", help="the long forms too")
    parser.add_argument("suites", nargs="*", metavar="SUITE", help=" ".join(SUITES))
    options = parser.parse_args()
    unknown = set(options.suites) - set(SUITES)
    if unknown:
        parser.error(f"no such suite: {', '.join(sorted(unknown))}")
    names = options.suites or list(SUITES)
    if "system" in names:
        _prepare_system()
    passed, failed = 0, 0
    for name in names:
        for command in SUITES[name]:
            good, bad = _run(name, command, full=options.full)
            passed, failed = passed + good, failed + bad
    print(f"{passed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


def _run(suite: str, command: list[str], *, full: bool) -> tuple[int, int]:
    """One command of a suite, its output shown as it comes: how many tests passed and failed."""
    words = [str(BIN / command[0]), *command[1:]]
    if command[0] == "pytest":
        words += ["-q", *(["--full"] if full else [])]
    print(f"== {suite}: {' '.join(command)}", flush=True)
    began, last = time.monotonic(), ""
    with subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as child:
        for line in child.stdout or ():
            sys.stdout.write(line)
            sys.stdout.flush()
            last = line if line.strip() else last
    print(f"== {suite}: exit {child.returncode} after {time.monotonic() - began:.0f} s", flush=True)
    return (
        counts(last, child.returncode)
        if command[0] == "pytest"
        else (int(not child.returncode), int(bool(child.returncode)))
    )


def counts(line: str, code: int) -> tuple[int, int]:
    """(passed, failed) of pytest's last line; errors count as failures, and so does any other way to fail."""
    found = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|error)", line)}
    failed = found.get("failed", 0) + found.get("error", 0)
    return found.get("passed", 0), failed or int(code != 0)


def _prepare_system() -> None:
    """What the system tests want beside Python. What cannot be had is listed by the tests as NOT RUN."""
    subprocess.run([sys.executable, ROOT / "scripts" / "build-web"], check=False)
    if any(shutil.which(name) for name in BROWSERS):
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        print("installing chromium for the browser tests", flush=True)
        environ = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for words in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium"]):
            subprocess.run(["apt-get", *words], env=environ, stdout=subprocess.DEVNULL, check=False)


if __name__ == "__main__":
    sys.exit(main())
