"""What is said of a table in the lines before it, its numbers read."""

from __future__ import annotations

import re

from emolib.ledger.own import numbers
from emolib.ledger.own.numbers import MOST_ITEMS
from emolib.ledger.own.pasted import Fault, Grid

FOLD = re.compile(r"([1-9][0-9]*)(?:\+([1-9][0-9]*))?")
"""Items of a fold: all, or positive and negative ones."""
WHOLE = {"n": 1, "positive": 1, "negative": 1, "folds": 2, "classes": 2}


def read(grid: Grid) -> dict[str, object]:
    """What is said of a table, its numbers read."""
    found: dict[str, object] = {}
    for name, value in grid.facts.items():
        line = grid.fact_lines.get(name, grid.lines[0])
        if name in WHOLE:
            digits = re.sub(r"[ ,.'](?=\d{3}\b)", "", str(value))
            if not digits.isdigit() or not WHOLE[name] <= int(digits) <= MOST_ITEMS:
                what = f"give a whole number from {WHOLE[name]} on"
                raise Fault(line, f"{name}: {value!r}; {what}")
            found[name] = int(digits)
        elif name == "accuracy":
            number = numbers.number(str(value), "," in str(value))
            if number is None or number.value < 0 or number.value > 100:
                raise Fault(line, f"accuracy: {value!r} is none; give 81.5 % or 0.815")
            found[name] = number
        elif name == "average":
            found[name] = _chosen(
                line, name, value, ("positive", "macro", "weighted", "micro"),
                {"binary": "positive"},
            )  # fmt: skip
        elif name == "aggregation":
            found[name] = _chosen(line, name, value, ("mean", "pooled"), {})
        elif name == "digits":
            found[name] = _chosen(line, name, value, ("rounded", "cut or rounded"), {})
        elif name == "fold sizes":
            found[name], found["fold parts"] = _sizes(line, str(value))
        elif name == "stratified":
            found[name] = str(value).lower() in ("yes", "true", "1")
        elif name == "unit" and not isinstance(value, dict):
            told = {"%": "%", "per cent": "%", "percent": "%", "": ""}
            told |= {"share": "share", "shares": "share", "items": "items"}
            said = told.get(str(value).lower())
            if said is None:
                raise Fault(line, f'unit: {value!r}; give "%", share or items')
            found[name] = said
        else:
            found[name] = value
    return found


def _chosen(
    line: int, name: str, value: object, known: tuple[str, ...], same: dict[str, str]
) -> str:
    said = same.get(str(value).lower(), str(value).lower())
    if said not in known:
        raise Fault(line, f"{name}: {value!r}; give {', '.join(known)} or nothing")
    return said


def _sizes(line: int, value: str) -> tuple[list[int] | str, list[tuple[int, int]]]:
    """Items of each fold; positive and negative ones, where the two are told apart."""
    if value.lower() == "even":
        return "even", []
    parts = re.split(r"[\s,;]+", re.sub(r"\s*\+\s*", "+", value.strip("[] ")))
    found = [FOLD.fullmatch(part) for part in parts]
    if None in found or len({one[2] is None for one in found}) > 1:
        what = "give whole numbers, positive+negative ones, or even"
        raise Fault(line, f"fold sizes: {value!r}; {what}")
    pairs = [(int(one[1]), int(one[2] or 0)) for one in found]
    return [sum(pair) for pair in pairs], pairs if found[0][2] else []
