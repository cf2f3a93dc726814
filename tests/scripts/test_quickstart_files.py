import re
import tarfile

import pytest
import workspace

FILES = workspace.ROOT / "examples" / "quickstart" / "files"


@pytest.mark.parametrize("stack", ["staging", "prod"])
def test_every_version_that_a_stack_names_is_there_to_be_fetched(stack: str) -> None:
    text = (workspace.ROOT / f"Pulumi.{stack}.yaml").read_text()
    named = re.findall(r"^    (\w+): (\d{4}\.\d+\.\d+)$", text, re.MULTILINE)
    assert [name for name, _ in named] == ["assets", "levels"]
    for name, version in named:
        with tarfile.open(FILES / f"{name}-{version}.tar.gz") as archive:
            assert archive.getnames()


def test_a_bump_brings_other_content() -> None:
    for name in ("assets", "levels"):
        versions = [file.read_bytes() for file in FILES.glob(f"{name}-*.tar.gz")]
        assert len(set(versions)) == len(versions) == 2
