"""Prints the schema of the core ontology: `python -m resolvers.schema > schema.graphql`."""

from __future__ import annotations

import sys

from graphql import build_schema, find_breaking_changes, print_schema

from ontology.registry import Registry, core
from resolvers.derive import build


def text(registry: Registry) -> str:
    """The SDL; of the core ontology it is committed as `schema.graphql`."""
    return print_schema(build(registry).core) + "\n"


def breaking(before: str, after: str) -> list[str]:
    """What clients of the schema `before` would miss in the schema `after`; both are SDL."""
    old, new = (build_schema(sdl, assume_valid=True, no_location=True) for sdl in (before, after))
    changes = find_breaking_changes(old, new)
    return [change.description for change in changes]


if __name__ == "__main__":
    sys.stdout.write(text(core()))
