"""Figures show their data: read back from what was drawn."""

import numpy as np
import pandas as pd
import pytest

from emolib import plots


def texts(figure):
    return [t.get_text() for axis in figure.axes for t in axis.texts]


def test_a_confusion_matrix_shows_counts_where_they_belong():
    matrix = pd.DataFrame([[3, 1], [0, 5]], index=["a", "b"], columns=["a", "b"])
    figure = plots.confusions({"ours": matrix})
    assert texts(figure) == ["3", "1", "0", "5"]
    assert figure.axes[0].get_ylabel() == "true"


def test_grids_are_white_at_chance():
    both = pd.DataFrame([[0.5, 1.0], [0.0, 0.25]])
    both = both.rename_axis("authenticity").rename_axis("rooms", axis=1)
    figure = plots.grids({"voice": both, "face": 1 - both}, 0.5)
    assert texts(figure) == ["50", "100", "0", "25", "50", "0", "100", "75"]
    colours = figure.axes[0].collections[0].get_facecolors()
    assert colours[0][:3].min() > 0.95 and colours[2][0] > colours[2][2]
    assert figure.axes[0].get_xlabel() == "rooms"


def test_what_is_told_alone_has_a_panel_for_emotions_for_people_and_for_corpora():
    rows = [
        ("emotion", "tess", "loudness", 0.25),
        ("emotion", "emodb", "loudness", 0.5),
        ("subject", "emodb", "loudness", 0.125),
        ("corpus", "tess emodb", "loudness", 1.0),
        ("emotion", "emodb", "silence", 0.75),
    ]
    table = pd.DataFrame(rows, columns=["asked", "corpus", "told from", "uar"])
    recall = table.set_index(["asked", "corpus", "told from"])["uar"]
    white = {"emotion": 0.125, "corpus": 0.5, "who, emodb": 0.1}
    figure = plots.told_alone(recall, ["silence", "loudness"], white)
    titles = [axis.get_title() for axis in figure.axes]
    assert titles == ["emotion", "corpus", "who, emodb"]
    assert texts(figure) == ["75", "25", "50", "100", "12"]


def test_a_picture_in_grey_is_drawn_in_grey_and_a_map_in_colours():
    bytes_ = np.array([[0, 128], [64, 255]], np.uint8)
    figure = plots.pictures([bytes_, bytes_ / 255], ["picture", "map"], columns=2)
    (grey,), (coloured,) = (axis.images for axis in figure.axes)
    shown = grey.to_rgba(bytes_, bytes=True)[..., :3]
    assert np.array_equal(shown, np.dstack([bytes_] * 3))
    red, _, blue = np.moveaxis(coloured.to_rgba(bytes_ / 255)[..., :3], -1, 0)
    assert not np.allclose(red, blue)


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


def test_layers_are_blocks_with_their_shapes():
    table = pd.DataFrame(
        [("a", "InputLayer", "8 x 4", 0), ("b", "BatchNormalization", "8 x 4", 8),
         ("c", "Conv2D", "6 x 2 x 16", 160), ("d", "Dropout", "6 x 2 x 16", 0),
         ("e", "Dense", "5", 85)],
        columns=["layer", "kind", "output", "parameters"],
    )  # fmt: skip
    figure = plots.layers(table, "net")
    axis = figure.axes[0]
    assert axis.get_title() == "net: 253 parameters"
    written = texts(figure)
    assert "convolution\n6×2×16\n160" in written and "dense\n5\n85" in written
    # What leaves the shape alone is a word above the block that it acts on.
    assert written.index("normalised") < written.index("input\n8×4")
    assert "dropout" in written
    heights = [np.ptp(block.get_xy()[:, 1]) for block in axis.patches[2::3]]
    assert heights == pytest.approx([np.sqrt(8), np.sqrt(6), np.sqrt(5) / 2])


