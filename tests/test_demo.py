"""The studio: what each cause does, and files that are whole, right and the same."""

import errno
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import psutil
import pytest
import soundfile

from emolib import EmolibError, UsageError, corpora, demo, media
from emolib.demo import Causes, face, render_corpus, twins, voice
from emolib.labels import EMOTIONS, RAVDESS

TINY = twins.Profile(1, 1, 0.8, 10, (96, 96), 16000)
# The name as RAVDESS' authors publish it, written down here once more.
PUBLISHED = re.compile(r"(0[13])-01-(0[1-8])-(0[12])-(0[12])-(0[12])-(\d\d)")
TINY_RUN = """
import sys
from emolib.demo import render_corpus, twins
twins.PROFILES["tiny"] = twins.Profile(1, 1, 0.8, 10, (96, 96), 16000)
render_corpus(out=sys.argv[1], profile="tiny", workers=2, progress=False)
"""


@pytest.fixture(scope="module", autouse=True)
def tiny():
    twins.PROFILES["tiny"] = TINY
    yield
    del twins.PROFILES["tiny"]


def render(out, **options):
    options = {"profile": "tiny", "workers": 2, "progress": False} | options
    return render_corpus(out=out, **options)


@pytest.fixture(scope="module")
def rendered(tmp_path_factory):
    return render(tmp_path_factory.mktemp("rendered")) / "ravdess"


