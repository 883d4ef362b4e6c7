"""Prints the schema of the core ontology: `python -m resolvers.schema > schema.graphql`."""

from __future__ import annotations

import sys

from graphql import print_schema

from ontology.registry import core
from resolvers.derive import build


def text() -> str:
    """The SDL of the core ontology, as committed in `schema.graphql`."""
    return print_schema(build(core()).core) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
