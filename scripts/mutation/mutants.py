"""The small changes: what can be wrong in one place of a function, and how a running process takes such a change."""

from __future__ import annotations

import ast
import gc
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

NEGATED: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
}
SWAPPED: dict[type[ast.operator], tuple[type[ast.operator], ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult,),
    ast.FloorDiv: (ast.Mult,),
    ast.BitOr: (ast.BitAnd,),
    ast.BitAnd: (ast.BitOr,),
}
FUNCTIONS = {"min": "max", "max": "min", "any": "all", "all": "any"}
METHODS = {"union": "intersection", "intersection": "union", "startswith": "endswith"}
SET_METHODS = {"union", "difference", "intersection"}
EMPTY = {
    "frozenset": "frozenset()",
    "tuple": "()",
    "list": "[]",
    "dict": "{}",
    "Mapping": "{}",
    "set": "set()",
}
EMPTY |= {"str": "''", "Iterator": "iter(())", "Iterable": "()", "Sequence": "()"}
AT_DEFINITION = {"annotation", "returns", "decorator_list", "type_params", "bases", "keywords"}
"""What is evaluated once, when the module is imported: no change of it reaches a process that has it already."""
Functions = dict[tuple[str, str, int], list[FunctionType]]
"""The functions of a process by file, name and first line."""
CONDITIONS = {"test", "ifs", "guard"}


@dataclass(frozen=True)
class _Site:
    function: str
    node: ast.expr | ast.stmt
    replacement: ast.AST
    put: Callable[[ast.AST], None]


@dataclass(frozen=True)
class Mutant:
    """One change.

    Attributes:
        module: The module's file, from the package's folder.
        function: The outermost function that it is in.
        lines: The first and the last line of what is changed.
        text: The first of these lines.
        change: What is changed to what.
        number: Its place among the module's.
    """

    module: str
    function: str
    lines: tuple[int, int]
    text: str
    change: str
    number: int
    _tree: ast.Module = field(repr=False, compare=False)
    _site: _Site = field(repr=False, compare=False)

    @property
    def key(self) -> str:
        """What it is called from run to run."""
        return f"{self.module} | {self.function} | {self.number} | {self.text} | {self.change}"

    def put_in(self, file: Path, functions: Functions) -> None:
        """Make the change in this process, for good: the function's code is exchanged, wherever it is referred to.

        Args:
            file: The module's file.
            functions: The functions that this process has.
        """
        self._site.put(ast.copy_location(self._site.replacement, self._site.node))
        module = compile(ast.fix_missing_locations(self._tree), str(file), "exec", dont_inherit=True)
        for code in _codes(module):
            if code.co_qualname == self.function:
                for function in functions[str(file), code.co_qualname, code.co_firstlineno]:
                    function.__code__ = code


def mutants_of(module: str, source: str) -> list[Mutant]:
    """Return all changes of a module's functions.

    Args:
        module: The module's file, from the package's folder.
        source: Its text.
    """
    tree, lines, found = ast.parse(source), source.splitlines(), []
    for number, site in enumerate(_sites(tree)):
        first, last = site.node.lineno, site.node.end_lineno or site.node.lineno
        text = lines[first - 1].strip()
        change = f"{ast.unparse(site.node)} → {ast.unparse(site.replacement)}"
        found.append(Mutant(module, site.function, (first, last), text, change, number, tree, site))
    return found


def live_functions(package: Path) -> Functions:
    """Return the functions of a package that this process has, by file, name and line."""
    found: Functions = {}
    for item in gc.get_objects():
        if isinstance(item, FunctionType) and item.__code__.co_filename.startswith(f"{package}/"):
            code = item.__code__
            place = code.co_filename, code.co_qualname, code.co_firstlineno
            found.setdefault(place, []).append(item)
    return found


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _codes(constant)


