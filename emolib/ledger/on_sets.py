"""Checks of what the sets were made of: which counts, which corpora, which sizes."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from emolib.corpora import CORPORA
from emolib.ledger import checks, tables
from emolib.ledger.documents import Claim, Document
from emolib.ledger.on_counts import (
    corpora_of,
    corpus_columns,
    held_out,
    is_accuracy,
    percents,
)
from emolib.ledger.results import Result, listed, percent
from emolib.ledger.tables import Table, emotion

# --- the order of the names in a table of counts ------------------------------------


def count_order(document: Document) -> Iterator[Result]:
    """Counts stand under their own names: in no other order do more fit the corpora."""
    for table in document.of_kind("counts"):
        documented = documented_counts(table)
        if len(documented) < 2:
            continue
        read = read_order(document, table)
        cells = len(documented) * len(read)
        told = (
            f"{table.where}: of {cells} counts in {len(documented)} corpora, "
            f"{counts_met(table, dict(zip(read, read, strict=True)))} are those "
            "documented for the class whose name they stand under"
        )
        moved = [label for label in read if read[label] != label]
        if not moved:
            told += "; in no other order of the names are there many more."
            yield Result("count-order", "consistent", (table.id,), told)
            continue
        same = [other for other in document.tables if other.groups_of == table.id]
        ids = [
            id
            for one in (table, *same)
            for label in moved
            if label in one.labels
            for id in one.claims_of(label)
        ]
        order = stated_order(document, list(read.values()))
        said = f", that of {order.where}," if order else ""
        told += (
            f"; in the order {listed([*read.values()], 12)}{said} "
            f"{counts_met(table, read)} are, and in no order are there more."
        )
        about = dict.fromkeys((table.id, *(one.id for one in same), *ids))
        beside = (order.id,) if order else ()
        yield Result("count-order", "inconsistent", tuple(about), told, beside)


def documented_counts(table: Table) -> dict[str, dict[str, int]]:
    """Documented counts by canonical class, for the columns that are known corpora."""
    return {
        column: CORPORA[corpus].counts
        for column, corpus, _ in corpus_columns(table)
        if CORPORA[corpus].counts
    }


def counts_met(table: Table, read: Mapping[str, str]) -> int:
    """How many counts are those documented for the class that a row is read as.

    A class that a corpus does not have is met by none.
    """
    return sum(
        _count_met(table, label, column, read[label], documented)
        for column, documented in documented_counts(table).items()
        for label in read
    )


def _count_met(
    table: Table, label: str, column: str, name: str, documented: Mapping[str, int]
) -> bool:
    return tables.whole(table, label, column) == documented.get(emotion(name), 0)


def read_order(document: Document, table: Table) -> dict[str, str]:
    """What each row's name should be: the printed names where they fit well enough.

    Of all orders of the names it is one in which most counts are those documented; of
    several such, the one that the document states in a claim, else the alphabet's.
    """
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    labels = tables.class_labels(table)
    as_printed = {label: label for label in labels}
    documented = documented_counts(table)
    met = [
        [
            sum(_count_met(table, row, c, name, documented[c]) for c in documented)
            for name in labels
        ]
        for row in labels
    ]
    stated = stated_order(document, labels)
    likely = stated.stated.split(", ") if stated else sorted(labels)
    place = {name: number for number, name in enumerate(likely)}
    away = [[abs(row - place[name]) for name in labels] for row in range(len(labels))]
    rows, columns = linear_sum_assignment(-np.array(met) + 1e-3 * np.array(away))
    best = dict(zip(labels, (labels[column] for column in columns), strict=True))
    gained = np.array(met)[rows, columns].sum() - np.trace(met)
    return best if gained > 2 else as_printed


def stated_order(document: Document, labels: list[str]) -> Claim | None:
    """The claim that lists just these classes, in the document's own order."""
    wanted = sorted(labels)
    orders = (c for c in document.claims if sorted(c.stated.split(", ")) == wanted)
    return next(orders, None)


# --- what the test items of each class were drawn from ------------------------------


@dataclass(frozen=True)
class Drawn:
    """What the test items of one class can be a share of.

    Args:
        label: the class, as the report has it.
        n: its test items.
        used: corpus -> count, of which `n` are the share; empty if none fits.
        as_printed: the corpora whose count is the printed one, not the documented.
        left_out: corpus -> documented count that is not in `used`.
        printed: corpus -> count, by the table of counts in the order that fits.
    """

    label: str
    n: int
    used: Mapping[str, int]
    as_printed: tuple[str, ...]
    left_out: Mapping[str, int]
    printed: Mapping[str, int]


