"""A card for each study's system, from the records of its runs on real recordings.

In the form of the cards of the two models that come with the book. What ran is what
the table of everything names; what none of the systems is fit for stands on the page.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from emolib.book import everything
from emolib.book.everything import Row
from emolib.book.markdown import Markup, anchor, link, plain, table
from emolib.book.quoting import Quoted, per_cent

if TYPE_CHECKING:
    from emolib.ledger.document import Document


def study_cards(found: Iterable[Row]) -> str:
    """Every study's card, folded.

    Args:
        found: the rows of the table of everything.
    """
    from emolib import ledger

    found = list(found)
    return "\n".join(_card(one, found) for one in ledger.all_documents())


def _card(document: Document, found: list[Row]) -> str:
    rows = [r for r in found if r.claim and r.claim.document == document.letter]
    systems = [row for row in rows if {"own", "apart"} & {*row.runs}]
    told = [_system(row) for row in systems]
    waiting = [row.system.name for row in rows if row not in systems]
    if waiting:
        chapter = f"[chapter]({everything.chapter(document.study)})"
        told.append(
            f"Not run on real recordings: {plain('; '.join(waiting))}. What they do on "
            f"rendered ones, which show no people, stands in the {chapter}.\n"
        )
    card = "\n".join(told)
    return f":::{{dropdown}} Study {document.letter}\n{card}:::\n"


def _system(row: Row) -> str:
    """What a system is, and how it did, run by run."""
    runs = [row.runs[kind] for kind in ("own", "apart") if kind in row.runs]
    record = runs[-1].records[0]
    size = next((f["parameters_count"] for f in record["folds"]), None)
    corpora = record["corpus"].split()
    told = [
        ("Says", ", ".join(record["space"]["classes"])),
        ("How", f"{record['model']}, {size:,} numbers" if size else record["model"]),
        ("Beside the document", everything.basis(runs[-1])),
        ("Learned from", Markup("; ".join(map(_corpus, corpora)))),
        ("Licence of these", "; ".join(_licences(corpora))),
    ]
    head = ("Tried with", "Tested: people", "Items", "Trained on: items", "Right")
    head += ("UAR", "Calibration error", "Mean confidence", "Seeds", "Code")
    beside = table(("What", "It is"), told)
    rows = table(head, [_tried(run) for run in runs], "wide")
    return f"**{plain(row.system.name)}**\n\n{beside}\n{rows}"


def _corpus(name: str) -> str:
    """A corpus and who is in it, by what is documented."""
    from emolib.corpora import CORPORA

    corpus = CORPORA.get(name)
    if corpus is None:
        return plain(name)
    where = link(corpus.title, anchor("corpus", name))
    return (
        f"{where} {{cite}}`{corpus.citation}`: {plain(corpus.description.rstrip('.'))}"
    )


def _licences(names: list[str]) -> list[str]:
    from emolib.corpora import CORPORA

    return [
        f"{CORPORA[name].licence} ({name.upper()})" for name in names if name in CORPORA
    ]


def _tried(run: Quoted) -> tuple:
    """One line: what it was trained on and tested, and what came of it."""
    import numpy as np

    from emolib import results
    from emolib.evaluation.calibration import expected_calibration_error

    (told,) = results.accuracies({"": run.run}).itertuples()
    gaps, sure = [], []
    for one in getattr(run.run, "runs", [run.run]):
        answers = one.predictions
        shares = answers[list(one.space)].to_numpy(float)
        truth = one.space.encode(answers["label"])
        gaps.append(expected_calibration_error(shares, truth))
        sure.append(shares.max(axis=1).mean())
    right, uar = (
        per_cent(*(run.run.metrics[name][end] for end in ("value", "low", "high")))
        for name in ("accuracy", "uar")
    )
    return (
        link(run.records[0]["protocol"].replace("-", " "), run.target),
        str(told.people) + (f", {told.note}" if told.note else ""),
        str(len(answers)),
        str(told.items),
        right,
        uar,
        f"{np.mean(gaps):.2f}",
        per_cent(float(np.mean(sure)), None, None),
        str(told.seeds),
        run.run.of,
    )