def contents(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


def speak(**causes):
    return voice.speak(Causes(**causes), 1.0, 16000).samples


def draw(moment=6, opening=(0.0, 0.0), **causes):
    size, opening = (96, 96), np.array(opening)
    return list(face.frames(Causes(**causes), 12, 10, size, opening))[moment]


# Files and names.


def test_names_and_counts_are_the_published_ones(rendered):
    sounds, videos = sorted(rendered.rglob("*.wav")), sorted(rendered.rglob("*.mp4"))
    assert len(sounds) == len(videos) == 30  # 15 a sentence, one repetition
    for path in sounds + videos:
        modality, *_, actor = PUBLISHED.fullmatch(path.stem).groups()
        assert path.parent.name == f"Actor_{actor}"
        assert modality == {".wav": "03", ".mp4": "01"}[path.suffix]
    assert [p.stem[3:] for p in sounds] == [p.stem[3:] for p in videos]
    codes = pd.Series([path.stem[6:8] for path in sounds]).value_counts()
    assert codes["01"] == 2 and (codes.drop("01") == 4).all()


def test_loaders_read_it_as_demo(rendered):
    manifest = corpora.index("ravdess", rendered, modality="audio")
    assert len(manifest) == 30 and set(manifest["source"]) == {"demo"}
    assert set(manifest["emotion"]) == set(RAVDESS)


@pytest.mark.parametrize(
    ("profile", "clips"), [("smoke", 120), ("quick", 480), ("paper", 1440)]
)
def test_profiles_hold_as_many_clips_as_stated(profile, clips):
    plan = twins.plan("ravdess", profile, 0, ())
    assert len(plan) == len({clip.sound for clip in plan}) == clips


def test_both_files_hold_the_same_sound(rendered):
    clip = twins.plan("ravdess", "tiny", 0, ())[7]
    speech = voice.speak(clip.causes, TINY.seconds, TINY.sound_rate)
    written, rate = soundfile.read(rendered / clip.sound, dtype="float32")
    assert rate == 16000 and np.abs(written - speech.samples).max() < 2**-14
    heard, _ = media.read_sound(rendered / clip.video)
    assert np.corrcoef(heard[: len(written)], written[: len(heard)])[0, 1] > 0.98
    facts = media.video_facts(rendered / clip.video)
    assert abs(facts["seconds"] - len(written) / rate) <= 0.5 / facts["rate"] + 1e-9


def test_truth_table_lists_each_clip(rendered):
    truth = pd.read_csv(rendered / "causes.csv")
    assert set(truth["sound"]) == {
        path.relative_to(rendered).as_posix() for path in rendered.rglob("*.wav")
    }
    assert truth["strength"].between(0, 1).all() and (truth["authenticity"] == 0).all()


# The same bytes, always.


def test_same_bytes_from_one_process_and_from_many(rendered, tmp_path):
    assert contents(render(tmp_path, workers=1) / "ravdess") == contents(rendered)


def test_a_clip_does_not_depend_on_what_was_rendered_before(rendered, tmp_path):
    code = (
        "import sys; from pathlib import Path; from emolib import demo\n"
        "from emolib.demo import twins\n"
        "profile = twins.Profile(1, 1, 0.8, 10, (96, 96), 16000)\n"
        "clip = list(twins.ravdess(profile, {}))[21]\n"
        "demo.render_clip(Path(sys.argv[1]), clip, profile)\n"
    )
    environment = os.environ | {"PYTHONHASHSEED": "17"}
    subprocess.run([sys.executable, "-c", code, tmp_path], check=True, env=environment)
    alone = contents(tmp_path)
    assert len(alone) == 2
    assert alone.items() <= contents(rendered).items()


def test_another_seed_gives_another_corpus(rendered, tmp_path):
    clip = twins.plan("ravdess", "tiny", 1, ())[0]
    demo.render_clip(tmp_path, clip, TINY)
    assert not set(contents(tmp_path).values()) & set(contents(rendered).values())


def test_killed_rendering_leaves_whole_files_and_goes_on(rendered, tmp_path):
    command = [sys.executable, "-c", TINY_RUN, tmp_path]
    running = subprocess.Popen(command, start_new_session=True)
    until = time.monotonic() + 30
    while len(list(tmp_path.rglob("03-*.wav"))) < 4 and time.monotonic() < until:
        time.sleep(0.01)
    # The workers too: left alone, they would finish what they hold.
    family = psutil.Process(running.pid).children(recursive=True)
    for process in [*family, running]:
        process.kill()
    running.wait()
    psutil.wait_procs(family)
    folder, whole = tmp_path / "ravdess", contents(rendered)
    (folder / "Actor_01/.03-01-01-01-01-01-01-0a1b2c3d.wav").write_bytes(b"half")
    partial = {p: b for p, b in contents(folder).items() if "/." not in p}
    assert 4 <= len(partial) < len(whole)
    assert partial.items() <= whole.items()
    kept = {path: (folder / path).stat().st_mtime_ns for path in partial}
    render(tmp_path)
    assert contents(folder) == whole
    videos = {path.replace("/03-", "/01-").replace(".wav", ".mp4") for path in kept}
    pairs = {path for path in videos if path in kept and path.endswith(".mp4")}
    assert pairs
    for path in pairs:  # a clip with both files is not rendered again
        assert (folder / path).stat().st_mtime_ns == kept[path]


def test_a_changed_studio_renders_anew(tmp_path, monkeypatch, rendered):
    folder = render(tmp_path) / "ravdess"
    sound = next(folder.rglob("*.wav"))
    sound.write_bytes(b"from an older studio")
    render(tmp_path)
    assert sound.read_bytes() == b"from an older studio"
    monkeypatch.setattr(demo, "_studio_version", lambda: "newer")
    render(tmp_path)
    assert sound.read_bytes() == (rendered / sound.relative_to(folder)).read_bytes()


# What is refused.


def test_folders_with_other_files_are_refused(tmp_path):
    real = tmp_path / "ravdess/Actor_01/03-01-01-01-01-01-01.wav"
    real.parent.mkdir(parents=True)
    real.write_bytes(b"precious")
    with pytest.raises(UsageError, match="03-01-01-01-01-01-01.wav"):
        render(tmp_path)
    real.rename(real.with_name("notes.txt"))
    with pytest.raises(UsageError, match="notes.txt"):
        render(tmp_path)
    assert contents(tmp_path) == {"ravdess/Actor_01/notes.txt": b"precious"}


def test_another_rendering_is_not_mixed_in(rendered):
    before = contents(rendered)
    with pytest.raises(UsageError, match="seed 0 instead of 3"):
        render(rendered.parent, seed=3)
    with pytest.raises(UsageError, match="settings"):
        render(rendered.parent, settings={"emotion": 0.5})
    assert contents(rendered) == before


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"corpus": "nowhere"}, "no twin 'nowhere'; it has ravdess"),
        ({"profile": "huge"}, "no profile 'huge'; it has smoke"),
        ({"settings": {"mood": 1}}, "no cause 'mood'; it has emotion"),
        ({"settings": {"setup": 1.5}}, "setup is a number from 0 to 1, not 1.5"),
        ({"settings": {"setup": float("nan")}}, "from 0 to 1, not nan"),
        ({"settings": {"setup": "1"}}, "from 0 to 1, not '1'"),
        ({"workers": 0}, "workers"),
    ],
)
def test_wrong_requests_are_refused_before_anything_is_written(
    tmp_path, options, message
):
    with pytest.raises(UsageError, match=message):
        render(tmp_path, **options)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("wrong", [{"strength": 1.2}, {"emotion": "joy"}])
