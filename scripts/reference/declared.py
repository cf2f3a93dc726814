"""Reads declarations: input models, the classes of `_model/outputs.py`, and the dataclasses of `_model/status.py`."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache
from itertools import pairwise
from types import NoneType, UnionType
from typing import Annotated, Any, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

from annotated_types import Ge, Le, MaxLen, MinLen
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from pulumi_alicloud_edge._model.policy import Budget
from pulumi_alicloud_edge._resources.markers import Allowed, Mark, Unset, WrittenAs

UNITS = (("d", 86400), ("h", 3600), ("m", 60), ("s", 1))


@dataclass(frozen=True)
class Type:
    """The type of a value, without what is special about it.

    Attributes:
        core: A class, or the text of a type as a program writes it.
        items: Of a list or a map: the type of what is in it.
        is_map: Whether that is a map from texts.
        optional: Whether it may be None.
        allowed: The values, the bounds or the form that are allowed; empty where the type says it all.
    """

    core: Any = None
    items: Type | None = None
    is_map: bool = False
    optional: bool = False
    allowed: str = ""

    @property
    def model(self) -> Any:
        """The class with fields that this is, or None."""
        return self.core if isinstance(self.core, type) and has_fields(self.core) else None

    @property
    def is_enum(self) -> bool:
        """Whether it is one of some words."""
        return isinstance(self.core, type) and issubclass(self.core, Enum)


@dataclass(frozen=True)
class Field:
    """An input, an output, or a part of one.

    Attributes:
        name: Its name.
        type: Its type.
        description: What it is, by paragraphs.
        required: Whether it has to be given.
        default: What holds where it is not given, as a program would write it; empty for nothing.
        marks: What is special about it.
    """

    name: str
    type: Type
    description: tuple[str, ...]
    required: bool = True
    default: str = ""
    marks: frozenset[Mark] = frozenset()


def has_fields(cls: type) -> bool:
    """Return whether a class declares fields of its own."""
    return issubclass(cls, BaseModel) or is_typeddict(cls) or dataclasses.is_dataclass(cls)


def description(cls: type) -> tuple[str, ...]:
    """Return the paragraphs of a class's docstring."""
    return _paragraphs(inspect.getdoc(cls) or "")


def fields(cls: type) -> tuple[Field, ...]:
    """Return the fields of a declaration, those that have to be given first.

    Raises:
        ValueError: A field has no description.
    """
    found = tuple(_input_fields(cls) if issubclass(cls, BaseModel) else _other_fields(cls))
    for field in found:
        if not field.description:
            raise ValueError(f"{cls.__name__}.{field.name} has no description: write a docstring after it")
    return tuple(sorted(found, key=lambda field: not field.required))


def _input_fields(model: type[BaseModel]) -> Iterator[Field]:
    hints = get_type_hints(model, include_extras=True)
    for name, field in model.model_fields.items():
        if field.alias is not None:  # it is hidden
            continue
        type_, marks = _type(hints[name], field.metadata)
        required = field.is_required()
        default = "" if required else _default(field, type_)
        yield Field(name, type_, _description(model, name), required, default, marks)


def _other_fields(cls: type) -> Iterator[Field]:
    hints = get_type_hints(cls, include_extras=True)
    own_first = dict.fromkeys(name for base in cls.__mro__ for name in inspect.get_annotations(base))
    for name in own_first if len(own_first) == len(hints) else hints:
        # What a TypedDict itself knows of its optional keys is wrong where annotations are texts.
        required = getattr(cls, "__total__", True) and get_origin(hints[name]) is not NotRequired
        yield Field(name, _type(hints[name])[0], _description(cls, name), required)


