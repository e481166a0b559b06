"""Changed sounds against measures of another kind; bars over drawn faces."""

import cv2
import numpy as np
import pytest

from emolib import UsageError
from emolib.corpora import index
from emolib.features import audio, augment, store
from emolib.features.faces import Frames
from emolib.media import MediaError, read_sound, write_sound

RATE = 16000


def tone(seconds=1.5, pitch=220.0):
    """Four harmonics that swell and fade."""
    time = np.arange(int(seconds * RATE)) / RATE
    swell = np.sin(np.pi * time / seconds)
    waves = sum(np.sin(2 * np.pi * pitch * k * time) / k for k in range(1, 5))
    return (0.1 * swell * waves).astype(np.float32)


def pitch_of(samples):
    """By autocorrelation: the lag after which the sound is most like itself."""
    middle = samples[len(samples) // 4 : len(samples) * 3 // 4].astype(np.float64)
    spectrum = np.fft.rfft(middle, 2 * len(middle))
    likeness = np.fft.irfft(np.abs(spectrum) ** 2)
    shortest = RATE // 600
    lag = shortest + likeness[shortest : RATE // 160].argmax()
    before, here, after = likeness[lag - 1 : lag + 2]
    return RATE / (lag + (before - after) / (2 * (before - 2 * here + after)))


def changed(name, amount, samples=None, clip="a", copy=1, seed=0):
    samples = tone() if samples is None else samples
    chance = augment.generator(seed, copy, clip)
    return augment.CHANGES[name](samples, RATE, amount, chance)


@pytest.mark.parametrize("amount", [30, 10, 0, -5])
def test_noise_has_the_ratio_that_is_stated(amount):
    samples = tone()
    added = changed("noise", amount).astype(np.float64) - samples
    ratio = (samples.astype(np.float64) ** 2).sum() / (added**2).sum()
    assert 10 * np.log10(ratio) == pytest.approx(amount, abs=0.01)
    power = np.abs(np.fft.rfft(added)) ** 2  # white: as much below as above
    half = len(power) // 2
    assert power[:half].sum() == pytest.approx(power[half:].sum(), rel=0.1)


@pytest.mark.parametrize("semitones", [-4, -1, 2, 5])
def test_pitch_moves_by_so_many_semitones_and_length_stays(semitones):
    higher = changed("pitch", semitones)
    assert len(higher) == len(tone())
    moved = 12 * np.log2(pitch_of(higher) / pitch_of(tone()))
    assert moved == pytest.approx(semitones, abs=0.1)


@pytest.mark.parametrize("factor", [0.8, 1.1, 1.5])
def test_stretch_changes_length_and_leaves_the_pitch(factor):
    longer = changed("stretch", factor)
    assert len(longer) == pytest.approx(factor * len(tone()), abs=2)
    moved = 12 * np.log2(pitch_of(longer) / pitch_of(tone()))
    assert moved == pytest.approx(0, abs=0.1)


def test_shift_moves_what_is_heard_and_loses_nothing():
    click = np.zeros(RATE, dtype=np.float32)
    click[1000] = 1
    assert changed("shift", 0.25, click).argmax() == 1000 + RATE // 4
    assert changed("shift", -0.1, click).argmax() == RATE + 1000 - RATE // 10
    assert sorted(changed("shift", 0.3)) == sorted(tone())


def test_chance_follows_from_clip_copy_and_seed_alone():
    first = changed("noise", 10)
    assert (changed("noise", 10) == first).all()
    for other in ({"clip": "b"}, {"copy": 2}, {"seed": 1}):
        assert np.corrcoef(changed("noise", 10, **other) - tone(), first - tone())[
            0, 1
        ] == pytest.approx(0, abs=0.05)


@pytest.fixture
def clips(tmp_path):
    """Three clips as a corpus that `index` reads."""
    for statement in (1, 2):
        path = tmp_path / "ravdess" / "Actor_01" / f"03-01-03-01-0{statement}-01-01.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_sound(path, tone(1, 150 + 50 * statement), RATE)
    return index("ravdess", tmp_path)


def test_a_changed_clip_is_a_feature_that_the_store_keeps(clips, tmp_path):
    plain = audio.Mfcc(n_mfcc=13)
    noisy = augment.Augmented(plain, "noise", 10)
    kept = store.extract(noisy, clips, tmp_path / "cache")
    path = clips["path"].iloc[0]
    samples, _ = read_sound(path)
    chance = augment.generator(0, 1, clips["path"].iloc[0].split("/")[-1][:-4])
    expected = audio.mfcc(augment.noise(samples, RATE, 10, chance), RATE, 13)
    np.testing.assert_allclose(kept.arrays[0], expected, atol=1e-5)
    # Another order, another subset: the same copies.
    backwards = store.extract(noisy, clips[::-1], tmp_path / "other")
    assert (backwards.arrays[1] == kept.arrays[0]).all()
    # Each change, amount and copy is a feature of its own.
    others = [
        augment.Augmented(plain, "noise", 20),
        augment.Augmented(plain, "noise", 10, copy=2),
        augment.Augmented(plain, "pitch", 10),
        augment.Augmented(audio.Mfcc(n_mfcc=20), "noise", 10),
    ]
    names = {store.folder_name(feature) for feature in (noisy, *others)}
    assert len(names) == 5


def test_what_cannot_be_made_is_refused(tmp_path):
    with pytest.raises(UsageError, match="no change 'echo'"):
        augment.Augmented(audio.Mfcc(), "echo", 1)
    with pytest.raises(UsageError, match="no length"):
        augment.Augmented(audio.Mfcc(), "stretch", 0)
    with pytest.raises(UsageError, match="share=1.5"):
        augment.Covered(Frames(), 1.5)
    write_sound(tmp_path / "phone.wav", tone(), 8000)
    with pytest.raises(MediaError, match="sampled at 8000"):
        augment.Augmented(audio.Mfcc(), "shift", 1)(tmp_path / "phone.wav")


def test_a_bar_covers_its_share_of_the_face(monkeypatch):
    """A face known to be 40 % of the picture's height, 0.3 from its top."""
    pictures = np.random.default_rng(0).integers(0, 100, (3, 50, 50, 3), np.uint8)
    monkeypatch.setattr(Frames, "__call__", lambda self, path: pictures)
    monkeypatch.setattr(augment, "face_of", lambda *_: (0.2, 0.3, 0.5, 0.4))
    covered = augment.Covered(Frames(size=50), 0.5)("film.mp4")
    grey = (covered == augment.GREY).all(axis=-1)
    assert grey.any(axis=(0, 2)).nonzero()[0].tolist() == list(range(20, 30))
    assert grey.any(axis=(0, 1)).nonzero()[0].tolist() == list(range(10, 35))
    assert (covered[~grey] == pictures[~grey]).all()
    assert not (pictures == augment.GREY).any()  # what the store keeps is left alone
    for share, rows in ((0, 0), (1, 20)):
        covered = augment.Covered(Frames(size=50), share)("film.mp4")
        assert (covered == augment.GREY).all(axis=-1).sum() == 3 * rows * 25


def test_the_face_is_found_where_it_was_rendered(tmp_path):
    from emolib.studio import render_corpus

    folder = render_corpus(
        "ravdess", tmp_path, "smoke", subjects=1, emotions=["happy"], progress=False
    )
    films = index("ravdess", folder).query("modality == 'audio-video'")
    pictures = augment.Covered(Frames(size=64), 0.5)(films["path"].iloc[0])
    plain = Frames(size=64)(films["path"].iloc[0])
    hidden = (pictures != plain).any(axis=(0, 3))
    rows, columns = hidden.nonzero()
    # The middle of the picture, a band that is wider than it is high.
    assert cv2.minMaxLoc(hidden.astype(np.uint8))[1] == 1
    assert 20 < rows.mean() < 44 and 20 < columns.mean() < 44
    assert np.ptp(columns) > np.ptp(rows) > 5
