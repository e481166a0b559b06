"""A voice: who speaks, in which emotion, how, and what the microphone makes of it.

Glottal pulses and hiss run through a vocal tract that passes from sound to sound
of a sentence. Emotion moves pitch, loudness, brightness, rate, regularity and the
way a voice sets in, in the directions Juslin & Laukka (2003, table 7) found for
anger, fear, happiness, sadness and tenderness (here: calm), Banse & Scherer (1996)
for disgust, contempt and boredom, and Pell et al. (2009) for surprise. The other
displays, and how far all of them go, are our choice.

Genuine displays differ from posed ones in a rougher and breathier voice: Anikin &
Lima (2017) measured less harmonicity in authentic vocalisations. That they also
set in more gradually is our choice, as is that nothing else tells them apart:
real posed speech has a livelier melody (Juergens et al., 2011).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from emolib.studio import recording
from emolib.studio.causes import Causes
from emolib.studio.tract import STEP, hiss, pulses, tract
from emolib.studio.utterances import UTTERANCES, Sound, targets

SENTENCES = UTTERANCES["ravdess"]
GLIDING = (0.010, 0.014, 0.014)  # seconds: how smoothly each formant moves
LEVEL = -24.5  # dB of full scale: a plain voice while it speaks


class Prosody(NamedTuple):
    """Ten numbers that colour a voice; all 0 is the average person's plain voice."""

    pitch: float = 0  # semitones
    span: float = 0  # octaves by which pitch excursions widen (log2)
    loudness: float = 0  # decibels
    brightness: float = 0  # octaves by which the source's cut-off rises
    rate: float = 0  # log2 of the speaking rate
    roughness: float = 0  # jitter and shimmer
    breath: float = 0  # noise of breath
    ending: float = 0  # semitones by which the last syllable rises
    tract: float = 0  # share by which formants rise (spread lips, short tract)
    attack: float = 0  # how suddenly the voice sets in (log2)


# fmt: off
EMOTION = {
    "neutral":       Prosody(),
    "calm":          Prosody(-1.2, -.5, -2.5, -.9, -.18, -.5, .4, -.5, 0, -.6),
    "happy":         Prosody(4.5, .8, 4.5, .9, .16, -.2, -.1, 2, .1, .4),
    "sad":           Prosody(-1.5, -1, -6, -1.3, -.36, .8, .6, -1, -.04, -1),
    "angry":         Prosody(4, .6, 8, 1.7, .16, .8, -.5, 1, 0, 1),
    "fearful":       Prosody(6.5, -.8, -2, -.7, .36, 1.2, .6, 1.5, 0, .2),
    "disgusted":     Prosody(-2, -.1, 0, .5, -.34, .9, -.2, -3, -.07, -.3),
    "surprised":     Prosody(6, 1, 2, .1, .04, 0, .7, 9, -.02, .6),
    "contempt":      Prosody(-1.5, .2, -1, .1, -.18, .1, 0, -3, -.02, -.2),
    "bored":         Prosody(-1.5, -1, -3, -.7, -.4, 0, .2, -1, -.02, -.8),
    "pain":          Prosody(3, -.3, 2, .5, -.2, 1.2, .2, -2, .02, .2),
    "pleasure":      Prosody(-1, .2, -3, -.5, -.3, 0, 1, -1, .02, -1),
    "achievement":   Prosody(5, .7, 7, 1, 0, .3, -.2, 1, .05, .8),
    "interested":    Prosody(2, .6, 1, .2, .12, 0, 0, 2.5, .01, .2),
    "unsure":        Prosody(.8, .1, -2.5, -.3, -.2, 0, .3, 3.5, 0, -.6),
    "bothered":      Prosody(.5, .3, 1.5, .5, -.1, .4, 0, -2, -.03, .3),
    "concentrating": Prosody(-.5, -.6, -1.5, -.1, -.25, 0, 0, 0, 0, -.2),
    "thinking":      Prosody(-.8, -.4, -2.5, -.3, -.35, .1, .1, 1.5, 0, -.7),
}
# fmt: on
PERSON = Prosody(1.4, 0.2, 1.1, 0.15, 0.1, 0.15, 0.13, 0.7, 0.02, 0.25)  # spread
TAKE = Prosody(0.8, 0.2, 1.4, 0.16, 0.05, 0.15, 0.14, 0.8, 0.012, 0.25)
PARTS = {  # what each part of an identity holds
    "identity.tract": ("tract",),
    "identity.pitch": ("pitch", "span", "ending"),
    "identity.pace": ("rate",),
    "identity.quality": ("loudness", "brightness", "roughness", "breath", "attack"),
}
GENUINE = {  # what a fully genuine display adds
    "attack": Prosody(attack=-2.2),
    "irregularity": Prosody(roughness=1.4),
    "breath": Prosody(breath=1.2),
}


class Burst(NamedTuple):
    """A vocalisation without words: sounds, how often a second, colour."""

    text: str
    pace: float  # repetitions a second; 0: once, drawn out
    colour: Prosody


# fmt: off
BURSTS = {
    "neutral": Burst("AA", 0, EMOTION["neutral"]),
    "angry": Burst("UH' AA' RX", 0, Prosody(2, .3, 8, 1.5, 0, 1.5, 0, -1, -.03, 1)),
    "fearful": Burst("HH AE' AA'", 0, Prosody(15, -.3, 7, 1.2, .2, .8, .3, 1, .04, 1)),
    "pain": Burst("AA' UH", 0, Prosody(6, .3, 5, .8, 0, 1.3, .2, -5, .02, .6)),
    "pleasure": Burst("M AH' M", 0, Prosody(-4, .2, -4, -.7, -.2, 0, 1.2, -3, 0, -1.2)),
    "surprised": Burst("HH AA'", 0, Prosody(7, .6, 3, .4, .6, 0, .6, 6, .02, .8)),
    "achievement": Burst("Y EH' AE", 0, Prosody(8, .6, 8, 1.1, 0, .5, 0, 1, .05, .8)),
    "sad": Burst("AX' HH", 2.2, Prosody(3, .3, -4, -.6, -.1, .8, 1, -3, 0, -.6)),
    "disgusted": Burst("EH' UH X", 0, Prosody(-2.5, 0, 1, .3, .2, 1.8, .4, -4, -.06)),
    "happy": Burst("HH AH'", 5, Prosody(7, .6, 4, .4, 0, .2, .5, -2, .05, .4)),
}
# fmt: on
"""Vocalisations as Belin et al. (2008) and Holz et al. (2022) collected them: growl,
scream, moan, hum, gasp, cheer, sob, retch, laugh. What they sound like is our choice;
they differ in pitch, energy and spectrum, by which Sauter et al. (2010) could tell
real ones apart. Other displays are a plain vowel in the colour they have in speech."""


class Speech(NamedTuple):
    """A voice: samples from -1 to 1, their rate, the mouth's opening."""

    samples: np.ndarray
    rate: int
    opening: np.ndarray  # 0 to 1, one value each `STEP`


class Score(NamedTuple):
    """An utterance as numbers, one row each `STEP`."""

    formants: np.ndarray
    voicing: np.ndarray
    breath: np.ndarray
    nasal: np.ndarray
    accent: np.ndarray
    pull: np.ndarray  # semitones by which sounds move the pitch
    opening: np.ndarray
    noises: list[tuple[np.ndarray, float, float]]  # level, centre, width
    start: float  # seconds
    stop: float


def speak(causes: Causes, seconds: float, rate: int, text: str | None = None) -> Speech:
    """Render a sentence.

    Args:
        causes: what it follows from.
        seconds: length of a clip at the plain speaking rate; sentences too long
            for it are spoken faster.
        rate: samples a second.
        text: sounds, as in `UTTERANCES`; by default one of `SENTENCES`. With the
            dose of sentences below a half it is always the first of these.

    Raises:
        UsageError: for a sound that the studio does not have.
    """
    if text is None:
        text = SENTENCES[causes.sentence % len(SENTENCES)]
    sounds, stressed = targets(text if causes.dose("sentence") >= 0.5 else SENTENCES[0])
    colour = prosody(causes)
    lengths = _lengths(causes, sounds, stressed)
    lengths *= min(1, 0.75 * seconds / lengths.sum())
    margin = (seconds - lengths.sum()) / 2
    score = _score(sounds, stressed, lengths * 2**-colour.rate, margin, colour.attack)
    return _voiced(causes, score, colour, rate)


def burst(causes: Causes, seconds: float, rate: int) -> Speech:
    """Render a short vocalisation without words.

    The stronger the display, the further it moves from a plain "ah".

    Args:
        causes: what it follows from; the sentence has no part in it.
        seconds: length of a clip at the plain rate.
        rate: samples a second.
    """
    own = _burst(causes)
    colour = prosody(causes, own.colour)
    spoken, margin = 0.8 * seconds * 2**-colour.rate, 0.1 * seconds
    scores = []
    for kind in (BURSTS["neutral"], own):
        times = max(1, round(kind.pace * spoken))
        sounds, stressed = targets(" ".join([kind.text] * times))
        lengths = _lengths(causes, sounds, stressed)
        lengths *= spoken / lengths.sum()
        scores.append(_score(sounds, stressed, lengths, margin, colour.attack))
    return _voiced(causes, _between(*scores, causes.shown("voice")), colour, rate)


def facts(causes: Causes, words: bool = True) -> dict[str, float | str]:
    """What a voice is rendered from, in numbers, by cause.

    `words` tells whether it is a sentence or a burst.
    """
    person, take = _person(causes), _take(causes)
    total = prosody(causes, None if words else _burst(causes).colour)
    found = {
        "identity.tract": (1 + 0.17 * _female(causes, "tract")) * (1 + person.tract),
        "identity.pitch": _plain_pitch(causes) * 2 ** (person.pitch / 12),
        "identity.pitch.span": 2**person.span,
        "identity.pace": 2**person.rate,
    }
    for name in PARTS["identity.quality"]:
        found[f"identity.quality.{name}"] = getattr(person, name)
    shown = causes.shown("voice")
    found["emotion.voice"] = shown
    for name, everything in total._asdict().items():
        rest = getattr(person, name) + getattr(take, name)
        found[f"emotion.voice.{name}"] = everything - rest
    for part in GENUINE:
        genuine = causes.genuine(part) * (causes.emotion != "neutral")
        found[f"authenticity.{part}"] = shown * genuine
    for name, change in take._asdict().items():
        found[f"take.voice.{name}"] = change
    return found | recording.facts(causes)


def _burst(causes: Causes) -> Burst:
    plain = BURSTS["neutral"]._replace(colour=EMOTION[causes.emotion])
    return BURSTS.get(causes.emotion, plain)


def prosody(causes: Causes, display: Prosody | None = None) -> Prosody:
    """How this person says it, this time, in this emotion.

    Person, emotion and take add up. A person has a style of their own for each
    emotion, so that what is learnt from one is only partly true of the next.
    `display` is the emotion's, by default that of speech.
    """
    display = EMOTION[causes.emotion] if display is None else display
    parts = _person(causes), _take(causes), _display(causes, display)
    return Prosody(*np.array([1, 1, causes.shown("voice")]) @ np.array(parts))


def _person(causes: Causes) -> Prosody:
    """How a person differs from the average one; the sexes come on top."""
    found = {}
    for part, fields in PARTS.items():
        draws = causes.draws(part, "voice").normal(size=len(fields))
        spread = causes.dose(part) * np.clip(draws, -2, 2)
        found |= {
            k: s * getattr(PERSON, k) for k, s in zip(fields, spread, strict=True)
        }
    return Prosody(**found)


def _female(causes: Causes, part: str) -> float:
    """From 0 (male) to 1; half way without that part of the identity."""
    return 0.5 + (causes.female - 0.5) * causes.dose(f"identity.{part}")


def _take(causes: Causes) -> Prosody:
    chance = causes.draws("take", "voice").normal(size=len(TAKE))
    return Prosody(*causes.dose("take") * chance * np.array(TAKE))


def _display(causes: Causes, full: Prosody) -> Prosody:
    """A full display as this person gives it, posed or genuine."""
    if causes.emotion == "neutral":
        return Prosody()
    dose = causes.dose("identity.style")
    style = causes.draws("identity.style", "voice").normal(size=(2, len(TAKE)))
    style = np.clip(style, -1.5, 1.5)  # nobody overdoes it beyond recognition
    own = np.array(full) * np.exp(0.25 * dose * style[0])
    own += 0.5 * dose * style[1] * np.array(PERSON)
    for part, change in GENUINE.items():
        own += causes.genuine(part) * np.array(change)
    return Prosody(*own)


def _lengths(causes: Causes, sounds: list[Sound], stressed: list[bool]) -> np.ndarray:
    """Seconds of each sound, at the plain rate, in this take."""
    lengths = np.array([sound.seconds for sound in sounds])
    vowels = np.array([sound.vowel for sound in sounds])
    lengths *= np.where(vowels, np.where(stressed, 1.3, 0.85), 1)
    if vowels.any():  # the last syllable is drawn out
        lengths[np.flatnonzero(vowels)[-1] :] *= 1.35
    chance = causes.draws("take", "timing").normal(size=len(sounds))
    return lengths * np.exp(0.08 * causes.dose("take") * chance)


