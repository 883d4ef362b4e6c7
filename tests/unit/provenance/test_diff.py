from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from provenance.cid import Value, encode
from provenance.diff import FieldChange, changed_fields, field_changes, same

from .values import STATES, VALUES


@given(STATES, STATES)
def test_what_changed_applied_to_the_old_gives_the_new(before: dict[str, Value], after: dict[str, Value]) -> None:
    changes = field_changes(before, after)
    patched: dict[str, Value] = {name: value for name, value in before.items() if value is not None}
    for change in changes:
        assert encode(change.before) == encode(before.get(change.name))
        patched[change.name] = change.after
    wanted = {name: value for name, value in after.items() if value is not None}
    assert encode({k: v for k, v in patched.items() if v is not None}) == encode(wanted)
    assert [change.name for change in changes] == sorted({change.name for change in changes})


@given(STATES)
def test_nothing_changes_between_equals(state: dict[str, Value]) -> None:
    assert changed_fields(state, dict(reversed(state.items()))) == []
    present = sorted(name for name, value in state.items() if value is not None)
    assert changed_fields(None, state) == changed_fields(state, None) == present


@given(VALUES, VALUES)
def test_same_means_the_same_bytes(one: Value, other: Value) -> None:
    assert same(one, other) == (encode(one) == encode(other))


@given(st.booleans())
def test_true_is_not_one(flag: bool) -> None:  # noqa: FBT001
    assert not same(flag, int(flag))
    assert not same([flag], [int(flag)])
    assert not same({"a": flag}, {"a": int(flag)})


def test_values_before_and_after() -> None:
    before: dict[str, Value] = {"title": "A", "year": 1999, "tags": ("x",)}
    after: dict[str, Value] = {"title": "B", "tags": ["x"], "genre": "pop"}
    assert field_changes(before, after) == [
        FieldChange("genre", None, "pop"),
        FieldChange("title", "A", "B"),
        FieldChange("year", 1999, None),
    ]
