"""Checks of counts: test sets, corpora, and the order of a matrix' names."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from emolib.corpora import CORPORA
from emolib.ledger import checks, tables
from emolib.ledger.documents import Claim, Document
from emolib.ledger.on_scores import class_scores, frame
from emolib.ledger.results import Result, Sorting, listed, probability
from emolib.ledger.tables import Table, emotion

_NO_SHARE = re.compile(
    r"\b(loss|error|f1|precision|auc|roc|macro|weighted|mean|gain|epochs?)\b"
)
_USUAL_SHARES = (0.1, 0.15, 0.2, 0.25, 0.3, 1 / 3, 0.4, 0.5)


# --- can the number come from so many items? ----------------------------------------


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
            found.add([claim.id], _granularity_problem(claim))
        yield from found.results(_granularity_praise(counted))
        without = [
            c for c in claims if c.n is None and checks.decimals(percents(c)) > 0
        ]
        if len({c.digits for c in without}) > 2:
            yield _sizes(without, beside)


def is_accuracy(claim: Claim) -> bool:
    """Whether a claim is a share of items that are right."""
    # Of a table's cell the column says what it is, the row only of which variant.
    words = claim.quantity.split(",")[0] if claim.table else claim.quantity
    is_share = claim.unit == "%" or (claim.value is not None and 0 <= claim.value <= 1)
    return bool(
        claim.kind == "result"
        and claim.digits
        and is_share
        and claim.unit in ("%", "")
        and not _NO_SHARE.search(words.lower())
    )


def percents(claim: Claim) -> str:
    """The number in per cent, digits kept.

    >>> claim = Claim("A.x", "", "", stated="0.8424", kind="result")
    >>> percents(claim)
    '84.24'
    """
    if claim.unit == "%":
        return claim.digits
    places = max(checks.decimals(claim.digits) - 2, 0)
    return f"{100 * claim.value:.{places}f}"


def _tells(claim: Claim) -> bool:
    """Whether its digits are finer than one item of all."""
    if claim.n is None:
        return False
    return 100 / claim.n > 10.0 ** -checks.decimals(percents(claim))


def _granularity_problem(claim: Claim) -> str:
    text, n = percents(claim), claim.n
    places = checks.decimals(text)
    if checks.possible_counts(float(text), n, places):
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
    right = checks.possible_counts(float(text), claim.n, checks.decimals(text))
    told = listed(right, most=3)
    return f"{claim.where}: {claim.text} of {claim.n} items are {told} right."


def _sizes(claims: list[Claim], beside: list[str]) -> Result:
    """Which size of one test set could give all of some accuracies."""
    texts = sorted({percents(claim) for claim in claims})
    at_most = min((c.at_most for c in claims if c.at_most), default=None)
    given = checks.sizes_giving(texts, at_most or 20000)
    about = tuple(claim.id for claim in claims)
    where = f"{claims[0].where}: {len(texts)} different accuracies"
    if given.max() == len(texts):
        size = int((given == len(texts)).argmax()) + 1
        told = f"{where} could come from one test set of {size} items, but no smaller."
        return Result("granularity", "cannot be checked", about, told, tuple(beside))
    size = int(given.argmax()) + 1
    told = (
        f"{where}, and no test set of up to {at_most or 20000} items gives all; "
        f"the most, {given.max()}, would come from {size}."
    )
    # Not inconsistent: means over runs or folds need not be numbers of items.
    outcome = "remark" if at_most else "cannot be checked"
    return Result("granularity", outcome, about, told, tuple(beside))


# --- the size of the test set -------------------------------------------------------


def test_size(document: Document) -> Iterator[Result]:
    """The test set is the stated share of what it was drawn from."""
    seen = set()
    written = [claim for claim in document.claims if not claim.table]
    for entry in (*document.of_kind("matrix", "scores"), *written):
        n = entry.n or (sum(tables.totals(entry).values()) if _is_table(entry) else 0)
        whole, source = _whole(document, entry)
        of = entry.of if _is_table(entry) else entry.id.rsplit(".", 1)[0]
        # All of a corpus is no test set, unless its pieces were counted.
        tested = n < whole or held_out(entry) is not None
        if n and whole and tested and (of, n) not in seen:
            seen.add((of, n))
            yield _size_result(entry, n, whole, source)


def _is_table(entry: Table | Claim) -> bool:
    return isinstance(entry, Table)


def held_out(entry: Table | Claim) -> float | None:
    """The share held out, where the split says it: "20 % tested"."""
    match = re.search(r"(\d+(?:\.\d+)?) ?% (?:tested|validated)", entry.split)
    return float(match[1]) / 100 if match else None


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


def clips_tested(claim: Claim) -> int | None:
    """Clips behind a claim's test items, if corpus and share say how many."""
    corpus, share = CORPORA.get(claim.corpus), held_out(claim)
    if corpus is None or not corpus.clips or share is None:
        return None
    return math.ceil(share * corpus.clips)