def test_branches_part_and_meet():
    axis = plots.branches("film", [["frames", "CNN"], ["sound"]], "decision").axes[0]
    boxes = {t.get_text(): t for t in axis.texts if t.get_text()}
    assert list(boxes) == ["film", "frames", "CNN", "sound", "decision"]
    ends = [(tuple(t.xyann), tuple(t.xy)) for t in axis.texts if not t.get_text()]
    at = {name: t.get_position() for name, t in boxes.items()}
    ways = [("film", "frames"), ("frames", "CNN"), ("CNN", "decision")]
    ways += [("film", "sound"), ("sound", "decision")]
    assert ends == [(at[start], at[end]) for start, end in ways]
    parted = plots.branches("film", [["six"], ["two"]], "both", ["network"]).axes[0]
    at = {t.get_text(): t.get_position() for t in parted.texts if t.get_text()}
    ends = [(tuple(t.xyann), tuple(t.xy)) for t in parted.texts if not t.get_text()]
    ways = [("film", "network"), ("network", "six"), ("six", "both")]
    ways += [("network", "two"), ("two", "both")]  # the shared arrow stands once
    assert ends == [(at[start], at[end]) for start, end in ways]


def test_a_cell_names_its_gates():
    written = texts(plots.cell())
    assert written.count("σ") == 3 and written.count("tanh") == 2
    assert written.count("×") == 3 and written.count("+") == 1


def test_gates_are_sorted_by_when_the_memory_is_strongest():
    memory = np.array([[0.1, 2.0], [0.5, 1.0], [-3.0, 0.0]])
    gate = np.array([[0.1, 0.9]] * 3)
    figure = plots.gates({"forget": gate, "memory": memory}, step_seconds=0.5)
    first, second = (axis.images[0] for axis in figure.axes[:2])
    assert (first.get_array()[:, 0] == [0.9, 0.1]).all()
    assert (second.get_array() == memory[:, ::-1].T).all()
    assert first.get_clim() == (0, 1) and second.get_clim() == (-3, 3)
    assert second.get_extent()[:2] == [0, 1.5]


def test_overlays_share_one_scale():
    picture = np.full((8, 8, 3), 100, np.uint8)
    maps = [np.array([[0.0, 0.5]]), np.array([[-0.25, 0.0]])]
    figure = plots.overlays([picture] * 2, maps, ["a", "b"], "drop", columns=2)
    drawn = [axis.images[1] for axis in figure.axes[:2]]
    assert [one.get_clim() for one in drawn] == [(-0.5, 0.5)] * 2
    assert (drawn[1].get_array() == maps[1]).all()
    assert figure.axes[2].get_ylim() == (-0.5, 0.5)
    only_for = plots.overlays([picture], maps[:1], ["a"], "drop", columns=1)
    assert only_for.axes[1].get_ylim() == (0, 0.5)


def test_the_winner_of_each_panel_is_named():
    panels = {"voice": np.array([0.2, 0.8]), "face": np.array([0.9, 0.1])}
    figure = plots.verdicts(panels, ["happy", "sad"])
    assert [axis.get_title() for axis in figure.axes] == ["voice: sad", "face: happy"]


def test_totals_stand_beside_what_was_expected():
    table = pd.DataFrame({"printed": [3, 5], "expected": [4.0, 4.0]}, index=["a", "b"])
    (axis,) = plots.totals({"as printed": table}).axes
    assert [bar.get_width() for bar in axis.patches] == [3, 5]
    marks = [line.get_xdata()[0] for line in axis.get_lines() if len(line.get_xdata())]
    assert marks == [4, 4]
    assert [t.get_text() for t in axis.get_yticklabels()] == ["a", "b"]


def test_a_size_that_gives_all_accuracies_is_named():
    given = pd.Series([0, 2, 1], index=[10, 11, 12])
    found, not_found = plots.sizes({"one": (given, 2), "none": (given, 3)}).axes
    assert [t.get_text().strip() for t in found.texts] == ["all 2", "11"]
    assert [t.get_text() for t in not_found.texts] == ["all 3"]


def test_losses_stand_beside_the_least_possible():
    table = pd.DataFrame(
        {"accuracy": [0.1, 0.5], "loss": [0.2, 2], "group": ["x", "y"]}
    )
    (axis,) = plots.losses(table, classes=4).axes
    drawn = {line.get_label(): line for line in axis.get_lines()}
    assert list(drawn["x"].get_xdata()) == [10] and list(drawn["y"].get_ydata()) == [2]
    curve = max(axis.get_lines(), key=lambda line: len(line.get_xdata()))
    right, least = curve.get_data()
    assert np.interp(50, right, least) == pytest.approx(np.log(2) / 2)
    assert any(list(line.get_ydata()) == [np.log(4)] * 2 for line in axis.get_lines())


