"""A voice from a source and a filter.

Glottal pulses (Klatt & Klatt, 1990) with jitter and shimmer run through formant
resonators (Klatt, 1980) that pass from sound to sound of a sentence; bursts and
hiss are shaped noise. Emotion moves pitch, loudness, brightness, rate and
regularity in the directions Juslin & Laukka (2003, table 7) found for anger,
fear, happiness, sadness and tenderness (here: calm), Banse & Scherer (1996) for
disgust, contempt and boredom, and Pell et al. (2009) for surprise. How far is
our choice.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from emolib.demo.causes import Causes

STEP = 0.005  # seconds between two targets of the formants

# Sounds in ARPABET: seconds; first three formants of an adult man in Hz (vowels
# after Hillenbrand et al., 1995); voicing; breath; noise, its centre and width.
# Stops are a closure (lower case) and a release.
# fmt: off
SOUNDS = {
    "AA": (.090, 770, 1330, 2520, 1.00, 0, 0, 0, 0),
    "AO": (.095, 650, 1000, 2540, 1.00, 0, 0, 0, 0),
    "IH": (.075, 430, 2030, 2680, .90, 0, 0, 0, 0),
    "AX": (.050, 500, 1450, 2500, .75, 0, 0, 0, 0),
    "R":  (.060, 450, 1250, 1650, .75, 0, 0, 0, 0),
    "NG": (.065, 280, 1900, 2600, .35, 0, 0, 0, 0),
    "DH": (.040, 300, 1350, 2600, .35, 0, .04, 5500, 3000),
    "Z":  (.070, 290, 1700, 2650, .25, 0, .22, 5400, 2200),
    "S":  (.095, 300, 1700, 2650, 0, .05, .34, 5600, 2400),
    "k":  (.050, 250, 2000, 2500, 0, 0, 0, 0, 0),
    "K":  (.040, 300, 2000, 2500, 0, .45, .30, 2400, 900),
    "t":  (.050, 250, 1750, 2650, 0, 0, 0, 0, 0),
    "T":  (.040, 300, 1750, 2650, 0, .35, .42, 4600, 2200),
    "b":  (.050, 230, 900, 2300, .16, 0, 0, 0, 0),
    "B":  (.012, 300, 950, 2300, .30, 0, .30, 900, 800),
    "d":  (.045, 230, 1700, 2650, .16, 0, 0, 0, 0),
    "D":  (.014, 300, 1700, 2650, .30, 0, .36, 4200, 2200),
    "g":  (.045, 230, 1500, 2200, .16, 0, 0, 0, 0),
    "G":  (.020, 300, 1500, 2200, .30, 0, .34, 1700, 700),
}
# fmt: on
# The two sentences of RAVDESS; an apostrophe marks a stressed vowel.
SENTENCES = (
    "k K IH' d D Z AA R t T AO' k K IH NG b B AA' IH DH AX d D AO' R",
    "d D AO' g G Z AA R S IH' t T IH NG b B AA' IH DH AX d D AO' R",
)


class Prosody(NamedTuple):
    """Nine numbers that colour a voice; all 0 is the speaker's plain voice."""

    pitch: float = 0  # semitones
    span: float = 0  # octaves by which pitch excursions widen (log2)
    loudness: float = 0  # decibels
    brightness: float = 0  # octaves by which the source's cut-off rises
    rate: float = 0  # log2 of the speaking rate
    roughness: float = 0  # jitter and shimmer
    breath: float = 0  # noise of breath
    ending: float = 0  # semitones by which the last syllable rises
    tract: float = 0  # share by which formants rise (spread lips)


# fmt: off
EMOTION = {
    "neutral":   Prosody(),
    "calm":      Prosody(-1.2, -.5, -3, -.4, -.22, 0, .4, -.5, 0),
    "happy":     Prosody(4.5, .8, 4, .7, .14, 0, 0, 2, .07),
    "sad":       Prosody(-1.5, -.9, -6, -.8, -.36, .5, .7, -1, -.03),
    "angry":     Prosody(4, .6, 9, 1.4, .16, .6, -.4, 1, .04),
    "fearful":   Prosody(6.5, -.7, -2, -.2, .34, 1, .8, 1.5, 0),
    "disgusted": Prosody(-2, -.1, 0, .4, -.34, .8, -.1, -3, -.07),
    "surprised": Prosody(5.5, .9, 3, .3, 0, 0, .4, 5, 0),
    "contempt":  Prosody(-1.5, .2, -1, .1, -.18, .1, 0, -3, -.02),
    "bored":     Prosody(-1.5, -1, -3, -.4, -.4, 0, .2, -1, -.02),
}
# fmt: on
PERSON = Prosody(1.5, 0.2, 1.5, 0.25, 0.08, 0.2, 0.12, 0.7, 0.03)  # spread of people
TAKE = Prosody(0.7, 0.2, 1.4, 0.14, 0.05, 0.12, 0.08, 0.8, 0.01)  # spread of takes


