"""What became of a claim: on paper, by the checks; by run, by the records."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache

from emolib import ROOT, UsageError
from emolib.ledger.document import Claim, System
from emolib.ledger.outcomes import Result
from emolib.records import fits

ON_PAPER = {
    "inconsistent": (
        "other numbers of the document, or of the corpus, show it to be wrong, or that "
        "it or one other must be"
    ),
    "in tension, by inference": "so they do if the document is read as it is read here",
    "textual tension": "another place says it otherwise, or its numbers do",
    "called significant": "that word is used, and no test is named",
    "repeated word for word": "it stands in the same words for another thing",
    "consistent": "other numbers give it again, and none contradicts it",
    "trivially consistent": (
        "the same number is printed again, or hardly any number would have failed"
    ),
    "cannot be checked": "the document gives nothing to check it by",
}
BY_RUN = {
    "reproduced under its protocol": "we got it by the document's own protocol",
    "does not survive subjects apart": (
        "we got it by its own protocol, and not once nobody was on both sides"
    ),
    "reproduced only with leakage": (
        "we got it only where the two sides share more than the document says"
    ),
    "not reproduced": "we did not get it, however the data were split",
    "not run": "nothing was run on real recordings that could have given it",
}

ALLOWED = {
    "other-corpora": 0,
    "subjects-apart": 0,
    "random-clips": 1,
    "unstated": 1,  # read as the plainest split there is
    "random-items": 2,
    "augmented-before-split": 2,
    "whole-corpus": 3,
}
"""How much a claim's own protocol lets its sides share: a place in `SHARED`."""


SHARED = ("nobody", "people", "clips", "everything")
"""What the two sides of a record's split share at most, by level."""


def shared(record: dict) -> int:
    """How much the two sides of a record's split share: a place in `SHARED`.

    Told by the record's leak report; a protocol that promises to keep people apart
    is believed (`protocols.checked` held it to that), and so is any promise where a
    record has no report, as those that only join the answers of others.
    """
    from emolib.protocols import PROTOCOLS

    name = record["protocol"]
    if name in ("whole-corpus", "other-corpora"):  # all trained on, or none
        return ALLOWED[name]
    protocol = PROTOCOLS.get(name)
    if protocol is None:  # it promises nothing that we know
        return 3
    if {"subject", "corpus"} & {*protocol.claims_apart}:
        return 0
    leaks = [fold["leak"] for fold in record["folds"] if fold["leak"]]
    kinds = ("clip_share", "copy_share", "overlap_share")
    if leaks:
        return 2 if any(leak.get(kind) for leak in leaks for kind in kinds) else 1
    return 1 if "clip" in protocol.claims_apart else 2


def on_paper(results: Sequence[Result]) -> str:
    """The verdict of the checks that decide about a claim.

    The worst that any of them says against it, else consistent if any says so;
    remarks and what could not be checked decide nothing.

    >>> found = [Result("f1", "consistent", (), ""), Result("chance", "remark", (), "")]
    >>> on_paper(found)
    'consistent'
    """
    found = {result.outcome for result in results}
    return next((v for v in ON_PAPER if v in found), "cannot be checked")


def basis_of(record: dict, systems: Sequence[System]) -> System:
    """What a record is a run of: the first of a document's systems that it fits.

    >>> basis_of({"model": "linear", "parameters": {}}, []).basis
    'stand-in'
    """
    for system in systems:
        if system.model == record["model"] and fits(record, **system.given):
            return system
    return System(record["model"], "stand-in")


def told_basis(records: Sequence[dict], systems: Sequence[System]) -> str:
    """On what a verdict by run rests, in words; empty if nothing bears on it."""
    told: dict[str, None] = {}
    for record in records:
        system = basis_of(record, systems)
        what = system.what or (record["model"] if system.basis == "stand-in" else "")
        told[f"{system.basis} ({what})" if what else system.basis] = None
    return "; ".join(sorted(told))


def by_run(
    claim: Claim, records: Sequence[dict], systems: Sequence[System] = ()
) -> str:
    """The verdict of the records on real recordings that bear on a claim.

    A record *reaches* a claim if the upper end of the 95 % interval of its metric is
    not below the number stated. By how much the two sides of its split share
    (`shared`, `ALLOWED`) it counts as the claim's own protocol or stricter, or as
    leakier.

    - Reached by own or stricter, yet by no record with subjects apart, though there
      are some: "does not survive subjects apart".
    - Reached by own or stricter otherwise: "reproduced under its protocol".
    - Reached by leakier ones only: "reproduced only with leakage".
    - Not reached, though some record is as leaky as the claim's protocol or more:
      "not reproduced".
    - No record at all, or only stricter ones that do not reach it: "not run". That a
      number is not reached with subjects apart says nothing of the number itself.

    A network that has not learned (`learned`) tried nothing, and does not count as not
    having reached a number.

    A claim without a number, without a protocol, or of a quantity that records do not
    hold (a loss, a count) is "not run". Records of the document's own system, as it is
    described or with a change that is named, decide; those of stand-ins only where
    there is no other: `rests_on` says which.

    Args:
        records: those that name the claim, as `records.by_claim` gives them.
        systems: what the document's file says of the models that were run.
    """
    reached: dict[int, bool] = {}
    for record in _deciding(claim, records, systems):
        hit, level = _reaches(claim, _measured(claim, record)), shared(record)
        if not (hit or learned(record)):
            continue
        reached[level] = reached.get(level, False) or hit
    own = ALLOWED.get(claim.protocol, 0)
    if any(hit for level, hit in reached.items() if level <= own):
        lost = own > 0 and reached.get(0) is False
        verdict = "does not survive subjects apart" if lost else ""
        return verdict or "reproduced under its protocol"
    if any(hit for level, hit in reached.items() if level > own):
        return "reproduced only with leakage"
    return "not reproduced" if any(level >= own for level in reached) else "not run"


