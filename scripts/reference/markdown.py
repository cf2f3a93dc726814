"""Writes `docs/reference.md`."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from pulumi_alicloud_edge._resources.fields import LONGEST_TEXT
from pulumi_alicloud_edge._resources.markers import Mark
from reference.catalog import (
    ARGS,
    COMPONENT,
    FUNCTIONS,
    RESOURCES,
    RESULTS,
    SHOWN,
    WRITTEN,
    Function,
    Resource,
)
from reference.declared import Field, Type, description, fields

EXAMPLES = Path(__file__).with_name("examples")
INTRODUCTION = f"""<!-- Written by `make reference` from the declarations of inputs and outputs: change those. -->

# Reference

Every input and output of the resources, of the component and of the functions. [concepts.md](concepts.md) explains how
they work together.

- An input takes a plain value, an `Output`, or a dict of the same keys where a class is named. What is wrong is refused
  in the preview, with the path of each input.
- A `str` has 1 to {LONGEST_TEXT} characters, no control characters, and no white space around it.
- Inputs marked with **replaces** replace the resource when they change.
- An input without a default may be left out; what holds then stands in its description. A **required** one may not.
- Objects in outputs are dicts: `placement["total"]`. Editors and type checkers know their keys.
"""


def reference() -> str:
    """Return the whole page."""
    parts = [INTRODUCTION]
    for resource in (*RESOURCES, COMPONENT):
        parts += _resource(resource)
    parts.append("## Args\n\nThe classes that inputs are made of.\n")
    for model, name in ARGS.items():
        parts += [f"### {name}\n", *_prose(model), _inputs(fields(model))]
    parts.append("## Objects in outputs\n\nThe classes of `pulumi_alicloud_edge.outputs`.\n")
    for cls, name in SHOWN.items():
        parts += [f"### {name}\n", *_prose(cls), _outputs("key", fields(cls))]
    parts += _functions()
    return "\n".join(parts)


def _resource(resource: Resource) -> Iterator[str]:
    inputs, outputs = fields(resource.inputs), fields(resource.outputs)
    yield f"## {resource.name}\n"
    yield from _prose(resource.inputs)
    yield _example(resource.module)
    yield "### Inputs\n"
    yield _inputs(inputs)
    yield "### Outputs\n"
    if resource is COMPONENT:
        yield "`push`, `dist` and `release` are the resources inside; `release` is None without `container`.\n"
    else:
        echoed = ", ".join(f"`{field.name}`" for field in inputs if field.required)
        yield f"{echoed} as declared, and:\n"
    yield _outputs("output", outputs)


def _functions() -> Iterator[str]:
    yield "## Functions\n"
    yield (
        "For programs and scripts. They ask the cloud at once, in a preview too, and raise `StatusError` where it\n"
        "refuses or cannot be reached. Inside a Pulumi program the stack's config holds; outside, the environment.\n"
    )
    yield _example("functions")
    for function in FUNCTIONS:
        yield from _function(function)
    for cls in RESULTS:
        yield f"### {cls.__name__}\n"
        yield from _prose(cls)
        yield _outputs("attribute", fields(cls))
        yield from _members(cls)


def _function(function: Function) -> Iterator[str]:
    arguments = fields(function.query)
    signature = ", ".join(f"{field.name}" if field.required else f"{field.name}=None" for field in arguments)
    yield f"### {function.name}\n"
    yield from _prose(function.query)
    yield (
        f"`{function.name}({signature})` returns `{function.result.__name__}`; `{function.name}_output` takes Inputs\n"
        "and returns an `Output` of it.\n"
    )
    yield _inputs(arguments)


def _members(cls: type[Any]) -> Iterator[str]:
    """Return a list of what a result can be asked beside its attributes."""
    lines = []
    for name, member in vars(cls).items():
        if name.startswith("_") or not (isinstance(member, property) or inspect.isfunction(member)):
            continue
        parameters = () if isinstance(member, property) else tuple(inspect.signature(member).parameters)[1:]
        call = "" if isinstance(member, property) else f"({', '.join(parameters)})"
        lines.append(f"- `{name}{call}`: {_code(inspect.getdoc(member) or '')}")
    if lines:
        yield "\n".join((*lines, ""))


def _example(name: str) -> str:
    text = (EXAMPLES / f"{name}.py").read_text()
    about = ast.get_docstring(ast.parse(text))
    code = text.split('"""\n', 1)[1].strip()
    return f"{about}\n\n```python\n{code}\n```\n"


def _inputs(declared: Iterable[Field]) -> str:
    rows = (
        (
            f"`{field.name}`",
            _cell(f"`{_input_type(field.type)}`"),
            "**required**" if field.required else f"`{field.default}`" if field.default else "",
            _cell(field.type.allowed),
            _cell(" ".join((*field.description, *_marks(field)))),
        )
        for field in declared
    )
    return _table(("input", "type", "default", "allowed", "what it is"), rows)


def _outputs(what: str, declared: Iterable[Field]) -> str:
    rows = (
        (
            f"`{field.name}`",
            _cell(f"`{_output_type(field.type)}`") if field.required else _missing(field.type),
            _cell(" ".join(field.description)),
        )
        for field in declared
    )
    return _table((what, "type", "what it is"), rows)


def _marks(field: Field) -> Iterator[str]:
    if Mark.REPLACES in field.marks:
        yield "**Replaces**."
    if Mark.SECRET in field.marks:
        yield "Kept as a secret, and shown nowhere."
    if Mark.PLAIN in field.marks:
        yield "A plain value, no `Output`."


def _input_type(type_: Type) -> str:
    if type_.items:
        return f"list[{_input_type(type_.items)}]"
    if type_.model:
        return ARGS[WRITTEN.get(type_.model, type_.model)]
    return _primitive(type_)


def _output_type(type_: Type) -> str:
    none = " | None" if type_.optional else ""
    if type_.items:
        of = (
            f"dict[str, {_output_type(type_.items)}]"
            if type_.is_map
            else f"list[{_output_type(type_.items)}]"
        )
        return of + none
    if type_.model:
        name: str = (
            type_.model.__name__ if type_.model in RESULTS else SHOWN.get(type_.model, "dict[str, Any]")
        )
        return name + none
    return _primitive(type_) + none


def _missing(type_: Type) -> str:
    return _code_cell(replace(type_, optional=False)) + ", may be missing"


def _code_cell(type_: Type) -> str:
    return "`" + _output_type(type_).replace("|", "\\|") + "`"


def _primitive(type_: Type) -> str:
    if isinstance(type_.core, str):
        return type_.core
    return "str" if type_.is_enum else str(type_.core.__name__)


def _prose(cls: type[Any]) -> Iterator[str]:
    yield from (f"{_code(paragraph)}\n" for paragraph in description(cls))


def _code(text: str) -> str:
    """Write code in a text as Markdown does."""
    return text.replace("``", "`")


def _cell(text: str) -> str:
    return _code(text).replace("|", "\\|").replace("\n", " ")


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = (head, ("---",) * len(head), *rows)
    return (
        "".join(f"| {' | '.join(line)} |\n" for line in lines).replace("|  |", "| |").replace("|  |", "| |")
    )
