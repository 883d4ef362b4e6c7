"""Types and fields written in SDL notation, made into Strawberry types.

The one place that knows how Strawberry is built from data instead of annotated classes. Derived fields carry
a name, a type, arguments and a description; they never carry a Python resolver.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, field
from functools import cache
from keyword import iskeyword
from typing import Any, cast

import strawberry
from graphql import ListTypeNode, NamedTypeNode, NonNullTypeNode, TypeNode, parse_type
from strawberry.annotation import StrawberryAnnotation
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.base import StrawberryList, StrawberryOptional
from strawberry.types.enum import EnumValue, StrawberryEnumDefinition
from strawberry.types.field import UNRESOLVED, StrawberryField
from strawberry.types.union import StrawberryUnion
from strawberry.types.unset import UNSET

from ontology.errors import Invalid
from resolvers.scalars import SCALARS


@dataclass(frozen=True, slots=True)
class Member:
    """A field, argument or input field: its type in SDL notation (`[Work!]!`), its doc, its arguments."""

    name: str
    type: str
    doc: str = ""
    args: tuple[Member, ...] = ()
    default: Any = UNSET


class Word:
    """What Strawberry takes for an enum class: members stay the plain values they stand for."""

    def __new__(cls, value: Any) -> Any:
        """The value itself."""
        return value


@dataclass(slots=True)
class Types:
    """Every type of one schema by its GraphQL name. A name that is taken is Invalid(ONTOLOGY_INVALID)."""

    named: dict[str, Any] = field(default_factory=lambda: dict(SCALARS))

    def add(self, name: str, made: Any) -> Any:
        """Enter a type that exists already."""
        if name in self.named:
            raise Invalid("ONTOLOGY_INVALID", f"Two GraphQL types want the name {name}.", "Rename one.")
        self.named[name] = made
        return made

    def object(self, name: str, members: Iterable[Member], doc: str = "", of: tuple[str, ...] = ()) -> None:
        """An object type that implements the interfaces named in `of`, whose fields it inherits."""
        self.add(name, strawberry.type(self._shell(name, members, of), name=name, description=doc or None))

    def interface(self, name: str, members: Iterable[Member], doc: str, of: tuple[str, ...] = ()) -> None:
        """An interface type."""
        self.add(name, strawberry.interface(self._shell(name, members, of), name=name, description=doc))

    def input(self, name: str, members: Iterable[Member], doc: str = "") -> None:
        """An input type."""
        self.add(name, strawberry.input(self._shell(name, members), name=name, description=doc or None))

    def enum(self, name: str, values: Mapping[str, Any], doc: str, docs: Mapping[str, str] | None = None) -> None:
        """An enum whose names stand for these values; resolvers give and get the values."""
        entries = [EnumValue(n, v, description=(docs or {}).get(n)) for n, v in values.items()]
        definition = StrawberryEnumDefinition(cast("Any", Word), name, entries, doc)
        self.add(name, definition)

    def union(self, name: str, members: Iterable[str], doc: str) -> None:
        """A union of object types that are entered already."""
        of = tuple(StrawberryAnnotation(self.named[member]) for member in members)
        self.add(name, StrawberryUnion(name, of, description=doc))

    def _shell(self, name: str, members: Iterable[Member], of: tuple[str, ...] = ()) -> type:
        bases = tuple(self.named[base] for base in of)
        body: dict[str, Any] = {"__module__": __name__, "__annotations__": {}}
        for member in members:
            attr = f"{member.name}_" if iskeyword(member.name) else member.name
            if attr in body:
                hint = "Rename the field, edge, inverse or scheme."
                raise Invalid("ONTOLOGY_INVALID", f"{name} has two fields named {member.name}.", hint)
            body["__annotations__"][attr] = Any
            body[attr] = GraphField.of(member, self)
        return type(name, bases, body)

    def resolve(self, written: str) -> Any:
        """The Strawberry type for SDL notation. KeyError when it names nothing that is entered yet."""
        return self._resolve(_parsed(written))

    def _resolve(self, node: TypeNode, *, nullable: bool = True) -> Any:
        if isinstance(node, NonNullTypeNode):
            return self._resolve(node.type, nullable=False)
        if isinstance(node, ListTypeNode):
            made: Any = StrawberryList(self._resolve(node.type))
        else:
            made = self.named[cast("NamedTypeNode", node).name.value]
        return StrawberryOptional(made) if nullable else made


@cache
def _parsed(written: str) -> TypeNode:
    return parse_type(written, no_location=True)


class GraphArgument(StrawberryArgument):
    """An argument whose type is looked up when the schema is put together."""

    def __init__(self, member: Member, types: Types) -> None:
        super().__init__(
            member.name,
            member.name,
            StrawberryAnnotation(Any),
            description=member.doc or None,
            default=member.default,
        )
        self._member, self._types = member, types

    @property
    def type(self) -> Any:
        """The Strawberry type; every type is entered by the time it is asked for."""
        return self._types.resolve(self._member.type)


class GraphField(StrawberryField):
    """A field without a resolver, whose type is looked up when the schema is put together."""

    _member: Member
    _types: Types

    @classmethod
    def of(cls, member: Member, types: Types) -> GraphField:
        """The field for a member."""
        default = MISSING if member.default is UNSET else member.default
        made = cls(graphql_name=member.name, description=member.doc or None, default=default)
        made._member, made._types = member, types
        made.arguments = [GraphArgument(arg, types) for arg in member.args]
        return made

    def resolve_type(self, *, type_definition: Any = None) -> Any:
        """The Strawberry type, or UNRESOLVED while it is not entered (Strawberry reports what stays so)."""
        del type_definition
        try:
            return self._types.resolve(self._member.type)
        except KeyError:
            return UNRESOLVED
