"""Checks against what is documented of the corpora, and between tables of counts."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

from emolib.corpora import CORPORA
from emolib.ledger import arithmetic, tables
from emolib.ledger.checks.draws import prefix_of
from emolib.ledger.document import Claim, Document
from emolib.ledger.outcomes import Result, Sorting, listed, percent
from emolib.ledger.reading import corpora_of, corpus_columns, read_order
from emolib.ledger.tables import Table, emotion

# --- how many items of each class -----------------------------------------------------


def corpus_counts(document: Document) -> Iterator[Result]:
    """Counts, in the printed order of the classes, are the corpus' own.

    Fewer than there are may have been chosen; more there cannot be, nor another
    class' own.
    """
    for table in document.of_kind("counts"):
        read = read_order(document, table)
        for column, corpus, printed in corpus_columns(table):
            if CORPORA[corpus].counts:
                yield from _counts_results(table, column, corpus, printed, read)
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


def _counts_results(
    table: Table,
    column: str,
    corpus: str,
    printed: dict[str, int],
    read: Mapping[str, str],
) -> Iterator[Result]:
    documented = CORPORA[corpus].counts
    own = {emotion(row): n for row, n in printed.items()}
    met = arithmetic.match_counts(own, documented)
    right = [row for row in printed if met.get(emotion(row)) == emotion(row)]
    odd = [row for row in printed if printed[row] and row not in right]
    wrong = [
        row
        for row in odd
        if printed[row] > documented.get(emotion(row), 0) or emotion(row) in met
    ]
    fewer = [row for row in odd if row not in wrong]
    if right:
        told = (
            f"{table.where}, {column}: {listed(right, 8)} have the corpus' documented "
            "counts."
        )
        ids = _cells(table, column, right)
        yield Result("corpus-counts", "consistent", ids, told, (table.id,))
    if fewer:
        told = _beside_documented(table, column, printed, fewer, documented)
        told += " Fewer than there are; they may have been chosen."
        ids = _cells(table, column, fewer)
        yield Result("corpus-counts", "remark", ids, told, (table.id,))
    if wrong:
        told = _beside_documented(table, column, printed, wrong, documented)
        told += _in_that_order(own, printed, wrong, documented, read)
        ids = _cells(table, column, wrong)
        yield Result("corpus-counts", "inconsistent", ids, told, (table.id,))


def _cells(table: Table, column: str, rows: list[str]) -> tuple[str, ...]:
    return tuple(id for row in rows for id in table.claims_of(row, column))


def _beside_documented(
    table: Table,
    column: str,
    printed: dict[str, int],
    rows: list[str],
    documented: Mapping[str, int],
) -> str:
    given = [
        f"{row} {printed[row]} ({documented.get(emotion(row), 'none')})" for row in rows
    ]
    return f"{table.where}, {column}, documented in brackets: {listed(given, 9)}."


def _in_that_order(
    own: Mapping[str, int],
    printed: Mapping[str, int],
    wrong: list[str],
    documented: Mapping[str, int],
    read: Mapping[str, str],
) -> str:
    """What explains wrong counts: other classes, or the order that fits the table."""
    if all(row == name for row, name in read.items()):
        told = _explained(own, [emotion(row) for row in wrong], documented)
        left_out = [row for row, n in own.items() if not n and row in documented]
        if left_out:
            told += f" Left out, though the corpus has it: {listed(left_out)}."
        return told
    own = {emotion(read[row]): n for row, n in printed.items()}
    odd = [name for name, n in own.items() if n != documented.get(name, 0)]
    given = [f"{row} {own[row]} ({documented.get(row, 'none')})" for row in odd]
    but = f"all but {listed(given, 9)}" if odd else "all"
    told = f" In the order that fits the table best, {but} are as documented."
    return told + _explained(own, [row for row in odd if own[row]], documented)


def corpus_totals(document: Document) -> Iterator[Result]:
    """All counts of a corpus together are its clips, whatever the order of names."""
    for table in document.of_kind("counts"):
        same, fewer, more = [], [], []
        for column, corpus, printed in corpus_columns(table):
            total, whole = sum(printed.values()), CORPORA[corpus].clips
            if whole:
                kind = same if total == whole else fewer if total < whole else more
                kind.append(f"{column} {total} ({whole})")
        for columns, outcome in (
            (same, "consistent"),
            (fewer, "remark"),
            (more, "inconsistent"),
        ):
            if columns:
                told = f"{table.where}: all counts together, and in brackets the "
                told += f"clips that the corpus has: {listed(columns, 12)}."
                yield Result("corpus-totals", outcome, (table.id,), told)


def _explained(
    own: Mapping[str, int], wrong: list[str], documented: Mapping[str, int]
) -> str:
    """Whose counts are those that are not their own class'."""
    met, told = arithmetic.match_counts(own, documented), ""
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


