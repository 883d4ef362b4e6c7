"""graphql-transport-ws over real sockets: with the npm client `graphql-ws`, and word by word."""

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.system.conftest import Service

CLIENTS = Path(__file__).parent / "web"
PROTOCOL = Subprotocol("graphql-transport-ws")
INIT = {"type": "connection_init"}


@pytest.fixture(name="url")
def _url(toy_service: str) -> str:
    return f"{toy_service.replace('http', 'ws', 1)}/graphql"


@pytest.fixture(name="socket")
async def _socket(url: str) -> AsyncIterator[ClientConnection]:
    """A socket whose handshake is done and acknowledged."""
    async with connect(url, subprotocols=[PROTOCOL]) as ws:
        await say(ws, INIT)
        assert await hear(ws) == {"type": "connection_ack"}
        yield ws


async def say(ws: ClientConnection, message: object) -> None:
    await ws.send(json.dumps(message))


async def hear(ws: ClientConnection) -> Any:
    return json.loads(await asyncio.wait_for(ws.recv(), 20))


async def closed(ws: ClientConnection) -> int | None:
    """Read on to the end; the code with which the other side closed."""
    try:
        while True:
            await asyncio.wait_for(ws.recv(), 20)
    except ConnectionClosed:
        return ws.close_code


def subscribe(name: str, query: str, **payload: object) -> dict[str, object]:
    return {"id": name, "type": "subscribe", "payload": {"query": query, **payload}}


async def open_subscriptions(url: str, wanted: int) -> int:
    """How many the service holds, asked until it is the number wanted or patience ends."""
    async with httpx.AsyncClient() as client:
        for _ in range(1_000):
            answer = await client.post(url.replace("ws", "http", 1), json={"query": "{ open }"})
            found: int = answer.json()["data"]["open"]
            if found == wanted:
                break
            await asyncio.sleep(0.05)
    return found


