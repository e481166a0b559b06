"""Splits keep what they claim apart, and the leak report counts what they do not."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest

from emolib import UsageError, protocols
from emolib.protocols import (
    PROTOCOLS,
    AugmentedBeforeSplit,
    ClipKFold,
    InOrder,
    LeakError,
    LeaveOneCorpusOut,
    LeaveOneSubjectOut,
    Protocol,
    RandomClips,
    RandomItems,
    SentenceKFold,
    Split,
    SubjectKFold,
    checked,
    leak_report,
    split_validation,
)
from emolib.protocols.draws import same_id

EMOTIONS = ("happy", "sad", "angry")


@pytest.fixture(scope="module")
def items():
    """Two corpora, 5 subjects each, 3 emotions x 2 sentences, 4 frames a clip."""
    rows = [
        {
            "clip": f"{corpus}/{subject}-{emotion}-{sentence}",
            "subject": f"{corpus}-{subject}",
            "sentence": sentence,
            "emotion": emotion,
            "corpus": corpus,
            "setup": f"room {(subject + len(sentence + emotion)) % 6}",
            "frame": frame,
        }
        for corpus in ("one", "two")
        for subject in range(5)
        for emotion in EMOTIONS
        for sentence in ("dogs", "kids")
        for frame in range(4)
    ]
    items = pd.DataFrame(rows)
    items["item"] = items["clip"] + "#" + items["frame"].astype(str)
    return items


def sides(items, split, column):
    values = items[column].to_numpy()
    return set(values[split.train]), set(values[split.test])


# The first needs copies, the second names of corpora, the third tests everything, and
# the last leaves out what is of one side only.
ORDINARY = sorted(
    set(PROTOCOLS)
    - {"augmented-before-split", "other-corpora", "whole-corpus"}
    - {"people-and-sentences-apart"}
)


@pytest.mark.parametrize("name", ORDINARY)
def test_every_protocol_tests_each_item_at_most_once_and_repeats_itself(items, name):
    two = {"folds": 2} if name == "sentences-apart" else {}  # all that is said
    protocol = PROTOCOLS[name](**two)
    splits = checked(protocol, items)
    again = checked(PROTOCOLS[name](**two), items)
    tested = np.concatenate([s.test for s in splits])
    assert len(tested) == len(set(tested))
    assert [s.fold for s in splits] == list(range(len(splits)))
    assert protocol.folds in (None, len(splits))
    for one, other in zip(splits, again, strict=True):
        np.testing.assert_array_equal(one.test, other.test)
        both = np.sort(np.concatenate([one.train, one.test]))
        np.testing.assert_array_equal(both, np.arange(len(items)))


def test_words_apart_leaves_the_people_on_both_sides(items):
    for split in checked(SentenceKFold(2), items):
        train, test = sides(items, split, "sentence")
        assert not train & test and train | test == {"dogs", "kids"}
        train, test = sides(items, split, "subject")
        assert train == test and len(train) == 10


def test_people_and_sentences_apart_meet_neither(items):
    splits = checked(protocols.PeopleAndSentencesKFold(folds=5, sentences=2), items)
    tested = np.concatenate([split.test for split in splits])
    assert sorted(tested) == list(range(len(items))) and len(splits) == 10
    for split in splits:
        for column in ("subject", "sentence"):
            train, test = sides(items, split, column)
            assert not train & test
        assert len(split.train) == len(items) * 4 // 5 // 2


def test_item_folds_share_clips_and_test_each_frame_once(items):
    splits = checked(protocols.ItemKFold(folds=4, seed=1), items)
    assert sorted(np.concatenate([s.test for s in splits])) == list(range(len(items)))
    for split in splits:
        report = leak_report(items, split)
        assert report["clip"] == report["frame"] > 0.9 * len(split.test)
        assert report["copy"] is None


def test_a_frame_alone_has_no_other_frame_of_its_clip(items):
    clip = items["clip"] == items["clip"].iloc[0]
    test, train = np.flatnonzero(clip)[:1], np.flatnonzero(~clip)
    assert leak_report(items, Split(0, train, test))["frame"] == 0
    more = np.append(train, np.flatnonzero(clip)[2])
    assert leak_report(items, Split(0, more, test))["frame"] == 1


@pytest.mark.parametrize("whom", ["everybody", "each person", "train side", "nobody"])
def test_whatever_standardised_the_test_items_is_found(items, whom):
    (split,) = checked(RandomClips(seed=1), items)
    x = np.random.default_rng(0).normal(3, 2, (len(items), 5))
    if whom == "each person":
        groups = pd.DataFrame(x).groupby(items["subject"].to_numpy())
        x = ((x - groups.transform("mean")) / groups.transform("std")).to_numpy()
    elif whom != "nobody":
        known = split.train if whom == "train side" else slice(None)
        x = (x - x[known].mean(axis=0)) / x[known].std(axis=0)
    # What is learned from may be thinned: what was standardised before shows still.
    for train in (split.train, split.train[::2]):
        found = leak_report(items, replace(split, train=train), x)["scaled"]
        assert found == (len(split.test) if whom in ("everybody", "each person") else 0)


def test_the_last_items_of_sorted_classes_were_never_trained_on(items):
    ordered = items.sort_values("emotion", kind="stable", ignore_index=True)
    (split,) = checked(InOrder(0.2), ordered)
    assert split.test.tolist() == list(range(len(items) * 8 // 10, len(items)))
    assert sides(ordered, split, "emotion")[1] == {"sad"}


def test_random_items_share_clips_and_keep_the_classes_balanced(items):
    (split,) = checked(RandomItems(test_size=0.25, seed=3), items)
    assert len(split.test) == len(items) / 4
    counts = items.iloc[split.test]["emotion"].value_counts()
    assert counts.max() - counts.min() <= 1
    train, test = sides(items, split, "clip")
    assert train & test


def test_another_seed_draws_other_items(items):
    (one,), (other,) = (checked(RandomItems(seed=s), items) for s in (0, 1))
    assert set(one.test) != set(other.test)


def test_random_clips_keep_clips_whole_but_share_subjects(items):
    (split,) = checked(RandomClips(seed=1), items)
    train, test = sides(items, split, "clip")
    assert not train & test
    assert len(test) == 12
    train, test = sides(items, split, "subject")
    assert train & test


def test_clip_folds_test_each_clip_once_and_share_the_people(items):
    splits = checked(ClipKFold(folds=4, seed=3), items)
    counts = [len(split.test) for split in splits]
    assert sum(counts) == len(items) and max(counts) - min(counts) <= 2 * 4
    for split in splits:
        clips, others = sides(items, split, "clip")
        assert clips and not clips & others
        assert sides(items, split, "subject")[1] <= sides(items, split, "subject")[0]
        classes = items.iloc[split.test].groupby("emotion")["clip"].nunique()
        assert set(classes) <= {5}, "balanced: 20 clips a class in 4 folds"


def test_subject_folds_hold_people_apart_and_test_each_once(items):
    splits = checked(SubjectKFold(folds=5, seed=0), items)
    tested = [sides(items, s, "subject")[1] for s in splits]
    assert sorted(map(len, tested)) == [2] * 5
    assert set().union(*tested) == set(items["subject"])
    for split in splits:
        assert set(items.iloc[split.test]["emotion"]) == set(EMOTIONS)


def test_models_of_frames_and_of_sound_are_tested_on_the_same_people(items):
    clips = items[items["frame"] == 0]
    random = np.random.default_rng(0)
    uneven = items.iloc[random.permutation(240)[:200]]
    uneven = pd.concat([uneven, clips])  # no clip is lost
    for frames, sound in zip(
        checked(SubjectKFold(), uneven), checked(SubjectKFold(), clips), strict=True
    ):
        assert sides(uneven, frames, "subject") == sides(clips, sound, "subject")


def test_leave_one_out(items):
    splits = checked(LeaveOneSubjectOut(), items)
    assert [sides(items, s, "subject")[1] for s in splits] == [
        {subject} for subject in sorted(items["subject"].unique())
    ]
    splits = checked(LeaveOneCorpusOut(), items)
    assert [sides(items, s, "corpus")[1] for s in splits] == [{"one"}, {"two"}]


def test_positions_do_not_depend_on_the_index(items):
    moved = items.set_index(np.arange(len(items))[::-1] + 1000)
    (one,), (other,) = checked(RandomClips(), items), checked(RandomClips(), moved)
    np.testing.assert_array_equal(one.test, other.test)
    assert leak_report(items, one) == leak_report(moved, other)


# ---- planted faults


@dataclass(frozen=True)
class Careless(Protocol):
    """Claims to keep people apart, and puts one on both sides."""

    train: tuple[int, ...]
    test: tuple[int, ...]
    name = "careless"
    claims_apart = ("subject",)

    def split(self, items, label="emotion"):
        yield Split(0, np.array(self.train), np.array(self.test))


def test_a_subject_on_both_sides_is_named(items):
    last_of_first_subject = 23
    assert items["subject"][last_of_first_subject] == "one-0"
    train, test = tuple(range(23)), tuple(range(23, 48))
    with pytest.raises(LeakError, match="careless.*subject.*one-0 is on both"):
        checked(Careless(train, test), items)
    assert checked(Careless(tuple(range(24)), tuple(range(24, 48))), items)


def test_an_item_on_both_sides_and_an_empty_side_are_refused(items):
    with pytest.raises(LeakError, match="item 2 is on both sides"):
        checked(Careless((0, 1, 2), (2, 100)), items)
    with pytest.raises(UsageError, match="3 items to train on and 0"):
        checked(Careless((0, 1, 2), ()), items)


def test_unknown_people_cannot_be_held_apart(items):
    anonymous = items.assign(subject=items["subject"].where(items.index != 7, ""))
    with pytest.raises(LeakError, match="1 of 240 items name no subject"):
        checked(SubjectKFold(), anonymous)
    with pytest.raises(UsageError, match="no column subject"):
        checked(SubjectKFold(), items.drop(columns="subject"))


def test_impossible_requests_are_refused(items):
    with pytest.raises(UsageError, match="11 folds.*have 10"):
        checked(SubjectKFold(folds=11), items)
    with pytest.raises(UsageError, match="cannot draw 0.2 of 4 clips"):
        checked(RandomClips(), items.iloc[:16])
    with pytest.raises(UsageError, match="no column copy"):
        checked(AugmentedBeforeSplit(), items)
    with pytest.raises(UsageError, match="every item is an original"):
        checked(AugmentedBeforeSplit(), items.assign(copy=0))


# ---- the leak report


def test_leak_report_by_hand():
    items = pd.DataFrame(
        {
            "clip": ["a", "a", "b", "a", "b", "c", "d"],
            "subject": ["p", "p", "q", "p", "q", "p", "r"],
            "sentence": ["s", "s", "t", "s", "t", "", "u"],
            "copy": [0, 1, 0, 2, 0, 0, 0],
        }
    )
    report = leak_report(items, Split(0, np.arange(3), np.arange(3, 7)))
    assert report == {
        "train": 3,
        "test": 4,
        "clip": 2,
        "clip_share": 0.5,
        "subject": 3,
        "subject_share": 0.75,
        "sentence": 2,
        "sentence_share": 0.5,
        "copy": 1,  # the second item of b is the same copy of it, not another
        "copy_share": 0.25,
        "overlap": None,
        "overlap_share": None,
        "near_duplicate": None,
        "near_duplicate_share": None,
        "frame": None,
        "frame_share": None,
        "scaled": None,
        "scaled_share": None,
    }


def test_what_cannot_be_known_is_not_reported_as_zero():
    items = pd.DataFrame({"clip": ["a", "b"], "subject": ["", ""]})
    report = leak_report(items, Split(0, np.array([0]), np.array([1])))
    assert report["clip"] == 0
    assert report["subject"] is None
    assert report["sentence_share"] is None


def test_overlapping_windows_against_every_pair():
    random = np.random.default_rng(0)
    start = random.integers(0, 60, 400)
    items = pd.DataFrame({"clip": random.choice(list("abcdefgh"), 400), "start": start})
    items["stop"] = start + random.integers(1, 4, 400)
    split = Split(0, np.arange(100), np.arange(100, 400))
    train, test = items.iloc[split.train], items.iloc[split.test]
    expected = sum(
        any(
            w.clip == v.clip and w.start < v.stop and v.start < w.stop
            for v in train.itertuples()
        )
        for w in test.itertuples()
    )
    assert 0 < expected < 300
    assert leak_report(items, split)["overlap"] == expected


def test_windows_that_only_touch_do_not_overlap():
    items = pd.DataFrame({"clip": "a", "start": [0, 10, 9], "stop": [10, 20, 11]})
    assert leak_report(items, Split(0, np.array([0]), np.array([1])))["overlap"] == 0
    assert leak_report(items, Split(0, np.array([0]), np.array([2])))["overlap"] == 1


def test_copies_before_the_split_leak_and_clips_apart_do_not(items):
    originals = items[items["frame"] == 0]
    copies = pd.concat([originals.assign(copy=c) for c in range(6)])
    (split,) = checked(AugmentedBeforeSplit(seed=0), copies)
    assert leak_report(copies, split)["copy_share"] > 0.95
    (split,) = checked(RandomClips(seed=0), copies)
    assert leak_report(copies, split)["copy"] == 0


def test_near_duplicates_are_found_under_other_names():
    random = np.random.default_rng(0)
    features = random.normal(size=(60, 8, 4))
    features[50:55] = features[:5] + 0.001  # five clips under another name
    items = pd.DataFrame({"clip": np.arange(60).astype(str)})
    split = Split(0, np.arange(50), np.arange(50, 60))
    assert leak_report(items, split, features)["clip"] == 0
    assert leak_report(items, split, features)["near_duplicate"] == 5


def test_a_picture_that_is_trained_on_twice_is_found_as_well():
    random = np.random.default_rng(0)
    x = random.normal(size=(600, 12))
    for copy in (300, 301, 500):  # two of them, and a third that is tested
        x[copy] = 1.001 * x[0] + random.normal(0, 1e-3, 12)
    x[501] = x[1]  # exactly, and once
    split = Split(0, np.arange(450), np.arange(450, 600))
    items = pd.DataFrame({"clip": np.arange(600).astype(str)})
    assert leak_report(items, split, x)["near_duplicate"] == 2
    two_names = items.assign(subject=np.arange(600) % 50)
    two_names.loc[[0, 300, 301, 500], "subject"] = [90, 91, 91, 92]
    assert leak_report(two_names, split, x)["near_duplicate"] == 2


@pytest.mark.parametrize("told", [True, False], ids=["people told", "nobody told"])
def test_near_duplicates_are_looked_for_where_nearness_tells_anything(told):
    """Independent numbers of people apart: a duplicate is found or nothing is said."""
    for numbers in (1, 2, 3, 5, 6, 8, 12, 20):
        random = np.random.default_rng(numbers)
        x = random.normal(size=(240, numbers))
        items = pd.DataFrame({"clip": np.arange(240), "subject": np.arange(240) % 12})
        items = items if told else items[["clip"]]
        known = np.arange(240) % 12 < 8
        split = Split(0, np.flatnonzero(known), test := np.flatnonzero(~known))
        assert leak_report(items, split, x)["near_duplicate"] in (None, 0)
        x[test[3]] = 1.01 * x[split.train[7]]
        found = leak_report(items, split, x)["near_duplicate"]
        if numbers < 6:
            assert found is None
        elif numbers > 8:  # between them people apart may be too near
            assert found == 1


def test_where_people_apart_come_near_by_themselves_nothing_is_told():
    """Faces that show nothing: twenty numbers, of which hardly three say anything."""
    random = np.random.default_rng(0)
    x = random.normal(size=(240, 3)) @ random.normal(size=(3, 20))
    x += random.normal(0, 1e-3, x.shape)
    items = pd.DataFrame({"clip": np.arange(240), "subject": np.arange(240) // 20})
    split = Split(0, np.arange(160), np.arange(160, 240))
    assert leak_report(items, split, x)["near_duplicate"] is None
    ratings = random.integers(1, 6, (240, 6))
    assert leak_report(items, split, ratings)["near_duplicate"] is None
    coarse = random.normal(size=(240, 8)).round()
    coarse[200] = coarse[0]  # which may be by chance, of so few values
    assert leak_report(items, split, coarse)["near_duplicate"] is None
    one = items.assign(subject="p")  # then every item counts as a person
    assert leak_report(one, split, x)["near_duplicate"] is None


# ---- validation


@pytest.mark.parametrize("by", ["clip", "subject", None])
def test_validation_is_taken_from_the_train_side_only(items, by):
    split = checked(SubjectKFold(), items)[0]
    train, validation = split_validation(items, split.train, 0.25, by, seed=0)
    both = np.sort(np.concatenate([train, validation]))
    np.testing.assert_array_equal(both, split.train)
    assert len(validation) == len(split.train) / 4
    shared = np.intersect1d(items["clip"][train], items["clip"][validation])
    assert (len(shared) == 0) == (by is not None)
    if by == "subject":
        assert items["subject"][validation].nunique() == 2


# -- more ways --------------------------------------------------------------


def test_other_corpora_and_the_whole_corpus(items):
    (split,) = checked(protocols.OtherCorpora(("two",)), items)
    assert set(items["corpus"].iloc[split.test]) == {"two"}
    assert set(items["corpus"].iloc[split.train]) == {"one"}
    (split,) = checked(protocols.WholeCorpus(), items)
    assert len(split.train) == len(split.test) == len(items)
    with pytest.raises(UsageError, match=r"'tow' \(did you mean two\?\); .* one, two"):
        checked(protocols.OtherCorpora(("one", "tow")), items)


def test_an_unknown_protocol_is_refused_with_the_nearest():
    assert protocols.protocol("in-order") is protocols.InOrder
    with pytest.raises(UsageError, match="did you mean subjects-apart"):
        protocols.protocol("subject-apart")


SIDES = {
    "random": lambda seed: protocols.RandomItems(0.15, seed=seed),
    "clips": lambda seed: protocols.RandomClips(0.4, seed=seed),
    "people": lambda seed: protocols.SubjectKFold(3, seed=seed),
    "each": lambda seed: protocols.LeaveOneSubjectOut(),
}


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("watch", ["nothing", "people", "clips"])
def test_rungs_are_held_to_one_training_size(items, watch, seed):
    """Also where people are uneven and the protocol has any seed."""
    # Of person n every clip has n % 4 + 1 frames.
    number = items["subject"].str[-1].astype(int)
    uneven = items[items["frame"] <= number % 4].reset_index(drop=True)
    for dealt in (items, uneven):
        rungs = {name: rung(seed) for name, rung in SIDES.items()}
        rungs = protocols.matched(rungs, dealt, watch)
        sizes, full = set(), []
        for rung in rungs.values():
            for split in checked(rung, dealt):
                train, watched = protocols.sides(dealt, split, watch)
                sizes.add(len(train))
                full.append(len(split.train))
                assert not set(train) & set(split.test)
                assert watched is None or not set(train) & set(watched)
                counts = dealt.iloc[train].groupby("subject").size()
                people = dealt.iloc[split.train]["subject"].nunique()
                assert watch == "people" or len(counts) == people  # nobody is lost
        assert len(sizes) == 1 and sizes.pop() <= min(full)


@pytest.mark.parametrize("watch", ["people", "clips"])
def test_who_is_learned_from_is_drawn_by_the_protocol_s_seed(items, watch):
    (split,) = checked(RandomClips(0.4, seed=7, train_size=60), items)
    assert (split.seed, split.label) == (7, "emotion")
    learned, watched = protocols.sides(items, split, watch)
    for seed, alike in ((7, True), (8, False)):
        again = protocols.sides(items, replace(split, seed=seed), watch)
        assert np.array_equal(learned, again[0]) == alike
        assert np.array_equal(watched, again[1]) == alike


@pytest.fixture(scope="module")
def ravdess():
    """As RAVDESS: 24 people, of one class half as many clips as of the others."""
    rows = [
        {"clip": f"{who}-{emotion}-{n}", "subject": f"s{who}", "sentence": "1",
         "emotion": emotion, "corpus": "r", "authenticity": "ab"[n % 4 == 0]}
        for who in range(24)
        for emotion in ("neutral", *"cdefghi")
        for n in range(4 if emotion == "neutral" else 8)
    ]  # fmt: skip
    return pd.DataFrame(rows).sample(frac=1, random_state=0, ignore_index=True)


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("size", [72, 301, 960])
@pytest.mark.parametrize("label", ["emotion", "authenticity"])
def test_a_thinned_side_keeps_proportions_and_people(ravdess, size, seed, label):
    rung = RandomClips(0.15, seed=seed, train_size=size)
    (split,) = checked(rung, ravdess, label)
    whole = ravdess.iloc[split.train]
    taken = ravdess.iloc[protocols.sides(ravdess, split)[0]]
    assert len(taken) == size
    expected = whole[label].value_counts() * size / len(whole)
    assert (taken[label].value_counts() - expected).abs().max() <= 1
    per_person = taken["subject"].value_counts()
    assert len(per_person) == 24
    if label == "emotion":
        assert per_person.max() - per_person.min() <= max(2, 0.2 * size / 24)


def test_rungs_are_split_by_the_class_that_is_learned(ravdess):
    rungs = {"clips": RandomClips(0.15), "people": SubjectKFold(4)}
    items = ravdess.rename(columns={"emotion": "display"})
    held = protocols.matched(rungs, items, "clips", label="authenticity")
    sizes = {
        len(protocols.sides(items, split, "clips")[0])
        for rung in held.values()
        for split in checked(rung, items, "authenticity")
    }
    assert sizes == {held["clips"].train_size}


def test_copies_follow_their_clip_when_the_training_side_is_thinned(items):
    (split,) = checked(protocols.RandomClips(0.25, train_size=41), items)
    train, _ = protocols.sides(items, split)
    assert len(train) == 41
    whole = items.iloc[split.train].groupby("clip").size()
    taken = items.iloc[train].groupby("clip").size()
    assert (taken < whole[taken.index]).sum() <= 1


def test_a_training_side_cannot_be_held_to_more_than_it_has(items):
    (split,) = checked(protocols.RandomClips(0.25, train_size=10_000), items)
    with pytest.raises(UsageError, match="fewer than the train_size"):
        protocols.sides(items, split)


def test_pairs_are_what_scikit_learn_takes(items):
    from sklearn.dummy import DummyClassifier
    from sklearn.model_selection import cross_val_score

    apart = protocols.SubjectKFold(3)
    scores = cross_val_score(
        DummyClassifier(), np.zeros((len(items), 1)), items["emotion"],
        cv=protocols.pairs(apart, items),
    )  # fmt: skip
    assert len(scores) == 3


@pytest.mark.parametrize("spelt", ["{} ", " {}", "upper"])
def test_one_person_under_two_spellings_is_one(items, spelt):
    """A slip in a table must not hide that a person is on both sides."""

    class Careless(protocols.Protocol):
        name = "careless"
        claims_apart = ("subject",)

        def split(self, items, label="emotion"):
            yield protocols.Split(0, np.arange(10), np.arange(10, 20))

    part = items.iloc[:20].copy()
    first = part["subject"].iloc[0]
    other = first.upper() if spelt == "upper" else spelt.format(first)
    part["subject"] = [first] * 10 + [other] * 10
    with pytest.raises(protocols.LeakError):
        checked(Careless(), part)
    split = next(Careless().split(part))
    assert protocols.leak_report(part, split)["subject"] == 10
    # Numbers as numbers and as text are the same person too.
    part["subject"] = pd.Series([1] * 10 + ["1"] * 10, part.index, dtype=object)
    assert protocols.leak_report(part, split)["subject"] == 10


def test_one_clip_under_two_spellings_is_one():
    items = pd.DataFrame(
        {"clip": ["a", "A ", 1, "1"], "copy": [0, 1, 0, 1],
         "start": 0, "stop": [10, 5, 10, 5]}
    )  # fmt: skip
    report = leak_report(items, Split(0, np.array([0, 2]), np.array([1, 3])))
    assert (report["clip"], report["copy"], report["overlap"]) == (2, 2, 2)


@pytest.mark.parametrize("share", [2, 3, 4])
def test_a_person_spelt_two_ways_is_tested_once(ravdess, share):
    other = (ravdess["subject"] == "s3") & (ravdess.index % share == 0)
    items = ravdess.assign(subject=ravdess["subject"].where(~other, " S3"))
    for seed in range(3):
        tested = [s.test for s in checked(SubjectKFold(4, seed=seed), items)]
        assert len(np.unique(np.concatenate(tested))) == sum(map(len, tested))


def test_an_item_tested_by_two_folds_is_refused(items):
    class Twice(protocols.Protocol):
        name = "twice"

        def split(self, items, label="emotion"):
            yield Split(0, np.arange(10, 20), np.arange(10))
            yield Split(1, np.arange(20, 30), np.arange(9, 15))

    with pytest.raises(LeakError, match="'twice': item 9 and 0 more are tested by two"):
        checked(Twice(), items)


@pytest.mark.parametrize("folds", [1, 0, -3])
def test_one_fold_is_none(folds):
    for kind in (SubjectKFold, SentenceKFold):
        with pytest.raises(UsageError, match=f"folds={folds}; give 2 or more"):
            kind(folds)


@pytest.mark.parametrize(
    "alike",
    [
        ("S1", "s1 ", "s1", "S1\t"),
        (1, "1", " 1", np.int64(1)),
        ("Müller", "Mu\u0308ller", "MÜLLER"),
        ("Ann Lee", "Ann\u00a0Lee", "ann  lee"),
    ],
)
def test_one_person_however_written(alike):
    assert len({same_id(name) for name in alike}) == 1