def test_wrong_causes_are_refused(wrong):
    with pytest.raises(UsageError):
        Causes(**{"identity": 1, "emotion": "happy"} | wrong)


def test_a_full_disk_is_told_and_leaves_nothing_half(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(EmolibError, match="No space left on device") as caught:
        render(tmp_path, workers=1)
    assert not isinstance(caught.value, UsageError)
    assert not list(tmp_path.rglob("*.wav")) and not list(tmp_path.rglob(".*"))
    assert json.loads((tmp_path / "ravdess/RENDERED.json").read_text())["seed"] == 0


# What the causes do.


def pitch(samples, rate=16000):
    """Median pitch in semitones, from the autocorrelation of voiced windows."""
    windows = np.lib.stride_tricks.sliding_window_view(samples, 640)[::160]
    windows = windows[windows.std(axis=1) > 0.25 * windows.std(axis=1).max()]
    windows = windows - windows.mean(axis=1, keepdims=True)
    power = np.abs(np.fft.rfft(windows, 2048)) ** 2
    correlation = np.fft.irfft(power)[:, : rate // 60]
    # A window overlaps itself less and less: make up for it.
    correlation /= correlation[:, :1] * (1 - np.arange(rate // 60) / 640)
    lags = rate // 600 + correlation[:, rate // 600 :].argmax(axis=1)
    return 12 * np.log2(np.median(rate / lags))


def measures(samples):
    loud = np.sort(samples**2)[-len(samples) // 2 :].mean()
    return np.array([pitch(samples), 10 * np.log10(loud), -len(samples) / 16000])


# Pitch, energy, rate against neutral: Juslin & Laukka (2003), Banse & Scherer (1996);
# 0 where the literature is divided.
DIRECTIONS = {
    "calm": (-1, -1, -1),
    "happy": (1, 1, 1),
    "sad": (-1, -1, -1),
    "angry": (1, 1, 1),
    "fearful": (1, 0, 1),
    "disgusted": (-1, 0, -1),
    "surprised": (1, 1, 0),
}


@pytest.fixture(scope="module")
def neutral_voices():
    return {k: measures(speak(identity=k, emotion="neutral")) for k in range(1, 7)}


@pytest.mark.parametrize("emotion", DIRECTIONS)
def test_emotion_moves_the_voice_as_the_literature_says(emotion, neutral_voices):
    moved = [
        measures(speak(identity=k, emotion=emotion)) - neutral
        for k, neutral in neutral_voices.items()
    ]
    for direction, values in zip(DIRECTIONS[emotion], np.transpose(moved), strict=True):
        assert direction == 0 or direction * np.mean(values) > 0
        assert direction == 0 or (direction * values > 0).mean() >= 0.5


def test_women_speak_higher():
    man = pitch(speak(identity=1, emotion="neutral", female=0.0))
    woman = pitch(speak(identity=1, emotion="neutral", female=1.0))
    assert 7 < woman - man < 14


def test_stronger_is_further():
    plain, some, full = (
        measures(speak(identity=2, emotion="angry", strength=s)) for s in (0, 0.5, 1)
    )
    assert plain[1] < some[1] < full[1]


def test_units_follow_the_published_prototypes():
    times = np.linspace(0, 2, 30)
    average = (("identity", 0.0), ("take", 0.0))
    for emotion, prototype in face.PROTOTYPES.items():
        if not prototype:
            continue
        causes = Causes(1, emotion, authenticity=1.0, doses=average)
        middle = face.action_units(causes, times, 2.0)[15]
        active = {u for u, amount in zip(face.UNITS, middle, strict=True) if amount > 0}
        assert active - {"43"} == set(prototype)


def test_people_differ_in_the_optional_units():
    times = np.linspace(0, 2, 30)
    chin = face.UNITS.index("17")  # in 67 % of sad faces
    amounts = [
        face.action_units(Causes(k, "sad", doses=(("take", 0.0),)), times, 2.0)[
            15, chin
        ]
        for k in range(40)
    ]
    assert 0.45 < np.mean(np.array(amounts) > 0) < 0.9


def test_genuine_smiles_take_the_eyes_along_and_rise_slowly():
    times = np.arange(0, 2, 0.05)
    smiles = [
        face.action_units(Causes(3, "happy", authenticity=a), times, 2.0)
        for a in (0, 1)
    ]
    cheeks, corners = face.UNITS.index("6"), face.UNITS.index("12")
    posed, genuine = smiles
    assert genuine[:, cheeks].max() > 1.5 * posed[:, cheeks].max()
    assert np.diff(genuine[:, corners]).max() < np.diff(posed[:, corners]).max()


def test_the_voice_opens_the_mouth_and_nothing_else():
    shut = draw(identity=4, emotion="neutral").astype(int)
    wide = draw(identity=4, emotion="neutral", opening=(1.0, 1.0)).astype(int)
    changed = np.abs(wide - shut).sum(axis=2) > 30
    rows = np.flatnonzero(changed.any(axis=1))
    assert len(rows) and rows.min() > 48  # below the eyes


SAME = {"identity": 5, "take": "one", "setup": 2}


def test_without_emotion_no_emotion_shows():
    voices, faces = set(), set()
    for emotion in EMOTIONS:
        doses = (("emotion", 0.0),)
        voices.add(speak(emotion=emotion, doses=doses, **SAME).tobytes())
        faces.add(draw(emotion=emotion, doses=doses, **SAME).tobytes())
    assert len(voices) == len(faces) == 1
    assert draw(emotion="happy", **SAME).tobytes() not in faces
    assert speak(emotion="happy", **SAME).tobytes() not in voices


@pytest.mark.parametrize(
    ("cause", "change"),
    [
        ("identity", {"identity": 6, "female": 1.0}),
        ("setup", {"setup": 3}),
        ("take", {"take": "two"}),
        ("authenticity", {"authenticity": 1.0}),
    ],
)
def test_each_cause_acts_and_can_be_switched_off(cause, change):
    usual = SAME | {"emotion": "happy"}
    off = {"doses": ((cause, 0.0),)}
    for make in (speak, draw):
        assert make(**usual).tobytes() != make(**usual | change).tobytes()
        assert np.array_equal(make(**usual | off), make(**usual | change | off))


def test_sentences_differ_unless_switched_off():
    off = {"doses": (("sentence", 0.0),)}
    first, second = (speak(emotion="sad", sentence=s, **SAME) for s in (0, 1))
    assert first.shape != second.shape or not np.array_equal(first, second)
    first, second = (speak(emotion="sad", sentence=s, **SAME, **off) for s in (0, 1))
    assert np.array_equal(first, second)


def test_opencv_finds_the_faces():
    detector = cv2.CascadeClassifier(
        cv2.data.haarcascades + "haarcascade_frontalface_default.xml"
    )
    found = []
    for clip in twins.plan("ravdess", "quick", 0, ())[::13]:
        opening = np.array([0, 1, 0.2, 0.8, 0])
        for picture in face.frames(clip.causes, 5, 2.5, (160, 160), opening):
            grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
            found.append(len(detector.detectMultiScale(grey, 1.1, 3)) > 0)
    assert np.mean(found) >= 0.98
