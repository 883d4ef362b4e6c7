"""One service process: uvicorn around the ASGI app, on the socket that the supervisor opened."""

import gc
import socket
import sys

import uvicorn

_GRACE_S = 5


def main() -> None:
    """Serve until SIGTERM; the one argument is the number of the inherited socket."""
    config = uvicorn.Config(
        "omnisonic.app:create_app",
        factory=True,
        ws="websockets-sansio",
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_S,
    )
    config.load()
    gc.collect()
    gc.freeze()  # the schema and all modules stay: looking through them again and again is the collector's main work
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=int(sys.argv[1]))])


if __name__ == "__main__":
    main()