class Speech(NamedTuple):
    """A spoken sentence: samples from -1 to 1, their rate, the mouth's opening."""

    samples: np.ndarray
    rate: int
    opening: np.ndarray  # 0 to 1, one value each `STEP`


def prosody(causes: Causes) -> Prosody:
    """How this person says it, this time, in this emotion.

    Person, emotion and take add up. A person has a style of their own for each
    emotion, so that what is learnt from one is only partly true of the next.
    """
    identity, take = causes.dose("identity"), causes.dose("take")
    style = causes.draws("identity.style", "voice").normal(0, 0.3, (2, len(TAKE)))
    # Posed emotion is overdone in pitch; genuine emotion roughens the voice.
    gain = np.exp(identity * style[0]) * (1.15 - 0.25 * causes.genuine("irregularity"))
    display = np.array(EMOTION[causes.emotion]) * gain
    display += 0.7 * identity * style[1] * np.array(PERSON)
    display[Prosody._fields.index("roughness")] += 0.6 * causes.genuine("irregularity")
    person = causes.draws("identity", "voice").normal(size=len(PERSON))
    chance = causes.draws("take", "voice").normal(size=len(TAKE))
    return Prosody(
        *causes.shown("voice") * display
        + identity * person * np.array(PERSON)
        + take * chance * np.array(TAKE)
    )


def speak(causes: Causes, seconds: float, rate: int) -> Speech:
    """Render a sentence.

    Args:
        causes: what it follows from.
        seconds: length of a clip at the plain speaking rate; sentences too long
            for it are spoken faster.
        rate: samples a second.
    """
    from scipy.signal import sosfilt

    colour = prosody(causes)
    female = 0.5 + (causes.female - 0.5) * causes.dose("identity")
    draws = causes.draws("take", "sound")
    tracks, stress, start, stop = _tracks(causes, colour, seconds)
    formants, voicing, breath, noise = tracks
    formants = formants * (1 + 0.17 * female) * (1 + colour.tract)

    ticks = np.arange(len(voicing)) * STEP
    length = round(len(voicing) * STEP * rate)
    time = np.arange(length) / rate
    pitch = _pitch(colour, female, stress, ticks, start, stop, draws)
    pulses = _pulses(np.interp(time, ticks, pitch), rate, colour, draws)
    hiss = draws.normal(size=(2, length))
    airflow = np.clip(breath + voicing * (0.02 + 0.06 * max(colour.breath, 0)), 0, 1)
    excitation = pulses * np.interp(time, ticks, voicing)
    excitation += 0.35 * hiss[0] * np.interp(time, ticks, airflow)

    voice = np.empty(length)
    state = np.zeros((formants.shape[1], 2))
    edges = np.round(np.arange(len(voicing) + 1) * STEP * rate).astype(int)
    sections = _resonators(formants, rate)
    for tick, section in enumerate(sections):
        block = slice(edges[tick], edges[tick + 1])
        voice[block], state = sosfilt(section, excitation[block], zi=state)
    for level, centre, width in noise:
        band = _resonators(np.array([[centre]]), rate, np.array([[width]]))[0]
        radius = band[0, 5]
        band[0, :3] = (1 - radius) / 2 * np.array([1, 0, -1])  # nothing low passes
        voice += np.interp(time, ticks, level) * sosfilt(band, hiss[1])
    voice *= 0.05 * 10 ** (colour.loudness / 20)

    opening = np.sqrt(np.add.reduceat(voice**2, edges[:-1]) / np.diff(edges))
    opening = np.convolve(opening, np.hanning(14)[1:-1] / 6, "same")
    opening = np.clip(opening / max(opening.max(), 1e-9), 0, 1) ** 0.6
    return Speech(_record(causes, voice, rate, draws), rate, opening)


