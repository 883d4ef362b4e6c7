"""`omnisonic up`: run an instance until it is told to stop."""

from typing import Annotated

import typer

from omnisonic.cli._options import DataDir


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(up)


def up(
    data_dir: DataDir = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on. [env: OMNISONIC_HOST]")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one. [env: OMNISONIC_PORT]")
    ] = None,
    no_demo: Annotated[bool, typer.Option("--no-demo", help="Leave an empty store empty.")] = False,
) -> None:
    """Start Neo4j and the service, and keep them running until Ctrl-C.

    Prints `Omnisonic is ready at URL` when it answers.

    Example: omnisonic up --port 8080 --data-dir ~/music-graph
    """
    from omnisonic.progress import Progress
    from omnisonic.settings import Settings
    from omnisonic.supervisor import run

    settings = Settings.load(data_dir=data_dir, host=host, port=port, demo=False if no_demo else None)
    run(settings, Progress())
