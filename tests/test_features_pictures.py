"""Pictures of sound: the numbers are librosa's, the drawing puts them where they go."""

import warnings

import numpy as np
import pytest

from emolib import UsageError
from emolib.features.augment import Augmented
from emolib.features.pictures import KINDS, SoundPicture
from emolib.features.store import extract, extract_together
from emolib.media import MediaError, write_sound

RATE = 16000


def sound(seconds=1.2, seed=0):
    """Something like a voice: a gliding tone with overtones, noise and a pause."""
    rng = np.random.default_rng(seed)
    time = np.arange(round(seconds * RATE)) / RATE
    pitch = 150 + 60 * np.sin(3 * time)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    voice = sum(np.sin(k * phase) / k for k in range(1, 12)) * np.hanning(len(time))
    voice += 0.01 * rng.normal(size=len(time))
    voice[len(voice) // 2 :][:4096] = 0  # whole windows of nothing
    return (0.3 * voice).astype(np.float32)


def librosas(kind, y):
    """The same by librosa, time first."""
    import librosa

    given = {"sr": RATE, "n_fft": 2048, "hop_length": 512}
    power = np.abs(librosa.stft(y, n_fft=2048, hop_length=512)) ** 2
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return {
            "spectral centroid": lambda: librosa.feature.spectral_centroid(
                y=y, **given
            )[0],
            "spectral bandwidth": lambda: librosa.feature.spectral_bandwidth(
                y=y, **given
            )[0],
            "chromagram": lambda: librosa.feature.chroma_stft(y=y, tuning=0, **given).T,
            "spectrogram": lambda: librosa.power_to_db(power, ref=np.max).T,
            "mel spectrogram": lambda: (
                librosa.power_to_db(
                    librosa.feature.melspectrogram(y=y, n_mels=128, **given), ref=np.max
                ).T
            ),
        }[kind]()


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "waveform"])
def test_the_numbers_are_librosas(kind):
    y = sound()
    ours, theirs = SoundPicture(kind).numbers(y), librosas(kind, y)
    assert ours.shape == theirs.shape
    largest = np.abs(theirs).max()
    np.testing.assert_allclose(ours, theirs, rtol=2e-4, atol=2e-5 * largest)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_a_small_picture_of_any_clip(kind):
    for seconds in (0.05, 1.2, 7):
        for size in (32, 64):
            picture = SoundPicture(kind, size=size).of(sound(max(seconds, 0.6)))
            assert picture.shape == (size, size, 1) and picture.dtype == np.uint8
            assert picture.max() > 100  # something is drawn
    one = SoundPicture(kind).of(sound()[:300])  # less than a window
    assert one.shape == (64, 64, 1)


def tone(hertz, seconds=1.0):
    time = np.arange(round(seconds * RATE)) / RATE
    return (0.5 * np.sin(2 * np.pi * hertz * time)).astype(np.float32)


def height(picture):
    """Of the brightest row in the middle, from 0 at the bottom to 1."""
    return 1 - picture[:, 20:44, 0].mean(axis=1).argmax() / 63


def test_frequencies_lie_where_they_should():
    for hertz in (1000, 4000, 7000):
        for kind in ("spectral centroid", "spectrogram"):
            assert abs(height(SoundPicture(kind).of(tone(hertz))) - hertz / 8000) < 0.03
    heights = [height(SoundPicture().of(tone(h))) for h in (250, 500, 1000, 4000)]
    # Slaney's mel scale: linear up to 1000 Hz, which are 15 of 45.2 mel here.
    np.testing.assert_allclose(heights[:3], [0.083, 0.166, 0.331], atol=0.03)
    a4 = SoundPicture("chromagram").of(tone(440))
    assert abs(height(a4) - 9.5 / 12) < 0.05  # C is the lowest of twelve, A the tenth


def test_a_louder_second_half_is_brighter_and_to_the_right():
    y = np.concatenate([0.01 * tone(2000, 0.5), tone(2000, 0.5)])
    loud, soft = (
        SoundPicture().of(y)[:, column, 0].max().astype(int) for column in (50, 10)
    )
    assert abs((loud - soft) / 255 - 40 / 80) < 0.05  # 40 of 80 decibels
    linear = SoundPicture("spectrogram").of(y)[:, :, 0].astype(int)
    assert linear[48, 50] > linear[48, 10]  # 2 of 8 kHz
    wave = SoundPicture("waveform").of(y)[:, :, 0]
    assert (wave[5, 40:60] == 255).all() and not wave[5, :30].any()
    assert (wave[31:33, :30].sum(axis=0) >= 255).all()  # a line at least a pixel thick


def test_a_line_is_drawn_as_thick_as_it_is():
    """A curve at 4000 Hz of 8000 is a pixel thick: half of either middle row."""
    picture = SoundPicture("spectral centroid", size=8)
    grey = KINDS["spectral centroid"][1](np.full(20, 4000.0), picture)
    assert np.allclose(grey[3:5], 0.5) and not grey[:3].any() and not grey[5:].any()
    steep = KINDS["spectral centroid"][1](np.linspace(0, 8000, 900), picture)
    assert np.allclose(steep.sum(axis=0), 1 + 7 / 8, atol=0.08)
    assert (steep.argmax(axis=0) == 7 - np.arange(8)).all()


def test_a_clip_and_its_altered_copies_are_computed_in_one_pass(tmp_path):
    for number in range(3):
        write_sound(tmp_path / f"{number}.wav", sound(seed=number), RATE)
    write_sound(tmp_path / "slow.wav", sound(), 8000)
    import pandas as pd

    paths = sorted(map(str, tmp_path.glob("*.wav")))
    clips = pd.DataFrame({"clip": paths, "path": paths})
    features = [
        SoundPicture(),
        Augmented(SoundPicture(), "noise", 20.0),
        Augmented(SoundPicture("waveform"), "shift", 0.3),
    ]
    together = extract_together(features, clips, tmp_path / "together")
    for feature, found in zip(features, together, strict=True):
        alone = extract(feature, clips, tmp_path / "alone")
        assert alone.arrays.checksums == found.arrays.checksums
        assert found.problems["problem"].tolist() == [
            "sampled at 8000 Hz, below 16000 Hz"
        ]
    first, noisy, shifted = (found.arrays[0].astype(int) for found in together)
    assert noisy.mean() > first.mean() + 5  # the pause is filled
    assert shifted.shape == (64, 64, 1)


def test_wrong_use(tmp_path):
    with pytest.raises(UsageError, match="no picture 'scalogram' of a sound; there"):
        SoundPicture("scalogram")
    write_sound(tmp_path / "a.wav", tone(440), 8000)
    with pytest.raises(MediaError, match="sampled at 8000 Hz"):
        SoundPicture()(tmp_path / "a.wav")
