"""What a study shows: its inputs, networks, training and scores."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import cycle
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from emolib.plots.style import OURS, PALETTE, STATED, WARM, finished, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def pictures(
    images: Sequence[np.ndarray],
    titles: Sequence[str],
    columns: int = 4,
    width: float = 1.6,
) -> Figure:
    """Images in a grid, so many inches wide each, under their titles.

    A table of bytes is a picture in grey; one of other numbers is a map, in colours.
    """
    rows = -(-len(images) // columns)
    grey = {"cmap": "gray", "vmin": 0, "vmax": 255}
    with styled() as plt:
        figure, axes = plt.subplots(
            rows,
            columns,
            figsize=(width * columns, (width + 0.2) * rows),
            squeeze=False,
        )
        for axis in axes.flat:
            axis.axis("off")
        for axis, image, title in zip(axes.flat, images, titles, strict=False):
            how = grey if image.ndim == 2 and image.dtype == np.uint8 else {}
            axis.imshow(image, interpolation="nearest", **how)
            axis.set_title(title)
        return finished(figure)


def cepstra(
    arrays: Sequence[np.ndarray], titles: Sequence[str], hop_seconds: float
) -> Figure:
    """MFCC over time, one panel an array; all panels share one colour scale.

    The first coefficient is overall energy and dwarfs the others, so the
    scale is fitted to the rest.
    """
    reach = max(np.percentile(np.abs(a[:, 1:]), 99) for a in arrays)
    with styled() as plt:
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
        return finished(figure)


def stacks(
    arrays: Sequence[np.ndarray], titles: Sequence[str], split: int, seconds: float
) -> Figure:
    """Stacked features of sounds side by side: bands above, coefficients below.

    Args:
        arrays: of shape (rows, frames), all alike; the first `split` rows are bands
            in decibels, low ones first.
        titles: what stands above each.
        split: where the coefficients begin.
        seconds: how long all frames are together.
    """
    parts = [(slice(0, split), "band", {"vmin": -80, "vmax": 0})]
    most = max(np.abs(array[split + 1 :]).max() for array in arrays)
    colours = {"vmin": -most, "vmax": most, "cmap": "RdBu_r"}
    parts.append((slice(split, None), "coefficient", colours))
    with styled() as plt:
        figure, axes = plt.subplots(
            2, len(arrays), figsize=(7.2, 3.6), sharex=True, sharey="row",
            height_ratios=(2, 1), squeeze=False,
        )  # fmt: skip
        for line, (rows, named, how) in zip(axes, parts, strict=True):
            for axis, array, title in zip(line, arrays, titles, strict=True):
                part = array[rows]
                shown = axis.imshow(
                    part, aspect="auto", origin="lower", interpolation="nearest",
                    extent=(0, seconds, 0, len(part)), **how,
                )  # fmt: skip
                if rows.start == 0:
                    axis.set_title(title)
            line[0].set_ylabel(named)
            figure.colorbar(shown, ax=line, shrink=0.9)
        figure.supxlabel("seconds")
        return finished(figure)


def flow(boxes: Mapping[str, tuple[float, float]], arrows: Sequence) -> Figure:
    """Boxes at (column, row), joined by arrows given as pairs of names."""
    with styled() as plt:
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
        return finished(figure)


def network(layers: pd.DataFrame, title: str) -> Figure:
    """A network as bars: one a layer, as long as its parameters are many.

    Args:
        layers: columns `layer`, `kind`, `output`, `parameters`, as
            `emolib.models.common.layer_table` returns them.
        title: what stands above.
    """
    with styled() as plt:
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
        return finished(figure)


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
    with styled() as plt:
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
        return finished(figure)


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
    with styled() as plt:
        figure, axis = plt.subplots(figsize=(6.4, 2.8))
        few = len(table) < 10
        for name, colour in zip(table.columns, cycle(PALETTE), strict=False):
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
        axis.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
        return finished(figure)


def bars(values: pd.Series, label: str) -> Figure:
    """One bar a value, from the top, by its sign to the right or to the left.

    Args:
        values: by name, in the order wanted.
        label: what they are.
    """
    with styled() as plt:
        figure, axis = plt.subplots(figsize=(6.4, 0.6 + 0.2 * len(values)))
        colours = [OURS if value >= 0 else WARM for value in values]
        axis.barh(range(len(values)), values, color=colours, height=0.7)
        axis.set_yticks(range(len(values)), [str(name) for name in values.index])
        axis.axvline(0, color="black", linewidth=0.8)
        axis.invert_yaxis()
        axis.locator_params(axis="x", nbins=5)  # small weights have long labels
        axis.set_xlabel(label)
        return finished(figure)


def precision_recall(
    answers: Mapping[str, tuple[Sequence[str], pd.DataFrame]], columns: int = 2
) -> Figure:
    """Precision against recall of each class, one panel a model.

    A dotted line is guessing: the class's share of the items.

    Args:
        answers: by name, the true classes and the probabilities, a column a
            class. A class has the same colour in all panels; where they share none,
            the first of each are alike, the second, and so on.
        columns: panels side by side.
    """
    from sklearn.metrics import precision_recall_curve

    def curve(true: np.ndarray, scores: pd.Series) -> tuple:
        precision, recall, _ = precision_recall_curve(true, scores)
        return recall, precision

    return _by_class(answers, columns, curve, ("recall", "precision"))


def roc(
    answers: Mapping[str, tuple[Sequence[str], pd.DataFrame]], columns: int = 2
) -> Figure:
    """Each class found against others taken for it, one panel a model.

    The dotted line is guessing. Arguments as in `precision_recall`; a class that
    does not occur, or alone does, has no curve.
    """
    from sklearn.metrics import roc_curve

    def curve(true: np.ndarray, scores: pd.Series) -> tuple:
        if true.all() or not true.any():
            return [], []
        false, found, _ = roc_curve(true, scores)
        return false, found

    return _by_class(answers, columns, curve, ("taken for it", "found"), True)


def _by_class(
    answers: Mapping[str, tuple[Sequence[str], pd.DataFrame]],
    columns: int,
    curve: Callable[[np.ndarray, pd.Series], tuple],
    axes_named: tuple[str, str],
    diagonal: bool = False,
) -> Figure:
    """A curve of each class, one panel a model."""
    import seaborn as sns

    classes = dict.fromkeys(c for _, scores in answers.values() for c in scores)
    lengths = [scores.shape[1] for _, scores in answers.values()]
    # Panels that share no class can share their colours: fewer are told apart sooner.
    count = max(lengths) if sum(lengths) == len(classes) else len(classes)
    shades = sns.color_palette("colorblind" if count <= 10 else "husl", count)
    colours = {name: shades[n % count] for n, name in enumerate(classes)}
    rows = -(-len(answers) // columns)
    with styled() as plt:
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
                true = np.asarray(truth) == name
                (drawn[name],) = axis.plot(
                    *curve(true, scores[name]), color=colours[name]
                )
                if not diagonal:
                    axis.axhline(true.mean(), color=colours[name], lw=0.8, ls=":")
            if diagonal:
                axis.plot([0, 1], [0, 1], color="grey", linestyle=":")
            axis.set(title=title, xlim=(0, 1.02), ylim=(0, 1.02))
        figure.supxlabel(axes_named[0], fontsize=9)
        figure.supylabel(axes_named[1], fontsize=9)
        figure.legend(drawn.values(), drawn, loc="outside right center", frameon=False)
        return finished(figure)


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


def confusions(matrices: Mapping[str, pd.DataFrame], size: float = 4.2) -> Figure:
    """Confusion matrices side by side: counts, coloured by share of the row.

    Args:
        matrices: by title.
        size: of each, in inches; many classes want more.
    """
    with styled() as plt:
        figure, axes = plt.subplots(
            1, len(matrices), figsize=(size * len(matrices), size), squeeze=False
        )
        for axis, (title, matrix) in zip(axes.flat, matrices.items(), strict=True):
            _matrix(axis, matrix, title)
        return finished(figure)


def scores(tables: Mapping[str, pd.DataFrame]) -> Figure:
    """Precision, recall and F1 a class, as heat maps side by side."""
    import seaborn as sns

    with styled() as plt:
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
        return finished(figure)


def grids(
    tables: Mapping[str, pd.DataFrame], chance: float | Mapping[str, float]
) -> Figure:
    """Accuracies over two things that were varied, as heat maps side by side.

    Args:
        tables: by title; the names of index and columns say what was varied.
        chance: is white, of all or by title; above it is blue, below it red.
    """
    import seaborn as sns

    white = chance if isinstance(chance, Mapping) else dict.fromkeys(tables, chance)
    with styled() as plt:
        figure, axes = plt.subplots(
            1, len(tables), figsize=(3.1 * len(tables), 2.9), squeeze=False
        )
        for axis, (title, table) in zip(axes.flat, tables.items(), strict=True):
            sns.heatmap(
                100 * table, annot=True, fmt=".0f", cmap="RdBu",
                center=100 * white[title], vmin=0, vmax=100, cbar=False, square=True,
                linewidths=0.5, ax=axis,
            )  # fmt: skip
            axis.set(title=title, xlabel=table.columns.name, ylabel=table.index.name)
            axis.tick_params(length=0)
        return finished(figure)


def ladder(
    table: pd.DataFrame,
    stated: Mapping[str, float],
    chance: float,
    width: float = 7.2,
    over: str = "people",
) -> Figure:
    """What each protocol is worth: values with intervals, one row each.

    Args:
        table: columns `name`, `value`, `low`, `high` (shares of 1) and
            optionally `group`, which gives the colour, and `note`, which stands
            behind the value.
        stated: a document's numbers, drawn as dashed lines.
        chance: the share that guessing gets.
        width: of the figure, in inches.
        over: what the intervals resample, for the axis.
    """
    groups = table["group"] if "group" in table else pd.Series("", index=table.index)
    names = list(dict.fromkeys(groups))
    with styled() as plt:
        figure, axis = plt.subplots(figsize=(width, 0.34 * len(table) + 1.3))
        for row, (line, group) in enumerate(
            zip(table.itertuples(), groups, strict=True)
        ):
            colour = PALETTE[names.index(group) % len(PALETTE)]
            reach = [[line.value - line.low], [line.high - line.value]]
            axis.errorbar(line.value, row, xerr=reach, fmt="o", color=colour, capsize=3)
            axis.text(
                max(line.high if line.high == line.high else 0, line.value) + 0.02,
                row,
                f"{100 * line.value:.1f}  {getattr(line, 'note', '')}".rstrip(),
                va="center",
                bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.5},
            )
        for name, value in stated.items():
            axis.axvline(value, color=STATED, linestyle="--", linewidth=1)
            axis.text(value, -0.8, name, color=STATED, ha="right", rotation=0)
        axis.axvline(chance, color="grey", linestyle=":", linewidth=1)
        axis.text(chance, len(table) - 0.4, " chance", color="grey")
        axis.set_yticks(range(len(table)), table["name"])
        axis.set_ylim(len(table) - 0.3, -1.1)
        axis.set_xlim(0, 1.06)
        axis.set_xlabel(f"accuracy, with the 95 % interval over {over}")
        return finished(figure)


def verdicts(panels: Mapping[str, np.ndarray], classes: Sequence[str]) -> Figure:
    """Class probabilities side by side, the decision of each panel in bold."""
    with styled() as plt:
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
        return finished(figure)


def people(panels: Mapping[str, pd.DataFrame]) -> Figure:
    """Every person as a point and each group's mean as a stroke, a row a system.

    Args:
        panels: by system, a row a person with `right` (a share) and `group`.
    """
    groups = sorted({g for table in panels.values() for g in table["group"]})
    rows = np.arange(len(panels))
    with styled() as plt:
        figure, axis = plt.subplots(figsize=(4.6, 0.7 + 0.42 * len(panels)))
        for number, group in enumerate(groups):
            parts = [100 * t.loc[t["group"] == group, "right"] for t in panels.values()]
            height = rows + 0.3 * (number - (len(groups) - 1) / 2)
            each = np.repeat(height, [len(part) for part in parts])
            look = {"color": PALETTE[number % len(PALETTE)]}
            marker = "osD^"[number % 4]
            share = np.concatenate(parts)
            axis.scatter(
                share, each, s=14, alpha=0.7, marker=marker, label=group, **look
            )
            means = [part.mean() for part in parts]
            axis.scatter(means, height, s=120, marker="|", **look)
        axis.set_yticks(rows, panels)
        axis.set_ylim(len(panels) - 0.5, -0.5)
        axis.set(xlim=(0, 103), xlabel="right, in per cent of a person's clips")
        axis.grid(axis="x", alpha=0.3)
        figure.legend(loc="outside upper center", ncols=len(groups), frameon=False)
    return finished(figure)