def corpora_of(entry: Table | Claim) -> list[str]:
    """The corpora that an entry names."""
    return re.findall(r"[^\s,]+", entry.corpus) if isinstance(entry.corpus, str) else []


def _size_result(entry: Table | Claim, n: int, whole: int, source: str) -> Result:
    share, about = held_out(entry), (entry.id,)
    told = f"{entry.where}: {n} test items"
    if share is None:
        usual = [s for s in _USUAL_SHARES if whole in checks.implied_sizes(n, s)]
        exact = f", a share of {100 * usual[0]:.4g} %" if usual else ", no usual share"
        told = f"{told} are {100 * n / whole:.2f} % of {source}, {whole}{exact}."
        good = usual and entry.n_from != "implied"
        outcome = "consistent" if good else "cannot be checked"
        return Result("test-size", outcome, about, told)
    sizes = checks.implied_sizes(n, share)
    told = f"{told} as a share of {100 * share:.4g} % mean {sizes[0]}"
    told += f" to {sizes[-1]} items in all" if len(sizes) > 1 else " items in all"
    if whole in sizes:  # an implied n may have been implied by just this
        outcome = "cannot be checked" if entry.n_from == "implied" else "consistent"
        return Result("test-size", outcome, about, f"{told}; there are {whole}.")
    pieces = re.search(r"frame|window|piece|cop(y|ies)|augment|image", entry.data)
    told = f"{told}, {sizes[0] / whole:.3g} times {source}, {whole}."
    outcome = "cannot be checked" if pieces or sizes[-1] < whole else "inconsistent"
    return Result("test-size", outcome, about, told)


# --- the order of the names ---------------------------------------------------------


def order(document: Document) -> Iterator[Result]:
    """The classes of a matrix, or report, stand in the order of their names."""
    for table in document.of_kind("matrix", "scores"):
        if found := _orders(document, table):
            yield _order_result(document, table, *found)


def reading(document: Document, table: Table) -> tuple[list[str], str]:
    """The order in which a matrix' rows fit, and how to say so."""
    found = _orders(document, table)
    if not found or not _misnamed(found[1]):
        return list(table.labels), ""
    return found[2], f", its rows read {_in_order(table, found[2])},"


def _orders(
    document: Document, table: Table
) -> tuple[str, pd.DataFrame, list[str]] | None:
    """Where the expected totals are from; fits by order; the order that fits best."""
    totals = tables.totals(table)
    counts, source, share = _expected(document, table)
    if not counts or len(totals) < 2 or not sum(totals.values()):
        return None
    cells, stated = frame(table) if table.kind == "matrix" else None, {}
    if cells is None:
        cells = pd.DataFrame({"items": totals})
    else:
        claims = class_scores(document, table.of, list(cells.index))
        stated = {key: claim.value for key, claim in claims.items() if not claim.unit}
    best = checks.fitting_order(cells, counts, stated, 2, share)
    orders = {"printed": list(totals), "best": best, "sorted": _sorted(table)}
    fits = pd.DataFrame.from_dict(
        {
            name: checks.order_fit(_renamed(cells, names), counts, stated, 2, share)
            for name, names in orders.items()
        },
        orient="index",
    )
    if _explains(fits):
        fits.loc["best"], best = fits.loc["sorted"], orders["sorted"]
    return source, fits, best


def _explains(fits: pd.DataFrame) -> bool:
    """Whether the alphabetical order, a simple one, does nearly what the best does."""
    printed, best, simple = (fits.loc[name] for name in ("printed", "best", "sorted"))
    gained = printed["chi_square"] - simple["chi_square"]
    most = gained >= 0.8 * (printed["chi_square"] - best["chi_square"])
    return simple["scores_met"] >= best["scores_met"] and bool(
        simple["near"] >= best["near"] or most
    )