def _tracks(causes: Causes, colour: Prosody, seconds: float):
    """Targets each `STEP`: formants, voicing, breath, noises; stress; ends."""
    words = SENTENCES[causes.sentence if causes.dose("sentence") > 0.5 else 0].split()
    sounds = np.array([SOUNDS[word.rstrip("'")] for word in words])
    stressed = np.array([word.endswith("'") for word in words])
    lengths = sounds[:, 0] * np.where(stressed, 1.35, 1.0)
    lengths[-2:] *= 1.35  # the last syllable is drawn out
    pace = min(1.0, 0.75 * seconds / lengths.sum())
    lengths *= pace * 2.0**-colour.rate
    margin = (seconds - pace * 1.5) / 2 if seconds > 2 else 0.125 * seconds

    ends = margin + np.cumsum(lengths)
    count = round((ends[-1] + margin) / STEP)
    middles = (np.arange(count) + 0.5) * STEP
    index = np.minimum(np.searchsorted(ends, middles), len(words) - 1)
    speaking = (middles > margin) & (middles < ends[-1])

    def smooth(track: np.ndarray, width: int) -> np.ndarray:
        window = np.hanning(width + 2)[1:-1]
        padded = np.pad(track, width // 2, mode="edge")
        return np.convolve(padded, window / window.sum(), "valid")[: len(track)]

    formants = np.stack([smooth(sounds[index, k], 11) for k in (1, 2, 3)], axis=1)
    upper = np.tile([3500.0, 4500.0], (count, 1))
    attack = 5 if colour.loudness > 2 else 9 if colour.loudness < -2 else 7
    level = speaking * (0.8 + 0.4 * stressed[index])
    voicing = smooth(level * sounds[index, 4], attack)
    breath = smooth(level * sounds[index, 5], 5)
    noise = [
        (smooth(speaking * (index == k) * sounds[k, 6], 3), *sounds[k, 7:])
        for k in np.flatnonzero(sounds[:, 6])
    ]
    stress = smooth(speaking * stressed[index] * 1.0, 25)
    tracks = np.hstack([formants, upper]), voicing, breath, noise
    return tracks, stress, margin, ends[-1]


def _pitch(colour, female, stress, ticks, start, stop, draws) -> np.ndarray:
    """Pitch each `STEP` in Hz: a falling line, accents, an ending, some drift."""
    place = np.clip((ticks - start) / (stop - start), 0, 1)
    drift = np.convolve(draws.normal(size=len(ticks) + 39), np.hanning(40), "valid")
    contour = 1.5 - 3.5 * place + 3.5 * stress + 0.12 * drift
    ending = colour.ending * np.clip((place - 0.75) / 0.25, 0, 1) ** 1.5
    semitones = colour.pitch + 2.0**colour.span * contour + ending
    return np.clip(112 * 1.8**female * 2 ** (semitones / 12), 55, 700)


def _pulses(pitch: np.ndarray, rate: int, colour: Prosody, draws) -> np.ndarray:
    """The flow's derivative at the glottis, a pulse a cycle, no two alike."""
    from scipy.signal import lfilter, resample_poly

    over = 4  # drawn finer, then thinned out: the closing edge would alias
    phase = np.cumsum(np.repeat(pitch, over)) / (rate * over)
    irregular = 0.008 + 0.03 * max(colour.roughness, 0)
    wobble = draws.normal(size=(2, int(phase[-1]) + 2))
    cycle = phase.astype(int)
    phase += irregular * wobble[0][cycle] * np.sin(np.pi * (phase - cycle))
    cycle = np.clip(phase.astype(int), 0, wobble.shape[1] - 1)
    opened = np.clip(0.6 - 0.12 * colour.brightness + 0.1 * colour.breath, 0.4, 0.85)
    part = (phase - cycle) / opened
    flow = np.where(part < 1, part * (2 - 3 * part), 0)
    flow *= np.clip(1 + 3 * irregular * wobble[1][cycle], 0.2, 2)
    pole = np.exp(-2 * np.pi * 1100 * 2.0**colour.brightness / rate)
    return lfilter([1 - pole], [1, -pole], resample_poly(flow, 1, over))


def _resonators(frequencies, rate: int, widths=None) -> np.ndarray:
    """Second-order sections, one a formant, for each row of frequencies."""
    if widths is None:
        widths = np.array([60, 90, 130, 200, 300]) * np.ones_like(frequencies)
    radius = np.exp(-np.pi * widths / rate)
    second = radius**2
    angle = 2 * np.pi * np.minimum(frequencies, 0.46 * rate) / rate
    first = -2 * radius * np.cos(angle)
    zero, one = np.zeros_like(first), np.ones_like(first)
    return np.stack([1 + first + second, zero, zero, one, first, second], axis=-1)


def _record(causes: Causes, voice: np.ndarray, rate: int, draws) -> np.ndarray:
    """What the set-up makes of a voice: its room, its line, its noise floor."""
    from scipy.signal import fftconvolve, lfilter

    dose, setup = causes.dose("setup"), causes.draws("setup", "sound")
    gain, decay, wet, dull, floor, hum = setup.uniform(-1, 1, 6)
    tail = np.arange(round(0.3 * rate)) / rate
    room = setup.normal(size=len(tail)) * np.exp(-tail / (0.05 + 0.03 * decay))
    room *= dose * (0.35 + 0.25 * wet) / np.sqrt((room**2).sum())
    voice = voice + fftconvolve(voice, room)[: len(voice)]
    pole = np.exp(-2 * np.pi * 6500 * 2.0 ** (dose * (0.6 * dull - 0.5)) / rate)
    voice = lfilter([1 - pole], [1, -pole], voice) * 10 ** (dose * gain * 4 / 20)
    voice += 10 ** ((-76 + 8 * dose * floor) / 20) * draws.normal(size=len(voice))
    mains = np.sin(2 * np.pi * 50 * np.arange(len(voice)) / rate)
    voice += dose * max(hum, 0) * 0.0003 * mains
    return np.tanh(voice).astype(np.float32)  # a loud voice bends, never clips
