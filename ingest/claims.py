"""What a row says, before anybody looked at the graph: claims about entities, and credits between them.

Pure. Values are checked against the ontology here, so that no row can spoil the commit of its neighbours.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cache
from uuid import UUID

from ingest.causes import Problem
from ontology.errors import Invalid
from ontology.identifiers import Identifier, normalise
from ontology.registry import core
from ontology.shape import check_value
from ontology.terms import Spec

NAMESPACE = UUID("6f6d6e69-736f-5e69-a363-696e67657374")
"""Fixed for ever: ids of what an ingest creates are uuid5 in it, so that a second run finds the first."""


@dataclass(slots=True, eq=False)
class Claim:
    """What a row says about one entity.

    `natural` makes it the same again in a later run where no valid identifier does. A `leading` claim states
    how things are, so its values replace others; any other only fills gaps and never changes what is there.
    Lists and edges are added to. `own` names the scheme of the source's own key: two entities with different
    values of it are two, whatever else they share. Of the fields in `earliest` the smaller value is kept.
    """

    etype: str
    name: str
    natural: str = ""
    fields: dict[str, object] = field(default_factory=dict)
    identifiers: list[Identifier] = field(default_factory=list)
    edges: dict[str, list[Claim]] = field(default_factory=dict)
    leading: bool = False
    own: str = ""
    earliest: frozenset[str] = frozenset()
    _id: str = ""

    @property
    def first_id(self) -> str:
        """The id that an entity gets when nothing in the graph is it: from its best identifier, else its nature."""
        if not self._id:
            valid = [i for i in self.identifiers if i.valid]
            best = next((i for i in valid if i.scheme == self.own), valid[0] if valid else None)
            self._id = derive(f"{self.etype}|{best.key if best else self.natural}")
        return self._id


@dataclass(slots=True, eq=False)
class Credit:
    """What a row says about one contribution. `attributes` and dates tell two of the same role apart.

    An `exclusive` credit is the row's word on who performs: it must fit who the graph says performs.
    """

    who: Claim
    what: Claim
    fields: dict[str, object]
    exclusive: bool = False


@dataclass(slots=True, eq=False)
class Draft:
    """All that one row says. `main` is what the row is chiefly about; `claims` come in order of mention."""

    line: int
    main: Claim
    claims: list[Claim]
    credits: list[Credit]
    problems: list[Problem]


def derive(name: str) -> str:
    """The id that stands for a key: `uuid5(NAMESPACE, name)`, without the cost of a UUID object."""
    h = hashlib.sha1(NAMESPACE.bytes + name.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest()
    return f"{h[:8]}-{h[8:12]}-5{h[13:16]}-{_VARIANT[h[16]]}{h[17:20]}-{h[20:32]}"


_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}


@cache
def spec_of(etype: str) -> Spec:
    return core().specs[etype]


def checked(etype: str, fields: dict[str, object], problems: list[Problem]) -> dict[str, object]:
    """The fields as they may be stored; what may not is left out and becomes a problem."""
    known = spec_of(etype).fields
    found: dict[str, object] = {}
    for name, value in fields.items():
        if value in (None, "", []):
            continue
        try:
            kept = check_value(known[name], value)
        except Invalid as error:
            problems.append(Problem("VALUE_DROPPED", f"{etype}.{error.message} {error.hint}".strip()))
        else:
            if kept is not None:
                found[name] = kept
    return found


def identify(claim: Claim, scheme: str, raw: object, problems: list[Problem]) -> None:
    """Add an identifier; an invalid one is added too, marked, and becomes a problem."""
    found = normalise(scheme, str(raw)) if raw not in (None, "") else None
    if found is None or any(found.key == other.key for other in claim.identifiers):
        return
    claim.identifiers.append(found)
    if not found.valid:
        problems.append(Problem("IDENTIFIER_INVALID", f"{scheme} {found.raw[:80]!r}: {found.cause}."))
