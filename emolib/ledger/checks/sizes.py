"""Checks of how many items there are: accuracies, test sets, logs."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from emolib.corpora import CORPORA
from emolib.ledger import arithmetic, tables
from emolib.ledger.arithmetic import Interval
from emolib.ledger.document import Claim, Document
from emolib.ledger.outcomes import Result, Sorting, listed, percent
from emolib.ledger.reading import (
    corpora_of,
    held_out,
    is_accuracy,
    percents,
)
from emolib.ledger.tables import Table

_USUAL_SHARES = (0.1, 0.15, 0.2, 0.25, 0.3, 1 / 3, 0.4, 0.5)


# --- can the number come from so many items? ------------------------------------------


def granularity(document: Document) -> Iterator[Result]:
    """An accuracy is a whole number of items out of all."""
    groups: dict[str, list[Claim]] = {}
    for claim in document.claims:
        if is_accuracy(claim) and not claim.bound and not claim.same_as:
            groups.setdefault(claim.table or claim.id, []).append(claim)
    for name, claims in groups.items():
        beside = [name] if name in document.table else []
        counted = [claim for claim in claims if _tells(claim)]
        found = Sorting("granularity", beside)
        for claim in counted:
            # Of a number of items that is implied, so is what follows from it.
            implied = claim.n_from == "implied"
            found.add([claim.id], _granularity_problem(claim), inference=implied)
        implied = any(claim.n_from == "implied" for claim in counted)
        yield from found.results(_granularity_praise(counted), inference=implied)
        without = [
            c for c in claims if c.n is None and arithmetic.decimals(percents(c)) > 0
        ]
        if len({c.digits for c in without}) > 2:
            yield _sizes(without, beside)


def _tells(claim: Claim) -> bool:
    """Whether its digits are finer than one item of all."""
    if claim.n is None:
        return False
    return 100 / claim.n > 10.0 ** -arithmetic.decimals(percents(claim))


def _granularity_problem(claim: Claim) -> str:
    text, n = percents(claim), claim.n
    places = arithmetic.decimals(text)
    if arithmetic.possible_counts(float(text), n, places):
        return ""
    below = int(float(text) * n / 100)
    near = listed([f"{k} give {100 * k / n:.{places}f} %" for k in (below, below + 1)])
    told = f"{claim.where}: {claim.text} ({claim.quantity}) cannot come from {n} items"
    return f"{told}; {near}."


def _granularity_praise(claims: Sequence[Claim]) -> str:
    if len(claims) != 1:
        n = listed(sorted({claim.n for claim in claims}))
        where = claims[0].where if claims else ""
        return f"{where}: {{n}} accuracies can be whole numbers right of {n} items."
    (claim,) = claims
    text = percents(claim)
    right = arithmetic.possible_counts(float(text), claim.n, arithmetic.decimals(text))
    told = listed(right, most=3)
    return f"{claim.where}: {claim.text} of {claim.n} items are {told} right."


def _sizes(claims: list[Claim], beside: list[str]) -> Result:
    """Which size of one test set could give all of some accuracies."""
    texts = sorted({percents(claim) for claim in claims})
    at_most = min((c.at_most for c in claims if c.at_most), default=None)
    given = arithmetic.sizes_giving(texts, at_most or 20000)
    about = tuple(claim.id for claim in claims)
    where = f"{claims[0].where}: {len(texts)} different accuracies"
    best = max(given)
    size = given.index(best) + 1
    if best == len(texts):
        told = f"{where} could come from one test set of {size} items, but no smaller."
        return Result("granularity", "cannot be checked", about, told, tuple(beside))
    told = (
        f"{where}, and no test set of up to {at_most or 20000} items gives all; "
        f"the most, {best}, would come from {size}."
    )
    # Not inconsistent: means over runs or folds need not be numbers of items.
    outcome = "remark" if at_most else "cannot be checked"
    return Result("granularity", outcome, about, told, tuple(beside))


# --- the size of the test set ---------------------------------------------------------


def test_size(document: Document) -> Iterator[Result]:
    """The test set is the stated share of what it was drawn from."""
    seen = set()
    written = [claim for claim in document.claims if not claim.table]
    for entry in (*document.of_kind("matrix", "scores"), *written):
        counted = _is_table(entry) and not tables.partial(entry)
        n = entry.n or (sum(tables.totals(entry).values()) if counted else 0)
        whole, source = _whole(document, entry)
        of = entry.of if _is_table(entry) else entry.id.rsplit(".", 1)[0]
        # All of a corpus is no test set, unless its pieces were counted.
        tested = n < whole or held_out(entry) is not None
        if n and whole and tested and (of, n) not in seen:
            seen.add((of, n))
            yield _size_result(entry, n, whole, source)


def _is_table(entry: Table | Claim) -> bool:
    return isinstance(entry, Table)


def _whole(document: Document, entry: Table | Claim) -> tuple[int, str]:
    """How many items there are to draw from, and who says so."""
    drawn = document.table.get(getattr(entry, "drawn_from", ""))
    if drawn:
        cells = [
            tables.whole(drawn, label, column)
            for label in tables.class_labels(drawn)
            for column in entry.drawn.values()
        ]
        counted = [cell for cell in cells if cell]
        return sum(counted), f"the {len(counted)} counts of {drawn.where}"
    known = [CORPORA.get(name) for name in corpora_of(entry)]
    if not known or not all(corpus and corpus.clips for corpus in known):
        return 0, ""
    total = sum(corpus.clips for corpus in known)
    return total, f"the clips of {listed([corpus.name for corpus in known])}"


def _size_result(entry: Table | Claim, n: int, whole: int, source: str) -> Result:
    """That a test set has the wrong size says nothing against what it gave."""
    share = held_out(entry)
    about, beside = ((entry.id,), ()) if _is_table(entry) else ((), (entry.id,))
    implied = entry.n_from == "implied"
    told = f"{entry.where}: {n} test items"
    if share is None:
        usual = [s for s in _USUAL_SHARES if whole in arithmetic.implied_sizes(n, s)]
        exact = f", a share of {100 * usual[0]:.4g} %" if usual else ", no usual share"
        told = f"{told} are {100 * n / whole:.2f} % of {source}, {whole}{exact}."
        outcome = "consistent" if usual and not implied else "cannot be checked"
        return Result("test-size", outcome, about, told, beside)
    sizes = arithmetic.implied_sizes(n, share)
    told = f"{told} as a share of {100 * share:.4g} % mean {sizes[0]}"
    told += f" to {sizes[-1]} items in all" if len(sizes) > 1 else " items in all"
    if whole in sizes:  # an implied n may have been implied by just this
        outcome = "cannot be checked" if implied else "consistent"
        return Result(
            "test-size", outcome, about, f"{told}; there are {whole}.", beside
        )
    told = f"{told}, {sizes[0] / whole:.3g} times {source}, {whole}."
    outcome = _of_another_size(entry, sizes, whole)
    return Result("test-size", outcome, about, told, beside, inference=implied)


_FILES = {"ravdess": 7356}
"""All files of a corpus of which `clips` is a part: song, sound and picture alone."""

_ITEMS_DRAWN = ("random-clips", "random-items", "augmented-before-split")


def _of_another_size(entry: Table | Claim, sizes: range, whole: int) -> str:
    """What it comes to that a test set is no such share of the clips of its corpora.

    A share of people, or of groups, is none of clips to the item; fewer may have been
    chosen; and of a corpus more than the clips may have been taken, or pieces of them.
    """
    pieces = re.search(r"frame|window|piece|cop(y|ies)|augment|image", entry.data)
    files = sum(_FILES.get(name, 0) for name in corpora_of(entry))
    if pieces or sizes[-1] < whole or sizes[0] <= files:
        return "cannot be checked"
    return "inconsistent" if entry.protocol in _ITEMS_DRAWN else "remark"


FEW = 5
"""Below so many items a class' scores say next to nothing."""


