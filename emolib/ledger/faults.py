"""What is wrong with an entry of a ledger's file beyond its types."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterator

from emolib.corpora import CORPORA
from emolib.ledger import tables
from emolib.ledger.document import (
    BASES,
    ID,
    PROTOCOLS,
    QUANTIFIERS,
    STATUS,
    Claim,
    Component,
    Document,
    Finding,
    System,
    ids_in,
)
from emolib.ledger.tables import Table


def problems(entry: object, source: Document) -> Iterator[tuple[str, str]]:
    """What is wrong with an entry: the field, if it is one, and what to do."""
    name = getattr(entry, "id", "")
    start = f"{source.letter}." if source.letter else ""
    if name and (not name.startswith(start) or re.search(r"\s", name)):
        yield "", f"{name}: an id starts with {start or 'a name'}, no blanks"
    if isinstance(entry, (Claim, Table)):
        yield from _wrong_words(entry, source)
        yield from _wrong_numbers(entry)
        yield from _wrong_formulas(entry)
        for what, known in _pointers(entry, source):
            yield "", f"{name} points to {what}, which is not there; {known}"
    if isinstance(entry, Claim):
        yield from _wrong_statement(entry, source)
    if isinstance(entry, Finding):
        for named in entry.about:
            if named not in source.claim and named not in source.table:
                problem = f"{name} points to {named}, which is not there"
                yield "", f"{problem}; {_near(named, source)}"
        if entry.cause not in ("", *(f.id for f in source.findings)):
            yield "cause", f"{name}: no finding is called {entry.cause}; name one"
    if isinstance(entry, System) and entry.basis not in BASES:
        problem = f"{entry.model}: basis {entry.basis!r} is none of {list(BASES)}"
        yield "basis", problem
    if isinstance(entry, Component):
        yield from _of_component(entry, source)


def _own(source: Document) -> tuple[str, ...]:
    """Kinds that a reader's own table may have besides; empty: seen by its heads."""
    return () if source.letter else ("", "folds", "report")


def _wrong_words(entry: Claim | Table, source: Document) -> Iterator[tuple[str, str]]:
    if entry.n_from not in (("",) if entry.n is None else ("stated", "implied")):
        problem = f"{entry.id}: give n with n_from, stated or implied, or neither"
        yield "n_from", problem
    if entry.protocol and entry.protocol not in PROTOCOLS:
        problem = f"protocol {entry.protocol!r} is none of {list(PROTOCOLS)}"
        yield "protocol", f"{entry.id}: {problem}"
    named = entry.corpus
    named = re.findall(r"[^\s,]+", named) if isinstance(named, str) else named.values()
    for name in named:
        if name not in CORPORA:
            problem = f"{entry.id}: no corpus {name!r}; there are {', '.join(CORPORA)}"
            yield "corpus", problem
    if isinstance(entry, Table) and entry.kind not in (*tables.KINDS, *_own(source)):
        problem = f"{entry.id}: kind {entry.kind!r} is none of {list(tables.KINDS)}"
        yield "kind", problem


def _wrong_numbers(entry: Claim | Table) -> Iterator[tuple[str, str]]:
    is_share = isinstance(entry, Claim) and entry.unit == "%"
    if is_share and not 0 <= (entry.value or 0) <= 100:
        problem = f"{entry.id}: {entry.text} is no percentage of a whole"
        yield "stated", f"{problem}; correct number or unit"
    classes = entry.classes
    for field, least, values in (
        ("n", 1, [entry.n]),
        ("at_most", 1, [entry.at_most]),
        ("classes", 2, classes.values() if isinstance(classes, dict) else [classes]),
    ):
        for value in values:
            if isinstance(value, int) and value < least:
                problem = f"{entry.id}: {field} is {value}"
                yield field, f"{problem}; give a number from {least} on, or none"
    for share in re.findall(r"(-?\d+(?:\.\d+)?) ?% (?:tested|validated)", entry.split):
        if not 0 < float(share) < 100:
            problem = f"{entry.id}: {share} % cannot have been held out"
            yield "split", f"{problem}; give a share above 0 and below 100"


def _wrong_statement(claim: Claim, source: Document) -> Iterator[tuple[str, str]]:
    """Words without a quotation, and words compared as if they were numbers."""
    if claim.quantifier not in QUANTIFIERS:
        problem = f"quantifier {claim.quantifier!r} is none of {list(QUANTIFIERS)}"
        yield "quantifier", f"{claim.id}: {problem}"
    if len(claim.quote.split()) > _FEW_WORDS:
        yield "quote", f"{claim.id}: quote at most {_FEW_WORDS} words"
    worded = [claim] if claim.holds or claim.one_of or claim.against else []
    for id in (claim.against, *claim.one_of):
        if id in source.claim:
            worded.append(source.claim[id])
    if claim.kind == "statement" and not (claim.digits or claim.sizes):
        worded.append(claim)
    for one in worded if source.letter else ():
        if not one.quote:
            problem = (
                f"{claim.id}: {one.id} has no quote; give the document's own words"
            )
            yield "", f"{problem}, a few of them"
    other = source.claim.get(claim.same_as)
    if other and not _comparable(claim, other):
        problem = f"{claim.id}: same_as compares numbers, and {other.id} or it has none"
        yield "same_as", f"{problem}; words that differ go under against, with a quote"


