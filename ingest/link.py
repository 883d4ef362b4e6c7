"""Fourth stage: finds which entities a row is about, compares, and plans the changes that make its word true.

Pure but for the view it reads and keeps up to date. A row that contradicts the graph plans nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from graph.change import Change, EdgeChange, Entity, Upsert
from graph.live import Credited, Live
from ingest.causes import Problem
from ingest.claims import Claim, Credit, Draft, derive, spec_of
from ingest.contradict import Match, contradiction
from ingest.merge import differences
from ingest.names import close, same
from ingest.view import Known, View
from ontology.terms import NodeSpec

RowOutcome = Literal["created", "updated", "unchanged", "rejected", "needs_review"]


@dataclass(slots=True)
class Plan:
    """What is to become of one row. `entity` is the id of what it is chiefly about, `touched` names all it changes."""

    line: int
    outcome: RowOutcome
    problems: list[Problem] = field(default_factory=list)
    entity: str | None = None
    changes: list[Change] = field(default_factory=list)
    touched: list[str] = field(default_factory=list)


class Linker:
    """Plans row after row. `ref` is what records of this batch name as their source.

    `again` says that the batch was finished before: then what it wrote itself it does not write anew, so that
    an input whose rows correct each other settles.
    """

    def __init__(self, view: View, ref: str, *, again: bool = False) -> None:
        self._view = view
        self._ref = ref
        self._again = again
        self._lent: set[tuple[str, str]] = set()
        self._chunk = 0

    def begin(self, chunk: int) -> None:
        """What is planned from here on is committed together, as this chunk."""
        self._chunk = chunk
        self._lent.clear()

    def plan(self, draft: Draft) -> Plan:
        """The changes of one row, after which the view is as if they were made."""
        return _Row(self, draft).plan()


class _Row:
    def __init__(self, linker: Linker, draft: Draft) -> None:
        self.linker = linker
        self.view = linker._view  # noqa: SLF001 - one thing in two classes
        self.draft = draft
        self.ids: dict[int, str] = {}  # claim -> id of its entity
        self.match = Match()
        self.done = Plan(draft.line, "unchanged", list(draft.problems))

    def plan(self) -> Plan:
        main = self.draft.main
        found, ambiguous = self._find(main)
        if ambiguous is not None:
            return self._review(ambiguous, None)
        if found is not None and not main.own:
            against = contradiction(self.draft, found.live, self.match)
            if against is not None:
                return self._review(against, found.live.id)
        self.ids[id(main)] = self.done.entity = found.live.id if found else main.first_id
        self._changes()
        if self.done.touched:
            self.done.outcome = "updated" if found else "created"
        return self.done

    def _changes(self) -> None:
        """All identities first: a claim's edges may lead to claims that come after it."""
        dropped = self.match.dropped
        for claim in self.draft.claims:
            if id(claim) not in dropped and id(claim) not in self.ids:
                self.ids[id(claim)] = self._identify(claim)
        for claim in self.draft.claims:
            if id(claim) not in dropped:
                self._state(claim)
        for credit in self.draft.credits:
            if id(credit) not in dropped:
                self._credit(credit)

    def _review(self, problem: Problem, entity: str | None) -> Plan:
        return Plan(self.draft.line, "needs_review", [problem, *self.done.problems], entity)

    # -- which entity is meant -------------------------------------------------------------------

    def _find(self, claim: Claim) -> tuple[Known | None, Problem | None]:
        """The entity that a claim is about, None for a new one, or why nobody can tell."""
        keys = [i.key for i in claim.identifiers if i.valid]
        own = [key for key in keys if claim.own and key.startswith(f"{claim.own}:")]
        for key in own:
            if bearers := self.view.bearing(claim.etype, key):
                return bearers[0], None
        found = {k.live.id: k for key in keys for k in self.view.bearing(claim.etype, key)}
        if own:  # another key of the source's own is another entity, a different name most likely too
            prefix = f"{claim.own}:"
            found = {i: k for i, k in found.items() if close(_name(k.live), claim.name) and not _bears(k.live, prefix)}
        if len(found) > 1:
            near = {i: k for i, k in found.items() if same(_name(k.live), claim.name)}
            near = near or {i: k for i, k in found.items() if close(_name(k.live), claim.name)}
            if len(near) != 1 and claim is self.draft.main and not own:
                names = ", ".join(sorted(found)[:5])
                return None, Problem("IDENTIFIER_AMBIGUOUS", f"{keys[0]} names several {claim.etype}s: {names}.")
            found = near or found
        if found:
            return found[min(found)], None
        return self.view.get(claim.etype, claim.first_id), None

    def _identify(self, claim: Claim) -> str:
        bound = self.match.contributors.get(id(claim))
        if bound is not None:
            return bound
        if claim.etype == "Track":
            return self._position(claim)
        found, _ = self._find(claim)
        return found.live.id if found else claim.first_id

    def _position(self, claim: Claim) -> str:
        """A track is the same when release and recording are, and the place as far as it is told."""
        if claim.identifiers:
            found, _ = self._find(claim)
            if found is not None:
                return found.live.id
            if claim.identifiers[0].valid:
                return claim.first_id
        release, recording = (
            self.ids[id(claim.edges[name][0])] if name in claim.edges else "" for name in ("release", "recording")
        )
        known = self.view.get("Recording", recording)
        medium, position = claim.fields.get("medium", 0), claim.fields.get("position", 0)
        for track, on, its_medium, its_position in known.live.places if known else ():
            if on == release and (not position or its_position == position) and medium in (0, its_medium):
                self.match.dropped.add(id(claim))
                return track
        return derive(f"Track|{release}|{recording}|{claim.natural}")

    # -- what is to change -----------------------------------------------------------------------

    def _state(self, claim: Claim) -> None:
        etype, known_id = claim.etype, self.ids[id(claim)]
        known = self.view.get(etype, known_id)
        if known is None and id(claim) in self.match.contributors:
            return  # found by its credit: it stands, and a name adds nothing to it
        change = Upsert(etype, known_id)
        if known is None:
            known = self.view.add(Live(etype, known_id, {}), self.linker._chunk)  # noqa: SLF001
        elif self._outdated(known):
            self._lend(known)
        live = known.live
        change.fields = differences(claim, live, self._settled(live), self.linker._ref, self.done.problems)  # noqa: SLF001
        live.fields |= change.fields
        for identifier in claim.identifiers:
            if identifier.key not in live.keys:
                change.identifiers.append((identifier.scheme, identifier.raw))
                self.view.bear(live, identifier.key)
        self._edges(claim, live, change)
        if change.fields or change.identifiers or change.edges:
            self._change(change)
            known.changed = self.linker._chunk  # noqa: SLF001
            live.ref = self.linker._ref  # noqa: SLF001

    def _settled(self, live: Live) -> bool:
        return self.linker._again and live.ref == self.linker._ref  # noqa: SLF001

    def _edges(self, claim: Claim, live: Live, change: Upsert) -> None:
        spec = spec_of(claim.etype)
        for name, others in claim.edges.items():
            ids = dict.fromkeys(self.ids[id(other)] for other in others if id(other) in self.ids)
            have = live.edges.get(name, set())
            many = isinstance(spec, NodeSpec) and spec.edges[name].many
            if not many and have and (not claim.leading or self._settled(live)):
                continue
            new = [i for i in ids if i not in have]
            if new:
                change.edges[name] = EdgeChange(tuple(new), "add" if many else "set")
                live.edges[name] = have | set(new) if many else set(new)
        if claim.etype == "Track":
            self._place(claim, live)

    def _place(self, claim: Claim, live: Live) -> None:
        """Remember on the recording where it is heard, for rows to come."""
        for recording in claim.edges.get("recording", ()):
            known = self.view.get("Recording", self.ids[id(recording)])
            for release in live.edges.get("release", ()):
                place = (live.id, release, int(live.fields.get("medium", 0)), int(live.fields.get("position", 0)))
                if known is not None and place not in known.live.places:
                    known.live.places.append(place)

    def _credit(self, credit: Credit) -> None:
        who, what = self.ids.get(id(credit.who)), self.view.get(credit.what.etype, self.ids[id(credit.what)])
        if who is None or what is None:
            return
        told = credit.fields
        attributes = told.get("attributes")
        apart = ";".join(sorted(attributes)) if isinstance(attributes, list) else ""
        key = f"Contribution|{who}|{what.live.id}|{told['role']}|{apart}|{told.get('beginDate')}|{told.get('endDate')}"
        known = derive(key)
        have = what.live.credits.get(known)
        if have is None:
            change = Upsert("Contribution", known, dict(told))
            change.source, change.target = Entity("Contributor", who), Entity(credit.what.etype, what.live.id)
            what.live.credits[known] = Credited(known, who, (credit.who.name,), dict(told))
        else:
            leading = credit.what.leading and not self._settled(what.live)
            fields = {n: v for n, v in told.items() if have.fields.get(n) != v and (leading or n not in have.fields)}
            if not fields:
                return
            have.fields |= fields
            change = Upsert("Contribution", known, fields)
        if self._outdated(what):
            self._lend(what)
        what.changed = max(what.changed, self.linker._chunk)  # noqa: SLF001
        self._change(change)

    # -- what goes into the commit ---------------------------------------------------------------

    def _change(self, change: Upsert) -> None:
        self.done.changes.append(change)
        self.done.touched.append(f"{change.etype}/{change.id}")

    def _outdated(self, known: Known) -> bool:
        """Whether an earlier chunk creates it and may not be committed when this one is."""
        return self.view.stored < known.created < self.linker._chunk  # noqa: SLF001

    def _lend(self, known: Known) -> None:
        """Let this chunk create it too, so that chunks need not wait for each other."""
        live = known.live
        key = (live.etype, live.id)
        if key not in self.linker._lent:  # noqa: SLF001
            self.linker._lent.add(key)  # noqa: SLF001
            pairs = [tuple(text.split(":", 1)) for text in sorted(live.keys)]
            self.done.changes.append(
                Upsert(live.etype, live.id, dict(live.fields), [(scheme, value) for scheme, value in pairs])
            )


def _name(live: Live) -> str:
    return str(live.fields.get("title") or live.fields.get("name") or "")


def _bears(live: Live, prefix: str) -> bool:
    return any(key.startswith(prefix) for key in live.keys)