def few_items(document: Document) -> Iterator[Result]:
    """Each class is tested on more than a handful of items."""
    met = set()
    for table in document.of_kind("scores", "matrix"):
        totals = tables.totals(table)
        few = {label: n for label, n in totals.items() if n < FEW}
        if not few or (table.of, *few) in met:
            continue
        met.add((table.of, *few))
        given = [f"{label} ({n})" for label, n in few.items()]
        one = max(1 / max(n, 1) for n in few.values())
        told = (
            f"{table.where}: so few items were tested of {listed(given, 9)} that one "
            f"more or less right moves a recall by up to {100 * one:.0f} points."
        )
        about = [id for label in few for id in table.claims_of(label)]
        yield Result("few-items", "remark", tuple(about), told, (table.id,))


# --- parts and wholes -----------------------------------------------------------------


def whole_set(document: Document) -> Iterator[Result]:
    """A result on training and test data together agrees with that on the test data.

    An id that ends in `.whole` is the same system's result on both together. That both
    are of one model and count items of one kind is an inference.
    """
    for claim in document.claims:
        test = document.claim.get(claim.id.removesuffix(".whole"))
        share = held_out(test) if test else None
        if not claim.id.endswith(".whole") or not share or not claim.interval:
            continue
        low, high = arithmetic.whole_set_bounds(100 * sum(test.interval) / 2, share)
        allowed = Interval(low / 100, high / 100)
        told = (
            f"{claim.where}, {claim.quantity}: {test.text} on the {100 * share:g} % "
            f"tested allow at most {percent(allowed.high)} on the whole; {claim.text} "
            "is stated."
        )
        same = claim.interval.meets(allowed)
        outcome = "trivially consistent" if same else "inconsistent"
        about, beside = (claim.id,), (test.id,)
        yield Result("whole-set", outcome, about, told, beside, inference=True)
        training = document.claim.get(test.id.replace("accuracy", "curve.training-end"))
        if training and training.interval:
            yield _mixture(claim, test, training, share)


