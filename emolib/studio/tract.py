"""A source and a filter: pulses, hiss and a vocal tract, from numbers to sound.

Glottal pulses after Klatt & Klatt (1990), resonators after Klatt (1980).
"""

from __future__ import annotations

import numpy as np

STEP = 0.005  # seconds between two targets
WIDTHS = np.array([60.0, 90.0, 130.0, 180.0])  # of the formants that move, in Hz
FOURTH, SPACING = 3500.0, 1000.0  # Hz: of a uniform tube 17.5 cm long
LEAST_DAMPED = 3000.0  # Hz
NASAL_POLE, NASAL_ZERO, NASAL_WIDTH = 270.0, 450.0, 100.0
RINGING = 0.045  # seconds after which no formant is heard any more


def pulses(
    pitch: np.ndarray,
    rate: int,
    opened: float,
    cutoff: float,
    irregular: float,
    draws: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray]:
    """The derivative of the flow through the glottis: a pulse a cycle.

    Args:
        pitch: in Hz, one value a sample.
        rate: samples a second.
        opened: share of a cycle during which the glottis is open.
        cutoff: from where the softness of the closing damps, in Hz; it does so up
            to `LEAST_DAMPED`, less the nearer it is.
        irregular: how far periods (jitter) and, three times as far, amplitudes
            (shimmer) vary from cycle to cycle, as shares.
        draws: where the variation comes from.

    Returns:
        The pulses, and 1 where the glottis is open, 0 where it is closed.
    """
    from scipy.signal import lfilter

    phase = np.cumsum(pitch) / rate
    count = int(phase[-1]) + 3
    starts = np.interp(np.arange(count), phase, np.arange(len(phase)))
    starts[-2:] = len(phase) + rate / pitch[-1] * np.array([1, 2])
    periods = np.diff(starts)
    wobble = np.clip(draws.normal(size=(2, count)), -2.5, 2.5)
    starts[1:] += np.clip(0.7 * irregular * wobble[0, 1:], -0.25, 0.25) * periods
    starts[-1] = len(phase) + rate  # whatever comes after is not heard
    height = np.clip(1 + 3 * irregular * wobble[1], 0.15, 2)

    samples = np.arange(len(phase))
    cycle = np.clip(np.searchsorted(starts, samples, "right") - 1, 0, count - 2)
    part = (samples - starts[cycle]) / (np.diff(starts)[cycle] * opened)
    flow = np.where(part < 1, part * (2 - 3 * part), 0) * height[cycle]
    # The jump at the closing, rounded off so that it does not alias.
    closings = starts[:-1] + opened * np.diff(starts)
    before = closings.astype(int)
    heard = (before >= 0) & (before < len(phase) - 1)
    before, jump = before[heard], height[:-1][heard]
    fraction = closings[heard] - before
    flow[before] += jump * (1 - fraction) ** 2 / 2
    flow[before + 1] -= jump * fraction**2 / 2
    pole, zero = np.exp(-2 * np.pi * np.array([cutoff, LEAST_DAMPED]) / rate)
    gain = (1 - pole) / (1 - zero)
    flow = lfilter([gain, -gain * zero], [1, -pole], flow)
    return flow, (part < 1).astype(float)