def npm_client(node: str, url: str, query: str, **options: object) -> list[dict[str, Any]]:
    """Events that the npm client saw."""
    command = [node, "subscribe.mjs", url, query, json.dumps(options)]
    done = subprocess.run(command, cwd=CLIENTS, capture_output=True, text=True, timeout=60, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


# -- with a client that is not ours --------------------------------------------------------------


@pytest.mark.needs("node")
def test_npm_client_reads_a_subscription_to_its_end(node: str, url: str) -> None:
    events = npm_client(node, url, "subscription S($n: Int!) { countdown(from: $n) }", variables={"n": 3})
    assert events == [*({"next": {"data": {"countdown": n}}} for n in (3, 2, 1)), {"complete": True}]


@pytest.mark.needs("node")
async def test_npm_client_leaves_early_and_nothing_runs_on(node: str, url: str) -> None:
    events = await asyncio.to_thread(
        npm_client, node, url, "subscription { countdown(from: 100000, tick: 0.01) }", take=2
    )
    assert [e["next"]["data"]["countdown"] for e in events[:2]] == [100_000, 99_999]
    assert await open_subscriptions(url, 0) == 0


@pytest.mark.needs("node")
def test_npm_client_runs_queries_and_mutations(node: str, url: str) -> None:
    assert npm_client(node, url, "{ __typename }") == [{"next": {"data": {"__typename": "Query"}}}, {"complete": True}]
    [first, last] = npm_client(node, url, 'mutation { rename(title: "Running Up That Hill") { title } }')
    assert first == {"next": {"data": {"rename": {"title": "Running Up That Hill"}}}}
    assert last == {"complete": True}


@pytest.mark.needs("node")
@pytest.mark.parametrize("query", ["{", "{ nothing }", "subscription { countdown }"])
def test_npm_client_gets_request_errors_as_error(node: str, url: str, query: str) -> None:
    [event] = npm_client(node, url, query)
    assert event["error"][0]["message"]


@pytest.mark.needs("node")
def test_npm_client_with_tokens(node: str, url: str) -> None:
    [first, _] = npm_client(node, url, "{ viewer }", params={"Authorization": "Bearer good"})
    assert first == {"next": {"data": {"viewer": "urn:omnisonic:actor:tester"}}}
    assert npm_client(node, url, "{ viewer }", params={"authorization": "Bearer bad"}) == [
        {"closed": 4403, "reason": "Forbidden"}
    ]


@pytest.mark.needs("node")
async def test_the_real_service_tells_of_changes_and_resumes(node: str, real_service: Service) -> None:
    """Each change arrives once, in order, with its record; from a cursor on, what came after it."""
    socket_url = f"{real_service.url.replace('http', 'ws', 1)}/graphql"
    watch = "subscription W($a: String) { recordingUpdated(after: $a) { cursor recording { title } record { cid } } }"
    write = 'mutation { upsertRecording(input: { title: "Heard" }) { cid problems { code } } }'

    async def heard(take: int, **variables: str) -> list[dict[str, Any]]:
        listening = asyncio.create_task(
            asyncio.to_thread(npm_client, node, socket_url, watch, take=take, variables=variables)
        )
        while not listening.done():  # a client cannot say since when it listens, so there is always more to hear
            written = await asyncio.to_thread(real_service.ask, write)
            cids.append(written["upsertRecording"]["cid"])
            await asyncio.sleep(0.1)
        return [event["next"]["data"]["recordingUpdated"] for event in listening.result()[:take]]

    cids: list[str] = []
    [first] = await heard(1)
    later = await heard(3, a=first["cursor"])
    at = cids.index(first["record"]["cid"])
    assert [update["record"]["cid"] for update in later] == cids[at + 1 : at + 4]
    assert {update["recording"]["title"] for update in later} == {"Heard"}


# -- word by word --------------------------------------------------------------------------------


async def test_ping_is_answered_with_its_payload(socket: ClientConnection) -> None:
    await say(socket, {"type": "ping", "payload": {"n": 1}})
    assert await hear(socket) == {"type": "pong", "payload": {"n": 1}}
    await say(socket, {"type": "ping"})
    assert await hear(socket) == {"type": "pong"}
    await say(socket, {"type": "pong"})
    await say(socket, {"type": "ping"})
    assert await hear(socket) == {"type": "pong"}


async def test_a_foreign_protocol_closes_with_4406(url: str) -> None:
    for protocols in (None, [Subprotocol("graphql-ws")]):
        async with connect(url, subprotocols=protocols) as ws:
            assert await closed(ws) == 4406


async def test_silence_closes_with_4408(url: str) -> None:
    async with connect(url, subprotocols=[PROTOCOL]) as ws:
        assert await closed(ws) == 4408


async def test_operations_before_the_acknowledgement_close_with_4401(url: str) -> None:
    async with connect(url, subprotocols=[PROTOCOL]) as ws:
        await say(ws, subscribe("1", "{ __typename }"))
        assert await closed(ws) == 4401


async def test_a_second_initialisation_closes_with_4429(socket: ClientConnection) -> None:
    await say(socket, INIT)
    assert await closed(socket) == 4429


async def test_an_id_in_use_closes_with_4409(socket: ClientConnection) -> None:
    for _ in range(2):
        await say(socket, subscribe("1", "subscription { countdown(from: 1000, tick: 1) }"))
    assert await closed(socket) == 4409


@pytest.mark.parametrize(
    "message",
    [
        "no json",
        "[]",
        "{}",
        '{"type": "unknown"}',
        '{"type": "ping", "payload": 1}',
        '{"type": "subscribe", "payload": {"query": "{ a }"}}',
        '{"type": "subscribe", "id": "", "payload": {"query": "{ a }"}}',
        '{"type": "subscribe", "id": "1"}',
        '{"type": "subscribe", "id": "1", "payload": {"query": 1}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": "{ a }", "variables": "x"}}',
        '{"type": "complete"}',
        b'{"type": "ping"}',
    ],
)
async def test_what_is_not_understood_closes_with_4400(socket: ClientConnection, message: str | bytes) -> None:
    await socket.send(message)
    assert await closed(socket) == 4400


async def test_a_message_too_large_closes_with_1009(socket: ClientConnection) -> None:
    await say(socket, {"type": "ping", "payload": {"x": "y" * 70_000}})
    assert await closed(socket) == 1009


async def test_too_many_operations_are_refused_one_by_one(socket: ClientConnection) -> None:
    for name in "abcde":
        await say(socket, subscribe(name, "subscription { countdown(from: 1, tick: 600) }"))
    await say(socket, subscribe("f", "{ __typename }"))
    answer = await hear(socket)
    assert (answer["id"], answer["type"]) == ("f", "error")
    assert answer["payload"][0]["extensions"]["code"] == "TOO_MANY_OPERATIONS"
    await say(socket, {"id": "a", "type": "complete"})
    await say(socket, subscribe("f", "{ __typename }"))
    assert (await hear(socket))["type"] == "next"
    assert await hear(socket) == {"id": "f", "type": "complete"}


async def test_operations_run_side_by_side_and_ids_are_free_again(socket: ClientConnection) -> None:
    await say(socket, subscribe("slow", "subscription { countdown(from: 1, tick: 0.5) }"))
    for _ in range(3):
        await say(socket, subscribe("fast", "{ __typename }"))
        assert await hear(socket) == {"id": "fast", "type": "next", "payload": {"data": {"__typename": "Query"}}}
        assert await hear(socket) == {"id": "fast", "type": "complete"}
    assert await hear(socket) == {"id": "slow", "type": "next", "payload": {"data": {"countdown": 1}}}
    assert await hear(socket) == {"id": "slow", "type": "complete"}


async def test_complete_stops_an_operation_and_only_it(url: str, socket: ClientConnection) -> None:
    for name in "ab":
        await say(socket, subscribe(name, "subscription { countdown(from: 1, tick: 600) }"))
    assert await open_subscriptions(url, 2) == 2
    await say(socket, {"id": "a", "type": "complete"})
    assert await open_subscriptions(url, 1) == 1
    await say(socket, {"id": "a", "type": "complete"})  # once more does no harm
    await say(socket, {"type": "ping"})
    assert await hear(socket) == {"type": "pong"}
    await socket.close()
    assert await open_subscriptions(url, 0) == 0


async def test_a_lost_socket_leaves_nothing_behind(url: str, socket: ClientConnection) -> None:
    await say(socket, subscribe("1", "subscription { countdown(from: 1, tick: 600) }"))
    assert await open_subscriptions(url, 1) == 1
    socket.transport.abort()
    assert await open_subscriptions(url, 0) == 0


async def test_failures_end_one_operation_with_a_code(socket: ClientConnection) -> None:
    for query, code in (("{ boom }", "INTERNAL"), ("{ away }", "STORE_AWAY")):
        await say(socket, subscribe("1", query))
        answer = await hear(socket)
        assert (answer["type"], answer["payload"][0]["extensions"]["code"]) == ("error", code)
        assert "secret" not in json.dumps(answer)


async def test_one_who_does_not_read_is_dropped(url: str) -> None:
    """The flood fills the wire, then waits, and after the limit the socket ends: nothing piles up with us."""
    async with connect(url, subprotocols=[PROTOCOL], max_queue=1, close_timeout=1) as ws:
        await say(ws, INIT)
        await hear(ws)
        ws.transport.pause_reading()
        await say(ws, subscribe("1", "subscription { flood }"))
        assert await open_subscriptions(url, 1) == 1
        assert await open_subscriptions(url, 0) == 0
        ws.transport.abort()
