"""What a piece of code means: a hash of the definitions that it reaches.

A fold of a record must be run again when the code that computed it has changed,
and must not when anything else has. So the hash covers the top-level definitions
of this package that can be reached by name from a function or class, and of each
its name and syntax tree: not the file it stands in, its comments, docstrings,
annotations or layout, nor its neighbours.
"""

from __future__ import annotations

import ast
import dis
import hashlib
import inspect
import sys
import textwrap
import types
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from emolib import EmolibError, UsageError

PACKAGE = "emolib"


def meaning(*objects: Any) -> str:
    """Sixteen hexadecimal digits for all the code that some objects reach.

    Args:
        objects: functions and classes. Of this package's, the definitions reached
            count; one of a notebook counts by its source, the values it takes from
            outside and what it reaches; one of another package by its name alone
            (a record holds the packages' versions).

    Raises:
        UsageError: for a lambda, whose source cannot be told from its line's, or
            for a notebook's function that uses something from outside without a
            value that can be compared.
        EmolibError: if a name of this package leads to no definition.
    """
    found: set[str] = set()
    seen: set = set()
    for thing in objects:
        _reach(thing, found, seen)
    return hashlib.sha256("\n".join(sorted(found)).encode()).hexdigest()[:16]


def ours(thing: Any) -> bool:
    """Whether something is a top-level definition of this package."""
    name = getattr(thing, "__qualname__", "<")
    return _ours(getattr(thing, "__module__", None) or "") and "<" not in name


def source_of(function: types.FunctionType) -> str:
    """The source of a function that is not a lambda."""
    if function.__name__ == "<lambda>":
        raise UsageError(
            "a lambda cannot stand in a record: give it a name with def, so that a "
            "change of it is noticed"
        )
    try:
        return textwrap.dedent(inspect.getsource(function))
    except (OSError, TypeError) as error:
        raise UsageError(
            f"{function.__name__}: its source cannot be read ({error}); define it in "
            "a file or in a notebook's cell"
        ) from error


# -- reaching ---------------------------------------------------------------


@dataclass
class _Module:
    """A module's top-level definitions, and what its imports bring in."""

    name: str
    definitions: dict[str, ast.AST]
    imports: dict[str, tuple[str, str | None]]  # alias: module, and name in it


def _reach(thing: Any, found: set[str], seen: set) -> None:
    if not isinstance(thing, (types.FunctionType, type)):
        raise UsageError(f"{thing!r} is neither a function nor a class")
    if ours(thing):
        found |= _reached(thing.__module__, thing.__qualname__.split(".")[0])
    elif isinstance(thing, types.FunctionType):
        _follow_function(thing, found, seen)
    else:
        _follow_class(thing, found, seen)


@cache
def _reached(module: str, name: str) -> frozenset[str]:
    """A top-level definition and all that it names, as text."""
    found, seen, waiting = set(), set(), [(module, name)]
    while waiting:
        place = _defined(*waiting.pop())
        if place in seen or place is None:
            continue
        seen.add(place)
        home = _module(place[0])
        node = home.definitions[place[1]]
        local = home.imports | _imports(node, home.name)
        found.add(f"{place[1]} {_dump(_Bare(local).visit(_copy(node)))}")
        for root, *chain in _names(node):
            if root in local:
                waiting += _targets(*local[root], chain)
            elif root in home.definitions:
                waiting.append((home.name, root))
    return frozenset(found)


def _follow_function(function: types.FunctionType, found: set[str], seen: set) -> None:
    """Take in a function that stands outside this package."""
    if function in seen:
        return
    seen.add(function)
    node = ast.parse(source_of(function)).body[0]
    node.decorator_list = []
    values, local = _from_outside(function), _imports(node, PACKAGE)
    for name, value in values.items():
        if isinstance(value, types.ModuleType) and _ours(value.__name__):
            local[name] = (value.__name__, None)
        elif ours(value):
            local[name] = (value.__module__, value.__qualname__)
    found.add(_dump(_Bare(local).visit(_copy(node))))
    for root, *chain in _names(node):
        for place in _targets(*local[root], chain) if root in local else []:
            found |= _reached(*place)
    for name, value in values.items():
        if name in local or isinstance(value, types.ModuleType):
            continue
        if isinstance(value, (types.FunctionType, type)):
            _reach(value, found, seen)
        elif isinstance(value, types.BuiltinFunctionType):
            found.add(f"{name} is {value.__module__}.{value.__qualname__}")
        else:
            found.add(f"{name} = {_value(name, value)}")


_CONSTANTS = (bool, int, float, str, bytes, tuple)
"""What of a class' own values counts: not the lists and dicts it keeps notes in."""


