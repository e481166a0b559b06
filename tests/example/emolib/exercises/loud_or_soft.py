"""Checks of the exercise of the example."""

from __future__ import annotations

from emolib.exercises import Wrong, a_number, check


@check
def check_1(answer: float) -> str:
    """How many decibels twice the pressure is."""
    number = a_number(answer, 0)
    if abs(number - 3) < 0.1:
        raise Wrong("that is twice the energy, which grows with the square of pressure")
    if abs(number - 6.02) > 0.1:
        raise Wrong("twenty times a logarithm: to which base, and of what?")
    return "So little is between the two classes of some corpora."
