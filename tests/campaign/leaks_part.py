"""Leaks planted in splits and procedures: refused, counted or found; clean ones not."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from common import Judged, Outcome, Task, TryAgain

NUMBER = 40  # of each kind
CLEAN = 1000  # splits in which nothing is to be found


def items(random: np.random.Generator, copies: int = 1) -> pd.DataFrame:
    """Clips of a few people who say a few sentences each, some of them twice."""
    people, sentences = int(random.integers(6, 12)), int(random.integers(5, 8))
    rows = [
        (f"Müller {person}", f"Sentence {sentence}", emotion, take)
        for person in range(people)
        for sentence in range(sentences)
        for take, emotion in enumerate(("calm", "happy", "sad"))
    ]
    table = pd.DataFrame(rows, columns=["subject", "sentence", "emotion", "take"])
    table["corpus"] = np.where(table["subject"].str.endswith(("1", "2")), "a", "b")
    table["clip"] = [f"clip-{number}" for number in range(len(table))]
    table = table.loc[table.index.repeat(copies)].reset_index(drop=True)
    table["copy"] = np.tile(np.arange(copies), len(table) // copies)
    return table.sample(frac=1, random_state=int(random.integers(1000))).reset_index(
        drop=True
    )


ALIASES: dict[str, Callable[[str], object]] = {
    "spaces": lambda name: f" {name}\t",
    "letters": str.upper,
    "accents": lambda name: unicodedata.normalize("NFD", name),
    "no-break space": lambda name: name.replace(" ", "\u00a0"),
}


# Each plants a leak and gives whether it was caught.


def both_sides(random: np.random.Generator) -> bool:
    """A protocol that puts a test item into training."""
    from emolib.protocols import SubjectKFold

    @dataclass(frozen=True)
    class Leaking(SubjectKFold):
        def split(self, items: pd.DataFrame, label: str = "emotion") -> Iterator:
            for one in super().split(items, label):
                lost = one.test[random.integers(len(one.test))]
                yield replace(one, train=np.append(one.train, lost))

    return _refused(Leaking(), items(random))


def shared(column: str, name: str) -> Callable[[np.random.Generator], bool]:
    """A protocol that moves one item of a held-out person (or sentence) over."""

    def plant(random: np.random.Generator) -> bool:
        from emolib import protocols

        base = getattr(protocols, name)

        @dataclass(frozen=True)
        class Leaking(base):
            def split(self, items: pd.DataFrame, label: str = "emotion") -> Iterator:
                for one in super().split(items, label):
                    moved = one.test[0]
                    alike = items[column] == items[column].iloc[moved]
                    if alike.iloc[one.test].sum() > 1:
                        train = np.append(one.train, moved)
                        one = replace(one, train=train, test=one.test[1:])
                    yield one

        return _refused(Leaking(), items(random))

    plant.__name__ = f"{column} shared"
    return plant


def alias(kind: str) -> Callable[[np.random.Generator], bool]:
    """One person written in two ways, in an honest protocol."""

    def plant(random: np.random.Generator) -> bool:
        from emolib.protocols import LeaveOneSubjectOut, SubjectKFold, checked

        table = items(random)
        true = table["subject"]
        some = random.random(len(table)) < 0.5
        if kind == "numbers":
            true = true.str.split().str[-1]
            table["subject"] = [
                int(v) if s else v for v, s in zip(true, some, strict=True)
            ]
        else:
            write = ALIASES[kind]
            table["subject"] = [
                write(v) if s else v for v, s in zip(true, some, strict=True)
            ]
        protocol = (SubjectKFold(), LeaveOneSubjectOut())[int(random.integers(2))]
        return not any(
            set(true.iloc[one.train]) & set(true.iloc[one.test])
            for one in checked(protocol, table)
        )

    plant.__name__ = f"one person, {kind}"
    return plant


def nameless(random: np.random.Generator) -> bool:
    """An item whose person is not known."""
    from emolib.protocols import SubjectKFold

    table = items(random)
    odd = ("", None, np.nan, pd.NA, "  ")[int(random.integers(5))]
    table["subject"] = table["subject"].astype(object)
    table.loc[int(random.integers(len(table))), "subject"] = odd
    return _refused(SubjectKFold(), table)


def tested_twice(random: np.random.Generator) -> bool:
    from emolib.protocols import SubjectKFold

    @dataclass(frozen=True)
    class Twice(SubjectKFold):
        def split(self, items: pd.DataFrame, label: str = "emotion") -> Iterator:
            first = None
            for one in super().split(items, label):
                first = one if first is None else first
                yield replace(first, fold=one.fold)

    return _refused(Twice(), items(random))


def copies(random: np.random.Generator) -> bool:
    """Augmented copies of one clip on both sides: counted, each of them."""
    from emolib.protocols import RandomItems, checked, leak_report

    table = items(random, copies=int(random.integers(2, 5)))
    for one in checked(RandomItems(seed=int(random.integers(99))), table):
        train, test = table.iloc[one.train], table.iloc[one.test]
        there = test["clip"].isin(set(train["clip"]))
        if leak_report(table, one)["copy"] != there.sum():
            return False
    return True


def windows(random: np.random.Generator) -> bool:
    """Windows of one clip that overlap: counted as one by one."""
    from emolib.protocols import RandomItems, checked, leak_report

    rows = [
        (
            f"clip-{clip}",
            f"s{clip % 5}",
            "calm" if clip % 2 else "sad",
            start,
            start + 10,
        )
        for clip in range(12)
        for start in range(0, 40, int(random.integers(3, 10)))
    ]
    names = ["clip", "subject", "emotion", "start", "stop"]
    table = pd.DataFrame(rows, columns=names)
    for one in checked(RandomItems(seed=int(random.integers(99))), table):
        train, test = table.iloc[one.train], table.iloc[one.test]
        meets = [
            bool(
                (
                    (train["clip"] == row.clip)
                    & (train["start"] < row.stop)
                    & (train["stop"] > row.start)
                ).any()
            )
            for row in test.itertuples()
        ]
        if leak_report(table, one)["overlap"] != sum(meets):
            return False
    return True


def twins(random: np.random.Generator) -> bool:
    """A clip that is there again, a little louder, under another name."""
    from emolib.protocols import RandomClips, checked, leak_report

    table = items(random)
    features = random.normal(0, 1, (len(table), 20))
    (one,) = list(checked(RandomClips(seed=int(random.integers(99))), table))[:1]
    tested, trained = one.test[0], one.train[random.integers(len(one.train))]
    features[tested] = features[trained] * 1.01
    return leak_report(table, one, features)["near_duplicate"] >= 1


@cache
def _pictures() -> np.ndarray:
    """Drawn faces of some people, each of whom shows several things."""
    from emolib.studio import probes

    return np.stack(probes.each(probes.dealt(6, 4, seed=0), probes.still))


def saved_anew(random: np.random.Generator) -> bool:
    """Pictures that were compressed and saved under another name: each is found, and
    among other people none."""
    import cv2

    from emolib import inputs
    from emolib.protocols import Split, leak_report

    quality = [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(50, 96))]
    once = _pictures()
    anew = [cv2.imdecode(cv2.imencode(".jpg", p, quality)[1], 0) for p in once]
    small = np.concatenate([once, anew]).reshape(-1, 16, 3, 16, 3).mean((2, 4))
    every = inputs.described(small.reshape(len(small), -1))
    names = [f"picture {number}" for number in random.permutation(len(every))]
    people = np.tile(np.arange(len(once)) // 4, 2)
    table = pd.DataFrame({"clip": names, "subject": people})
    known, some = np.arange(len(once)), random.permutation(len(once))[:8]
    half = np.isin(people[: len(once)], random.permutation(6)[:3])
    found = leak_report(table, Split(0, known, some + len(once)), every)
    others = Split(0, np.flatnonzero(half), np.flatnonzero(~half))
    none = leak_report(table, others, every)
    return found["near_duplicate"] == len(some) and not none["near_duplicate"]


def same(column: str, name: str) -> Callable[[np.random.Generator], bool]:
    """People (sentences) on both sides of an honest split: counted, each item."""

    def plant(random: np.random.Generator) -> bool:
        from emolib import protocols

        table = items(random)
        drawn = getattr(protocols, name)(seed=int(random.integers(99)))
        return all(
            protocols.leak_report(table, one)[column]
            == table.iloc[one.test][column].isin(table.iloc[one.train][column]).sum()
            > 0
            for one in protocols.checked(drawn, table)
        )

    plant.__name__ = f"{column} counted"
    return plant


def frames(random: np.random.Generator) -> bool:
    """Frames of one clip on both sides: counted, each of them."""
    from emolib.protocols import ItemKFold, checked, leak_report

    table = items(random, copies=int(random.integers(2, 5)))
    table = table.rename(columns={"copy": "frame"})
    return all(
        leak_report(table, one)["frame"]
        == table.iloc[one.test]["clip"].isin(table.iloc[one.train]["clip"]).sum()
        > 0
        for one in checked(ItemKFold(4, seed=int(random.integers(99))), table)
    )


def standardised(
    whom: str, thinned: bool = False
) -> Callable[[np.random.Generator], bool]:
    """Inputs standardised with the test items among them; `thinned`: some left out."""

    def plant(random: np.random.Generator) -> bool:
        from emolib.protocols import SubjectKFold, checked, leak_report, sides

        table = items(random)
        x = _measured(random, table)
        groups = table["subject"] if whom == "each person" else np.zeros(len(table))
        of = pd.DataFrame(x).groupby(np.asarray(groups))
        x = ((x - of.transform("mean")) / of.transform("std")).to_numpy()
        held = int(random.integers(20, 40)) if thinned else 0
        told = [
            replace(one, train=sides(table, one)[0])
            for one in checked(SubjectKFold(train_size=held), table)
        ]
        return all(
            leak_report(table, one, x)["scaled"] == len(one.test) for one in told
        )

    plant.__name__ = f"scaled by {whom}{', held to a size' * thinned}"
    return plant


def procedure(what: str) -> Callable[[np.random.Generator], bool]:
    """A procedure that lets the test side in: a step fitted before, a choice on it."""

    def plant(random: np.random.Generator) -> bool:
        from emolib.protocols.influence import reached

        table = items(random)
        x, y, split = _task(random, table)
        found = reached(_procedures()[what], x, y, split)
        return any(found.values())

    plant.__name__ = what
    return plant


def stacker(random: np.random.Generator) -> bool:
    """A stacker that learns from what its models say of their own items."""
    x, y, split = _task(random, items(random))
    return _self_taught(x[split.train], y[split.train], held_out=False) > 0


def clean(random: np.random.Generator) -> bool:
    """Whether all is found clean of a split, inputs and a procedure that are."""
    from emolib.protocols import PeopleAndSentencesKFold, checked, leak_report
    from emolib.protocols.influence import reached

    table = items(random)
    drawn = PeopleAndSentencesKFold(3, seed=int(random.integers(99)))
    splits = checked(drawn, table)
    one = splits[int(random.integers(len(splits)))]
    x = _measured(random, table)
    x = (x - x[one.train].mean(axis=0)) / x[one.train].std(axis=0)
    report = leak_report(table, one, x)
    kinds = ("clip", "copy", "subject", "sentence", "near_duplicate", "scaled")
    if any(report[kind] for kind in kinds):
        return False
    numbers = random.normal(0, 1, (len(table), int(random.integers(1, 21))))
    if random.random() < 0.5:  # ratings, which are alike where they are few
        numbers = numbers.round()
    if leak_report(table, one, numbers)["near_duplicate"] or _overlap(random):
        return False
    table = table.rename(columns={"copy": "frame"})
    if leak_report(table, one)["frame"]:
        return False
    x, y, _ = _task(random, table)
    honest = _procedures()[str(random.choice(["plain", "inside", "chosen inside"]))]
    if any(reached(honest, x, y, one).values()):
        return False
    return _self_taught(x[one.train], y[one.train], held_out=True) == 0


def _overlap(random: np.random.Generator) -> int:
    """How many windows are said to overlap with another side's, where clips are apart
    or windows only touch."""
    from emolib.protocols import ClipKFold, ItemKFold, checked, leak_report

    steps = np.arange(int(random.integers(3, 9)))
    long = float(random.integers(1, 10))
    table = pd.DataFrame(
        [
            (f"clip-{c}", c % 5, "calm", long * step)
            for c in range(12)
            for step in steps
        ],
        columns=["clip", "subject", "emotion", "start"],
    )
    seed = int(random.integers(99))
    touching = table.assign(stop=table["start"] + long)
    meeting = table.assign(stop=table["start"] + 1.5 * long)
    return sum(
        leak_report(windows, one)["overlap"]
        for windows, way in ((touching, ItemKFold), (meeting, ClipKFold))
        for one in checked(way(4, seed=seed), windows)
    )


def _measured(random: np.random.Generator, table: pd.DataFrame) -> np.ndarray:
    """Twelve numbers an item, of its person and its emotion, not centred."""
    people, classes = (pd.factorize(table[c])[0] for c in ("subject", "emotion"))
    means = random.normal(3, 1, (20, 12))
    x = means[people] + random.normal(0, 1, (3, 12))[classes]
    return x + random.normal(0, 1, x.shape)


def _task(random: np.random.Generator, table: pd.DataFrame) -> tuple:
    from emolib.protocols import SubjectKFold, checked

    splits = checked(SubjectKFold(3, seed=int(random.integers(99))), table)
    return _measured(random, table), pd.factorize(table["emotion"])[0], splits[0]


def _procedures() -> dict[str, Callable]:
    """Ways from inputs to answers, the last three of them honest."""
    from sklearn.decomposition import PCA
    from sklearn.feature_selection import SelectKBest
    from sklearn.naive_bayes import GaussianNB
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import MinMaxScaler, RobustScaler, StandardScaler

    def nearest(x, y, train, test):
        """Shares of classes, the nearer a class' mean the greater."""
        means = np.stack([x[train][y[train] == k].mean(axis=0) for k in np.unique(y)])
        gaps = np.linalg.norm(x[test][:, None] - means, axis=2)
        shares = np.exp(gaps.min(axis=1, keepdims=True) - gaps)
        return shares / shares.sum(axis=1, keepdims=True)

    def before(step):
        return lambda x, y, train, test: nearest(
            step.fit_transform(x, y), y, train, test
        )

    def inside(x, y, train, test):
        steps = make_pipeline(StandardScaler(), SelectKBest(k=4), GaussianNB())
        return steps.fit(x[train], y[train]).predict_proba(x[test])

    def chosen(on_test):
        """Two columns or all: whichever is right more often."""

        def answers(x, y, train, test):
            where = test if on_test else train
            models = [
                make_pipeline(SelectKBest(k=k), GaussianNB()).fit(x[train], y[train])
                for k in (2, "all")
            ]
            best = max(models, key=lambda model: model.score(x[where], y[where]))
            return best.predict_proba(x[test])

        return answers

    return {
        "a scaler fitted before": before(StandardScaler()),
        "a scaler to 0 and 1 fitted before": before(MinMaxScaler()),
        "a scaler by quartiles fitted before": before(RobustScaler()),
        "a PCA fitted before": before(PCA(3, svd_solver="full")),
        "features chosen before": before(SelectKBest(k=4)),
        "a setting chosen on test": chosen(True),
        "plain": nearest,
        "inside": inside,
        "chosen inside": chosen(False),
    }


