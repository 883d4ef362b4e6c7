"""What a running operation may use: the graph, who asks, and how long it may take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from graph.change import Committed
from graph.commit import Door
from graph.driver import Store
from graph.feed import Feed
from ontology.access import Viewer
from ontology.errors import Unavailable
from ontology.registry import Registry
from resolvers.derive import Derived


@dataclass(frozen=True, slots=True)
class House:
    """The parts that every operation shares. `seconds` is how long one request may take."""

    store: Store
    door: Door
    feed: Feed
    registry: Registry
    derived: Derived
    base_iri: str
    seconds: float = 10.0


@dataclass(slots=True)
class Context:
    """One running operation."""

    house: House
    viewer: Viewer
    variables: Mapping[str, Any]
    until: float
    done: dict[str, Committed] = field(default_factory=dict)
    """What was committed, by response key: whatever runs an operation again must not write again."""
    facts: dict[str, object] = field(init=False)

    def __post_init__(self) -> None:
        self.facts = self.viewer.parameters()

    def remaining(self) -> float:
        """Seconds left. Raises Unavailable(DEADLINE_EXCEEDED) when there are none."""
        left = self.until - monotonic()
        if left <= 0:
            hint = "Ask for less at a time, or try again."
            raise Unavailable("DEADLINE_EXCEEDED", "The request took too long.", hint)
        return left
