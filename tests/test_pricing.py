"""What leaks are worth: runs by their names, prices, and what is told of them."""

import pandas as pd

from emolib import pricing, results

REAL = results.real("leakage")


def test_a_run_is_found_by_its_name_and_a_missing_one_is_none():
    run = pricing.run_of(REAL, "ravdess", "linear", "before?step=by person")
    assert run.record["experiment"] == "before"
    assert run.record["protocol"] == "subjects-apart"
    clips = pricing.run_of(REAL, "tess", "linear", "whole/clips-apart")
    assert clips.record["protocol"] == "clips-apart"
    assert pricing.run_of(REAL, "london", "linear", "windows/items-apart") is None
    both = pricing.run_of(REAL, "emodb", "network", "stacked")
    assert both.record["model"] == "both"
    assert pricing.run_of(REAL, "emodb", "linear", "stacked") is None


def test_a_price_is_the_difference_of_its_two_runs_by_the_same_seeds():
    table = pricing.priced(REAL, ["ravdess"])
    leak = "each person's own scale"
    pair = [pricing.run_of(REAL, "ravdess", "network", n) for n in pricing.PAIRS[leak]]
    assert [run.seeds for run in pair] == [3, 10]
    expected = results.compared(*results.same_seeds(*pair))
    one = table.loc[(leak, "network", "ravdess")]
    assert one["difference"] == expected["difference"] and one["seeds"] == 3
    assert table.loc[("the highest of the runs", "network", "ravdess"), "seeds"] == 10
    kinds = table.index.get_level_values("model")
    assert "pictures twice" not in table.index and set(kinds) == set(pricing.MODELS)


def test_prices_are_told_by_leak_and_where_there_is_none_nothing_is():
    told = pricing.in_points(pricing.priced(REAL, ["ravdess", "london"]))
    assert told.index[0] == "windows of a clip" and told.columns[0][0] == "linear"
    assert told.loc["pictures twice", ("linear", "ravdess")] == ""
    assert told.loc["pictures twice", ("linear", "london")].endswith("*")
    nothing = pricing.priced(results.demo("no such study"), ["ravdess"])
    assert nothing.empty and pricing.in_points(nothing).empty
    assert isinstance(nothing.index, pd.MultiIndex)
