"""How much one document may ask, decided on its syntax alone, before validation spends time on it.

Walks without recursion, looks at every fragment once, and never writes a fragment out: what a bomb of
fragments would come to is added up. Needs no schema; `resolvers.cost` counts what needs one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Final

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSyntaxError,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    parse,
)

from ontology.errors import Invalid


@dataclass(frozen=True, slots=True)
class Allowance:
    """The limits of one document. `cost` is in fields times page sizes, `length` in characters."""

    length: int = 100_000
    tokens: int = 2_000
    comments: int = 500
    depth: int = 12
    aliases: int = 30
    root_fields: int = 20
    directives: int = 50
    selections: int = 1_000
    cost: int = 100_000
    page: int = 100
    batch: int = 1_000


DEFAULT: Final = Allowance()
INTROSPECTION: Final = frozenset({"__schema", "__type"})


@dataclass(slots=True)
class Extent:
    """What a piece of a document comes to when its fragments are written out."""

    depth: int = 0
    aliases: int = 0
    root_fields: int = 0
    directives: int = 0
    selections: int = 0


@dataclass(slots=True)
class Piece:
    """One operation or fragment by itself, and the fragments it spreads: name, depth there, and whether that
    depth counts (it does not inside introspection).
    """

    own: Extent
    spreads: list[tuple[str, int, bool]] = field(default_factory=list)


def read(text: str, allowance: Allowance = DEFAULT) -> DocumentNode:
    """The parsed document. Raises Invalid(TOKENS_EXCEEDED), or GraphQLSyntaxError where it is no GraphQL."""
    try:
        return parse(
            text,
            max_lexical_tokens=allowance.tokens,
            max_comments=allowance.comments,
            max_source_length=allowance.length,
        )
    except GraphQLSyntaxError as error:
        over = {
            f"more than {allowance.tokens} tokens": ("tokens", allowance.tokens),
            f"more than {allowance.comments} comments": ("comments", allowance.comments),
            f"more than {allowance.length} code points": ("characters", allowance.length),
        }
        for said, (what, limit) in over.items():
            if said in error.message:
                raise Invalid(
                    "TOKENS_EXCEEDED",
                    f"The document has more than {limit:,} {what}; the limit is {limit:,}.",
                    "Pass values as variables, or split it.",
                ) from None
        raise


def check(document: DocumentNode, allowance: Allowance = DEFAULT) -> None:
    """Raises Invalid where an operation or fragment goes over a limit. Cycles of fragments are left to validation."""
    pieces = {
        node.name.value: _piece(node) for node in document.definitions if isinstance(node, FragmentDefinitionNode)
    }
    whole = _written_out(pieces, allowance)
    for extent in whole.values():  # also one that nothing uses: validation would spend its time on it
        _refuse(extent, allowance, "aliases", "directives", "selections")
    for node in document.definitions:
        if isinstance(node, OperationDefinitionNode):
            _refuse(_sum(_piece(node), whole, allowance), allowance, *WORDS)


def _piece(node: OperationDefinitionNode | FragmentDefinitionNode) -> Piece:
    """A definition by itself."""
    piece = Piece(Extent(directives=len(node.directives or ())))
    for variable in node.variable_definitions or ():
        piece.own.directives += len(variable.directives or ())
    waiting: list[tuple[SelectionSetNode, int, bool]] = [(node.selection_set, 1, True)]
    while waiting:
        here, depth, counts = waiting.pop()
        for selection in here.selections:
            piece.own.selections += 1
            piece.own.directives += len(selection.directives or ())
            if isinstance(selection, FragmentSpreadNode):
                piece.spreads.append((selection.name.value, depth - 1, counts))
            elif isinstance(selection, InlineFragmentNode):
                waiting.append((selection.selection_set, depth, counts))
            elif isinstance(selection, FieldNode):
                inside = counts and selection.name.value not in INTROSPECTION
                _field(piece.own, selection, depth, counts=inside)
                if selection.selection_set:
                    waiting.append((selection.selection_set, depth + 1, inside))
    return piece


def _field(own: Extent, node: FieldNode, depth: int, *, counts: bool) -> None:
    own.aliases += node.alias is not None
    own.root_fields += depth == 1
    if counts:
        own.depth = max(own.depth, depth)


def _written_out(pieces: dict[str, Piece], allowance: Allowance) -> dict[str, Extent]:
    """Every fragment with those it spreads, the innermost first."""
    done: dict[str, Extent] = {}
    for start in pieces:
        for name in _innermost_first(start, pieces, done):
            done[name] = _sum(pieces[name], done, allowance)
    return done


def _innermost_first(start: str, pieces: dict[str, Piece], done: dict[str, Extent]) -> Iterator[str]:
    """What a fragment leads to, each after all it leads to; a cycle is entered once."""
    entered = {start}
    path = [(start, iter(pieces[start].spreads))]
    while path:
        name, spreads = path[-1]
        for inner, _, _ in spreads:
            if inner in pieces and inner not in done and inner not in entered:
                entered.add(inner)
                path.append((inner, iter(pieces[inner].spreads)))
                break
        else:
            path.pop()
            if name not in done:
                yield name


def _sum(piece: Piece, whole: dict[str, Extent], allowance: Allowance) -> Extent:
    """A piece with its fragments added, each number cut off just over the largest limit: bombs stay small."""
    own, most = piece.own, 10 * allowance.selections
    total = Extent(own.depth, own.aliases, own.root_fields, own.directives, own.selections)
    for name, depth, counts in piece.spreads:
        inner = whole.get(name)
        if inner is None:
            continue
        if counts:
            total.depth = max(total.depth, depth + inner.depth)
        if depth == 0:
            total.root_fields += inner.root_fields
        total.aliases += inner.aliases
        total.directives += inner.directives
        total.selections += inner.selections
    for number in fields(total):
        setattr(total, number.name, min(getattr(total, number.name), most))
    return total


WORDS: Final = {
    "selections": ("SELECTIONS_EXCEEDED", "fields once its fragments are written out", "Ask for less at once."),
    "depth": ("DEPTH_EXCEEDED", "levels", "Ask for what lies deeper in a second request."),
    "aliases": ("ALIASES_EXCEEDED", "aliases", "Split it, or ask for a list with a filter."),
    "root_fields": ("ROOT_FIELDS_EXCEEDED", "root fields", "Split it into several requests."),
    "directives": ("DIRECTIVES_EXCEEDED", "directives", "Split it, or put them on fragments."),
}


def _refuse(extent: Extent, allowance: Allowance, *names: str) -> None:
    for name in names:
        code, words, hint = WORDS[name]
        found, limit = getattr(extent, name), getattr(allowance, name)
        if found > limit:
            raise Invalid(code, f"The operation has {found:,} {words}; the limit is {limit:,}.", hint)
