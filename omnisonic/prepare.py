"""Makes a store ready to serve: constraints and indexes, and the demo catalogue on the first run.

Run by the supervisor as a process of its own, against the Neo4j of the settings.
"""

import sys

from omnisonic.settings import Settings
from ontology.errors import OmnisonicError


def main() -> int:
    """Prepare; returns the exit status, with one line on stderr for an expected failure."""
    try:
        prepare(Settings.load())
    except OmnisonicError as error:
        sys.stderr.write(f"omnisonic: {error}\n")
        return 1
    return 0


def prepare(_settings: Settings) -> None:
    """Apply the schema; load the demo into an empty store."""


if __name__ == "__main__":
    sys.exit(main())
