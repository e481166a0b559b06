"""Checks of the exercises of the primer on optical flow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from emolib.exercises import Wrong, a_function, check


def _a_motion(answer: Any) -> np.ndarray:
    """Two numbers: how far to the right, how far down."""
    try:
        found = np.asarray(answer, float)
    except (TypeError, ValueError):
        raise Wrong("two numbers are asked for, to the right and down") from None
    if found.shape != (2,) or not np.isfinite(found).all():
        raise Wrong(f"two numbers are asked for, to the right and down, not {answer!r}")
    return found


@check
def check_1(answer: Callable) -> str:
    """The shortest motion that solves one pixel's equation."""
    shortest = a_function(answer)
    for i_x, i_y, i_t in ((3.0, 4.0, -10.0), (2.0, 0.0, 1.0), (-5.0, 12.0, 6.5)):
        found = _a_motion(shortest(i_x, i_y, i_t))
        left = i_x * found[0] + i_y * found[1] + i_t
        along = i_x * found[1] - i_y * found[0]
        if abs(left) < 1e-9 and abs(along) < 1e-9:
            continue
        if abs(left - 2 * i_t) < 1e-9:
            raise Wrong("it goes the opposite way: mind the sign of the change")
        if abs(left) < 1e-9:
            raise Wrong(
                f"for slopes of {i_x:g} and {i_y:g} the equation is solved, but a "
                "shorter motion solves it as well: this one also goes along the edge"
            )
        raise Wrong(
            f"with slopes of {i_x:g} and {i_y:g} and a change of {i_t:g} the two sides "
            f"of the equation differ by {abs(left):.2f}. How steep is the slope in the "
            "direction in which it is steepest?"
        )
    return "Along its edge a pixel knows nothing."


def _windows() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Slopes across and down of some windows."""
    lots = np.random.default_rng(0)
    corner, edge = lots.normal(0, 20, (2, 7, 7)), lots.normal(0, 20, (7, 7))
    return {
        "a corner": (corner[0], corner[1]),
        "a straight edge": (2 * edge, -edge),
        "a wall": (np.zeros((7, 7)), np.zeros((7, 7))),
    }


@check
def check_2(answer: Callable) -> str:
    """A window's motion, where it can be told."""
    moved = a_function(answer)
    true = np.array([0.75, -0.5])
    for where, (i_x, i_y) in _windows().items():
        i_t = -(true[0] * i_x + true[1] * i_y)
        try:
            found = moved(i_x.copy(), i_y.copy(), i_t.copy())
        except np.linalg.LinAlgError:
            raise Wrong(
                f"there is no answer at {where}, and none may be tried"
            ) from None
        if where == "a corner":
            if found is None:
                raise Wrong("a window with two directions can say where it went")
            found = _a_motion(found)
            if np.allclose(found, -true):
                raise Wrong("it goes the opposite way: mind the sign of the change")
            if np.allclose(found, true[::-1]):
                raise Wrong("right and down are exchanged")
            if not np.allclose(found, true):
                raise Wrong(
                    f"a window moved by {true} is said to have moved by "
                    f"{found.round(2)}: every pixel is one equation"
                )
        elif found is not None:
            raise Wrong(
                f"at {where} anything along one direction would do as well, and the "
                f"answer is {np.round(found, 2)}; nothing should be said there"
            )
    return "An answer that is not there is better not given."


@check
def check_3(answer: Callable) -> str:
    """What a face does while its head moves."""
    without_head = a_function(answer)
    lots = np.random.default_rng(0)
    for head, share in (((2.0, -1.0), 0.3), ((-0.5, 3.0), 0.2), ((0.0, 0.0), 0.3)):
        own = np.zeros((40, 40, 2))
        own[: int(40 * share)] = lots.uniform(3, 6, (int(40 * share), 40, 2))
        field = own + head
        given = field.copy()
        found = np.asarray(without_head(given), float)
        if found.shape != field.shape:
            raise Wrong(f"a field like the one that came in, not {found.shape}")
        if np.allclose(found, own):
            continue
        still = found[-1, -1]
        if np.allclose(found, field):
            raise Wrong("the head still moves")
        if np.allclose(found, field - field.mean(axis=(0, 1))):
            raise Wrong(
                "a mean is drawn along by the few that go far: the forehead, which "
                f"moves with the head alone, is left with {still.round(2)}"
            )
        if np.allclose(found - found[-1, -1], field - field[-1, -1]):
            raise Wrong(
                f"something was taken away, but not the head's motion, {head}: is it "
                "one number to the right and another down?"
            )
        raise Wrong("what the face does itself has changed; take away one motion")
    return "What most pixels do is taken for the head; a large mouth may fool it."
