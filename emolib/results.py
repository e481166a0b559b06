"""Tables over runs.

A run is what `Study.run` gives (one, or several seeds together) or what is read
from the records that come with the book, `real(study).find(...)`. Runs come in a
dict; its keys name the rows, tuples several levels of them.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from emolib import EmolibError, UsageError, records, standing
from emolib.evaluation import comparison, metrics, near_one
from emolib.evaluation.intervals import beside
from emolib.files import shown
from emolib.notebook import near
from emolib.records import Recorded, Seeds
from emolib.records.reading import read_record
from emolib.records.run import fresh

Runs = Mapping[Hashable, Recorded | Seeds]

LEAST_CLIPS = 30
"""Two systems are not compared on fewer clips than these."""

LEAST_PEOPLE = 6
"""Of fewer people no test can show anything (of five the smallest p is 2 / 2^5)."""

LEARNED = 0.05
"""Were a network to know nothing but how frequent the classes are, it would be right
about so much of what it trains on less often than this: then it has learned."""


def accuracies(
    runs: Runs,
    metric: str = "accuracy",
    floors: bool = False,
    failed: bool = False,
    epochs: bool = False,
) -> pd.DataFrame:
    """A metric of each run with its interval, and what it was trained on.

    Args:
        runs: by name.
        metric: of theirs.
        floors: tell also what needs no model: `commonest`, the share of the
            commonest class among what was tested, and `guessing`.
        failed: tell also, where there are some, of how many seeds a network has not
            learned (`trainings`), and the metric over the others, `learned`.
        epochs: tell also of networks how many epochs they ran, of how many they were
            allowed, and how many of those that were to be stopped by their loss were
            stopped by that limit instead, such as "30 to 40 of 40, cut off 2 of 3".

    Returns:
        A row a run: value, low, high, people (tested), note (few people, known
        people, nobody errs: then low is what fits so many people who do not), items,
        clips (trained on, the mean over folds), seeds, folds; `least` and `most` over
        seeds where there are several.

    Raises:
        UsageError: if a run is not complete, or the metric unknown.
    """
    rows = []
    for run in runs.values():
        found, folds = _metric(run, metric), run.record["folds"]
        trained = [fold.get("trained") or {} for fold in folds]
        row = {name: found.get(name) for name in ("value", "low", "high")}
        row |= {"people": found.get("n"), "note": beside(found)}
        if row["low"] == 1:
            words = ("nobody errs", row["note"])
            row |= {"low": near_one.least(row["people"])}
            row |= {"note": ", ".join(word for word in words if word)}
        row |= {
            "items": _mean([t.get("items", f["leak"].get("train")) for t, f in
                            zip(trained, folds, strict=True)]),
            "clips": _mean([t.get("clips") for t in trained]),
            "seeds": run.seeds,
            "folds": len(folds),
        }  # fmt: skip
        if run.seeds > 1:
            row["least"], row["most"] = run.spread[metric]
        if floors:
            shares = answered(run)[0].value_counts(normalize=True)
            row |= {"commonest": shares.max(), "guessing": 1 / len(run.space)}
        if failed and (left := that_learned(run)) is not run:
            row["failed"] = run.seeds - (left.seeds if left else 0)
            row["learned"] = _metric(left, metric)["value"] if left else np.nan
        if epochs and (told := _epochs(run)):
            row["epochs"] = told
        rows.append(row)
    kinds = dict.fromkeys(("value", "low", "high"), float)
    counts = ("people", "items", "clips", "seeds", "folds")
    if not rows:  # no record yet: a table without rows
        return pd.DataFrame(columns=[*kinds, *counts]).astype(kinds)
    table = pd.DataFrame(rows, index=_index(runs))
    if "failed" in table:
        table["failed"] = table["failed"].fillna(0).astype(int)
        table["learned"] = table["learned"].where(table["failed"] > 0, table["value"])
    if "epochs" in table:
        table["epochs"] = table["epochs"].fillna("")
    return table.astype(kinds | dict.fromkeys(counts, "Int64"))


def _epochs(run: Recorded | Seeds) -> str:
    """How long a run's own networks learned, and what stopped them; "" if none did."""
    lengths, cut, watched = [], 0, 0
    for record in (one.record for one in getattr(run, "runs", [run])):
        most, stops = (record["parameters"].get(n) for n in ("epochs", "stop_after"))
        known = [f["history"] for f in record["folds"] if f.get("history")]
        ran = [len(pd.DataFrame(history)) for history in known]
        lengths += ran
        if stops:
            watched += len(ran)
            cut += ran.count(most)
    if not lengths:
        return ""
    few, many = min(lengths), max(lengths)
    told = f"{few} of {most}" if few == many else f"{few} to {many} of {most}"
    return f"{told}, cut off {cut} of {watched}" if watched else told


