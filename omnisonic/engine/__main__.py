"""Runs an embedded Neo4j in the foreground: `python -m omnisonic.engine --data-dir FOLDER`."""

import argparse
import signal
import sys
from pathlib import Path
from types import FrameType

from omnisonic.engine.process import start
from omnisonic.settings import Settings


def main() -> None:
    """Start, print one line `URL USER PASSWORD`, and wait for SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m omnisonic.engine", description=__doc__)
    parser.add_argument("--data-dir", type=Path)
    parser.add_argument("--port", type=int, default=0, help="Bolt port; a free one by default")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, _interrupt)
    engine = start(Settings.load(data_dir=options.data_dir), port=options.port)
    try:
        print(engine.endpoint.url, engine.endpoint.user, engine.endpoint.password, flush=True)  # noqa: T201
        engine.child.wait()
    except KeyboardInterrupt:
        engine.stop()
    sys.exit(engine.child.returncode and 1)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
