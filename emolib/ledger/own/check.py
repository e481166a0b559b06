"""A reader's file checked: its tables alone, beside each other, and as a document."""

from __future__ import annotations

import re
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from emolib import UsageError
from emolib.ledger import checks, loading
from emolib.ledger.document import Claim, Document
from emolib.ledger.outcomes import AGREEING, OUTCOMES, Result, listed
from emolib.ledger.own import (
    answers,
    kinds,
    numbers,
    pasted,
    quantities,
    sheets,
    stacks,
)
from emolib.ledger.own.answers import Answer
from emolib.ledger.own.looking import ALL
from emolib.ledger.own.pasted import Fault, Grid
from emolib.ledger.own.sheets import Sheet
from emolib.ledger.tables import Table

WRONG = ("inconsistent", "in tension, by inference")
"""What makes the exit status 1."""

COLUMNS = (
    *("outcome", "check", "inference", "table", "row", "about", "evidence"),
    *("noticed", "tried", "all_noticed", "all_tried"),
)

_TAKEN_OVER = (
    *("f1", "whole-items", "averages", "accuracy", "supports", "matrix"),
    *("granularity", "layers"),
)
"""Checks of documents whose work on tables is done here row by row."""

_MOST_BYTES = 2_000_000
MOST_TOLD = 40
"""Contradictions, and lines about a table's rows, that are told at most."""


def check(path: str | Path) -> pd.DataFrame:
    """The checks run on a reader's own file of tables.

    Columns: outcome, check, inference, table, row, about, evidence; noticed and tried
    (of one-step changes of the numbers that the check looked at, in that table),
    all_noticed and all_tried (by any check, of all that one looked at). Worst first.

    Args:
        path: a file that holds tables in YAML, Markdown or CSV, or as scikit-learn
            prints a report; `-` for standard input.

    Raises:
        UsageError: with file and line, if it cannot be read.
    """
    name, text = _text(path)
    if re.search(r"^(tables|claims)\s*:|^ +cells\s*:", text, re.MULTILINE):
        source = loading.load_own(Path(name), text)
        grids = [_grid_of(table) for table in source.tables]
        names = [table.where or table.id for table in source.tables]
    else:
        source, grids = Document(**loading._OWN), _pasted(name, text)
        names = _names([grid.title for grid in grids])
    try:
        for grid in grids:
            pasted.refuse_long(grid.lines)
        read = [sheets.sheet(g, n) for g, n in zip(grids, names, strict=True)]
        source = _document(source, grids, read)
        told = [_claimed(claim) for claim in source.claims if not claim.table]
        rows = []
        for sheet, table in zip(read, source.tables, strict=True):
            if sheet.kind == "layers":
                rows += _layer_rows(table, sheet.name)
            else:
                rows += _rows(_with_accuracy(sheet, source))
        rows += [row for one, claim in told for row in _rows(one, claim)]
        rows += [_row(answer) for answer in answers.beside(read)]
    except Fault as fault:
        raise UsageError(f"{name}:{fault.line}: {fault.problem}") from None
    rows += _of_document(source)
    rank = list(OUTCOMES)
    rows.sort(key=lambda row: rank.index(row["outcome"]))
    counted = {name: "Int64" for name in COLUMNS[-4:]}
    found = pd.DataFrame(rows, columns=[*COLUMNS]).astype(counted)
    found.attrs["kinds"] = {sheet.name: sheet.kind for sheet in read}
    return found


def status(found: pd.DataFrame) -> int:
    """0 if all that was checked agrees, 1 if not, 2 if nothing could be checked."""
    outcomes = {*found["outcome"]}
    if outcomes & {*WRONG}:
        return 1
    return 0 if outcomes & {*AGREEING} else 2


# --- reading ----------------------------------------------------------------------


