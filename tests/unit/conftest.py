"""Unit tests talk to nobody: a connection is a mistake here, and shows as one."""

import socket
from collections.abc import Iterator
from typing import Any, NoReturn

import pytest
from hypothesis import settings

# No deadline: how long an example takes says more about the machine than about the code.
settings.register_profile("unit", max_examples=60, deadline=None)
settings.load_profile("unit")


def _refuse(*_args: Any) -> NoReturn:
    raise AssertionError("a unit test opened a socket; tests that need one belong to tests/graph or tests/system")


@pytest.fixture(autouse=True, scope="session")
def _no_sockets() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", _refuse)
        patch.setattr(socket.socket, "bind", _refuse)
        yield
