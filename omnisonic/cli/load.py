"""`omnisonic load`: the first load of a big catalogue, offline."""

import json

import typer

from omnisonic.cli._options import DataDir, Format, Json, Paths, SourceName
from omnisonic.cli._rows import Rows, lines


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(load)


def load(
    paths: Paths,
    file_format: Format = "auto",
    source: SourceName = "local",
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Load a big catalogue into an empty store: what `ingest` does, but offline and faster.

    The instance must not run and its store must be empty; otherwise nothing is changed and the command exits
    with 5. Exits with 0 when the input was read, whatever became of its rows; with 2 or 3 when it could not be
    read at all, with 6 when the disk is full or the import fails. With --json the last line is the summary, and
    each row that was rejected or waits for review is a line before it.

    Example: omnisonic load catalogue/*.csv --source "My Label"
    """
    from ingest.stages import inputs
    from omnisonic.load import load as load_offline
    from omnisonic.progress import Progress
    from omnisonic.settings import Settings

    settings = Settings.load(data_dir=data_dir)
    show, progress = Rows(as_json), Progress()
    given = inputs(paths)
    try:
        done = load_offline(
            settings, given, source=source, file_format=file_format, on_row=show, report=progress
        ).as_map()
    finally:
        progress.done()
    if as_json:
        typer.echo(json.dumps(done))
        return
    typer.echo("\n".join(lines(done, show.hidden)))
    typer.echo(f"{done['entities']:,} entities with their records, {done['entities_per_second']:,} a second")
