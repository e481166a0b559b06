"""Checks of the exercises of the primer on faces and their eyes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from emolib.exercises import Wrong, a_function, a_number, check


@check
def check_1(answer: Callable) -> str:
    """What a rectangle adds up to, by four look-ups."""
    area = a_function(answer)
    lots = np.random.default_rng(0)
    for top, left, height, width in ((0, 0, 3, 5), (2, 1, 4, 3), (5, 4, 2, 6)):
        grey = lots.integers(0, 256, (9, 12))
        table = np.zeros((10, 13))
        table[1:, 1:] = grey.cumsum(axis=0).cumsum(axis=1)
        found = a_number(area(table.copy(), top, left, height, width))
        # Added up pixel by pixel, as the table saves one from doing.
        expected = grey[top : top + height, left : left + width].sum()
        if abs(found - expected) < 1e-6:
            continue
        if abs(found - expected / (height * width)) < 1e-6:
            raise Wrong("that is the mean of the pixels; add them up")
        if (
            abs(found - (expected - grey[:top, :left].sum()))
            < 1e-6
            < abs(grey[:top, :left].sum())
        ):
            raise Wrong(
                "what lies above and to the left of the rectangle has been taken "
                "away twice: with the rows above, and with the columns beside"
            )
        raise Wrong(
            f"a rectangle of {height} rows and {width} columns, {top} below the edge "
            f"and {left} beside it, comes out wrong. `table[r, c]` holds the sum of "
            "the first r rows and c columns: at which four places is it looked up?"
        )
    return "Four look-ups, however large the rectangle is."


@check
def check_2(answer: Callable) -> str:
    """A picture made smaller, so that no pixel is lost without a trace."""
    shrink = a_function(answer)
    for side, size in ((96, 48), (144, 48), (60, 12)):
        picture = np.random.default_rng(side).integers(0, 256, (side, side))
        picture[:, : side // 2] //= 2  # left and right differ
        step = side // size
        # One small pixel after the other, instead of all at once.
        expected = np.array([
            [picture[step * r : step * r + step, step * c : step * c + step].mean()
             for c in range(size)] for r in range(size)
        ])  # fmt: skip
        found = np.asarray(shrink(picture.astype(np.uint8), size), float)
        if found.shape != (size, size):
            raise Wrong(f"{size} rows and columns are asked for, not {found.shape}")
        if np.abs(found - expected).max() <= 1:  # rounded or not
            continue
        if any(
            np.array_equal(found, picture[r::step, c::step])
            for r in range(step)
            for c in range(step)
        ):
            raise Wrong(
                f"one pixel of every {step} x {step} is kept and the others are "
                "thrown away: a line that lies between those kept is gone"
            )
        if np.abs(found - expected * step**2).max() <= 1:
            raise Wrong("the pixels of a block are added up; take their mean")
        if np.abs(found.T - expected).max() <= 1:
            raise Wrong("rows have become columns on the way")
        raise Wrong(
            f"from {side} to {size} pixels the blocks have {step} x {step}; some "
            "number is no mean of its own block"
        )
    return "Each pixel has its share in the small picture."


@check
def check_3(answer: Callable) -> str:
    """By how many degrees a head leans, from its two eyes."""
    tilt = a_function(answer)
    for degrees in (0.0, 12.0, -30.0, 60.0):
        turn = np.exp(1j * np.deg2rad(degrees)) * 40
        left, right = (100.0, 80.0), (100 + turn.real, 80 + turn.imag)
        found = a_number(tilt(np.array(left), np.array(right)))
        if abs(found - degrees) < 1e-6:
            continue
        if abs(found + degrees) < 1e-6:
            raise Wrong("it leans to the other side: rows are counted downwards")
        if abs(found - np.deg2rad(degrees)) < 1e-6:
            raise Wrong("that is in radians")
        if abs(found - (90 - degrees)) < 1e-6:
            raise Wrong("the angle to the upright is found; take the one to the level")
        if abs(abs(found - degrees) - 180) < 1e-6:
            raise Wrong("the line goes from the left eye to the right one")
        raise Wrong(
            f"two eyes 40 pixels apart, of which the right one in the picture is "
            f"{turn.imag:.1f} pixels further down: the answer is {found:.1f}"
        )
    return "Turned back by so much, the eyes are level, whoever leans."