def _mixture(claim: Claim, test: Claim, training: Claim, share: float) -> Result:
    """Accuracy on the whole from those on its two parts."""
    both = [(1 - share) * a + share * b
            for a, b in zip(training.interval, test.interval, strict=True)]  # fmt: skip
    told = (
        f"{claim.where}, {claim.quantity}: {training.text} on what was trained on and "
        f"{test.text} on the rest make {100 * both[0]:.2f} to {100 * both[1]:.2f} % on "
        f"the whole; {claim.text} is stated."
    )
    outcome = "consistent" if claim.interval.meets(Interval(*both)) else "inconsistent"
    beside = test.id, training.id
    return Result("whole-set", outcome, (claim.id,), told, beside, inference=True)


# --- two sets with one number ---------------------------------------------------------


_ROLES = re.compile(r"\b(training|validation|test)\b")


def one_set(document: Document) -> Iterator[Result]:
    """Different sets do not give one accuracy in every digit."""
    told = [
        (claim, role[1])
        for claim in document.claims
        if is_accuracy(claim) and not claim.bound and not claim.table
        if arithmetic.decimals(percents(claim)) > 0
        if (role := _ROLES.search(claim.split))
    ]
    for (one, its), (other, theirs) in itertools.combinations(told, 2):
        system = one.id.rpartition(".")[0] == other.id.rpartition(".")[0]
        repeated = document.claim.get(one.same_as) or document.claim.get(other.same_as)
        new = system and its != theirs and not repeated
        if new and one.interval.meets(other.interval):
            yield _one_set(document, one, its, other, theirs)


