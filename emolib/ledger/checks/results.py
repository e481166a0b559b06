"""Checks of accuracies and losses: against guessing, and against each other."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator

from emolib.ledger import arithmetic, tables
from emolib.ledger.arithmetic import Interval
from emolib.ledger.document import Claim, Document
from emolib.ledger.outcomes import Result, Sorting, listed, percent, probability
from emolib.ledger.reading import accuracies_of, clips_tested, is_accuracy
from emolib.ledger.tables import Table

# --- chance ---------------------------------------------------------------------------


def chance(document: Document) -> Iterator[Result]:
    """Accuracies against guessing, and against the most frequent class."""
    groups: dict[tuple, list[tuple[Claim, float]]] = {}
    for claim in document.claims:
        learnt = claim.protocol == "whole-corpus"
        guesses = is_accuracy(claim) and claim.classes and claim.n and not learnt
        if guesses and not claim.bound and not claim.same_as:
            n = min(claim.n, clips_tested(claim) or claim.n)
            right = round(sum(claim.interval) / 2 * n)
            p = arithmetic.chance_probability(right, n, 1 / claim.classes)
            key = (claim.table or claim.id, claim.classes, n)
            groups.setdefault(key, []).append((claim, p))
    for (_, _, n), claims in groups.items():
        yield _chance_result(claims, n)
    yield from _majority(document)


def _chance_result(claims: list[tuple[Claim, float]], n: int) -> Result:
    first = claims[0][0]
    told = (
        f"{first.where}: guessing among {first.classes} classes gets "
        f"{percent(1 / first.classes)}."
    )
    items = f"{n} items"
    if n < first.n:  # pieces of one clip are no independent trials
        items = f"the {n} clips that the {first.n} items are from"
    weak = [f"{c.text} (p {probability(p)})" for c, p in claims if p > 0.01]
    strong = [p for _, p in claims if p <= 0.01]
    if weak:
        told += " Not clearly above it (at p 0.01, as several are looked at), over "
        told += f"{items}: {listed(weak, 12)}."
    if strong:
        rest = f"the other {len(strong)}" if weak else "what is stated"
        told += f" Over {items}, {rest} would come by chance with a probability that "
        told += f"is {probability(max(strong))} at most."
    about = tuple(claim.id for claim, _ in claims)
    return Result("chance", "remark", about, told, inference=n < first.n)


def _majority(document: Document) -> Iterator[Result]:
    for table in document.of_kind("scores"):
        totals = tables.totals(table)
        if not totals:
            continue
        name, most = max(totals.items(), key=lambda pair: pair[1])
        share = most / sum(totals.values())
        for id, stated, text in accuracies_of(document, table.of):
            if stated.low <= share + 0.01:
                told = (
                    f"{table.where}: always answering {name} gives {percent(share)}, "
                    f"the accuracy stated is {text}."
                )
                yield Result("chance", "remark", (id,), told, (table.id,))


# --- two tasks at once ----------------------------------------------------------------


def tasks(document: Document) -> Iterator[Result]:
    """A joint accuracy lies where those of its two tasks allow.

    In a table of results, the columns are told by their names: two accuracies, and
    one called overall, joint or both.
    """
    for table in document.of_kind("results"):
        accuracies = [c for c in table.columns[1:] if re.search(r"\bacc", c.lower())]
        joint = [c for c in accuracies if re.search("overall|joint|both", c.lower())]
        parts = [column for column in accuracies if column not in joint]
        if len(joint) != 1 or len(parts) != 2:
            continue
        found, over = Sorting("tasks", [table.id]), []
        for label in table.labels:
            one, other, both = (
                tables.interval(table, label, c) for c in (*parts, *joint)
            )
            if None in (one, other, both):
                continue
            low, apart, high = arithmetic.joint_bounds(sum(one) / 2, sum(other) / 2)
            over.append(sum(both) / 2 - apart)
            problem = "" if both.meets(Interval(low, high)) else (
                f"{table.where}, {label}: both right in {percent(sum(both) / 2)}, but "
                f"the tasks allow {percent(low)} to {percent(high)}."
            )  # fmt: skip
            found.add(table.claims_of(label, *joint), problem)
        if over:
            yield from found.results(
                f"{table.where}: {{n}} joint accuracies lie where their tasks allow; "
                f"against independent tasks they differ by {100 * min(over):+.2f} to "
                f"{100 * max(over):+.2f} points."
            )
            yield from _together(document, table, joint[0], over)


def _together(
    document: Document, table: Table, joint: str, over: list[float]
) -> Iterator[Result]:
    """Two tasks that are right together as often as if neither knew of the other."""
    about = [id for label in table.labels for id in table.claims_of(label, joint)]
    claims = [document.claim[id] for id in about if id in document.claim]
    if not claims or not claims[0].n:
        return
    clips = clips_tested(claims[0]) or claims[0].n
    n, what = (clips, "clips") if clips < claims[0].n else (claims[0].n, "items")
    share = sum(sum(claim.interval) / 2 for claim in claims) / len(claims)
    moved = 1.96 * math.sqrt(share * (1 - share) / n)
    if max(map(abs, over)) < moved:
        mean, most = 100 * sum(over) / len(over), 100 * max(map(abs, over))
        told = (
            f"{table.where}: both answers are right together about as often as if the "
            f"tasks had nothing to do with each other ({mean:+.1f} points on average, "
            f"{most:.1f} at most); over {n} independent {what}, chance alone moves a "
            f"share like these by {100 * moved:.1f}."
        )
        read = clips < claims[0].n
        yield Result("tasks", "remark", tuple(about), told, (table.id,), read)


# --- losses ---------------------------------------------------------------------------


def losses(document: Document) -> Iterator[Result]:
    """A mean cross-entropy is not below what the wrong answers alone make of it.

    The claim of an accuracy beside that of a loss is called alike.
    """
    groups: dict[str, list[tuple[Claim, Claim]]] = {}
    for claim in document.claims:
        other = document.claim.get(claim.id.replace("loss", "accuracy"))
        if other is None or other is claim or re.search("joint|overall", claim.id):
            continue
        share = other.interval and 0 <= sum(other.interval) / 2 <= 1
        if share and claim.interval and not claim.bound:
            groups.setdefault(claim.table or claim.id, []).append((claim, other))
    for pairs in groups.values():
        table = document.table.get(pairs[0][1].table)
        cells = " ".join(cell for row in table.rows for cell in row) if table else ""
        named = bool(re.search(r"\bCE\b|cross.?entropy", cells))
        yield from _loss_results(pairs, named)


def _loss_results(pairs: list[tuple[Claim, Claim]], named: bool) -> Iterator[Result]:
    where = pairs[0][0].where
    beside = tuple({(other.table or other.id): None for _, other in pairs})
    low, fitting = [], []
    for claim, right in pairs:
        least = arithmetic.least_cross_entropy(right.interval.high)
        told = f"{claim.text} with {right.text} right ({least:.3f} at least)"
        (low if claim.interval.high < least else fitting).append((claim.id, told))
    if low:
        ids, told = zip(*low, strict=True)
        evidence = (
            f"{where}: at ln 2 = 0.693 or more each, the wrong answers alone make a "
            f"mean cross-entropy higher than stated: {listed(told, 9)}."
        )
        if not named:
            evidence += " That these are cross-entropies is not said there."
        outcome = "inconsistent" if named else "remark"
        yield Result("losses", outcome, ids, evidence, beside)
    if fitting:
        ids, told = zip(*fitting, strict=True)
        evidence = f"{where}: no lower than the wrong answers alone make them: "
        # Most losses would do: this holds nothing up.
        told = f"{evidence}{listed(told, 9)}."
        yield Result("losses", "trivially consistent", ids, told, beside)
    yield from _worse_than_even(pairs, beside)


def _worse_than_even(
    pairs: list[tuple[Claim, Claim]], beside: tuple[str, ...]
) -> Iterator[Result]:
    """Losses higher than those of a network that finds all classes equally likely."""
    even = math.log(pairs[0][1].classes or 1)
    above = [claim for claim, _ in pairs if even and claim.interval.low > even]
    if above:
        told = (
            f"{above[0].where}: finding all {pairs[0][1].classes} classes equally "
            f"likely gives a cross-entropy of {even:.3f}; higher are "
            f"{listed([claim.text for claim in above], 9)}, so that these networks are "
            "sure of wrong answers."
        )
        ids = tuple(claim.id for claim in above)
        yield Result("losses", "remark", ids, told, beside)
