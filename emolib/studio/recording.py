"""What a recording set-up makes of a voice: room, microphone, noise, level, codec."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from emolib.studio.causes import Causes

BANDS = np.array([60.0, 200, 500, 1200, 3000, 7000, 16000])  # of the microphone, Hz
FLOOR = -78.0  # dB of full scale: noise of the plain studio
TREBLE = (4500.0, 6500.0)  # Hz between which a coarse codec gives up


class Line(NamedTuple):
    """A recording set-up in numbers; the plain studio unless changed."""

    decay: float = 0.05  # seconds in which the echo falls by 8.7 dB
    echo: float = 0  # its strength beside the voice
    response: tuple[float, ...] = (0,) * len(BANDS)  # dB in each of `BANDS`
    floor: float = FLOOR  # dB of full scale
    hum: float = 0  # strength of 50 Hz and its multiples, full scale 1
    level: float = 0  # dB
    coarse: float = 0  # of the codec; 0: 16 bits; 1: 8 bits, treble 30 dB down


def line(causes: Causes) -> Line:
    """Draw the set-up; a part at dose 0 is that of the plain studio."""
    room = causes.draws("setup.room", "sound").uniform(-1, 1, 2)
    response = causes.draws("setup.microphone", "sound").normal(size=len(BANDS))
    floor, hum = causes.draws("setup.floor", "sound").uniform(-1, 1, 2)
    level = causes.draws("setup.level", "sound").uniform(-1, 1)
    coarse = causes.draws("setup.codec", "sound").random()
    dose = causes.dose
    return Line(
        decay=0.05 + 0.03 * dose("setup.room") * room[0],
        echo=dose("setup.room") * (0.35 + 0.25 * room[1]),
        response=tuple(1.3 * dose("setup.microphone") * np.clip(response, -2, 2)),
        floor=FLOOR + 10 * dose("setup.floor") * floor,
        hum=0.0005 * dose("setup.floor") * max(hum, 0),
        level=5 * dose("setup.level") * level,
        coarse=dose("setup.codec") * coarse**3,
    )


def record(causes: Causes, voice: np.ndarray, rate: int) -> np.ndarray:
    """Record a voice; float32 from -1 to 1."""
    setting = line(causes)
    voice = voice + setting.echo * _echo(causes, voice, setting.decay, rate)
    voice = _equalise(voice, rate, BANDS, setting.response)
    noise = causes.draws("take", "floor").normal(size=len(voice))
    voice += 10 ** (setting.floor / 20) * noise
    mains = 2 * np.pi * 50 * np.arange(len(voice)) / rate
    voice += setting.hum * (np.sin(mains) + 0.5 * np.sin(3 * mains))
    # A loud voice bends, it never clips.
    voice = np.tanh(10 ** (setting.level / 20) * voice)
    voice = _equalise(voice, rate, TREBLE, (0, -30 * setting.coarse))
    return _quantise(voice, 16 - 8 * setting.coarse).astype(np.float32)


def facts(causes: Causes) -> dict[str, float]:
    """The set-up in numbers, by cause."""
    setting = line(causes)
    bands = zip(BANDS, setting.response, strict=True)
    return {
        "setup.room.decay": setting.decay,
        "setup.room.echo": setting.echo,
        **{f"setup.microphone.{band:.0f}": float(gain) for band, gain in bands},
        "setup.floor.noise": setting.floor,
        "setup.floor.hum": setting.hum,
        "setup.level": setting.level,
        "setup.codec": setting.coarse,
    }


def _echo(causes: Causes, voice: np.ndarray, decay: float, rate: int) -> np.ndarray:
    """The voice as the walls send it back: noise that dies away, of unit energy."""
    from scipy.signal import fftconvolve

    draws = causes.draws("setup.room", "echo")
    tail = np.arange(round(0.3 * rate)) / rate
    walls = draws.normal(size=len(tail)) * np.exp(-tail / decay)
    return fftconvolve(voice, walls / np.sqrt((walls**2).sum()))[: len(voice)]


def _equalise(voice: np.ndarray, rate: int, bands, gains) -> np.ndarray:
    """Raise and lower bands by decibels, straight lines on a scale of octaves."""
    from scipy.fft import irfft, next_fast_len, rfft

    if not np.any(gains):
        return voice
    length = next_fast_len(len(voice) + rate // 10, real=True)
    frequencies = np.maximum(np.arange(length // 2 + 1) * rate / length, 1)
    decibels = np.interp(np.log2(frequencies), np.log2(bands), gains)
    return irfft(rfft(voice, length) * 10 ** (decibels / 20), length)[: len(voice)]


def _quantise(voice: np.ndarray, bits: float) -> np.ndarray:
    """Round on a scale that is fine for soft sounds and coarse for loud ones.

    .. math:: y = \\operatorname{sign}(x) \\ln(1 + 255 |x|) / \\ln 256
    """
    steps = 2 ** (bits - 1)
    level = np.sign(voice) * np.log1p(255 * np.abs(voice)) / np.log(256)
    level = np.round(steps * level) / steps
    return np.sign(level) * np.expm1(np.abs(level) * np.log(256)) / 255
