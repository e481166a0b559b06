"""What a report on classes contradicts: row by row, and all its rows at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from emolib.ledger import arithmetic
from emolib.ledger.arithmetic import Interval
from emolib.ledger.outcomes import listed, nearest, span
from emolib.ledger.own import fitting, numbers, quantities
from emolib.ledger.own.looking import (
    ALL,
    TRIPLE,
    Look,
    Unchecked,
    accuracies_stated,
    cell_text,
    column_of,
    differs,
    f1_looks,
    of_means,
    said_matrices,
    score_columns,
)
from emolib.ledger.own.sheets import Sheet


def report_looks(sheet: Sheet) -> Iterator[Look | Unchecked]:
    classes, last, why = _classes(sheet)
    counted = {row: sheet.count(row, "support") for row in classes}
    total = None
    if classes and None not in counted.values():
        total = sum(counted.values())
    supports = counted if _tested(sheet, total) else dict.fromkeys(classes)
    known = bool(classes) and None not in supports.values()
    partial = _partial(sheet, classes, total)
    if last is not None:
        label = sheet.labels[last]
        yield Unchecked("averages", label, why)
        partial = partial or f"{label!r} may be a class or an average; call it mean"
    means = any(of_means(sheet, row) for row in classes)
    for row in classes:
        yield from f1_looks(sheet, row, exact=not means)
        if means:
            why = "means over folds are no whole numbers of items"
            yield Unchecked("whole-items", sheet.labels[row], why)
        elif supports[row]:
            bound = total if known and not partial else None
            yield from _whole_items(sheet, row, supports[row], bound)
        elif sheet.column("recall") is not None:
            yield Unchecked("whole-items", sheet.labels[row], _no_items(sheet, row))
    for row in sheet.rows("macro", "weighted", "micro", "mean", "samples"):
        if sheet.role(sheet.labels[row]) in ("macro", "weighted"):
            yield from f1_looks(sheet, row, exact=False)
        weights = supports if known and not means else None
        if partial and not sheet.rows("micro", "samples"):
            yield Unchecked("averages", sheet.labels[row], partial)
        else:
            yield from _averages(sheet, row, classes, weights)
    if last is None:
        yield from _supports(sheet, classes, total, partial)
    if means:
        why = "these are means over folds, of which each has a matrix of its own"
        yield Unchecked("one-matrix", ALL, why)
        return
    if partial:
        yield Unchecked("accuracy", ALL, partial)
        yield Unchecked("one-matrix", ALL, partial)
        return
    whole = total is not None and sheet.facts.get("n") == total
    whole = whole or sheet.facts.get("classes") == len(classes)
    whole = whole or sheet.rows("accuracy", "macro", "weighted", "mean", "total")
    for look in (
        *_accuracy(sheet, classes, supports if known else None),
        *_one_matrix(sheet, classes, supports if known else None),
    ):
        yield look if whole or isinstance(look, Unchecked) else _supposed(look)


def _tested(sheet: Sheet, total: int | None) -> bool:
    """Whether the items that are counted are those tested, and not a corpus'."""
    return sheet.tested or total is not None and sheet.facts.get("n") == total


def _no_items(sheet: Sheet, row: int) -> str:
    """Why nothing is known of a class's items."""
    if sheet.count(row, "support") is None:
        return "the class's support is not given"
    head = sheet.columns[sheet.column("support")].said
    return f"{head} may be of the corpus; if they are the tested items, call it support"


def _classes(sheet: Sheet) -> tuple[list[int], int | None, str]:
    """Rows of classes; a last one that may be of all of them may be none.

    Returns:
        The rows, that last one if nothing tells which it is, and what speaks for it.
    """
    rows = sheet.rows()
    counts = [sheet.count(row, "support") for row in rows]
    if len(rows) < 3:
        return rows, None, ""
    if None not in counts:
        why = "it counts as many items as all rows above: a class, or all of them?"
        told = sum(counts) in _totals(sheet) | {sheet.facts.get("n")}
        all_ = counts[-1] == sum(counts[:-1]) and not told
        return (rows[:-1], rows[-1], why) if all_ else (rows, None, "")
    told = sheet.facts.get("classes") == len(rows)
    told = told or sheet.rows("accuracy", "macro", "weighted", "mean", "total")
    if told or counts[-1] is not None or not _between(sheet, rows):
        return rows, None, ""
    why = "its scores lie between those above: a class, or an average of all?"
    return rows[:-1], rows[-1], why


