"""Writes the modules of `_sdk/` that follow from the declarations."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from pydantic import BaseModel

from pulumi_alicloud_edge._model import outputs
from pulumi_alicloud_edge._resources.markers import Mark
from reference.catalog import ARGS, COMPONENT, FUNCTIONS, RESOURCES, SHOWN, WRITTEN, Function, Resource
from reference.declared import Field, Type, description, fields

WIDTH = 120
NOTE = "# Written by `make reference` from the declarations in resources/ and model/outputs.py: change those."
IMPORTS = f"""from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NotRequired, TypedDict, TypeVar

import pulumi

from pulumi_alicloud_edge._model.status import AppDataStatus, ContainerAppStatus
from pulumi_alicloud_edge.provider import {", ".join(f"{r.name}Provider" for r in RESOURCES)}
from pulumi_alicloud_edge._sdk.args import {", ".join(("ArgsOrDict", *ARGS.values()))}
from pulumi_alicloud_edge._sdk.component import EdgeReleaseSteps
from pulumi_alicloud_edge._sdk.declaration import {", ".join(r.declares for r in RESOURCES if r.declares)}
from pulumi_alicloud_edge._sdk.outputs import {", ".join(SHOWN.values())}
from pulumi_alicloud_edge._sdk.properties import SOURCES, declared, set_apart_sources, to_property
from pulumi_alicloud_edge._sdk.status import {", ".join(("ask", "ask_when_known", *(f.asks for f in FUNCTIONS)))}
"""
"""Everything that some module needs; those that a module does not need are taken out of it."""
REPLACES = "Changing it replaces the resource."
OPTS = "opts: Pulumi's resource options."


def _imports(module: str) -> str:
    lines = IMPORTS.splitlines()
    if any(resource.module == module for resource in RESOURCES):
        lines.append("import pulumi.dynamic")
    return "\n".join(
        line for line in lines if not line.startswith(f"from pulumi_alicloud_edge._sdk.{module} ")
    )


def modules() -> Iterator[tuple[str, str]]:
    """Return the name and the text of each module, neither sorted nor formatted."""
    yield "args", _args()
    yield "outputs", _outputs()
    for resource in RESOURCES:
        yield resource.module, _resource(resource)
    yield COMPONENT.module, _component(COMPONENT)
    yield "functions", _functions()


def _args() -> str:
    about = "What a user's program writes. Every field takes a plain value or an Output; dicts of the same keys do too."
    classes = "\n\n".join(_args_class(model, name) for model, name in ARGS.items())
    start = f"{_doc(about)}\n{NOTE}\n\nfrom __future__ import annotations\n{_imports('args')}"
    return f'{start}\nT = TypeVar("T")\n\nArgsOrDict = pulumi.Input[T] | Mapping[str, Any]\n\n\n{classes}'


def _args_class(model: type[Any], name: str) -> str:
    declared = fields(model)
    attributes = [f"{field.name}: {_sentences(field)}" for field in declared]
    body = "\n".join(_parameter(field) for field in declared)
    doc = _doc(*description(model), _section("Attributes", attributes))
    return f"@dataclass(kw_only=True)\nclass {name}:\n{_indented(doc)}\n\n{_indented(body)}\n"


def _outputs() -> str:
    about = (
        "What outputs are made of: dicts, as type checkers see them.",
        "Pulumi makes them of classes of its own kind, which are dicts too; it refuses any other than plain dicts.",
    )
    of_outputs = [cls.__name__ for cls in SHOWN if not issubclass(cls, BaseModel)]
    of_inputs = [_typed_dict(cls, name) for cls, name in SHOWN.items() if issubclass(cls, BaseModel)]
    seen = f"from {outputs.__name__} import {', '.join(of_outputs)}\n\n" + "\n\n".join(of_inputs)
    made = "\n\n".join(_output_type(cls, name) for cls, name in SHOWN.items())
    exported = ", ".join(f'"{name}"' for name in sorted(SHOWN.values()))
    # Annotations are no texts: Pulumi evaluates them for each value.
    return f"""{_doc(*about)}
{NOTE}
# ruff: noqa: PLW1641 - like any dict, they have no hash

{_imports("outputs")}

__all__ = [{exported}]

if TYPE_CHECKING:
{_indented(seen)}

