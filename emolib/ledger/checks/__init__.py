"""Every check, by name; run over a document, and matched to our words.

What a page or a notebook needs of the checks' own arithmetic is here too: `reorder`,
`rename_classes`, `class_scores`, `implied_sizes`, `set_sizes`, `same_by_chance`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace

from emolib.ledger.arithmetic import implied_sizes, same_by_chance
from emolib.ledger.checks import (
    corpora,
    draws,
    layers,
    orders,
    results,
    scores,
    sizes,
    statements,
)
from emolib.ledger.checks.sizes import set_sizes
from emolib.ledger.document import Document, Finding
from emolib.ledger.ordering import reorder
from emolib.ledger.outcomes import ACCUSING, AGREEING, OUTCOMES, Result
from emolib.ledger.reading import class_scores, rename_classes

__all__ = [
    "CHECKS",
    "class_scores",
    "covered",
    "implied_sizes",
    "rename_classes",
    "reorder",
    "run",
    "same_by_chance",
    "set_sizes",
    "stale",
]

CHECKS: dict[str, Callable[[Document], Iterator[Result]]] = {
    "f1": scores.f1,
    "whole-items": scores.whole_items,
    "averages": scores.averages,
    "accuracy": scores.accuracy,
    "supports": scores.supports,
    "matrix": scores.matrix,
    "groups": scores.groups,
    "granularity": sizes.granularity,
    "test-size": sizes.test_size,
    "few-items": sizes.few_items,
    "whole-set": sizes.whole_set,
    "one-set": sizes.one_set,
    "steps": sizes.steps,
    "order": orders.order,
    "count-order": orders.count_order,
    "draws": draws.draws,
    "corpus-counts": corpora.corpus_counts,
    "corpus-totals": corpora.corpus_totals,
    "absent-classes": corpora.absent_classes,
    "acted": corpora.acted,
    "separate-corpora": corpora.separate_corpora,
    "left-out": corpora.left_out,
    "sums": corpora.sums,
    "layers": layers.layer_tables,
    "chance": results.chance,
    "tasks": results.tasks,
    "losses": results.losses,
    "twice": statements.twice,
    "arithmetic": statements.derived,
    "statement": statements.statement,
    "gain": statements.gain,
    "words": statements.words,
    "one-of": statements.one_of,
    "best-of": statements.best_of,
    "repeated": statements.repeated,
    "comparison": statements.comparison,
    "protocol": statements.protocol,
}
"""Each takes a document and yields what it found; its docstring says what must hold."""


def run(document: Document) -> tuple[Result, ...]:
    """Everything that the checks find in a document, worst first."""
    found = [result for check in CHECKS.values() for result in check(document)]
    found = [_read(document, result) for result in _settled(document, found)]
    rank = list(OUTCOMES)
    return tuple(sorted(found, key=lambda result: rank.index(result.outcome)))


def _settled(document: Document, results: list[Result]) -> list[Result]:
    """Where one of several is wrong, which it is, as far as other results tell.

    It is the one that would explain more than one of them; else none that other
    numbers hold up, nor a table of which others of the same check agree.
    """
    open_ = [r for r in results if r.either and r.outcome in ACCUSING]
    claims = document.claim
    often = Counter(name for r in open_ for name in r.about if name in claims)
    held = _held(results)
    settled = []
    for result in results:
        about = result.about
        if result in open_:
            most = max(often[name] for name in about)
            likely = [name for name in about if most > 1 and often[name] == most]
            same = _held([r for r in results if r.check == result.check])
            bad = [
                name for name in about if name not in (held if name in claims else same)
            ]
            about = likely if len(likely) == 1 else bad or about
        beside = [name for name in result.about if name not in about]
        beside = (*beside, *result.beside)
        settled.append(replace(result, about=tuple(about), beside=beside))
    return settled


def _held(results: list[Result]) -> set[str]:
    """What agrees with other numbers, and that no check blames alone."""
    held = {name for r in results if r.outcome == "consistent" for name in r.about}
    for again in results:  # what is printed again holds as well as before
        if again.check == "twice" and again.outcome in AGREEING:
            held |= {*again.about} if held & {*again.about} else set()
    blamed = (r for r in results if r.outcome in ACCUSING and not r.either)
    return held - {name for result in blamed for name in result.about}


def _read(document: Document, result: Result) -> Result:
    """What rests on a reading of ours is no inconsistency of the document."""
    inferred = result.inference or any(
        finding.inference and covered(finding, (result,))
        for finding in document.findings
    )
    tension = inferred and result.outcome == "inconsistent"
    outcome = "in tension, by inference" if tension else result.outcome
    return replace(result, outcome=outcome, inference=inferred)


def covered(finding: Finding, results: tuple[Result, ...]) -> list[Result]:
    """What a finding of ours speaks of: results of its checks that are not all well."""
    return [
        result
        for result in results
        if result.check in finding.checks
        and result.outcome not in AGREEING
        and result.names & {*finding.about}
    ]


def stale(finding: Finding, results: tuple[Result, ...]) -> list[str]:
    """What a finding names, and its checks no longer find anything wrong with."""
    named = {name for result in covered(finding, results) for name in result.names}
    return [name for name in finding.about if name not in named]
