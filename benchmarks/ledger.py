"""What the ledger's checks catch, and whether they accuse anything honest.

Power: every number of the five documents that agrees with others is changed, by one
step of its last digit and by digits drawn at random, and the document is checked
again. A change is caught if something is accused that was not before.

False alarms: reports of random answers, computed and printed by scikit-learn, are
written down as a reader would and checked. Some are of some classes only, of items with
several labels, of people held out, or of a corpus of which some classes were thinned.

    python benchmarks/ledger.py            writes benchmarks/ledger.json
    python benchmarks/ledger.py --reports 500 --out -
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np

from emolib import UsageError, ledger
from emolib.corpora import CORPORA
from emolib.ledger import arithmetic, checks
from emolib.ledger.document import Claim, Document
from emolib.ledger.outcomes import ACCUSING, AGREEING

WRONG = ACCUSING[:2]
"""What a changed number is to come to."""

AMONG = (
    "people held out, who make no exact share of the clips; corpora whose large "
    "classes were thinned; reports on some classes only; items with several labels"
)
"""Honest reports of which a plain reading would accuse some."""

CHANGES = 3
"""Of each kind, for each number."""


# --- power ----------------------------------------------------------------------------


def power(seed: int = 0) -> list[dict[str, object]]:
    """By check and for all together: numbers, and the share of changes caught."""
    told = Counter()
    for document in ledger.all_documents():
        for claim in tested(document):
            told += tally(document, claim, seed)
    return shares(told)


def tested(document: Document) -> list[Claim]:
    """The numbers of a document that agree with others."""
    verdict = ledger.claims(document.letter).set_index("id")["verdict_on_paper"]
    agree = [claim for claim in document.claims if verdict[claim.id] in AGREEING]
    return [claim for claim in agree if claim.digits]


def tally(document: Document, claim: Claim, seed: int = 0) -> Counter:
    """What changes of one number come to: (check, what was counted) -> how often.

    Each number has draws of its own, so that it matters not which are tried before.
    """
    draw = random.Random(f"{seed} {claim.id}")
    before = ledger.audited(document.letter)
    known = accused(before)
    names = {r.check for r in before if _agrees(r, claim)} | {"all together"}
    told = Counter({(name, "numbers"): 1 for name in names})
    for kind, text in changes(claim, draw):
        after = checks.run(changed(document, claim, text))
        new = {check for check, _ in accused(after) - known}
        for name in names:
            told[name, kind] += 1
            hit = bool(new) if name == "all together" else name in new
            told[name, f"{kind} caught"] += hit
    return told


def shares(told: Counter) -> list[dict[str, object]]:
    """A row a check, in their order."""
    order = [*checks.CHECKS, "all together"]
    names = sorted({name for name, _ in told}, key=order.index)
    return [
        {
            "check": name,
            "numbers": told[name, "numbers"],
            **{
                kind: round(told[name, f"{kind} caught"] / max(1, told[name, kind]), 3)
                for kind in ("step", "random")
            },
        }
        for name in names
    ]


def _agrees(result: ledger.Result, claim: Claim) -> bool:
    return result.outcome in AGREEING and claim.id in result.about


def accused(results: tuple[ledger.Result, ...]) -> set[tuple[str, str]]:
    """What is said to be wrong, by check and name."""
    return {(r.check, name) for r in results if r.outcome in WRONG for name in r.names}


def changes(claim: Claim, draw: random.Random) -> Iterator[tuple[str, str]]:
    """Other numbers that could stand there: one step away, and any."""
    places = arithmetic.decimals(claim.digits)
    value = round(float(claim.digits) * 10**places)

    def printed(number: int) -> str:
        return f"{number / 10**places:.{places}f}"

    for _ in range(CHANGES):
        step = printed(value + (draw.choice((-1, 1)) if value else 1))
        if _possible(claim, float(step)):
            yield "step", step
        other = claim.digits
        while float(other) == float(claim.digits) or not _possible(claim, float(other)):
            digits = (draw.choice("0123456789") for c in claim.digits if c.isdigit())
            other = printed(int("".join(digits)))
        yield "random", other


def _possible(claim: Claim, value: float) -> bool:
    """Whether a reader's file could hold it: no share above one."""
    if claim.unit == "%":
        return value <= 100
    return claim.kind != "class score" or value <= 1


