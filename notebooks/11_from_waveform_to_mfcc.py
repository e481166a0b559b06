# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Primer: from waveform to MFCC
#
# Nearly every model of voices in this book starts from *mel-frequency cepstral
# coefficients*, MFCCs {cite}`davis1980mfcc`: a few dozen numbers for each moment of a
# sound. Here each of the seven steps to them is done by hand, beside librosa or this
# book's package. Then the way is gone back, from the numbers to a sound, to hear what was
# lost on it.
#
# **What you will learn**
#
# - waveform, frame, window, spectrum, mel bands, logarithm, cosine transform: what each
#   step does to a voice, and what it throws away;
# - what thirteen coefficients keep of a sound, and what forty do.
#
# **How long it takes.** Half an hour; it runs in half a minute. The voice is synthesised.

# %% [markdown]
# ## Parameters

# %% tags=["parameters"]
profile: str = "quick"  # how much work
seed: int = 0  # of the voice
person: int = 2  # who speaks; those with even numbers are women
emotion: str = "happy"  # what they show
rate: int = 16000  # samples a second
length: int = 2048  # samples in a frame
hop: int = 512  # samples from one frame to the next
bands: int = 128  # mel bands
kept: list[int] = [13, 40]  # coefficients, from the first
rounds: int = 32  # tries to find a sound for a spectrum

# %% tags=["profiles", "hide-input"]
# fmt: off
PROFILES = {
    "quick": {
        "profile": "quick", "seed": 0, "person": 2, "emotion": "happy", "rate": 16000,
        "length": 2048, "hop": 512, "bands": 128, "kept": [13, 40], "rounds": 32,
    },
    "smoke": {"rounds": 8}, "real": {}, "paper": {},
}
RANGES = {
    "profile": ["smoke", "quick", "real", "paper"], "seed": (0, 1_000_000),
    "person": (1, 1000), "emotion": ["neutral", "happy", "sad", "angry", "fearful"],
    "rate": (8000, 48000), "length": (256, 8192), "hop": (32, 1024),
    "bands": (16, 256), "kept": (2, 128), "rounds": (1, 500),
}
# fmt: on

# %% tags=["hide-input"]
from emolib import notebook

notebook.settle(PROFILES, RANGES)

# %% tags=["hide-input"]
# ruff: noqa: I001
import librosa
import numpy as np
import pandas as pd
from IPython.display import Audio, Markdown, display

from emolib import plots
from emolib.exercises import from_waveform_to_mfcc as exercises
from emolib.features import audio
from emolib.plots.style import finished, styled
from emolib.studio import Causes, voice

show = notebook.figure

# %% [markdown]
# ## Waveform
# A microphone notes the pressure of the air, so many times a second: a row of numbers.

# %%
settings = {"female": float(person % 2 == 0), "take": "a", "seed": seed}
wave = voice.speak(Causes(person, emotion, **settings), 1.5, rate).samples
print(len(wave), "samples")
Audio(wave, rate=rate)

# %% [markdown]
# ## Frame, and window
# A voice changes many times a second. A *frame* is so short that it hardly does: here an
# eighth of a second. Frames overlap; the sound is first lengthened by half a frame of
# zeros at both ends. A frame cuts the sound off, and a cut is a click, which has all
# frequencies. So each is faded in and out, by a *window* that is zero at the ends and one
# in the middle, here Hann's. What is printed below each step: the largest difference to
# librosa, beside its largest number.


# %%
def farthest(ours, theirs):
    off, largest = np.abs(ours - theirs).max(), np.abs(theirs).max()
    return f"{off:.0e} of {largest:.3g}"


