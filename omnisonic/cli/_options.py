"""Options that commands share, and how a command finds its instance."""

from pathlib import Path
from typing import Annotated

import typer

DataDir = Annotated[
    Path | None,
    typer.Option(
        "--data-dir",
        help="Folder of the instance. [env: OMNISONIC_DATA_DIR; default: .omnisonic]",
        file_okay=False,
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]

Paths = Annotated[list[str], typer.Argument(metavar="PATH…", help="Files, folders, or - for standard input.")]

Format = Annotated[
    str, typer.Option("--format", help="auto, csv, tsv, json, jsonl or musicbrainz; auto looks at the content.")
]

SourceName = Annotated[
    str, typer.Option("--source", help="Whose data it is. Names without identifiers are one per source.")
]
