"""GraphQL over HTTP: the public audit suite, and what it does not ask."""

import gzip
import json
import socket
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

CLIENTS = Path(__file__).parent / "web"
TYPENAME = {"query": "{ __typename }"}
RESPONSE_JSON = "application/graphql-response+json"


@pytest.fixture(name="url", params=["toy_service", "real_url"], scope="module")
def _url(request: pytest.FixtureRequest) -> str:
    """The endpoint of each service that must conform."""
    base: str = request.getfixturevalue(request.param)
    return f"{base}/graphql"


@pytest.fixture(name="toy", scope="module")
def _toy(toy_service: str) -> str:
    return f"{toy_service}/graphql"


def code(answer: httpx.Response) -> str:
    """The code of the only error; there is never a trace of our insides."""
    assert "Traceback" not in answer.text
    assert ".py" not in answer.text
    [error] = answer.json()["errors"]
    assert error["message"]
    return str(error["extensions"]["code"])


@pytest.mark.needs("node")
def test_every_audit_passes(url: str, node: str) -> None:
    """MUST and SHOULD are required; every MAY happens to hold as well, and stays so."""
    done = subprocess.run([node, "audit.mjs", url], cwd=CLIENTS, capture_output=True, text=True, timeout=60, check=True)
    audits = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(audits) >= 60
    assert [a for a in audits if a["status"] != "ok"] == []


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, "application/json"),
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        (RESPONSE_JSON, RESPONSE_JSON),
        ("application/json, application/graphql-response+json", RESPONSE_JSON),
        ("application/graphql-response+json, application/json;q=0.9", RESPONSE_JSON),
        ("application/graphql-response+json;q=0.1, application/json", "application/json"),
        ("application/graphql-response+json;q=0, */*", "application/json"),
        ("application/json;q=0, */*;q=0.5", RESPONSE_JSON),
        ("application/json;charset=utf-8", "application/json"),
        ("text/html, application/json;q=0.2", "application/json"),
    ],
)
def test_the_media_type_is_negotiated(url: str, accept: str | None, kind: str) -> None:
    with httpx.Client() as client:
        del client.headers["accept"]
        answer = client.post(url, json=TYPENAME, headers={"accept": accept} if accept else {})
    assert answer.status_code == 200
    assert answer.headers["content-type"] == f"{kind}; charset=utf-8"
    assert answer.json()["data"] == {"__typename": "Query"}


@pytest.mark.parametrize(
    "accept", ["text/event-stream", "application/json;q=0", "application/json;charset=utf-16", ";,"]
)
def test_what_cannot_be_given_is_406(url: str, accept: str) -> None:
    answer = httpx.post(url, json=TYPENAME, headers={"accept": accept})
    assert (answer.status_code, code(answer)) == (406, "NOT_ACCEPTABLE")


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/json; charset=utf-16"],
)
def test_forms_of_foreign_pages_are_refused(url: str, kind: str) -> None:
    """The three types that a page may send without asking first, and JSON in another encoding."""
    answer = httpx.post(url, content=json.dumps(TYPENAME), headers={"content-type": kind})
    assert (answer.status_code, code(answer)) == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_compressed_bodies_are_refused(url: str) -> None:
    body = gzip.compress(json.dumps(TYPENAME).encode())
    answer = httpx.post(url, content=body, headers={"content-type": "application/json", "content-encoding": "gzip"})
    assert (answer.status_code, code(answer)) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b"", "BAD_JSON"),
        (b'{"query":', "BAD_JSON"),
        (b'{"query": "{ a }"} x', "BAD_JSON"),
        (b'\xff\xfe{"query": 1}', "BAD_JSON"),
        (b'{"query": "\\ud800"}', "BAD_JSON"),
        (b"[" * 20_000, "BAD_JSON"),
        (b"null", "BAD_REQUEST"),
        (b'"text"', "BAD_REQUEST"),
        (b"{}", "BAD_REQUEST"),
        (b'{"query": ""}', "BAD_REQUEST"),
        (b'{"query": "{ __typename }", "variables": []}', "BAD_REQUEST"),
        (b'{"query": "{ __typename }", "extensions": "x"}', "BAD_REQUEST"),
        (b'{"query": "{ __typename }", "operationName": 1}', "BAD_REQUEST"),
        (b'{"query": "{ __typename }", "query": "{ viewer }"}', "BAD_REQUEST"),
        (b'{"query": "{ __typename }", "qu\\u0065ry": "{ viewer }"}', "BAD_REQUEST"),
        (b'[{"query": "{ __typename }"}]', "BATCH_REFUSED"),
    ],
)
@pytest.mark.parametrize("accept", ["application/json", RESPONSE_JSON])
def test_bad_bodies_are_400_with_a_code(url: str, body: bytes, expected: str, accept: str) -> None:
    answer = httpx.post(url, content=body, headers={"content-type": "application/json", "accept": accept})
    assert (answer.status_code, code(answer)) == (400, expected)


def test_names_inside_values_are_no_doubles(toy: str) -> None:
    """Only the outermost object may not repeat a parameter."""
    sent = {
        "query": 'query Q($a: String = "\\"query\\"") { __typename @include(if: true) }',
        "variables": {"query": "é"},
    }
    sent["extensions"] = {"variables": {"query": "query"}}
    answer = httpx.post(toy, content=json.dumps(sent), headers={"content-type": "application/json"})
    assert "BAD_REQUEST" not in answer.text


