"""A YAML file of the ledger read and checked.

A file is refused as a whole, with the line and what to do there, if anything in
it is malformed: a check can only be as good as what it is given.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import fields, replace
from pathlib import Path

import yaml

from emolib import UsageError
from emolib.ledger import faults, tables
from emolib.ledger.document import (
    Claim,
    Component,
    Document,
    Equation,
    Figure,
    Finding,
    Setting,
    System,
)
from emolib.ledger.own.pasted import FACTS
from emolib.ledger.tables import Table

# --- reading a file ---------------------------------------------------------------

PARTS = {
    "figures": (Figure, ("number",)),
    "equations": (Equation, ("number",)),
    "settings": (Setting, ("part", "name")),
    "components": (Component, ("part",)),
    "systems": (System, ("model", "given")),
    "claims": (Claim, ("id",)),
    "tables": (Table, ("id",)),
    "findings": (Finding, ("id",)),
}
"""The lists of a YAML file: what an entry is, and what names it."""

_OWN = {"letter": "", "study": "", "title": "", "authors": (), "kind": "", "system": ""}


def load(path: Path, checks: Collection[str]) -> Document:
    """Read and check one of the ledger's YAML files.

    Args:
        path: the file.
        checks: the names of checks that a finding may name.

    Raises:
        UsageError: with file and line, if it is malformed.
    """
    source, entries = _read(_tree(path, _text(path)), path, {"document"}, set(PARTS))
    for finding, lines in entries["findings"]:
        for name in finding.checks:
            if name not in checks:
                what = f"{finding.id}: no check {name!r}; one of {[*checks]}"
                raise _fault(path, lines.line, what)
    return source


def load_own(path: Path, text: str | None = None) -> Document:
    """Read and check a reader's own file: `tables`, `claims` or both.

    Args:
        path: what it is called.
        text: what stands in it, if that is known.

    Raises:
        UsageError: with file and line, if it is malformed or not there.
    """
    tree = _tree(path, _text(path) if text is None else text)
    entries = tree.get("tables") if isinstance(tree, dict) else None
    for number, entry in enumerate(entries if isinstance(entries, list) else [], 1):
        if isinstance(entry, _Entry):
            _complete(entry, number)
    claims = tree.get("claims") if isinstance(tree, dict) else None
    for entry in claims if isinstance(claims, list) else []:
        if isinstance(entry, _Entry):
            entry.setdefault("where", "text")
            entry.setdefault("kind", "result")
            if "n" in entry:
                entry.setdefault("n_from", "stated")
    return _read(tree, path, set(), {"tables", "claims"})[0]


def _complete(entry: _Entry, number: int) -> None:
    """What a reader need not say of a table, and what is said of it beyond fields."""
    known = {f.name for f in fields(Table)} | {"cells"}
    facts = {name: entry.pop(name) for name in [*entry] if _is_fact(name, known)}
    unit = {"unit": entry["unit"]} if "unit" in entry else {}
    if facts:
        entry["facts"] = {**facts, **unit}
    for name, value in {
        "id": f"table{number}",
        "where": entry.get("id", f"table{number}"),
        "title": "",
        "of": "system",
        "kind": "",
    }.items():
        entry.setdefault(name, value)
    if "n" in entry:
        entry.setdefault("n_from", "stated")


def _is_fact(name: object, known: set[str]) -> bool:
    return name in FACTS and name not in known


def _read(
    tree: object, path: Path, wanted: set[str], optional: set[str] = frozenset()
) -> tuple[Document, dict[str, list]]:
    """A document, and the entries of its parts with the lines of their fields."""
    given = set(tree) if isinstance(tree, dict) else set()
    if not wanted <= given <= wanted | optional or not given:
        odd = ", ".join(map(str, given - wanted - optional))
        may = ", ".join(part for part in PARTS if part in optional)
        must = f"must hold {', '.join(wanted)} and " if wanted else ""
        problem = f"no part may be called {odd}" if odd else "a part is missing"
        what = f"{problem}; the file {must}may hold {may}"
        raise _fault(path, tree.lines[odd] if odd in given else 1, what)
    source = Document(**_OWN)
    if "document" in wanted:
        source = _make(Document, tree["document"], path)
    made = {part: _part(part, tree.get(part) or [], path) for part in PARTS}
    source = replace(source, **{part: tuple(e for e, _ in made[part]) for part in made})
    for table, _ in made["tables"]:  # first: nothing can be read off bad cells
        for line, problem in tables.faults(table, numbers=bool(wanted)):
            raise _fault(path, line, problem)
    cells = [claim for table in source.tables for claim in _claims_of(table)]
    source = replace(source, claims=(*source.claims, *cells))
    for part in made:
        for entry, lines in made[part]:
            for field, problem in faults.problems(entry, source):
                raise _fault(path, lines.lines.get(field, lines.line), problem)
    _refuse_twice(source, made, path)
    return source, made


def _part(part: str, entries: object, path: Path) -> list[tuple]:
    """The entries of a list, each with the lines of its fields."""
    if not isinstance(entries, list):
        raise _fault(path, 1, f"{part} must be a list: one '-' for each entry")
    made: dict[str, tuple] = {}
    kind, key = PARTS[part]
    for entry in entries:
        one = _make(kind, entry, path)
        name = " ".join(str(getattr(one, field)) for field in key)
        if name in made:
            what = f"{part}: {name} is given twice; remove or rename one"
            raise _fault(path, entry.line, what)
        made[name] = one, entry
    return list(made.values())


def _refuse_twice(source: Document, made: dict[str, list], path: Path) -> None:
    """One id, one thing: claims, tables, their cells and findings share their names."""
    lines = {table.id: entry.line for table, entry in made["tables"]}
    named = [
        (entry.line, thing.id)
        for part in ("claims", "tables", "findings")
        for thing, entry in made[part]
    ]
    named += [(lines[c.table], c.id) for c in source.claims if c.table]
    seen = set()
    for line, id in sorted(named):
        if id in seen:
            what = f"{id} is given twice (a table's cells are claims of their own)"
            raise _fault(path, line, f"{what}; remove or rename one")
        seen.add(id)


def _claims_of(table: Table) -> Iterator[Claim]:
    """The claims that a table's cells make."""
    system = " ".join(table.of.split(".")[1:] or [table.of]).replace("-", " ")
    for label in table.labels:
        cells = table.row(label)
        for column in table.claims:
            if cells[column] in ("", tables.UNREADABLE):
                continue
            yield Claim(
                id=table.claim_id(column, label),
                where=table.where,
                quantity=f"{column}, {system}, {label}",
                stated=cells[column].removesuffix("%").strip(),
                kind=table.kind_of_claims or table.kind,
                unit=table.unit_of(column),
                data=table.data,
                split=table.split,
                n=table.n,
                n_from=table.n_from,
                at_most=table.at_most,
                protocol=table.protocol,
                corpus=table.corpus if isinstance(table.corpus, str) else "",
                classes=_classes_of(table, column),
                same_as=_same_as(table, label),
                table=table.id,
            )


