"""Chapter E's exercises: a reference and wrong answers for each check."""

import math

import numpy as np
import pandas as pd
import pytest
from answers import also, hold

from emolib.exercises import real_or_fake as exercises


def focal(shares, y, alpha, gamma):
    total = 0.0
    for number, share in enumerate(shares):
        if number == y:
            total -= alpha * (1 - share) ** gamma * math.log(share)
        else:
            total -= (1 - alpha) * share**gamma * math.log(1 - share)
    return total


def first_half(shares, y, alpha, gamma):
    return -alpha * (1 - shares[y]) ** gamma * math.log(shares[y])


def test_the_loss_of_one_answer():
    wrong = [
        first_half,
        lambda *given: 2 * first_half(*given) - focal(*given),  # one minus too few
        lambda *given: focal(*given) / 3,
        lambda *given: -focal(*given),
        lambda shares, y, alpha, gamma: -math.log(shares[y]),
        lambda shares, y, alpha, gamma: focal(shares, y, 1 - alpha, gamma),
        lambda shares, y, alpha, gamma: focal(shares, y, 0.25, 2.0),
        0.2,
    ]
    hold(exercises.check_1, focal, wrong)

    def at_once(shares, y, alpha, gamma):  # another right way
        true = np.eye(len(shares))[y]
        each = alpha * (1 - shares) ** gamma * true * np.log(shares)
        each += (1 - alpha) * shares**gamma * (1 - true) * np.log(1 - shares)
        return -each.sum()

    also(exercises.check_1, at_once)


def test_the_check_knows_what_the_networks_train_on():
    torch = pytest.importorskip("torch")
    from emolib.models.real_or_fake import multi_focal

    shares = np.array([0.7, 0.2, 0.1])
    logits = torch.log(torch.tensor(shares))[None]
    found = multi_focal(logits, torch.tensor([1]), 0.25, 2.0)
    assert found.item() == pytest.approx(focal(shares, 1, 0.25, 2.0), rel=1e-5)


@pytest.fixture
def items():
    people = [f"person {n}" for n in (7, 3, 9, 1, 10, 4, 2, 8, 6, 5)]
    return pd.DataFrame({"subject": np.repeat(people, 12)})


def sides(items, chosen):
    tested = items["subject"].isin(chosen).to_numpy()
    return np.flatnonzero(~tested), np.flatnonzero(tested)


def divide(items, seed):
    people = sorted(items["subject"].unique())
    chosen = np.random.default_rng(seed).choice(people, len(people) // 5, replace=False)
    return sides(items, chosen)


def test_people_apart_by_a_sorted_list(items):
    def as_they_come(items, seed):
        people = items["subject"].unique()
        lots = np.random.default_rng(seed)
        return sides(items, lots.choice(people, len(people) // 5, replace=False))

    def item_by_item(items, seed):
        order = np.random.default_rng(seed).permutation(len(items))
        return order[24:], order[:24]

    wrong = [
        as_they_come,
        item_by_item,
        lambda items, seed: sides(items, sorted(set(items["subject"]))[:2]),  # no seed
        lambda items, seed: sides(items, sorted(set(items["subject"]))[:3]),
        lambda items, seed: (divide(items, seed)[0][:-1], divide(items, seed)[1]),
        lambda items, seed: divide(items, seed)[1],
        "sorted",
    ]
    hold(exercises.check_2, divide, wrong, items)

    def shuffled(items, seed):  # another right way
        import random

        people = sorted(set(items["subject"]))
        random.Random(seed).shuffle(people)
        return sides(items, people[: round(0.2 * len(people))])

    also(exercises.check_2, shuffled, items)


def test_both_tasks_right():
    def both(one, other):
        return (one & other).mean(), one.mean() * other.mean()

    wrong = [
        lambda one, other: both(one, other)[::-1],
        lambda one, other: ((one | other).mean(), one.mean() * other.mean()),
        lambda one, other: ((one & other).mean(), (one.mean() + other.mean()) / 2),
        lambda one, other: ((one & other).mean(), (one & other).mean()),
        lambda one, other: (one & other).mean(),
        0.3,
    ]
    hold(exercises.check_3, both, wrong)

    def counted(one, other):  # another right way
        n = len(one)
        return sum(a and b for a, b in zip(one, other, strict=True)) / n, (
            sum(one) / n * sum(other) / n
        )

    also(exercises.check_3, counted)


def chosen(clips):
    groups = clips.groupby(["subject", "emotion"])["score"]
    return clips["score"] > groups.transform("median")


def test_one_of_two_clips():
    wrong = [
        lambda clips: clips["score"] > clips["score"].median(),
        lambda clips: clips["score"] > 0.5,
        lambda clips: (
            clips["score"] > clips.groupby("subject")["score"].transform("median")
        ),
        lambda clips: ~chosen(clips),
        lambda clips: chosen(clips)[:4],
        True,
    ]
    hold(exercises.check_4, chosen, wrong)

    def by_rank(clips):  # another right way
        groups = clips.groupby(["subject", "emotion"])["score"]
        return groups.rank(ascending=False) == 1

    also(exercises.check_4, by_rank)


def test_losses_without_an_opinion():
    chance = math.log(12)
    wrong = [
        (math.log2(12), 5 * chance / 120),
        (1 / 12, 5 * chance / 120),
        (chance, chance),
        (chance, chance / 120),
        (chance, chance / 24 / 120),
        chance,
        (2.0, 3.0, 4.0),
        "a lot",
    ]
    hold(exercises.check_5, (chance, 5 * chance / 120), wrong)
    also(exercises.check_5, [2.485, 0.1035])  # rounded


def test_a_total_weighted_by_precision():
    from sklearn.metrics import accuracy_score, precision_score, recall_score

    def weighted(score):
        return lambda losses, said, y: sum(
            losses[task] * score(y[task], said[task]) for task in losses
        )

    def macro(y, said):
        return precision_score(y, said, average="macro", zero_division=0)

    wrong = [
        weighted(accuracy_score),
        weighted(lambda y, said: 1.0),
        weighted(lambda y, said: recall_score(y, said, average="macro")),
        weighted(
            lambda y, said: precision_score(
                y, said, average="macro", labels=np.unique(said)
            )
        ),
        weighted(lambda y, said: macro(y, said) / 2),
        1.2,
    ]
    hold(exercises.check_6, weighted(macro), wrong)

    def in_torch(losses, said, y):  # another right way
        import torch

        from emolib.models.real_or_fake import precision

        return sum(
            precision(torch.tensor(said[task]), torch.tensor(y[task])) * losses[task]
            for task in losses
        )

    also(exercises.check_6, in_torch)
