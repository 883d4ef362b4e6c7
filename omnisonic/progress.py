"""Tells a person what is being waited for: one line rewritten on a terminal, one line per stage elsewhere.

Writes to stderr only; stdout belongs to answers.
"""

import sys
import time
from typing import TextIO

_REPEAT_S = 10.0


class Progress:
    """Call it with a text such as `starting Neo4j: 3 s`; what stands before the colon is the stage."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stderr
        self._terminal = self._out.isatty()
        self._stage = ""
        self._shown = 0.0
        self._width = 0

    def __call__(self, text: str) -> None:
        """Show `text`, unless it would only repeat what a log already says."""
        if self._terminal:
            self._out.write("\r" + text.ljust(self._width))
            self._width = len(text)
            self._out.flush()
            return
        stage, now = text.split(":", 1)[0], time.monotonic()
        if stage != self._stage or now - self._shown > _REPEAT_S:
            self._stage, self._shown = stage, now
            self._out.write(text + "\n")
            self._out.flush()

    def done(self) -> None:
        """Clear the line that is being rewritten."""
        if self._terminal and self._width:
            self._out.write("\r" + " " * self._width + "\r")
            self._out.flush()
            self._width = 0