def _sites(
    node: ast.AST, scope: str = "", function: str = "", returns: ast.expr | None = None
) -> Iterator[_Site]:
    """Yield the changes below a node, in the order of the source."""
    for name, value in ast.iter_fields(node):
        if name in AT_DEFINITION and not isinstance(node, ast.Call):
            continue
        if name == "args" and scope == f"{function}." and not isinstance(node, ast.Call | ast.Lambda):
            continue  # the defaults of a function of the module
        for position, child in enumerate(value if isinstance(value, list) else [value]):
            if not isinstance(child, ast.AST):
                continue
            if function and isinstance(child, ast.expr | ast.stmt):
                put = _putting(node, name, position if isinstance(value, list) else None)
                for changed in _changes(child, name, returns):
                    yield _Site(function, child, changed, put)
            below, inner, result = scope, function, returns
            if isinstance(child, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                below = f"{scope}{child.name}."
                if not isinstance(child, ast.ClassDef):
                    inner, result = function or below[:-1], child.returns
            yield from _sites(child, below, inner, result)


def _putting(parent: ast.AST, name: str, position: int | None) -> Callable[[ast.AST], None]:
    def put(node: ast.AST) -> None:
        if position is None:
            setattr(parent, name, node)
        else:
            getattr(parent, name)[position] = node

    return put


def _changes(node: ast.expr | ast.stmt, place: str, returns: ast.expr | None) -> Iterator[ast.AST]:
    """Yield what may stand in a node's place.

    Args:
        node: The node.
        place: What it is to the node above it.
        returns: What the function returns.
    """
    if isinstance(node, ast.stmt):
        yield from _statements(node, returns)
        return
    if place in CONDITIONS and not isinstance(node, ast.Compare | ast.BoolOp | ast.UnaryOp):
        yield ast.UnaryOp(ast.Not(), deepcopy(node))
    if place == "ifs":
        yield ast.Constant(value=True)
    yield from _expressions(node)


def _expressions(node: ast.expr) -> Iterator[ast.AST]:
    match node:
        case ast.Compare(ops=[operator]):
            yield from (_with(node, ops=[other()]) for other in NEGATED[type(operator)])
        case ast.BoolOp(op=operator, values=values):
            yield _with(node, op=ast.Or() if isinstance(operator, ast.And) else ast.And())
            for left_out in range(len(values)):
                kept = values[:left_out] + values[left_out + 1 :]
                yield deepcopy(kept[0]) if len(kept) == 1 else _with(node, values=kept)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield deepcopy(operand)
        case ast.BinOp(op=operator, left=left):
            yield from (_with(node, op=other()) for other in SWAPPED.get(type(operator), ()))
            yield deepcopy(left)
        case ast.Constant(value=bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(value=int() | float() as value):
            yield from (ast.Constant(other) for other in (value + 1, value - 1) if value or other > value)
        case ast.Call(func=func):
            yield from _calls(node, func)


def _calls(node: ast.Call, func: ast.expr) -> Iterator[ast.AST]:
    match func:
        case ast.Name(id=name) if name in FUNCTIONS:
            yield _with(node, func=ast.Name(FUNCTIONS[name], ast.Load()))
        case ast.Attribute(value=owner, attr=name):
            if name in METHODS:
                yield _with(node, func=ast.Attribute(owner, METHODS[name], ast.Load()))
            if name in SET_METHODS:
                yield deepcopy(owner)


def _statements(node: ast.stmt, returns: ast.expr | None) -> Iterator[ast.AST]:
    match node:
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Constant):
            if (empty := _empty(returns)) and ast.unparse(value) != empty:
                yield ast.Return(ast.parse(empty, mode="eval").body)
        case ast.AugAssign(op=operator):
            yield from (_with(node, op=other()) for other in SWAPPED.get(type(operator), ()))
            yield ast.Pass()
        case ast.Assign(targets=[ast.Attribute() | ast.Subscript()]) | ast.Delete() | ast.Raise():
            yield ast.Pass()
        case ast.Continue() | ast.Break():
            yield ast.Pass()
        case ast.Expr(value=ast.Call() | ast.Await() | ast.Yield() | ast.YieldFrom() as value):
            if "assert_never" not in ast.unparse(value):
                yield ast.Pass()


def _empty(returns: ast.expr | None) -> str:
    """Return what says nothing and is of a return type; nothing for a boolean, whose parts are changed."""
    match returns:
        case None | ast.Name(id="bool"):
            return ""
        case ast.Subscript(value=ast.Name(id=name)) | ast.Name(id=name):
            return EMPTY.get(name, "None")
        case _:
            return "None"


def _with(node: Any, **fields: object) -> ast.AST:
    """Return a copy of a node with other fields."""
    changed: ast.AST = deepcopy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed
