"""The studio's voices: what is heard is measured, not read from the parameters."""

import itertools
import re

import librosa
import numpy as np
import pytest
import soxr
from scipy.signal import butter, find_peaks, lfilter, sosfilt

from emolib import UsageError
from emolib.features import audio
from emolib.labels import DISPLAYS
from emolib.studio import Causes, voice
from emolib.studio.causes import DOSES
from emolib.studio.utterances import BY_CODE, targets

RATE = 16000
STUDIO = (("setup", 0.0),)
SAME = {"identity": 5, "take": "one", "setup": 2}


def speak(text=None, seconds=1.0, doses=(), **causes):
    causes = {"identity": 1, "emotion": "neutral"} | causes
    made = voice.speak(Causes(doses=tuple(doses), **causes), seconds, RATE, text)
    return made.samples.astype(float)


def burst(seconds=1.0, doses=(), **causes):
    made = voice.burst(Causes(doses=tuple(doses), **causes), seconds, RATE)
    return made.samples.astype(float)


# Measures.


def decibels(samples):
    return 10 * np.log10(np.mean(samples**2))


def windows(samples, length=640):
    """Overlapping windows, one each 10 ms."""
    return np.lib.stride_tricks.sliding_window_view(samples, length)[::160]


def spoken(samples):
    """The part between the first and the last sound."""
    level = windows(samples).std(axis=1)
    heard = np.flatnonzero(level > 0.03 * level.max())
    return samples[160 * heard[0] : 160 * heard[-1] + 640]


def correlations(samples):
    """Each loud window against itself, one column a lag."""
    loud = windows(samples)
    loud = loud[loud.std(axis=1) > 0.25 * loud.std(axis=1).max()]
    loud = loud - loud.mean(axis=1, keepdims=True)
    power = np.abs(np.fft.rfft(loud, 2048)) ** 2
    correlation = np.fft.irfft(power)[:, : RATE // 60]
    # A window overlaps itself less and less: make up for it.
    return correlation / correlation[:, :1] / (1 - np.arange(RATE // 60) / 640)


def pitches(samples):
    """Semitones above 1 Hz in each loud window that has a clear pitch."""
    low = butter(4, 900, fs=RATE, output="sos")  # below most formants
    correlation = correlations(sosfilt(low, samples))
    correlation -= 0.0008 * np.arange(RATE // 60)  # not two periods for one
    lags = RATE // 700 + correlation[:, RATE // 700 :].argmax(axis=1)
    clear = correlation[np.arange(len(lags)), lags] > 0.6
    return 12 * np.log2(RATE / lags[clear])


def harmonicity(samples):
    """How far windows repeat themselves where breath is heard, 1: entirely."""
    high = butter(4, 1500, "high", fs=RATE, output="sos")
    correlation = correlations(sosfilt(high, samples))
    return np.median(correlation[:, RATE // 700 :].max(axis=1))


def balance(samples):
    """Energy above 1 kHz against that below, in decibels."""
    power = np.abs(np.fft.rfft(samples)) ** 2
    frequencies = np.fft.rfftfreq(len(samples), 1 / RATE)
    high, low = frequencies > 1000, (frequencies > 80) & (frequencies < 1000)
    return 10 * np.log10(power[high].sum() / power[low].sum())


def measures(samples):
    """Pitch and its range in semitones, energy in dB, log2 of rate, balance in dB."""
    speech = spoken(samples)
    pitch = pitches(speech)
    pitch = pitch[np.abs(pitch - np.median(pitch)) < 8]  # an octave off is an error
    span = np.subtract(*np.percentile(pitch, [90, 10]))
    loud = windows(speech)
    loud = loud[loud.std(axis=1) > 0.25 * loud.std(axis=1).max()]
    rate = -np.log2(len(speech))
    return np.array([np.median(pitch), span, decibels(loud), rate, balance(speech)])


def formants(samples):
    """The first three, from linear prediction in the middle of a vowel."""
    vowel = spoken(soxr.resample(samples, RATE, 10000))
    middle = vowel[int(0.4 * len(vowel)) : int(0.5 * len(vowel))]
    middle = lfilter([1, -0.97], [1], middle) * np.hamming(len(middle))
    roots = np.roots(librosa.lpc(middle, order=12))
    roots = roots[roots.imag > 0]
    frequencies = np.angle(roots) * 5000 / np.pi
    sharp = (-np.log(np.abs(roots)) * 10000 / np.pi < 500) & (frequencies > 150)
    return np.sort(frequencies[sharp])[:3]


# Sounds and sentences.

# Hillenbrand et al. (1995, table V), men; AE: Peterson & Barney (1952), men.
VOWELS = {
    "IY": (342, 2322, 3000), "IH": (427, 2034, 2684), "EH": (580, 1799, 2605),
    "AE": (660, 1720, 2410), "AA": (768, 1333, 2522), "AO": (652, 997, 2538),
    "UH": (469, 1122, 2434), "UW": (378, 997, 2343), "AH": (623, 1200, 2550),
    "ER": (474, 1379, 1710),
}  # fmt: skip


@pytest.mark.parametrize("vowel", VOWELS)
def test_vowels_have_the_published_formants(vowel):
    found, factor = [], []
    for person in range(1, 9):  # eight pitches and lengths of the tract
        causes = {"identity": person, "female": float(person % 2)}
        doses = [*STUDIO, ("identity.quality", 0.0)]
        found.append(formants(speak(f"{vowel}'", doses=doses, **causes)))
        facts = voice.facts(Causes(emotion="neutral", doses=tuple(doses), **causes))
        factor.append(facts["identity.tract"])
    ratio = np.median(np.array(found) / np.array(factor)[:, None], axis=0)
    assert np.abs(ratio / VOWELS[vowel] - 1).max() < 0.12


def test_hisses_lie_where_they_belong():
    def centre(sound):
        speech = spoken(speak(f"AA' {sound} AA'", doses=STUDIO))
        middle = speech[int(0.45 * len(speech)) :][:640]
        power = np.abs(np.fft.rfft(middle * np.hanning(640))) ** 2
        return np.average(np.linspace(0, RATE / 2, len(power)), weights=power)

    assert centre("X") < 2500 < centre("SH") < 4200 < centre("S")


def test_stops_fall_silent_and_burst():
    level = windows(speak("AA' T AA'", doses=STUDIO), 160).std(axis=1)
    speech = np.flatnonzero(level > 0.1 * level.max())
    inside = level[speech[0] : speech[-1]]
    assert inside.min() < 0.02 * level.max()
    assert level[speech[0] + inside.argmin() + 1 :].max() > 0.1 * level.max()


def test_each_corpus_has_its_sentences():
    codes = {corpus: " ".join(sentences) for corpus, sentences in BY_CODE.items()}
    assert codes["ravdess"] == "01 02"
    assert codes["emodb"] == "a01 a02 a04 a05 a07 b01 b02 b03 b09 b10"
    assert codes["crema-d"] == "DFA IEO IOM ITH ITS IWL IWW MTI TAI TIE TSI WSI"
    words = list(BY_CODE["tess"])
    assert len(words) == 200 and words == sorted(words)
    for corpus, sentences in BY_CODE.items():
        assert voice.UTTERANCES[corpus] == tuple(sentences.values())
        for text in sentences.values():
            targets(text)
    same = [w for w, t in BY_CODE["tess"].items() if t == BY_CODE["tess"]["witch"]]
    assert len(set(voice.UTTERANCES["tess"])) == 199 and same == ["which", "witch"]


def test_words_are_told_apart_by_their_sound():
    words = ["bite", "boat", "cheek", "chain", "five", "goose", "moon", "numb", "pass"]

    def shape(word, take):
        speech = spoken(speak(BY_CODE["tess"][word], 2, STUDIO, take=take))
        cepstra = audio.mfcc(speech, RATE, 13, 512, 160, 40)[:, 1:]
        places = np.linspace(0, len(cepstra) - 1, 60)
        return np.array([np.interp(places, range(len(c)), c) for c in cepstra.T])

    one, two = ([shape(word, take) for word in words] for take in ("one", "two"))
    distances = [[np.abs(a - b).mean() for b in two] for a in one]
    assert np.mean(np.argmin(distances, axis=1) == np.arange(len(words))) > 0.9


@pytest.mark.parametrize("text", ["AA QQ", "", "'"])
def test_what_is_no_sound_is_refused(text):
    with pytest.raises(UsageError):
        speak(text)


def test_long_sentences_are_spoken_faster():
    longest = max(voice.UTTERANCES["emodb"], key=len)
    for text in (longest, voice.SENTENCES[0]):
        samples = speak(text, 2.0, STUDIO)
        assert 1.8 < len(samples) / RATE < 2.3
        assert decibels(samples[:1000]) < decibels(spoken(samples)) - 35


# What the causes do.

# Against neutral: pitch, range of pitch, energy, rate, balance. 0: divided or silent.
# Juslin & Laukka (2003, table 7; "tenderness" for calm) for the first five; Pell et al.
# (2009) for disgust and surprise; Banse & Scherer (1996) for contempt; Scherer (1986)
# for boredom.
DIRECTIONS = {
    "calm": (-1, -1, -1, -1, -1),
    "happy": (1, 1, 1, 1, 0),
    "sad": (-1, -1, -1, -1, -1),
    "angry": (1, 1, 1, 1, 1),
    "fearful": (1, -1, -1, 1, -1),
    "disgusted": (-1, 0, 0, -1, 0),
    "surprised": (1, 1, 0, 0, 0),
    "contempt": (-1, 0, -1, 0, 0),
    "bored": (-1, -1, -1, -1, 0),
}
SPEAKERS = list(itertools.product(range(1, 7), ("one", "two")))  # people and takes


def heard(emotion):
    return np.array(
        [
            measures(
                speak(
                    None, 1.6, STUDIO, identity=person, female=float(person % 2 == 0),
                    emotion=emotion, take=take,
                )
            )
            for person, take in SPEAKERS
        ]
    )  # fmt: skip


@pytest.fixture(scope="module")
def neutral():
    return heard("neutral")


@pytest.mark.parametrize("emotion", DIRECTIONS)
def test_emotion_moves_the_voice_as_the_literature_says(emotion, neutral):
    moved = heard(emotion) - neutral  # within a speaker, the same sentence
    for direction, values in zip(DIRECTIONS[emotion], moved.T, strict=True):
        assert direction == 0 or direction * values.mean() > 0
        assert direction == 0 or (direction * values > 0).mean() >= 0.5


def test_every_display_has_a_voice():
    assert set(voice.EMOTION) == set(DISPLAYS) and set(voice.BURSTS) <= set(DISPLAYS)
    voices = {speak(emotion=emotion, doses=STUDIO).tobytes() for emotion in DISPLAYS}
    assert len(voices) == len(DISPLAYS)


def test_stronger_is_further():
    levels = [
        decibels(spoken(speak(emotion="angry", strength=s, doses=STUDIO)))
        for s in (0, 0.25, 0.5, 0.75, 1)
    ]
    assert (np.diff(levels) > 0.5).all()


def test_women_speak_higher_with_shorter_tracts():
    man, woman = (
        speak("AA'", doses=STUDIO, identity=1, female=female) for female in (0.0, 1.0)
    )
    assert 7 < np.median(pitches(woman)) - np.median(pitches(man)) < 14
    assert 1.1 < np.mean(formants(woman) / formants(man)) < 1.25


def test_tract_and_pitch_are_independent():
    def vowel(part, person):
        doses = [*STUDIO, ("identity", 1.0), ("take", 0.0)]
        doses += [(name, 0.0) for name in voice.PARTS if name != part]
        return speak("AA'", doses=doses, identity=person, female=float(person % 2))

    tracts = [vowel("identity.tract", k) for k in range(4)]
    levels = [vowel("identity.pitch", k) for k in range(4)]
    assert np.ptp([np.median(pitches(x)) for x in tracts]) < 0.5
    assert np.ptp([np.median(pitches(x)) for x in levels]) > 5
    second = [[formants(x)[1] for x in voices] for voices in (tracts, levels)]
    assert np.ptp(second[0]) > 0.12 * np.mean(second[0])
    assert np.ptp(second[1]) < 0.08 * np.mean(second[1])


def genuine(part, authenticity):
    """Voices of six people in which only one part tells genuine from posed."""
    parts = ("attack", "irregularity", "breath")
    doses = [*STUDIO, *((f"authenticity.{p}", 0.0) for p in parts if p != part)]
    return [
        speak(
            "AA' M AA' M AA'", doses=doses, identity=k, emotion="happy",
            authenticity=authenticity,
        )
        for k in range(6)
    ]  # fmt: skip


def test_genuine_voices_set_in_gradually():
    def rise(samples):
        level = windows(spoken(samples), 320).std(axis=1)
        return np.argmax(level > 0.7 * level.max())

    posed, real = ([rise(x) for x in genuine("attack", a)] for a in (0, 1))
    assert np.mean(real) > np.mean(posed) + 5  # 50 ms


@pytest.mark.parametrize("part", ["irregularity", "breath"])
def test_genuine_voices_are_less_harmonic(part):
    posed, real = ([harmonicity(x) for x in genuine(part, a)] for a in (0, 1))
    assert np.mean(np.array(real) < posed) > 0.8
    assert np.mean(real) < np.mean(posed) - 0.04


def changed(part):
    """Two sets of causes that differ in the variable that a part follows."""
    group = part.partition(".")[0]
    usual = SAME | {"emotion": "happy", "female": 0.0}
    other = {
        "identity": {"identity": 6, "female": 1.0},
        "emotion": {"emotion": "angry"},
        "authenticity": {"authenticity": 1.0},
        "sentence": {"sentence": 1},
        "take": {"take": "two"},
        "setup": {"setup": 3},
    }[group]
    if part == "identity.style":
        del other["female"]
    return usual, usual | other


FACES = {
    "identity.shape", "identity.skin", "identity.hair", "identity.brows",
    "identity.glasses", "identity.age", "identity.clothes", "emotion.face",
    "authenticity.onset", "authenticity.apex", "authenticity.offset",
    "authenticity.eyes", "authenticity.symmetry", "setup.light", "setup.background",
    "setup.framing", "setup.noise", "setup.resolution", "setup.compression",
}  # fmt: skip
GROUPS = {name.partition(".")[0] for name in DOSES}
VOICES = [name for name in DOSES if name not in FACES]
PARTS = [name for name in VOICES if name not in GROUPS or name in ("sentence", "take")]


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("make", [speak, burst])
def test_each_part_acts_alone_and_leaves_no_trace_at_dose_0(make, part):
    one, two = changed(part)
    group = part.partition(".")[0]
    rest = [(p, 0.0) for p in PARTS if p.startswith(group + ".") and p != part]
    silent = make is burst and part == "sentence"  # a burst has no sentence
    alone = (make(doses=rest, **one), make(doses=rest, **two))
    assert np.array_equal(*alone) == silent
    none = [*rest, (part, 0.0)]
    assert np.array_equal(make(doses=none, **one), make(doses=none, **two))


@pytest.mark.parametrize("cause", sorted(GROUPS))
def test_a_group_at_dose_0_leaves_no_trace(cause):
    one, two = changed(cause)
    off = [(cause, 0.0)]
    assert np.array_equal(speak(doses=off, **one), speak(doses=off, **two))


def test_without_emotion_every_voice_is_neutral():
    for make in (speak, burst):
        usual = SAME | {"authenticity": 1.0}
        off = [make(doses=[("emotion", 0.0)], emotion=e, **usual) for e in DISPLAYS]
        weak = [make(emotion=e, strength=0.0, **usual) for e in DISPLAYS]
        neutral = make(emotion="neutral", **usual)
        assert all(np.array_equal(neutral, samples) for samples in off + weak)


def test_what_belongs_to_the_face_is_not_heard():
    off = [(cause, 0.0) for cause in sorted(FACES)]
    usual = SAME | {"emotion": "sad", "authenticity": 1.0}
    assert np.array_equal(speak(**usual), speak(doses=off, **usual))


# The set-up.


def recorded(part, setup, text=None):
    others = [p for p in PARTS if p.startswith("setup.") and p != f"setup.{part}"]
    doses = [(p, 0.0) for p in others]
    causes = Causes(1, "neutral", setup=setup, doses=tuple(doses))
    samples = voice.speak(causes, 2.0, RATE, text).samples.astype(float)
    return samples, voice.facts(causes)


def test_rooms_ring_on():
    dry = speak("AA' T", 2.0, STUDIO)
    end = len(dry) // 2 + np.flatnonzero(np.abs(dry[len(dry) // 2 :]) > 0.01)[-1]
    after = slice(end + 500, end + 1500)
    for setup in range(4):
        assert decibels(recorded("room", setup, "AA' T")[0][after]) > (
            decibels(dry[after]) + 6
        )


def test_floor_and_level_are_as_stated():
    plain = decibels(spoken(speak(None, 2.0, STUDIO)))
    for setup in range(4):
        samples, facts = recorded("floor", setup)
        quiet = samples[: RATE // 10]
        quiet = sosfilt(butter(4, 400, "high", fs=RATE, output="sos"), quiet)[400:]
        assert abs(decibels(quiet) - facts["setup.floor.noise"]) < 1.5
        samples, facts = recorded("level", setup)
        assert abs(decibels(spoken(samples)) - plain - facts["setup.level"]) < 0.6


def test_microphones_colour_and_codecs_coarsen():
    def treble(samples):
        power = np.abs(np.fft.rfft(spoken(samples))) ** 2
        frequencies = np.linspace(0, RATE / 2, len(power))
        return 10 * np.log10(power[frequencies > 5500].sum() / power.sum())

    balances = [balance(spoken(recorded("microphone", k)[0])) for k in range(6)]
    assert np.ptp(balances) > 1
    lines = [recorded("codec", k) for k in range(8)]
    coarse = [facts["setup.codec"] for _, facts in lines]
    first, last = np.argsort(coarse)[[0, -1]]
    assert treble(lines[last][0]) < treble(lines[first][0]) - 5
    values = [len(np.unique(samples)) for samples, _ in lines]
    assert values[last] < 0.3 * values[first]


# Sound that can be listened to.


@pytest.mark.parametrize("make", [speak, burst])
def test_levels_are_sane_and_edges_are_silent(make):
    for emotion, person in itertools.product(DISPLAYS, (1, 2)):
        samples = make(emotion=emotion, identity=person, setup=person)
        assert np.abs(samples).max() < 1
        assert -40 < decibels(spoken(samples)) < -9
        for edge in (samples[:160], samples[-160:]):
            assert decibels(edge) < decibels(samples) - 25


def test_gliding_formants_do_not_click():
    samples = speak("AA' IY' AA' IY' UW' AE' R AA' Y IY'", 2.0, STUDIO)
    high = sosfilt(butter(6, 6000, "high", fs=RATE, output="sos"), samples)
    assert np.abs(high).max() < 0.05 * np.abs(samples).max()


def test_the_same_causes_give_the_same_samples():
    first = speak(emotion="sad", **SAME)
    speak(emotion="happy", identity=3)
    assert np.array_equal(first, speak(emotion="sad", **SAME))


def test_a_voice_sounds_alike_at_every_rate():
    causes = Causes(1, "happy", doses=STUDIO)
    bands = []
    for rate in (16000, 24414, 48000):
        made = voice.speak(causes, 2.0, rate)
        assert abs(len(made.samples) / rate - 0.005 * len(made.opening)) < 0.001
        power = np.abs(np.fft.rfft(made.samples)) ** 2
        frequencies = np.fft.rfftfreq(len(made.samples), 1 / rate)
        bands.append(
            np.histogram(frequencies, np.arange(0, 6001, 500), weights=power)[0]
        )
    bands = 10 * np.log10(bands / np.sum(bands, axis=1, keepdims=True))
    assert np.abs(bands - bands[0]).max() < 3


def test_the_mouth_opens_with_the_vowels():
    def opening(text):
        return voice.speak(Causes(1, "neutral"), 1.0, RATE, text).opening

    wide, narrow, shut = opening("AA'"), opening("IY'"), opening("M M")
    assert wide.max() > 0.8 > 0.5 > narrow.max() > shut.max()
    assert wide[0] < 0.05 and wide[-1] < 0.05
    between = opening("AA' M AA'")
    middle = len(between) // 2
    assert between[middle - 5 : middle + 5].min() < 0.5 * between.max()


# Vocalisations without words.


def test_laughter_comes_in_pulses():
    for person in range(1, 4):
        laugh = burst(2.0, STUDIO, identity=person, emotion="happy")
        level = np.abs(sosfilt(butter(2, 20, fs=RATE, output="sos"), np.abs(laugh)))
        peaks = find_peaks(level, prominence=0.15 * level.max())[0]
        assert 3 < RATE / np.diff(peaks).mean() < 8  # a second


def test_bursts_differ_as_growls_screams_and_moans_do():
    def middle(emotion):
        found = [
            measures(burst(1.2, STUDIO, identity=k, emotion=emotion)) for k in range(6)
        ]
        return np.median(found, axis=0)

    names = ("fearful", "achievement", "pain", "neutral", "pleasure")
    pitch, _, energy, _, bright = np.transpose([middle(emotion) for emotion in names])
    scream, cheer, cry, plain, hum = range(5)
    assert pitch[scream] > pitch[cry] > pitch[plain] + 4
    assert pitch[cheer] > pitch[plain] + 4 > pitch[hum] + 3
    assert min(energy[:cry]) > energy[plain] + 3 > energy[hum] + 5
    assert bright[plain] > bright[hum] + 2


def test_bursts_grow_with_strength():
    for emotion in ("angry", "fearful", "achievement", "pain"):
        levels = [
            decibels(spoken(burst(1, STUDIO, identity=2, emotion=emotion, strength=s)))
            for s in (0, 0.4, 0.6, 0.8, 1)
        ]
        assert (np.diff(levels) > 0).all()


# The truth table.


def test_facts_are_flat_numbers_with_the_same_names_for_all():
    names = set()
    for emotion, words in itertools.product(DISPLAYS, (True, False)):
        facts = voice.facts(Causes(3, emotion, setup=2, authenticity=1.0), words)
        assert all(
            isinstance(v, float | int) and np.isfinite(v) for v in facts.values()
        )
        names.add(tuple(facts))
    (names,) = names
    assert all(re.fullmatch(r"[a-z]+(\.[a-z0-9]+)+", name) for name in names)
    parts = set(PARTS) - {"identity.style", "sentence", "take"}
    assert {part for part in parts if any(n.startswith(part) for n in names)} == parts


def test_facts_agree_with_what_is_heard():
    doses = (*STUDIO, ("take", 0.0))
    for person in range(1, 6):
        causes = Causes(person, "neutral", female=float(person % 2), doses=doses)
        samples = voice.speak(causes, 2.0, RATE).samples.astype(float)
        stated = 12 * np.log2(voice.facts(causes)["identity.pitch"])
        assert abs(np.median(pitches(spoken(samples))) - stated) < 2.5
