"""How a sound was recorded: planted silence, bands and levels are found and removed."""

import numpy as np
import pytest
import soundfile

from emolib.features import audio, recording

RATE = 16000


def noise(seconds, seed=0, rate=RATE):
    return np.random.default_rng(seed).normal(size=round(seconds * rate)) / 8


def planted(before, behind, loud=1.0):
    """A second of noise between silences."""
    return np.r_[np.zeros(round(before * RATE)), loud * noise(1), np.zeros(
        round(behind * RATE))]  # fmt: skip


def written(path, samples, rate=RATE):
    soundfile.write(path, samples, rate, subtype="FLOAT")
    return path


def test_what_was_planted_is_found(tmp_path):
    path = written(tmp_path / "a.wav", planted(0.5, 0.25))
    found = dict(zip(recording.FACTS, recording.Recording()(path), strict=True))
    assert found["silence before"] == pytest.approx(0.5, abs=0.011)
    assert found["silence behind"] == pytest.approx(0.25, abs=0.011)
    assert found["length"] == pytest.approx(1.75)
    power = np.square(noise(1)).mean() / 1.75
    assert found["loudness"] == pytest.approx(10 * np.log10(power), abs=1e-3)


def test_the_highest_frequency_is_where_a_filter_cut():
    spectrum = np.fft.rfft(noise(2))
    spectrum[np.fft.rfftfreq(2 * RATE, 1 / RATE) > 3000] = 0
    bandwidth = recording.facts(np.fft.irfft(spectrum), RATE)[2]
    assert bandwidth == pytest.approx(3000, abs=100)
    assert recording.facts(noise(2), RATE)[2] == RATE / 2


def test_alike_hears_neither_silence_nor_loudness(tmp_path):
    """Two recordings of one sound, apart in both, become the same array."""
    feature = recording.Alike(audio.Stack(RATE, level=False))
    one = feature(written(tmp_path / "a.wav", planted(0.5, 0.1)))
    other = feature(written(tmp_path / "b.wav", planted(0.2, 0.3, loud=0.1)))
    np.testing.assert_allclose(one, other, atol=1e-3)
    bare = audio.Stack(RATE, level=False)
    assert np.abs(bare(tmp_path / "a.wav") - bare(tmp_path / "b.wav")).max() > 10


def test_delivered_brings_a_low_rate_up_and_its_upper_bands_stay_empty(tmp_path):
    path = written(tmp_path / "low.wav", noise(1, rate=8000), 8000)
    stack = recording.Delivered(audio.Stack(RATE, frames=31, level=False))(path)
    assert stack.shape == (77, 31)
    # Of 64 mel bands up to 8 kHz some 46 lie below 4 kHz, where the file ends.
    assert stack[:40].min() > -60 and stack[55:64, 2:-2].max() < -75