def test_guessing_is_as_wide_as_the_binomial():
    """Of 4 coins, all or none come up in an eighth of throws: 2.5 % lie outside."""
    (axis,) = plots.beside_guessing({"a": 0.5, "b": 0.75}, chance=0.5, n=4).axes
    (band,) = axis.patches
    assert (band.get_x(), band.get_x() + band.get_width()) == (0, 100)
    (axis,) = plots.beside_guessing({"a": 0.5, "b": 0.75}, chance=0.5, n=10_000).axes
    (band,) = axis.patches
    assert band.get_width() == pytest.approx(100 * 2 * 1.96 * 0.005, rel=0.02)
    dots = axis.get_lines()[-1]
    assert list(dots.get_xdata()) == [50, 75]


def test_a_display_shows_its_pictures_and_its_units_in_time():
    units = pd.DataFrame(
        {"smile": [0, 1, 0], "frown": [0, 0, 1]}, index=[0.0, 0.5, 1.0]
    )
    film = {0.0: np.zeros((4, 4, 3)), 0.5: np.ones((4, 4, 3))}
    figure = plots.displays({"happy": (film, units), "sad": (film, units)})
    above, below = figure.axes[:2]
    assert texts(figure) == ["happy", "sad"]
    assert np.array_equal(above.images[0].get_array(), np.hstack(list(film.values())))
    assert np.array_equal(below.images[0].get_array(), units.T)
    assert [t.get_text() for t in below.get_yticklabels()] == ["smile", "frown"]
    ends = [patch.xy2[0] for patch in below.patches]
    assert ends == [0.0, 0.5]


def test_voices_share_their_scales_and_a_pitch_to_compare_with():
    low, high = np.full(5, 100.0), np.array([200.0, np.nan, 300, 300, 300])
    heard = {"plain": (np.zeros((8, 5)), low), "lively": (np.full((8, 5), 30.0), high)}
    figure = plots.voices(heard, rate=16000, hop=160, reference="plain")
    pitch, bands = figure.axes[:2], figure.axes[2:]
    drawn = [[line.get_ydata().tolist() for line in axis.lines] for axis in pitch]
    assert drawn[0] == [low.tolist()] * 2 and drawn[1][0] == low.tolist()
    assert pitch[1].lines[1].get_xdata()[-1] == 0.04
    assert {axis.images[0].get_clim() for axis in bands} == {(-30.0, 30.0)}


def test_mel_bands_are_named_by_frequencies_that_are_there():
    change = {"room": np.ones((8, 5)), "level": -np.ones((8, 5))}
    figure = plots.band_changes(change, rate=8000, hop=80)
    named = [t.get_text() for t in figure.axes[0].get_yticklabels()]
    assert named == ["500", "1000", "2000"]
    assert [a.images[0].get_array().mean() for a in figure.axes[:2]] == [1, -1]


def test_amounts_and_tracks_draw_every_value():
    table = pd.DataFrame({"happy": [1, 0.5], "sad": [0, 0.2]}, index=["12", "6"])
    figure = plots.amounts(table, "share")
    assert np.array_equal(figure.axes[0].collections[0].get_array(), table)
    figure = plots.tracks({"smile": table.set_index(pd.Index([0.0, 1.0]))})
    lines = figure.axes[0].lines
    assert [line.get_label() for line in lines] == ["happy", "sad"]
    assert [line.get_ydata().tolist() for line in lines] == [[1, 0.5], [0, 0.2]]


def test_a_response_is_drawn_beside_chance():
    table = pd.DataFrame(
        {"cause": "emotion", "where": ["face", "face"], "dose": [0.0, 1.0],
         "accuracy": [0.1, 0.7], "low": [0.0, 0.6], "high": [0.2, 0.8], "chance": 0.125}
    )  # fmt: skip
    figure = plots.responses(table)
    drawn = [line.get_ydata() for line in figure.axes[0].get_lines()]
    assert any(np.array_equal(line, [0.1, 0.7]) for line in drawn)
    assert any(np.array_equal(line, [0.125, 0.125]) for line in drawn)


