"""What can be claimed of anyone's predictions, and what cannot.

From a table with a row an item: what the sides of the split share, how good the
answers are and how sure that is, whether they beat answers that need no model,
whether confidence means anything, and which claims that carries.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from emolib import UsageError
from emolib.evaluation import calibration, comparison, intervals
from emolib.evaluation.near_one import held, least
from emolib.protocols.draws import same_ids
from emolib.protocols.leaks import leak_report
from emolib.protocols.splits import Split

COLUMNS = {
    "clip": "the recording or picture that an item is of",
    "subject": "the person in it",
    "side": "train, validation or test; without it, an item is tested",
    "fold": "in which an item is tested; without sides, all other folds are trained on",
    "label": "the true class",
    "prediction": "the class that was answered",
    "corpus": "the collection that it is from",
    "sentence": "what is said in it",
    "copy": "which altered copy of the clip the item is; 0 is the clip itself",
    "start": "where in the clip the item begins, in seconds or frames",
    "stop": "and where it ends",
}
"""What a column means; a class's name, or p_ and its name, holds probabilities,
rater_ and anything one rater's labels."""

ALIASES = {
    "file": "clip", "filename": "clip", "path": "clip", "id": "clip",
    "speaker": "subject", "actor": "subject", "person": "subject",
    "split": "side", "partition": "side", "set": "side", "dataset": "corpus",
    "truth": "label", "target": "label", "true": "label", "y_true": "label",
    "predicted": "prediction", "predictions": "prediction", "pred": "prediction",
    "y_pred": "prediction", "end": "stop", "database": "corpus", "text": "sentence",
}  # fmt: skip
"""Other tools' names of these columns, nkululeko's among them."""

SIDES = {
    **dict.fromkeys(("train", "training", "trn"), "train"),
    **dict.fromkeys(("validation", "valid", "val", "dev", "devel"), "validation"),
    **dict.fromkeys(("development", "watch"), "validation"),
    **dict.fromkeys(("test", "testing", "eval", "evaluation"), "test"),
}

SHARED = {
    "clip": "items whose own clip is trained on",
    "copy": "items of which another copy is trained on",
    "overlap": "items that overlap in time with one that is trained on",
    "subject": "items of people who are trained on",
    "sentence": "items with a sentence that is trained on",
    "near_duplicate": "items that are all but equal to one that is trained on",
    "corpus": "items of a collection that is trained on",
}
"""What the sides of a split may share."""

GRAVE = ("clip", "copy", "overlap", "near_duplicate", "subject")
"""What makes a score one of things, or of people, that are known."""

PARTS = {
    "read": "What was read",
    "shared": "What is trained on and tested",
    "score": "How good",
    "against": "Against answers that need no model",
    "class": "By class",
    "people": "By person",
    "confidence": "How sure it says it is",
    "raters": "Beside people",
    "claim": "What can be claimed",
}

