"""The demo catalogue: real music facts that a first start puts into an empty graph, through the ordinary ingest."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from graph.commit import Door
    from ingest.report import Summary

CATALOGUE = Path(__file__).with_name("catalogue.jsonl")
SOURCE = "MusicBrainz"
ACTOR = "urn:omnisonic:actor:demo"


async def load_demo(door: Door, *, on_progress: Callable[[Summary], None] | None = None) -> Summary:
    """Put the catalogue into the graph. Safe to repeat: what is there already stays as it is."""
    from ingest.run import Options, ingest  # noqa: PLC0415 - only a first start needs it
    from ingest.stages import inputs  # noqa: PLC0415

    return await ingest(door, inputs([str(CATALOGUE)]), Options(ACTOR, SOURCE), on_progress=on_progress)
