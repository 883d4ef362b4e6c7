"""The command line. Each command is one small module here with a `register(app)`; all are found by themselves.

Modules import nothing heavy at their top (a test watches): `omnisonic --help` has to come at once.
"""

import importlib
import pkgutil
import sys

import typer

from ontology.errors import Conflict, Denied, Invalid, NotFound, OmnisonicError, Unavailable

EXIT_CODES: dict[type[OmnisonicError], int] = {Invalid: 2, NotFound: 3, Denied: 4, Conflict: 5, Unavailable: 6}
_INTERRUPTED = 130

HELP = """The Open Music Graph: one graph of works, recordings, releases and the people behind them.

Start with `omnisonic up`. Every command takes its instance from --data-dir or OMNISONIC_DATA_DIR.
"""


def build() -> typer.Typer:
    """The application with all commands of this package."""
    app = typer.Typer(help=HELP, no_args_is_help=True, pretty_exceptions_enable=False)
    for module in sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.name.startswith("_")):
        importlib.import_module(f"{__name__}.{module}").register(app)
    return app


def main() -> None:
    """Run the command line; an expected failure is one line on stderr and its exit code."""
    try:
        build()()
    except OmnisonicError as error:
        sys.stderr.write(f"omnisonic: {error}\n")
        sys.exit(exit_code(error))
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)


def exit_code(error: OmnisonicError) -> int:
    """The documented exit code of a failure's kind."""
    return next((code for kind, code in EXIT_CODES.items() if isinstance(error, kind)), 1)