def _follow_class(kind: type, found: set[str], seen: set) -> None:
    """Take in a class that stands outside this package: a notebook's by its parts."""
    if kind in seen:
        return
    seen.add(kind)
    name = f"{kind.__module__}.{kind.__qualname__}"
    found.add(name)
    if installed(kind.__module__):
        return
    for base in kind.__bases__:
        _reach(base, found, seen)
    for part, value in vars(kind).items():
        value = getattr(value, "__func__", getattr(value, "fget", value))
        if isinstance(value, types.FunctionType):
            if value.__module__ == kind.__module__ and _has_source(value):
                _follow_function(value, found, seen)
        elif not part.startswith("__") and isinstance(value, _CONSTANTS):
            found.add(f"{name}.{part} = {_value(part, value)}")


def _has_source(function: types.FunctionType) -> bool:
    """Whether it was written, not made (as a dataclass' `__init__` is)."""
    return inspect.unwrap(function).__code__.co_filename != "<string>"


def installed(module: str) -> bool:
    """Whether a module is Python's own or an installed package's, not one's own."""
    if module.split(".")[0] in sys.stdlib_module_names - {"__main__"}:
        return True
    file = getattr(sys.modules.get(module), "__file__", None) or ""
    return "site-packages" in file or "dist-packages" in file


def _from_outside(function: types.FunctionType) -> dict[str, Any]:
    """What a function and those inside it take from around them, by name."""
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    values = {name: cell.cell_contents for name, cell in cells}
    codes = [function.__code__]
    while codes:
        one = codes.pop()
        codes += [c for c in one.co_consts if isinstance(c, types.CodeType)]
        for step in dis.get_instructions(one):
            known = step.argval in function.__globals__
            if step.opname in ("LOAD_GLOBAL", "LOAD_NAME") and known:
                values[step.argval] = function.__globals__[step.argval]
    return values


def _value(name: str, value: Any) -> str:
    """A value that a function closes over, as text that differs when it does."""
    if value is None or isinstance(value, (bool, int, float, str, bytes)):
        return repr(value)
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(_value(name, item) for item in value)}]"
    if isinstance(value, dict):
        items = sorted((repr(k), _value(name, v)) for k, v in value.items())
        return f"{{{', '.join(f'{k}: {v}' for k, v in items)}}}"
    if isinstance(value, (np.ndarray, np.generic)):
        array = np.ascontiguousarray(value)
        digest = hashlib.sha256(array.tobytes()).hexdigest()
        return f"{array.dtype} {array.shape} {digest}"
    if is_dataclass(value) and not isinstance(value, type):
        told = {f.name: getattr(value, f.name) for f in fields(value)}
        return f"{type(value).__name__} {_value(name, told)}"
    raise UsageError(
        f"the function uses {name}, a {type(value).__name__} from outside; hand it "
        "over as an argument (of a network, in its design)"
    )


def _defined(module: str, name: str) -> tuple[str, str] | None:
    """Where a name is really defined; re-exports are followed. None: a module."""
    for _ in range(20):
        home = _module(module)
        if name in home.definitions:
            return module, name
        if name in home.imports:
            module, inner = home.imports[name]
            if not _ours(module):
                return None
            if inner is None:
                return None
            if find_spec_of(f"{module}.{inner}"):
                return None
            name = inner
            continue
        if find_spec_of(f"{module}.{name}"):
            return None
        break
    raise EmolibError(
        f"{module}.{name}: named in code, and there is no such definition; what a "
        "record's code means cannot be told"
    )


def _targets(module: str, name: str | None, chain: list[str]) -> list[tuple[str, str]]:
    """The definition that `alias.a.b` leads to, if it is one of ours."""
    if not _ours(module):
        return []
    steps = [*([name] if name else []), *chain]
    while steps:
        if find_spec_of(f"{module}.{steps[0]}"):
            module = f"{module}.{steps.pop(0)}"
        else:
            home = _module(module)
            via = home.imports.get(steps[0])
            if steps[0] not in home.definitions and via and via[1] is None:
                if not _ours(via[0]):
                    return []
                module = via[0]
                steps.pop(0)
                continue
            return [(module, steps[0])]
    return []


# -- reading ----------------------------------------------------------------


def _ours(module: str) -> bool:
    return module == PACKAGE or module.startswith(f"{PACKAGE}.")


@cache
def find_spec_of(module: str) -> Path | None:
    """The file of one of this package's modules, or None if there is none."""
    try:
        spec = find_spec(module)
    except (ModuleNotFoundError, AttributeError):
        return None
    return Path(spec.origin) if spec and spec.origin else None