def sums(document: Document) -> Iterator[Result]:
    """A table of counts that gathers columns of another adds them up."""
    for table in document.of_kind("counts"):
        parent = document.table.get(table.groups_of)
        found = Sorting("sums", [parent.id] if parent else [])
        for column, members in table.groups.items() if parent else ():
            for label in table.labels:
                stated = tables.whole(table, label, column)
                if stated is None or label not in parent.labels:
                    continue
                parts = [tables.whole(parent, label, member) or 0 for member in members]
                problem = "" if sum(parts) == stated else (
                    f"{table.where}: {label}, {column}: {stated}, but "
                    f"{listed(members)} in {parent.where} make {sum(parts)}."
                )  # fmt: skip
                found.add(table.claims_of(label, column), problem)
        if parent:
            yield from found.results(f"{table.where}: {{n}} sums of {parent.where}.")


# --- genuine or acted ---------------------------------------------------------------

ACTED = (
    *("ravdess", "tess", "emodb", "crema-d", "shemo", "vivae", "mav", "ck+48"),
    *("jaffe", "cfe"),
)
"""Corpora all of whose recordings were acted or made on request, as they say."""


def acted(document: Document) -> Iterator[Result]:
    """What is called genuine was not acted, by what its corpus says of itself."""
    for claim in document.claims:
        if claim.stated not in ("genuine", "posed") or claim.kind != "statement":
            continue
        for corpus in corpora_of(claim):
            if corpus not in ACTED:
                continue
            told = f"{claim.said if claim.quote else claim.where}: {corpus} is called "
            told += f"{claim.stated}. {_first_sentence(CORPORA[corpus].description)}"
            outcome = "textual tension" if claim.stated == "genuine" else "consistent"
            about, read = (claim.id,), claim.inference
            yield Result("acted", outcome, about, told, inference=read)


def _first_sentence(text: str) -> str:
    return text.partition(". ")[0].removesuffix(".") + "."


# --- classes that are corpora, and classes without a place ----------------------------


def separate_corpora(document: Document) -> Iterator[Result]:
    """Groups of classes that are told apart do not each have corpora of their own."""
    for table in document.tables:
        parent = document.table.get(table.groups_of)
        gathered = document.table.get(parent.drawn_from) if parent else None
        if table.kind != "scores" or gathered is None:
            continue
        corpora = {
            label: {c for m in members for c in _columns(m, parent, gathered)}
            for label, members in table.groups.items()
        }
        if any(a & b for a, b in itertools.combinations(corpora.values(), 2)):
            continue
        sources = [f"{label} from {listed(sorted(c))}" for label, c in corpora.items()]
        told = (
            f"{table.where}: {listed(sources)}; no corpus has both. Whoever tells the "
            "corpora apart gets such scores."
        )
        if totals := tables.totals(table):
            most = max(totals, key=totals.get)
            share = percent(totals[most] / sum(totals.values()))
            told += f" Whoever always answers {most} is right in {share}."
        ids = [id for label in table.labels for id in table.claims_of(label)]
        yield Result("separate-corpora", "remark", tuple(dict.fromkeys(ids)), told,
                     (table.id, gathered.id))  # fmt: skip


def _columns(label: str, parent: Table, gathered: Table) -> list[str]:
    column = parent.drawn[prefix_of(label, parent.drawn)]
    return gathered.groups.get(column, [column])


def left_out(document: Document) -> Iterator[Result]:
    """Classes that corpora hold, put together, are all among those told apart.

    An id that ends in `.class-names` lists the classes that are told apart; one in
    `.whole` of the same data says that every item is used.
    """
    for claim in document.claims:
        known = [CORPORA.get(name) for name in corpora_of(claim)]
        if not claim.id.endswith(".class-names") or len(known) < 2 or None in known:
            continue
        named = {emotion(word.strip()) for word in claim.stated.split(",")}
        extra = [f"{name} of {corpus.name}" for corpus in known
                 for name in corpus.space if name not in named]  # fmt: skip
        told = f"{claim.where}, {claim.quantity}: {claim.stated}"
        if not extra:
            told += "; these are all that the corpora hold."
            yield Result("left-out", "consistent", (claim.id,), told)
            continue
        told += f"; {listed(extra)} has no place among them."
        every = document.claim.get(claim.id.replace(".class-names", ".whole"))
        if every is None:
            yield Result("left-out", "remark", (claim.id,), told)
            continue
        said = every.said if every.quote else f"{every.stated} ({every.where})"
        told += f" Yet of the set it is said: {said}."
        # It may have gone into another class: the words do not say.
        yield Result("left-out", "textual tension", (claim.id, every.id), told)