else:
    # They equal plain dicts of the same keys: by Pulumi's own comparison they would not.
{_indented(made)}
"""


def _typed_dict(model: type[Any], name: str) -> str:
    """Return the shape of an input as an output has it."""
    lines = [f"class {name}(TypedDict):", _indented(_doc(*description(model))), ""]
    for field in fields(model):
        type_ = _shown(replace(field.type, optional=False))
        lines += [_indented(f"{field.name}: {type_ if field.required else f'NotRequired[{type_}]'}")]
        lines += [_indented(_doc(*field.description))]
    return "\n".join(lines) + "\n"


def _output_type(cls: type[Any], name: str) -> str:
    """Return the class that Pulumi makes a value of: a dict with an attribute for each key."""
    declared = fields(cls)
    if any(hasattr(dict, field.name) for field in declared):
        # An attribute would hide a method of dicts that Pulumi calls.
        return f"{name} = dict[str, Any]\n"
    lines = [f"@pulumi.output_type\nclass {name}(dict[str, Any]):", _indented(_doc(description(cls)[0])), ""]
    for field in declared:
        # Pulumi converts the engine's floats where the annotation is int alone, and leaves text as it is.
        type_ = _shown(replace(field.type, optional=False)).replace("int | str", "int")
        lines.append(_indented(f"{field.name}: {type_ if field.required else f'{type_} | None = None'}"))
    lines.append(_indented("__eq__ = dict.__eq__"))
    return "\n".join(lines) + "\n"


def _resource(resource: Resource) -> str:
    inputs, outputs = fields(resource.inputs), fields(resource.outputs)
    secret = next((f for f in inputs if _has_secret(f)), None)
    values = "".join(f"{_property(field, apart=secret)},\n" for field in inputs)
    apart = f"files, sources = set_apart_sources(to_property({secret.name}))\n" if secret else ""
    declares = f"{resource.declares}(self, opts, inputs)\n" if resource.declares else ""
    body = f"""{apart}inputs = {{\n{values}}}
super().__init__({resource.name}Provider(), resource_name, declared(inputs, OUTPUTS), opts)
{declares}"""
    names = ", ".join(f'"{field.name}"' for field in outputs)
    base = f'pulumi.dynamic.Resource, module="alicloud-edge", name="{resource.name}"'
    attributes = [
        *(line for field in inputs if field.required for line in _shown_input(field)),
        *(line for field in outputs for line in _attribute(field)),
    ]
    return f'''{_doc(resource.about)}
{NOTE}

# Annotations stay objects here: Pulumi evaluates them for each resource, and texts take it longer.
{_imports(resource.module)}
OUTPUTS = ({names})
"""Only outputs that are named before the resource is made can be read by a program."""


class {resource.name}({base}):
{_indented(_resource_doc(resource, inputs))}

{_indented(chr(10).join(attributes))}

{_indented(_init(inputs, body))}
'''


def _component(component: Resource) -> str:
    inputs, outputs = fields(component.inputs), fields(component.outputs)
    values = "".join(f'"{field.name}": {field.name},\n' for field in inputs)
    body = f"super().__init__(resource_name, {{\n{values}}}, opts)"
    attributes = [line for field in outputs for line in _attribute(field)]
    return f"""{_doc(component.about)}
{NOTE}

from __future__ import annotations
{_imports(component.module)}

class {component.name}(EdgeReleaseSteps):
{_indented(_resource_doc(component, inputs))}

{_indented(chr(10).join(attributes))}

{_indented(_init(inputs, body))}
"""


def _resource_doc(resource: Resource, inputs: Sequence[Field]) -> str:
    is_component = resource is COMPONENT
    name = "The component's name in the stack, and that of the resources inside." if is_component else ""
    opts = f"{OPTS[:-1]}; ``depends_on`` holds for every step." if is_component else OPTS
    arguments = [
        f"resource_name: {name or 'The resource' + chr(39) + 's name in the stack.'}",
        *(f"{field.name}: {_sentences(field)}" for field in inputs),
        opts,
    ]
    return _doc(*description(resource.inputs), _section("Args", arguments))


def _init(inputs: Sequence[Field], body: str) -> str:
    parameters = "".join(f"{_parameter(field)},\n" for field in inputs)
    return f"""def __init__(
    self,
    resource_name: str,
    *,
{_indented(parameters)}
    opts: pulumi.ResourceOptions | None = None,
) -> None:
{_indented(body)}
"""


def _property(field: Field, *, apart: Field | None) -> str:
    """Return the entry of an input among the properties to register."""
    if field is apart:
        return f'"{field.name}": files,\nSOURCES: sources'
    is_plain = field.type.items is None and field.type.model is None and field.type.core != "Any"
    return f'"{field.name}": {field.name if is_plain else f"to_property({field.name})"}'


def _shown_input(field: Field) -> list[str]:
    """Return the attribute of an input that is always there, and so an output too."""
    if _has_secret(field):
        without = ", ".join(
            part.name for part in fields(_written(field.type.items)) if Mark.SECRET in part.marks
        )
        field = Field(
            field.name, field.type, (f"{field.description[0].rstrip('.')}, without ``{without}``.",)
        )
    return _attribute(field)


def _attribute(field: Field) -> list[str]:
    return [f"{field.name}: pulumi.Output[{_shown(field.type)}]", _doc(*field.description)]


def _functions() -> str:
    about = "Functions that ask the cloud how data and releases are, for programs and scripts."
    more = (
        "Inside a Pulumi program the stack's config (`alicloud-edge:…`) holds, as for the resources; outside of one "
        "there is none, and all comes from the environment. Both work in a preview too."
    )
    texts = "\n\n".join(_function(function) for function in FUNCTIONS)
    return f"{_doc(about, more)}\n{NOTE}\n\nfrom __future__ import annotations\n{_imports('functions')}\n\n{texts}"


def _function(function: Function) -> str:
    arguments = fields(function.query)
    result = function.result.__name__
    values = "{" + ", ".join(f'"{field.name}": {field.name}' for field in arguments) + "}"
    doc = _doc(
        *description(function.query),
        _section("Args", [f"{field.name}: {_sentences(field)}" for field in arguments]),
        _section("Raises", ["StatusError: The cloud could not be asked, or refused."]),
    )
    plain = ", ".join(_plain_parameter(field) for field in arguments)
    of_inputs = ", ".join(_input_parameter(field) for field in arguments)
    twin = _doc(f"Ask the same as `{function.name}`, of Inputs: an Output, read once they are known.")
    return f"""def {function.name}({plain}) -> {result}:
{_indented(doc)}
    return ask({function.asks}, {values})