def _text(path: str | Path) -> tuple[str, str]:
    """What a file is called, and what stands in it."""
    name = "standard input" if str(path) == "-" else str(path)
    try:
        if str(path) == "-":
            raw = sys.stdin.buffer.read(_MOST_BYTES + 1)
        else:
            with Path(path).open("rb") as file:
                raw = file.read(_MOST_BYTES + 1)
    except OSError as error:
        why = error.strerror or error
        raise UsageError(f"{name}: cannot be read ({why}); name a file") from None
    if len(raw) > _MOST_BYTES:
        what = "more than 2 MB; give a table of results, not of items"
        raise UsageError(f"{name}:1: {what}")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        what = "not UTF-8 text (Latin-1?); save it as UTF-8"
        raise UsageError(f"{name}:{line}: cannot be read, {what}") from None
    if odd := re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f]", text):
        line = text[: odd.start()].count("\n") + 1
        raise UsageError(f"{name}:{line}: a control character; remove it")
    return name, text


def _pasted(name: str, text: str) -> list[Grid]:
    try:
        return pasted.read(text)
    except Fault as fault:
        raise UsageError(f"{name}:{fault.line}: {fault.problem}") from None


def _names(titles: Sequence[str]) -> list[str]:
    """A name for each table: what stands above it, or its number."""
    made: list[str] = []
    for number, title in enumerate(titles, 1):
        words = " ".join(title.split())
        short = f"{words[:56]} ..." if len(words) > 60 else words or f"table {number}"
        made.append(short if short not in made else f"{short} ({number})")
    return made


def _grid_of(table: Table) -> Grid:
    """A table of a YAML file, as if it were pasted."""
    facts: dict[str, object] = {"kind": table.kind, **table.facts}
    facts |= {"unit": table.unit} if table.unit else {}
    facts |= {"n": str(table.n)} if table.n else {}
    if isinstance(table.classes, int):
        facts["classes"] = str(table.classes)
    facts["of"] = table.of
    return Grid(table.title, facts, table.columns, table.rows, table.lines)


def _document(source: Document, grids: list[Grid], read: list[Sheet]) -> Document:
    """The document whose checks know corpora, layers and sentences."""
    made = []
    for number, (grid, sheet) in enumerate(zip(grids, read, strict=True), 1):
        if source.tables:
            table = source.tables[number - 1]
        else:
            table = _table(grid, sheet, f"table{number}")
        kind = {"folds": "results"}.get(sheet.kind, sheet.kind)
        square = sheet.kind == "matrix" and len(sheet.columns) == sheet.classes
        square = square and len(sheet.labels) == sheet.classes and sheets.counts(sheet)
        legible = all(n is not None for row in sheet.cells for n in row)
        if sheet.kind == "matrix" and not (square and legible):
            kind = "other"
        columns = table.columns
        if kinds.upright(grid) is not grid:
            kind = "other"
        if kind == "layers":
            columns = tuple(_layer_head(head) for head in columns)
        made.append(replace(table, kind=kind, columns=columns))
    return replace(source, tables=tuple(made))


def _table(grid: Grid, sheet: Sheet, id: str) -> Table:
    facts = grid.facts
    return Table(
        id=id,
        where=sheet.name,
        title=grid.title,
        kind=sheet.kind,
        of=facts.get("of", "system"),
        n=sheet.facts.get("n"),
        n_from="stated" if sheet.facts.get("n") else "",
        corpus=facts.get("corpus", ""),
        split=facts.get("split", ""),
        columns=grid.columns,
        rows=grid.rows,
        lines=grid.lines,
    )


def _layer_head(head: str) -> str:
    words = quantities.bare(head)
    if "shape" in words:
        return "output shape"
    return "parameters" if words.startswith(("param", "no of param")) else head


def _with_accuracy(sheet: Sheet, source: Document) -> Sheet:
    """With the accuracy that a sentence states of the table's system."""
    claim = source.claim.get(f"{sheet.of}.accuracy")
    if claim is None or not claim.digits or claim.bound or sheet.facts.get("accuracy"):
        return sheet
    stated = numbers.number(claim.digits, False)
    stated = stated and replace(stated, percent=claim.unit == "%")
    return replace(sheet, facts={**sheet.facts, "accuracy": stated})