def rests_on(claim: Claim, records: Sequence[dict], systems: Sequence[System]) -> str:
    """What the verdict by run on a claim rests on; empty if it was not run.

    Where some runs reach the claim it rests on these; if the document's system was
    run as it is described and is not among them, that is said.
    """
    deciding = _deciding(claim, records, systems)
    hits = [r for r in deciding if _reaches(claim, _measured(claim, r))]
    told = told_basis(hits or deciding, systems)
    literal = any(basis_of(r, systems).basis == "as described" for r in deciding)
    lost = hits and literal and "as described" not in told
    return f"{told}; as described it is not reached" if lost else told


@cache
def _learned(place: str) -> bool:
    from emolib import results
    from emolib.records import Recorded
    from emolib.records.reading import read_record

    record = read_record(ROOT / place / "record.json") | {"record": place}
    return results.that_learned(Recorded(record)) is not None


def learned(record: dict) -> bool:
    """Whether no network of a record is known to have learned nothing, by its training
    alone; see `results.trainings`."""
    trained = any(fold.get("history") for fold in record["folds"])
    return not trained or _learned(record["record"])


def nearest(claim: Claim, records: Sequence[dict]) -> str:
    """What the record with the highest metric has, as it stands beside the claim."""
    found = (r for r in records if _measured(claim, r) is not None)
    return beside(claim, max(found, key=lambda r: _measured(claim, r)["value"]))


def _deciding(
    claim: Claim, records: Sequence[dict], systems: Sequence[System]
) -> list[dict]:
    """The records that decide: of the document's own system, if there are any."""
    measured = [r for r in records if _measured(claim, r) is not None]
    own = [r for r in measured if basis_of(r, systems).basis != "stand-in"]
    return own or measured


def _reaches(claim: Claim, found: dict) -> bool:
    """Whether the upper end of a metric is not below the number stated."""
    high = found["value"] if found["high"] is None else found["high"]
    return high >= stated(claim)


def bearing(claim: Claim, record: dict, systems: Sequence[System] = ()) -> str:
    """A record beside a claim, in words: protocol, value, what it is a run of."""
    found = _measured(claim, record)
    if found is None:
        return f"{record['record']} ({record['protocol']}; no such metric)"
    value, low, high = (found[key] for key in ("value", "low", "high"))
    told = f"{100 * value:.1f} %"
    if low is not None:
        told += f" [{100 * low:.1f}, {100 * high:.1f}]"
    told = f"{record['protocol']}, {told}, {record['model']}"
    told += f", {told_basis([record], systems)}"
    return f"{record['record']} ({told})"


def beside(claim: Claim, value: object) -> str:
    """A run's number, or a plain one, as it is printed beside a claim.

    Args:
        claim: what it stands beside, whose metric is taken and whose unit is used.
        value: a number (an accuracy as a share), or anything with `metrics`: a run,
            a set of seeds, a record.

    Raises:
        UsageError: if it holds no such metric, or an accuracy is no share.
    """
    found = {"value": value}
    if not isinstance(value, (int, float)):
        metrics = value["metrics"] if isinstance(value, dict) else value.metrics
        metric = metric_of(claim) or "accuracy"
        if metric not in metrics:
            raise UsageError(
                f"{claim.id} is about {metric}, which the run does not hold; "
                f"it has {', '.join(sorted(metrics))}"
            )
        found = metrics[metric]
    value, low, high = (found.get(key) for key in ("value", "low", "high"))
    if claim.unit == "%" and not 0 <= value <= 1:
        raise UsageError(f"{claim.id}: {value} is no share; give it between 0 and 1")
    scale, places, unit = (100, 1, "\N{NO-BREAK SPACE}%") if claim.unit == "%" else (
        1, 2 if 0 <= value <= 1 else 0, ""
    )  # fmt: skip
    told = f"{scale * value:.{places}f}{unit}"
    if low is None or math.isnan(low):
        return told
    return f"{told} [{scale * low:.{places}f}, {scale * high:.{places}f}]"


def stated(claim: Claim) -> float:
    """The number stated, as a share."""
    return claim.value / 100 if claim.unit == "%" else claim.value


def _measured(claim: Claim, record: dict) -> dict | None:
    """The metric of a record that a claim is about; None if it holds none."""
    metric = metric_of(claim)
    return record["metrics"].get(metric) if metric else None


def metric_of(claim: Claim) -> str:
    """How records call the quantity of a claim; empty if they hold none such.

    >>> from emolib import ledger
    >>> metric_of(ledger.claim("C.audio.accuracy"))
    'accuracy'
    >>> metric_of(ledger.claim("C.audio.recall.neutral"))
    'recall.neutral'
    >>> metric_of(ledger.claim("A.comparison.accuracy.this-work-audio"))
    'accuracy'
    """
    kinds = ("result", "class score", "comparison")
    tested = claim.protocol and claim.kind in kinds
    if claim.value is None or not tested:
        return ""
    parts = claim.id.replace("-avg", "-average").split(".")[2:]
    averages = {
        ("f1", "macro-average"): "macro_f1",
        ("f1", "weighted-average"): "weighted_f1",
        ("recall", "macro-average"): "uar",
        ("recall", "weighted-average"): "accuracy",
    }
    if tuple(parts) in averages:
        return averages[tuple(parts)]
    if parts[:1] and parts[0] in ("precision", "recall", "f1"):
        return "accuracy" if parts[-1] == "accuracy" else ".".join(parts)
    words = claim.quantity.lower()
    lower_is_better = "loss" in words or "error" in words
    return "" if lower_is_better or not 0 <= stated(claim) <= 1 else "accuracy"
