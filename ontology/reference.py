"""The reference of every type: `python -m ontology.reference > docs/reference/ontology.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from ontology.access import Anyone, Owner, Rule, Scope, Where
from ontology.identifiers import SCHEMES
from ontology.registry import Registry, core
from ontology.shape import state_shape
from ontology.terms import EdgeSpec, Field, NodeSpec, Spec, Visibility

HEAD = """# The types of the Open Music Graph

Written from the declarations in `ontology/` by `python -m ontology.reference`; a test keeps it current. Every type has
`id` and `iri`; recorded types have `createdAt`, `updatedAt` and `history` too.
"""


def reference(registry: Registry) -> str:
    """The whole page, as Markdown."""
    return "\n".join([HEAD, *_schemes(), *(line for spec in registry.specs.values() for line in _type(registry, spec))])


def _schemes() -> Iterator[str]:
    yield "## Identifiers\n"
    yield "| scheme | name | example |\n|---|---|---|"
    for name, scheme in SCHEMES.items():
        yield f"| `{name}` | {scheme.title} | `{scheme.example}` |"
    yield ""


def _type(registry: Registry, spec: Spec) -> Iterator[str]:
    kind = "node" if isinstance(spec, NodeSpec) else f"edge `{spec.rel}`" if isinstance(spec, EdgeSpec) else ""
    yield f"## {spec.name}\n\n{spec.doc}\n"
    yield f"- {kind}, `{spec.iri}`" + (f", also {', '.join(f'`{s}`' for s in spec.same_as)}" if spec.same_as else "")
    yield f"- {spec.visibility.value}; seen by {_rule(spec.read)}; {_changed(spec)}"
    if isinstance(spec, NodeSpec) and spec.schemes:
        yield f"- bears {', '.join(f'`{s}`' for s in spec.schemes)}"
    yield "\n| field | type | meaning | IRI |\n|---|---|---|---|"
    for f in spec.fields.values():
        yield f"| `{f.name}` | {_kind(f)} | {_escaped(f.doc)} | `{f.iri}` |"
    relations = registry.relations[spec.name].values()
    if relations:
        yield "\n| leads to | found there | meaning |\n|---|---|---|"
        for r in relations:
            many = "many " if r.many else ""
            yield f"| `{r.name}` | {many}{' or '.join(r.targets)} | {_escaped(r.doc.splitlines()[0])} |"
    yield from _shape(registry, spec)


def _shape(registry: Registry, spec: Spec) -> Iterator[str]:
    if spec.recorded:
        shape = state_shape(spec, registry.relations[spec.name], Visibility.PUBLIC)
        yield f"\nState in a payload: {', '.join(f'`{name}` {kind}' for name, kind in shape.items())}."
    yield ""


def _changed(spec: Spec) -> str:
    if not spec.recorded:
        return "leaves no records"
    return "changed by mutations" if spec.writable else "kept by the house"


def _kind(f: Field) -> str:
    words = [f.kind.value if not f.values else " / ".join(f.values)]
    words += [word for word in ("required", "many", "unique", "index", "search") if getattr(f, word)]
    words += ["private"] if f.visibility is Visibility.PRIVATE else []
    return ", ".join(words)


def _rule(rule: Rule) -> str:
    if isinstance(rule, Anyone):
        return "anyone"
    if isinstance(rule, Scope):
        return f"the scope `{rule.scope}`"
    if isinstance(rule, Owner):
        return f"the actor in `{rule.prop}`"
    if isinstance(rule, Where):
        return f"anyone where `{rule.prop}` is {rule.value}, else {_rule(rule.otherwise)}"
    return type(rule).__name__


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


def main() -> None:
    """Print the page."""
    sys.stdout.write(reference(core()))


if __name__ == "__main__":
    main()
