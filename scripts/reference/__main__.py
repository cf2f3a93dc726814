"""`python -m reference`: writes every generated file anew, and says which have changed."""

import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "pulumi_alicloud_edge"


def main() -> None:
    """Write what has changed."""
    # The package's own face imports what is written here, which may be missing or spoiled.
    sys.modules[PACKAGE] = package = ModuleType(PACKAGE)
    package.__path__ = [str(ROOT / "provider" / PACKAGE)]
    from reference.files import generate

    for path, text in generate().items():
        if not path.exists() or path.read_text() != text:
            path.write_text(text)
            print(f"Wrote {path.relative_to(ROOT)}")


main()
