"""An example as a reader runs it: a copy of its folder, its own stack files, the real CLI."""

import re
import shutil
from pathlib import Path
from typing import Any

from tests.support.emulator import Emulator
from tests.support.stack import Stack

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


class Example(Stack):
    """One stack of an example.

    Args:
        source: The example's folder.
        folder: Where its copy and its state go; stacks of one example share it.
        emulator: The cloud that it talks to.
        name: The stack's name.
    """

    def __init__(self, source: Path, folder: Path, emulator: Emulator, name: str) -> None:
        found = re.search(r"^name: (\S+)$", (source / "Pulumi.yaml").read_text(), re.MULTILINE)
        assert found, f"{source} has no project of its own"
        super().__init__(folder, emulator, project=found[1], name=name)
        self.project_folder = folder / "project"
        shutil.copytree(source, self.project_folder, dirs_exist_ok=True)
        self.env["QUICKSTART_FILES_URL"] = f"{emulator.url}/files"
        program = self.project_folder / "__main__.py"
        program.write_text(program.read_text().replace('bake="5s"', 'bake="1s"'))  # a reader has more time

    def edit(self, file: str, old: str, new: str) -> None:
        """Change a text in a file of the copy."""
        path = self.project_folder / file
        before = path.read_text()
        assert old in before
        path.write_text(before.replace(old, new))

    def stack_outputs(self) -> dict[str, Any]:
        """What the program exports."""
        (stack,) = (r for r in self.state["resources"] if r["type"] == "pulumi:pulumi:Stack")
        outputs: dict[str, Any] = stack.get("outputs", {})
        return outputs