padded = np.pad(wave, length // 2)
frames = np.lib.stride_tricks.sliding_window_view(padded, length)[::hop]
cut = librosa.util.frame(padded, frame_length=length, hop_length=hop).T
hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
faded = frames * hann
print(frames.shape, farthest(frames, cut))
print(farthest(hann, librosa.filters.get_window("hann", length)))

# %% [markdown]
# ## Spectrum
# The Fourier transform says how much of each frequency is in a frame: one complex number
# a frequency. Its squared size is the power; its angle, when the wave of that frequency
# begins, is the *phase*. It is thrown away here; of a single voice the ear minds little.

# %%
power = np.abs(np.fft.rfft(faded)) ** 2
hertz = np.fft.rfftfreq(length, 1 / rate)
steps = {"n_fft": length, "hop_length": hop}
stft = librosa.stft(wave, **steps, pad_mode="constant")
farthest(power, np.abs(stft.T) ** 2)

# %% mystnb={"image": {"alt": "The waveform with one frame marked, the frame under its window, and its spectrum with evenly spaced peaks"}}
loudest = int(power.sum(axis=1).argmax())  # the frame that is looked at below
with styled() as plt:
    drawing, (above, middle, below) = plt.subplots(3, figsize=(7.2, 4.6))
    above.plot(np.arange(len(wave)) / rate, wave, linewidth=0.5)
    ends = loudest * hop + np.array([-length, length]) / 2
    above.axvspan(*ends / rate, color=plots.WARM, alpha=0.4)
    middle.plot(
        np.column_stack([frames[loudest], faded[loudest]]), linewidth=0.6
    )
    middle.set_xlabel("samples: the frame (blue), faded (orange)")
    below.plot(hertz, 10 * np.log10(power[loudest] + 1e-10), linewidth=0.6)
    below.set(xlabel="Hz", ylabel="decibels", xlim=(0, rate / 4))
show(
    finished(drawing),
    "Figure 1",
    "A voice over seconds, one frame of it, its spectrum.",
)

# %% [markdown]
# The narrow peaks are the *pitch* and its multiples: how often a second the vocal folds
# close. The broad hills on which they stand are the *vocal tract*: what mouth and tongue
# make of it. The following steps keep the hills and wash out the peaks.
#
# ## Mel bands
# The ear tells 200 from 300 Hz easily, and 5200 from 5300 Hz hardly. The *mel* scale puts
# frequencies at distances as we hear them: here straight up to 1000 Hz, then in steps of
# equal ratio. Triangles of equal width in mel, and of equal area, add the power up.


# %%
def to_mel(hz):
    high = 15 + 27 * np.log(np.maximum(hz, 1000) / 1000) / np.log(6.4)
    return np.where(hz < 1000, hz * 3 / 200, high)


grid = np.linspace(0, rate / 2, 200_001)
even = np.linspace(0, to_mel(rate / 2), bands + 2)
edges = np.interp(even, to_mel(grid), grid)[:, None]
rising = (hertz - edges[:-2]) / np.diff(edges, axis=0)[:-1]
falling = (edges[2:] - hertz) / np.diff(edges, axis=0)[1:]
triangles = np.maximum(0, np.minimum(rising, falling))
triangles *= 2 / (edges[2:] - edges[:-2])
mel = power @ triangles.T
slaney = librosa.filters.mel(sr=rate, n_fft=length, n_mels=bands)
theirs = librosa.feature.melspectrogram(y=wave, sr=rate, n_mels=bands, **steps)
print(farthest(triangles, slaney), farthest(mel, theirs.T))

# %% [markdown]
# ## Logarithm
# We hear ratios: ten times the power is a step, and ten times more is another such step.
# So the bands are told in *decibels*. Whatever lies 80 and further below the loudest is
# lifted to that, or silence would be the largest number of all.

# %%
loud = 10 * np.log10(np.maximum(mel, 1e-10))
loud = np.maximum(loud, loud.max() - 80)
farthest(loud, audio.decibels(wave, rate, length, hop, bands))

# %% [markdown]
# ## Cosine transform
# Neighbouring bands say nearly the same. So the bands of a frame are written as a sum of
# cosines: the first is flat, each following one has half a wave more. How much of each
# there is: these are the MFCCs. The first tell the hills, later ones ever finer ripples.

# %%
k, n = np.arange(bands)[:, None], np.arange(bands)
cosines = np.cos(np.pi * k * (n + 0.5) / bands) * np.sqrt(2 / bands)
cosines[0] /= np.sqrt(2)  # so that the rows are of length one
mfcc = loud @ cosines.T
by_librosa = librosa.feature.mfcc(y=wave, sr=rate, n_mels=bands, **steps).T
by_emolib = audio.mfcc(wave, rate, kept[0], length, hop, bands)
farthest(mfcc[:, :20], by_librosa), farthest(mfcc[:, : kept[0]], by_emolib)

# %% mystnb={"image": {"alt": "The voice's MFCCs over time in two panels, the first thirteen above the first forty"}}
show(
    plots.cepstra([mfcc[:, :c] for c in kept], map(str, kept), hop / rate),
    "Figure 2", "MFCCs of the voice: how many.",
)  # fmt: skip

# %% [markdown]
# ## What is lost, to be seen
# The cosines are at right angles, so the way back is the same sum. With all coefficients
# the bands come out as they were. With the first few, what is left is a smooth line.


# %%
def bands_of(count):
    """The bands in decibels that the first so many coefficients still tell."""
    return mfcc[:, :count] @ cosines[:count]


farthest(bands_of(bands), loud)

# %% mystnb={"image": {"alt": "The bands of one frame as a jagged line, and two smoother lines through it, from 13 and from 40 coefficients"}}
smooth = pd.DataFrame({c: bands_of(c)[loudest] for c in [*kept, bands]})
show(
    plots.lines(smooth, "mel band", "decibels"), "Figure 3",
    "One frame told by coefficients, few or all.", smooth, "mfcc.frame",
)  # fmt: skip

# %% [markdown]
# How much is that? Of what varies from band to band within a frame, the share that is
# kept; and the narrowest hill that can still be told, half a wave, in bands:

# %%
ripples = (mfcc[:, 1:] ** 2).sum(axis=0) / (mfcc[:, 1:] ** 2).sum()
told = {c: (ripples[: c - 1].sum(), bands / (c - 1)) for c in kept}
pd.DataFrame(told, ["share kept", "narrowest hill"]).T

# %% [markdown]
# Low bands are narrow, and there the multiples of a high voice's pitch are several bands
# apart: wide enough for forty coefficients to follow (the track above the twentieth in
# Figure 2), too fine for thirteen, which tell the vocal tract, as one wants for words.
#
# ## What is lost, to be heard
# Backwards from each station: a sound that would have these numbers. The phase has to be
# guessed; an old method tries until it fits {cite}`griffin1984signal`. Below the pictures a
# program looks for pitch: in which share of frames it hears that of the voice itself.


# %%
def guessed(spectrum):
    """A sound with this spectrum, its phase guessed."""
    tries = {"n_iter": rounds, "random_state": seed}
    return librosa.griffinlim(spectrum, **tries, **steps)


def from_bands(found):
    spectrum = librosa.feature.inverse.mel_to_stft
    return guessed(spectrum(found, sr=rate, n_fft=length))


stations = {"as it was": wave, "no phase": guessed(np.sqrt(power.T))}
stations["mel bands"] = from_bands(mel.T)
for count in sorted(kept, reverse=True):
    back = librosa.feature.inverse.mfcc_to_mel(mfcc[:, :count].T, n_mels=bands)
    stations[f"{count} MFCCs"] = from_bands(back)
for station, sound in stations.items():
    display(Markdown(f"*{station}*"), Audio(sound, rate=rate))

# %% mystnb={"image": {"alt": "Mel bands of the sounds over time, side by side: from left to right horizontal stripes of the pitch fade, broad bands stay"}}
maps = [
    audio.decibels(one, rate, length, hop, bands).repeat(3, axis=0).T[::-1]
    for one in stations.values()
]
show(
    plots.pictures(maps, [*stations], 5, 1.5), "Figure 4",
    "Mel bands of what was just heard, low ones below, time to the right.",
)  # fmt: skip


# %%
def pitch(one):
    within = {"fmin": 60, "fmax": 500, "hop_length": hop}
    return librosa.pyin(one, sr=rate, frame_length=length, **within)[0]


def found_again(other):
    both = zip(pitches["as it was"], other, strict=False)
    return np.mean([abs(12 * np.log2(b / a)) < 1 for a, b in both if a == a])


pitches = {name: pitch(one) for name, one in stations.items()}
pd.Series({name: found_again(one) for name, one in pitches.items()})

# %% [markdown]
# Listen for three things: what is said, who says it, and the melody. Where no pitch is
# told, the guess is noise under the same hills: a whisper. Much of an emotion is in the
# melody; a model that gets thirteen coefficients has to go by other things. What is lost
# at a step, no later one brings back. (And a low voice? Set `person` to 3.)
#
# ## Deltas
# A frame knows nothing of the next one. *Deltas* are added for that: of each coefficient
# the slope of a straight line through nine frames (`librosa.feature.delta`), then deltas
# of deltas. A network that sees several frames can make them itself.

# %% [markdown]
# ## Summary
#
# | Step | Keeps | Throws away |
# | --- | --- | --- |
# | frame, window | what lasts a frame | what is shorter |
# | power spectrum | how much of each frequency | the phase |
# | mel bands | differences that we hear | fine ones among high frequencies |
# | logarithm | ratios | what is 80 decibels below |
# | first coefficients | broad hills, the vocal tract | narrow peaks, the pitch |
#
# ## Exercises
#
# Put your answer in the place of `...`; the check says what is not right yet.
#
# **1.** Three seconds, 16,000 samples each, framed as above with 2048 samples a frame and
# 512 from one to the next: how many frames?

# %%
how_many = ...
exercises.check_1(how_many)

# %% [markdown]
# **2.** Write `envelope(loud, count)`: the bands of each frame that the first so many
# coefficients tell. (See `dct` and `idct` of `scipy.fft`, with `norm="ortho"`.)

# %%
envelope = ...
exercises.check_2(envelope)

# %% [markdown]
# **3.** Write `louder(mfcc, decibels, bands)`: the MFCCs of the same sound, so many
# decibels louder, without the sound.

# %%
louder = ...
exercises.check_3(louder)

# %% [markdown]
# ## Provenance

# %% tags=["hide-input"]
pd.Series({"librosa": librosa.__version__, "seed": seed, "profile": profile})
