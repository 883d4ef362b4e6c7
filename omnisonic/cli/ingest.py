"""`omnisonic ingest`: files into the graph, what became of their rows, and taking a batch back."""

import json
from typing import TYPE_CHECKING, Annotated, Any, Self

import typer
from typer.core import TyperGroup

from omnisonic.cli._options import DataDir, Format, Json, Paths, SourceName
from omnisonic.cli._rows import WORDS, Rows, lines, row_text

if TYPE_CHECKING:
    from graph.commit import Door
    from omnisonic.settings import Settings


class _FilesOrCommand(TyperGroup):
    """`omnisonic ingest FILE` is `omnisonic ingest run FILE`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the command in where the first word is none."""
        if args and args[0] not in self.commands and args[0] != "--help":
            args = ["run", *args]
        return super().parse_args(ctx, args)


_HELP = """Read files into the graph: CSV, TSV, JSON and JSON lines of {isrc, title, artist, …}, MusicBrainz documents.

`omnisonic ingest FILE…` reads files; `undo`, `show` and `list` are about batches that were read.
"""

group = typer.Typer(help=_HELP, cls=_FilesOrCommand, no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(group, name="ingest")


@group.command()
def run(
    paths: Paths,
    file_format: Format = "auto",
    source: SourceName = "local",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Tell what would happen, and write nothing.")] = False,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Read files into the graph. This is what `omnisonic ingest FILE…` does.

    Exits with 0 when the input was read, whatever became of its rows; with 2 or 3 when it could not be read at
    all, with 6 when the store does not answer. The same command again goes on where it was broken off, and
    changes nothing when it was finished. With --json the last line is the summary, and each row that was
    rejected or waits for review is a line before it.

    Example: omnisonic ingest catalogue.csv --source "My Label" --dry-run
    """
    from ingest.run import Options, ingest
    from ingest.stages import inputs
    from omnisonic.settings import Settings

    given = inputs(paths)
    settings = Settings.load(data_dir=data_dir)
    show = Rows(as_json)

    async def work(door: "Door", actor: str) -> Any:
        options = Options(actor, source, file_format, dry_run)
        with _Bar(quiet=as_json) as bar:
            return await ingest(door, given, options, on_row=show, on_progress=bar)

    summary = _with_door(settings, work)
    typer.echo(json.dumps(summary.as_map()) if as_json else "\n".join(lines(summary.as_map(), show.hidden)))


@group.command()
def undo(
    batch: Annotated[str, typer.Argument(help="The id of the batch, as `omnisonic ingest` told it.")],
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Take a batch back: what it created goes, what it changed becomes what it was.

    What was changed since is left as it is and reported. Exits with 0, also when something was left.

    Example: omnisonic ingest undo 1f0c9f8e-6a0e-5d0f-9d3c-0f4f3c1b2a19
    """
    from ingest.undo import undo as take_back
    from omnisonic.settings import Settings

    done = _with_door(
        Settings.load(data_dir=data_dir), lambda door, actor: take_back(door, batch, actor=actor)
    ).as_map()
    if as_json:
        typer.echo(json.dumps(done))
        return
    typer.echo(
        f"batch {batch}: {done['deleted']} deleted, {done['restored']} restored, {done['left']} left as they are"
    )
    for conflict in done["conflicts"]:
        typer.echo(f"  {conflict['entity']}: {conflict['cause']}")


@group.command()
def show(
    batch: Annotated[str, typer.Argument(help="The id of the batch.")],
    outcome: Annotated[list[str] | None, typer.Option(help="Only rows of this outcome. May be repeated.")] = None,
    data_dir: DataDir = None,
    as_json: Json = False,
) -> None:
    """Show what became of a batch and of its rows: without --outcome those that were rejected or wait for review.

    Example: omnisonic ingest show 1f0c9f8e-6a0e-5d0f-9d3c-0f4f3c1b2a19 --outcome rejected
    """
    from omnisonic.settings import Settings

    wanted = outcome or ["rejected", "needs_review"]

    async def work(door: "Door", _actor: str) -> tuple[dict[str, Any] | None, list[dict[str, Any]]]:
        from graph.outcomes import batch_of, rows_of

        found = await batch_of(door.store, batch)
        return found, [row async for row in rows_of(door.store, batch, only=wanted)] if found else []

    found, rows = _with_door(Settings.load(data_dir=data_dir), work)
    if found is None:
        from ontology.errors import NotFound

        raise NotFound("BATCH_UNKNOWN", f"There is no batch {batch}.", "`omnisonic ingest list` shows them.")
    rows = sorted(({k: v for k, v in row.items() if k[0] != "_"} for row in rows), key=lambda row: row["line"])
    shown = {k: v for k, v in found.items() if k[0] != "_"}
    if as_json:
        typer.echo(json.dumps(shown | {"rows": rows}))
        return
    typer.echo(f"batch {batch}: {shown['status']}, {shown['source']}, {shown.get('input', '')}")
    typer.echo("\n".join(row_text(row) for row in rows))


@group.command("list")
def list_(data_dir: DataDir = None, as_json: Json = False) -> None:
    """List the batches, the newest first.

    Example: omnisonic ingest list
    """
    from omnisonic.settings import Settings

    async def work(door: "Door", _actor: str) -> list[dict[str, Any]]:
        from graph.outcomes import batches

        return await batches(door.store)

    found = _with_door(Settings.load(data_dir=data_dir), work)
    if as_json:
        typer.echo(json.dumps(found))
        return
    for one in found:
        counts = ", ".join(f"{one.get('needsReview' if w == 'needs_review' else w, 0)} {w}" for w in WORDS)
        typer.echo(f"{one['id']}  {one['startedAt'][:19]}  {one['status']}  {one['source']}: {counts}")


def _with_door(settings: "Settings", work: Any) -> Any:
    """The answer of `work(door, actor)`, as the local command line."""
    import secrets

    from graph.commit import Door
    from omnisonic import local
    from omnisonic.cli._store import with_store
    from ontology.registry import core

    async def at(store: Any) -> Any:
        viewer = await local.viewer(store, settings.data_dir)
        door = Door(store, core(), base_iri=settings.base_iri, clock=local.now, randomness=secrets.token_bytes)
        return await work(door, viewer.actor)

    return with_store(settings, at)


class _Bar:
    """A progress bar on a terminal, nothing elsewhere."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> Self:
        import sys

        if not self._quiet and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

            columns = (SpinnerColumn(), TextColumn("{task.description}"), MofNCompleteColumn(), TimeElapsedColumn())
            self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
            self._bar.start()
            self._task = self._bar.add_task("rows", total=None)
        return self

    def __exit__(self, *_error: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, summary: Any) -> None:
        if self._bar is not None:
            bad = summary.counts["rejected"] + summary.counts["needs_review"]
            self._bar.update(self._task, completed=summary.rows, description=f"rows ({bad} with problems)")
