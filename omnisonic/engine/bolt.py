"""Asks a port whether Bolt answers: the handshake of the protocol and nothing more."""

import socket

_MAGIC = bytes.fromhex("6060b017")
_VERSIONS = bytes.fromhex("00080805 00000000 00000000 00000000")  # 5.8 down to 5.0


def answers(host: str, port: int, timeout: float = 1.0) -> bool:
    """Whether a Bolt 5 server completes the handshake at host:port within `timeout` seconds."""
    try:
        with socket.create_connection((host, port), timeout=timeout) as connection:
            connection.settimeout(timeout)
            connection.sendall(_MAGIC + _VERSIONS)
            reply = connection.recv(4)
    except OSError:
        return False
    return len(reply) == 4 and reply[3] == 5  # noqa: PLR2004 - four bytes, major version 5


def free_port() -> int:
    """A TCP port of the loopback address that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port