def test_large_bodies_are_413(toy: str) -> None:
    sent = {"query": "{ __typename }", "variables": {"x": "y" * 70_000}}
    assert code(httpx.post(toy, json=sent)) == "BODY_TOO_LARGE"

    def chunks() -> list[bytes]:
        text = json.dumps(sent).encode()
        return [text[i : i + 10_000] for i in range(0, len(text), 10_000)]

    answer = httpx.post(toy, content=iter(chunks()), headers={"content-type": "application/json"})
    assert (answer.status_code, code(answer)) == (413, "BODY_TOO_LARGE")


def test_a_body_in_many_pieces_is_read_whole(toy: str) -> None:
    sent = json.dumps({"query": "{ __typename }", "variables": {"x": "y" * 50_000}}).encode()
    pieces = iter([sent[i : i + 999] for i in range(0, len(sent), 999)])
    answer = httpx.post(toy, content=pieces, headers={"content-type": "application/json"})
    assert answer.json() == {"data": {"__typename": "Query"}}


def test_get_runs_queries_only(toy: str) -> None:
    assert httpx.get(toy, params=TYPENAME).json() == {"data": {"__typename": "Query"}}
    for accept in ("application/json", RESPONSE_JSON):
        answer = httpx.get(
            toy, params={"query": 'mutation { rename(title: "x") { title } }'}, headers={"accept": accept}
        )
        assert (answer.status_code, code(answer)) == (405, "MUTATION_OVER_GET")
        assert answer.headers["allow"] == "POST"
    unchanged = httpx.post(toy, json={"query": "{ recordings { nodes { title } } }"}).json()
    assert unchanged["data"]["recordings"]["nodes"] == [{"title": "Running Up That Hill"}]


@pytest.mark.parametrize(
    ("url_query", "status", "expected"),
    [
        ("", 400, "BAD_REQUEST"),
        ("query={__typename}&query={viewer}", 400, "BAD_REQUEST"),
        ("query={__typename}&variables=[]", 400, "BAD_REQUEST"),
        ("query={__typename}&variables={", 400, "BAD_JSON"),
        ("query=%ff", 400, "BAD_REQUEST"),
        ("query=" + "x" * 20_000, 414, "URL_TOO_LONG"),
    ],
)
def test_bad_urls_are_refused(url: str, url_query: str, status: int, expected: str) -> None:
    answer = httpx.get(f"{url}?{url_query}")
    assert (answer.status_code, code(answer)) == (status, expected)


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_other_methods_are_405(url: str, method: str) -> None:
    answer = httpx.request(method, url, headers={"accept": "text/html, */*"})
    assert (answer.status_code, code(answer)) == (405, "METHOD_NOT_ALLOWED")
    assert answer.headers["allow"] == "GET, HEAD, POST, OPTIONS"


def test_head_has_no_body(url: str) -> None:
    answer = httpx.head(url, params=TYPENAME)
    assert (answer.status_code, answer.content) == (200, b"")


def test_failures_carry_a_code_and_nothing_of_our_insides(toy: str) -> None:
    answer = httpx.post(toy, json={"query": "{ boom }"})
    assert (answer.status_code, code(answer)) == (500, "INTERNAL")
    assert "secret" not in answer.text
    answer = httpx.post(toy, json={"query": "{ away }"})
    assert (answer.status_code, code(answer)) == (503, "STORE_AWAY")
    assert answer.json()["errors"][0]["extensions"]["hint"] == "Try again."


def test_tokens(toy: str) -> None:
    asked = {"query": "{ viewer }"}
    assert httpx.post(toy, json=asked).json() == {"data": {"viewer": "urn:omnisonic:actor:anonymous"}}
    answer = httpx.post(toy, json=asked, headers={"authorization": "Bearer good"})
    assert answer.json() == {"data": {"viewer": "urn:omnisonic:actor:tester"}}
    for accept in ("application/json", RESPONSE_JSON):
        answer = httpx.post(toy, json=asked, headers={"authorization": "Bearer bad", "accept": accept})
        assert (answer.status_code, code(answer)) == (401, "UNAUTHENTICATED")
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_foreign_pages_may_read_but_carry_no_credentials(url: str) -> None:
    asked = {"origin": "https://elsewhere.example", "access-control-request-method": "POST"}
    answer = httpx.options(url, headers={**asked, "access-control-request-headers": "content-type"})
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-headers"] == "content-type, accept"
    assert "access-control-allow-credentials" not in answer.headers
    answer = httpx.post(url, json=TYPENAME, headers={"origin": "https://elsewhere.example"})
    assert answer.headers["access-control-allow-origin"] == "*"


def test_a_client_that_hangs_up_stops_its_operation(toy: str) -> None:
    before = httpx.post(toy, json={"query": "{ cancelled }"}).json()["data"]["cancelled"]
    parts = urlsplit(toy)
    body = json.dumps({"query": "{ slow(seconds: 600) }"}).encode()
    head = f"POST {parts.path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    head += f"Content-Length: {len(body)}\r\n\r\n"
    with socket.create_connection((parts.hostname or "", parts.port or 0)) as client:
        client.sendall(head.encode() + body)
        time.sleep(0.3)  # so that the operation runs; hanging up earlier is as good
    for _ in range(100):
        now = httpx.post(toy, json={"query": "{ cancelled }"}).json()["data"]["cancelled"]
        if now == before + 1:
            break
        time.sleep(0.05)
    assert now == before + 1


def test_slow_answers_arrive(toy: str) -> None:
    """Longer than the patience after which we watch for a hang-up."""
    assert httpx.post(toy, json={"query": "{ slow(seconds: 0.3) }"}).json() == {"data": {"slow": "done"}}
