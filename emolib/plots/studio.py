"""What the studio shows: how displays unfold, and what is heard."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from emolib.plots.style import OURS, STATED, WARM, finished, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage


def displays(
    shown: Mapping[str, tuple[Mapping[float, np.ndarray], pd.DataFrame]],
) -> Figure:
    """How displays unfold: a few pictures of each, and what moves when.

    Args:
        shown: by name, pictures by their time in seconds, and how far units are
            moved: one column a unit, one row a moment, seconds as its index.
    """
    heights = [
        height
        for pictures, units in shown.values()
        for height in (3.6 / len(pictures), 0.17 * len(units.columns))
    ]
    with styled() as plt:
        figure, axes = plt.subplots(
            len(heights),
            1,
            figsize=(5, sum(heights) + 0.35 * len(shown)),
            height_ratios=heights,
            squeeze=False,
        )
        pairs = axes.reshape(-1, 2)
        for (above, below), (name, (pictures, units)) in zip(
            pairs, shown.items(), strict=True
        ):
            above.imshow(np.hstack(list(pictures.values())))
            above.axis("off")
            above.text(
                -0.03, 0.5, name, weight="bold", ha="right", transform=above.transAxes
            )
            _units(below, units)
            _lead(above, below, list(pictures))
            below.tick_params(labelbottom=below is axes[-1, 0])
        figure.supxlabel("seconds", fontsize=9)
        return finished(figure)


def _units(axis: Axes, units: pd.DataFrame) -> None:
    """How far each unit is moved at each time: the darker, the further."""
    seconds, count = units.index.to_numpy(), len(units.columns)
    half = (seconds[1] - seconds[0]) / 2
    axis.imshow(
        units.T,
        aspect="auto",
        extent=(seconds[0] - half, seconds[-1] + half, count - 0.5, -0.5),
        cmap="Blues",
        vmin=0,
        vmax=1,
    )
    axis.set_yticks(range(count), units.columns)
    axis.tick_params(left=False)


def _lead(above: Axes, below: Axes, times: Sequence[float]) -> None:
    """Lines from the middle of each picture to its time."""
    from matplotlib.patches import ConnectionPatch

    for number, time in enumerate(times):
        line = ConnectionPatch(
            xyA=((number + 0.5) / len(times), 0),
            coordsA=above.transAxes,
            xyB=(time, 1),
            coordsB=below.get_xaxis_transform(),
            color="grey",
            linewidth=0.8,
        )
        below.add_artist(line)


def voices(
    heard: Mapping[str, tuple[np.ndarray, np.ndarray]],
    rate: int,
    hop: int,
    reference: str = "",
    columns: int = 2,
) -> Figure:
    """Pitch above mel spectrogram, one panel a voice, all on the same scales.

    Args:
        heard: by name, a mel spectrogram in decibels and the pitch in Hz (not a
            number where there is none), a column and a value each `hop` samples.
        rate: samples a second.
        hop: samples from one column to the next.
        reference: whose pitch is drawn in grey behind every other.
        columns: panels side by side.
    """
    loudest = max(bands.max() for bands, _ in heard.values())
    grey = heard[reference][1] if reference else np.array([])
    rows = -(-len(heard) // columns)
    with styled() as plt:
        figure, axes = plt.subplots(
            2 * rows,
            columns,
            figsize=(2.6 * columns, 1.7 * rows + 0.2),
            height_ratios=[1, 1.5] * rows,
            sharex=True,
            squeeze=False,
        )
        pairs = axes.reshape(rows, 2, columns).transpose(0, 2, 1).reshape(-1, 2)
        for axis in pairs[len(heard) :].flat:
            axis.axis("off")
        for (above, below), (name, (bands, pitch)) in zip(
            pairs, heard.items(), strict=False
        ):
            for line, colour in (grey, "silver"), (pitch, OURS):
                above.plot(np.arange(len(line)) * hop / rate, line, color=colour)
            above.set(yscale="log", ylim=(65, 600))
            above.set_yticks([100, 200, 400], ["100", "200", "400"])
            above.minorticks_off()
            above.tick_params(bottom=False)
            above.spines["bottom"].set_visible(False)
            above.set_title(name, pad=2)
            _bands(below, bands, rate, hop, loudest - 60, loudest, "Greys")
        for above, below in pairs[::columns]:
            above.set_ylabel("pitch")
            below.set_ylabel("Hz")
        for axis in axes[:, 1:].flat:
            axis.tick_params(labelleft=False)
        figure.supxlabel("seconds", fontsize=9)
        return finished(figure)


def band_changes(
    changes: Mapping[str, np.ndarray], rate: int, hop: int, columns: int = 2
) -> Figure:
    """How far mel spectrograms lie above (red) or below (blue) another one.

    Args:
        changes: by name, one mel spectrogram in decibels minus another.
        rate: samples a second.
        hop: samples from one column to the next.
        columns: panels side by side.
    """
    rows = -(-len(changes) // columns)
    with styled() as plt:
        figure, axes = plt.subplots(
            rows,
            columns,
            figsize=(5.2, 1.15 * rows + 0.8),
            sharex=True,
            sharey=True,
            squeeze=False,
        )
        for axis in axes.flat[len(changes) :]:
            axis.axis("off")
        for axis, (name, change) in zip(axes.flat, changes.items(), strict=False):
            drawn = _bands(axis, change, rate, hop, -12, 12, "RdBu_r")
            axis.set_title(name, pad=2)
        for axis in axes[:, 0]:
            axis.set_ylabel("Hz")
        figure.supxlabel("seconds", fontsize=9)
        figure.colorbar(
            drawn, ax=axes, location="top", aspect=40, shrink=0.6, label="decibels"
        )
        return finished(figure)


def _bands(
    axis: Axes,
    bands: np.ndarray,
    rate: int,
    hop: int,
    lowest: float,
    highest: float,
    colours: str,
) -> AxesImage:
    """Mel bands over time, named by their frequencies."""
    from librosa import mel_frequencies

    ticks = [frequency for frequency in (500, 1000, 2000, 4000) if frequency < rate / 2]
    middles = mel_frequencies(len(bands), fmax=rate / 2)
    axis.set_yticks(np.interp(ticks, middles, np.arange(len(bands)) + 0.5), ticks)
    return axis.imshow(
        bands,
        aspect="auto",
        origin="lower",
        extent=(0, bands.shape[1] * hop / rate, 0, len(bands)),
        vmin=lowest,
        vmax=highest,
        cmap=colours,
    )


def amounts(table: pd.DataFrame, label: str) -> Figure:
    """A table of amounts from 0 to 1 as a heat map: the darker, the more.

    Args:
        table: one row and one column a thing, zero where there is nothing.
        label: what the amounts are.
    """
    import seaborn as sns

    size = 2.2 + 0.22 * len(table.columns), 1.7 + 0.2 * len(table)
    with styled() as plt:
        figure, axis = plt.subplots(figsize=size, layout="constrained")
        sns.heatmap(
            table, cmap="Blues", vmin=0, vmax=1, linewidths=0.5, cbar=False, ax=axis
        )
        axis.tick_params(length=0)
        figure.colorbar(
            axis.collections[0], ax=axis, location="top", aspect=30, label=label
        )
        return finished(figure)


def tracks(panels: Mapping[str, pd.DataFrame]) -> Figure:
    """Curves over time, one panel a quantity, one line a column.

    Args:
        panels: by quantity, a table of numbers with seconds as its index.
    """
    with styled() as plt:
        figure, axes = plt.subplots(
            len(panels), 1, figsize=(5.2, 1.5 * len(panels) + 0.3), sharex=True,
            squeeze=False,
        )  # fmt: skip
        for axis, (quantity, table) in zip(axes.flat, panels.items(), strict=True):
            for name, colour in zip(table.columns, (OURS, WARM, STATED), strict=False):
                axis.plot(table.index, table[name], color=colour, label=name)
            axis.set_title(quantity)
        axes.flat[0].legend(frameon=False)
        figure.supxlabel("seconds", fontsize=9)
        return finished(figure)


def responses(table: pd.DataFrame) -> Figure:
    """How results rise with a dose, with intervals; one panel a cause.

    Args:
        table: columns `cause`, `where` (a line each), `dose`, and as shares of 1
            `accuracy`, `low`, `high` and `chance`.
    """
    causes = list(dict.fromkeys(table["cause"]))
    with styled() as plt:
        figure, axes = plt.subplots(
            1, len(causes), figsize=(2.6 * len(causes), 2.6), sharey=True, squeeze=False
        )
        for axis, cause in zip(axes.flat, causes, strict=True):
            part = table[table["cause"] == cause]
            lines = part.groupby("where", sort=False)
            for shift, ((where, line), colour) in enumerate(
                zip(lines, (OURS, WARM, STATED), strict=False)
            ):
                reach = [
                    line["accuracy"] - line["low"],
                    line["high"] - line["accuracy"],
                ]
                axis.errorbar(
                    line["dose"] + 0.015 * shift,
                    line["accuracy"],
                    yerr=reach,
                    marker="o",
                    capsize=3,
                    color=colour,
                    label=where,
                )
            axis.axhline(
                part["chance"].iloc[0], color="grey", linestyle=":", label="chance"
            )
            axis.set_title(cause)
            axis.set_ylim(0, 1)
        axes.flat[0].set_ylabel("accuracy")
        axes.flat[0].legend(frameon=False)
        figure.supxlabel("dose", fontsize=9)
        return finished(figure)
