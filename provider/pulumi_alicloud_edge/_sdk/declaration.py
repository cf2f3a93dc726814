"""Publishes what a program declares to the other processes of the run, also what the engine does not check (S2).

One line in the run's register (`run_register`) for each resource, written when the program makes it. Nothing is
written under mocks or without an engine, and nothing here raises or blocks. A resource whose inputs depend on Outputs
is named at once, and its claims follow when they are known; secrets are never written.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

import pulumi

from pulumi_alicloud_edge._adapters.dynamic.engine import program_engine_address
from pulumi_alicloud_edge._model.identity import program_name
from pulumi_alicloud_edge._run_register import RunRegister, open_register

Inputs = Mapping[str, Any]
Claims = list[dict[str, Any]]
_STACK = "pulumi:pulumi:Stack"
_EVERYWHERE: dict[str, Any] = {}


def declare_dist(resource: pulumi.Resource, opts: pulumi.ResourceOptions | None, inputs: Inputs) -> None:
    """Record what a distribution declares.

    Args:
        resource: The resource, made.
        opts: The options that it was made with.
        inputs: Its inputs as properties; parts may be Outputs.
    """
    relevant = {
        key: inputs[key]
        for key in ("app_id", "match", "strategies", "on_delete")
        if inputs.get(key) is not None
    }
    relevant["data"] = _only(("name", "version"), inputs["data"])
    relevant["rollout"] = _only(("stages",), inputs.get("rollout"))
    _declare(resource, opts, relevant, _dist_claims)


def declare_release(resource: pulumi.Resource, opts: pulumi.ResourceOptions | None, inputs: Inputs) -> None:
    """Record what a release declares; the arguments are those of `declare_dist`."""
    _declare(resource, opts, _only(("app_id", "env", "version_id"), inputs), _release_claims)


def declare_push(resource: pulumi.Resource, opts: pulumi.ResourceOptions | None, inputs: Inputs) -> None:
    """Record what a push pushes, so that nobody is told it is missing; the arguments are those of `declare_dist`."""
    relevant = {"app_id": inputs["app_id"], "data": _only(("name", "version"), inputs["data"])}
    _declare(resource, opts, relevant, _pushes, entry="pushes")


def _declare(
    resource: pulumi.Resource,
    opts: pulumi.ResourceOptions | None,
    inputs: Inputs,
    read: Callable[[Inputs], list[Any]],
    entry: str = "claims",
) -> None:
    with suppress(Exception):  # the program must continue after any error here
        register = open_register(program_engine_address())
        if register is None or _is_looked_up(opts):
            return
        name = program_name(resource.pulumi_resource_type, resource.pulumi_resource_name, _parent_type(opts))
        is_sure = not _may_be_changed(resource, opts)

        def written(known: Inputs) -> dict[str, Any]:
            if entry == "pushes":
                return {"program": name, entry: read(known) if is_sure else None}
            return {"program": name, entry: _claims(read, known, is_sure=is_sure)}

        if _is_plain(inputs):
            register.append(written(inputs))
            return
        register.append({"program": name, entry: None})
        _declare_when_known(register, inputs, written)


def _declare_when_known(
    register: RunRegister, inputs: Inputs, entry: Callable[[Inputs], dict[str, Any]]
) -> None:
    known = pulumi.Output.from_input(inputs)

    async def write(values: Inputs) -> bool:
        is_secret = await known.is_secret()
        if not is_secret:
            register.append(entry(values))
        return not is_secret

    _written: pulumi.Output[bool] = known.apply(write)


def _claims(read: Callable[[Inputs], Claims], inputs: Inputs, *, is_sure: bool) -> Claims | None:
    """Return the claims in the form of `_model.stored_claim`; None where the inputs are invalid.

    Where the engine may use other inputs than the program passes, no version is named: the name stays claimed, and
    conflicts with nothing.
    """
    try:
        claims = read(inputs)
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
    if not all(isinstance(claim[key], str) for claim in claims for key in ("app_id", "name", "version")):
        return None
    return claims if is_sure else [{**claim, "version": ""} for claim in claims]


def _dist_claims(inputs: Inputs) -> Claims:
    of_all = {"app_id": inputs["app_id"], "selection": list(_selections(inputs))}
    if inputs.get("on_delete") == "retain":
        of_all["retains"] = True
    return [{**of_all, "name": file["name"], "version": file["version"]} for file in inputs["data"]]


def _pushes(inputs: Inputs) -> list[list[str]]:
    return [[inputs["app_id"], file["name"], file["version"]] for file in inputs["data"]]


def _release_claims(inputs: Inputs) -> Claims:
    place = f"{inputs['app_id']}/{inputs['env']}"
    version = inputs["version_id"]
    return [
        {"app_id": place, "name": inputs["app_id"], "version": version, "selection": [_EVERYWHERE]},
    ]


def _selections(inputs: Inputs) -> Iterator[dict[str, Any]]:
    """Return what each stage selects, in the form of `_model.stored_selection`."""
    whole = _EVERYWHERE
    if (strategies := inputs.get("strategies")) is not None:
        whole = {"strategies": strategies if isinstance(strategies, str) else json.dumps(strategies)}
    elif inputs.get("match"):
        whole = {"match": inputs["match"]}
    for stage in (inputs.get("rollout") or {}).get("stages") or [_EVERYWHERE]:
        yield {"match": stage["match"]} if stage.get("match") else whole


def _only(keys: tuple[str, ...], value: Any) -> Any:
    """Return dicts, at any depth of lists, with only these keys: others may hold Outputs that do not matter."""
    if isinstance(value, dict):
        return {key: value[key] for key in keys if key in value}
    return [_only(keys, item) for item in value] if isinstance(value, list) else value


def _is_plain(value: Any) -> bool:
    if isinstance(value, Mapping):
        return all(map(_is_plain, value.values()))
    if isinstance(value, (list, tuple)):
        return all(map(_is_plain, value))
    return value is None or isinstance(value, (str, int, float))


def _parent_type(opts: pulumi.ResourceOptions | None) -> str | None:
    """Return the type of a resource's parent, empty for the stack, None where it is not known."""
    if opts is None or opts.parent is None:
        return ""
    with suppress(AttributeError):
        type_ = opts.parent.pulumi_resource_type
        return "" if type_ == _STACK else type_
    return None


def _is_looked_up(opts: pulumi.ResourceOptions | None) -> bool:
    """Return whether the resource is read and not declared."""
    return opts is not None and (opts.id is not None or opts.urn is not None)


def _may_be_changed(resource: pulumi.Resource, opts: pulumi.ResourceOptions | None) -> bool:
    """Return whether options let the engine use other inputs than those of the program."""
    if getattr(resource, "_transformations", ()):
        return True
    return opts is not None and bool(opts.ignore_changes or opts.transformations or opts.transforms)
