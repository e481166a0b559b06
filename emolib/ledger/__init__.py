"""The documents' tables as data: what each claims, and what its numbers say.

One YAML file a document: `document` says what it may hold, `loading` reads it.
`checks` are run over it, with the arithmetic of `arithmetic` and `layers`; `verdicts`
turns what they found, and the records of runs, into one verdict on paper and one by
run. Modules import one way: arithmetic, layers, tables, document, faults, loading; then
outcomes, reading, ordering, checks, verdicts; then `own`, which checks a reader's own
tables, and this one.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from pathlib import Path

import pandas as pd

from emolib import UsageError
from emolib.ledger import checks, loading, verdicts
from emolib.ledger.document import Claim, Component, Document, Finding
from emolib.ledger.loading import load_own
from emolib.ledger.outcomes import ACCUSING, AGREEING, OUTCOMES, Result
from emolib.ledger.own.check import check, status, told
from emolib.ledger.reading import frame
from emolib.ledger.tables import slug

# fmt: off
__all__ = [
    "OUTCOMES", "Claim", "Component", "Document", "Finding", "Result", "all_documents",
    "along", "beside", "check", "checks", "claim", "claims", "commonest", "components",
    "document",
    "figures", "finding", "findings", "load", "load_own", "matrix", "scores",
    "settings", "status", "summary", "table", "told", "with_ours",
]
# fmt: on

DASH = "\N{EN DASH}"
"""Where nothing is printed, or nothing can be said."""


def all_documents() -> tuple[Document, ...]:
    """Every document of the ledger, by letter."""
    return _documents(Path(__file__).parent)


@functools.cache
def _documents(folder: Path) -> tuple[Document, ...]:
    read = [load(path) for path in folder.glob("*.yaml")]
    return tuple(sorted(read, key=lambda source: source.letter))


def load(path: Path) -> Document:
    """Read and check one of the ledger's YAML files.

    Raises:
        UsageError: with file and line, if it is malformed.
    """
    return loading.load(path, checks.CHECKS)


def document(study: str) -> Document:
    """A document by its study's slug or letter.

    Raises:
        UsageError: if no document has it.

    >>> document("C").study
    'confidence-fusion'
    """
    for known in all_documents():
        if study in (known.study, known.letter):
            return known
    names = ", ".join(f"{d.study} ({d.letter})" for d in all_documents())
    raise UsageError(f"the ledger has no study {study!r}; it has {names}")


def audited(study: str) -> tuple[Result, ...]:
    """Everything that the checks found in a document, worst first."""
    return _results(document(study).letter)


@functools.cache
def _results(letter: str) -> tuple[Result, ...]:
    return checks.run(document(letter))


def claims(study: str | None = None) -> pd.DataFrame:
    """Every claim of one study, or of all, with the verdict on paper.

    Columns: id, document, where, quantity, stated, unit, kind, protocol, n,
    verdict_on_paper, inference (whether that takes more than what the document says; of
    what cannot be checked, whether a remark does), finding (our words where there are
    some, else the evidence).
    """
    rows = []
    for source in _chosen(study):
        found: dict[str, list[Result]] = {}
        for result in audited(source.letter):
            for id in result.about:
                found.setdefault(id, []).append(result)
        for c in source.claims:
            # What is found of a quantity holds wherever it is given.
            about = [*found.get(c.id, []), *found.get(c.same_as, [])]
            verdict = verdicts.on_paper(about)
            deciding = [r for r in about if r.outcome == verdict]
            if verdict == "cannot be checked":
                deciding = about  # remarks are all that is told of it
            rows.append(
                {
                    "id": c.id,
                    "document": c.document,
                    "where": c.where,
                    "quantity": c.quantity,
                    "stated": c.stated,
                    "unit": c.unit,
                    "kind": c.kind,
                    "protocol": c.protocol,
                    "n": c.n,
                    "verdict_on_paper": verdict,
                    "inference": any(result.inference for result in deciding),
                    "finding": _told(source, c, about),
                }
            )
    return pd.DataFrame(rows).astype({"n": "Int64"})


def _told(source: Document, claim: Claim, about: list[Result]) -> str:
    """What was found of a claim: our titles, and evidence that has none."""
    titles, rest = {}, [r for r in about if r.outcome not in AGREEING]
    for finding in source.findings:
        named = {claim.id, claim.same_as}
        spoken = [r for r in checks.covered(finding, tuple(rest)) if named & {*r.about}]
        if spoken:
            titles[finding.title] = None
            rest = [result for result in rest if result not in spoken]
    rest = [r for r in rest if r.outcome in ACCUSING]
    evidence = dict.fromkeys(result.evidence.rstrip(".") for result in rest)
    return "; ".join([*titles, *evidence])


def table(study: str | None = None) -> pd.DataFrame:
    """Every claim with both verdicts and the records behind them.

    The columns of `emolib ledger`: id, document, where, quantity, stated, unit, kind,
    protocol, n, verdict_on_paper, inference, verdict_by_run, rests_on (what was run
    for it), finding, records.
    """
    from emolib import records

    real = records.by_claim()
    listed = claims(study)
    known = {c.id: (c, source) for source in _chosen(study) for c in source.claims}
    by_run, rests_on, names = [], [], []
    for id in listed["id"]:
        (claim, source), found = known[id], real.get(id, [])
        by_run.append(verdicts.by_run(claim, found, source.systems))
        rests_on.append(verdicts.rests_on(claim, found, source.systems))
        names.append("; ".join(r["record"] for r in found))
    place = listed.columns.get_loc("finding")
    listed.insert(place, "verdict_by_run", by_run)
    listed.insert(place + 1, "rests_on", rests_on)
    listed["records"] = names
    return listed


# --- a document beside what was made of it --------------------------------------------


def components(study: str) -> list[Component]:
    """What a document describes, part by part, and what became of it in its chapter.

    The entries stand under `components` in the document's file; none are there until
    its chapter is written. `document(study).parts` names all that there is to cover,
    `document(study).uncovered` what no entry speaks of.
    """
    return list(document(study).components)


def beside(
    study: str, here: Mapping[str, object], real: Mapping[str, object] | None = None
) -> pd.DataFrame:
    """The document's numbers beside those of a run here and of one on real data.

    Args:
        study: its slug or letter.
        here: a claim's id -> a number (an accuracy as a share), or anything that
            holds `metrics`, of which the one that the claim is about is taken.
        real: the same of records on real recordings.

    Returns:
        A row a claim, by id: quantity, document, here, and real if any is given.

    Raises:
        UsageError: for an id that is none, or a run without the metric.

    >>> beside("C", {"C.audio.accuracy": 0.5})["here"].item().split()
    ['50.0', '%']
    """
    known, columns = document(study).claim, {"here": here, "real": real or {}}
    rows = {}
    for id in dict.fromkeys([*here, *(real or {})]):
        if id not in known:
            raise _unknown("claims", id)
        claim = known[id]
        rows[id] = {"quantity": claim.quantity, "document": claim.text} | {
            name: verdicts.beside(claim, values[id]) if id in values else ""
            for name, values in columns.items()
        }
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("claim")
    return table if real else table.drop(columns="real", errors="ignore")


def beside_classes(of: str, here: pd.Series) -> pd.DataFrame:
    """The document's numbers of classes beside ours, where it prints them.

    Args:
        of: what the claims' ids begin with, such as "A.audio.auc".
        here: a number a class, by its name.
    """
    letter = of.partition(".")[0]
    named = {f"{of}.{slug(str(name))}": value for name, value in here.dropna().items()}
    known = document(letter).claim
    return beside(letter, {id: value for id, value in named.items() if id in known})


# --- one thing ------------------------------------------------------------------------


def claim(id: str) -> Claim:
    """One claim.

    >>> claim("C.audio.accuracy").text
    '96.82 %'
    """
    for source in all_documents():
        if id in source.claim:
            return source.claim[id]
    raise _unknown("claims", id)


def printed(id: str) -> pd.DataFrame:
    """A table's cells as printed, by the label of their row.

    >>> printed("A.table14")["accuracy"].tolist()
    ['0.19', '0.72']
    """
    for source in all_documents():
        if id in source.table:
            table = source.table[id]
            cells = pd.DataFrame(list(table.rows), columns=list(table.columns))
            return cells.set_index(table.columns[0])
    raise _unknown("tables", id)


def with_ours(id: str, **columns: Mapping[str, object]) -> pd.DataFrame:
    """A printed table, and behind it columns of our own.

    Args:
        id: the table's.
        columns: by the label of a row, a number, or anything that holds `metrics`, of
            which the accuracy is printed with its interval. A row that is not there
            stays empty.

    >>> with_ours("E.table4.4.loss", here={"HydraNet": 2.0})["here"].tolist()
    ['2.000', '']
    """
    table = printed(id)
    for name, values in columns.items():
        told = {row: _printed(value) for row, value in values.items()}
        table[name.replace("_", " ")] = pd.Series(told, dtype=object)
    return table.fillna("")


def _printed(value: object) -> str:
    if not hasattr(value, "metrics"):
        return f"{value:.3f}"
    found = value.metrics["accuracy"]
    number, *ends = (found[part] for part in ("value", "low", "high"))
    between = (
        "" if None in ends else " [{:.0f}, {:.0f}]".format(*(100 * e for e in ends))
    )
    return f"{100 * number:.1f}{between}"


def reported(id: str, run: object) -> pd.DataFrame:
    """A document's report on classes beside a run's, `results.report`.

    What is not printed, or cannot be said, is a dash; what needs no model follows
    from the printed supports.
    """
    from emolib import results

    ours = results.report(run)
    both = pd.concat({"document": printed(id), "here": ours}, axis=1)
    both = both.reindex(ours.index)
    alone = f"{commonest(id):.2f}"
    both.loc["commonest class alone", ("document", "f1")] = alone
    return both.map(_in_a_report)


def commonest(id: str) -> float:
    """The share of the commonest class among what a printed report or matrix tested.

    >>> round(commonest("A.table6"), 4), round(commonest("A.figure5"), 4)
    (0.9699, 0.9699)
    """
    known = next(one.table[id] for one in all_documents() if id in one.table)
    if known.kind == "matrix":
        counts = matrix(id).sum(axis=1)
    else:
        sums = ["accuracy", "macro average", "weighted average"]
        counts = printed(id)["support"].drop(sums, errors="ignore").astype(float)
    return float(counts.max() / counts.sum())


def beside_rows(id: str, here: Iterable[object]) -> pd.DataFrame:
    """A printed table of results beside ours, row by row.

    Args:
        id: of a table with one column of claims.
        here: for each of its rows a number, or a run, as in `beside`. Beside runs
            stands what needs no model, and where draws failed what the others have,
            as in `results.accuracies`.

    >>> beside_rows("A.table14", [0.2, 0.5])["here"].tolist()
    ['0.20', '0.50']
    """
    table = next(one.table[id] for one in all_documents() if id in one.table)
    (column,) = table.claims
    ids = [table.claim_id(column, label) for label in table.labels]
    runs = dict(zip(ids, here, strict=True))
    table = beside(id.partition(".")[0], runs)
    if not all(hasattr(run, "metrics") for run in runs.values()):
        return table
    from emolib import results

    floors = results.accuracies(runs, floors=True, failed=True)
    wanted = [n for n in ("learned", "commonest", "guessing") if n in floors]
    return table.join(floors[wanted].map("{:.2f}".format))


def _in_a_report(cell: object) -> str:
    """A cell as reports print it: scores with two decimals.

    >>> [_in_a_report(cell) for cell in (0.5, 12, "0.19", None)]
    ['0.50', '12', '0.19', '–']
    """
    if isinstance(cell, str):
        return cell or DASH
    if pd.isna(cell):
        return DASH
    return f"{cell:.2f}" if isinstance(cell, float) else str(cell)


def along(id: str, runs: Mapping[str, object]) -> pd.DataFrame:
    """A document's accuracies by epochs, in its shape, beside runs' by their share.

    Args:
        id: of a table whose rows or columns are numbers of epochs.
        runs: by the names that the table has for what it compares; one without a run
            stays empty.
    """
    from emolib import results

    cells = printed(id)
    cells = cells.T if cells.index.name == "epochs" else cells
    ours = results.along(runs).reindex(cells.index)
    ours = ours.astype({"epochs": "Int64", "seeds": "Int64"}).round(3)
    return pd.concat({"document": cells, "here": ours}, axis=1).rename_axis(None)


def matrix(id: str) -> pd.DataFrame:
    """A printed confusion matrix, true classes down, in the printed order."""
    for source in all_documents():
        printed = source.table.get(id)
        if printed is not None and printed.kind == "matrix":
            return frame(printed)
    raise _unknown("matrices", id)


def right(id: str) -> str:
    """How much is right by a printed matrix, or by a report's recalls and supports.

    Beside a matrix stands what an answer that is always its commonest class would get.

    >>> right("A.figure5")
    'right by its cells: 7925 of 7935, 99.874 %; the commonest class alone: 96.99 %'
    >>> right("A.table15-without")
    'right by its recalls: 70.6 %'
    """
    known = [one.table[id] for one in all_documents() if id in one.table]
    if known and known[0].kind == "matrix":
        cells = matrix(id)
        hits, items = sum(cells.loc[name, name] for name in cells), cells.sum().sum()
        share = f"{100 * hits / items:.3f} %"
        alone = f"the commonest class alone: {100 * commonest(id):.2f} %"
        return f"right by its cells: {hits} of {items}, {share}; {alone}"
    report = printed(id)[["recall", "support"]].astype(float)
    share = report.prod(axis=1).sum() / report["support"].sum()
    return f"right by its recalls: {100 * share:.1f} %"


def finding(id: str) -> Finding:
    """One finding, in our words; `checks.covered` gives its evidence."""
    for source in all_documents():
        for known in source.findings:
            if known.id == id:
                return known
    raise _unknown("findings", id)


def _unknown(part: str, id: str) -> UsageError:
    return UsageError(
        f"the ledger's {part} have no id {id!r}; `emolib ledger` lists them"
    )


def findings(study: str | None = None) -> pd.DataFrame:
    """Our words beside the evidence, and evidence that has none.

    Columns: id, document, check, outcome, inference, cause (the finding that explains
    it), title, evidence, innocent, about (the claims and tables that are wrong), either
    (whether it may be only one of them), read (those that are so by inference, where
    others are so without), beside (those that are only involved).

    A row for each finding, worst first within its document; then one for each result
    that agrees with nothing and that no finding speaks of, without an id.
    """
    rows = []
    for source in _chosen(study):
        found, spoken = audited(source.letter), set()
        mine = []
        for f in source.findings:
            of = checks.covered(f, found)
            spoken.update(map(id, of))
            worded = {"id": f.id, "cause": f.cause, "title": f.title}
            mine.append(worded | {"innocent": f.innocent} | _evidence(source, of))
        mine.sort(key=lambda row: list(OUTCOMES).index(row["outcome"]))
        rows += mine
        rows += [
            {"id": "", "cause": "", "title": "", "innocent": ""}
            | _evidence(source, [r])
            for r in found
            if r.outcome not in AGREEING and id(r) not in spoken
        ]
    columns = "id document check outcome inference cause title evidence innocent"
    columns += " about either read beside"
    return pd.DataFrame(rows, columns=columns.split())


def _evidence(source: Document, results: list[Result]) -> dict[str, object]:
    """What several results come to together."""
    rank = list(OUTCOMES)
    worst = min((r.outcome for r in results), key=rank.index, default="consistent")
    mixed = worst != "in tension, by inference"
    read = [r for r in results if mixed and r.outcome == "in tension, by inference"]
    about, inferred = (
        dict.fromkeys(name for r in some for name in r.about)
        for some in ([r for r in results if r not in read], read)
    )
    beside = dict.fromkeys(name for r in results for name in r.beside)
    return {
        "document": source.letter,
        "check": ", ".join(dict.fromkeys(r.check for r in results)),
        "outcome": worst,
        "inference": any(r.inference for r in results if r.outcome == worst),
        "evidence": " ".join(r.evidence for r in results),
        "about": list(about),
        "either": any(r.either and len(r.about) > 1 for r in results),
        "read": [name for name in inferred if name not in about],
        "beside": [name for name in beside if name not in {*about, *inferred}],
    }


def summary(study: str | None = None) -> pd.DataFrame:
    """Root causes, and claims, by document and outcome.

    What explains another finding is one cause with it. Index: document, outcome;
    columns: causes, claims.
    """
    found = findings(study)
    accused = found["outcome"].isin(ACCUSING) & (found["cause"] == "")
    causes = found[accused].groupby(["document", "outcome"]).size()
    verdict = claims(study).rename(columns={"verdict_on_paper": "outcome"})
    counted = verdict.groupby(["document", "outcome"]).size()
    both = pd.DataFrame({"causes": causes, "claims": counted}).fillna(0).astype(int)
    rank = {outcome: place for place, outcome in enumerate(verdicts.ON_PAPER)}
    return both.sort_index(key=lambda level: level.map(lambda v: rank.get(v, v)))


def figures(study: str) -> list[tuple[int | str, str]]:
    """Numbers and (our) titles of a document's figures."""
    return [(figure.number, figure.title) for figure in document(study).figures]


def settings(study: str) -> pd.DataFrame:
    """What a document says of its training: part, name, where, value, unit, note.

    An empty value is one that it leaves open.
    """
    return pd.DataFrame(list(document(study).settings))


def scores(system: str) -> dict[tuple[str, str], float]:
    """The class scores of a system as (metric, class) -> value, for `checks.reorder`.

    >>> scores("C.audio")["recall", "neutral"]
    0.88
    """
    return {
        tuple(c.id.rsplit(".", 2)[1:]): c.value
        for source in all_documents()
        for c in source.claims
        if c.kind == "class score" and c.id.rsplit(".", 2)[0] == system
    }


def _chosen(study: str | None) -> tuple[Document, ...]:
    return (document(study),) if study else all_documents()