_FEW_WORDS = 15


def _comparable(claim: Claim, other: Claim) -> bool:
    if claim.interval and other.interval:
        return True
    return bool(claim.sizes and other.sizes)


def _wrong_formulas(entry: Claim | Table) -> Iterator[tuple[str, str]]:
    """Formulas that cannot be computed, and comparisons without two sides."""
    if isinstance(entry, Table):
        return
    sides = [(entry.equals, "equals")] if entry.equals else []
    for comparison in entry.holds:
        both = comparison.split(">")
        if len(both) != 2 or not all(side.strip() for side in both):
            problem = f"{entry.id}: {comparison!r} is no comparison"
            yield "holds", f"{problem}; write two sides with one > between them"
        else:
            sides += [(side, "holds") for side in both]
    for formula, field in sides:
        if problem := formula_problem(formula):
            yield field, f"{entry.id}: {formula.strip()!r}: {problem}"


def formula_problem(formula: str) -> str:
    """Why a formula of claims and numbers cannot be computed; empty if it can.

    >>> formula_problem("A.x.clips * 2 / 3"), formula_problem("A.x.clips / 0")
    ('', 'it divides by zero')
    """
    try:
        tree = ast.parse(ID.sub("x", formula).strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return "it is no formula; use + - * /, brackets, numbers and ids"
    for node in ast.walk(tree):
        if not isinstance(node, _KNOWN):
            return "it is no formula; use + - * /, brackets, numbers and ids"
        if isinstance(node, ast.Constant) and type(node.value) not in (int, float):
            return f"{node.value!r} is no number"
        below = getattr(node, "right", None)
        divides = isinstance(getattr(node, "op", None), ast.Div)
        if divides and isinstance(below, ast.Constant) and not below.value:
            return "it divides by zero"
    return ""


_KNOWN = (
    *(ast.Expression, ast.BinOp, ast.Constant, ast.Name, ast.Load),
    *(ast.Add, ast.Sub, ast.Mult, ast.Div),
)


# --- names that lead nowhere ----------------------------------------------------------


def _pointers(entry: Claim | Table, source: Document) -> Iterator[tuple[str, str]]:
    """Names that lead nowhere, and what would be near."""
    if isinstance(entry, Table):
        yield from _pointers_of_table(entry, source)
        return
    named = [*entry.one_of, *ids_in(" ".join((entry.equals, *entry.holds)))]
    for id in [*named, entry.same_as, entry.against]:
        if id and id not in source.claim:
            yield f"claim {id}", _near(id, source)
    for name in [entry.reads, *entry.best_of]:
        if name and name not in source.table:
            yield f"table {name}", f"there are {', '.join(source.table)}"


def _pointers_of_table(entry: Table, source: Document) -> Iterator[tuple[str, str]]:
    whole = entry.same_as if isinstance(entry.same_as, str) else ""
    for named in (whole, entry.groups_of, entry.drawn_from):
        if named and named not in source.table:
            yield f"table {named}", f"there are {', '.join(source.table)}"
    for label, id in {} if whole else dict(entry.same_as or {}).items():
        if label not in entry.labels or id not in source.claim:
            yield f"{label}: {id}", _near(id, source)
    parent = source.table.get(entry.groups_of)
    if parent:
        there = parent.columns[1:] if entry.kind == "counts" else parent.labels
        for label in (label for group in entry.groups.values() for label in group):
            if label not in there:
                yield f"{label!r} of {parent.id}", f"it has {list(there)}"


def _near(id: str, source: Document) -> str:
    known = [*source.claim, *source.table]
    near = difflib.get_close_matches(id, known, n=3, cutoff=0.4)
    return f"did you mean {' or '.join(near)}?" if near else "name one that is"


# --- components -----------------------------------------------------------------------


def _of_component(entry: Component, source: Document) -> Iterator[tuple[str, str]]:
    if entry.status not in STATUS:
        problem = f"{entry.part}: status {entry.status!r} is none of {list(STATUS)}"
        yield "status", problem
    if entry.status != "faithful" and not entry.why:
        yield "status", f"{entry.part}: it is {entry.status}; say why"
    for field in ("quick", "where"):
        if entry.status != "missing" and not getattr(entry, field):
            yield "status", f"{entry.part}: it is {entry.status}; give {field}"
    printed = re.match(r"(Figure|Table|Equation) [\d.]+", entry.part)
    for name in entry.covers or ([entry.part] if printed else []):
        if name not in source.parts:
            near = difflib.get_close_matches(name, source.parts, n=2, cutoff=0.4)
            hint = f"did you mean {' or '.join(near)}?" if near else "see `parts`"
            problem = f"{entry.part}: the document has no {name!r}; {hint}"
            yield "covers" if entry.covers else "part", problem