def draws(document: Document) -> Iterator[Result]:
    """Test items of each class are the share tested of whole counts of corpora."""
    groups: dict[tuple, list[Table]] = {}
    for table in document.of_kind("scores"):
        if drawn := drawn_from(document, table):
            key = tuple((d.label, d.n) for d in drawn)
            groups.setdefault(key, []).append(table)
    for same in groups.values():
        yield from _draw_results(document, same)


def _draw_results(document: Document, same: list[Table]) -> Iterator[Result]:
    first, drawn = same[0], drawn_from(document, same[0])
    ids = tuple(table.id for table in same)
    fits, others = ([d for d in drawn if bool(d.used) is fit] for fit in (True, False))
    told = (
        f"{first.where}: {len(fits)} of {len(drawn)} supports are "
        f"{100 * held_out(first):g} % of whole counts, to the item, as when a test set "
        "is drawn class by class."
    )
    odd = [
        f"{d.label} of {corpus} {d.used[corpus]} ({_documented(corpus, d) or 'none'})"
        for d in fits
        for corpus in d.as_printed
    ]
    if odd:
        told += f" Not the documented counts, in brackets: {listed(odd, 12)}."
    out = _left_out(document, first, fits)
    if out:
        told += f" Left out: {listed(out, 12)}."
    wholes = [_whole(d.n, held_out(first)) for d in others]
    if others:
        asked = [f"{low} to {high} items for {d.label} ({d.n})"
                 for d, (low, high) in zip(others, wholes, strict=True)]  # fmt: skip
        told += f" No counts give {listed(asked, 14)}."
    outcome = "inconsistent" if others else "remark"
    yield Result("draws", outcome, ids, told, (first.drawn_from,))


def _left_out(document: Document, table: Table, fits: list[Drawn]) -> list[str]:
    """Whole corpora, then single classes of others, that were not drawn from."""
    columns = {corpus for d in fits for corpus in d.printed}
    unused = {c for c in columns if not any(c in d.used for d in fits)}
    told = [f"all of {corpus}" for corpus in sorted(unused)]
    told += [
        f"{d.label} of {corpus} ({n})"
        for d in fits
        for corpus, n in d.left_out.items()
        if corpus not in unused
    ]
    return told


def _documented(corpus: str, drawn: Drawn) -> int:
    return CORPORA[corpus].counts.get(emotion(drawn.label.split()[-1]), 0)


def _whole(n: int, share: float) -> tuple[int, int]:
    """Fewest and most items of which `n` are the share, one item more or less."""
    return math.floor((n - 1) / share) + 1, math.ceil((n + 1) / share) - 1


def drawn_from(document: Document, table: Table) -> list[Drawn]:
    """What each class of a report was drawn from; empty where that is not told."""
    gathered = document.table.get(table.drawn_from)
    share, totals = held_out(table), tables.totals(table)
    if gathered is None or not share or not totals:
        return []
    counts = document.table.get(gathered.groups_of, gathered)
    rows = {name: label for label, name in read_order(document, counts).items()}
    found = []
    for label, n in totals.items():
        prefix = prefix_of(label, table.drawn)
        row = rows.get(label.removeprefix(prefix or "").strip())
        if prefix is not None and row:
            columns = gathered.groups.get(table.drawn[prefix], [table.drawn[prefix]])
            printed = {c: tables.whole(counts, row, c) or 0 for c in columns}
            found.append(_drawn(label, n, share, rows, row, printed))
    return found


def _drawn(
    label: str,
    n: int,
    share: float,
    rows: Mapping[str, str],
    row: str,
    printed: Mapping[str, int],
) -> Drawn:
    """The plainest way to draw `n`: documented counts first, and all of them."""
    name = next(emotion(name) for name, label in rows.items() if label == row)
    known = {c: CORPORA[c].counts for c in printed if c in CORPORA}
    documented = {c: counts.get(name, 0) for c, counts in known.items() if counts}
    ways = []
    for chosen in itertools.product(
        *({documented.get(c, 0), printed[c], 0} for c in printed)
    ):
        used = {c: k for c, k in zip(printed, chosen, strict=True) if k}
        if abs(share * sum(used.values()) - n) < 1:
            odd = [c for c in used if documented.get(c, used[c]) != used[c]]
            out = {c: k for c, k in documented.items() if k and c not in used}
            ways.append((2 * len(odd) + len(out), used, odd, out))
    _, used, odd, out = min(ways, key=lambda way: way[0], default=(0, {}, [], {}))
    return Drawn(label, n, used, tuple(odd), out, printed)