SIGNS = {"apart": "=", "shared": "!", "cannot": "!", "unknown": "?", "can": "="}
LEAST = 5  # items of a class, for a recall to be told


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        part: one of `PARTS`.
        about: what of it: a column, a metric, a class, a claim.
        outcome: `apart`, `shared`; `can`, `cannot` be claimed; `unknown`, since
            the table does not say; `found` for numbers.
        says: all of it in a sentence.
        value, low, high: a share or a score and its 95 % interval, if any.
        p: of a test over people, corrected where there are several.
        n, unit: how many of what it rests on.
    """

    part: str
    about: str
    outcome: str
    says: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    n: int | None = None
    unit: str | None = None


@dataclass(frozen=True)
class Audit:
    """What was found of a table of predictions."""

    name: str
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether no test item, nor its person, is known to be trained on, or to stand
        on the validation side, by which training is stopped and settings are chosen."""
        grave = [f for f in self.findings if f.about.split(",")[0] in GRAVE]
        return all(f.outcome != "shared" for f in grave)

    def table(self) -> pd.DataFrame:
        """A row a finding."""
        return pd.DataFrame([asdict(finding) for finding in self.findings])

    def json(self) -> str:
        """A list of flat objects; `book/_static/audit.schema.json` describes them."""
        return json.dumps([asdict(f) for f in self.findings], indent=1)

    def __str__(self) -> str:
        """For a terminal, part by part."""
        lines = [f"Audit of {self.name}"]
        for heading, findings in self._parts():
            lines += ["", heading]
            lines += [f" {SIGNS.get(f.outcome, ' ')} {f.says}" for f in findings]
        return "\n".join(lines)

    def html(self) -> str:
        """The same as a page of its own."""
        body = [f"<h1>Audit of {html.escape(self.name)}</h1>"]
        for heading, findings in self._parts():
            body.append(f"<h2>{html.escape(heading)}</h2><ul>")
            body += [
                f'<li class="{f.outcome}">{html.escape(f.says)}</li>' for f in findings
            ]
            body.append("</ul>")
        return _PAGE.format(title=html.escape(self.name), body="\n".join(body))

    def _parts(self) -> Iterator[tuple[str, list[Finding]]]:
        for part, heading in PARTS.items():
            found = [f for f in self.findings if f.part == part]
            if found:
                yield heading, found


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Audit of {title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; max-width: 44rem; margin: 2rem auto;
  padding: 0 1rem; color: #1b1b1b; background: #fff; overflow-wrap: anywhere }}
h1 {{ font-size: 1.5rem }} h2 {{ font-size: 1.1rem; margin: 1.5rem 0 .25rem }}
li.shared, li.cannot {{ border-left: .25rem solid #a4262c; padding-left: .5rem }}
li.apart, li.can {{ border-left: .25rem solid #1f6f43; padding-left: .5rem }}
li {{ list-style: none; margin: .25rem 0 }} ul {{ padding: 0 }}
</style></head><body>
{body}
</body></html>
"""


def audit(
    predictions: pd.DataFrame | str | Path,
    clips: pd.DataFrame | str | Path | None = None,
    *,
    columns: Mapping[str, str] | None = None,
    features: ArrayLike | None = None,
) -> Audit:
    """Look at predictions and at the split that they come from.

    Args:
        predictions: a table, or a CSV file, with a row an item and columns as
            `COLUMNS` says; `label` and `prediction` (or probabilities) are needed.
        clips: what else is known of the clips (subject, side, ...), with a row a
            clip. Clips of its training side need no prediction.
        columns: the table's own names of columns, where they are others.
        features: a small description of each row, to find near-duplicates by.

    Raises:
        UsageError: if the file cannot be read, a column that is needed is missing,
            or a test item has no label or no prediction.

    >>> rows = pd.DataFrame({"label": list("abab"), "prediction": list("abaa")})
    >>> found = audit(rows.assign(subject=list("1122"), fold=[0, 0, 1, 1]))
    >>> found.ok, found.table().query("part == 'score'")["value"].iloc[0].item()
    (True, 0.75)
    """
    name = predictions.name if isinstance(predictions, Path) else ""
    name = Path(predictions).name if isinstance(predictions, str) else name
    items, others, taken = _named(_read(predictions), columns or {})
    if clips is not None:
        items = _joined(items, _named(_read(clips), columns or {})[0])
    if features is not None and len(features) != len(items):
        raise UsageError(f"{len(features)} rows of features for {len(items)} items")
    items, probabilities = _answers(items, others)
    raters = others[[c for c in others if str(c).lower().startswith("rater")]]
    items = _timed(_labels(items, raters))
    splits = _splits(items)
    tested = np.concatenate([s.test for s in splits])
    _complete(items.iloc[tested])

    found = [_read_finding(items, splits, tested, taken)]
    shared = [*_sharing(items, splits, features), *_named_alike(items, splits)]
    outcomes = {f.about: f.outcome for f in shared}
    known = {"shared": True, "apart": False}.get(outcomes["subject"])
    test = items.iloc[tested].reset_index(drop=True)
    floor = _floor(items, splits)
    found += [*shared, *_scores(test, known), *_against(test, floor)]
    found += [*_classes(test), *_people(test)]
    if probabilities is not None:
        found += _confidence(test, probabilities.iloc[tested])
    if len(raters.columns) > 1:
        found += _beside(test, raters.iloc[tested].reset_index(drop=True))
    return Audit(name or "predictions", (*found, *_claims(found)))


# -- reading ----------------------------------------------------------------


def _read(table: pd.DataFrame | str | Path) -> pd.DataFrame:
    if isinstance(table, pd.DataFrame):
        return table.reset_index(drop=True)
    try:
        with Path(table).open(encoding="utf-8-sig", errors="replace") as file:
            head = file.readline()
        between = max(",;\t", key=head.count)
        return pd.read_csv(table, sep=between, dtype=str, keep_default_na=False)
    except FileNotFoundError:
        raise UsageError(f"{table}: there is no such file") from None
    except (OSError, ValueError) as error:
        said = str(error).splitlines()[0]
        raise UsageError(f"{table}: not a table in CSV, UTF-8: {said}") from error


def _named(
    table: pd.DataFrame, columns: Mapping[str, str]
) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, str]]:
    """Known columns under their names, the others, and what was taken for what."""
    for column, own in columns.items():
        if column not in COLUMNS or own not in table:
            raise UsageError(
                f"{column}={own}: the table has the columns "
                f"{', '.join(map(str, table))}; they can stand for {', '.join(COLUMNS)}"
            )
    taken = {own: column for column, own in columns.items()}
    plain = {own: str(own).strip().lower() for own in table}
    for own, name in plain.items():  # its own name before one of another tool
        if name in COLUMNS and name not in taken.values():
            taken.setdefault(own, name)
    for own, name in plain.items():
        if name in ALIASES and ALIASES[name] not in taken.values():
            taken.setdefault(own, ALIASES[name])
    items = table[[*taken]].rename(columns=taken).map(_plain)
    renamed = {own: column for own, column in taken.items() if own != column}
    return items, table.drop(columns=[*taken]), renamed


def _timed(items: pd.DataFrame) -> pd.DataFrame:
    """Beginnings and ends as numbers, or left out where they are not all known."""
    ends = ["start", "stop"]
    if not {*ends} <= {*items}:
        return items.drop(columns=ends, errors="ignore")
    numbers = items[ends].apply(pd.to_numeric, errors="coerce")
    if numbers.isna().any(axis=None):  # "0 days 00:00:02.5"
        times = items[ends].apply(pd.to_timedelta, errors="coerce")
        numbers = times.apply(lambda column: column.dt.total_seconds())
    if numbers.isna().any(axis=None):
        return items.drop(columns=ends)
    return items.assign(**numbers)


def _plain(value: object) -> str:
    """A cell as text; empty where nothing stands."""
    if value is None or value is pd.NaT or value != value:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()


def _joined(items: pd.DataFrame, clips: pd.DataFrame) -> pd.DataFrame:
    """With what another table knows of the same clips, and its other clips."""
    for table in (items, clips):
        if "clip" not in table:
            raise UsageError("two tables are joined by a column clip, which one lacks")
    by = ["corpus", "clip"] if "corpus" in items and "corpus" in clips else ["clip"]
    items, clips = (t.assign(key=_joint(t, by)) for t in (items, clips))
    twice = clips.loc[clips["key"].duplicated(), "clip"]
    if len(twice):
        raise UsageError(f"the table of clips names {twice.iloc[0]} twice")
    new = [column for column in clips if column not in items or column == "key"]
    joined = items.merge(clips[new], on="key", how="left", validate="many_to_one")
    rest = clips[~clips["key"].isin(items["key"])]
    return pd.concat([joined, rest], ignore_index=True).fillna("").drop(columns="key")


def _answers(
    items: pd.DataFrame, others: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """With predictions; and the probabilities of classes, if the table has them."""
    classes = {*items.get("label", ()), *items.get("prediction", ())} - {""}
    plain = {str(name).strip(): name for name in others}
    heads = {c: plain.get(f"p_{c}", plain.get(c)) for c in classes}
    further = {n[2:]: own for n, own in plain.items() if n.startswith("p_")}
    heads = further | {c: own for c, own in heads.items() if own is not None}
    probabilities = None
    if len(heads) > 1 and {*heads} >= {*items.get("label", ())} - {""}:
        numbers = others[[*heads.values()]].apply(pd.to_numeric, errors="coerce")
        probabilities = numbers.set_axis([*heads], axis=1).reindex(range(len(items)))
    if "prediction" not in items:
        if probabilities is None:
            raise UsageError(
                "there is no column prediction, and none a class with its "
                f"probabilities; the table has {', '.join(map(str, [*items, *others]))}"
            )
        told = probabilities.notna().all(axis=1)
        best = probabilities[told].idxmax(axis=1)
        items = items.assign(prediction=best.reindex(range(len(items))).fillna(""))
    return items, probabilities


def _labels(items: pd.DataFrame, raters: pd.DataFrame) -> pd.DataFrame:
    if "label" in items:
        return items
    if raters.columns.empty:
        raise UsageError(
            f"there is no column label; the table has {', '.join(map(str, items))}"
        )
    label = _majority(raters).reindex(range(len(items)), fill_value="")
    return items.assign(label=label)


def _majority(raters: pd.DataFrame) -> pd.Series:
    """The label that most raters gave; empty where two are level."""
    counted = raters.map(_plain).apply(
        lambda row: row[row != ""].value_counts(), axis=1
    )
    best = counted.max(axis=1)
    alone = counted.eq(best, axis=0).sum(axis=1) == 1
    return counted.fillna(0).idxmax(axis=1).where(alone, "")


def _splits(items: pd.DataFrame) -> list[Split]:
    """Which rows are trained on and which tested, fold by fold."""
    every = np.arange(len(items))
    side = _sides(items)
    folds = items.get("fold", pd.Series("", items.index))
    if "fold" in items and "side" not in items:
        held = [np.flatnonzero(folds == f) for f in folds.unique() if f != ""]
        return [Split(n, np.setdiff1d(every, t), t) for n, t in enumerate(held)]
    splits = []
    for number, fold in enumerate(folds.unique()):
        here = (folds == fold).to_numpy()
        train, test = (
            np.flatnonzero(here & (side == name).to_numpy())
            for name in ("train", "test")
        )
        if len(test):
            splits.append(Split(number, train, test))
    if not splits:
        raise UsageError("no row is on the test side")
    return splits


def _sides(items: pd.DataFrame) -> pd.Series:
    if "side" not in items:
        return pd.Series("test", items.index)
    side = items["side"].str.lower().map(SIDES)
    if side.isna().any():
        row = int(side.isna().argmax())
        raise UsageError(
            f"row {row}: side {items['side'].iloc[row]!r}; it can be train, validation "
            "or test"
        )
    return side


def _complete(test: pd.DataFrame) -> None:
    """Refuse test items without a label or an answer."""
    for column in ("label", "prediction"):
        empty = test.index[test[column] == ""]
        if len(empty):
            raise UsageError(
                f"row {empty[0]} is tested and has no {column}, as {len(empty) - 1} "
                f"more; leave such rows out, or give them one"
            )


def _read_finding(
    items: pd.DataFrame, splits: list[Split], tested: np.ndarray, taken: dict[str, str]
) -> Finding:
    test = items.iloc[tested]
    parts = [f"{len(test)} items are tested"]
    if "clip" in items:
        parts.append(f"of {_within(test, 'clip').nunique()} clips")
    if "subject" in items:
        parts.append(f"of {_within(test, 'subject').nunique()} people")
    parts.append(f"in {test['label'].nunique()} classes")
    says = ", ".join(parts) + (f" and {len(splits)} folds." if splits[1:] else ".")
    if taken:
        says += " Taken: " + ", ".join(f"{o} for {c}" for o, c in taken.items()) + "."
    return Finding("read", "items", "found", says, n=len(test), unit="item")


def _within(items: pd.DataFrame, column: str) -> pd.Series:
    """Names of people or clips; the same one in two collections is two of them, if it
    is said of all which collection they are from."""
    names = same_ids(items[column])
    if "corpus" not in items or (items["corpus"] == "").any():
        return names
    return _joint(items, ["corpus", column]).where(names != "", "")


def _joint(items: pd.DataFrame, columns: list[str]) -> pd.Series:
    """Several columns of ids as one."""
    first, *others = (same_ids(items[column]) for column in columns)
    return first.str.cat(others, sep=" ") if others else first


# -- what is shared ---------------------------------------------------------


def _sharing(
    items: pd.DataFrame, splits: list[Split], features: ArrayLike | None
) -> Iterator[Finding]:
    """What the test side meets again on the training side, and on the watched one."""
    named = [column for column in ("clip", "subject") if column in items]
    items = items.assign(**{column: _within(items, column) for column in named})
    trained = any(len(split.train) for split in splits)
    counts = [
        {**leak_report(items, split, features), "corpus": _corpora(items, split)}
        for split in splits
        if trained
    ]
    for kind, whom in SHARED.items():
        told = [count for count in counts if count.get(kind) is not None]
        if not told:
            why = _why_unknown(kind, trained, features is not None)
            yield Finding("shared", kind, "unknown", why)
            continue
        of, met, n = (sum(c[what] for c in told) for what in ("test", "train", kind))
        outcome = "shared" if n else "apart"
        where = " over all folds" if told == counts and len(counts) > 1 else ""
        says = f"No {whom}: {of} compared with {met}{where}."
        if n:
            says = f"{n} of {of} are {whom}."
        yield Finding("shared", kind, outcome, says, n / of, n=of, unit="item")
    yield from _watched(items, splits)


def _corpora(items: pd.DataFrame, split: Split) -> int | None:
    if "corpus" not in items:
        return None
    corpora = same_ids(items["corpus"]).to_numpy()
    return int(np.isin(corpora[split.test], corpora[split.train]).sum())


def _named_alike(items: pd.DataFrame, splits: list[Split]) -> Iterator[Finding]:
    """Clips of one name in two collections, which are taken for two."""
    if not {"clip", "corpus"} <= {*items}:
        return
    clips, own = same_ids(items["clip"]), _within(items, "clip")
    n = 0
    for train, test in ((split.train, split.test) for split in splits):
        met = clips.iloc[test].isin({*clips.iloc[train]} - {""})
        n += int((met & ~own.iloc[test].isin({*own.iloc[train]})).sum())
    if n:
        says = f"{n} items are named like a clip of another collection that is trained "
        says += "on, and taken for other clips: one name in two collections is two."
        yield Finding("shared", "clip, corpus", "unknown", says, n=n, unit="item")


def _why_unknown(kind: str, trained: bool, described: bool) -> str:
    named = kind.replace("_", " ")
    if not trained:
        return f"Whether any {named} is shared: the table shows no training side."
    if kind == "near_duplicate" and described:
        says = "Whether any item is all but equal to another: by these features people "
        return says + "apart come as near by chance."
    if kind == "near_duplicate":
        return "Whether any item is all but equal to another: that wants features."
    column = {"overlap": "start and stop"}.get(kind, kind)
    return f"Whether any {named} is shared: the table has no column {column}."


def _watched(items: pd.DataFrame, splits: list[Split]) -> Iterator[Finding]:
    """People and clips who are tested, and by whom settings may have been chosen."""
    watched = _sides(items) == "validation"
    if not watched.any():
        return
    folds = items.get("fold", pd.Series("", items.index))
    tested = np.concatenate([split.test for split in splits])
    for column in [c for c in ("clip", "subject") if c in items]:
        ids, n = _within(items, column), 0
        for test in (split.test for split in splits):  # in other folds they may be
            beside = watched & (folds == folds.iloc[test[0]])
            n += int(ids.iloc[test].isin({*ids[beside]} - {""}).sum())
        what = {"clip": "whose clip", "subject": "whose person"}[column]
        says = f"{n} of {len(tested)} items {what} is on the validation side too."
        outcome = "shared" if n else "apart"
        about = f"{column}, validation"
        yield Finding("shared", about, outcome, says, n / len(tested), n=len(tested))


# -- how good ---------------------------------------------------------------


def _scores(test: pd.DataFrame, known: bool | None) -> Iterator[Finding]:
    names = {"accuracy": "Accuracy", "uar": "Mean recall", "macro_f1": "Macro F1",
             "weighted_f1": "Weighted F1"}  # fmt: skip
    who = _people_of(test)
    found = intervals.score_intervals(
        test["label"].to_numpy(), test["prediction"].to_numpy(),
        np.arange(len(test)) if who is None else who, trained_on=known,
    )  # fmt: skip
    for metric, name in names.items():
        one = found[metric]
        if who is None:
            says = f"{name} {one.value:.1%}; no interval, since nobody says who is who."
            yield Finding("score", metric, "found", says, one.value, n=len(test))
            continue
        ends = _known(one.low, one.high)
        told = f"{one}.{held(metric, asdict(one))}"
        if one.low == 1:
            told = f"100 %, nobody errs: at least {least(one.n):.1%}, {one.n} subjects."
        says = f"{name} {told}"
        yield Finding(
            "score", metric, "found", says, one.value, *ends, None, one.n, "subject"
        )


def _people_of(test: pd.DataFrame) -> np.ndarray | None:
    """Whom each item is of; None where the table does not say of all."""
    if "subject" not in test or (test["subject"] == "").any():
        return None
    return _within(test, "subject").to_numpy().astype(str)


def _floor(items: pd.DataFrame, splits: list[Split]) -> tuple[np.ndarray, bool]:
    """Whether always naming the commonest class is right; and if it is training's."""
    right, trained = [], True
    for split in splits:
        labels = items["label"].iloc[split.train]
        labels = labels[labels != ""]
        trained &= len(labels) > 0
        tested = items["label"].iloc[split.test]
        commonest = (labels if len(labels) else tested).mode()[0]
        right.append((tested == commonest).to_numpy())
    return np.concatenate(right), trained


def _against(test: pd.DataFrame, floor: tuple[np.ndarray, bool]) -> list[Finding]:
    """The commonest class, and the same answers dealt to the items by lot."""
    right = (test["label"] == test["prediction"]).to_numpy()
    dealt = test["label"].map(test["prediction"].value_counts(normalize=True))
    where = "of those trained on" if floor[1] else "of those tested"
    rivals = {
        "majority": (floor[0], f"always the commonest class {where}"),
        "chance": (dealt.fillna(0).to_numpy(), "the same answers dealt by lot"),
    }
    who = _people_of(test)
    if who is None:
        return [
            Finding("against", name, "unknown",
                    f"{what[0].upper()}{what[1:]}: {rival.mean():.1%}; no test, since "
                    "nobody says who is who.", float(rival.mean()), n=len(test))
            for name, (rival, what) in rivals.items()
        ]  # fmt: skip
    tests = {name: comparison.paired(right, r, who) for name, (r, _) in rivals.items()}
    adjusted = comparison.holm([test["p"] for test in tests.values()])
    found = []
    for (name, one), p in zip(tests.items(), adjusted, strict=True):
        rival, what = rivals[name]
        ahead = one["difference"] > 0 and p < 0.05
        spread = _range(one["low"], one["high"])
        says = (
            f"{what[0].upper()}{what[1:]}: {rival.mean():.1%}, a difference of "
            f"{100 * one['difference']:+.1f} points{spread}, p = {p:.2g} over "
            f"{one['n_subjects']} people."
        )
        if 2 / 2 ** one["n_subjects"] > 0.05:
            says += " So few people can show nothing."
        ends = _known(one["low"], one["high"])
        found.append(Finding(
            "against", name, "can" if ahead else "cannot", says, one["difference"],
            *ends, float(p), one["n_subjects"], "subject",
        ))  # fmt: skip
    return found


def _known(low: float, high: float) -> list[float | None]:
    """The ends of an interval, as far as there is one."""
    return [None if np.isnan(end) else end for end in (low, high)]


def _range(low: float, high: float) -> str:
    """The same in per cent, to stand behind a number."""
    return "" if np.isnan(low) else f" [{100 * low:.1f}, {100 * high:.1f}]"


def _classes(test: pd.DataFrame) -> Iterator[Finding]:
    for name, of_class in test.groupby("label"):
        right = int((of_class["prediction"] == name).sum())
        n = len(of_class)
        answered = int((test["prediction"] == name).sum())
        says = f"{name}: {right} of {n} recognised, answered {answered} times."
        if n < LEAST:
            says = f"{name}: {n} tested, of which nothing can be said."
        outcome = "found" if n >= LEAST else "unknown"
        yield Finding("class", name, outcome, says, right / n, n=n, unit="item")
    never = sorted({*test["prediction"]} - {*test["label"]})
    if never:
        says = f"Answered, and never true here: {', '.join(never)}."
        yield Finding("class", "never true", "found", says, n=len(never))


def _people(test: pd.DataFrame) -> Iterator[Finding]:
    who = _people_of(test)
    if who is None:
        return
    right = (test["label"] == test["prediction"]).groupby(who).mean()
    says = f"From {right.min():.1%} ({right.idxmin()}) to {right.max():.1%} "
    says += f"({right.idxmax()}), half of the people below {right.median():.1%}."
    yield Finding("people", "accuracy", "found", says, float(right.median()),
                  float(right.min()), float(right.max()), n=len(right),
                  unit="subject")  # fmt: skip


# -- how sure it says it is -------------------------------------------------


def _confidence(test: pd.DataFrame, probabilities: pd.DataFrame) -> Iterator[Finding]:
    about = "probabilities"
    told = probabilities.to_numpy(dtype=float)
    off = ~np.isclose(told.sum(axis=1), 1, atol=0.01) | (told < 0).any(axis=1)
    if off.any():
        says = f"In {off.sum()} of {len(told)} rows the columns of classes are no "
        says += "probabilities that add up to one; nothing is said of confidence."
        yield Finding("confidence", about, "unknown", says, float(off.mean()))
        return
    best = probabilities.columns.to_numpy()[told.argmax(axis=1)]
    other = int((best != test["prediction"].to_numpy()).sum())
    if other:
        says = f"In {other} of {len(test)} rows another class has the highest "
        says += "probability than the one answered."
        yield Finding("confidence", about, "found", says, other / len(test))
    places = {name: n for n, name in enumerate(probabilities)}
    truth = test["label"].map(places).to_numpy()
    error = calibration.expected_calibration_error(told, truth)
    sure, right = told.max(axis=1), told.argmax(axis=1) == truth
    says = f"Mean confidence {sure.mean():.1%} where {right.mean():.1%} are right"
    gap, who = None, _people_of(test)
    ends: list[float | None] = [None, None]
    if who is not None:
        gap = intervals.interval(sure - right, who)
        ends = _known(gap.low, gap.high)
        if ends[0] is not None:
            much = "too sure" if gap.low > 0 else "not sure enough"
            clear = gap.low > 0 or gap.high < 0
            says += f": {much if clear else 'no difference shown'}"
            says += _range(gap.low, gap.high)
    says += f"; calibration error {error:.1%}."
    yield Finding("confidence", "calibration", "found", says, error, n=len(test))
    difference = float((sure - right).mean())
    yield Finding("confidence", "gap", "found",
                  f"Confidence less accuracy: {100 * difference:+.1f} points.",
                  difference, *ends, n=gap.n if gap else len(test),
                  unit="subject" if gap else "item")  # fmt: skip


def _beside(test: pd.DataFrame, raters: pd.DataFrame) -> Iterator[Finding]:
    """Each rater in turn against the majority of the others, and the model too."""
    raters = raters.map(_plain)
    one, model = [], []
    for name in raters:
        others = raters.drop(columns=name)
        majority = _majority(others)
        known = (raters[name] != "") & (majority != "")
        one.append((raters[name] == majority).where(known))
        model.append((test["prediction"] == majority).where(known))
    human, machine = (pd.concat(side, axis=1).mean(axis=1) for side in (one, model))
    told, who = human.notna().to_numpy(), _people_of(test)
    if not told.any():
        return
    says = f"A rater agrees with the majority of the others in {human.mean():.1%} of "
    says += f"{told.sum()} items, the model in {machine.mean():.1%}"
    if who is None:
        yield Finding("raters", "agreement", "found", f"{says}.", float(machine.mean()))
        return
    gain = machine[told].to_numpy(float) - human[told].to_numpy(float)
    spread = intervals.interval(gain, who[told])
    ends = _known(spread.low, spread.high)
    if ends[0] is not None:
        says += f", a difference of {100 * spread.value:+.1f} points"
        says += _range(spread.low, spread.high)
    yield Finding("raters", "agreement", "found", f"{says}.", spread.value, *ends,
                  n=spread.n, unit="subject")  # fmt: skip


# -- what can be claimed ----------------------------------------------------


def _claims(found: list[Finding]) -> Iterator[Finding]:
    shared = {f.about: f.outcome for f in found if f.part == "shared"}
    against = {f.about: f.outcome for f in found if f.part == "against"}
    few = [f.about for f in found if f.part == "class" and f.outcome == "unknown"]

    def claim(about: str, reasons: list[str], can: str) -> Finding:
        told = "yes, as far as this table tells"
        said = f"{can}: no, " + "; ".join(reasons) if reasons else f"{can}: {told}"
        return Finding("claim", about, "cannot" if reasons else "can", f"{said}.")

    level = [
        f"it is not shown to be ahead of {rival}"
        for rival, name in (("the commonest class", "majority"), ("chance", "chance"))
        if against[name] != "can"
    ]
    yield claim("above chance", level, "These answers say something of the classes")
    met = [
        f"{what} are trained on"
        if shared[kind] == "shared"
        else f"whether {what} are trained on is not known"
        for kind, what in (("clip", "clips that are tested"), ("subject", "people"))
        if shared[kind] == "shared" or shared["subject"] != "apart" != shared[kind]
    ]
    met += [
        f"{what} are trained on"
        for kind, what in (("copy", "copies"), ("overlap", "overlapping parts"),
                           ("near_duplicate", "near-duplicates"))
        if shared[kind] == "shared"
    ]  # fmt: skip
    met += [
        f"{what} on the validation side"
        for kind, what in (("clip", "clips that are tested are"),
                           ("subject", "people who are tested are"))
        if shared.get(f"{kind}, validation") == "shared"
    ]  # fmt: skip
    yield claim("new people", level + met, "They would do so for people not met")
    elsewhere = [] if shared["corpus"] == "apart" else [
        "the same collection is trained on" if shared["corpus"] == "shared"
        else "whether another collection was tested is not known"
    ]  # fmt: skip
    yield claim("new collections", level + elsewhere, "And for another collection")
    each = [f"fewer than {LEAST} items of {', '.join(few)}"] if few else []
    yield claim("each class", each, "A recall can be told of each class")
    says = "No table shows whether epochs or settings were chosen on the test side, "
    says += "whether scaling, selection or fusion was fitted on it, how many tries "
    says += "there were, or whether two files with different names are one recording."
    yield Finding("claim", "not to be seen", "unknown", says)
