"""The quickstart run from its own folder; run from the top folder it is what `make up` does."""

from pathlib import Path

import pytest
from tests.support.emulator import VERSION_IDS, Emulator
from tests.support.example import EXAMPLES, Example
from tests.support.sightings import serves
from tests.support.stack import SALT


@pytest.mark.cli
@pytest.mark.parametrize(("name", "version"), [("staging", VERSION_IDS[1]), ("prod", VERSION_IDS[0])])
def test_each_stack_deploys_with_the_config_of_the_top_folder(
    tmp_path: Path, emulator: Emulator, name: str, version: str
) -> None:
    example = Example(EXAMPLES / "quickstart", tmp_path / "examples", emulator, name)
    config = (EXAMPLES.parent / f"Pulumi.{name}.yaml").read_text()
    (tmp_path / f"Pulumi.{name}.yaml").write_text(f"encryptionsalt: {SALT}\n{config}")

    ran = example.up()

    assert ran.ok, ran
    assert example.stack_outputs() == {"push": "converged", "dist": "converged", "release": "converged"}
    assert serves(emulator, name) == version


@pytest.mark.cli
def test_a_version_without_its_file_is_refused_in_one_line(tmp_path: Path, emulator: Emulator) -> None:
    example = Example(EXAMPLES / "quickstart", tmp_path / "examples", emulator, "staging")
    config = (EXAMPLES.parent / "Pulumi.staging.yaml").read_text()
    raised = config.replace("assets: 2026.11.1", "assets: 2026.11.9")
    assert raised != config
    (tmp_path / "Pulumi.staging.yaml").write_text(f"encryptionsalt: {SALT}\n{raised}")

    ran = example.preview()

    assert not ran.ok
    assert "files/assets-2026.11.9.tar.gz is missing. Put it there" in ran.output, ran
    assert "Traceback" not in ran.output
