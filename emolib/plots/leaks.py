"""What leaks are worth: prices with intervals, one line a leak."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emolib.plots.style import PALETTE, finished, styled

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure


def prices(table: pd.DataFrame) -> Figure:
    """Differences in accuracy with intervals; panels of models, colours of corpora.

    Args:
        table: columns `leak`, `model`, `corpus`, and as shares of 1 `difference`,
            `low` and `high`; leaks from top to bottom in the order they come in.
    """
    leaks, models, corpora = (
        list(dict.fromkeys(table[column])) or ["no record yet"]
        for column in ("leak", "model", "corpus")
    )
    apart, middle = 0.6 / max(3, len(corpora)), (len(corpora) - 1) / 2
    with styled() as plt:
        figure, axes = plt.subplots(
            1, len(models), figsize=(2.3 + 2.4 * len(models), 0.36 * len(leaks) + 1),
            sharex=True, sharey=True, squeeze=False,
        )  # fmt: skip
        for axis, name in zip(axes.flat, models, strict=True):
            for number, corpus in enumerate(corpora):
                part = table[(table["model"] == name) & (table["corpus"] == corpus)]
                axis.errorbar(
                    100 * part["difference"],
                    [leaks.index(n) + apart * (number - middle) for n in part["leak"]],
                    xerr=[
                        100 * (part["difference"] - part["low"]),
                        100 * (part["high"] - part["difference"]),
                    ],
                    fmt="osD^"[number % 4],
                    markersize=4,
                    capsize=2,
                    color=PALETTE[number % len(PALETTE)],
                    label=corpus,
                )
            axis.axvline(0, color="grey", linestyle=":", linewidth=1)
            axis.set_title(name)
            axis.set_yticks(range(len(leaks)), leaks)
            axis.grid(axis="y", linewidth=0.3)
        axes[0, 0].set_ylim(len(leaks) - 0.5, -0.5)
        handles = axes[0, 0].get_legend_handles_labels()
        place = {"loc": "outside upper center", "ncols": len(corpora)}
        figure.legend(*handles, frameon=False, **place)
        figure.supxlabel("points of accuracy, with the 95 % interval", fontsize=9)
        return finished(figure)
