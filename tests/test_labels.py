"""Label spaces keep their order whatever happens to the labels."""

import dataclasses

import numpy as np
import pytest

from emolib import UsageError, labels
from emolib.labels import LabelSpace, convert


@pytest.mark.parametrize("space", labels.SPACES.values(), ids=lambda s: s.name)
def test_every_space_holds_canonical_names_and_inverts(space):
    emotions = {name.removeprefix("posed ") for name in space}
    assert emotions <= set(labels.DISPLAYS) or space is labels.AUTHENTICITY
    names = list(reversed(space.classes))
    assert space.decode(space.encode(names)) == names
    assert labels.SPACES[space.name] is space


def test_order_is_the_written_one_and_never_the_sorted_one():
    space = LabelSpace("s", ("sad", "happy", "calm"))

    assert space.encode(["calm", "sad"]).tolist() == [2, 0]
    assert space.encode([]).shape == (0,)
    assert space.one_hot(["happy", "sad"]).tolist() == [[0, 1, 0], [1, 0, 0]]
    assert space.one_hot(["sad"]).dtype == np.float32
    assert len(space) == 3 and "calm" in space and "angry" not in space


def test_spaces_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        labels.RAVDESS.classes = ()
    classes = ["happy", "sad"]
    space = LabelSpace("s", classes)
    classes.reverse()
    assert space.classes == ("happy", "sad")


@pytest.mark.parametrize("classes", [(), ("sad", "sad")])
def test_empty_and_repeated_classes_are_refused(classes):
    with pytest.raises(UsageError, match="'mood'.*distinct"):
        LabelSpace("mood", classes)


def test_an_unknown_name_is_refused_and_named():
    with pytest.raises(UsageError, match="'tess' has no class calm, disgust; it has"):
        labels.TESS.encode(["happy", "disgust", "calm"])
    with pytest.raises(UsageError, match="no class nan"):
        labels.TESS.encode([float("nan")])


def test_columns_of_one_order_become_those_of_another():
    ours, theirs = labels.RAVDESS, labels.RAVDESS_SORTED
    names = ["calm", "surprised", "neutral"]

    turned = theirs.one_hot(names)[:, ours.order_from(theirs)]

    assert (turned == ours.one_hot(names)).all()
    assert theirs.classes == tuple(sorted(ours.classes))
    with pytest.raises(UsageError, match="'ravdess' and 'tess'.*calm"):
        ours.order_from(labels.TESS)


def test_convert_renames_all_or_refuses():
    assert convert(["ps", "sad"], {"ps": "surprised", "sad": "sad"}) == [
        "surprised",
        "sad",
    ]
    with pytest.raises(UsageError, match="no target for fear"):
        convert(["fear"], {"ps": "surprised"})