def _score(
    sounds: list[Sound],
    stressed: list[bool],
    lengths: np.ndarray,
    margin: float,
    attack: float,
) -> Score:
    """Lay sounds out in time and pass smoothly from one to the next."""
    table = {k: np.array([getattr(s, k) for s in sounds]) for k in Sound._fields}
    accented = table["vowel"] & np.array(stressed)
    # What is drawn out moves slowly, what is hurried moves fast.
    ease = float(np.clip(lengths.sum() / table["seconds"].sum(), 0.6, 5))
    ends = margin + np.cumsum(lengths)
    times = np.arange(round((ends[-1] + margin) / STEP)) * STEP
    starts = np.minimum(ends - lengths, times[-1])
    # Of each step, the share that each sound fills: rows add up to 1 in speech.
    filled = np.minimum(ends, times[:, None] + STEP) - np.maximum(
        starts, times[:, None]
    )
    filled = np.clip(filled / STEP, 0, 1)
    index = np.clip(np.searchsorted(ends, times + STEP / 2), 0, len(sounds) - 1)

    def track(values: np.ndarray, seconds: float) -> np.ndarray:
        return _smooth(filled @ values, ease * seconds)

    level = _swell(times - margin, lengths.sum(), ease, attack)
    level *= 1 - 0.2 * (filled @ (table["vowel"] & ~accented))
    formants = _coarticulated(sounds)[index].T
    return Score(
        formants=np.column_stack(
            [_smooth(f, ease * s) for f, s in zip(formants, GLIDING, strict=True)]
        ),
        voicing=_smooth(
            level * (filled @ table["voicing"]), 0.006 * 2 ** (-attack / 2)
        ),
        breath=_smooth(level * (filled @ table["breath"]), 0.006),
        nasal=track(table["nasal"], 0.015),
        accent=track(accented, 0.035),
        pull=track(_pull(table), 0.015),
        opening=track(np.clip((table["first"] - 230) / 450, 0, 1), 0.015),
        noises=[
            (_smooth(filled[:, k] * s.noise, 0.15 * lengths[k]), s.centre, s.width)
            for k, s in enumerate(sounds)
            if s.noise
        ],
        start=margin,
        stop=float(ends[-1]),
    )


def _smooth(values: np.ndarray, seconds: float) -> np.ndarray:
    """A row of steps without corners."""
    from scipy.ndimage import gaussian_filter1d

    return gaussian_filter1d(values, seconds / STEP, mode="nearest")


def _swell(times: np.ndarray, length: float, ease: float, attack: float) -> np.ndarray:
    """A voice swells at the beginning, sinks a little on its way and dies away."""
    into, left = np.clip(times, 0, None), np.clip(length - times, 0, None)
    swell = 1 - np.exp(-into / (0.03 * 2**-attack))
    return (
        swell
        * 10 ** (-0.15 * into / length)
        * np.sqrt(np.clip(left / (0.08 * ease), 0, 1))
    )


def _pull(table: dict[str, np.ndarray]) -> np.ndarray:
    """Voiceless sounds raise the pitch; voiced noises and open vowels lower it."""
    lowered = -0.6 * (table["voicing"] < 0.5)
    pull = np.where(table["vowel"], -0.004 * (table["first"] - 500), lowered)
    return np.where(table["voicing"] == 0, 0.8, pull)


def _coarticulated(sounds: list[Sound]) -> np.ndarray:
    """Formants of each sound: consonants ride on the way from vowel to vowel.

    That vowels pass into each other beneath the consonants is due to Oehman (1966).
    """
    formants = np.array([sound[1:4] for sound in sounds])
    vowels = [k for k, sound in enumerate(sounds) if sound.vowel]
    if not vowels:
        return formants
    places = np.arange(len(sounds))
    way = [np.interp(places, vowels, formants[vowels, k]) for k in range(3)]
    follows = np.array([sound.follows for sound in sounds])[:, None]
    # Closing the mouth lowers the first formant whatever the vowel; a breath does
    # not close it.
    follows = follows * np.array([[0, 1, 1]]) ** (follows < 1)
    return formants + follows * (np.column_stack(way) - formants)


