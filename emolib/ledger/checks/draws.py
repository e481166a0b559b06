"""What the test items of each class were drawn from."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from emolib.corpora import CORPORA
from emolib.ledger import tables
from emolib.ledger.document import Document
from emolib.ledger.outcomes import Result, listed
from emolib.ledger.reading import held_out, read_order
from emolib.ledger.tables import Table, emotion


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
