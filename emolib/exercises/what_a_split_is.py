"""Checks of the exercises of the primer on splits."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from emolib.exercises import Wrong, a_function, a_number, a_split, check

MET = {"telephone": "clips", "museum": "people", "repair": "windows"}
"""What each machine will meet anew, as what has to be dealt."""


def _items(people: int, seed: int) -> pd.DataFrame:
    """Rows of clips of people, in an order by lot; clips of unequal length."""
    chance = np.random.default_rng(seed)
    rows = [
        {"clip": f"{person}-{clip}", "subject": f"person {person}", "emotion": "sad"}
        for person in range(people)
        for clip in range(4)
        for _ in range(chance.integers(1, 5))
    ]
    return pd.DataFrame(rows).sample(frac=1, random_state=seed, ignore_index=True)


@check
def check_1(answer: Callable) -> str:
    """The share of tested rows of whose clip something was learned."""
    shared = a_function(answer)
    for seed in range(3):
        items = _items(5, seed)
        order = np.random.default_rng(seed).permutation(len(items))
        test, train = np.split(order, [len(order) // 3])
        found = a_number(shared(items.copy(), train, test), 0, 1)
        # Counted otherwise than the text counts: row by row, by what is equal.
        clip = items["clip"].to_numpy()
        equal = clip[test][:, None] == clip[train][None]
        if abs(found - equal.any(axis=1).mean()) < 1e-9:
            continue
        if abs(found - equal.any(axis=0).mean()) < 1e-9:
            raise Wrong("that is a share of the training rows: of which side is it?")
        if abs(found - len(set(clip[test]) & set(clip[train])) / len(set(clip))) < 0.02:
            raise Wrong("clips are counted there; count rows")
        raise Wrong(
            f"of {len(test)} tested rows {equal.any(axis=1).sum()} have something of "
            f"their clip on the training side; the answer is {found:.3f}. Mind that "
            "positions are no index labels, and that people are not asked about"
        )
    return "Zero is what a split with clips apart has to give."


@check
def check_2(answer: Callable) -> str:
    """People apart, everybody on one side."""
    divide = a_function(answer)
    for people, seed in ((10, 0), (7, 1), (24, 2)):
        items = _items(people, seed)
        train, test = a_split(divide, items.copy())
        both = np.concatenate([train, test])
        if len(np.unique(both)) != len(both):
            raise Wrong("a row is on both sides, or twice on one")
        if len(both) != len(items) or both.min() < 0 or both.max() >= len(items):
            raise Wrong(
                f"{len(items)} rows have to be dealt, by their positions from 0 on; "
                f"{len(both)} were"
            )
        person = items["subject"].to_numpy()
        if known := set(person[train]) & set(person[test]):
            raise Wrong(f"{len(known)} of {people} people are on both sides")
        share = len(set(person[test])) / people
        if not 0.1 <= share <= 0.5:
            raise Wrong(f"{100 * share:.0f} % of the people are tested")
    return "Whatever is tested, the model has never heard who says it."


@check(parts=len(MET))
def check_3(answer: Mapping[str, str]) -> str:
    """Which split asks which question."""
    if not isinstance(answer, Mapping) or set(answer) != set(MET):
        raise Wrong(f"a dict with the names {', '.join(MET)} is asked for")
    if unknown := set(map(str, answer.values())) - set(MET.values()):
        raise Wrong(f"{sorted(unknown)[0]!r} is not among {', '.join(MET.values())}")
    if wrong := [name for name, dealt in MET.items() if answer[name] != dealt]:
        raise Wrong(
            f"{len(wrong)} of 3: of what the machine will meet, what has it learned "
            "from before: parts of the same recording, the same person, or neither?",
            share=1 - len(wrong) / len(MET),
        )
    return "The split is the question; the model only answers it."