def _between(sheet: Sheet, rows: list[int]) -> bool:
    """Whether the last row may be an average: each score between those above."""
    columns = score_columns(sheet)
    for column in columns:
        *above, last = (sheet.cells[row][column] for row in rows)
        values = [number.value for number in above if number is not None]
        inside = last is None or values and min(values) <= last.value <= max(values)
        if not inside:
            return False
    return bool(columns)


def _totals(sheet: Sheet) -> set[int | None]:
    """Of how many items the averages are said to be."""
    others = sheet.rows("accuracy", "macro", "weighted", "mean", "total")
    return {sheet.count(row, "support") for row in others}


def _partial(sheet: Sheet, classes: list[int], total: int | None) -> str:
    """Why a report may be on some classes only, or on items of several."""
    if sheet.rows("micro", "samples"):
        return "a micro or samples average: some classes only, or items of several"
    said, n = sheet.facts.get("classes"), sheet.facts.get("n")
    if said and said > len(classes):
        return f"{len(classes)} of {said} classes are printed"
    printed = n in _totals(sheet)
    if n and not said and not printed and total is not None and total < n:
        return f"{total} of {n} items are of the classes printed: some classes only?"
    return ""


SUPPOSED = "; if these are all classes, and each item is of one"


def _supposed(look: Look) -> Look:
    """What follows only if a report is on all classes, of which each item has one."""

    def problem(mode: str) -> str:
        told = look.problem(mode)
        return told and told + SUPPOSED

    worst = "in tension, by inference"
    return look._replace(problem=problem, worst=worst)


def _scores(sheet: Sheet, row: int, mode: str) -> dict[str, Interval | None]:
    found = {key: sheet.share(row, sheet.column(key, ""), mode) for key in TRIPLE}
    if found["recall"] is None:
        found["recall"] = sheet.share(row, sheet.column("sensitivity", ""), mode)
    return found


def _columns(sheet: Sheet, row: int) -> list[int]:
    """Columns of a row's precision, recall and F1 that are printed."""
    columns = [column_of(sheet, key, "") for key in TRIPLE]
    return [c for c in columns if c is not None and sheet.cells[row][c] is not None]


def _hits(
    sheet: Sheet, row: int, n: int, total: int | None, mode: str
) -> list[fitting.Hits]:
    return fitting.hits(n, **_scores(sheet, row, mode), total=total)


def _whole_items(sheet: Sheet, row: int, n: int, total: int | None) -> Iterator[Look]:
    columns = _columns(sheet, row)
    if not columns:
        return

    def problem(mode: str) -> str:
        if _hits(sheet, row, n, total, mode):
            return ""
        if any(look.problem(mode) for look in f1_looks(sheet, row, exact=True)):
            return ""  # told by F1 already
        recall = _scores(sheet, row, mode)["recall"]
        if recall and not arithmetic.possible_hits(n, recall=recall):
            column = column_of(sheet, "recall", "")
            told = f"a recall of {cell_text(sheet, row, column)} cannot come from"
            return f"{told} {n} items; {nearest(recall, n, sheet.scale(column))}"
        told = [f"{sheet.columns[c].said} {cell_text(sheet, row, c)}" for c in columns]
        return (
            f"no whole numbers of right and predicted items give {listed(told)} with "
            f"{n} true items"
        )

    support = sheet.column("support")
    cells = (*((row, c) for c in columns), (row, support))
    yield Look("whole-items", sheet.labels[row], cells, problem)


