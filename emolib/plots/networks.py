"""Networks drawn: layers as blocks of the shapes they give, and an LSTM's inside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from emolib.plots.style import OURS, WARM, finished, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

GREEN, PALE, SILVER = "#3a7d44", "#8fb4dc", "#c9c9c9"
KINDS = {  # what a layer is called in Keras, what here, and its colour
    "InputLayer": ("input", SILVER),
    "Reshape": ("reshape", SILVER),
    "Flatten": ("flatten", SILVER),
    "Conv2D": ("convolution", OURS),
    "SeparableConv2D": ("separable\nconvolution", OURS),
    "MaxPooling2D": ("max pooling", PALE),
    "LSTM": ("LSTM", WARM),
    "Dense": ("dense", GREEN),
}
# Layers that leave the shape as it is, and hence need no block of their own.
QUIET = {
    "Dropout": "dropout",
    "BatchNormalization": "normalised",
    "Rescaling": "scaled",
    "Normalization": "scaled",
    "Multiply": "",
}


def layers(table: pd.DataFrame, title: str) -> Figure:
    """A network from left to right, each layer a block of the shape that it gives.

    A block is as high as there are rows (time steps, units), as deep as there are
    columns, both by their square roots, and as thick as there are channels, by
    their logarithm; a vector is drawn at half its height. What only scales or drops
    out is named above the block that it acts on.

    Args:
        table: columns `layer`, `kind`, `output` (such as "62 x 62 x 32") and
            `parameters`, as `models.common.layer_table` gives them.
        title: what stands above.
    """
    rows = [row for row in table.itertuples() if row.kind not in QUIET]
    notes = _notes(table)
    shapes = [[int(length) for length in row.output.split(" x ")] for row in rows]
    reach = max(_height(shape) + _depth(shape) for shape in shapes)
    with styled() as plt:
        figure, axis = plt.subplots(figsize=(0.54 * len(rows), 3.9))
        for place, (row, shape) in enumerate(zip(rows, shapes, strict=True)):
            name, colour = KINDS.get(row.kind, (row.kind, SILVER))
            top = _block(axis, place, shape, colour)
            axis.text(place, top + 0.03 * reach, "\n".join(notes[row.layer]),
                      ha="center", fontsize=6.5, style="italic")  # fmt: skip
            told = [name, row.output.replace(" x ", "×")]
            told += [f"{row.parameters:,}"] * bool(row.parameters)
            # Names take turns at two heights: neighbours would meet.
            low = -0.56 - 0.32 * (place % 2)
            axis.text(place, low * reach, "\n".join(told), ha="center", va="top",
                      fontsize=7.5, linespacing=1.4)  # fmt: skip
        axis.set(xlim=(-0.6, len(rows) - 0.4), ylim=(-1.22 * reach, 0.75 * reach))
        axis.axis("off")
        axis.set_title(f"{title}: {table['parameters'].sum():,} parameters")
        return finished(figure)


def _notes(table: pd.DataFrame) -> dict[str, list[str]]:
    """The quiet layers behind each of the others, in a word."""
    notes, last = {}, []
    for row in table.itertuples():
        if row.kind not in QUIET:
            last = notes.setdefault(row.layer, [])
        elif word := QUIET[row.kind]:
            last.append(word)
    return notes


def _height(shape: list[int]) -> float:
    return np.sqrt(shape[0]) * (1 if len(shape) > 1 else 0.5)


def _depth(shape: list[int]) -> float:
    return 0.3 * np.sqrt(shape[1]) if len(shape) == 3 else 0.0


def _block(axis: Axes, middle: float, shape: list[int], colour: str) -> float:
    """Draw one block around its place; how high it reaches."""
    height, depth = _height(shape), _depth(shape)
    thick = 0.04 * np.log2(shape[-1] + 1) if len(shape) > 1 else 0.08
    back = 0.03 * depth / 0.3
    left, right = middle - (thick + back) / 2, middle + (thick - back) / 2
    low, high = -height / 2, height / 2
    top = [(left, high), (right, high), (right + back, high + depth)]
    top += [(left + back, high + depth)]
    side = [(right, low), (right + back, low + depth)]
    side += [(right + back, high + depth), (right, high)]
    front = [(left, low), (right, low), (right, high), (left, high)]
    for corners, strength in ((top, 0.5), (side, 0.7), (front, 1.0)):
        axis.fill(*zip(*corners, strict=True), color=colour, alpha=strength, lw=0)
    return high + depth


def branches(
    start: str, ways: Sequence[Sequence[str]], end: str, shared: Sequence[str] = ()
) -> Figure:
    """Boxes from left to right: one start, several ways side by side, one end.

    Args:
        start, end: where all ways begin and end.
        ways: the boxes of each.
        shared: boxes between the start and where the ways part.
    """
    from emolib.plots.study import flow

    trunk = [start, *shared]
    longest = max(map(len, ways))
    boxes = {name: (1.15 * n, 0.0) for n, name in enumerate(trunk)}
    for row, way in enumerate(ways):
        height = 0.6 * (len(ways) - 1 - 2 * row)
        columns = enumerate(way, len(trunk))
        boxes |= {name: (1.15 * column, height) for column, name in columns}
    boxes[end] = (1.15 * (len(trunk) + longest), 0.0)
    chains = [[*trunk, *way, end] for way in ways]
    return flow(boxes, [*dict.fromkeys(pair for c in chains for pair in pairwise(c))])


def cell() -> Figure:
    """One LSTM cell: the memory passes above, the gates open and close it."""
    with styled() as plt:
        figure, axis = plt.subplots(figsize=(7.2, 3.4))
        axis.add_patch(plt.Rectangle((0, -0.45), 10, 5.6, fc="#f4f6fa", ec=SILVER))
        gates = {
            "forget": (1.6, "σ", "what is forgotten"),
            "input": (3.5, "σ", "what is taken in"),
            "new": (5.2, "tanh", "what is new"),
            "output": (7.3, "σ", "what is said"),
        }
        for x, sign, told in gates.values():
            _box(axis, (x, 1.55), sign, WARM if sign == "σ" else PALE)
            axis.text(x, 0.15, told, ha="center", va="top", fontsize=7)
            _arrow(axis, (x, 0.35), (x, 1.25), 0.8)
        for place, sign in {(1.6, 4.5): "×", (4.4, 4.5): "+", (4.4, 3.0): "×",
                            (8.4, 2.6): "×"}.items():  # fmt: skip
            _round(axis, place, sign)
        _box(axis, (8.4, 3.6), "tanh", PALE)
        _line(axis, [(-0.9, 4.5), (1.35, 4.5)])  # the memory
        _line(axis, [(1.85, 4.5), (4.15, 4.5)])
        _line(axis, [(4.65, 4.5), (10.9, 4.5)])
        _line(axis, [(1.6, 1.85), (1.6, 4.25)])
        _line(axis, [(3.5, 1.85), (3.5, 3.0), (4.15, 3.0)])
        _line(axis, [(5.2, 1.85), (5.2, 3.0), (4.65, 3.0)])
        _line(axis, [(4.4, 3.25), (4.4, 4.25)])
        _line(axis, [(8.4, 4.5), (8.4, 3.9)])
        _line(axis, [(8.4, 3.3), (8.4, 2.85)])
        _line(axis, [(7.3, 1.85), (7.3, 2.6), (8.15, 2.6)])
        _line(axis, [(8.65, 2.6), (9.3, 2.6), (9.3, 0.35), (10.9, 0.35)])
        axis.plot([-0.9, 7.3], [0.35, 0.35], color="black", lw=1.2)  # what is read
        axis.plot([0.3, 0.3], [-0.9, 0.35], color="black", lw=1.2)
        for place, told in {
            (-1.0, 4.5): "memory\nbefore", (11.0, 4.5): "memory\nafter",
            (-1.0, 0.35): "said\nbefore", (11.0, 0.35): "said\nnow",
        }.items():  # fmt: skip
            side = "right" if place[0] < 0 else "left"
            axis.text(*place, told, ha=side, va="center")
        axis.text(0.3, -1.0, "input of this step", ha="center", va="top")
        axis.set(xlim=(-2.6, 12.6), ylim=(-1.7, 5.3), aspect="equal")
        axis.axis("off")
        return finished(figure)


def _box(axis: Axes, place: tuple[float, float], text: str, colour: str) -> None:
    frame = {"boxstyle": "square,pad=.45", "fc": colour, "ec": "black"}
    axis.text(*place, text, ha="center", va="center", bbox=frame)


def _round(axis: Axes, place: tuple[float, float], text: str) -> None:
    frame = {"boxstyle": "circle,pad=.25", "fc": "white", "ec": "black"}
    axis.text(*place, text, ha="center", va="center", bbox=frame)


def _line(axis: Axes, points: list[tuple[float, float]]) -> None:
    """Through the points, with a head at the last."""
    if len(points) > 2:
        axis.plot(*zip(*points[:-1], strict=True), color="black", lw=1.2)
    _arrow(axis, *points[-2:], 1.2)


def _arrow(axis: Axes, start: tuple, end: tuple, width: float) -> None:
    style = {"arrowstyle": "-|>", "lw": width, "color": "black", "shrinkA": 0,
             "shrinkB": 0}  # fmt: skip
    axis.annotate("", xy=end, xytext=start, arrowprops=style)


def gates(
    inside: Mapping[str, np.ndarray], step_seconds: float | None = None
) -> Figure:
    """What an LSTM layer's gates and memory do while it reads one clip.

    Args:
        inside: by name, arrays (steps, units) such as `models.common.inside_lstm`
            gives them for one clip: gates between 0 and 1, `memory` and `said` of
            any sign. Units are sorted by when their memory is strongest.
        step_seconds: length of a step; None counts steps.
    """
    order = np.argsort(np.abs(inside["memory"]).argmax(axis=0), kind="stable")
    with styled() as plt:
        figure, axes = plt.subplots(
            len(inside), 1, figsize=(6.4, 1.0 * len(inside) + 0.5), sharex=True
        )
        for axis, (name, values) in zip(axes, inside.items(), strict=True):
            signed = name in ("memory", "said")
            most = np.abs(values).max() if signed else 1
            drawn = axis.imshow(
                values[:, order].T, aspect="auto", interpolation="nearest",
                vmin=-most if signed else 0, vmax=most,
                cmap="RdBu_r" if signed else "cividis",
                extent=(0, len(values) * (step_seconds or 1), len(order), 0),
            )  # fmt: skip
            axis.set_ylabel(name, rotation=0, ha="right", va="center")
            axis.set_yticks([])
            figure.colorbar(drawn, ax=axis, pad=0.01, use_gridspec=False)
        axes[-1].set_xlabel("seconds" if step_seconds else "step")
        return finished(figure)


def spectrum(bands: np.ndarray, size: tuple[int, int] = (200, 128)) -> np.ndarray:
    """A spectrogram as a grey picture for `overlays`, loud is light, low is below.

    Args:
        bands: in decibels, (bands, moments), the lowest band first. Moments in which
            all is zero, as behind a clip's end, are left out.
        size: width and height of the picture.
    """
    import cv2

    heard = bands[::-1, bands.any(axis=0)]
    grey = np.interp(heard, [heard.max() - 60, heard.max()], [0, 255])
    wide = cv2.resize(grey.astype(np.uint8), size, interpolation=cv2.INTER_LINEAR)
    return np.repeat(wide[..., None], 3, axis=2)


def overlays(
    images: Sequence[np.ndarray],
    maps: Sequence[np.ndarray],
    titles: Sequence[str],
    label: str,
    columns: int = 4,
) -> Figure:
    """Pictures with a map over each: where something matters for the answer.

    Args:
        images: RGB, all of one size.
        maps: one number a place of a grid over the picture, of any sign; all
            panels share one scale.
        titles: what stands above each.
        label: of the scale.
        columns: panels side by side.
    """
    most = max(np.abs(one).max() for one in maps) or 1.0
    rows = -(-len(images) // columns)
    with styled() as plt:
        figure, axes = plt.subplots(
            rows, columns, figsize=(1.9 * columns, 2.0 * rows), squeeze=False
        )
        for axis in axes.flat:
            axis.axis("off")
        for axis, image, one, title in zip(
            axes.flat, images, maps, titles, strict=False
        ):
            high, wide = image.shape[:2]
            axis.imshow(image.mean(axis=2), cmap="gray")
            drawn = axis.imshow(
                one, cmap="RdBu_r", vmin=-most, vmax=most, alpha=0.55,
                extent=(-0.5, wide - 0.5, high - 0.5, -0.5), interpolation="bilinear",
            )  # fmt: skip
            axis.set_title(title)
        scale = figure.colorbar(drawn, ax=axes, shrink=0.8, label=label)
        if min(one.min() for one in maps) >= 0:  # no place speaks against anything
            scale.ax.set_ylim(0, most)
        return finished(figure)
