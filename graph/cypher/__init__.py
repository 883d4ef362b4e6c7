"""Named Cypher statements that no plan can express, one file each. Values are always parameters."""

from functools import cache
from importlib.resources import files


@cache
def statement(name: str) -> str:
    """The text of `<name>.cypher` in this folder."""
    return files(__name__).joinpath(f"{name}.cypher").read_text("utf-8")