def changed(document: Document, claim: Claim, text: str) -> Document:
    """A document with another number in one place."""
    other = replace(claim, stated=claim.stated.replace(claim.digits, text))
    claims = tuple(other if one is claim else one for one in document.claims)
    tables = []
    for table in document.tables:
        rows = [
            tuple(
                text
                if place and table.claim_id(table.columns[place], row[0]) == claim.id
                else cell
                for place, cell in enumerate(row)
            )
            for row in table.rows
        ]
        mine = table.id == claim.table
        tables.append(replace(table, rows=tuple(rows)) if mine else table)
    return replace(document, claims=claims, tables=tuple(tables))


# --- false alarms ---------------------------------------------------------------------


def alarms(reports: int, seed: int = 0, first: int = 0) -> dict[str, object]:
    """How many honest reports are accused of anything, and the first ten.

    Each has draws of its own, so that they can be tried in parts, from `first` on.
    """
    import sklearn

    told = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "honest.yaml"
        for number in range(first, first + reports):
            draw = np.random.default_rng([seed, number])
            path.write_text(honest(draw, number), encoding="utf-8")
            try:
                found = checks.run(ledger.load_own(path))
            except UsageError as error:
                told.append(f"{number}: refused: {error}")
                continue
            wrong = [r for r in found if r.outcome in ACCUSING]
            told += [f"{number}: {r.check}: {r.evidence}" for r in wrong[:1]]
    return {
        "reports": reports,
        "accused": len(told),
        "scikit_learn": sklearn.__version__,
        "among_them": AMONG,
        "first": told[:10],
    }


