"""What docs/graphql-http.md promises is what the transport does."""

import inspect
import re
from pathlib import Path

import pytest

from resolvers import http, reading, transport, websocket
from resolvers.transport import Limits

DOC = (Path(__file__).resolve().parents[3] / "docs" / "graphql-http.md").read_text(encoding="utf-8")
SOURCES = "".join(inspect.getsource(module) for module in (http, reading, transport, websocket))


def test_every_code_is_documented_and_no_other() -> None:
    documented = set(re.findall(r"^\| `([A-Z_]+)` \|", DOC, re.MULTILINE))
    raised = set(re.findall(r'"([A-Z]+(?:_[A-Z]+)+|INTERNAL|UNAUTHENTICATED)"', SOURCES))
    assert documented == raised


def test_every_close_code_is_documented_and_no_other() -> None:
    documented = {int(code) for code in re.findall(r"^\| (\d{4}) \|", DOC, re.MULTILINE)}
    used = {int(code) for code in re.findall(r"^[A-Z_]+: Final = (\d{4})$", SOURCES, re.MULTILINE)}
    assert documented == used


@pytest.mark.parametrize(
    ("promise", "value"),
    [
        ("at most 1 MiB", Limits().body == 1 << 20),
        ("at most 16 KiB", Limits().url == 16 << 10),
        ("larger than 1 MiB", Limits().message == 1 << 20),
        ("has 100 operations open", Limits().operations == 100),
        ("within 10 s", Limits().init_timeout == 10),
        ("delivered for 30 s", Limits().send_timeout == 30),
    ],
)
def test_the_limits_are_those_documented(promise: str, value: bool) -> None:  # noqa: FBT001
    assert value
    assert promise in " ".join(DOC.split())