def prefix_of(label: str, drawn: Mapping[str, str]) -> str | None:
    """The longest of the prefixes that a label begins with."""
    return max((p for p in drawn if label.startswith(p)), key=len, default=None)


# --- classes that are corpora -------------------------------------------------------


def separate_corpora(document: Document) -> Iterator[Result]:
    """Groups of classes that are told apart do not each have corpora of their own."""
    for table in document.tables:
        parent = document.table.get(table.groups_of)
        gathered = document.table.get(parent.drawn_from) if parent else None
        if table.kind != "scores" or gathered is None:
            continue
        corpora = {
            label: {c for m in members for c in _columns(m, parent, gathered)}
            for label, members in table.groups.items()
        }
        if any(a & b for a, b in itertools.combinations(corpora.values(), 2)):
            continue
        sources = [f"{label} from {listed(sorted(c))}" for label, c in corpora.items()]
        told = (
            f"{table.where}: {listed(sources)}; no corpus has both. Whoever tells the "
            "corpora apart gets such scores."
        )
        if totals := tables.totals(table):
            most = max(totals, key=totals.get)
            share = percent(totals[most] / sum(totals.values()))
            told += f" Whoever always answers {most} is right in {share}."
        ids = [id for label in table.labels for id in table.claims_of(label)]
        yield Result("separate-corpora", "remark", tuple(dict.fromkeys(ids)), told,
                     (table.id, gathered.id))  # fmt: skip


def _columns(label: str, parent: Table, gathered: Table) -> list[str]:
    column = parent.drawn[prefix_of(label, parent.drawn)]
    return gathered.groups.get(column, [column])


def left_out(document: Document) -> Iterator[Result]:
    """Classes that corpora hold, put together, are all among those told apart.

    An id that ends in `.class-names` lists the classes that are told apart; one in
    `.whole` of the same data says that every item is used.
    """
    for claim in document.claims:
        known = [CORPORA.get(name) for name in corpora_of(claim)]
        if not claim.id.endswith(".class-names") or len(known) < 2 or None in known:
            continue
        named = {emotion(word.strip()) for word in claim.stated.split(",")}
        extra = [f"{name} of {corpus.name}" for corpus in known
                 for name in corpus.space if name not in named]  # fmt: skip
        told = f"{claim.where}, {claim.quantity}: {claim.stated}"
        if not extra:
            told += "; these are all that the corpora hold."
            yield Result("left-out", "consistent", (claim.id,), told)
            continue
        told += f"; {listed(extra)} has no place among them."
        every = document.claim.get(claim.id.replace(".class-names", ".whole"))
        if every is None:
            yield Result("left-out", "remark", (claim.id,), told)
            continue
        told += f" Yet the set is said to hold {every.stated} ({every.where})."
        yield Result("left-out", "inconsistent", (claim.id, every.id), told)


# --- two sets with one number -------------------------------------------------------


_ROLES = re.compile(r"\b(training|validation|test)\b")


def one_set(document: Document) -> Iterator[Result]:
    """Different sets do not give one accuracy in every digit."""
    told = [
        (claim, role[1])
        for claim in document.claims
        if is_accuracy(claim) and not claim.bound and not claim.table
        if checks.decimals(percents(claim)) > 0
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
    finest = max((one, other), key=lambda claim: checks.decimals(percents(claim)))
    n = one.n or other.n
    if n:
        text = percents(finest)
        right = checks.possible_counts(float(text), n, checks.decimals(text))
        told += (
            f" {text} % are {listed(right)} of the {n} items tested." if right else ""
        )
    elif sizes := set_sizes(document, one.id.rsplit(".", 1)[0]):
        n = sizes[0].test
        times = 1 / same_by_chance(n, sum(one.interval) / 2)
        told += (
            f" Two different sets of {n} items, equally hard, would do so once in "
            f"{times:.0f} times."
        )
    return Result("one-set", "remark", (one.id, other.id), told)


def same_by_chance(n: int, accuracy: float) -> float:
    """How often as many are right in each of two sets of `n`: binomial."""
    import numpy as np
    from scipy.stats import binom

    return float((binom.pmf(np.arange(n + 1), n, accuracy) ** 2).sum())


# --- sizes from a log ---------------------------------------------------------------


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
    return bool(checks.possible_counts(float(text), n, checks.decimals(text)))


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