def tract(
    excitation: np.ndarray,
    formants: np.ndarray,
    breath: np.ndarray,
    nasal: np.ndarray,
    scale: float,
    rate: int,
) -> np.ndarray:
    """Send an excitation through a tract that moves.

    Args:
        excitation: samples.
        formants: the first three, in Hz, one row each `STEP`.
        breath: 0 to 1; an open glottis damps the first formant.
        nasal: 0 to 1; the nose adds a pole and a zero (Klatt, 1980).
        scale: of all formants; 1 for a tract of 17.5 cm, more for a shorter one.
        rate: samples a second.
    """
    from scipy.fft import irfft, next_fast_len, rfft

    # Each few milliseconds of the excitation, faded in and out, ring in the tract
    # as it is then; together they pass smoothly from one tract to the next.
    hop = round(STEP * rate)
    window = np.hanning(2 * hop + 1)[:-1]
    padded = np.pad(excitation, (hop, 2 * hop))
    frames = np.lib.stride_tricks.sliding_window_view(padded, 2 * hop)[::hop]
    moments = np.arange(len(frames)) * hop / rate / STEP - 0.5
    ticks = np.clip(np.round(moments), 0, len(formants) - 1).astype(int)
    loud = np.flatnonzero(np.abs(frames).max(axis=1) > 1e-9)
    frames, ticks = frames[loud], ticks[loud]

    length = next_fast_len(2 * hop + round(RINGING * rate), real=True)
    zeros, poles = _filters(formants[ticks], breath[ticks], nasal[ticks], scale, rate)
    response = rfft(zeros, length) / rfft(poles, length)
    response *= _higher(np.arange(length // 2 + 1) / length, scale, rate)
    rung = irfft(rfft(frames * window, length) * response, length)
    sound = np.zeros(len(padded) + length)
    for place, frame in zip(loud * hop, rung, strict=True):
        sound[place : place + length] += frame
    return sound[hop : hop + len(excitation)]


def _filters(formants, breath, nasal, scale: float, rate: int):
    """Zeros and poles of the part that moves, as polynomials, one row a tract."""
    count = len(formants)
    frequencies = scale * np.column_stack([formants, np.full(count, FOURTH)])
    widths = np.tile(WIDTHS, (count, 1))
    widths[:, 0] += 250 * breath + 40 * nasal
    sections = resonators(frequencies, widths, rate)
    # The nose adds a pole that stays, and a zero that leaves it when it opens.
    opening = NASAL_POLE + nasal[:, None] * (NASAL_ZERO - NASAL_POLE)
    zero = resonators(scale * opening, NASAL_WIDTH, rate)
    pole = resonators(np.full((count, 1), scale * NASAL_POLE), NASAL_WIDTH, rate)
    poles = np.ones((count, 1))
    for section in np.concatenate([sections, pole], axis=1).swapaxes(0, 1):
        product = np.zeros((count, poles.shape[1] + 2))
        for late in range(3):
            product[:, late : late + poles.shape[1]] += (
                section[:, 3 + late, None] * poles
            )
        poles = product
    gain = sections[..., 0].prod(axis=1, keepdims=True) * pole[..., 0] / zero[..., 0]
    return gain * zero[:, 0, 3:], poles


def _higher(frequencies: np.ndarray, scale: float, rate: int) -> np.ndarray:
    """What the formants above the fourth, which stay, do to shares of the rate.

    Sampled resonators let more pass towards half the rate than a tract does; that
    is taken back, so that a voice sounds alike at every rate.
    """
    formants = scale * (FOURTH + SPACING * np.arange(1, 30))[:, None]
    place = frequencies * rate / formants
    poles = 1 - place**2 + 0.065j * place
    return np.sinc(frequencies) ** (2 * len(WIDTHS)) / poles.prod(axis=0)


def resonators(frequencies: np.ndarray, widths, rate: int) -> np.ndarray:
    """Second-order sections, one a frequency, that let 0 Hz pass unchanged."""
    radius = np.exp(-np.pi * widths / rate) * np.ones_like(frequencies)
    second = radius**2
    first = -2 * radius * np.cos(2 * np.pi * frequencies / rate)
    zero, one = np.zeros_like(first), np.ones_like(first)
    return np.stack([1 + first + second, zero, zero, one, first, second], axis=-1)


def hiss(
    noise: np.ndarray, centre: float, width: float, scale: float, rate: int
) -> np.ndarray:
    """Noise around a frequency, of unit strength."""
    from scipy.signal import lfilter

    centre, width = min(scale * centre, 0.45 * rate), min(width, 0.45 * rate)
    radius = np.exp(-np.pi * width / rate)
    angle = 2 * np.pi * centre / rate
    poles = [1, -2 * radius * np.cos(angle), radius**2]
    band = lfilter([1, 0, -1], poles, noise)  # nothing at 0 Hz or half the rate
    return band / max(band.std(), 1e-12)
