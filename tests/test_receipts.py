"""Receipts: real runs held against each other, and what a reader changed, by name."""

import copy
import dataclasses
import json

import numpy as np
import pandas as pd
import pytest

from emolib import (
    UsageError,
    code,
    experiment,
    labels,
    learners,
    protocols,
    receipts,
    records,
)

SPACE = labels.LabelSpace("two", ("happy", "sad"))


# Two learners of one name, as before and after somebody edited one.


def nearest(examples, train):
    """Answers by the nearer of the classes' means."""
    right = examples.targets["emotion"][train]
    means = np.array([examples.x[train][right == n].mean(axis=0) for n in (0, 1)])

    def answer(x):
        far = ((x[:, None] - means) ** 2).sum(axis=2)
        return {"emotion": np.exp(-far) / np.exp(-far).sum(axis=1, keepdims=True)}

    return learners.Fitted(None, answer, train)


@dataclasses.dataclass(frozen=True)
class Nearest(learners.Learner):
    name = "nearest"

    def fit(self, examples, split, seed=0, checkpoint=None):
        return nearest(examples, split.train)

    def spec(self):
        return {"kind": "Nearest"}

    def code(self):
        return code.meaning(type(self).fit, nearest)


class Peeking(Nearest):
    def fit(self, examples, split, seed=0, checkpoint=None):
        return nearest(examples, np.arange(len(examples.x)))


class Fewer(protocols.SubjectKFold):
    """The same by name, and two clips less to train on. (A mixed one is refused.)"""

    def split(self, items, label="emotion"):
        for split in super().split(items, label):
            yield dataclasses.replace(split, train=split.train[2:])


@pytest.fixture(scope="module")
def toy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clips")
    clips = pd.DataFrame({"clip": [f"toy/{n}" for n in range(24)]})
    clips["path"] = [str(folder / f"{n}.wav") for n in range(24)]
    for path in clips["path"]:
        (folder / path).write_text(path)
    clips = clips.assign(corpus="toy", source="demo", sentence="1")
    clips["subject"] = [f"toy-{n // 6}" for n in range(24)]
    clips["emotion"] = [SPACE.classes[n % 2] for n in range(24)]
    return clips


def run(folder, clips, x=None, learner=None, protocol=None, seed=0):
    """What a run leaves: its record, from its file."""
    if x is None:
        x = inputs(clips)
    study = experiment.Study("toy", "quick", seed, folder)
    given = experiment.examples(clips, x.astype(np.float32), SPACE)
    study.run(
        "voice", given, learner or Nearest(), protocol or protocols.SubjectKFold(4)
    )
    return records.load(folder)


def inputs(clips):
    noise = np.random.default_rng(0).normal(size=(len(clips), 3))
    return noise + 3 * SPACE.encode(clips["emotion"])[:, None]


@pytest.fixture(scope="module")
def book(toy, tmp_path_factory):
    """What the book published, as it comes back from its list."""
    folder = tmp_path_factory.mktemp("book")
    (folder / "list.json").write_text(receipts.text(run(folder / "runs", toy)))
    return receipts.read(folder / "list.json")


def held(mine, book, tolerance=receipts.TOLERANCE, metric="accuracy"):
    table = receipts.receipt(mine, book, tolerance)
    one = table[table["metric"] == metric].iloc[0]
    return one["outcome"], one["why"]


def test_the_same_run_again_agrees(toy, book, tmp_path):
    again = run(tmp_path, toy)
    assert held(again, book) == ("agrees", "")
    table = receipts.receipt(again, book)
    assert set(table["metric"]) >= {"accuracy", "uar"} and set(table["seed"]) == {0}
    assert table["record"].equals(table["in_book"])


def test_leaks_in_the_code_are_flagged_though_every_name_is_the_same(
    toy, book, tmp_path
):
    x = inputs(toy)
    leaks = {
        "other inputs": {"x": (x - x.mean(axis=0)) / x.std(axis=0)},
        "the code that learned is another": {"learner": Peeking()},
    }
    for number, (told, changed) in enumerate(leaks.items()):
        mine = run(tmp_path / str(number), toy, **changed)
        gap = mine[0]["metrics"]["accuracy"]["value"]
        gap -= book[0]["metrics"]["accuracy"]["value"]
        assert abs(gap) <= receipts.TOLERANCE  # by the number alone nobody would know
        outcome, why = held(mine, book)
        assert outcome == "another run" and why.startswith(told), why


def test_what_was_tested_and_who_was_trained_on_are_held_as_well(toy, book, tmp_path):
    fewer = run(tmp_path / "fewer", toy, protocol=Fewer(4))
    assert held(fewer, book)[1].startswith("other sides")
    turned = toy.assign(emotion=toy["emotion"].to_numpy()[::-1])
    other = run(tmp_path / "turned", turned, x=inputs(toy))
    assert held(other, book)[1].startswith("other clips, people or labels")


