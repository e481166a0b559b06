"""Every figure the book shows.

Each function takes data, draws one matplotlib figure and returns it. Colours
stay readable for colour-blind readers and in print; nothing is drawn that
the data does not hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.image import AxesImage

OURS, STATED, WARM = "#1f5fa8", "#b3501f", "#c8860a"
STYLE = {
    "figure.dpi": 110,
    "figure.facecolor": "white",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 9,
    "image.cmap": "cividis",
}


@contextmanager
def _style():
    import matplotlib.pyplot as plt

    with plt.rc_context(STYLE):
        yield plt


def _finish(figure: Figure) -> Figure:
    """Lay the figure out and take it off pyplot's list, so it shows once."""
    import matplotlib.pyplot as plt

    figure.set_layout_engine("constrained")
    plt.close(figure)
    return figure


def pictures(
    images: Sequence[np.ndarray],
    titles: Sequence[str],
    columns: int = 4,
    width: float = 1.6,
) -> Figure:
    """Images in a grid, so many inches wide each, under their titles."""
    rows = -(-len(images) // columns)
    with _style() as plt:
        figure, axes = plt.subplots(
            rows,
            columns,
            figsize=(width * columns, (width + 0.2) * rows),
            squeeze=False,
        )
        for axis in axes.flat:
            axis.axis("off")
        for axis, image, title in zip(axes.flat, images, titles, strict=False):
            axis.imshow(image, interpolation="nearest")
            axis.set_title(title)
        return _finish(figure)


def cepstra(
    arrays: Sequence[np.ndarray], titles: Sequence[str], hop_seconds: float
) -> Figure:
    """MFCC over time, one panel an array; all panels share one colour scale.

    The first coefficient is overall energy and dwarfs the others, so the
    scale is fitted to the rest.
    """
    reach = max(np.percentile(np.abs(a[:, 1:]), 99) for a in arrays)
    with _style() as plt:
        figure, axes = plt.subplots(
            2, -(-len(arrays) // 2), figsize=(7.2, 3.6), sharex=True, sharey=True
        )
        for axis, array, title in zip(axes.flat, arrays, titles, strict=False):
            drawn = axis.imshow(
                array.T,
                aspect="auto",
                origin="lower",
                extent=(0, len(array) * hop_seconds, 0, array.shape[1]),
                vmin=-reach,
                vmax=reach,
                cmap="RdBu_r",
            )
            axis.set_title(title)
        figure.supxlabel("seconds")
        figure.supylabel("coefficient")
        figure.colorbar(drawn, ax=axes, shrink=0.8)
        return _finish(figure)


def flow(boxes: Mapping[str, tuple[float, float]], arrows: Sequence) -> Figure:
    """Boxes at (column, row), joined by arrows given as pairs of names."""
    with _style() as plt:
        figure, axis = plt.subplots(figsize=(7.2, 2.8))
        frame = {"boxstyle": "round,pad=.5", "fc": "#eef3fa", "ec": OURS}
        patches = {
            name: axis.text(
                x, y, name, ha="center", va="center", bbox=frame
            ).get_bbox_patch()
            for name, (x, y) in boxes.items()
        }
        for start, end in arrows:
            axis.annotate(
                "",
                xy=boxes[end],
                xytext=boxes[start],
                arrowprops={
                    "arrowstyle": "->",
                    "patchA": patches[start],
                    "patchB": patches[end],
                    "shrinkB": 3,
                },
            )
        xs, ys = zip(*boxes.values(), strict=True)
        axis.set_xlim(min(xs) - 0.6, max(xs) + 0.6)
        axis.set_ylim(min(ys) - 0.6, max(ys) + 0.6)
        axis.axis("off")
        return _finish(figure)


def network(layers: pd.DataFrame, title: str) -> Figure:
    """A network as bars: one a layer, as long as its parameters are many.

    Args:
        layers: columns `layer`, `kind`, `output`, `parameters`, as
            `emolib.models.common.layer_table` returns them.
        title: what stands above.
    """
    with _style() as plt:
        figure, axis = plt.subplots(figsize=(7.2, 0.26 * len(layers) + 0.9))
        rows = np.arange(len(layers))
        axis.barh(rows, layers["parameters"].clip(lower=1), color=OURS, height=0.7)
        axis.set_xscale("log")
        axis.set_xlim(1, max(10, layers["parameters"].max()) * 30)
        axis.set_yticks(
            rows,
            [f"{r.kind}  {r.output}" for r in layers.itertuples()],
        )
        for row, count in zip(rows, layers["parameters"], strict=True):
            if count:
                axis.text(count * 1.2, row, f"{count:,}", va="center")
        axis.invert_yaxis()
        axis.set_xlabel("parameters (logarithmic)")
        axis.set_title(f"{title}: {layers['parameters'].sum():,} parameters")
        return _finish(figure)


def curves(
    history: pd.DataFrame,
    quantity: str,
    stated: Mapping[str, float] | None = None,
    ylabel: str | None = None,
) -> Figure:
    """Training and validation curve of one quantity over the epochs.

    Args:
        history: columns `epoch`, `quantity` and `val_` + `quantity`, one row
            an epoch; several folds may follow one another in a column `fold`.
        quantity: "accuracy" or "loss".
        stated: values a document gives for the end of training, by name,
            drawn as dashed lines.
        ylabel: the axis' label, when the quantity's name is not enough.
    """
    with _style() as plt:
        figure, axis = plt.subplots(figsize=(6.4, 2.8))
        groups = history.groupby("fold") if "fold" in history else [(0, history)]
        for fold, part in groups:
            first = fold == 0
            axis.plot(
                part["epoch"],
                part[quantity],
                color=OURS,
                label="training" if first else None,
            )
            if part.get(f"val_{quantity}") is not None:
                axis.plot(
                    part["epoch"],
                    part[f"val_{quantity}"],
                    color=WARM,
                    label="held out" if first else None,
                )
        for name, value in (stated or {}).items():
            axis.axhline(value, color=STATED, linestyle="--", linewidth=1)
            axis.text(history["epoch"].min(), value, f" {name}", va="bottom")
        axis.set_xlabel("epoch")
        axis.xaxis.get_major_locator().set_params(integer=True)
        axis.set_ylabel(ylabel or quantity)
        axis.legend(frameon=False)
        return _finish(figure)


def lines(
    table: pd.DataFrame,
    xlabel: str,
    ylabel: str,
    stated: Mapping[str, float] | None = None,
    logarithmic: str = "",
) -> Figure:
    """One line a column, over the table's index.

    Args:
        table: what is compared, such as the loss of several networks by epoch.
        xlabel, ylabel: what the axes show.
        stated: values a document gives, by name, drawn as dashed lines.
        logarithmic: "x", "y" or "xy": the axes that are.
    """
    palette = (OURS, WARM, "#3a7d44", "#7a3b8f")
    with _style() as plt:
        figure, axis = plt.subplots(figsize=(6.4, 2.8))
        few = len(table) < 10
        for name, colour in zip(table.columns, palette, strict=False):
            marker = "o" if few else None
            axis.plot(table.index, table[name], color=colour, label=name, marker=marker)
        for name, value in (stated or {}).items():
            axis.axhline(value, color=STATED, linestyle="--", linewidth=1)
            axis.text(table.index.min(), value, f" {name}", va="bottom")
        for which in logarithmic:
            axis.set(**{f"{which}scale": "log"})
        if "x" in logarithmic and few:
            axis.set_xticks(table.index, [f"{x:g}" for x in table.index], minor=False)
            axis.minorticks_off()
        axis.set(xlabel=xlabel, ylabel=ylabel)
        axis.legend(frameon=False)
        return _finish(figure)


def precision_recall(
    answers: Mapping[str, tuple[Sequence[str], pd.DataFrame]], columns: int = 2
) -> Figure:
    """Precision against recall of each class, one panel a model.

    Args:
        answers: by name, the true classes and the probabilities, a column a
            class. A class has the same colour in all panels.
        columns: panels side by side.
    """
    import seaborn as sns
    from sklearn.metrics import precision_recall_curve

    classes = dict.fromkeys(c for _, scores in answers.values() for c in scores)
    colours = dict(
        zip(classes, sns.color_palette("colorblind", len(classes)), strict=True)
    )
    rows = -(-len(answers) // columns)
    with _style() as plt:
        figure, axes = plt.subplots(
            rows,
            columns,
            figsize=(3.3 * columns, 2.6 * rows),
            sharex=True,
            sharey=True,
            squeeze=False,
        )
        for axis in axes.flat[len(answers) :]:
            axis.axis("off")
        drawn = {}
        for axis, (title, (truth, scores)) in zip(
            axes.flat, answers.items(), strict=False
        ):
            for name in scores:
                precision, recall, _ = precision_recall_curve(
                    np.asarray(truth) == name, scores[name]
                )
                (drawn[name],) = axis.plot(recall, precision, color=colours[name])
            axis.set(title=title, xlim=(0, 1.02), ylim=(0, 1.02))
        figure.supxlabel("recall", fontsize=9)
        figure.supylabel("precision", fontsize=9)
        figure.legend(drawn.values(), drawn, loc="outside right center", frameon=False)
        return _finish(figure)


def _matrix(axis: Axes, matrix: pd.DataFrame, title: str) -> None:
    import seaborn as sns

    shares = matrix.div(matrix.sum(axis=1).clip(lower=1), axis=0)
    sns.heatmap(
        shares,
        annot=matrix,
        fmt="g",
        cmap="Blues",
        vmin=0,
        vmax=1,
        cbar=False,
        square=True,
        ax=axis,
        annot_kws={"size": 7},
    )
    axis.set(title=title, xlabel="predicted", ylabel="true")
    axis.tick_params(rotation=45, axis="x")


def confusions(matrices: Mapping[str, pd.DataFrame]) -> Figure:
    """Confusion matrices side by side: counts, coloured by share of the row."""
    with _style() as plt:
        figure, axes = plt.subplots(
            1, len(matrices), figsize=(4.2 * len(matrices), 4.2), squeeze=False
        )
        for axis, (title, matrix) in zip(axes.flat, matrices.items(), strict=True):
            _matrix(axis, matrix, title)
        return _finish(figure)


def scores(tables: Mapping[str, pd.DataFrame]) -> Figure:
    """Precision, recall and F1 a class, as heat maps side by side."""
    import seaborn as sns

    with _style() as plt:
        figure, axes = plt.subplots(
            1, len(tables), figsize=(3.6 * len(tables), 3.4), squeeze=False
        )
        for axis, (title, table) in zip(axes.flat, tables.items(), strict=True):
            sns.heatmap(
                table[["precision", "recall", "f1"]],
                annot=True,
                fmt=".2f",
                cmap="Blues",
                vmin=0,
                vmax=1,
                cbar=False,
                ax=axis,
            )
            axis.set(title=title, ylabel="")
        return _finish(figure)


def ladder(table: pd.DataFrame, stated: Mapping[str, float], chance: float) -> Figure:
    """What each protocol is worth: values with intervals, one row each.

    Args:
        table: columns `name`, `value`, `low`, `high` (shares of 1) and
            optionally `group`, which gives the colour.
        stated: a document's numbers, drawn as dashed lines.
        chance: the share that guessing gets.
    """
    groups = table["group"] if "group" in table else pd.Series("", index=table.index)
    palette = [OURS, WARM, "#3a7d44", "#7a3b8f"]
    names = list(dict.fromkeys(groups))
    with _style() as plt:
        figure, axis = plt.subplots(figsize=(7.2, 0.34 * len(table) + 1.3))
        for row, (line, group) in enumerate(
            zip(table.itertuples(), groups, strict=True)
        ):
            colour = palette[names.index(group) % len(palette)]
            reach = [[line.value - line.low], [line.high - line.value]]
            axis.errorbar(line.value, row, xerr=reach, fmt="o", color=colour, capsize=3)
            axis.text(
                max(line.high if line.high == line.high else 0, line.value) + 0.01,
                row,
                f"{100 * line.value:.1f}",
                va="center",
            )
        for name, value in stated.items():
            axis.axvline(value, color=STATED, linestyle="--", linewidth=1)
            axis.text(value, -0.8, name, color=STATED, ha="right", rotation=0)
        axis.axvline(chance, color="grey", linestyle=":", linewidth=1)
        axis.text(chance, len(table) - 0.4, " chance", color="grey")
        axis.set_yticks(range(len(table)), table["name"])
        axis.set_ylim(len(table) - 0.3, -1.1)
        axis.set_xlim(0, 1.06)
        axis.set_xlabel("accuracy, with the 95 % interval over people")
        return _finish(figure)


def verdicts(panels: Mapping[str, np.ndarray], classes: Sequence[str]) -> Figure:
    """Class probabilities side by side, the decision of each panel in bold."""
    with _style() as plt:
        figure, axes = plt.subplots(
            1, len(panels), figsize=(7.2, 2.6), sharex=True, sharey=True
        )
        for axis, (title, shares) in zip(axes.flat, panels.items(), strict=True):
            winner = int(np.argmax(shares))
            colours = [WARM if i == winner else OURS for i in range(len(classes))]
            axis.barh(classes, shares, color=colours)
            axis.set_title(f"{title}: {classes[winner]}", fontweight="bold")
            axis.set_xlim(0, 1)
        axes.flat[0].invert_yaxis()
        figure.supxlabel("probability")
        return _finish(figure)


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
    with _style() as plt:
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
        return _finish(figure)


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
    with _style() as plt:
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
        return _finish(figure)


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
    with _style() as plt:
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
        return _finish(figure)


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
    with _style() as plt:
        figure, axis = plt.subplots(figsize=size, layout="constrained")
        sns.heatmap(
            table, cmap="Blues", vmin=0, vmax=1, linewidths=0.5, cbar=False, ax=axis
        )
        axis.tick_params(length=0)
        figure.colorbar(
            axis.collections[0], ax=axis, location="top", aspect=30, label=label
        )
        return _finish(figure)


def tracks(panels: Mapping[str, pd.DataFrame]) -> Figure:
    """Curves over time, one panel a quantity, one line a column.

    Args:
        panels: by quantity, a table of numbers with seconds as its index.
    """
    with _style() as plt:
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
        return _finish(figure)


def responses(table: pd.DataFrame) -> Figure:
    """How results rise with a dose, with intervals; one panel a cause.

    Args:
        table: columns `cause`, `where` (a line each), `dose`, and as shares of 1
            `accuracy`, `low`, `high` and `chance`.
    """
    causes = list(dict.fromkeys(table["cause"]))
    with _style() as plt:
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
        return _finish(figure)


def totals(panels: Mapping[str, pd.DataFrame]) -> Figure:
    """Counts of classes, and what was to be expected of each, side by side.

    Args:
        panels: by title, columns `printed` and `expected`, one row a class.
    """
    with _style() as plt:
        figure, axes = plt.subplots(
            1,
            len(panels),
            figsize=(3.6 * len(panels), 0.24 * max(map(len, panels.values())) + 1),
            sharex=True,
            squeeze=False,
        )
        for axis, (title, table) in zip(axes.flat, panels.items(), strict=True):
            rows = np.arange(len(table))
            axis.barh(rows, table["printed"], color=OURS, height=0.7, label="printed")
            for row, expected in zip(rows, table["expected"], strict=True):
                axis.plot([expected] * 2, [row - 0.45, row + 0.45], color=WARM, lw=2.5)
            axis.plot([], [], color=WARM, lw=2.5, label="expected")
            axis.set_yticks(rows, table.index)
            axis.invert_yaxis()
            axis.set_title(title)
        handles = axes[0, 0].get_legend_handles_labels()
        figure.legend(*handles, loc="outside lower center", ncols=2, frameon=False)
        return _finish(figure)


def sizes(panels: Mapping[str, tuple[pd.Series, int]]) -> Figure:
    """How many printed accuracies a test set could give, over its size.

    Args:
        panels: by title, how many accuracies each size (the index) can give, and how
            many there are.
    """
    with _style() as plt:
        figure, axes = plt.subplots(
            1, len(panels), figsize=(3.6 * len(panels), 2.4), squeeze=False
        )
        for axis, (title, (given, wanted)) in zip(
            axes.flat, panels.items(), strict=True
        ):
            axis.vlines(given.index, 0, given, color=OURS, linewidth=0.8)
            axis.axhline(wanted, color=STATED, linestyle="--", linewidth=1)
            axis.text(
                given.index.min(), wanted, f"all {wanted}", color=STATED, va="bottom"
            )
            if given.max() == wanted:
                size = given.idxmax()
                axis.text(size, wanted, f" {size} ", ha="left", va="top")
            axis.set(title=title, ylim=(0, 1.15 * wanted), xlabel="items tested")
            axis.yaxis.get_major_locator().set_params(integer=True)
        axes[0, 0].set_ylabel("accuracies it can give")
        return _finish(figure)


def losses(table: pd.DataFrame, classes: int) -> Figure:
    """Losses over accuracies, the least that a mean cross-entropy can be, and guessing.

    Args:
        table: columns `accuracy` (a share), `loss`, `group`, one row a network.
        classes: how many there are to guess among.
    """
    reach = np.linspace(0, table["accuracy"].max() * 1.15, 50)
    with _style() as plt:
        figure, axis = plt.subplots(figsize=(6.4, 3.4))
        for (name, part), marker in zip(table.groupby("group"), "os^", strict=False):
            colour = (OURS, WARM, "#3a7d44")["os^".index(marker)]
            axis.plot(
                100 * part["accuracy"], part["loss"], marker, color=colour, label=name
            )
        axis.plot(100 * reach, (1 - reach) * np.log(2), color=STATED)
        axis.text(1, 0.56, "least mean cross-entropy", color=STATED, va="top")
        axis.axhline(np.log(classes), color="grey", linestyle=":")
        told = f"all {classes} classes equally likely"
        axis.text(1, np.log(classes), told, color="grey", va="bottom")
        axis.set_yscale("log")
        ticks = [0.1, 0.2, 0.5, 1, 2, 5, 10]
        axis.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
        axis.minorticks_off()
        axis.set(xlabel="accuracy, %", ylabel="loss (logarithmic)", xlim=(0, None))
        axis.legend(frameon=False, loc="center left", bbox_to_anchor=(0, 0.62))
        return _finish(figure)


def beside_guessing(accuracies: Mapping[str, float], chance: float, n: int) -> Figure:
    """Accuracies of several systems, and how far guessing gets on as many items.

    Args:
        accuracies: shares, by name.
        chance: the share that guessing gets on average.
        n: how many independent items are tested.
    """
    from scipy.stats import binom

    low, high = binom.ppf([0.025, 0.975], n, chance) / n
    with _style() as plt:
        figure, axis = plt.subplots(figsize=(6.4, 0.24 * len(accuracies) + 1))
        rows = np.arange(len(accuracies))
        axis.axvspan(100 * low, 100 * high, color=WARM, alpha=0.25, linewidth=0)
        axis.axvline(100 * chance, color=WARM, linestyle=":")
        axis.plot(100 * np.array(list(accuracies.values())), rows, "o", color=OURS)
        told = f"95 % of guesses on {n} clips"
        axis.text(100 * low, -0.9, told, color=WARM, va="bottom")
        axis.set_yticks(rows, accuracies)
        axis.set_ylim(len(accuracies) - 0.4, -1)
        axis.xaxis.get_major_locator().set_params(integer=True)
        axis.set_xlabel("accuracy, %")
        return _finish(figure)


def agreements(panels: Mapping[str, tuple[pd.DataFrame, pd.DataFrame]]) -> Figure:
    """Numbers in grids, one below the other, dark where they agree with something.

    Args:
        panels: by title, numbers, and whether each of them agrees; a column a name.
    """
    height = max(len(numbers) for numbers, _ in panels.values())
    width = max(len(numbers.columns) for numbers, _ in panels.values())
    with _style() as plt:
        figure, axes = plt.subplots(
            len(panels),
            1,
            figsize=(0.62 * width + 1, (0.25 * height + 0.7) * len(panels)),
            squeeze=False,
        )
        for axis, (title, (numbers, agree)) in zip(
            axes.flat, panels.items(), strict=True
        ):
            axis.pcolormesh(agree, cmap="Blues", vmin=-0.15, vmax=1.15, edgecolor="w")
            for (row, column), number in np.ndenumerate(numbers.to_numpy()):
                colour = "white" if agree.iloc[row, column] else "black"
                where = column + 0.5, row + 0.5
                axis.text(*where, number, color=colour, ha="center", va="center")
            axis.set_xticks(np.arange(len(numbers.columns)) + 0.5, numbers.columns)
            axis.set_yticks(np.arange(len(numbers)) + 0.5, numbers.index)
            axis.invert_yaxis()
            axis.xaxis.tick_top()
            axis.tick_params(length=0)
            axis.spines[:].set_visible(False)
            axis.set_title(title, fontweight="bold")
        return _finish(figure)


def possible_shares(panels: Mapping[str, pd.DataFrame], label: str) -> Figure:
    """Printed shares among those that a number of items can give, one row a class.

    Args:
        panels: by title, columns `n` (items), `share` (as printed, to two digits) and
            `possible` (whether it can be), one row a class.
        label: what is shared.
    """
    low = min(table["share"].min() for table in panels.values())
    with _style() as plt:
        figure, axes = plt.subplots(
            len(panels), 1, figsize=(5.4, 2.3 * len(panels)), sharex=True, squeeze=False
        )
        for axis, (title, table) in zip(axes.flat, panels.items(), strict=True):
            for row, line in enumerate(table.itertuples()):
                shares = np.arange(line.n + 1) / line.n
                axis.plot(shares, [row] * len(shares), "|", color="grey", markersize=9)
                reach = line.share - 0.005, line.share + 0.005
                colour = OURS if line.possible else STATED
                axis.plot(reach, [row, row], color=colour, linewidth=6, alpha=0.8,
                          solid_capstyle="butt")  # fmt: skip
            names = [f"{name}, {n}" for name, n in table["n"].items()]
            axis.set_yticks(range(len(table)), names)
            axis.set(
                title=title, ylim=(len(table) - 0.5, -0.5), xlim=(low - 0.05, 1.02)
            )
        for colour, told in (OURS, "can be"), (STATED, "cannot be"):
            axes[0, 0].plot([], [], color=colour, linewidth=6, label=f"printed, {told}")
        axes[0, 0].plot([], [], "|", color="grey", label="whole items")
        figure.legend(loc="outside lower center", ncols=3, frameon=False)
        axes[-1, 0].set_xlabel(label)
        return _finish(figure)


def sieve(table: pd.DataFrame, xlabel: str) -> Figure:
    """Which numbers pass each of several conditions, and which pass all.

    Args:
        table: true and false, one row a number, one column a condition.
        xlabel: what the numbers are.
    """
    rows = {**{name: table[name] for name in table}, "all": table.all(axis=1)}
    with _style() as plt:
        figure, axis = plt.subplots(figsize=(5.4, 0.35 * len(rows) + 0.9))
        for row, (name, passes) in enumerate(rows.items()):
            axis.plot(table.index, [row] * len(table), ".", color="silver")
            colour = STATED if name == "all" else OURS
            numbers = table.index[passes]
            axis.plot(numbers, [row] * len(numbers), "o", color=colour)
        for number in numbers:
            axis.annotate(number, (number, row), (0, -14), textcoords="offset points",
                          ha="center", color=STATED)  # fmt: skip
        axis.set_yticks(range(len(rows)), rows)
        axis.set(xlabel=xlabel, ylim=(len(rows) - 0.2, -0.5))
        return _finish(figure)
