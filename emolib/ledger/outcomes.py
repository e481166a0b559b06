"""What a check found, and the words it is told in."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from emolib.ledger.arithmetic import Interval

OUTCOMES = {
    "inconsistent": "these numbers cannot all be true as they stand",
    "in tension, by inference": (
        "they cannot all be true if the document is read as it is read here"
    ),
    "textual tension": "two places do not say the same, or words not what numbers say",
    "called significant": "so it is called, and no test is named",
    "repeated word for word": "different things have the same numbers throughout",
    "remark": "nothing is contradicted, but a reader should know",
    "cannot be checked": "the document does not give what it takes",
    "trivially consistent": (
        "the same number is printed again, or hardly any number would have failed"
    ),
    "consistent": "these numbers can be true together",
}
"""What a check can find, worst first."""

ACCUSING = tuple(OUTCOMES)[:5]
"""Those that say something against what stands there."""

AGREEING = ("consistent", "trivially consistent")


@dataclass(frozen=True)
class Result:
    """What one check found of some numbers.

    Args:
        check: the check's name.
        outcome: one of `OUTCOMES`.
        about: the claims and tables whose verdict it decides: of what does not fit,
            those that the data show wrong.
        evidence: a sentence or two with the numbers.
        beside: the claims and tables that were held against them, or are involved.
        inference: whether it takes more than what the document says.
        either: whether only one of `about` need be wrong, and nothing here tells
            which: `checks.run` takes out those that other numbers hold up.
    """

    check: str
    outcome: str
    about: tuple[str, ...]
    evidence: str
    beside: tuple[str, ...] = ()
    inference: bool = False
    either: bool = False

    @property
    def names(self) -> set[str]:
        """Everything that it concerns."""
        return {*self.about, *self.beside}


class Sorting:
    """Numbers sorted into those that hold, told together, and those that do not."""

    def __init__(self, check: str, beside: Sequence[str] = ()) -> None:
        self.check, self.beside = check, tuple(beside)
        self.good: list[str] = []
        self.checked = 0
        self.bad: list[Result] = []

    def add(
        self,
        about: Sequence[str],
        problem: str = "",
        beside: Sequence[str] = (),
        inference: bool = False,
        either: bool = False,
    ) -> None:
        """One thing that was checked, and what is wrong with it."""
        self.checked += 1
        if problem:
            found = self.check, "inconsistent", tuple(about), problem
            beside = (*beside, *self.beside)
            self.bad.append(Result(*found, beside, inference, either))
        else:
            self.good += [*about, *beside]

    def results(
        self, praise: str, good: str = "consistent", inference: bool = False
    ) -> Iterator[Result]:
        """One result for each bad one, one for all good ones.

        Args:
            praise: what the good ones do; `{n}` is how many there are.
            good: their outcome.
            inference: whether that takes more than the document says.
        """
        yield from self.bad
        if held := self.checked - len(self.bad):
            about = tuple(dict.fromkeys(self.good))
            told = praise.format(n=f"{held} of {self.checked}" if self.bad else held)
            yield Result(self.check, good, about, told, self.beside, inference)


def listed(words: Sequence[object], most: int = 6) -> str:
    """Words in a row, cut short if there are many.

    >>> listed(["a", "b", "c"]), listed(range(9), most=3)
    ('a, b and c', '0, 1, 2 and 6 more')
    """
    words = [str(word) for word in words]
    if len(words) > most:
        words = [*words[:most], f"{len(words) - most} more"]
    return " and ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words)


def span(interval: Interval, scale: float = 1) -> str:
    """An interval in words, in the unit of what it was printed beside.

    >>> span(Interval(0.6678, 0.6782)), span(Interval(0.5, 0.5), 0.01)
    ('0.668 to 0.678', '50')
    """
    low, high = f"{interval.low / scale:.4g}", f"{interval.high / scale:.4g}"
    if scale == 1:
        low, high = f"{interval.low:.3f}", f"{interval.high:.3f}"
    return low if low == high else f"{low} to {high}"


def nearest(share: Interval, n: int, scale: float = 1, form: str = ".4g") -> str:
    """What the whole numbers of items give between which a share lies.

    >>> nearest(Interval(0.845, 0.855), 30, 0.01)
    '25 give 83.33 and 26 give 86.67'
    """
    near = math.floor((share.low + share.high) / 2 * n)
    return listed(
        [f"{k} give {k / n / scale:{form}}" for k in (near, near + 1) if k <= n]
    )


def f1_told(allowed: Interval, scale: float, printed: Sequence[str]) -> str:
    """That a printed F1 is not what stands beside it gives.

    Args:
        allowed: what it can be.
        scale: 0.01 if it is in per cent.
        printed: precision, recall and F1.

    >>> f1_told(Interval(0.668, 0.678), 1, ["0.64", "0.71", "0.69"])
    'a precision of 0.64 and a recall of 0.71 give an F1 of 0.668 to 0.678, not 0.69'
    """
    precision, recall, f1 = printed
    return (
        f"a precision of {precision} and a recall of {recall} give an F1 of "
        f"{span(allowed, scale)}, not {f1}"
    )


def percent(share: float) -> str:
    """A share in per cent.

    >>> percent(0.96823)
    '96.82 %'
    """
    return f"{100 * share:.2f} %"


def probability(p: float) -> str:
    """A probability, as short as it may be.

    >>> probability(0.04321), probability(3e-9), probability(0.0)
    ('0.043', '3e-09', '1e-99')
    """
    p = max(p, 1e-99)  # smaller ones mean no more
    return f"{p:.0e}" if p < 0.001 else f"{p:.2g}"
