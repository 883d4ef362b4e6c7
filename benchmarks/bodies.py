"""Request bodies: operations with their placeholders filled from the samples of a catalogue.

`$isrc`, `$word`, `$page.cursor` … are drawn from `samples.json`; `$recording` and `$recordings1000` are made up. Each
target writes ISRCs of its own, so that whoever comes second finds no more than whoever comes first.
"""

import json
from random import Random
from typing import Any

BATCH = 1_000
_ISRCS = 20_000


def bodies(operation: dict[str, Any], samples: dict[str, list[Any]], size: int, owner: str) -> list[str]:
    """JSON texts, the same for the same arguments. `owner` is three letters or digits in made-up ISRCs."""
    rng = Random(7)  # noqa: S311 - a fixed draw is the point
    query, variables = operation["query"], operation["variables"]
    return [json.dumps({"query": query, "variables": _fill(variables, samples, rng, owner)}) for _ in range(size)]


def _fill(value: Any, samples: dict[str, list[Any]], rng: Random, owner: str) -> Any:
    if isinstance(value, dict):
        return {key: _fill(inner, samples, rng, owner) for key, inner in value.items()}
    if value == "$recording":
        return _recording(rng, owner, rng.randrange(_ISRCS))
    if value == "$recordings1000":
        first = rng.randrange(_ISRCS // BATCH) * BATCH
        return [_recording(rng, owner, first + n) for n in range(BATCH)]
    if isinstance(value, str) and value.startswith("$"):
        name, _, part = value[1:].partition(".")
        drawn = rng.choice(samples[name])
        return drawn[part] if part else drawn
    return value


def _recording(rng: Random, owner: str, number: int) -> dict[str, Any]:
    return {
        "isrc": f"ZZ{owner}24{number:05d}",
        "title": f"bench take {rng.randrange(10**6)}",
        "durationMs": rng.randrange(60_000, 400_000),
        "year": 2024,
        "genre": ["bench"],
    }


def leaves(value: Any) -> int:
    """How many scalars an answer holds."""
    if isinstance(value, dict):
        return sum(leaves(inner) for inner in value.values())
    return sum(leaves(inner) for inner in value) if isinstance(value, list) else 1
