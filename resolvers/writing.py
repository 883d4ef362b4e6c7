"""Mutations: from inputs to one commit, and from its answer to a payload. Expected failures are problems."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from graph.change import Committed, Delete, Result, Source
from graph.plan import Select
from ontology.errors import Denied, Invalid, OmnisonicError, Unavailable
from ontology.terms import Spec
from resolvers.changes import key_of, to_change
from resolvers.context import Context, House
from resolvers.roots import Root
from resolvers.together import Written, written

SOURCE = Source("api")
WRITE = "write"


@dataclass(frozen=True, slots=True)
class WriteField:
    """One root field of Mutation: what it does, what is wanted back, and how the written entities are read."""

    key: str
    declared: Root
    spec: Spec
    wanted: tuple[Select, ...]
    payload: str
    reads: dict[str, Written]

    async def run(self, context: Context, args: dict[str, Any]) -> Any:
        """The payload. Raises OmnisonicError only for what is not the input's fault."""
        if not context.viewer.has(WRITE):
            raise Denied(
                "FORBIDDEN", "Writing needs a token with the scope write.", "Send Authorization: Bearer <token>."
            )
        try:
            if self.key not in context.done:  # else the other executor answers for what this one has done
                context.done[self.key] = await self._commit(context, args)
            committed = context.done[self.key]
        except Unavailable:
            raise
        except OmnisonicError as problem:
            return self._shape(_Outcome(problem=self._within(problem)), {})
        results = committed.results
        if self.declared.kind == "upsert_many":
            found = await self._read(context, results, self._inner())
            outcomes = [_Outcome(committed, r) for r in results]
            return self._many(committed, outcomes, found)
        found = await self._read(context, results[:1], self.wanted)
        return self._shape(_Outcome(committed, results[0]), {k: v[0] for k, v in found.items()})

    async def _commit(self, context: Context, args: dict[str, Any]) -> Committed:
        house = context.house
        if self.declared.kind == "delete":
            changes: list[Any] = [Delete(self.spec.name, key_of(self.spec, args["id"], house.base_iri))]
        else:
            many = self.declared.kind == "upsert_many"
            inputs = args["input"] if many else [args["input"]]
            changes = [
                to_change(self.spec, house.registry, one, house.base_iri, str(at)) for at, one in enumerate(inputs)
            ]
        if not changes:
            raise Invalid("BATCH_EMPTY", "No input.", "Give one at least.", path="input")
        return await house.door.commit(
            changes,
            actor=context.viewer.actor,
            source=SOURCE,
            idempotency_key=args.get("idempotencyKey"),
            reason=args.get("reason"),
            deadline=context.remaining(),
        )

    def _within(self, problem: OmnisonicError) -> OmnisonicError:
        """The problem with paths as the caller knows them: a single input is not the first of many."""
        if self.declared.kind == "upsert" and problem.path.startswith("0."):
            path = problem.path.removeprefix("0.")
            return type(problem)(problem.code, problem.message.replace(problem.path, path, 1), problem.hint, path=path)
        return problem

    def _inner(self) -> tuple[Select, ...]:
        return tuple(s for one in self.wanted if one.name == "results" for s in next(iter(one.of.values())))

    async def _read(
        self, context: Context, results: tuple[Result, ...], wanted: tuple[Select, ...]
    ) -> dict[str, list[Any]]:
        """The written entities as they stand now, by the response keys that ask for them."""
        ids = [r.id for r in results]
        found: dict[str, list[Any]] = {}
        for one in wanted:
            if one.name == self.spec.singular and one.key in self.reads:
                found[one.key] = await self.reads[one.key].run(ids, context)
        return found

    def _many(self, committed: Committed, outcomes: list[_Outcome], found: dict[str, list[Any]]) -> dict[str, Any]:
        shaped: dict[str, Any] = {}
        for one in self.wanted:
            if one.name != "results":
                shaped[one.key] = self._plain(one, _Outcome(committed))
                continue
            (typename, inner), *_ = one.of.items()
            shaped[one.key] = [
                {
                    s.key: typename
                    if s.name == "__typename"
                    else found[s.key][i]
                    if s.key in found
                    else self._plain(s, o)
                    for s in inner
                }
                for i, o in enumerate(outcomes)
            ]
        return shaped

    def _shape(self, outcome: _Outcome, found: dict[str, Any]) -> dict[str, Any]:
        return {one.key: found[one.key] if one.key in found else self._plain(one, outcome) for one in self.wanted}

    def _plain(self, one: Select, outcome: _Outcome) -> Any:
        if one.name == "__typename":
            return self.payload
        if one.name == "problems":
            return outcome.problems(next(iter(one.of.items())))
        return outcome.facts().get(one.name, [] if one.name == "results" else None)


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What became of one input: the commit's answer for it, or the problem."""

    committed: Committed | None = None
    result: Result | None = None
    problem: OmnisonicError | None = None

    def facts(self) -> dict[str, Any]:
        """The plain fields of a payload."""
        found: dict[str, Any] = {"replayed": bool(self.committed and self.committed.replayed)}
        if self.committed:
            found["tx"] = self.committed.tx
        if self.result:
            found |= {"cid": self.result.cid, "outcome": self.result.outcome, "id": self.result.id}
        return found

    def problems(self, wanted: tuple[str, tuple[Select, ...]]) -> list[dict[str, Any]]:
        """The problem as GraphQL shows it."""
        if self.problem is None:
            return []
        typename, selects = wanted
        problem = self.problem
        facts = {
            "code": problem.code,
            "message": problem.message,
            "hint": problem.hint or None,
            "path": problem.path or None,
            "__typename": typename,
        }
        return [{s.key: facts[s.name] for s in selects}]


def write_field(house: House, declared: Root, select: Select, *, strict: bool = True) -> WriteField:
    """Compile one root field of Mutation."""
    spec = house.registry.specs[declared.type or ""]
    (payload, wanted), *_ = select.of.items()
    inner = [s for one in wanted if one.name == "results" for s in next(iter(one.of.values()))]
    asked = [s for s in (*wanted, *inner) if s.name == spec.singular]
    reads = {s.key: written(house, spec.name, s.of[spec.name], strict=strict) for s in asked}
    return WriteField(select.key, declared, spec, wanted, payload, reads)