def _classes_of(table: Table, column: str) -> int | None:
    """How many classes a column's claims are among."""
    if isinstance(table.classes, Mapping):
        return table.classes.get(column)
    return table.classes if isinstance(table.classes, int) else None


def _same_as(table: Table, label: str) -> str:
    """The claim that gives a row's quantity again, where the table names it."""
    return table.same_as.get(label, "") if isinstance(table.same_as, Mapping) else ""


# --- one entry ------------------------------------------------------------------------

_TYPES = {
    "str": str,
    "int": int,
    "int | None": int,
    "bool": bool,
    "int | str": (int, str),
    "str | int | Mapping[str, int] | None": (str, int, dict),
    "str | Mapping[str, str]": (str, dict),
    "Mapping[str, str]": dict,
    "Mapping[str, list[str]]": dict,
    "Mapping[str, object]": dict,
}
"""What YAML gives for a field's annotation; every other one is a list."""

_MADE = {"columns", "rows", "line", "table"}
"""Fields that are not written but follow from others."""


def _make(kind: type, entry: object, path: Path):
    """A dataclass from a YAML mapping; every field present, known, of its type."""
    if not isinstance(entry, _Entry):
        wanted = f"{entry!r} stands where a {kind.__name__} should"
        raise _fault(path, 1, f"{wanted}; give its fields as name: value")
    out = {*_MADE, *(PARTS if kind is Document else ())}
    types = {f.name: f.type for f in fields(kind) if f.name not in out}
    if kind is Table:
        types |= {"cells": "str", "claims": "tuple"}
    given = dict(entry)
    for name, value in given.items():
        if name not in types:
            problem = f"no such field: {name}; a {kind.__name__} has {', '.join(types)}"
            raise _fault(path, entry.lines.get(name, entry.line), problem)
        wanted = _TYPES.get(types[name], list)
        if not isinstance(value, wanted) or (wanted is int and value is True):
            hint = "; quote it, so that its digits stay" if wanted is str else ""
            told = getattr(wanted, "__name__", "text or number")
            problem = f"{name}: {value!r} is not of type {told}{hint}"
            raise _fault(path, entry.lines.get(name, entry.line), problem)
        if wanted is list:
            given[name] = tuple(value)
    if kind is Table:
        given |= _cells(given, entry, path)
    try:
        return kind(**given)
    except TypeError as error:  # a field without a default is missing
        what = str(error).partition("__init__() ")[2] or str(error)
        raise _fault(path, entry.line, f"{kind.__name__}: {what}; add it") from None


