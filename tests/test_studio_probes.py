"""Probes find causes that are there, a planted leak too, and nothing else."""

from collections import Counter
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from scipy.stats import chi2_contingency
from scipy.stats.contingency import crosstab

from emolib import UsageError
from emolib.evaluation.comparison import holm
from emolib.studio import Causes, face, probes

PEOPLE, SEED = 12, 4  # with 2, chance alone "finds" authenticity: once in 1400 deals
NOTHING = dict.fromkeys(probes.CAUSES, 0)
PLACES = [(cause, where) for cause in probes.CAUSES for where in ("face", "voice")]


def found(settings=None, clips=9, workers=None):
    """What probes find of each cause, in the face and in the voice."""
    deal = probes.dealt(PEOPLE, clips, settings, SEED)
    features = probes.vectors(probes.rendered(deal, workers=workers))
    return {
        (cause, where): probes.probe(features[where], deal, cause).found
        for cause, where in PLACES
    }


def noticed(answers):
    p = holm([answer.p for answer in answers.values()])
    return {place for place, small in zip(answers, p < 0.05, strict=True) if small}


def test_each_cause_is_found_at_full_dose():
    answers = found(clips=24)  # with 16 the trace in the face can be missed
    assert {place for place, answer in answers.items() if answer.p < 0.05} == set(
        PLACES
    )


# At dose 0 each cause alone is tested in test_studio_face and test_studio_voice: not a
# bit of picture or sound differs. Here all are gone at once.
def test_nothing_is_found_where_only_takes_differ():
    assert not noticed(found(NOTHING))


def test_planted_leaks_are_found_where_they_are(monkeypatch):
    """Two parts that half ignore their dose."""
    honest, leaks = Causes.dose, ("emotion.voice", "setup.light")

    def leaking(causes, part):
        return max(honest(causes, part), 0.5 * (part in leaks))

    monkeypatch.setattr(Causes, "dose", leaking)
    answers = found(NOTHING, workers=1)  # other processes would know nothing of it
    assert noticed(answers) == {("emotion", "voice"), ("setup", "face")}


def test_lots_are_the_same_at_every_dose():
    deal, lower = probes.dealt(5, 6), probes.dealt(5, 6, {"setup": 0})
    assert [replace(clip, doses=()) for clip in lower] == deal
    assert len({(clip.take, clip.repetition) for clip in deal}) == len(deal)


def test_each_cause_is_dealt_whatever_the_others_are():
    deal = probes.dealt(20, 40)
    columns = [[getattr(clip, cause) for clip in deal] for cause in probes.CAUSES]
    tables = [crosstab(*pair).count for pair in combinations(columns, 2)]
    sizes = [20, *map(len, probes.CLASSES.values())]
    assert [table.shape for table in tables] == list(combinations(sizes, 2))
    p = [chi2_contingency(table).pvalue for table in tables]
    assert holm(p).min() > 0.05


def test_people_are_held_apart_and_for_identity_clips():
    items = probes.items(probes.dealt(9, 6))
    for cause in probes.CLASSES:
        split = probes.split(items, cause)
        tested, trained = (
            set(items["subject"].iloc[s]) for s in (split.test, split.train)
        )
        assert len(tested) == 3 and tested | trained == set(range(1, 10))
        assert not tested & trained
    split = probes.split(items, "identity")
    tested = Counter(items["subject"].iloc[split.test])
    assert tested == dict.fromkeys(range(1, 10), 2)


def test_who_is_tested_does_not_depend_on_what_is_looked_for():
    """Or shuffling the classes of the tested clips would not be a fair game."""
    items = probes.items(probes.dealt(9, 6))
    chance = np.random.default_rng(0)
    for cause in probes.CLASSES:
        other = items.assign(**{cause: chance.permutation(items[cause])})
        for asked in probes.CAUSES:
            one, two = probes.split(items, asked), probes.split(other, asked)
            assert one.positions == two.positions


def test_a_probe_says_what_its_split_shares():
    deal = probes.dealt(6, 6)
    x = np.random.default_rng(0).normal(size=(36, 20))
    x[1] = x[0]  # two clips of the first person that are one
    people, clips = (probes.probe(x, deal, cause) for cause in ("setup", "identity"))
    assert (people.protocol, clips.protocol) == ("subjects-apart", "random-clips")
    assert [people.leak[k] for k in ("train", "test", "clip", "subject")] == [
        24,
        12,
        0,
        0,
    ]
    assert [clips.leak[k] for k in ("train", "test", "clip", "subject")] == [
        24,
        12,
        0,
        12,
    ]
    assert people.leak["near_duplicate"] == 0 and people.leak["sentence"] == 12
    sides = probes.split(probes.items(deal), "identity")
    assert clips.leak["near_duplicate"] == len({0, 1} & set(sides.test)) % 2


@pytest.mark.parametrize("counts", [(2, 9), (9, 2)])
def test_too_few_to_divide_are_refused(counts):
    with pytest.raises(UsageError, match="cannot be divided"):
        probes.dealt(*counts)


def test_what_has_no_classes_is_refused():
    with pytest.raises(UsageError, match="no classes of 'take'"):
        probes.protocol("take")


def test_rooms_are_tied_to_authenticity_and_swapped_as_a_whole():
    deal = probes.tied(7, 6, {"setup": 0.5})
    other = probes.tied(7, 6, {"setup": 0.5}, swapped=True)
    for clip, twin in zip(deal, other, strict=True):
        assert clip.setup // 2 == clip.authenticity == 1 - twin.setup // 2
        assert replace(twin, setup=clip.setup) == clip
        assert clip.setup % 2 == twin.setup % 2
    assert {clip.setup for clip in deal} == {0, 1, 2, 3}
    genuine = Counter(clip.identity for clip in deal if clip.authenticity)
    assert genuine == dict.fromkeys(range(1, 8), 3)
    assert "neutral" not in {clip.emotion for clip in deal}
    none = probes.tied(7, 6, {"setup": 0, "authenticity": 0})
    assert [replace(clip, doses=deal[0].doses) for clip in none] == deal
    with pytest.raises(UsageError, match="clips=3"):
        probes.tied(7, 3)


def test_with_both_doses_gone_posed_and_genuine_clips_are_alike_to_the_last_bit():
    """So a detector of either can only be guessing."""
    clip = probes.tied(1, 2, {"setup": 0, "authenticity": 0})[0]
    twin = replace(clip, authenticity=1 - clip.authenticity, setup=3 - clip.setup)
    for of in (probes.sound, probes.still):
        one, other = probes.each([clip, twin], of, workers=1)
        assert np.array_equal(one, other)


def test_a_display_lies_over_what_is_felt_by_a_trace():
    """Without a trace it is the picture as it is; more of it changes more."""
    shown = Causes(1, "angry", setup=1, take="a")
    plain = face.still(shown, (48, 48), zoom=1.6).astype(int)
    found = [probes.over_felt(shown, "happy", trace) for trace in (0.0, 0.3, 1.0)]
    assert (found[0] == plain).all()
    mouth = slice(28, 42)  # rows: that is where a smile is
    changed = [abs(picture[mouth] - plain[mouth]).mean() for picture in found]
    assert changed[0] == 0 < changed[1] < changed[2]
    assert (probes.over_felt(shown, "happy", 0.3) == found[1]).all()
