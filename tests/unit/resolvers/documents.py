"""Random documents for the tests of limits and costs: operations and fragments that may spread each other."""

from collections.abc import Mapping

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)
from hypothesis import strategies as st

FRAGMENTS = 4


def _selection(fragments: list[str], deeper: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    name = st.sampled_from(["a", "b", "x: a", "y: b @include(if: true)", "__typename", "__schema"])
    leaf = st.one_of(name, st.sampled_from([f"...{f}" for f in fragments]) if fragments else name)
    block = st.lists(st.one_of(leaf, deeper), min_size=1, max_size=4).map(" ".join)
    return st.one_of(
        leaf,
        st.tuples(name, block).map(lambda pair: f"{pair[0]} {{ {pair[1]} }}"),
        block.map(lambda body: f"... @skip(if: false) {{ {body} }}"),
    )


def _body(fragments: list[str]) -> st.SearchStrategy[str]:
    one = st.recursive(st.just("c"), lambda deeper: _selection(fragments, deeper), max_leaves=12)
    return st.lists(one, min_size=1, max_size=4).map(" ".join)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A query whose fragments spread only later ones, so that it has no cycle."""
    names = [f"F{i}" for i in range(FRAGMENTS)]
    parts = [f"query {{ {draw(_body(names))} }}"]
    parts += [f"fragment {n} on T {{ {draw(_body(names[i + 1 :]))} }}" for i, n in enumerate(names)]
    return " ".join(parts)


def fragments_of(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    """The fragments by name."""
    return {n.name.value: n for n in document.definitions if isinstance(n, FragmentDefinitionNode)}


def operation_of(document: DocumentNode) -> OperationDefinitionNode:
    """The first operation."""
    return next(n for n in document.definitions if isinstance(n, OperationDefinitionNode))


def naive(here: SelectionSetNode, known: Mapping[str, FragmentDefinitionNode], depth: int, counts: bool) -> list[int]:  # noqa: FBT001
    """Depth, aliases, root fields, directives and selections, by writing every fragment out."""
    total = [0, 0, 0, 0, 0]
    for node in here.selections:
        own = [0, 0, 0, len(node.directives or ()), 1]
        inner = [0, 0, 0, 0, 0]
        if isinstance(node, FragmentSpreadNode):
            fragment = known[node.name.value]
            own[3] += len(fragment.directives or ())
            inner = naive(fragment.selection_set, known, depth, counts)
        elif isinstance(node, InlineFragmentNode):
            inner = naive(node.selection_set, known, depth, counts)
        elif isinstance(node, FieldNode):
            inside = counts and node.name.value not in {"__schema", "__type"}
            own[:3] = [depth if inside else 0, int(node.alias is not None), int(depth == 1)]
            inner = naive(node.selection_set, known, depth + 1, inside) if node.selection_set else inner
        added = [sum(numbers) for numbers in zip(total, own, inner, strict=True)]
        total = [max(total[0], own[0], inner[0]), *added[1:]]
    return total
