"""The base that chapters' checks stand on, and that each chapter uses it."""

import importlib
import re
import sys

import pandas as pd
import pytest
from answers import hold

from emolib import ROOT, exercises
from emolib.exercises import Check, Wrong, a_function, a_number, a_table, check

STUDIES = sorted(
    path.stem for path in (ROOT / "emolib" / "exercises").glob("[a-z]*.py")
)


@check
def check_3(answer, whole=1):
    """Half of what is given."""
    if a_number(answer, 0) * 2 != whole:
        raise Wrong("take the middle")
    return "Halves."


def test_it_prints_and_raises_nothing(capsys):
    for answer in (..., 0.3, "x", None, True, -1, 0.5):
        assert check_3(answer) is None
    assert capsys.readouterr().out.splitlines() == [
        "Exercise 3: not yet answered.",
        "Exercise 3: not yet. Take the middle.",
        "Exercise 3: not yet. A number is asked for, not a value of type str.",
        "Exercise 3: not yet. A number is asked for, not nothing.",
        "Exercise 3: not yet. A number is asked for, not a value of type bool.",
        "Exercise 3: not yet. A number from 0 is asked for.",
        "Exercise 3: right. Halves.",
    ]
    assert check_3.__doc__ == "Half of what is given."


def test_a_grading_edition_raises():
    for answer in (..., 0.3, "x"):
        with pytest.raises(Wrong, match="Exercise 3: not yet"):
            check_3(answer, grade=True)
    check_3(2, 4, grade=True)


@check(parts=3)
def check_5(answer):
    """Three letters."""
    sys.stderr.write("a warning\n")
    if lacking := set("abc") - set(answer):
        raise Wrong("some are missing", share=1 - len(lacking) / 3)


def test_an_answer_in_parts_gets_a_part_of_the_points(capsys):
    assert check_5.parts == 3 and check_3.parts == 1
    assert (check_5.points("abc"), check_5.points("xb")) == (3, 1)
    told = capsys.readouterr()
    assert told.out.splitlines()[1] == "Exercise 5: not yet. Some are missing."
    assert told.err == ""  # a grader would take a word there for a failure
    for answer in (..., "x"):
        with pytest.raises(Wrong, match="not yet"):
            check_5.points(answer)
    with pytest.raises(Wrong, match="Some are missing") as raised:
        check_5("ab", grade=True)
    assert raised.value.share == pytest.approx(2 / 3)
    assert check_5.judge("ab")[0] is False


def test_a_number_within_its_ends():
    assert a_number(pd.Series([0.5]).iloc[0], 0, 1) == 0.5
    for answer in (2, float("nan")):
        with pytest.raises(Wrong, match="a number from 0 up to 1 is asked for"):
            a_number(answer, 0, 1)
    with pytest.raises(Wrong, match="a number is asked for"):
        a_number(float("nan"))


def test_an_answer_that_raises_is_told():
    @check
    def check_1(answer):
        a_function(answer)("a")

    right, told = check_1.judge(int)
    assert not right and "Trying it raised ValueError: invalid literal" in told
    assert check_1.judge(3)[1].endswith("not a value of type int.")
    assert check_1.judge(str.upper) == (True, "Exercise 1: right.")


def test_a_table_is_asked_for():
    table = pd.DataFrame({"a": [1]})
    assert a_table(table, "a") is table
    faults = {"not a value of type list": [], "lacks the column b": table}
    faults["has no rows"] = table.assign(b=1).iloc[:0]
    for message, answer in faults.items():
        with pytest.raises(Wrong, match=message):
            a_table(answer, "a", "b")


def test_what_holds_checks_can_fail():
    hold(check_3, 0.5, [0.3, 1])
    hold(check_3, 2, [0.5, "half"], 4)

    @check
    def check_4(answer):
        if answer != 8:
            raise Wrong("it is 8")

    for message, arguments in {
        "the reference does not pass": (check_3, 0.4, [1, 2]),
        "passes, and is wrong": (check_3, 0.5, [0.3, 0.5]),
        "two wrong answers": (check_3, 0.5, [0.3]),
        "gives the answer away": (check_4, 8, [7, 9]),
    }.items():
        with pytest.raises(AssertionError, match=message):
            hold(*arguments)


@pytest.mark.parametrize("study", STUDIES)
def test_every_check_of_a_chapter_stands_in_it_and_is_tested(study):
    module = importlib.import_module(f"{exercises.__name__}.{study}")
    checks = {name for name, found in vars(module).items() if isinstance(found, Check)}
    (notebook,) = (ROOT / "notebooks").glob(f"[0-9][0-9]_{study}.py")
    least = 3 if "\n# # Primer: " in notebook.read_text("utf-8") else 5
    assert len(checks) >= least
    assert checks == {f"check_{n + 1}" for n in range(len(checks))}
    tests = ROOT / "tests" / "exercises" / f"test_exercises_{study}.py"
    called = set(re.findall(r"exercises\.(check_\d+)\(", notebook.read_text("utf-8")))
    text = tests.read_text("utf-8")
    held, also = (
        set(re.findall(rf"{what}\(\s*exercises\.(check_\d+)", text))
        for what in ("hold", "also")
    )
    assert called == held == also == checks
