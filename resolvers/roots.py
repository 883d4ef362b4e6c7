"""What each root field is for: the map from "Query.recording" to the kind of work and the type it is about."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from resolvers.declare import Member

Kind = Literal["lookup", "connection", "node", "search", "upsert", "upsert_many", "delete", "subscription"]


@dataclass(frozen=True, slots=True)
class Root:
    """`type` is the name of the type a root field is about, None where it is about any."""

    kind: Kind
    type: str | None


@dataclass(frozen=True, slots=True)
class Rooted:
    """A root field and what it is for."""

    member: Member
    root: Root
