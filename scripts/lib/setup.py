"""Makes `.venv` with the locked dependencies and this checkout in it. Standard library only.

Does nothing when that was done before with the same locks. With `--test`, what the tests need as well.
"""

import contextlib
import hashlib
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
_SHOW_S = 2.0


def main() -> None:
    """Set up; ends with one line on stderr when something is missing."""
    test = "--test" in sys.argv[1:]
    lock = ROOT / ("requirements-test.lock" if test else "requirements.lock")
    with _alone():
        if _done(lock):
            return
        if not _works():
            _make()
        _install(lock)
        _run(
            [str(PYTHON), "-m", "pip", "install", "--no-deps", "--no-build-isolation", "-e", str(ROOT)], "omnisonic", 1
        )
        _stamp(lock).touch()
        if test:  # the tests' lock holds all of the other one
            _stamp(ROOT / "requirements.lock").touch()


def _done(lock: Path) -> bool:
    return _works() and _stamp(lock).exists()


def _stamp(lock: Path) -> Path:
    """A file in `.venv` that stands for these exact inputs, the Python among them."""
    parts = [lock.read_bytes(), (ROOT / "pyproject.toml").read_bytes(), str(ROOT).encode()]
    digest = hashlib.sha256(b"\0".join(parts)).hexdigest()[:16]
    return VENV / f".installed-{lock.stem}-{digest}"


def _works() -> bool:
    check = "import sys, pip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))"
    return PYTHON.exists() and subprocess.run([PYTHON, "-c", check], capture_output=True, check=False).returncode == 0


def _make() -> None:
    _say(f"making .venv with Python {sys.version.split()[0]}")
    shutil.rmtree(VENV, ignore_errors=True)
    done = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
    if done.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        detail = (done.stdout + done.stderr).strip().splitlines()
        _fail(f"cannot make .venv: {detail[0] if detail else 'venv failed'}; on Debian install python3-venv")


def _install(lock: Path) -> None:
    total = sum(line[:1].isalnum() for line in lock.read_text(encoding="utf-8").splitlines())
    words = ["install", "--disable-pip-version-check", "--no-input", "--only-binary", ":all:", "--require-hashes"]
    _run([str(PYTHON), "-m", "pip", *words, "-r", str(lock)], "dependencies", total)


def _run(argv: list[str], what: str, total: int) -> None:
    """Run pip, counting the packages it has come to."""
    seen, shown, tail = 0, 0.0, [""]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd=ROOT) as child:
        for line in child.stdout or ():
            tail = [*tail[-30:], line]
            seen += line.startswith(("Collecting", "Requirement already", "Obtaining"))
            if line.startswith("Installing collected") or time.monotonic() - shown > _SHOW_S:
                shown = time.monotonic()
                _say(f"installing {what}: {min(seen, total)} of {total}")
    if child.returncode:
        sys.stderr.write("".join(tail))
        cause = next((line.strip() for line in reversed(tail) if line.startswith("ERROR")), "see above")
        _fail(f"pip could not install {what}: {cause}")


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """One set-up at a time in a checkout."""
    import fcntl  # noqa: PLC0415 - named here, where its absence can be explained

    with (ROOT / ".venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _fail(text: str) -> None:
    sys.exit(f"omnisonic: {text}")


if __name__ == "__main__":
    main()
