"""The HTTP door as its mounter sees it: a body that arrives in pieces, an answer that leaves in pieces."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from ingest.http import Answer, post_rows
from ontology.access import PUBLIC_VIEWER, Viewer
from ontology.errors import Denied, Invalid

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from graph.commit import Door

WRITER = Viewer("urn:omnisonic:actor:writer", frozenset({"write"}))
CSV = b"isrc,title,artist\nGBAHS1400001,One,A\nGBAHS1400002,Two\nGBAHS1400003,Three,B\n"


async def body(data: bytes, size: int = 7) -> AsyncIterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


async def lines(answer: Answer) -> list[Any]:
    data = b"".join([part async for part in answer.body])
    return [json.loads(line) for line in data.splitlines()]


async def test_csv_in_summary_out(door: Door) -> None:
    answer = await post_rows(door, WRITER, body(CSV), content_type="text/csv; charset=utf-8")
    (summary,) = await lines(answer)
    assert (answer.status, answer.content_type) == (200, "application/json")
    assert {k: summary[k] for k in ("rows", "created", "rejected")} == {"rows": 3, "created": 2, "rejected": 1}


async def test_json_in_lines_out(door: Door) -> None:
    rows = [{"isrc": f"GBAHS14{n:05}", "title": "T", "artist": "A"} for n in range(300)]
    data = json.dumps(rows).encode()
    answer = await post_rows(
        door, WRITER, body(data, 999), content_type="application/json", accept="application/x-ndjson"
    )
    found = await lines(answer)
    assert len(found) == 301
    assert {row["outcome"] for row in found[:-1]} == {"created"}
    assert found[-1]["created"] == 300


async def test_a_dry_run_and_a_source_by_query(door: Door) -> None:
    options = {"dry_run": "true", "source": "Label"}
    (summary,) = await lines(await post_rows(door, WRITER, body(CSV), content_type="text/csv", query=options))
    assert (summary["dry_run"], summary["source"]) == (True, "Label")
    assert (await door.store.read("MATCH (n) RETURN count(n)", {})) == [0]


async def test_who_may_not_write_is_refused_before_the_body_is_read(door: Door) -> None:
    read: list[bytes] = []

    async def watched() -> AsyncIterator[bytes]:
        read.append(CSV)
        yield CSV

    with pytest.raises(Denied):
        await post_rows(door, PUBLIC_VIEWER, watched(), content_type="text/csv")
    assert read == []


async def test_what_cannot_be_read_at_all(door: Door) -> None:
    with pytest.raises(Invalid) as caught:
        await post_rows(door, WRITER, body(b"x"), content_type="image/png")
    assert caught.value.code == "CONTENT_TYPE_UNKNOWN"
    with pytest.raises(Invalid) as caught:
        await post_rows(door, WRITER, body(b"a,b\n1,2\n"), content_type="text/csv")
    assert caught.value.code == "COLUMNS_MISSING"


async def test_a_stream_that_has_begun_ends_with_its_error(door: Door) -> None:
    answer = await post_rows(door, WRITER, body(b"a,b\n1,2\n"), content_type="text/csv", accept="application/x-ndjson")
    assert (await lines(answer))[-1]["error"]["code"] == "COLUMNS_MISSING"


async def test_a_body_that_breaks_off_is_told(door: Door) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield CSV
        raise ConnectionResetError

    with pytest.raises(Invalid) as caught:
        await post_rows(door, WRITER, broken(), content_type="text/csv")
    assert caught.value.code == "BODY_BROKEN"