def test_numbers_that_agree_are_dark_and_say_so_in_white():
    numbers = pd.DataFrame({"a": [1, 2], "b": [3, 4]}, index=["x", "y"])
    agree = pd.DataFrame({"a": [True, False], "b": [False, False]})
    (axis,) = plots.agreements({"one": (numbers, agree)}).axes
    assert {t.get_text(): t.get_color() for t in axis.texts} == {
        "1": "white", "2": "black", "3": "black", "4": "black"
    }  # fmt: skip
    assert axis.get_ylim()[0] > axis.get_ylim()[1]  # the first row on top


def test_a_printed_share_lies_among_those_of_whole_items():
    table = pd.DataFrame(
        {"n": [4, 3], "share": [0.75, 0.5], "possible": [True, False]}, index=["a", "b"]
    )
    (axis,) = plots.possible_shares({"": table}, "recall").axes
    ticks, printed, others, wrong = axis.get_lines()[:4]
    assert list(ticks.get_xdata()) == [0, 0.25, 0.5, 0.75, 1]
    assert min(abs(others.get_xdata() - 0.5)) > 0.1
    assert (printed.get_color(), wrong.get_color()) == (plots.OURS, plots.STATED)
    assert [t.get_text() for t in axis.get_yticklabels()] == ["a, 4", "b, 3"]


def test_a_sieve_names_what_passes_every_condition():
    table = pd.DataFrame(
        {"a": [True, True, False], "b": [False, True, True]}, index=[7, 8, 9]
    )
    (axis,) = plots.sieve(table, "size").axes
    passed = [list(line.get_xdata()) for line in axis.get_lines()[1::2]]
    assert passed == [[7, 8], [8, 9], [8]]
    assert [t.get_text() for t in axis.texts] == ["8"]


def test_lines_draw_every_column_over_the_index():
    table = pd.DataFrame({"a": [3.0, 1.0], "b": [2.0, 4.0]}, index=[10, 100])
    figure = plots.lines(table, "clips", "loss", {"stated": 0.9}, logarithmic="x")
    (axis,) = figure.axes
    drawn = {line.get_label(): line for line in axis.get_lines()}
    assert list(drawn["b"].get_xdata()) == [10, 100]
    assert list(drawn["b"].get_ydata()) == [2, 4]
    assert " stated" in texts(figure) and axis.get_xscale() == "log"


def test_precision_and_recall_are_those_counted_by_hand():
    scores = pd.DataFrame({"x": [0.9, 0.8, 0.3], "y": [0.1, 0.2, 0.7]})
    figure = plots.precision_recall({"model": (["x", "y", "x"], scores)})
    x = figure.axes[0].get_lines()[0]
    # Asked ever less surely: 1 of 1 found, 1 of 2, 2 of 3; then nothing is asked.
    points = set(zip(x.get_xdata().round(2), x.get_ydata().round(2), strict=True))
    assert points == {(0.5, 1.0), (0.5, 0.5), (1.0, 0.67), (0.0, 1.0)}
    guessing = figure.axes[0].get_lines()[1]
    assert list(guessing.get_ydata()) == [2 / 3, 2 / 3]


def test_bars_stand_in_their_order_and_on_their_side():
    figure = plots.bars(pd.Series({"louder": 0.2, "softer": -0.1}), "weight")
    axis = figure.axes[0]
    assert [bar.get_width() for bar in axis.patches] == [0.2, -0.1]
    assert [text.get_text() for text in axis.get_yticklabels()] == ["louder", "softer"]
    assert axis.yaxis_inverted() and axis.get_xlabel() == "weight"


def test_a_spectrum_is_light_where_it_is_loud_and_ends_with_its_sound():
    bands = np.full((4, 6), -50.0)
    bands[0, 0], bands[:, 4:] = 0, 0  # the lowest band first; then nothing more
    bands[1:, 0] = -60
    picture = plots.spectrum(bands, size=(4, 4))
    assert picture.shape == (4, 4, 3) and picture[3, 0, 0] == 255
    assert picture[:3, 0].max() == 0 and (picture[:, 1:] < 60).all()


