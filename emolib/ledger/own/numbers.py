"""Numbers as papers print them: what a cell holds, and what it may have been."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from emolib.ledger.arithmetic import Interval

ROUNDING = ("rounded", "cut")
"""How digits were left out: to the nearest, a half either way; or cut off."""

_NUMBER = r"[-+\u2212]?(?:[0-9][0-9.,]*|[.,][0-9]+)"
CELL = re.compile(rf"({_NUMBER})\s*(%?)")
SPREAD = re.compile(
    rf"({_NUMBER})\s*(%?)\s*(?:(?:\u00b1|\+/-|\+-|\\pm)\s*({_NUMBER})\s*(%?)"
    rf"|\(\s*(?:\u00b1\s*)?({_NUMBER})\s*(%?)\s*\))\s*(%?)"
)
INTERVAL = re.compile(
    rf"({_NUMBER})\s*(%?)\s*[\[(]\s*(?:(?:[0-9]+\s*%\s*)?CI\s*[:,]?\s*)?"
    rf"({_NUMBER})\s*%?\s*(?:[-\u2013\u2014,;]|to)\s*"
    rf"({_NUMBER})\s*%?\s*[\])]\s*(%?)"
)
UNSURE = re.compile(r"[^(\u00b1+\\]*\(\s*[0-9]+\s*\)[^(]*")
"""A whole number in brackets, without a sign of a deviation."""
RIGHT = re.compile(r"([0-9]+)\s*/\s*([0-9]+)")
"""Right items of so many."""
TIDY = re.compile(r"\\(?=%)|\$")
"""What LaTeX writes around a number."""
THOUSANDS = re.compile(r"[0-9]{1,3}(\.[0-9]{3})+")
_EXACTLY = 12
BLANK = ("", "-", "--", "\u2013", "\u2014", "n/a", "na", "?")
WHOLE_NUMBER = re.compile(r"-?[0-9][0-9,]*|[0-9]{1,3}(\.[0-9]{3})+")
MOST_ITEMS = 10**7
_NEARLY = 1.001e-9


@dataclass(frozen=True)
class Number:
    """A number as printed.

    Args:
        value: in the unit of its column.
        places: digits after the point.
        spread, spread_places: what stands behind it after +- or in brackets.
        text: as printed.
        right: right items of how many, if it is printed so.
    """

    value: float
    places: int
    text: str
    spread: float | None = None
    spread_places: int = 0
    percent: bool = False
    right: tuple[int, int] | None = None

    @property
    def unsure(self) -> bool:
        """Whether what stands in brackets may be a rank, a reference or a count."""
        signed = UNSURE.fullmatch(self.text)
        return bool(signed) and self.spread is not None

    def hundredfold(self) -> Number:
        """The same in per cent."""
        return replace(self, value=100 * self.value)

    def between(self, mode: str, scale: float = 1) -> Interval:
        """What it may have been before digits were left out, as a share.

        >>> Number(0.5, 1, "0.5").between("rounded")
        Interval(low=0.45, high=0.55)
        """
        return _between(self.value, self.places, mode, scale)

    def spread_between(self, mode: str, scale: float = 1) -> Interval | None:
        """The same of what stands behind it."""
        if self.spread is None:
            return None
        return _between(self.spread, self.spread_places, mode, scale)


def _between(value: float, places: int, mode: str, scale: float) -> Interval:
    unit = float(f"1e-{places}")
    if mode == "rounded":
        return Interval((value - 0.5 * unit) * scale, (value + 0.5 * unit) * scale)
    # What is cut off is less than a unit: the next number would be printed as itself.
    below = _NEARLY if unit * scale > 1e-7 else 0.0
    if value <= 0:  # what is cut off to nothing may have been either side of it
        most = unit * scale - below if value == 0 else value * scale
        return Interval((value - unit) * scale + below, most)
    return Interval(value * scale, (value + unit) * scale - below)


def number(text: str, commas: bool) -> Number | None:
    """A cell's number.

    >>> number("0.70 (0.01)", False).spread, number("85,3 %", True).value
    (0.01, 85.3)
    """
    if match := RIGHT.fullmatch(text):
        right, n = int(match[1]), int(match[2])
        if not 0 < n <= MOST_ITEMS or right > n:
            return None
        return Number(right / n, _EXACTLY, text, right=(right, n))
    match = CELL.fullmatch(text)
    parts = [match[1], "", match[2]] if match else None
    if interval := INTERVAL.fullmatch(text):  # it is no deviation
        low, value, high = (_plain(interval[k], commas) for k in (3, 1, 4))
        if None in (low, value, high) or not float(low) <= float(value) <= float(high):
            return None
        parts, match = [interval[1], "", interval[2] or interval[5]], interval
    if not match:
        match = SPREAD.fullmatch(text)
        if not match:
            return None
        percent = match[2] or match[4] or match[6] or match[7]
        parts = [match[1], match[3] or match[5], percent]
    value, spread = (_plain(part, commas) for part in parts[:2])
    if value is None or (parts[1] and spread is None):
        return None
    return Number(
        float(value),
        _places(value),
        text,
        float(spread) if spread else None,
        _places(spread or ""),
        bool(parts[2]),
    )


def _plain(text: str, commas: bool) -> str | None:
    """Digits with a point; None if the commas or points make no number."""
    text = text.replace("\u2212", "-")
    if commas:
        text = re.sub(r"\.(?=\d{3}(\D|$))", "", text) if "," in text else text
        text = text.replace(",", ".")
    else:
        text = re.sub(r"(?<=\d),(?=\d{3}(\D|$))", "", text)
    return text if re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)", text) else None


def _places(text: str) -> int:
    return len(text.partition(".")[2])
