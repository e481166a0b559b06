"""openSMILE's numbers come from a process of its own, and are openSMILE's."""

import subprocess
import sys

import numpy as np
import pytest
import soundfile

from emolib import UsageError
from emolib.features import audio, functionals
from emolib.features.functionals import Functionals, Sounding
from emolib.media import MediaError

needed = pytest.mark.skipif(
    not functionals.available(), reason="openSMILE is not installed"
)


@pytest.fixture(scope="module")
def voice(tmp_path_factory):
    """A buzz that glides, with half a second of all but silence at either end."""
    time = np.arange(16000) / 16000
    pitch = 2 * np.pi * (120 * time + 30 * time**2)
    buzz = sum(np.sin(n * pitch) / n for n in range(1, 12)) / 4
    quiet = 1e-4 * np.random.default_rng(0).normal(size=8000)
    path = tmp_path_factory.mktemp("voice") / "voice.wav"
    soundfile.write(path, np.concatenate([quiet, buzz, quiet]), 16000)
    return path


@needed
@pytest.mark.parametrize(("kind", "count"), [("egemaps", 88), ("compare", 6373)])
def test_the_numbers_are_those_of_a_call_by_hand(voice, kind, count):
    hand = f"""
import numpy as np, opensmile, sys
smile = opensmile.Smile(opensmile.FeatureSet.{functionals.SETS[kind]},
                        opensmile.FeatureLevel.Functionals)
table = smile.process_file({str(voice)!r})
np.save(sys.stdout.buffer, table.to_numpy(np.float32).ravel())
"""
    told = subprocess.run([sys.executable, "-c", hand], capture_output=True, check=True)
    from io import BytesIO

    found = Functionals(kind)(voice)
    assert found.shape == (count,) and found.dtype == np.float32
    np.testing.assert_array_equal(found, np.load(BytesIO(told.stdout)))


@needed
def test_it_is_not_loaded_here(voice):
    Functionals()(voice)
    assert not any("opensmile" in name for name in sys.modules)


@needed
def test_silence_is_cut_before(voice):
    cut = Functionals(quiet=35.0)(voice)
    assert (cut != Functionals()(voice)).mean() > 0.5
    samples = audio.samples_at(voice, 16000)
    left = functionals.without_silence(samples, 35.0)
    assert 0.9 < len(left) / 16000 < 1.2
    np.testing.assert_array_equal(cut, Functionals().of(left))


@needed
def test_what_is_too_short_is_named(tmp_path):
    path = tmp_path / "click.wav"
    soundfile.write(path, np.full(20, 0.5), 16000)
    with pytest.raises(MediaError, match="too short"):
        Functionals()(path)


@needed
def test_a_process_that_ended_is_started_again(voice):
    wanted = Functionals()(voice)
    functionals._running[0].kill()
    functionals._running[0].wait()
    from emolib import EmolibError

    with pytest.raises(EmolibError, match="process ended"):
        Functionals()(voice)
    np.testing.assert_array_equal(Functionals()(voice), wanted)


def test_another_feature_without_silence(voice):
    mfcc = audio.Mfcc(16000)
    samples = audio.samples_at(voice, 16000)
    wanted = mfcc.of(functionals.without_silence(samples, 35.0))
    found = Sounding(mfcc)(voice)
    assert len(found) < len(mfcc(voice))
    np.testing.assert_array_equal(found, wanted)


def test_unknown_functionals_are_refused():
    with pytest.raises(UsageError, match="egemaps, compare"):
        Functionals("gemaps")