def _between(one: Score, other: Score, share: float) -> Score:
    """A score on the way from one to another of the same length."""
    tracks = {
        k: (1 - share) * getattr(one, k) + share * getattr(other, k)
        for k in Score._fields[:7]
    }
    noises = [
        (part * level, *band)
        for part, score in ((1 - share, one), (share, other))
        for level, *band in score.noises
        if part
    ]
    return one._replace(**tracks, noises=noises)


def _voiced(causes: Causes, score: Score, colour: Prosody, rate: int) -> Speech:
    """Sing a score in a colour and record it."""
    steps = len(score.voicing)
    places = (np.arange(round(steps * STEP * rate)) / rate) / STEP - 0.5

    def samples(track: np.ndarray) -> np.ndarray:
        return np.interp(places, np.arange(steps), track)

    scale = (1 + 0.17 * _female(causes, "tract")) * (1 + colour.tract)
    noise, crackle = causes.draws("take", "hiss").normal(size=(2, len(places)))
    source, airflow = _source(causes, score, colour, samples, rate)
    breath = np.clip(score.breath, 0, 1)
    source += 0.4 * noise * airflow
    sound = tract(source, score.formants, breath, score.nasal, scale, rate)
    spoken = slice(round(score.start * rate), round(score.stop * rate))
    sound /= np.sqrt(np.mean(sound[spoken] ** 2))
    for level, centre, width in score.noises:
        heard = np.flatnonzero(level > 1e-5 * level.max())[[0, -1]] + (0, 1)
        part = slice(*np.round(heard * STEP * rate).astype(int))
        band = hiss(crackle[part], centre, width, scale, rate)
        sound[part] += samples(level)[part] * band
    sound *= 10 ** ((LEVEL + colour.loudness) / 20)
    opening = np.clip(score.opening, 0, 1)
    return Speech(recording.record(causes, sound, rate), rate, opening)


def _source(causes: Causes, score: Score, colour: Prosody, samples, rate: int):
    """The voice at the glottis, and how much air hisses through it."""
    soft = _female(causes, "quality")  # women's are breathier (Klatt & Klatt, 1990)
    share = 0.55 + 0.1 * soft - 0.1 * colour.brightness
    source, opened = pulses(
        samples(_pitch(causes, score, colour)),
        rate,
        opened=float(np.clip(share, 0.35, 0.85)),
        cutoff=1100 * 2.0**colour.brightness,
        irregular=0.008 * np.exp(1.1 * colour.roughness),
        draws=causes.draws("take", "pulses"),
    )
    leak = 0.03 * np.exp(1.4 * colour.breath + 0.5 * soft)
    airflow = samples(np.clip(score.breath + leak * score.voicing, 0, 1))
    voicing = samples(score.voicing)
    return _softened(source, voicing, rate), airflow * (0.5 + 0.5 * opened)


def _softened(source: np.ndarray, voicing: np.ndarray, rate: int) -> np.ndarray:
    """Voicing as loud as it is to be; where it is weak, little but its lowest part.

    That is what is heard of a voice through a mouth that is nearly shut (Klatt, 1980).
    """
    from scipy.signal import lfilter

    pole = np.exp(-2 * np.pi * 200 / rate)
    soft = lfilter([1 - pole], [1, -pole], source)
    full = np.clip(1.4 * voicing, 0, 1)
    return voicing * (full * source + (1 - full) * 2 * soft)


def _pitch(causes: Causes, score: Score, colour: Prosody) -> np.ndarray:
    """Pitch each `STEP` in Hz: a falling line, accents, an ending, some drift."""
    count = len(score.voicing)
    place = (np.arange(count) + 0.5) * STEP - score.start
    place = np.clip(place / (score.stop - score.start), 0, 1)
    slow, fast = causes.draws("take", "drift").normal(size=(2, count))
    drift = 1.5 * _smooth(slow, 0.06) + 0.25 * _smooth(fast, 0.01)
    contour = 1.5 - 3.5 * place + 3.5 * score.accent + drift
    # Phrases end low unless they rise.
    ending = (colour.ending - 1.5) * np.clip((place - 0.75) / 0.25, 0, 1) ** 1.5
    semitones = colour.pitch + 2.0**colour.span * contour + ending + score.pull
    return np.clip(_plain_pitch(causes) * 2 ** (semitones / 12), 50, 1000)


def _plain_pitch(causes: Causes) -> float:
    return 112 * 1.8 ** _female(causes, "pitch")
