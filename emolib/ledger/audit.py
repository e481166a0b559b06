"""Every check run over a document, and our words matched to what they found."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from emolib.ledger import on_claims, on_counts, on_scores, on_sets
from emolib.ledger.documents import Document, Finding
from emolib.ledger.results import OUTCOMES, Result

CHECKS: dict[str, Callable[[Document], Iterator[Result]]] = {
    "f1": on_scores.f1,
    "whole-items": on_scores.whole_items,
    "averages": on_scores.averages,
    "accuracy": on_scores.accuracy,
    "supports": on_scores.supports,
    "matrix": on_scores.matrix,
    "groups": on_scores.groups,
    "granularity": on_counts.granularity,
    "test-size": on_counts.test_size,
    "order": on_counts.order,
    "count-order": on_sets.count_order,
    "draws": on_sets.draws,
    "steps": on_sets.steps,
    "one-set": on_sets.one_set,
    "separate-corpora": on_sets.separate_corpora,
    "left-out": on_sets.left_out,
    "corpus-counts": on_counts.corpus_counts,
    "absent-classes": on_counts.absent_classes,
    "sums": on_claims.sums,
    "layers": on_claims.layer_tables,
    "repeated": on_claims.repeated,
    "twice": on_claims.twice,
    "arithmetic": on_claims.arithmetic,
    "statement": on_claims.statement,
    "gain": on_claims.gain,
    "one-of": on_claims.one_of,
    "whole-set": on_claims.whole_set,
    "chance": on_claims.chance,
    "tasks": on_claims.tasks,
    "losses": on_claims.losses,
    "comparison": on_claims.comparison,
    "protocol": on_claims.protocol,
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
