"""Checks of the exercises of the primer on MFCCs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from emolib.exercises import Wrong, a_function, a_number, check
from emolib.features import audio


@check
def check_1(answer: float) -> str:
    """How many frames a sound has."""
    count = a_number(answer, 1)
    samples, length, hop = 3 * 16000, 2048, 512
    if count != int(count):
        raise Wrong("frames are whole")
    if count == 1 + (samples - length) // hop:
        raise Wrong("so many fit in without the zeros at both ends")
    if count == samples // hop:
        raise Wrong("that is how often one goes on to the next; where did one begin?")
    if count != 1 + samples // hop:
        raise Wrong(
            "with half a frame of zeros at both ends the first frame has its middle at "
            "sample 0, the next one 512 later; how many middles lie within the sound?"
        )
    return "The length of a frame does not matter, once there are zeros at both ends."


@check
def check_2(answer: Callable) -> str:
    """The bands that the first coefficients still tell."""
    envelope = a_function(answer)
    loud = np.random.default_rng(0).normal(-40, 20, (7, 32))
    for count in (1, 5, 13, 32):
        # By least squares on cosines, instead of a transform and back.
        steps = np.pi * np.outer(np.arange(32) + 0.5, np.arange(count)) / 32
        weights = np.linalg.lstsq(np.cos(steps), loud.T, rcond=None)[0]
        expected = (np.cos(steps) @ weights).T
        found = np.asarray(envelope(loud.copy(), count), float)
        if found.shape != loud.shape:
            raise Wrong(
                f"{loud.shape[1]} bands go in for each of {len(loud)} frames, and as "
                f"many come out; not an array of shape {found.shape}"
            )
        if np.allclose(found, expected):
            continue
        if np.allclose(found, loud):
            raise Wrong(f"with {count} coefficients all bands came back as they were")
        if np.allclose(found.mean(axis=1), 0, atol=1e-6):
            raise Wrong("the first coefficient, which is flat, is missing")
        if np.allclose(found, loud - expected):
            raise Wrong("that is what the first coefficients do not tell")
        off = np.abs(found - expected).max()
        raise Wrong(
            f"with {count} coefficients it is off by {off:.0f} dB: transform each "
            "frame, not each band, with rows of length one, set what is not kept to "
            "zero, and go back"
        )
    return "One coefficient gives the mean, as many as bands give all of them."


@check
def check_3(answer: Callable) -> str:
    """What becomes of MFCCs when the sound is turned up."""
    louder = a_function(answer)
    wave = np.random.default_rng(0).normal(0, 0.01, 8000)
    for decibels, bands in ((6.0, 128), (-12.0, 64)):
        before, after = (
            audio.mfcc(wave * gain, 16000, n_mfcc=13, n_mels=bands)
            for gain in (1, 10 ** (decibels / 20))
        )
        found = np.asarray(louder(before.copy(), decibels, bands), float)
        if found.shape != before.shape:
            raise Wrong("as many coefficients come out as went in, of as many frames")
        if np.allclose(found, after, atol=0.01):
            continue
        if not np.allclose(found[:, 1:], after[:, 1:], atol=0.01):
            raise Wrong(
                "too much has changed: which of the cosines moves when all bands rise "
                "by the same number of decibels?"
            )
        moved, wanted = (each[:, 0] - before[:, 0] for each in (found, after))
        if abs(moved.mean()) < 1e-6:
            raise Wrong("nothing has changed, but the sound did")
        raise Wrong(
            f"the right one moves, by {moved.mean() / wanted.mean():.2f} times what it "
            "should. The cosines have rows of length one: how large is each number in "
            "the flat one?"
        )
    return "Without the first coefficient nobody knows how near the microphone was."