def test_another_seed_is_another_run(toy, book, tmp_path):
    outcome, why = held(run(tmp_path, toy, seed=1), book)
    assert outcome == "another run" and "seed 1, in the book 0" in why


def changed(record, **changes):
    """A record of which something is another; `design__width` is a parameter."""
    record = copy.deepcopy(record)
    for name, value in changes.items():
        if name == "value":
            record["metrics"]["accuracy"]["value"] = value
        elif "__" in name:
            record["parameters"][name.replace("__", ".")] = value
        elif name in record:
            record[name] = value
        else:
            record["provenance"][name] = value
    return record


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"design__width": 0.125}, "design.width 0.125, in the book 0.25"),
        ({"protocol": "augmented-before-split"}, "protocol augmented-before-split"),
        ({"profile": "smoke"}, "profile smoke, in the book quick"),
        ({"corpus": "tess"}, "corpus tess, in the book toy"),
        ({"copies__more": 3}, "copies.more 3, in the book nothing"),
    ],
)
def test_half_the_width_and_a_leak_by_name_are_flagged(book, changes, told):
    book = [changed(book[0], design__width=0.25)]
    mine = changed(book[0], **changes)  # though chance gave the same number
    outcome, why = held([mine], book)
    assert outcome == "another run" and told in why


def test_why_a_number_may_differ_is_what_differs(book):
    packages = book[0]["provenance"]["packages"]
    other = changed(book[0], value=0.1, packages=packages | {"numpy": "1.0"})
    numpy = f"numpy 1.0, in the book {packages['numpy']}"
    assert held([other], book) == ("differs", numpy)
    outcome, why = held([changed(other, platform="Darwin arm64")], book)
    assert why.startswith("platform Darwin arm64, in the book ") and numpy in why
    outcome, why = held([changed(book[0], value=0.1)], book)
    assert outcome == "differs" and why.startswith("nothing that a record holds")
    assert held([changed(book[0], value=None)], book)[0] == "differs"
    both = [changed(book[0], value=None)]
    assert held(both, both) == ("agrees", "")


def test_on_another_machine_inputs_may_have_been_changed_as_well(book):
    mine = changed(book[0], inputs=book[0]["inputs"] | {"digest": "0"}, python="3.1")
    outcome, why = held([mine], book)
    assert outcome == "cannot tell apart"
    assert "to the last digit; python 3.1, in the book" in why
    assert held([changed(mine, value=0.1)], book)[0] == "differs"


def test_what_the_tolerance_cannot_tell_apart_is_said_to_be_so(book):
    value = book[0]["metrics"]["accuracy"]["value"]
    rung = changed(book[0], protocol="folders-apart", value=value - 0.004)
    outcome, why = held(book, [*book, rung])
    assert outcome == "cannot tell apart"
    assert "folders-apart lies 0.4 points away, within the tolerance of 1.0" in why
    assert held(book, [*book, rung], tolerance=0.002)[0] == "agrees"


def test_what_the_book_does_not_hold_is_named(book):
    assert held([changed(book[0], experiment="mine")], book)[0] == "not in the book"


def test_a_receipt_is_a_small_file_that_tells_machines_seeds_and_days(
    toy, book, tmp_path
):
    mine = run(tmp_path / "runs", toy)
    other = changed(book[0], lock="f" * 64)
    table = receipts.receipt(mine, [other])
    path = tmp_path / "receipt.json"
    receipts.write(table, path, mine, [other], "held against a toy")
    told = json.loads(path.read_text())
    assert (
        told["outcomes"] == {"agrees": len(table)} == {"agrees": len(told["numbers"])}
    )
    assert told["compared"] == "held against a toy" and told["written"][:2] == "20"
    (here,), (there,) = told["machines"]["mine"], told["machines"]["published"]
    assert here["packages"]["numpy"] == np.__version__ and here["records"] == 1
    assert here["lock"] != there["lock"] == "f" * 64 and here["platform"]
    assert {(n["seed"], n["finished"][:2]) for n in told["numbers"]} == {(0, "20")}
    assert path.stat().st_size < 5_000


def test_a_file_that_is_none_is_refused(tmp_path):
    with pytest.raises(UsageError, match="no such file"):
        receipts.read(tmp_path / "none.json")
    for number, text in enumerate(('[{"a": 1}]', "{", '"text"', "7")):
        path = tmp_path / f"{number}.json"
        path.write_text(text)
        with pytest.raises(UsageError, match="no list of what|cannot be read"):
            receipts.read(path)
