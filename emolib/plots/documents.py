"""What documents print, and what could have been printed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from emolib.plots.style import OURS, STATED, WARM, finished, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def circumplex(places: Mapping[str, tuple[float, float]]) -> Figure:
    """Emotions on a circle of valence (to the right) and arousal (upwards).

    Args:
        places: by name, valence and arousal, -1 to 1.
    """
    with styled() as plt:
        figure, axis = plt.subplots(figsize=(4.6, 3.4))
        axis.add_patch(plt.Circle((0, 0), 1, fill=False, color="silver"))
        axis.axhline(0, color="silver", linewidth=0.8)
        axis.axvline(0, color="silver", linewidth=0.8)
        for name, (valence, arousal) in places.items():
            axis.plot(valence, arousal, "o", color=OURS)
            side = "left" if valence >= 0 else "right"
            axis.annotate(name, (valence, arousal), (5 if valence >= 0 else -5, 4),
                          textcoords="offset points", ha=side)  # fmt: skip
        # Names stand outside the circle: room for them on both sides.
        axis.set(xlim=(-1.75, 1.75), ylim=(-1.15, 1.15), aspect="equal")
        axis.set(
            xlabel="valence: unpleasant to pleasant", ylabel="arousal: calm to stirred"
        )
        axis.set(xticks=[], yticks=[])
        return finished(figure)


def totals(panels: Mapping[str, pd.DataFrame]) -> Figure:
    """Counts of classes, and what was to be expected of each, side by side.

    Args:
        panels: by title, columns `printed` and `expected`, one row a class.
    """
    with styled() as plt:
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
        return finished(figure)


def sizes(panels: Mapping[str, tuple[pd.Series, int]]) -> Figure:
    """How many printed accuracies a test set could give, over its size.

    Args:
        panels: by title, how many accuracies each size (the index) can give, and how
            many there are.
    """
    with styled() as plt:
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
        return finished(figure)


def losses(table: pd.DataFrame, classes: int) -> Figure:
    """Losses over accuracies, the least that a mean cross-entropy can be, and guessing.

    Args:
        table: columns `accuracy` (a share), `loss`, `group`, one row a network.
        classes: how many there are to guess among.
    """
    reach = np.linspace(0, table["accuracy"].max() * 1.15, 50)
    with styled() as plt:
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
        return finished(figure)


def beside_guessing(accuracies: Mapping[str, float], chance: float, n: int) -> Figure:
    """Accuracies of several systems, and how far guessing gets on as many items.

    Args:
        accuracies: shares, by name.
        chance: the share that guessing gets on average.
        n: how many independent items are tested.
    """
    from scipy.stats import binom

    low, high = binom.ppf([0.025, 0.975], n, chance) / n
    with styled() as plt:
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
        return finished(figure)


def agreements(panels: Mapping[str, tuple[pd.DataFrame, pd.DataFrame]]) -> Figure:
    """Numbers in grids, one below the other, dark where they agree with something.

    Args:
        panels: by title, numbers, and whether each of them agrees; a column a name.
    """
    height = max(len(numbers) for numbers, _ in panels.values())
    width = max(len(numbers.columns) for numbers, _ in panels.values())
    with styled() as plt:
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
        return finished(figure)


def possible_shares(panels: Mapping[str, pd.DataFrame], label: str) -> Figure:
    """Printed shares among those that a number of items can give, one row a class.

    Args:
        panels: by title, columns `n` (items), `share` (as printed, to two digits) and
            `possible` (whether it can be), one row a class.
        label: what is shared.
    """
    low = min(table["share"].min() for table in panels.values())
    with styled() as plt:
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
        return finished(figure)


def sieve(table: pd.DataFrame, xlabel: str) -> Figure:
    """Which numbers pass each of several conditions, and which pass all.

    Args:
        table: true and false, one row a number, one column a condition.
        xlabel: what the numbers are.
    """
    rows = {**{name: table[name] for name in table}, "all": table.all(axis=1)}
    with styled() as plt:
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
        return finished(figure)


def stated_and_measured(table: pd.DataFrame) -> Figure:
    """What documents state beside what was measured, one row a system.

    Small, so that its words can be read on a telephone as well.

    Args:
        table: one row a system, with `stated` and, where it was run, `own` (by the
            document's protocol), `value`, `low` and `high` (on new people) and
            `guessing`, all as shares.
    """
    with styled() as plt:
        figure, axes = plt.subplots(figsize=(4.2, 0.7 + 0.27 * len(table)))
        rows, shares = np.arange(len(table)), 100 * table
        axes.scatter(
            shares["stated"], rows, marker="D", s=30, color=STATED, label="stated",
            zorder=3,
        )  # fmt: skip
        axes.scatter(
            shares["own"], rows, s=34, facecolor="white", edgecolor=OURS,
            label="ours, its protocol", zorder=2.5,
        )  # fmt: skip
        ran = shares["value"].notna().to_numpy()
        value = shares["value"][ran]
        reach = [value - shares["low"][ran], shares["high"][ran] - value]
        axes.errorbar(
            value, rows[ran], xerr=np.array(reach), fmt="o", color=OURS, capsize=3,
            label="ours, new people",
        )  # fmt: skip
        axes.scatter(
            shares["guessing"], rows, marker="|", s=90, color="#5f6b76",
            label="guessing",
        )  # fmt: skip
        for row in rows[~ran]:
            free = 2 if table["stated"].iloc[row] > 0.35 else 40
            axes.annotate("not run yet", (free, row), color="#5f6b76", va="center")
        axes.set_yticks(rows, table.index)
        axes.set(xlim=(0, 104), xlabel="accuracy in per cent")
        axes.invert_yaxis()
        axes.grid(axis="x", alpha=0.3)
        figure.legend(loc="outside upper center", ncols=2, frameon=False)
    return finished(figure)