def _claimed(claim: Claim) -> tuple[Sheet, Claim]:
    """A sentence as a table of one number."""
    head = _score_of(claim.quantity)
    number = numbers.number(claim.stated.strip(), "," in claim.stated)
    number = None if claim.kind != "result" else number
    percent = (
        claim.unit == "%"
        or number is not None
        and (number.percent or (abs(number.value) > 1 and number.right is None))
    )
    if number is not None and percent and number.right is not None:
        number = number.hundredfold()
    facts = {"n": claim.n} if claim.n else {}
    sheet = Sheet(
        *(claim.where, "results", (claim.id,), (quantities.read(head),)),
        *(((number,),), (percent,), facts, (1, 1)),
        words=(f"{claim.id} {claim.quantity}",),
    )
    return sheet, claim


def _score_of(quantity: str) -> str:
    """The score that a sentence is about, if it is one of the explicit list."""
    words = quantities.bare(quantity).split()
    for size in range(min(5, len(words)), 0, -1):
        head = " ".join(words[:size])
        if quantities.read(head).key:
            return head
    return quantity


# --- answers as rows --------------------------------------------------------------


def _rows(sheet: Sheet, claim: Claim | None = None) -> list[dict[str, object]]:
    found = answers.answers(sheet)
    if claim and sheet.cells[0][0] is None:
        why = f"{claim.stated!r} is no number alone, such as 0.82, 82.3 % or 94/110"
        if claim.kind != "result":
            why = f"a claim of kind {claim.kind} is held to no items"
        found = [Answer(sheet.name, claim.id, "none", "cannot be checked", why)]
    power = answers.power(sheet, found)
    rows = []
    for answer in found:
        row = _row(answer)
        if answer.outcome != "cannot be checked" and answer.check in power:
            row["noticed"], row["tried"] = power[answer.check]
            row["all_noticed"], row["all_tried"] = power[answers.TOGETHER]
        if claim and claim.n_from == "implied" and row["outcome"] == "inconsistent":
            row["outcome"], row["inference"] = WRONG[1], True
        rows.append(row)
    return rows


def _layer_rows(table: Table, name: str) -> list[dict[str, object]]:
    rows = [_row(answer) for answer in stacks.stack_answers(table, name)]
    noticed, tried = stacks.stack_power(table)
    for row in rows if tried else ():
        if row["outcome"] != "cannot be checked":
            row["noticed"], row["tried"] = noticed, tried
            row["all_noticed"], row["all_tried"] = noticed, tried
    return rows


def _row(answer: Answer) -> dict[str, object]:
    return {
        "outcome": answer.outcome,
        "check": answer.check,
        "inference": answer.outcome == WRONG[1],
        "table": answer.table,
        "row": answer.row,
        "about": answer.row,
        "evidence": answer.told,
        "noticed": None,
        "tried": None,
        "all_noticed": None,
        "all_tried": None,
    }


def _of_document(source: Document) -> list[dict[str, object]]:
    """What the checks of documents find beyond one table's rows."""
    own = {table.id for table in source.tables}
    own |= {claim.id for claim in source.claims if claim.table}
    own |= {f"{table.of}.accuracy" for table in source.tables}
    sentences = {claim.id for claim in source.claims if not claim.table}

    def kept(result: Result) -> bool:
        if result.check == "granularity" and result.names <= own | sentences:
            return False
        return result.check not in _TAKEN_OVER or not result.names <= own

    return [
        {
            "outcome": result.outcome,
            "check": result.check,
            "inference": result.inference,
            "table": "",
            "row": "",
            "about": "; ".join(result.about),
            "evidence": result.evidence,
            "noticed": None,
            "tried": None,
            "all_noticed": None,
            "all_tried": None,
        }
        for result in checks.run(source)
        if kept(result)
    ]


# --- in words ---------------------------------------------------------------------


def told(found: pd.DataFrame) -> str:
    """What `check` found, as text: what is wrong, then row by row, then the power."""
    wrong = found[found["outcome"].isin(WRONG)]
    parts = [_verdict(found)]
    parts += [_filled(_accusation(row)) for row in wrong[:MOST_TOLD].itertuples()]
    if more := len(wrong[MOST_TOLD:]):
        parts.append(_filled(f"... and {more:,} more; --format csv gives all."))
    rest = found[~found["outcome"].isin(WRONG)]
    parts += [
        _filled(f"{row.outcome} ({row.check}): {row.evidence}")
        for row in rest[rest["table"] == ""].itertuples()
    ]
    for table in dict.fromkeys(found["table"]):
        if table:
            kind = found.attrs.get("kinds", {}).get(table, "")
            head = f"{table} (read as {kind})" if kind else table
            parts.append(_by_row(head, found[found["table"] == table]))
    if power := _power(found):
        parts.append(power)
    return "\n".join(parts)


