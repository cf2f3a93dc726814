"""The host imports what it needs from many threads at a time."""

import ast
from pathlib import Path

import pulumi_alicloud_edge

FACE = Path(pulumi_alicloud_edge.__file__)


def test_no_package_behind_the_public_face_imports_its_own_parts() -> None:
    """Two threads, of which one imports such a package and the other a part of it, deadlock; Python fails one."""
    packages = [path for path in FACE.parent.rglob("__init__.py") if path != FACE]
    importing = [path for path in packages if any(map(is_import, ast.walk(ast.parse(path.read_text()))))]
    assert packages
    assert not importing


def is_import(node: ast.AST) -> bool:
    return isinstance(node, ast.Import) or (isinstance(node, ast.ImportFrom) and node.module != "__future__")