def _renamed(cells: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    if len(cells.columns) == len(cells.index):
        return checks.rename_classes(cells, names)
    return cells.set_axis(names)


def _sorted(table: Table) -> list[str]:
    return sorted(tables.totals(table))


def _expected(
    document: Document, table: Table
) -> tuple[dict[str, float], str, float | None]:
    """Items of each class to draw from, who says so, and the share that was drawn."""
    labels, share = list(tables.totals(table)), held_out(table)
    if table.drawn_from:  # what was drawn need not be what is printed: `draws` tells
        return {}, "", None
    if report := _report(document, table):
        supports = {tables.slug(label): n for label, n in tables.totals(report).items()}
        found = {label: supports[tables.slug(label)] for label in labels}
        source, share = f"the supports of {report.where}", 1.0
    else:
        known = [CORPORA.get(name) for name in corpora_of(table)]
        if not known or not all(corpus and corpus.counts for corpus in known):
            return {}, "", None
        found = {
            label: sum(corpus.counts.get(emotion(label), 0) for corpus in known) or None
            for label in labels
        }
        source = f"the counts of {listed([corpus.title for corpus in known])}"
    return ({}, "", None) if None in found.values() else (found, source, share)


def _report(document: Document, matrix: Table) -> Table | None:
    """The scores of a matrix' own system, if they give supports of its classes."""
    wanted = {tables.slug(label) for label in matrix.labels}
    for table in document.of_kind("scores") if matrix.kind == "matrix" else ():
        if (
            table.of == matrix.of
            and {*map(tables.slug, tables.totals(table))} == wanted
        ):
            return table
    return None


def _misnamed(fits: pd.DataFrame) -> bool:
    """Whether the printed names fit badly, and others much better."""
    printed, best = fits.loc["printed"], fits.loc["best"]
    badly = printed["p"] < 0.001 or printed["scores_met"] < best["scores_met"]
    better = best["chi_square"] < printed["chi_square"] / 2
    more = any(best[what] > printed[what] for what in ("scores_met", "near"))
    return bool(badly and (better or more))


def _order_result(
    document: Document, table: Table, source: str, fits: pd.DataFrame, best: list[str]
) -> Result:
    printed, other = fits.loc["printed"], fits.loc["best"]
    freedom = len(best) - (_expected(document, table)[2] is None)
    told = (
        f"{table.where}: against {source}, the class totals give a chi-square of "
        f"{printed['chi_square']:.4g} as printed"
    )
    reads = [claim.id for claim in document.claims if claim.reads == table.id]
    if not _misnamed(fits):
        fitting = printed["p"] >= 0.001
        outcome = "consistent" if fitting else "cannot be checked"
        told += f" (p {probability(printed['p'])}, {freedom} degrees of freedom)"
        told += "." if fitting else "; no other order of the names fits much better."
        return Result("order", outcome, (table.id,), told, tuple(reads))
    told += (
        f" and {other['chi_square']:.4g} {_in_order(table, best)}, on {freedom} "
        "degrees of freedom."
    )
    if printed["scores"]:
        told += (
            f" Class scores met, of {printed['scores']:.0f} stated: "
            f"{printed['scores_met']:.0f} as printed, {other['scores_met']:.0f} so."
        )
    if other["near"] > printed["near"]:
        told += (
            f" Rows within one item of their share, of {len(best)}: "
            f"{printed['near']:.0f} as printed, {other['near']:.0f} so."
        )
    moved = [
        (label, n, name)
        for (label, n), name in zip(tables.totals(table).items(), best, strict=True)
        if label != name
    ]
    told += " Read so, " + listed([f"{a} ({n}) is {b}" for a, n, b in moved], 8) + "."
    ids = [id for label, _, _ in moved for id in table.claims_of(label)]
    return Result("order", "inconsistent", (table.id, *ids, *reads), told)


def _in_order(table: Table, best: list[str]) -> str:
    return (
        "in alphabetical order"
        if best == _sorted(table)
        else "in the order that fits best"
    )


# --- what the corpora hold ----------------------------------------------------------


def corpus_counts(document: Document) -> Iterator[Result]:
    """Counts, in the printed order of the classes, are the corpus' own."""
    from emolib.ledger.on_sets import read_order

    for table in document.of_kind("counts"):
        read = read_order(document, table)
        for column, corpus, printed in corpus_columns(table):
            if CORPORA[corpus].counts:
                yield from _counts_result(table, column, corpus, printed, read)
    for claim in document.claims:
        if (documented := _documented(claim)) is not None:
            about, told = (
                (claim.id,),
                f"{claim.where}, {claim.quantity}: {claim.stated}",
            )
            same = documented == claim.value
            told += "; the documentation of the corpus "
            told += "says the same." if same else f"says {documented:g}."
            outcome = "consistent" if same else "inconsistent"
            yield Result("corpus-counts", outcome, about, told)


def corpus_columns(table: Table) -> Iterator[tuple[str, str, dict[str, int]]]:
    """Columns of a table of counts that are known corpora, by canonical class."""
    names = {tables.slug(name): name for name in CORPORA}
    told = table.corpus if isinstance(table.corpus, Mapping) else {}
    for column in table.columns[1:]:
        name = told.get(column) or names.get(tables.slug(column), "")
        if name in CORPORA:
            cells = {
                r: tables.whole(table, r, column) for r in tables.class_labels(table)
            }
            yield column, name, {r: n for r, n in cells.items() if n is not None}


def _counts_result(
    table: Table,
    column: str,
    corpus: str,
    printed: dict[str, int],
    read: Mapping[str, str],
) -> Iterator[Result]:
    documented = CORPORA[corpus].counts
    own = {emotion(row): n for row, n in printed.items()}
    met = checks.match_counts(own, documented)
    right = [row for row in printed if met.get(emotion(row)) == emotion(row)]
    wrong = [row for row in printed if printed[row] and row not in right]
    if right:
        ids = [id for row in right for id in table.claims_of(row, column)]
        told = (
            f"{table.where}, {column}: {listed(right, 8)} have the corpus' documented "
            "counts."
        )
        yield Result("corpus-counts", "consistent", tuple(ids), told, (table.id,))
    if wrong:
        ids = [id for row in wrong for id in table.claims_of(row, column)]
        given = [
            f"{row} {printed[row]} ({documented.get(emotion(row), 'none')})"
            for row in wrong
        ]
        told = f"{table.where}, {column}, documented in brackets: {listed(given, 9)}."
        if all(row == name for row, name in read.items()):
            told += _explained(own, [emotion(row) for row in wrong], documented)
            left_out = [row for row, n in own.items() if not n and row in documented]
            if left_out:
                told += f" Left out, though the corpus has it: {listed(left_out)}."
        else:
            own = {emotion(read[row]): n for row, n in printed.items()}
            odd = [name for name, n in own.items() if n != documented.get(name, 0)]
            given = [f"{row} {own[row]} ({documented.get(row, 'none')})" for row in odd]
            but = f"all but {listed(given, 9)}" if odd else "all"
            told += f" In the order that fits the table best, {but} are as documented."
            told += _explained(own, [row for row in odd if own[row]], documented)
        yield Result("corpus-counts", "inconsistent", tuple(ids), told, (table.id,))


def _explained(
    own: Mapping[str, int], wrong: list[str], documented: Mapping[str, int]
) -> str:
    """Whose counts are those that are not their own class'."""
    met, told = checks.match_counts(own, documented), ""
    moved = [f"{row}'s is the corpus' {met[row]}" for row in wrong if row in met]
    if moved:
        told += f" {listed(moved, 9).capitalize()}."
    together = [
        f"{row}'s is {row} and {other} together"
        for row in wrong
        for other in documented
        if own[row] == documented.get(row, 0) + documented[other] and row in documented
    ]
    if len(together) == 1:
        told += f" {together[0].capitalize()}."
    return told


def _documented(claim: Claim) -> float | None:
    """What a corpus' documentation says of the claim's quantity, if it does."""
    corpus = CORPORA.get(claim.corpus)
    if (
        corpus is None
        or not corpus.counts
        or claim.kind not in ("corpus", "count")
        or claim.value is None
    ):
        return None
    total, tail = corpus.clips, claim.id.rsplit(".", 1)[1]
    if tail in ("clips", "files", "videos", "images"):
        return total or None
    if tail in ("actors", "subjects", "persons", "people", "speakers"):
        return corpus.subjects or None
    if tail == "trials":
        return total / corpus.subjects if corpus.subjects else None
    # Fewer classes may be chosen, more be told apart: only the same number tells.
    same = tail in ("emotions", "classes") and claim.value == len(corpus.counts)
    return len(corpus.counts) if same else None


def absent_classes(document: Document) -> Iterator[Result]:
    """A corpus holds the classes that it is said to hold."""
    for table in document.of_kind("counts"):
        found = Sorting("absent-classes", [table.id])
        for column, corpus, printed in corpus_columns(table):
            classes = CORPORA[corpus].space.classes
            for row, n in printed.items():
                if n and emotion(row) not in classes:
                    told = f"{table.where}: {n} items of {corpus} are called {row}"
                    held = listed(classes, 12)
                    problem = f"{told}, which it does not have; it has {held}."
                    found.add(table.claims_of(row, column), problem)
        yield from found.results("")
    for claim in document.claims:
        corpus = CORPORA.get(claim.corpus)
        if corpus and claim.id.endswith(".classes") and claim.value is None:
            named = [emotion(word) for word in claim.stated.split(",")]
            extra = [name for name in named if name not in corpus.space]
            told = f"{claim.where}: {claim.corpus} is said to hold {claim.stated}"
            told += f"; it has no {listed(extra)}." if extra else ", as it does."
            outcome = "inconsistent" if extra else "consistent"
            yield Result("absent-classes", outcome, (claim.id,), told)