def _self_taught(x: np.ndarray, y: np.ndarray, held_out: bool) -> int:
    from sklearn.model_selection import cross_val_predict
    from sklearn.naive_bayes import GaussianNB
    from sklearn.tree import DecisionTreeClassifier

    from emolib.protocols.influence import self_taught

    def stack(models, x, y):
        how = {"cv": 2, "method": "predict_proba"}
        told = [
            cross_val_predict(m, x, y, **how)
            if held_out
            else m.fit(x, y).predict_proba(x)
            for m in models
        ]
        return GaussianNB().fit(np.hstack(told), y)

    return self_taught(stack, [GaussianNB(), DecisionTreeClassifier()], x, y)


def _refused(protocol, table: pd.DataFrame) -> bool:
    from emolib.protocols import LeakError, checked

    try:
        checked(protocol, table)
    except LeakError:
        return True
    return False


PLANTS = [
    both_sides,
    shared("subject", "SubjectKFold"),
    shared("sentence", "SentenceKFold"),
    *(alias(kind) for kind in (*ALIASES, "numbers")),
    nameless,
    tested_twice,
    copies,
    windows,
    twins,
    same("subject", "ClipKFold"),
    same("sentence", "SubjectKFold"),
    frames,
    standardised("everybody"),
    standardised("each person"),
    standardised("everybody", thinned=True),
    standardised("each person", thinned=True),
    saved_anew,
    *(procedure(what) for what in [*_procedures()][:6]),
    stacker,
    clean,
]
BY_NAME = {plant.__name__.replace("_", " "): plant for plant in PLANTS}


def work(task: Task) -> bool:
    seed = [int(number) for number in task.kind.split()]
    return BY_NAME[task.row.partition(": ")[2]](np.random.default_rng(seed))


def tasks(share: float, seed: int, folder: Path) -> Iterator[Task]:
    for place, name in enumerate(BY_NAME):
        count = max(1, round((CLEAN if name == "clean" else NUMBER) * share))
        for number in range(count):
            path = str(folder / f"{place}-{number}")
            yield Task(f"leak: {name}", f"{seed} {place} {number}", path)


def judged(
    all_tasks: list[Task], outcomes: dict[str, Outcome], _: TryAgain
) -> Iterator[Judged]:
    for task in all_tasks:
        found = outcomes[task.path]
        if found.kind != "value":
            yield Judged(task, found.kind, found.detail)
        elif found.detail:
            yield Judged(task, "refused")
        else:
            yield Judged(task, "silent", "the leak was not caught")
