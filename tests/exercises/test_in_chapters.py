"""Answers for the chapters, tried on what their checks are tried on."""

import numpy as np
import pandas as pd
import pytest
from test_exercises_confidence_fusion import CLASSES

from emolib import experiment, labels, learners, protocols, runs
from emolib.editions import solutions
from emolib.exercises import Check
from emolib.models import baselines
from emolib.studio import probes


def judged(study, number, /, **given):
    """What the check says of the answer, given what the chapter has at hand."""
    (source,) = (p for p in runs.notebooks().values() if p.stem[3:] == study)
    (of,) = (e for e in solutions.exercises(source) if e.number == number)
    assert of.more <= given.keys()
    exec(f"from emolib.exercises import {study} as exercises", given)
    exec(solutions.solution(of), given)
    check, more = getattr(given["exercises"], f"check_{number}"), of.check
    assert isinstance(check, Check)
    arguments = eval(f"[{more.partition('(')[2][:-1]}]", given)
    right, told = check.judge(*arguments)
    assert right, told
    return given


def test_quiet_filling():
    draw = np.random.default_rng(0)
    x = np.zeros((3, 77, 150, 1), np.float32)
    for n, frames in enumerate((40, 90, 150)):
        x[n, :64, :frames, 0] = -draw.uniform(0, 60 + n, (64, frames))
        x[n, 64:, :frames, 0] = draw.normal(0, 20, (13, frames))
    told = {"clip": list("abc"), "subject": "", "sentence": "", "emotion": "sad"}
    clips = pd.DataFrame(told).assign(corpus="tess", source="demo", path="")
    judged("posed_genuine", 3, heard=experiment.examples(clips, x, labels.TESS))


@pytest.fixture
def study(tmp_path):
    return experiment.Study("toy", "smoke", 0, str(tmp_path / "runs"))


def on_disk(clips, folder):
    """A manifest of the clips, each a file of its own."""
    paths = [folder / f"{n}.wav" for n in range(len(clips))]
    for n, path in enumerate(paths):
        path.write_text(f"clip {n}")
    return clips.assign(
        sentence="", corpus="toy", source="demo", path=[str(path) for path in paths]
    )


def test_ten_seeds(study, tmp_path):
    draw = np.random.default_rng(0)
    shown = ["happy", "sad", "angry", "neutral"]
    rows = [
        {"clip": f"{p}-{e}", "subject": f"p{p}", "emotion": e} for p in range(8)
        for e in shown
    ]  # fmt: skip
    clips = on_disk(pd.DataFrame(rows), tmp_path)
    faces = experiment.examples(clips, draw.normal(size=(32, 6)), labels.FACES)
    linear = learners.Classifier(baselines.linear(), "linear")
    given = {"cfe": faces, "coarse": lambda examples: examples, "linear": linear}
    judged("speech_and_stills", 4, study=study, **given)


def test_the_interval_over_people(study, tmp_path):
    draw = np.random.default_rng(1)
    told = {"clip": [f"c{n}" for n in range(80)], "emotion": CLASSES * 40}
    people = [f"p{n % 8}" for n in range(80)]
    clips = on_disk(pd.DataFrame(told).assign(subject=people), tmp_path)
    space = labels.LabelSpace("two", tuple(CLASSES))
    voices = experiment.examples(clips, draw.normal(size=(80, 4)), space)
    linear = learners.Classifier(baselines.linear(), "linear")
    plain = study.run("plain", voices, linear, protocols.SubjectKFold(4))
    judged("confidence_fusion", 2, plain=plain)


def test_what_it_is_worth_to_have_met_the_people():
    items = probes.items(probes.dealt(6, 8))
    whose = pd.get_dummies(items["subject"]).to_numpy(float)
    shown = pd.get_dummies(items["emotion"]).to_numpy(float)
    noise = np.random.default_rng(0).normal(size=(len(items), 4))

    def looked_at(cause="", dose=1.0):
        return {"face": np.hstack([2 * (cause != "identity") * whose, shown, noise])}

    rungs = {
        "clips apart": protocols.ClipKFold(3),
        "people apart": protocols.SubjectKFold(3),
    }
    matched = protocols.matched(rungs, items)
    given = judged("the_studio", 7, looked_at=looked_at, items=items, matched=matched)
    assert set(given["gaps"]) == {"", "identity", "setup"}
