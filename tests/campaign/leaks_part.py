"""Leaks planted in splits: refused, or counted by the leak report."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from common import Judged, Outcome, Task, TryAgain

NUMBER = 40  # of each kind


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
]
BY_NAME = {plant.__name__.replace("_", " "): plant for plant in PLANTS}


def work(task: Task) -> bool:
    seed = [int(number) for number in task.kind.split()]
    return BY_NAME[task.row.partition(": ")[2]](np.random.default_rng(seed))


def tasks(share: float, seed: int, folder: Path) -> Iterator[Task]:
    count = max(1, round(NUMBER * share))
    for place, name in enumerate(BY_NAME):
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