def test_roc_curves_are_those_counted_by_hand():
    scores = pd.DataFrame({"x": [0.9, 0.8, 0.3], "y": [0.1, 0.2, 0.7]})
    figure = plots.roc({"model": (["x", "y", "x"], scores)})
    x, y, guessing = figure.axes[0].get_lines()
    # Asked ever less surely: one found, one taken for it, the other found.
    points = list(zip(x.get_xdata(), x.get_ydata(), strict=True))
    assert points == [(0, 0), (0, 0.5), (1, 0.5), (1, 1)]
    assert list(guessing.get_xdata()) == list(guessing.get_ydata()) == [0, 1]


def test_panels_have_the_same_colours_for_the_same_classes_or_share_none():
    def colours(*panels):
        truth, curve = ["a", "b"], [0.9, 0.2]
        given = [pd.DataFrame(dict.fromkeys(names, curve)) for names in panels]
        figure = plots.roc({n: (truth, one) for n, one in enumerate(given)})
        lines = [axis.get_lines()[:-1] for axis in figure.axes[: len(panels)]]
        return [[line.get_color() for line in part] for part in lines]

    (a, b), (again, c) = colours(["a", "b"], ["a", "c"])
    assert a == again and len({a, b, c}) == 3
    (a, b), (d, c) = colours(["a", "b"], ["d", "c"])
    assert (a, b) == (d, c) and a != b


def test_stacks_show_bands_above_and_coefficients_below():
    array = np.zeros((5, 4), np.float32)
    array[0, 3], array[4, 0] = -80, 9
    figure = plots.stacks([array, array], ["one", "two"], 3, 2.0)
    pictures = [axis.get_images()[0].get_array() for axis in figure.axes[:4]]
    assert [p.shape for p in pictures] == [(3, 4), (3, 4), (2, 4), (2, 4)]
    assert pictures[0][0, 3] == -80 and pictures[2][1, 0] == 9


def test_each_emotion_stands_at_its_place_in_the_circle():
    figure = plots.circumplex({"happy": (0.8, 0.3), "sad": (-0.8, -0.4)})
    (axis,) = figure.axes
    told = {text.get_text(): text.xy for text in axis.texts}
    assert told == {"happy": (0.8, 0.3), "sad": (-0.8, -0.4)}


def test_what_is_stated_stands_beside_what_was_measured_or_is_said_to_be_missing():
    columns = {"stated": [0.9, 0.3], "value": [0.5, np.nan]}
    columns |= {"own": [0.8, np.nan], "guessing": [0.2, np.nan]}
    table = pd.DataFrame(columns, index=["one", "other"])
    table["low"], table["high"] = table["value"] - 0.1, table["value"] + 0.2
    (axis,) = plots.stated_and_measured(table).axes
    stated, own, guessing = (axis.collections[n].get_offsets() for n in (0, 1, 3))
    assert stated.tolist() == [[90, 0], [30, 1]]
    assert np.allclose([own[0], guessing[0]], [[80, 0], [20, 0]])
    (reach,) = axis.containers[0].lines[2][0].get_segments()
    assert np.allclose(reach[:, 0], [40, 70])
    (missing,) = axis.texts
    assert missing.get_text() == "not run yet" and missing.xy[1] == 1


def test_each_person_is_a_point_and_each_group_a_stroke():
    table = pd.DataFrame({"right": [0.2, 0.4, 0.9], "group": ["a", "a", "b"]})
    (axis,) = plots.people({"one": table, "other": table.iloc[:2]}).axes
    points, means, of_b, mean_of_b = (c.get_offsets() for c in axis.collections)
    assert points[:, 0].tolist() == pytest.approx([20, 40, 20, 40])
    assert means[:, 0].tolist() == pytest.approx([30, 30])
    assert of_b[:, 0].tolist() == pytest.approx([90])
    assert mean_of_b[0, 0] == pytest.approx(90)