def _cells(given: dict, entry: _Entry, path: Path) -> dict:
    text = given.pop("cells", "")
    lines = tables.parse(text)
    if not lines:
        raise _fault(path, entry.line, "a table without cells; give `cells: |`")
    first = entry.lines["cells"] + 1
    if "cells" not in entry.blocks:
        raise _fault(
            path, first - 1, "write cells as `cells: |`, a line a row below it"
        )
    (_, heads), *rows = lines
    at = tuple(first + place for place, _ in lines)
    return {"columns": heads, "rows": tuple(row for _, row in rows), "lines": at}


def _fault(path: Path, line: int, problem: str) -> UsageError:
    return UsageError(f"{path}:{line}: {problem}")


# --- YAML with lines ------------------------------------------------------------------


class _Entry(dict):
    """A mapping that knows the line it starts on and that of each of its keys."""

    line: int
    lines: dict[str, int]
    blocks: set[str]


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
    """Safe YAML that keeps lines and refuses a key given twice."""


def _entry(loader: _Loader, node: yaml.MappingNode) -> _Entry:
    made = _Entry(loader.construct_mapping(node, deep=True))
    made.line = node.start_mark.line + 1
    made.lines = {}
    made.blocks = {
        key.value for key, value in node.value if getattr(value, "style", "") == "|"
    }
    for key, _ in node.value:
        if key.value in made.lines:
            problem = f"{key.value} is given twice; remove one"
            raise yaml.MarkedYAMLError(None, None, problem, key.start_mark)
        made.lines[key.value] = key.start_mark.line + 1
    return made


_Loader.add_constructor("tag:yaml.org,2002:map", _entry)


_DEEPEST = 100
"""Levels of brackets; nobody writes as many, and the reader of YAML would crash."""


def _too_deep(text: str) -> int:
    """The first line that is nested too deeply; 0 if there is none."""
    depth = 0
    for number, line in enumerate(text.splitlines(), 1):
        for mark in line:
            depth = max(0, depth + (mark in "[{") - (mark in "]}"))
            if depth > _DEEPEST:
                return number
        if len(line) - len(line.lstrip(" -?:")) > 4 * _DEEPEST:
            return number
    return 0


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        text = isinstance(error, UnicodeDecodeError)
        why = getattr(error, "strerror", None) or ("not UTF-8 text" if text else error)
        raise UsageError(f"{path}: cannot be read ({why}); give a YAML file") from None


def _tree(path: Path, text: str) -> object:
    try:
        if line := _too_deep(text):
            what = f"nested more than {_DEEPEST} deep; close brackets, indent less"
            raise _fault(path, line, what)
        return yaml.load(text, _Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or str(error)
        what = f"not YAML: {problem}; look at indents, colons and quotes"
        raise _fault(path, mark.line + 1 if mark else 1, what) from None
    except ValueError as error:  # a date that there is not, and the like
        raise UsageError(f"{path}: cannot be read ({error}); quote it") from None