def _verdict(found: pd.DataFrame) -> str:
    code = status(found)
    if code == 1:
        n = int(found["outcome"].isin(WRONG).sum())
        return f"{n:,} contradiction{'s' if n > 1 else ''}:\n"
    if code:
        return "Nothing could be checked; why, row by row:\n"
    if not found["all_noticed"].fillna(0).any() and found["all_tried"].notna().any():
        return (
            "What could be checked can be true together, which says little: no change\n"
            "of a number by one step would be noticed.\n"
        )
    return "What could be checked can be true together.\n"


def _accusation(row) -> str:
    if not row.table:
        by = f"{row.check}, by inference" if row.inference else row.check
        by = row.check if "inference" in row.outcome else by
        return f"{row.outcome} ({by}): {row.evidence}"
    place = row.table if row.row == ALL else f"{row.table}, {row.row}"
    return f"{row.outcome} ({row.check}): {place}: {row.evidence}."


def _filled(text: str, indent: str = "") -> str:
    return textwrap.fill(
        text, 78, subsequent_indent=indent, break_long_words=True
    ) + "\n"  # fmt: skip


def _by_row(table: str, found: pd.DataFrame) -> str:
    """A line for each row, or for those of which the same is to be said.

    Of a long table the matrices that fit are left out, and lines beyond `MOST_TOLD`.
    """
    rows: dict[str, list] = {}
    for row in found.itertuples():
        rows.setdefault(row.row, []).append(row)
    said = _said(rows, notes=True)
    if len(said) > MOST_TOLD:
        said = _said(rows, notes=False)
    lines = [f"{table}"]
    for words, labels in [*said.items()][:MOST_TOLD]:
        lines.append(
            textwrap.fill(
                f"{listed(labels, 8)}: {words}",
                78,
                initial_indent="  ",
                subsequent_indent="    ",
            )
        )
    if more := sum(map(len, [*said.values()][MOST_TOLD:])):
        lines.append(f"  ... and {more:,} more rows; --format csv gives all.")
    return "\n".join(lines) + "\n"


def _said(rows: dict[str, list], notes: bool) -> dict[str, list[str]]:
    """What is to be said -> the rows of which it is."""
    said: dict[str, list[str]] = {}
    for label, mine in rows.items():
        said.setdefault(_of_row(mine, notes), []).append(label)
    return said


def _of_row(mine: list, with_notes: bool) -> str:
    fit, notes, fail, cannot = {}, {}, {}, {}
    for row in mine:
        if row.outcome in WRONG:
            fail[row.check] = None
        elif row.outcome == "cannot be checked":
            what = (
                row.evidence if row.check == "none" else f"{row.check}: {row.evidence}"
            )
            cannot[what] = None
        else:
            fit[row.check] = None
            if row.evidence and with_notes:
                notes[f"{row.check}: {row.evidence}"] = None
    fit = {check: None for check in fit if check not in fail}
    parts = [f"fails {listed([*fail], 9)}"] if fail else []
    parts += [f"fits {listed([*fit], 9)}"] if fit else []
    parts += [*notes]
    parts += [f"not checked, {why}" for why in cannot]
    return "; ".join(parts)


def _power(found: pd.DataFrame) -> str:
    """What one step of a last digit would have been noticed by each check."""
    lines = []
    for table in dict.fromkeys(found["table"]):
        mine = found[(found["table"] == table) & found["tried"].notna()]
        power = mine.drop_duplicates("check")
        told = [f"{r.check} {r.noticed} of {r.tried}" for r in power.itertuples()]
        if told:
            every = f"{power.iloc[0]['all_noticed']} of {power.iloc[0]['all_tried']}"
            words = f"  {table}: {every}; by {listed(told, 20)}."
            lines.append(_filled(words, "    ").rstrip())
    if not lines:
        return ""
    head = "Of changes of a number by one step of its last digit would be noticed:"
    return "\n".join([head, *lines, ""])