def honest(draw: np.random.Generator, number: int) -> str:
    """A report, a confusion matrix and two sentences, as a reader would write them."""
    from sklearn.metrics import accuracy_score, classification_report, confusion_matrix

    names, true, about = _drawn(draw, number)
    several, labels = number % 10 == 1, list(range(len(names)))
    said, digits = _answered(draw, true, len(names)), int(draw.integers(2, 5))
    tables = []
    if several:  # items that may have more than one label
        second = draw.integers(0, len(names), len(true))
        again = _answered(draw, second, len(names))
        true, said = _marked(labels, true, second), _marked(labels, said, again)
    else:
        matrix = _matrix(names, confusion_matrix(true, said, labels=labels))
        tables = _table("matrix", "matrix", about, len(true), matrix)
    if number % 10 == 3:  # a report on some classes
        labels = sorted(draw.permutation(labels)[: max(2, len(names) // 2)].tolist())
    printed = classification_report(
        true,
        said,
        labels=labels,
        target_names=[names[label] for label in labels],
        digits=digits,
        zero_division=0,
    )
    tables += _table("report", "scores", about, len(true), _cells_of(printed))
    places = int(draw.integers(0, 3))
    accuracy = f"{100 * accuracy_score(true, said):.{places}f}"
    return "\n".join(["tables:", *tables, *_sentence(accuracy, len(true), len(names))])


def _answered(draw: np.random.Generator, true: np.ndarray, k: int) -> np.ndarray:
    """Answers of which some share is right, another for each item's luck."""
    right = draw.random() < draw.uniform(0.1, 0.98, len(true))
    return np.where(right, true, draw.integers(0, k, len(true)))


def _marked(labels: list[int], *given: np.ndarray) -> np.ndarray:
    """A column a class, 1 where an item has it."""
    return np.maximum(*(np.eye(len(labels), dtype=int)[one] for one in given))


def _sentence(accuracy: str, n: int, k: int) -> list[str]:
    return [
        "claims:",
        "  - id: system.accuracy",
        "    where: Abstract",
        "    quantity: accuracy",
        f'    stated: "{accuracy}"',
        '    unit: "%"',
        "    kind: result",
        f"    n: {n}",
        "    n_from: stated",
        "    protocol: random-clips",
        f"    classes: {k}",
        "",
    ]


def _drawn(
    draw: np.random.Generator, number: int
) -> tuple[list[str], np.ndarray, list[str]]:
    """Names, true classes, and what a reader knows of them: corpus and share.

    One in two comes from a corpus, of which a share is tested, class by class or not;
    some of these of people held out, some of a corpus whose large classes were thinned.
    """
    from sklearn.model_selection import train_test_split

    known = [name for name, corpus in CORPORA.items() if corpus.counts]
    if number % 2:
        n, k = int(draw.integers(10, 3000)), int(draw.integers(2, 15))
        shares = draw.dirichlet(np.full(k, draw.uniform(0.3, 5)))
        true = draw.choice(k, n, p=shares)
        return [f"class {i}" for i in range(k)], true, []
    corpus = CORPORA[known[int(draw.integers(len(known)))]]
    names = [*corpus.counts]
    order = draw.permutation(
        len(names)
    )  # documents list classes in orders of their own
    names = [names[i] for i in order]
    counts = np.array([corpus.counts[name] for name in names])
    if number % 10 == 2:
        counts = np.minimum(counts, int(draw.uniform(0.3, 1) * counts.max()))
    whole = np.repeat(np.arange(len(names)), counts)
    share, people = int(draw.choice([10, 15, 20, 25, 30])), number % 10 == 4
    tested = share / 100 * (draw.uniform(0.8, 1.25) if people else 1)
    by_class = draw.random() < 0.5 and int(tested * len(whole)) >= len(names)
    _, true = train_test_split(
        whole,
        test_size=tested,  # a share of people is none of items
        stratify=whole if by_class else None,
        random_state=int(draw.integers(2**31)),
    )
    said = f"{share} % tested" + (", nobody on both sides" if people else "")
    protocol = "subjects-apart" if people else "random-clips"
    about = [f"    corpus: {corpus.name}", f"    split: {said}"]
    return names, true, [*about, f"    protocol: {protocol}"]


def _table(
    id: str, kind: str, about: list[str], n: int, cells: list[list[str]]
) -> list[str]:
    claims = ["    claims: [precision, recall, f1]"] if kind == "scores" else []
    return [
        f"  - id: {id}",
        f"    where: {id}",
        f"    title: {id}",
        f"    kind: {kind}",
        "    of: system",
        f"    n: {n}",
        "    n_from: stated",
        *claims,
        *about,
        "    cells: |",
        *(f"      {' | '.join(row)}" for row in cells),
    ]


def _cells_of(printed: str) -> list[list[str]]:
    """The cells of a printed report; what is not printed stays blank."""
    rows = [["class", "precision", "recall", "f1", "support"]]
    for line in printed.splitlines()[1:]:
        name, *cells = re.split(r"\s{2,}", line.strip())
        if name == "accuracy":
            cells = ["", "", *cells]
        if name:
            rows.append([name, *cells])
    return rows


def _matrix(names: list[str], matrix: np.ndarray) -> list[list[str]]:
    rows = [[name, *map(str, row)] for name, row in zip(names, matrix, strict=True)]
    return [["true", *names], *rows]


def main() -> None:
    """Measure both and write them down."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--reports", type=int, default=10_000)
    parser.add_argument("--out", default=str(Path(__file__).with_suffix(".json")))
    asked = parser.parse_args()
    found = {"power": power(), "alarms": alarms(asked.reports)}
    text = json.dumps(found, indent=1) + "\n"
    if asked.out == "-":
        sys.stdout.write(text)
    else:
        Path(asked.out).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