def {function.name}_output({of_inputs}) -> pulumi.Output[{result}]:
{_indented(twin)}
    return ask_when_known({function.asks}, {values})
"""


def _plain_parameter(field: Field) -> str:
    type_ = f"Sequence[{_primitive(field.type.items)}]" if field.type.items else _primitive(field.type)
    return f"{field.name}: {type_}" + ("" if field.required else " | None = None")


def _input_parameter(field: Field) -> str:
    items = field.type.items
    type_ = f"Sequence[pulumi.Input[{_primitive(items)}]]" if items else _primitive(field.type)
    none = "" if field.required else " | None"
    return f"{field.name}: pulumi.Input[{type_}{none}]" + ("" if field.required else " = None")


def _parameter(field: Field) -> str:
    return f"{field.name}: {_taken(field)}" + ("" if field.required else " | None = None")


def _taken(field: Field) -> str:
    """Return the type of an input as a program gives it."""
    if Mark.PLAIN in field.marks:
        return f"{ARGS[field.type.model]} | Mapping[str, Any]"
    if field.type.items:
        return f"pulumi.Input[Sequence[{_item(field.type.items)}]]"
    return _item(field.type)


def _item(type_: Type) -> str:
    if type_.model:
        return f"ArgsOrDict[{ARGS[_written(type_)]}]"
    return f"pulumi.Input[{_primitive(type_)}]"


def _written(type_: Type | None) -> Any:
    """Return the model that a program writes for a type, or None."""
    model = type_.model if type_ else None
    return WRITTEN.get(model, model) if model else None


def _has_secret(field: Field) -> bool:
    model = _written(field.type.items)
    return model is not None and any(Mark.SECRET in part.marks for part in fields(model))


def _shown(type_: Type) -> str:
    """Return the type of an output."""
    none = " | None" if type_.optional else ""
    if type_.items:
        return (
            f"dict[str, {_shown(type_.items)}]" if type_.is_map else f"list[{_shown(type_.items)}]"
        ) + none
    return (SHOWN[type_.model] if type_.model else _primitive(type_)) + none


def _primitive(type_: Type | None) -> str:
    if type_ is None:
        raise TypeError("a list of lists has no text yet")
    if isinstance(type_.core, str):
        return type_.core
    return "str" if type_.is_enum else str(type_.core.__name__)


def _sentences(field: Field) -> str:
    """Return a description with all that the declaration says beside it."""
    allowed = field.type.allowed
    sentences = [
        " ".join(field.description),
        f"{allowed[:1].upper()}{allowed[1:]}." if allowed else "",
        f"Default: ``{field.default}``." if field.default else "",
        REPLACES if Mark.REPLACES in field.marks else "",
        "Kept as a secret." if Mark.SECRET in field.marks else "",
        "A plain value, no Output." if Mark.PLAIN in field.marks else "",
    ]
    return " ".join(filter(None, sentences))


def _section(title: str, entries: Iterable[str]) -> str:
    """Return a section of a docstring in Google's style."""
    wrapped = (textwrap.fill(entry, WIDTH - 8, subsequent_indent="    ", **_WHOLE_WORDS) for entry in entries)
    return f"{title}:\n{_indented(chr(10).join(wrapped))}"


_WHOLE_WORDS: Any = {"break_long_words": False, "break_on_hyphens": False}


def _doc(*paragraphs: str) -> str:
    """Return a docstring."""
    first, *rest = (_wrapped(paragraph) for paragraph in paragraphs)
    text = "\n\n".join((first, *rest))
    return f'"""{text}\n"""' if rest or "\n" in first or first.endswith('"') else f'"""{text}"""'


def _wrapped(paragraph: str) -> str:
    is_text = "\n " not in paragraph and not paragraph.startswith(" ")
    return textwrap.fill(paragraph, WIDTH - 4, **_WHOLE_WORDS) if is_text else paragraph


def _indented(text: str) -> str:
    return textwrap.indent(text, "    ")