def trainings(run: Recorded | Seeds) -> pd.DataFrame:
    """Whether the networks of a run learned anything, by their training alone.

    A network that tells nothing apart can still learn how frequent the classes are,
    and name the commonest one for all. One has learned if, in the epoch that is kept,
    it is right about more of what it trains on, by a one-sided binomial test at
    `LEARNED`. What it answered about those who are tested does not enter.

    The share of the commonest class is that among what the other folds test, which
    this one trains on, or of one stratified draw, whose sides are alike in it, that of
    the draw. Of other draws records do not tell it, and nobody can say.

    Returns:
        A row a network: seed, fold, epoch (the one kept), items (trained on), right
        (share of them), commonest, p, and learned: yes, no, or missing. Of a run that
        is made of others' answers, the networks of these.
    """
    rows = [
        {"seed": one.record["seed"], **row}
        for one in run.runs
        for row in _networks(one.record, one.folder)
    ]
    columns = ["fold", "epoch", "items", "right", "commonest", "p", "learned"]
    table = pd.DataFrame(rows, columns=["seed", *columns])
    return table.astype({"learned": "boolean"})


def that_learned(run: Recorded | Seeds) -> Recorded | Seeds | None:
    """The seeds of a run none of whose networks failed to learn: the run itself if
    that is all of them, None if it is none."""
    table = trainings(run)
    lost = set(table.loc[~table["learned"].fillna(True), "seed"])
    if not lost:
        return run
    left = [one for one in run.runs if one.record["seed"] not in lost]
    return None if not left else left[0] if len(left) == 1 else Seeds(left)


def _networks(record: dict, folder: Path) -> Iterator[dict[str, Any]]:
    from scipy.stats import binomtest

    for parent in record.get("parents", []):
        place = folder.parent / parent["id"]
        if (place / "record.json").exists():
            yield from _networks(read_record(place / "record.json"), place)
    trained = [fold for fold in record["folds"] if fold.get("history")]
    file, wanted = folder / "predictions.parquet", ["fold", "label"]
    labels = pd.read_parquet(file, columns=wanted) if trained else pd.DataFrame()
    for fold in trained:
        history = pd.DataFrame(fold["history"])
        items = (fold.get("trained") or {}).get("items", fold["leak"]["train"])
        watched = history["val_loss"].astype(float)
        stops = record["parameters"].get("stop_after") and watched.notna().all()
        epoch = int(watched.idxmin()) if stops else len(history) - 1
        right, share = history["accuracy"].iloc[epoch], _commonest(record, fold, labels)
        row = {"fold": fold["fold"], "epoch": epoch + 1, "items": items}
        row |= {"right": right, "commonest": share}
        if share is not None and not pd.isna(right):
            hits = round(right * items)
            found = binomtest(hits, items, share, alternative="greater").pvalue
            row |= {"p": float(found), "learned": bool(found < LEARNED)}
        yield row


def _commonest(record: dict, fold: dict, labels: pd.DataFrame) -> float | None:
    """The share of the commonest class among what a fold's network trained on."""
    drawn = record["parameters"].get("protocol.stratified")
    known = labels["label"] if drawn else labels.query("fold != @fold['fold']")["label"]
    return float(known.value_counts(normalize=True).max()) if len(known) else None


def trained(runs: Runs) -> pd.DataFrame:
    """How the networks of runs were trained, as their histories tell it.

    Returns:
        A row a run: `in training`, the share of what was learned from that was right
        in the last epoch, the mean over folds and seeds; and `rate fell`, in how many
        trainings a scheduler lowered the rate, such as "1 of 15".
    """
    rows = []
    for run in runs.values():
        each = [h for one in run.runs for _, h in one.history.groupby("fold")]
        fell = sum(h["rate"].iloc[-1] < h["rate"].iloc[0] for h in each)
        right = float(np.mean([h["accuracy"].iloc[-1] for h in each]))
        rows.append({"in training": right, "rate fell": f"{fell} of {len(each)}"})
    columns = ["in training", "rate fell"]
    return pd.DataFrame(rows, index=_index(runs), columns=columns)


