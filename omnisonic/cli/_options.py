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
