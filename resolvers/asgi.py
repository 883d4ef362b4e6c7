"""The GraphQL endpoint as one plain ASGI app: HTTP and WebSocket on the same path, no framework.

`app = GraphQLApp(engine, authenticate)`; the composition root mounts it at /graphql and hands in the page
that browsers get.
"""

from __future__ import annotations

from resolvers.http import HttpTransport
from resolvers.transport import App, Authenticate, Engine, Limits, Receive, Scope, Send
from resolvers.websocket import WebSocketTransport


class GraphQLApp:
    """One endpoint. `page` answers GET requests that prefer text/html; without it they get 406."""

    __slots__ = ("_http", "_websocket")

    def __init__(
        self,
        engine: Engine,
        authenticate: Authenticate,
        *,
        limits: Limits | None = None,
        page: App | None = None,
    ) -> None:
        limits = limits or Limits()
        self._http = HttpTransport(engine, authenticate, limits, page)
        self._websocket = WebSocketTransport(engine, authenticate, limits)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            raise ValueError(f"GraphQLApp does not serve {scope['type']}.")
