"""Every check, by name; run over a document, and matched to our words.

What a page or a notebook needs of the checks' own arithmetic is here too: `reorder`,
`rename_classes`, `class_scores`, `implied_sizes`, `set_sizes`, `same_by_chance`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

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
from emolib.ledger.checks.orders import reorder
from emolib.ledger.checks.sizes import set_sizes
from emolib.ledger.document import Document, Finding
from emolib.ledger.outcomes import OUTCOMES, Result
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
    "whole-set": sizes.whole_set,
    "one-set": sizes.one_set,
    "steps": sizes.steps,
    "order": orders.order,
    "count-order": orders.count_order,
    "draws": draws.draws,
    "corpus-counts": corpora.corpus_counts,
    "absent-classes": corpora.absent_classes,
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
    "one-of": statements.one_of,
    "repeated": statements.repeated,
    "comparison": statements.comparison,
    "protocol": statements.protocol,
}
"""Each takes a document and yields what it found; its docstring says what must hold."""


def run(document: Document) -> tuple[Result, ...]:
    """Everything that the checks find in a document, worst first."""
    found = [result for check in CHECKS.values() for result in check(document)]
    rank = list(OUTCOMES)
    return tuple(sorted(found, key=lambda result: rank.index(result.outcome)))


def covered(finding: Finding, results: tuple[Result, ...]) -> list[Result]:
    """What a finding of ours speaks of: results of its check that are not all well."""
    return [
        result
        for result in results
        if result.check == finding.check
        and result.outcome != "consistent"
        and result.names & {*finding.about}
    ]


def stale(finding: Finding, results: tuple[Result, ...]) -> list[str]:
    """What a finding names, and its check no longer finds anything wrong with."""
    named = {name for result in covered(finding, results) for name in result.names}
    return [name for name in finding.about if name not in named]
