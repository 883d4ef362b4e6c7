"""Who may see what: rules that are declared beside the types and compiled into predicates.

A rule is data. It decides for a whole request where it can (`static`) and otherwise renders a Cypher
predicate over the row, with the viewer's facts as parameters; nothing decides after the fact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

ANONYMOUS_ACTOR = "urn:omnisonic:actor:anonymous"


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks: a pseudonymous actor IRI and the scopes its token carries (none for the public)."""

    actor: str = ANONYMOUS_ACTOR
    scopes: frozenset[str] = field(default_factory=frozenset)

    def has(self, scope: str) -> bool:
        """Whether the viewer holds the scope; `admin` holds them all."""
        return scope in self.scopes or "admin" in self.scopes

    def parameters(self) -> dict[str, object]:
        """The query parameters that every compiled predicate may name."""
        return {"viewerActor": self.actor, "viewerScopes": sorted(self.scopes)}


PUBLIC_VIEWER = Viewer()


class Rule:
    """One condition under which a row or field is visible."""

    def static(self, viewer: Viewer) -> bool | None:
        """The decision when it is the same for every row, else None."""
        raise NotImplementedError

    def cypher(self, var: str) -> str:
        """The predicate over the row `var`; names only `$viewerActor` and `$viewerScopes`."""
        raise NotImplementedError

    def admits(self, viewer: Viewer, row: Mapping[str, object]) -> bool:
        """The same predicate over a row in memory, for states that are read off payloads."""
        del row
        return self.static(viewer) is True


@dataclass(frozen=True, slots=True)
class Anyone(Rule):
    """Visible to everybody, with or without a token."""

    def static(self, viewer: Viewer) -> bool | None:
        del viewer
        return True

    def cypher(self, var: str) -> str:
        del var
        return "true"


@dataclass(frozen=True, slots=True)
class Scope(Rule):
    """Visible to holders of a scope (and to `admin`)."""

    scope: str

    def static(self, viewer: Viewer) -> bool | None:
        return viewer.has(self.scope)

    def cypher(self, var: str) -> str:
        del var
        return f"any(s IN $viewerScopes WHERE s IN ['{self.scope}', 'admin'])"


@dataclass(frozen=True, slots=True)
class Owner(Rule):
    """Visible to the actor whose IRI stands in the row's property (and to `admin`)."""

    prop: str

    def static(self, viewer: Viewer) -> bool | None:
        return True if "admin" in viewer.scopes else None

    def cypher(self, var: str) -> str:
        return f"({var}.{self.prop} = $viewerActor OR 'admin' IN $viewerScopes)"

    def admits(self, viewer: Viewer, row: Mapping[str, object]) -> bool:
        return row.get(self.prop) == viewer.actor or "admin" in viewer.scopes


@dataclass(frozen=True, slots=True)
class Where(Rule):
    """Visible when the row's property has this value, to those the other rule admits otherwise."""

    prop: str
    value: str
    otherwise: Rule

    def static(self, viewer: Viewer) -> bool | None:
        return True if self.otherwise.static(viewer) else None

    def cypher(self, var: str) -> str:
        return f"({var}.{self.prop} = '{self.value}' OR {self.otherwise.cypher(var)})"

    def admits(self, viewer: Viewer, row: Mapping[str, object]) -> bool:
        return row.get(self.prop) == self.value or self.otherwise.admits(viewer, row)


ANYONE = Anyone()

SCOPES: dict[str, str] = {
    "read": "read what is public (a token is not needed for it, but may be rate-limited apart)",
    "write": "create, change and delete public facts; run ingests and read their reports",
    "audit": "read private records and payloads",
    "admin": "everything, including tokens",
}