def _averages(
    sheet: Sheet, row: int, classes: list[int], supports: dict[int, int] | None
) -> Iterator[Look | Unchecked]:
    role, label = sheet.role(sheet.labels[row]), sheet.labels[row]
    for column, quantity in enumerate(sheet.columns):
        if quantity.key in quantities.COUNTS or not quantity.key:
            continue
        if sheet.cells[row][column] is None:
            continue
        given = [(r, column) for r in classes]
        whole = classes and all(sheet.cells[r][c] is not None for r, c in given)
        if role == "micro" and quantity.key == "f1" or role == "samples":
            yield from _micro_f1(sheet, row, column, role)
            continue
        if not whole or (role == "micro" and quantity.key == "precision"):
            why = "the classes' scores are not all printed"
            if whole:
                why = "a micro average of precision needs the items predicted"
            yield Unchecked("averages", label, why)
            continue
        if role == "micro" and not supports:
            yield Unchecked("averages", label, "the classes' supports are not given")
            continue

        def problem(mode: str, column: int = column) -> str:
            stated = sheet.share(row, column, mode)
            allowed = _means(sheet, column, classes, supports, label, mode)
            if any(stated.meets(one) for one in allowed):
                return ""
            told = listed([span(one, sheet.scale(column)) for one in allowed[:2]])
            return (
                f"{sheet.columns[column].said} is printed as "
                f"{cell_text(sheet, row, column)}; the classes' scores give {told}"
            )

        yield Look("averages", label, ((row, column), *given), problem)


def _micro_f1(sheet: Sheet, row: int, column: int, role: str) -> Iterator[Look]:
    if role == "micro":
        for look in f1_looks(sheet, row, exact=True):
            yield look._replace(check="averages")


def _means(
    sheet: Sheet,
    column: int,
    classes: list[int],
    supports: dict[int, int] | None,
    label: str,
    mode: str,
) -> list[Interval]:
    """What an average can be: of some, none is told from the others."""
    role = sheet.role(label)

    def scores(key: str) -> list[Interval]:
        other = column_of(sheet, key, "")
        cells = [] if other is None else [sheet.share(r, other, mode) for r in classes]
        return [] if None in cells else cells

    values = [sheet.share(r, column, mode) for r in classes]
    weights = [supports[r] for r in classes] if supports else None
    parts = []
    if sheet.columns[column].key == "f1":
        parts = [cells for cells in map(scores, ("precision", "recall")) if cells]
    allowed = arithmetic.average_bounds(role, values, weights, parts)
    for key in {quantities.named(label)} - {"", sheet.columns[column].key}:
        if named := scores(key):  # a row named after a score, under another's head
            allowed += arithmetic.average_bounds(role, named, weights)
    if role == "mean" and weights and sum(weights) and (recalls := scores("recall")):
        allowed.append(arithmetic.mean_bounds(recalls, weights))  # the accuracy
    return allowed


def _supports(
    sheet: Sheet, classes: list[int], total: int | None, partial: str
) -> Iterator[Look | Unchecked]:
    column = sheet.column("support")
    if total is None:
        if column is not None:
            yield Unchecked("supports", ALL, "a class's support is not printed")
        return
    given = tuple((r, column) for r in classes)
    roles = ("macro", "weighted", "micro", "mean", "total", "accuracy", "samples")
    printed: dict[float, list[int]] = {}
    for row in sheet.rows(*roles):
        number = sheet.cells[row][column]
        if number is not None:
            printed.setdefault(number.value, []).append(row)
    for value, among in printed.items():
        text = cell_text(sheet, among[0], column)
        told = f"the classes' supports add up to {total}, not {text}"
        cells = (*given, *((row, column) for row in among))
        problem = differs(told, value != total)
        yield Look("supports", sheet.labels[among[0]], cells, problem)
    n = sheet.facts.get("n") if sheet.tested else None
    if n and n not in printed and not partial:
        told = f"the classes' supports add up to {total}, not {n}"
        yield Look("supports", ALL, given, differs(told, n != total))