def _one_set(
    document: Document, one: Claim, its: str, other: Claim, theirs: str
) -> Result:
    told = one.quantity[0].upper() + one.quantity[1:]
    told += (
        f": {one.text} ({one.where}, {its} set); {other.quantity}: "
        f"{other.text} ({other.where}, {theirs} set). These agree in every digit."
    )
    finest = max((one, other), key=lambda claim: arithmetic.decimals(percents(claim)))
    n = one.n or other.n
    if n:
        text = percents(finest)
        right = arithmetic.possible_counts(float(text), n, arithmetic.decimals(text))
        told += (
            f" {text} % are {listed(right)} of the {n} items tested." if right else ""
        )
    elif sizes := set_sizes(document, one.id.rsplit(".", 1)[0]):
        n = sizes[0].test
        times = 1 / arithmetic.same_by_chance(n, sum(one.interval) / 2)
        told += (
            f" Two different sets of {n} items, equally hard, would do so once in "
            f"{times:.0f} times."
        )
    return Result("one-set", "remark", (one.id, other.id), told)


# --- sizes from a log -----------------------------------------------------------------


@dataclass(frozen=True)
class Sizes:
    """A way to divide a set, and which accuracies it can give.

    Args:
        whole, training, test: items.
        gives: name of an accuracy -> whether it can be a number of items right.
    """

    whole: int
    training: int
    test: int
    gives: Mapping[str, bool]


def set_sizes(
    document: Document, system: str, steps_of: Callable[[float], int] = math.ceil
) -> list[Sizes]:
    """The sizes that steps, batch size and training share allow.

    The claims of a system are called `steps`, `batch-size`, `training-share`,
    `accuracy` (of the test) and `training-accuracy`. The test set is rounded up, as
    scikit-learn does.

    Args:
        document: where the claims stand.
        system: what their names begin with.
        steps_of: how many steps a number of batches makes: rounded up, as Keras does,
            or `math.floor`, where a script counts full batches only.
    """
    claims = {name: document.claim.get(f"{system}.{name}") for name in _LOGGED}
    if None in claims.values():
        return []
    steps, batch, share, test, training = claims.values()
    held = 1 - share.value / 100
    found = []
    most = (steps.value + 1) * batch.value / (1 - held)
    for whole in range(1, math.ceil(most) + 1):
        tested = math.ceil(held * whole - 1e-9)
        trained = whole - tested
        if steps_of(trained / batch.value) == steps.value:
            gives = {
                "test": _gives(test, tested),
                "training": _gives(training, trained),
            }
            found.append(Sizes(whole, trained, tested, gives))
    return found


_LOGGED = ("steps", "batch-size", "training-share", "accuracy", "training-accuracy")


def _gives(claim: Claim, n: int) -> bool:
    text = percents(claim)
    return bool(arithmetic.possible_counts(float(text), n, arithmetic.decimals(text)))


def steps(document: Document) -> Iterator[Result]:
    """Steps, batch size, training share and accuracies can be of one set."""
    for claim in document.claims:
        system, _, tail = claim.id.rpartition(".")
        sizes = set_sizes(document, system) if tail == "steps" else []
        if not sizes:
            continue
        _, batch, _, test, trained = (
            document.claim[f"{system}.{name}"] for name in _LOGGED
        )
        fitting = [size for size in sizes if all(size.gives.values())]
        told = (
            f"{claim.where}: {claim.text} of {batch.text} are {sizes[0].training} to "
            f"{sizes[-1].training} training items, {sizes[0].whole} to "
            f"{sizes[-1].whole} in all. {test.text} of those tested and {trained.text} "
            "of those trained on can be right "
        )
        if fitting:
            ways = [f"{s.whole} ({s.training} and {s.test} tested)" for s in fitting]
            told += f"only if there are {' or '.join(ways)}."
        else:
            told += "with none of these sizes."
        outcome = "remark" if fitting else "inconsistent"
        beside = tuple(f"{system}.{name}" for name in _LOGGED[1:])
        yield Result("steps", outcome, (claim.id,), told, beside)
