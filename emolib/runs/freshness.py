"""Whether an executed notebook is still what executing it again would give.

It remembers what it was made from, so that only what changed needs to run again.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from emolib import ROOT, UsageError
from emolib.files import shown
from emolib.runs.notebook import code_of, resolve, sha


def sources(notebook: Path, values: dict[str, Any] | None = None) -> dict[str, str]:
    """What a notebook's outputs depend on: hashes by path from the project's root.

    Its own code cells (not its prose), every module of emolib it imports,
    directly or through others, with the data files beside them, what these read by
    name of the records and tables that come with the book, the lock, and the
    committed records of its study, unless the values given to its parameters
    make it write them.
    """
    code = code_of(notebook)
    try:
        modules = _modules(code)
    except SyntaxError as error:
        raise UsageError(f"{shown(notebook)}: not Python: {error}") from error
    folders = {file.parent for file in modules}
    beside = [p for f in folders for p in f.iterdir() if p.suffix in _DATA]
    named = [_read_in(text) for text in (code, *modules.values())]
    studies, tables = (set().union(*names) for names in zip(*named, strict=True))
    committed = ROOT / "book" / "results"
    if ROOT / (values or {}).get("runs", "runs") != committed:
        studies |= {notebook.stem[3:].replace("_", "-")}
    files = [*modules, *beside, ROOT / "requirements.lock"]
    files += [ROOT / "benchmarks" / f"{name}.json" for name in tables]
    files += [f for s in studies for f in (committed / s).rglob("record.json")]
    there = sorted(file for file in files if file.is_file())
    hashes = {shown(f): hashlib.sha256(f.read_bytes()).hexdigest() for f in there}
    own = shown(notebook) if notebook.is_relative_to(ROOT) else notebook.name
    return {own: sha(code), **hashes}


def why_stale(
    executed: Path,
    notebook: Path,
    profile: str = "quick",
    parameters: dict[str, Any] | None = None,
) -> str:
    """Why an executed notebook must run again; "" if it need not."""
    if not executed.exists():
        return "never executed"
    values = resolve(notebook, profile, parameters)
    return differs(executed, profile, values, sources(notebook, values))


def made_from(executed: Path) -> dict[str, Any]:
    """What an executed notebook says that it was made from; empty if it does not."""
    try:
        return json.loads(executed.read_text("utf-8"))["metadata"]["emolib"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def differs(
    executed: Path, profile: str, values: dict[str, Any], now: dict[str, str]
) -> str:
    """As `why_stale`, of values that are settled and sources that are known."""
    found = made_from(executed)
    if "ran" not in found:
        return f"{shown(executed)} does not say what it was made from"
    if found["profile"] != profile:
        return f"executed with profile {found['profile']}"
    if found["parameters"] != values:
        return "executed with other parameters"
    before = found["sources"]
    changed = sorted(
        p for p in before.keys() | now.keys() if before.get(p) != now.get(p)
    )
    return f"{', '.join(changed)} changed" if changed else ""


def is_fresh(
    executed: Path,
    notebook: Path,
    profile: str = "quick",
    parameters: dict[str, Any] | None = None,
) -> bool:
    """Whether an executed notebook is what executing it again would give."""
    return not why_stale(executed, notebook, profile, parameters)


_DATA = (".yaml", ".json", ".safetensors")
"""What the package's data files end with."""

_READ = re.compile(
    r'\bresults\.(?:real|demo|Committed)\(\s*"([\w-]+)"'
    r'|\bnotebook\.benchmark\(\s*"(\w+)"|"benchmarks/(\w+)\.json"'
)


@cache
def _read_in(code: str) -> tuple[frozenset[str], frozenset[str]]:
    """Studies whose committed records code names, and the tables of benchmarks."""
    found = _READ.findall(code)
    tables = frozenset(table for _, *names in found for table in names if table)
    return frozenset(study for study, *_ in found if study), tables


def _modules(code: str) -> dict[Path, str]:
    """Files of emolib that code imports, directly or through others; their texts."""
    # Magics are not Python; what stands in for one keeps its block whole.
    code = re.sub(r"^(\s*)[%!].*$", r"\1pass", code, flags=re.MULTILINE)
    found: dict[Path, str] = {}
    waiting = [(code, "")]
    while waiting:
        text, package = waiting.pop()
        for name in _imported(text, package):
            for file in _files_of(name):
                if file not in found:
                    found[file] = file.read_text("utf-8")
                    inside = file.relative_to(ROOT).parent.as_posix().replace("/", ".")
                    waiting.append((found[file], inside))
    return found


@cache
def _imported(text: str, package: str) -> tuple[str, ...]:
    found: list[str] = []
    for node in _statements(ast.parse(text)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")[: len(package.split(".")) - node.level + 1]
            module = ".".join([*(parts if node.level else []), node.module or ""])
            found += [f"{module.strip('.')}.{alias.name}" for alias in node.names]
    return tuple(found)


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """The statements in one, at any depth; no import stands in an expression."""
    for field in ("body", "handlers", "orelse", "finalbody", "cases"):
        for inner in getattr(node, field, ()):
            yield inner
            yield from _statements(inner)


@cache
def _files_of(name: str) -> tuple[Path, ...]:
    """The files that importing a dotted name of emolib executes."""
    parts = name.split(".")
    if parts[0] != "emolib":
        return ()
    places = [ROOT.joinpath(*parts[:end]) for end in range(1, len(parts) + 1)]
    files = [f for p in places for f in (p / "__init__.py", p.with_suffix(".py"))]
    return tuple(file for file in files if file.exists())
