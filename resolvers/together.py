"""What requests want back of what was just written is read together: those of one commit all come at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from graph.group import Group
from graph.plan import Ref, parameters
from resolvers.context import Context, House
from resolvers.rootfield import IDS, RootField, by_ids, literal


@dataclass(frozen=True, slots=True)
class Asked:
    """One request's ids, and the seconds it has left."""

    ids: list[str]
    seconds: float


@dataclass(frozen=True, slots=True)
class Written:
    """Entities by their ids, in order; where nothing but the ids differs between requests, they share a statement."""

    house: House
    reader: RootField
    alike: bool
    group: Group[Asked, list[Any]] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "group", Group(self._read))

    async def run(self, ids: list[str], context: Context) -> Any:
        """The shaped answer for these ids. Raises OmnisonicError, or shape.Missing."""
        if not self.alike:
            return await self.reader.run(literal(ids, context))
        return self.reader.statement.shape(await self.group.join(Asked(ids, context.remaining()), len(ids)))

    async def _read(self, asked: list[Asked]) -> list[list[Any]]:
        statement = self.reader.statement
        values = parameters(statement.slots, {IDS: [i for one in asked for i in one.ids]})
        deadline = max(one.seconds for one in asked)
        (found,) = await self.house.store.read(statement.text, values, deadline=deadline)
        items = iter(found)
        return [[next(items) for _ in one.ids] for one in asked]


def written(house: House, type_name: str, wanted: Any, *, strict: bool = True) -> Written:
    """What is wanted of entities that were just written."""
    reader = by_ids(house, type_name, wanted, strict=strict)
    others = [slot.value for slot in reader.statement.slots if slot.value != Ref((IDS,))]
    return Written(house, reader, alike=not reader.asks and not any(_varies(value) for value in others))


def _varies(value: Any) -> bool:
    """Whether a value comes with the request."""
    if isinstance(value, dict):
        return any(_varies(inner) for inner in value.values())
    return any(_varies(inner) for inner in value) if isinstance(value, list) else isinstance(value, Ref)