def _accuracy(
    sheet: Sheet, classes: list[int], supports: dict[int, int] | None
) -> Iterator[Look | Unchecked]:
    """Accuracy is the recall of the classes, weighted by their supports."""
    stated = list(accuracies_stated(sheet, score_columns(sheet)))
    recall = column_of(sheet, "recall", "")
    if not stated:
        return
    given = [] if recall is None else [(r, recall) for r in classes]
    if not given or any(sheet.cells[r][c] is None for r, c in given):
        yield Unchecked("accuracy", ALL, "the recalls of the classes are not all given")
        return
    for cells, text, share in stated:

        def problem(mode: str, share: Callable = share, text: str = text) -> str:
            allowed = _accuracies(sheet, classes, supports, recall, mode)
            if share(mode).meets(allowed):
                return ""
            what = "and supports " if supports else ""
            return (
                f"the recalls {what}of the classes give an accuracy of "
                f"{span(allowed, sheet.scale(recall))}, not {text}"
            )

        label = sheet.labels[cells[0][0]] if cells else "accuracy"
        yield Look("accuracy", label, (*cells, *given), problem)


def _accuracies(
    sheet: Sheet,
    classes: list[int],
    supports: dict[int, int] | None,
    recall: int,
    mode: str,
) -> Interval:
    values = [sheet.share(r, recall, mode) for r in classes]
    if not supports or not sum(supports.values()):
        return Interval(min(v.low for v in values), max(v.high for v in values))
    right = [_hits(sheet, r, supports[r], None, mode) for r in classes if supports[r]]
    if all(right):  # whole items leave less room than rounded recalls
        total = sum(supports.values())
        least, most = (sum(f(h[0] for h in one) for one in right) for f in (min, max))
        return Interval(least / total, most / total)
    return arithmetic.mean_bounds(values, [supports[r] for r in classes])


def _one_matrix(
    sheet: Sheet, classes: list[int], supports: dict[int, int] | None
) -> Iterator[Look | Unchecked]:
    """One confusion matrix gives the scores of all classes, and the accuracy."""
    columns = {c for row in classes for c in _columns(sheet, row)}
    if len(classes) < 2 or not columns:
        return
    if not supports or not all(supports.values()):
        why = "it takes the support of every class, above 0"
        yield Unchecked("one-matrix", ALL, why)
        return
    if len(classes) > fitting.MOST_CLASSES:
        why = f"no matrix of more than {fitting.MOST_CLASSES} classes is sought"
        yield Unchecked("one-matrix", ALL, why)
        return
    counted, total = [supports[r] for r in classes], sum(supports.values())
    stated = list(accuracies_stated(sheet, score_columns(sheet)))

    def found(mode: str) -> list[list[fitting.Hits]]:
        return [_hits(sheet, r, supports[r], total, mode) for r in classes]

    def right(mode: str) -> Interval | None:
        shares = [share(mode) for _, _, share in stated]
        if not shares:
            return None
        low, high = max(s.low for s in shares), min(s.high for s in shares)
        return Interval(
            low * total - fitting.EDGE * total, high * total + fitting.EDGE * total
        )

    def problem(mode: str) -> str:
        each = found(mode)
        if not all(each):
            return "the scores of a class alone do not fit its support"
        if fitting.some_matrix(each, counted) is False:
            return (
                "no confusion matrix gives these scores: the items predicted as each "
                f"class do not add up to the {total} there are"
            )
        if fitting.some_matrix(each, counted, right(mode)) is False:
            return "no confusion matrix gives these scores and the accuracy at once"
        return ""

    def good() -> str:
        each = found("rounded")
        if not all(each):
            return ""
        return said_matrices(*fitting.all_matrices(each, counted, right("rounded")))

    if not any(all(found(mode)) for mode in numbers.ROUNDING):
        yield Unchecked("one-matrix", ALL, "the scores of a class alone do not fit")
        return
    cells = [(r, c) for r in classes for c in sorted(columns)]
    cells += [cell for some, _, _ in stated for cell in some]
    cells += [(r, sheet.column("support")) for r in classes]
    yield Look("one-matrix", ALL, tuple(cells), problem, good=good)