def _type(annotation: Any, further: list[Any] | None = None) -> tuple[Type, frozenset[Mark]]:
    """Return the type that an annotation means, and the marks that are part of it."""
    core, metadata, optional = _unwrapped(annotation)
    metadata += further or []
    marks = frozenset(item for item in metadata if isinstance(item, Mark))
    own = _joined(_allowed(core, metadata))
    arguments = get_args(core)
    match get_origin(core):
        case origin if origin in (tuple, list):
            items, _ = _type(arguments[0])
            allowed = _joined((own, items.allowed))
            return Type(items=items, optional=optional, allowed=allowed), marks
        case origin if origin is dict:
            items, _ = _type(arguments[1])
            return Type(items=items, is_map=True, optional=optional, allowed=own), marks
    written = next((item.type for item in metadata if isinstance(item, WrittenAs)), core)
    return Type(written, optional=optional, allowed=own), marks


def _unwrapped(annotation: Any) -> tuple[Any, list[Any], bool]:
    """Return what is inside of Annotated, NotRequired and `| None`; what Annotated says; and whether None may be."""
    metadata: list[Any] = []
    optional = False
    while True:
        origin, arguments = get_origin(annotation), get_args(annotation)
        if origin is Annotated:
            metadata += annotation.__metadata__
            annotation = arguments[0]
        elif origin is NotRequired:
            annotation = arguments[0]
        elif origin in (Union, UnionType) and NoneType in arguments and len(arguments) == 2:  # noqa: PLR2004
            annotation, optional = next(argument for argument in arguments if argument is not NoneType), True
        else:
            return annotation, metadata, optional


def _joined(texts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(filter(None, texts)))


def _allowed(core: Any, metadata: list[Any]) -> Iterator[str]:
    if isinstance(core, type) and issubclass(core, Enum):
        yield " or ".join(f"``{member.value}``" for member in core)
    bounds = [
        bound for item in metadata for bound in (item.metadata if isinstance(item, FieldInfo) else [item])
    ]
    least = next((bound.ge for bound in bounds if isinstance(bound, Ge)), None)
    most = next((bound.le for bound in bounds if isinstance(bound, Le)), None)
    if least is not None and most is not None:
        yield f"{least} to {most}"
    shortest = next((bound.min_length for bound in bounds if isinstance(bound, MinLen)), None)
    longest = next((bound.max_length for bound in bounds if isinstance(bound, MaxLen)), None)
    if longest is not None:
        yield f"{shortest or 0} to {longest} entries"
    elif shortest:
        yield "not empty"
    yield from (item.text for item in metadata if isinstance(item, Allowed))


def _default(field: FieldInfo, type_: Type) -> str:
    value = next((item.value for item in field.metadata if isinstance(item, Unset)), field.default)
    match value:
        case None | BaseModel():
            return ""
        case Enum():
            return f'"{value.value}"'
        case Budget():
            return f'"{value.percent}%"' if value.percent is not None else str(value.count)
        case float() if value and type_.core == "int | float | str":
            return f'"{_duration(value)}"'
        case float() | int():
            return f"{value:g}"
        case _ if value is PydanticUndefined:
            return ""
    raise TypeError(f"no text is known for the default {value!r}")


def _duration(seconds: float) -> str:
    parts = []
    for unit, length in UNITS:
        number, seconds = divmod(seconds, length)
        if number:
            parts.append(f"{number:g}{unit}")
    return "".join(parts)


def _description(cls: type, name: str) -> tuple[str, ...]:
    for base in cls.__mro__:
        if name in (described := _described(base)):
            return _paragraphs(described[name])
    return ()


@cache
def _described(cls: type) -> dict[str, str]:
    """Return the docstrings that stand after the fields of a class."""
    try:
        source = inspect.getsource(cls)
    except (OSError, TypeError):  # it is built in
        return {}
    (definition,) = ast.parse(textwrap.dedent(source)).body
    body = definition.body if isinstance(definition, ast.ClassDef) else []
    described = {}
    for node, after in pairwise(body):
        match node, after:
            case ast.AnnAssign(target=ast.Name(name)), ast.Expr(ast.Constant(str(text))):
                described[name] = inspect.cleandoc(text)
    return described


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(text.split("\n\n")) if text else ()
