"""How the checks of a chapter's exercises are tested.

Each chapter has a file `test_exercises_STUDY.py` here, with a reference solution and
at least two wrong answers for each check, and one that is right in another way:

    def test_check_1():
        hold(exercises.check_1, reference=0.125, wrong=[0.5, "an eighth"])
        also(exercises.check_1, 1 / 8)
"""

from __future__ import annotations

from typing import Any

import pytest

from emolib.exercises import Check, Wrong


def hold(check: Check, reference: Any, wrong: list, *more: Any) -> None:
    """The reference passes; the stub and each wrong answer fail, and none is told.

    Args:
        check: from a module of `emolib.exercises`.
        reference: an answer that is right.
        wrong: at least two answers that a reader might give and that are not.
        more: what the check is given besides the answer.
    """
    right, told = check.judge(reference, *more)
    assert right, f"the reference does not pass: {told}"
    right, told = check.judge(..., *more)
    assert not right and told.endswith("not yet answered.")
    assert len(wrong) >= 2, "two wrong answers, at least"
    for answer in wrong:
        right, told = check.judge(answer, *more)
        assert not right, f"passes, and is wrong: {answer!r}"
        assert "not yet. " in told and told.endswith((".", "?", "!"))
        assert not _given_away(reference, told), f"gives the answer away: {told}"
        with pytest.raises(Wrong):
            check(answer, *more, grade=True)
    check(reference, *more, grade=True)


def also(check: Check, answer: Any, *more: Any) -> None:
    """An answer that is right in another way than the reference passes as well."""
    right, told = check.judge(answer, *more)
    assert right, told


def _given_away(reference: Any, told: str) -> bool:
    if isinstance(reference, bool) or not isinstance(reference, (str, int, float)):
        return False
    return str(reference).lower() in told.lower()
