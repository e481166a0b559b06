"""The exercises of the primer on MFCCs: references pass, wrong answers fail."""

import librosa
import numpy as np
from answers import also, hold
from scipy.fft import dct, idct

from emolib.exercises import from_waveform_to_mfcc as exercises


def test_check_1():
    frames = librosa.feature.mfcc(y=np.zeros(48000), sr=16000).shape[1]
    hold(exercises.check_1, frames, [90, 93, 93.75, 94.5, 95, 23, "many", -1])
    also(exercises.check_1, len(range(0, 48001, 512)))


def envelope(loud, count):
    found = dct(loud, norm="ortho")
    found[:, count:] = 0
    return idct(found, norm="ortho")


def test_check_2():
    hold(
        exercises.check_2,
        envelope,
        [
            lambda loud, count: loud,
            lambda loud, count: loud - envelope(loud, count),
            lambda loud, count: envelope(loud, count) - envelope(loud, 1),
            lambda loud, count: envelope(loud.T, count).T,
            lambda loud, count: dct(loud, norm="ortho")[:, :count],
            lambda loud, count: idct(dct(loud)[:, :count], n=32, norm="ortho"),
            13,
        ],
    )
    another = {"way": lambda loud, count: idct(
        dct(loud, norm="ortho")[:, :count], n=loud.shape[1], norm="ortho"
    )}  # fmt: skip
    also(exercises.check_2, another["way"])


def louder(mfcc, decibels, bands):
    return mfcc + np.eye(1, mfcc.shape[1]) * decibels * np.sqrt(bands)


def through_the_bands(mfcc, decibels, bands):
    loud = idct(mfcc, n=bands, norm="ortho") + decibels
    return dct(loud, norm="ortho")[:, : mfcc.shape[1]]


def test_check_3():
    hold(
        exercises.check_3,
        louder,
        [
            lambda mfcc, decibels, bands: mfcc,
            lambda mfcc, decibels, bands: mfcc + decibels,
            lambda mfcc, decibels, bands: mfcc * 10 ** (decibels / 20),
            lambda mfcc, decibels, bands: louder(mfcc, decibels, 1),
            lambda mfcc, decibels, bands: louder(mfcc, decibels, bands)[:, 1:],
            6,
        ],
    )
    also(exercises.check_3, through_the_bands)