def along(runs: Runs, parts: int = 4) -> pd.DataFrame:
    """Accuracy on the test side along one training, at equal shares of its epochs.

    Args:
        runs: by name, each of a network that watched its test side.
        parts: how many shares.

    Returns:
        A row a run: the share of the epochs as columns (the mean over folds and
        seeds), then epochs and seeds.
    """
    rows = {}
    for name, run in runs.items():
        curves = [
            curve.set_index("epoch")["val_accuracy"]
            for one in getattr(run, "runs", [run])
            for _, curve in one.history.groupby("fold")
        ]
        epochs = int(curves[0].index.max())
        rows[name] = {
            f"{100 * part // parts} %": float(
                np.mean([curve[max(1, epochs * part // parts)] for curve in curves])
            )
            for part in range(1, parts + 1)
        } | {"epochs": epochs, "seeds": run.seeds}
    return pd.DataFrame(list(rows.values()), index=_index(rows))


def leaks(runs: Runs, counted: bool = False) -> pd.DataFrame:
    """What the sides of each run's first split share, as shares of the test side.

    Args:
        runs: by name.
        counted: tell of all splits together instead, how many tested items they are.
    """
    kinds = ("clip", "subject", "sentence", "copy", "frame", "overlap")
    kinds += ("near_duplicate", "scaled")
    rows = []
    for run in runs.values():
        found = [fold["leak"] for fold in run.record["folds"]]
        if counted:
            sums = pd.DataFrame(found).reindex(columns=["test", *kinds])
            rows.append(sums.sum(min_count=1).to_dict())
            continue
        rows.append(
            {"train": found[0].get("train"), "test": found[0].get("test")}
            | {kind: found[0].get(f"{kind}_share") for kind in kinds}
        )
    table = pd.DataFrame(rows, index=_index(runs))
    return table.dropna(axis="columns", how="all")


def answered(run: Recorded | Seeds) -> tuple[pd.Series, pd.Series]:
    """True and predicted class of each thing predicted, seed after seed."""
    truth, scores = answers({"run": run})["run"]
    return truth, scores.idxmax(axis=1)


def answers(runs: Runs) -> dict[Hashable, tuple[pd.Series, pd.DataFrame]]:
    """True classes and probabilities of each run, for `plots.precision_recall`.

    Of several seeds each one's answers, not their mean, which no seed gave.
    """
    found = {}
    for name, run in runs.items():
        parts = [one.predictions for one in getattr(run, "runs", [run])]
        table = pd.concat(parts, ignore_index=True)
        found[name] = (table["label"], table[list(run.space)])
    return found


def cross_entropy(run: Recorded | Seeds) -> float:
    """What a run's answers cost: the mean of minus the logarithm of what it gave the
    true class, over all that was tested."""
    truth, scores = answers({"run": run})["run"]
    given = scores.to_numpy(float)[np.arange(len(truth)), run.space.encode(truth)]
    return float(-np.log(given.clip(1e-12)).mean())


def confusion(run: Recorded | Seeds) -> pd.DataFrame:
    """How often each class was answered with each; of several seeds their sum."""
    return metrics.confusion(*answered(run), run.space)


def per_class(run: Recorded | Seeds) -> pd.DataFrame:
    """Precision, recall and F1 of each class; of several seeds from their sum."""
    return metrics.per_class(*answered(run), run.space)


def report(run: Recorded | Seeds, few: int = 5) -> pd.DataFrame:
    """The report on classes in scikit-learn's shape: classes, then what sums them up.

    Of a class of fewer than `few` items no score is given, since none would say
    anything; the averages leave it out. The last row is what an answer that is
    always the commonest class would get. Several seeds answered for the same items:
    scores are of their answers together, and each item is counted once.

    Returns:
        A row a class, then accuracy, macro average, weighted average, commonest
        class alone: precision, recall, f1, support.
    """
    truth, guess = answered(run)
    table = metrics.per_class(truth, guess, run.space)
    table["support"] //= run.seeds
    scores = ["precision", "recall", "f1"]
    never = table["precision"].isna() & (table["support"] > 0)
    table.loc[never, ["precision", "f1"]] = 0.0  # as scikit-learn has it
    table.loc[table["support"] < few, scores] = np.nan
    known = table.dropna(subset="recall")
    rows = {
        "accuracy": {"f1": metrics.accuracy(truth, guess)},
        "macro average": known[scores].mean(),
        "weighted average": known[scores].mul(known["support"], axis=0).sum()
        / known["support"].sum(),
        "commonest class alone": {"f1": truth.value_counts(normalize=True).max()},
    }
    sums = pd.DataFrame(rows).T.assign(support=len(truth) // run.seeds)
    return pd.concat([table, sums[[*scores, "support"]]]).astype({"support": int})


def areas(run: Recorded | Seeds, few: int = 5) -> pd.Series:
    """The area under each class' ROC curve, one class against all others.

    Of several seeds the mean. A class of fewer than `few` items has none.
    """
    from sklearn.metrics import roc_auc_score

    found = []
    for one in getattr(run, "runs", [run]):
        truth, table = one.predictions["label"], one.predictions
        counts = truth.value_counts()
        wanted = [c for c in run.space if few <= counts.get(c, 0) < len(truth)]
        found.append({c: roc_auc_score(truth == c, table[c]) for c in wanted})
    return pd.DataFrame(found).mean().reindex(list(run.space)).rename("area")


def area(
    run: Recorded, positive: str, within: Sequence[str] | None = None
) -> dict[str, float]:
    """The area under one class' ROC curve with its interval over people.

    Args:
        run: of one seed.
        positive: the class.
        within: what each item shows; items are then set beside those of their own
            person that show the same, and no others.
    """
    from emolib.evaluation import ranking

    table = run.predictions
    kinds = table[positive], table["label"] == positive, table["subject"]
    found = ranking.area(*kinds) if within is None else ranking.of_two(*kinds, within)
    return {"area": found.value, "from": found.low, "to": found.high}


def halves(
    run: Recorded | Seeds, groups: Mapping[str, Sequence[str]]
) -> dict[str, tuple[pd.Series, pd.DataFrame]]:
    """A run's answers about groups of its classes, each for a panel of curves."""
    truth, scores = answers({"run": run})["run"]
    return {name: (truth, scores[list(of)]) for name, of in groups.items()}


def floors(runs: Runs) -> str:
    """What needs no model, in words, to stand below a picture of runs' answers.

    >>> floors({"voice": demo("posed-genuine").find("sound", "random-clips")})
    'The commonest class alone: 12.6 %; guessing: 7.1 %.'
    """
    told = {}
    for name, run in runs.items():
        most = answered(run)[0].value_counts(normalize=True).max()
        chance = f"{100 * most:.1f} %; guessing: {100 / len(run.space):.1f} %"
        told[name] = f"The commonest class alone: {chance}."
    if len(set(told.values())) == 1:
        return next(iter(told.values()))
    return " ".join(f"{name}: {of}" for name, of in told.items())


def confusions(runs: Runs) -> dict[Hashable, pd.DataFrame]:
    """The confusion matrix of each run, for `plots.confusions`."""
    return {name: confusion(run) for name, run in runs.items()}


def by_person(runs: Runs, draws: bool = False) -> pd.DataFrame:
    """The share of each person's clips that a run is right about, a column a run.

    For people so few that they carry no interval: it is of these very ones.

    Args:
        runs: by names of several levels, where draws are wanted.
        draws: a column for each seed instead, under one more level.
    """
    if draws:
        runs = {
            (*n, f"seed {one.record['seed']}"): one
            for n, run in runs.items()
            for one in run.runs
        }
    found = {n: rightness(run).groupby("subject")["right"] for n, run in runs.items()}
    return pd.DataFrame({name: right.mean() for name, right in found.items()})


def ladder(runs: Runs, metric: str = "accuracy") -> pd.DataFrame:
    """Rungs for `plots.ladder`: name, group, value, low, high, n.

    Of a name with several levels the first is the group.
    """
    table = accuracies(runs, metric).rename(columns={"people": "n"})
    names = [name if isinstance(name, tuple) else (name,) for name in runs]
    table["name"] = [", ".join(map(str, name)) for name in names]
    table["group"] = [str(name[0]) for name in names]
    return table.reset_index(drop=True)


def compared(
    a: Recorded | Seeds, b: Recorded | Seeds, over: str = "subject"
) -> dict[str, float | int]:
    """How much more accurate `a` is than `b` on the clips that both tested.

    Frames and windows are put together to their clip first; of several seeds, and of
    several people's answers about a clip, the share that is right counts.

    Args:
        over: "subject" resamples people. Of fewer than six nothing can be shown;
            then "clips" resamples the clips of these very speakers. "either" takes
            people, and clips where they are too few.

    Returns:
        difference, low, high, p, n_subjects (or what was resampled), clips, and for
        "either" over.

    Raises:
        UsageError: if fewer than 30 clips were tested by both, or there are too few
            people for `over="subject"`, or the two were told another truth.
    """
    ours, theirs = rightness(a), rightness(b)
    both = ours.index.intersection(theirs.index)
    names = " and ".join(run.record["id"] for run in (a, b))
    if len(both) < LEAST_CLIPS:
        raise UsageError(
            f"{names} tested {len(both)} clips in common; fewer than {LEAST_CLIPS} "
            "are not compared"
        )
    other = ours.loc[both, "label"] != theirs.loc[both, "label"]
    if other.any():
        raise UsageError(
            f"{names} were told another truth of clip {both[other.to_numpy()][0]} and "
            f"{other.sum() - 1} more: they are not compared"
        )
    groups = ours.loc[both, "subject"]
    chosen = {}
    if over == "either":
        over = "subject" if groups.nunique() >= LEAST_PEOPLE else "clips"
        chosen = {"over": over}
    if over == "clips":
        groups = pd.Series(both, both)
    elif over != "subject":
        raise UsageError(f"over={over!r} is none of subject, clips, either")
    elif groups.nunique() < LEAST_PEOPLE:
        raise UsageError(
            f"{names} were tested on {groups.nunique()} people; of fewer than "
            f"{LEAST_PEOPLE} no difference can be shown. over='clips' compares for "
            "these speakers alone"
        )
    found = comparison.paired(
        ours.loc[both, "right"].to_numpy(), theirs.loc[both, "right"].to_numpy(), groups
    )
    return found | {"clips": len(both)} | chosen


def same_seeds(
    one: Recorded | Seeds, other: Recorded | Seeds
) -> tuple[Recorded | Seeds, Recorded | Seeds]:
    """Two runs by the seeds that both have.

    Rungs of a ladder are to differ in the rung alone: were one tried with more seeds
    than the other, part of the difference would be which seeds these were.

    Raises:
        UsageError: if they have none in common.
    """
    by_seed = [{run.record["seed"]: run for run in of.runs} for of in (one, other)]
    both = [seed for seed in by_seed[0] if seed in by_seed[1]]
    if not both:
        names = f"{one.record['id']} and {other.record['id']}"
        raise UsageError(f"{names} have no seed in common")
    some = [[of[seed] for seed in both] for of in by_seed]
    return tuple(Seeds(runs) if len(runs) > 1 else runs[0] for runs in some)


def comparisons(
    pairs: Mapping[Hashable, tuple[Recorded | Seeds, Recorded | Seeds]],
    over: str = "subject",
) -> pd.DataFrame:
    """Several comparisons with Holm's adjustment for all of them together.

    Args:
        pairs: by name.
        over: as in `compared`.

    Returns:
        A row a pair: as `compared`, and `p_holm`.
    """
    rows = [compared(a, b, over) for a, b in pairs.values()]
    if not rows:
        return pd.DataFrame(columns=["difference", "low", "high", "p", "p_holm"])
    table = pd.DataFrame(rows, index=_index(pairs))
    table["p_holm"] = comparison.holm(table["p"])
    return table


def comparable(
    pairs: Mapping[Hashable, tuple[Recorded | Seeds | None, ...]],
) -> dict[Hashable, tuple[Recorded | Seeds, ...]]:
    """Of pairs for `comparisons`, those whose runs are there and of enough people."""
    return {
        name: pair
        for name, pair in pairs.items()
        if all(run and run.metrics["accuracy"]["n"] >= LEAST_PEOPLE for run in pair)
    }


def provenance(runs: Runs) -> pd.DataFrame:
    """Which record stands behind each run, of which code, data and machine it is.

    Of the data and the lock it tells the first eight digits of their digests.
    """
    rows = []
    for run in runs.values():
        for one in getattr(run, "runs", [run]):
            made = one.record.get("provenance", {})
            rows.append(
                {
                    "record": one.record["id"],
                    "protocol": one.record["protocol"],
                    "model": one.record["model"],
                    "seed": one.record["seed"],
                    "of": one.of,
                    "data": _data(one.record),
                    "lock": (made.get("lock") or "")[:8],
                    "machine": made.get("platform"),
                    "seconds": made.get("seconds"),
                    "finished": (made.get("finished") or "")[:10],
                }
            )
    return pd.DataFrame(rows).drop_duplicates("record", ignore_index=True)


def _data(record: dict) -> str:
    """The corpus and the digest of its recordings; runs made of answers have none."""
    digest = record.get("inputs", {}).get("manifest") or ""
    return f"{record['corpus']} {digest[:8]}".strip()


class Committed:
    """The records of a study that come with the book, on one kind of data.

    Args:
        here: of an experiment that has none with the book, take what this process
            has run.
        live: what it will have run whenever it is asked, not what it has run by now.
    """

    def __init__(
        self, study: str, source: str, here: bool = False, live: bool = False
    ) -> None:
        self.study, self.source, self.here = study, source, here
        self._with_book = self._in_book()
        self._known = None if live or fresh() else self._found()

    def _in_book(self) -> list[dict]:
        known = records.load(records.committed_folder() / self.study)
        return [one for one in known if one["source"] == self.source]

    @property
    def _records(self) -> list[dict]:
        return self._found() if self._known is None else self._known

    def _found(self) -> list[dict]:
        # What is made again takes the place of what was read.
        known = self._in_book() if fresh() else list(self._with_book)
        if self.here:
            names = {record["experiment"] for record in known}
            known += [
                run.record | {"record": str(run.folder)}
                for run in records.OPENED.values()
                if run.record["study"] == self.study
                and run.record["experiment"] not in names
            ]
        return [
            record
            for record in known
            if record["complete"] and record["source"] == self.source
        ]

    def __bool__(self) -> bool:
        return bool(self._records)

    def find(
        self, experiment: str, protocol: str, seeds: int | None = None, **fields: Any
    ) -> Recorded | Seeds:
        """The one run, or the one set of seeds, of this name and these fields.

        Args:
            seeds: how many seeds are wanted together; by default all that there are.
            fields: further fields or parameters, as `records.find` takes them.

        Raises:
            EmolibError: if there is none, or more than one.
        """
        wanted = {"experiment": experiment, "protocol": protocol, **fields}
        found = [record for record in self._records if records.fits(record, **wanted)]
        sets = records.of_one_key(found)
        if not self._records:
            raise EmolibError(self._missing())
        if len(sets) != 1:
            asked = ", ".join(f"{k} {v}" for k, v in wanted.items())
            there = sorted(
                {f"{r['experiment']}/{r['protocol']}" for r in self._records}
            )
            raise EmolibError(
                f"{len(sets)} records of {self.study} on {self.source} data fit {asked}"
                + (f": {'; '.join(r['id'] for r in found)}" if found else "")
                + f"; there is {', '.join(there)}"
            )
        (together,) = sets.values()
        if seeds is not None and len(together) < seeds:
            raise EmolibError(
                f"{len(together)} seeds of {self.study}/{experiment}/{protocol}, "
                f"{seeds} are wanted"
            )
        return _together(together[:seeds])

    def all(self, **fields: Any) -> dict[tuple[str, str, str], Recorded | Seeds]:
        """All runs with these fields, by experiment, protocol and id.

        Where the study has no record at all, it says so.
        """
        if not self._records:
            print(self._missing())
        found = [r for r in self._records if records.fits(r, **fields)]
        return {
            (some[0]["experiment"], some[0]["protocol"], key): _together(some)
            for key, some in records.of_one_key(found).items()
        }

    def grid(
        self, experiment: str, *names: str, **fields: Any
    ) -> dict[Any, Recorded | Seeds]:
        """All runs of an experiment by what tells them apart; if none, it says so.

        Args:
            experiment: its name.
            names: fields or parameters, as `records.find` takes them; their values
                are the keys, together where there are several names.
            fields: only runs with these.

        Raises:
            EmolibError: if two runs have the same key.
        """
        found: dict[tuple, Recorded | Seeds] = {}
        for run in self.all(experiment=experiment, **fields).values():
            key = tuple(_plain(records.field(run.record, name)) for name in names)
            if key in found:
                raise EmolibError(
                    f"{run.record['id']} and {found[key].record['id']} are alike in "
                    f"{', '.join(names)}: name what tells them apart"
                )
            found[key] = run
        if self._records and not found:
            print(self._missing(experiment))
        ordered = sorted(found.items(), key=lambda one: tuple(map(str, one[0])))
        return {key if len(names) != 1 else key[0]: run for key, run in ordered}

    def _missing(self, experiment: str = "") -> str:
        """What to say where there is no record, of an experiment or at all."""
        what = f"{self.study}/{experiment}" if experiment else self.study
        on = {"real": "real recordings", "demo": "rendered data"}[self.source]
        place = shown(records.committed_folder() / self.study)
        made = " and this run has made none" if self.here else ""
        profile = "real" if self.source == "real" else "quick"
        return (
            f"No record of {what} on {on} lies in {place}{made}, so there is nothing "
            f"to show of it here. `emolib run {self.study} --profile {profile}` makes "
            f"records{', given the recordings' if self.source == 'real' else ''}."
        )

    def grids(
        self, experiments: Sequence[str], *names: str, **fields: Any
    ) -> dict[tuple, Recorded | Seeds]:
        """Several experiments' runs, as `grid`; the experiment comes first in a key."""
        return {
            key: run
            for experiment in experiments
            for key, run in self.grid(
                experiment, "experiment", *names, **fields
            ).items()
        }


def real(study: str) -> Committed:
    """The records on real recordings that come with the book."""
    return Committed(study, "real")


def demo(study: str, live: bool = False) -> Committed:
    """The records on rendered data that come with the book.

    Large grids of them are made once; of an experiment that has none, this run's: what
    has been run by now, or if `live` whenever it is asked.
    """
    return Committed(study, "demo", here=True, live=live)


def rightness(run: Recorded | Seeds) -> pd.DataFrame:
    """By clip: the share of seeds that are right, and the person."""
    parts = [_right_once(one) for one in getattr(run, "runs", [run])]
    every = pd.concat(parts).groupby("clip")
    return every.agg({"subject": "first", "label": "first", "right": "mean"})


_RIGHT: dict[tuple, pd.DataFrame] = {}


def _right_once(run: Recorded) -> pd.DataFrame:
    """As `_right`: answers that a price list asks for again are not read again."""
    answers = [fold.get("answers") for fold in run.record["folds"]]
    if None in answers:
        return _right(run)
    key = run.folder, *answers
    if key not in _RIGHT:
        _RIGHT[key] = _right(run)
    return _RIGHT[key]


def _right(run: Recorded) -> pd.DataFrame:
    """By clip: whether this run is right, and the person. Of several people's answers
    about a clip a row each."""
    from emolib.experiment import by_clip

    # Pieces of a clip belong together, whichever folds they were tested in: else
    # a clip tested whole would be heard longer than one that is divided. Answers of
    # several people about a clip stand each for itself.
    table = run.predictions.assign(fold=0)
    if not _by_people(run.record):
        table = by_clip(table, run.space)
    guess = table[list(run.space)].idxmax(axis=1)
    right = (guess == table["label"]).astype(float)
    return table[["clip", "subject", "label"]].assign(right=right)


def _by_people(record: dict) -> bool:
    """Whether a record holds answers about whole clips that no model of ours gave."""
    given = record.get("learner", {}).get("kind") == "answers"
    return given and not record.get("parents") and record["unit"] == "clip"


def _together(some: list[dict]) -> Recorded | Seeds:
    runs = [Recorded(record) for record in some]
    together = runs[0] if len(runs) == 1 else Seeds(runs)
    standing.asked(together)
    return together


def _metric(run: Recorded | Seeds, name: str) -> dict:
    for record in (one.record for one in getattr(run, "runs", [run])):
        if not record["complete"]:
            raise UsageError(
                f"{record['id']} is not complete: it has {len(record['folds'])} of "
                f"{record['folds_planned']} folds"
            )
    if name not in run.metrics:
        raise UsageError(
            f"no metric {name!r}{near(name, run.metrics)}; there are "
            f"{', '.join(run.metrics)}"
        )
    return run.metrics[name]


def _plain(value: Any) -> Any:
    """A parameter as it can name a row: lists are written out."""
    return ", ".join(map(str, value)) if isinstance(value, list) else value


def _index(runs: Mapping) -> pd.Index:
    names = list(runs)
    if names and all(isinstance(name, tuple) for name in names):
        return pd.MultiIndex.from_tuples(names)
    return pd.Index(names)


def _mean(values: list) -> int | None:
    known = [value for value in values if value is not None]
    return round(float(np.mean(known))) if known else None
