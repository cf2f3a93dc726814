"""What is written from the declarations of inputs and outputs is what is checked in."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import BaseModel
from reference import declared, files, markdown
from reference.catalog import ARGS, COMPONENT, FUNCTIONS, RESOURCES, SHOWN

from pulumi_alicloud_edge._resources.fields import Percentage, Token
from pulumi_alicloud_edge._resources.markers import Mark, Unset


@pytest.fixture(scope="module")
def generated() -> dict[Path, str]:
    return files.generate()


def test_nothing_that_is_checked_in_is_stale(generated: dict[Path, str]) -> None:
    stale = [
        str(path.relative_to(files.ROOT)) for path, text in generated.items() if path.read_text() != text
    ]
    assert not stale, "run `make reference`"


def test_the_page_has_every_input_and_output(generated: dict[Path, str]) -> None:
    page = generated[files.ROOT / "docs" / "reference.md"]
    of_resources = [cls for r in (*RESOURCES, COMPONENT) for cls in (r.inputs, r.outputs)]
    for cls in (*of_resources, *ARGS, *SHOWN, *(f.query for f in FUNCTIONS), *(f.result for f in FUNCTIONS)):
        for field in declared.fields(cls):
            assert f"| `{field.name}` |" in page


def test_every_resource_and_the_functions_have_an_example() -> None:
    examples = {path.stem for path in markdown.EXAMPLES.glob("*.py")}
    assert examples == {resource.module for resource in (*RESOURCES, COMPONENT)} | {"functions"}


class Declared(BaseModel):
    """What a declaration may say."""

    share: Annotated[Percentage | None, Unset(100)] = None
    """How much."""
    name: Annotated[Token, Mark.REPLACES]
    """What it is called.

    At more length.
    """


def test_a_declaration_is_read_with_all_that_it_says() -> None:
    name, share = declared.fields(Declared)
    assert name.required
    assert name.marks == {Mark.REPLACES}
    assert name.description == ("What it is called.", "At more length.")
    assert name.type.allowed == "no commas"
    assert (share.required, share.default, share.type.allowed, share.type.optional) == (
        False,
        "100",
        "1 to 100",
        True,
    )


def test_a_field_without_a_description_is_refused() -> None:
    @dataclass
    class Silent:
        name: str

    with pytest.raises(ValueError, match=r"Silent.name has no description"):
        declared.fields(Silent)


@pytest.mark.parametrize(("seconds", "text"), [(90.0, "1m30s"), (1800.0, "30m"), (5400.0, "1h30m")])
def test_durations_are_written_as_programs_write_them(seconds: float, text: str) -> None:
    assert declared._duration(seconds) == text