@cache
def _module(name: str) -> _Module:
    file = find_spec_of(name)
    if file is None:
        raise EmolibError(f"{name}: no such module; what its code means is not known")
    tree = ast.parse(file.read_text(encoding="utf-8"))
    definitions: dict[str, ast.AST] = {}
    imports: dict[str, tuple[str, str | None]] = {}
    package = name if file.name == "__init__.py" else name.rpartition(".")[0]
    for node in _top_level(tree.body):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            imports |= _imported(node, package)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            definitions[node.name] = node
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                for part in ast.walk(target):
                    if isinstance(part, ast.Name):
                        definitions[part.id] = node
    return _Module(name, definitions, imports)


def _top_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements of a module, those under `if` and `try` too, types apart."""
    for node in body:
        if isinstance(node, ast.If):
            if "TYPE_CHECKING" not in ast.unparse(node.test):
                yield from _top_level([*node.body, *node.orelse])
        elif isinstance(node, ast.Try):
            yield from _top_level([*node.body, *node.orelse])
        else:
            yield node


def _imports(node: ast.AST, module: str) -> dict[str, tuple[str, str | None]]:
    """What the imports inside a definition bring in."""
    found: dict[str, tuple[str, str | None]] = {}
    for part in ast.walk(node):
        if isinstance(part, (ast.Import, ast.ImportFrom)):
            found |= _imported(part, module.rpartition(".")[0])
    return found


def _imported(
    node: ast.Import | ast.ImportFrom, package: str
) -> dict[str, tuple[str, str | None]]:
    if isinstance(node, ast.Import):
        return {
            (a.asname or a.name.split(".")[0]): (
                a.name if a.asname else a.name.split(".")[0],
                None,
            )
            for a in node.names
        }
    base = node.module or ""
    if node.level:
        parts = package.split(".")
        parts = parts[: len(parts) - node.level + 1]
        base = ".".join([*parts, *([node.module] if node.module else [])])
    return {
        (a.asname or a.name): (f"{base}.{a.name}", None)
        if _ours(base) and find_spec_of(f"{base}.{a.name}")
        else (base, a.name)
        for a in node.names
    }


def _copy(node: ast.AST) -> ast.AST:
    return ast.parse(ast.unparse(node)).body[0]


def _dump(node: Any) -> str:
    """A syntax tree as text that is the same for every version of Python.

    What is empty is left out: newer versions know more fields than older ones.
    """
    if isinstance(node, list):
        return f"[{', '.join(map(_dump, node))}]"
    if not isinstance(node, ast.AST):
        return repr(node)
    told = [
        f"{name}={_dump(value)}"
        for name, value in ast.iter_fields(node)
        if value not in (None, [])
        and name not in ("kind", "ctx", "type_comment")
        or isinstance(node, ast.Constant)
        and name == "value"
    ]
    return f"{type(node).__name__}({', '.join(told)})"


def _names(node: ast.AST) -> Iterator[tuple[str, ...]]:
    """Every name that code uses, with the attributes behind it; types apart."""
    for part in ast.walk(_Bare({}).visit(_copy(node))):
        chain: list[str] = []
        while isinstance(part, ast.Attribute):
            chain.insert(0, part.attr)
            part = part.value
        if isinstance(part, ast.Name):
            yield (part.id, *chain)


class _Bare(ast.NodeTransformer):
    """A definition without what does not matter: docstrings, types, our imports.

    `module.name` becomes `name` where the module is one of ours, so that it makes
    no difference in which one a definition stands.
    """

    def __init__(self, local: dict[str, tuple[str, str | None]]) -> None:
        self.local = local

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            value = body[0].value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                value.value = ""
        return node

    def visit_arg(self, node: ast.arg) -> ast.arg:
        node.annotation = None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.returns = None
        return self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        # A class variable is another thing than a field; its type is not.
        kind = "ClassVar" if "ClassVar" in ast.unparse(node.annotation) else "field"
        node.annotation = ast.Constant(kind)
        if node.value:
            node.value = self.visit(node.value)
        return node

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST:
        ours = node.level or _ours(node.module or "")
        return ast.Pass() if ours else node

    def visit_Import(self, node: ast.Import) -> ast.AST:
        return ast.Pass() if any(_ours(a.name) for a in node.names) else node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        chain, root = [node.attr], node.value
        while isinstance(root, ast.Attribute):
            chain.insert(0, root.attr)
            root = root.value
        if isinstance(root, ast.Name) and root.id in self.local:
            module, name = self.local[root.id]
            if _ours(module) and name is None:
                while len(chain) > 1 and find_spec_of(f"{module}.{chain[0]}"):
                    module = f"{module}.{chain.pop(0)}"
                new: ast.expr = ast.Name(chain[0], ast.Load())
                for attribute in chain[1:]:
                    new = ast.Attribute(new, attribute, node.ctx)
                return new
        return self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if node.id in self.local:
            module, name = self.local[node.id]
            if _ours(module) and name:
                node.id = name.split(".")[0]
        return node
