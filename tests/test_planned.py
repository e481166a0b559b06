"""What was asked beside what was planned."""

from emolib import planned, results
from emolib.models import choosing


def test_runs_come_in_the_order_of_the_plan_and_others_behind():
    known = results.real("baselines")
    first = next(iter(choosing.EVALUATED["emodb"]))
    plan = {"emodb": (first,), "ravdess": choosing.EVALUATED["ravdess"]}
    asked = planned.runs(known, plan)
    assert [*asked][0] == ("emodb", *first.split("/"))
    assert [of for of, *_ in asked][1:14] == ["ravdess"] * 13
    assert {of for of, *_ in [*asked][14:]} == {"emodb"}
    fewer = planned.runs(known, plan, without="fixed")
    assert {one for _, one, _ in asked} - {one for _, one, _ in fewer} == {"fixed"}


def test_what_was_not_planned_and_what_was_not_asked_are_counted():
    asked = {("tess", "fixed", "mfcc"): None, ("tess", "looked", "mfcc"): None}
    table = planned.counted(
        asked, {"tess": ["fixed/mfcc", "nested/voice"], "emodb": []}
    )
    assert table.loc["tess"].to_dict() == {
        "planned": 2,
        "asked": 2,
        "not planned": 1,
        "not asked": 1,
    }
    assert table.loc["emodb"].sum() == 0
