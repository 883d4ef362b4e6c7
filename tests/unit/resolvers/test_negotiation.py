"""Accept and Content-Type, as headers of the wild spell them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from resolvers.negotiation import HTML, JSON, RESPONSE_JSON, accepted, json_utf8

BROWSER = b"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, JSON),
        (b"", JSON),
        (b"  ", JSON),
        (b"*/*", JSON),
        (b"application/*;q=0.5", JSON),
        (b"application/json", JSON),
        (b"APPLICATION/JSON ; Q=0.3", JSON),
        (b"application/graphql-response+json", RESPONSE_JSON),
        (b"application/json, application/graphql-response+json", RESPONSE_JSON),
        (b"application/json, application/graphql-response+json;q=0.5", JSON),
        (b"*/*, application/json;q=0", RESPONSE_JSON),
        (b"application/json;q=2", None),
        (b"application/json;q=x", None),
        (b"text/html", None),
        (b"image/*", None),
        (b",,;", None),
    ],
)
def test_programs_get_the_json_they_weigh_most(accept: bytes | None, kind: str | None) -> None:
    assert accepted(accept, html=False) == kind


def test_browsers_get_html_only_where_it_is_offered() -> None:
    assert accepted(BROWSER, html=True) == HTML
    assert accepted(BROWSER, html=False) == JSON


def test_html_is_for_those_who_name_it() -> None:
    assert accepted(b"*/*", html=True) == JSON
    assert accepted(b"text/*", html=True) is None
    assert accepted(b"text/html;q=0.5, application/json", html=True) == JSON


@given(st.binary(max_size=200), st.booleans())
def test_no_header_breaks_it(accept: bytes, html: bool) -> None:  # noqa: FBT001 - hypothesis fills it in
    assert accepted(accept, html=html) in {JSON, RESPONSE_JSON, HTML, None}
    assert json_utf8(accept) in {True, False}


@pytest.mark.parametrize(
    ("kind", "good"),
    [
        (None, False),
        (b"", False),
        (b"application/json", True),
        (b"Application/JSON; Charset=UTF-8", True),
        (b'application/json; charset="utf-8"', True),
        (b"application/json; charset=latin1", False),
        (b"application/json; odata=verbose", True),
        (b"text/plain", False),
        (b"application/jsonp", False),
    ],
)
def test_only_json_in_utf8_is_read(kind: bytes | None, good: bool) -> None:  # noqa: FBT001
    assert json_utf8(kind) is good
