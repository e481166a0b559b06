"""Sound features against librosa and against sums done by hand."""

import subprocess
import sys

import cv2
import numpy as np
import pytest

from emolib import UsageError
from emolib.features import audio
from emolib.media import MediaError, read_sound, write_sound

ROUNDED = 4e-7  # three steps of float32: processors add up in their own order


def voice(seconds: float, rate: int, loudness: float = 0.3) -> np.ndarray:
    """Harmonics that fade, a pause of digital silence, and a little noise."""
    time = np.arange(int(seconds * rate)) / rate
    tones = sum(np.sin(2 * np.pi * 140 * k * time) / k for k in range(1, 20))
    noise = np.random.default_rng(0).normal(0, 0.01, len(time))
    samples = loudness * (tones * np.exp(-time) / 3 + noise)
    samples[len(time) // 3 : len(time) // 2] = 0
    return samples.astype(np.float32)


@pytest.fixture(scope="module")
def librosa_mfcc():
    import librosa

    def compute(samples, rate, n_mfcc=40, n_fft=2048, hop=512, n_mels=128):
        return librosa.feature.mfcc(
            y=samples,
            sr=rate,
            n_mfcc=n_mfcc,
            n_fft=n_fft,
            hop_length=hop,
            n_mels=n_mels,
        ).T

    return compute


@pytest.mark.filterwarnings("ignore:n_fft=")
@pytest.mark.parametrize("rate", [8000, 16000, 22050, 48000])
@pytest.mark.parametrize("length", [1, 511, 512, 2047, 2048, 30000, 150000])
@pytest.mark.parametrize("loudness", [0.3, 0.001])
def test_equals_librosa(librosa_mfcc, rate, length, loudness):
    samples = voice(10, 16000, loudness)[:length]
    ours, theirs = audio.mfcc(samples, rate), librosa_mfcc(samples, rate)
    assert ours.dtype == np.float32
    assert ours.shape == theirs.shape == (1 + length // 512, 40)
    np.testing.assert_allclose(ours, theirs, rtol=ROUNDED, atol=1e-4)


@pytest.mark.filterwarnings("ignore:Empty filters")
@pytest.mark.parametrize(
    "settings", [(13, 400, 160, 40), (20, 512, 256, 20), (26, 1023, 333, 64)]
)
def test_equals_librosa_with_other_settings(librosa_mfcc, settings):
    samples = voice(2, 16000)
    np.testing.assert_allclose(
        audio.mfcc(samples, 16000, *settings),
        librosa_mfcc(samples, 16000, *settings),
        rtol=ROUNDED,
        atol=1e-4,
    )


@pytest.mark.parametrize("name", ["clip.wav", "clip.flac"])
def test_a_file_equals_librosa_load(tmp_path, librosa_mfcc, name):
    """Two channels, 24 bits, 48 kHz: what RAVDESS and its neighbours hold."""
    import librosa

    samples = voice(1, 48000)
    write_sound(
        tmp_path / name, np.stack([samples, samples / 2], axis=1), 48000, "PCM_24"
    )
    theirs, _ = librosa.load(tmp_path / name, sr=16000)
    np.testing.assert_allclose(
        audio.Mfcc()(tmp_path / name),
        librosa_mfcc(theirs, 16000),
        rtol=ROUNDED,
        atol=1e-4,
    )


@pytest.mark.filterwarnings("ignore:n_fft=")
@pytest.mark.parametrize("rate", [22050, 24414, 44100, 48000, 96000])
def test_resampled_sound_is_as_long_as_librosas(tmp_path, librosa_mfcc, rate):
    """Lengths around those at which a sample more makes a window more."""
    import librosa

    for windows in (1, 17):
        edge = round(512 * windows * rate / 16000)
        for length in range(edge - 4, edge + 4):
            write_sound(tmp_path / "a.wav", voice(2, rate)[:length], rate)
            theirs, _ = librosa.load(tmp_path / "a.wav", sr=16000)
            ours, _ = read_sound(tmp_path / "a.wav", 16000)
            np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-6)
            found = audio.Mfcc()(tmp_path / "a.wav")
            expected = librosa_mfcc(theirs, 16000)
            np.testing.assert_allclose(found, expected, rtol=ROUNDED, atol=1e-4)


def test_a_lower_rate_is_refused(tmp_path):
    write_sound(tmp_path / "phone.wav", voice(1, 8000), 8000)
    with pytest.raises(MediaError, match="phone.wav: sampled at 8000 Hz, below 16000"):
        audio.Mfcc()(tmp_path / "phone.wav")
    assert audio.Mfcc(rate=8000)(tmp_path / "phone.wav").shape == (16, 40)


def test_more_coefficients_than_bands_are_refused():
    with pytest.raises(UsageError, match="n_mfcc=40"):
        audio.mfcc(voice(1, 16000), 16000, n_mfcc=40, n_mels=20)


def test_librosa_is_not_loaded():
    code = (
        "import sys, numpy; from emolib.features import audio\n"
        "audio.mfcc(numpy.ones(4000, 'float32'), 16000)\n"
        "assert not {'librosa', 'sklearn', 'cv2'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_statistics_by_hand():
    array = np.array([[1.0, 5.0], [3.0, 5.0], [8.0, 5.0]], dtype=np.float32)
    mean, std, change, change_std = audio.statistics(array).reshape(4, 2)
    np.testing.assert_allclose(mean, [4, 5])
    np.testing.assert_allclose(std, [np.sqrt((9 + 1 + 16) / 3), 0], rtol=1e-6)
    np.testing.assert_allclose(change, [3.5, 0])
    np.testing.assert_allclose(change_std, [1.5, 0])


def test_statistics_of_a_single_frame():
    assert audio.statistics(np.ones((1, 3))).tolist() == [1] * 3 + [0] * 9


def test_pad_cuts_and_fills_as_keras_does():
    from keras.utils import pad_sequences

    arrays = [np.arange(1, n + 1, dtype=np.float32)[:, None] for n in (1, 4)]
    assert audio.pad(arrays)[:, :, 0].tolist() == [[0, 0, 0, 1], [1, 2, 3, 4]]
    assert audio.pad(arrays, length=2)[:, :, 0].tolist() == [[0, 1], [3, 4]]
    keras_rows = pad_sequences([[1], [1, 2, 3, 4]])
    assert audio.pad(arrays)[:, :, 0].tolist() == keras_rows.tolist()
    with pytest.raises(UsageError, match="empty"):
        audio.pad([])


@pytest.mark.parametrize(
    ("frames", "expected"),
    [(3, [(0, 3)]), (5, [(0, 5)]), (9, [(0, 5), (2, 7), (4, 9)]), (6, [(0, 5)])],
)
def test_windows(frames, expected):
    assert audio.windows(np.zeros((frames, 40)), length=5, hop=2) == expected


def test_windows_need_a_length():
    with pytest.raises(UsageError, match="hop=0"):
        audio.windows(np.zeros((9, 40)), length=5, hop=0)


def test_picture_shows_time_to_the_right_and_low_coefficients_below(tmp_path):
    array = np.zeros((10, 6), dtype=np.float32)
    array[9, 0] = 50  # last frame, first coefficient: the corner below right
    audio.picture(array, tmp_path / "new" / "clip.png")
    image = cv2.imread(str(tmp_path / "new" / "clip.png"))
    assert image.shape == (24, 40, 3)
    bright = np.argwhere(image.sum(axis=2) > image[0, 0].sum())
    assert bright.min(axis=0).tolist() == [20, 36]
    assert len(bright) == 16
    audio.picture(np.zeros((10, 6)), tmp_path / "flat.png")
    assert [file.name for file in tmp_path.glob("*.png")] == ["flat.png"]


# -- stacked ------------------------------------------------------------------


def test_a_stack_equals_librosa():
    """Mel bands below the loudest, MFCCs, means of the spectrum; zeros behind."""
    import librosa

    samples = voice(2, 16000, 0.1)
    found = audio.Stack(mels=20, coefficients=5, bins=3, frames=80).of(samples)
    loud = samples / np.abs(samples).max()
    power = librosa.feature.melspectrogram(y=loud, sr=16000, n_mels=20)
    mels = librosa.power_to_db(power, ref=np.max)
    cepstra = librosa.feature.mfcc(y=loud, sr=16000, n_mfcc=5)
    heights = np.abs(librosa.stft(loud))
    bins = [heights[:342], heights[342:684], heights[684:]]
    theirs = np.vstack([mels, cepstra, *(b.mean(axis=0)[None] for b in bins)])
    assert found.shape == (28, 80) and theirs.shape == (28, 63)
    np.testing.assert_allclose(found[:, :63], theirs, rtol=0, atol=2e-4)
    assert not found[:, 63:].any() and found.dtype == np.float32


def test_a_stack_does_not_hear_loudness_and_is_cut():
    stack = audio.Stack(frames=40)
    soft, loud = (stack.of(gain * voice(2, 16000)) for gain in (0.01, 0.9))
    assert soft.shape == (77, 40) and soft[:64].max() <= 0
    np.testing.assert_allclose(soft, loud, rtol=0, atol=2e-3)
    plain = audio.Stack(frames=40, level=False).of(0.5 * voice(2, 16000))
    assert abs(plain[64] - loud[64]).mean() > 1
    whole = audio.Stack(frames=63).of(voice(2, 16000))
    np.testing.assert_array_equal(stack.of(voice(2, 16000)), whole[:, :40])


def test_a_clip_of_one_frame_and_one_of_ten_minutes_stack(tmp_path):
    write_sound(tmp_path / "short.wav", voice(0.02, 16000), 16000)
    write_sound(tmp_path / "long.wav", np.tile(voice(10, 8000), 60), 8000)
    short = audio.Stack()(tmp_path / "short.wav")
    assert short[:, 0].any() and not short[:, 1:].any()
    assert audio.Stack(rate=8000)(tmp_path / "long.wav").shape == (77, 150)


@pytest.mark.parametrize(
    "settings",
    [{"mels": 0, "coefficients": 0}, {"frames": 0}, {"bins": 200, "n_fft": 256}],
)
def test_a_stack_of_nothing_is_refused(settings):
    with pytest.raises(UsageError, match="Stack"):
        audio.Stack(**settings)


def test_a_waveform_is_cut_into_rows_and_filled():
    found = audio.Waveform(rows=3, frames=4).of(np.arange(1.0, 11.0))
    rows = [[0.1, 0.2, 0.3, 0.4], [0.5, 0.6, 0.7, 0.8], [0.9, 1, 0, 0]]
    np.testing.assert_allclose(found, rows, rtol=1e-6)
    assert audio.Waveform().of(voice(9, 2400)).shape == (77, 150)
