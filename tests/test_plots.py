"""Figures show their data: read back from what was drawn."""

import numpy as np
import pandas as pd

from emolib import plots


def texts(figure):
    return [t.get_text() for axis in figure.axes for t in axis.texts]


def test_a_confusion_matrix_shows_counts_where_they_belong():
    matrix = pd.DataFrame([[3, 1], [0, 5]], index=["a", "b"], columns=["a", "b"])
    figure = plots.confusions({"ours": matrix})
    assert texts(figure) == ["3", "1", "0", "5"]
    assert figure.axes[0].get_ylabel() == "true"


def test_the_ladder_draws_each_value_with_its_interval():
    table = pd.DataFrame(
        {"name": ["x", "y"], "value": [0.5, 0.25], "low": [0.4, np.nan],
         "high": [0.7, np.nan], "group": ["g", "h"]}
    )  # fmt: skip
    figure = plots.ladder(table, {"stated": 0.9}, chance=0.1)
    written = texts(figure)
    assert {"50.0", "25.0", "stated", " chance"} <= set(written)
    drawn = [line.get_xdata()[0] for line in figure.axes[0].get_lines()]
    assert {0.5, 0.25, 0.9, 0.1} <= set(drawn)


def test_curves_draw_both_sides_and_what_is_stated():
    history = pd.DataFrame(
        {"epoch": [1, 2], "accuracy": [0.2, 0.4], "val_accuracy": [0.1, 0.3]}
    )
    figure = plots.curves(history, "accuracy", {"stated": 0.9})
    lines = [list(line.get_ydata()) for line in figure.axes[0].get_lines()]
    assert [0.2, 0.4] in lines and [0.1, 0.3] in lines and [0.9, 0.9] in lines


def test_a_network_names_every_layer_and_counts_its_parameters():
    layers = pd.DataFrame(
        {"layer": ["a", "b"], "kind": ["Dense", "Dropout"], "output": ["8", "8"],
         "parameters": [72, 0]}
    )  # fmt: skip
    figure = plots.network(layers, "net")
    assert figure.axes[0].get_title() == "net: 72 parameters"
    assert [t.get_text() for t in figure.axes[0].get_yticklabels()] == [
        "Dense  8",
        "Dropout  8",
    ]


def test_the_winner_of_each_panel_is_named():
    panels = {"voice": np.array([0.2, 0.8]), "face": np.array([0.9, 0.1])}
    figure = plots.verdicts(panels, ["happy", "sad"])
    assert [axis.get_title() for axis in figure.axes] == ["voice: sad", "face: happy"]
