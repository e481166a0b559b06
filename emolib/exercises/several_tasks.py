"""Checks of the exercises of the primer on several tasks and the focal loss."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from emolib.exercises import Wrong, a_function, a_number, check


@check
def check_1(answer: Callable) -> str:
    """The focal loss of each item."""
    focal = a_function(answer)
    p = np.array([0.05, 0.3, 0.5, 0.8, 0.99])
    for gamma in (0.0, 1.0, 2.0, 3.5):
        found = np.asarray(focal(p.copy(), gamma), float)
        if found.shape != p.shape:
            raise Wrong(f"a cost for each of {len(p)} items, not {found.shape}")
        # Through logarithms, instead of powers.
        expected = np.exp(gamma * np.log1p(-p)) * np.log(1 / p)
        if np.allclose(found, expected):
            continue
        if np.allclose(found, -expected):
            raise Wrong("a cost is not below zero")
        if np.allclose(found, p**gamma * -np.log(p)):
            raise Wrong("so the easy items count, and the hard ones do not")
        if np.allclose(found, expected / np.log(10)) or np.allclose(
            found, expected / np.log(2)
        ):
            raise Wrong("the logarithm is the natural one")
        if np.allclose(found, -np.log(p)):
            raise Wrong("that is cross-entropy, whatever gamma is")
        raise Wrong(
            f"with a gamma of {gamma:g} an item of p = 0.5 costs {found[2]:.3f}; "
            "with zero it has to be cross-entropy"
        )
    return "With a gamma of zero it is cross-entropy."


@check
def check_2(answer: float) -> str:
    """The gamma by which an easy item counts a fiftieth."""
    gamma = a_number(answer, 0)
    share = 0.1**gamma
    if abs(share - 1 / 50) < 0.0005:
        return "A hard item, with 0.1 for its class, keeps five sixths of its cost."
    if abs(0.9**gamma - 1 / 50) < 0.0005:
        raise Wrong("it is one less the probability that is raised to a power")
    raise Wrong(
        f"with this gamma it costs {share:.3g} of cross-entropy's, which is too "
        f"{'much' if share > 1 / 50 else 'little'}"
    )


@check
def check_3(answer: Callable) -> str:
    """Between which ends the share of faces lies in which both answers are right."""
    limits = a_function(answer)
    for first, second in ((8, 7), (3, 4), (10, 6), (2, 9)):
        try:
            least, most = (a_number(e, 0, 1) for e in limits(first / 10, second / 10))
        except (TypeError, ValueError):
            raise Wrong(
                "two numbers are asked for, the least and the largest"
            ) from None
        # By moving the right answers of one task along ten faces.
        faces = np.arange(10)
        both = [np.sum((faces < first) & ((faces - n) % 10 < second))
                for n in range(10)]  # fmt: skip
        ends = min(both) / 10, max(both) / 10
        given = f"with {first} and {second} of ten faces right"
        if abs(most - ends[1]) > 1e-9:
            if abs(most - first * second / 100) < 1e-9:
                raise Wrong(f"{given}: a product holds if failures are independent")
            raise Wrong(f"{given}, both can be right in {most:.2g} of all: is it so?")
        if abs(least - ends[0]) > 1e-9:
            if abs(least) < 1e-9:
                raise Wrong(f"{given}, some face has to have both")
            if abs(least - first * second / 100) < 1e-9:
                raise Wrong(f"{given}: a product holds if failures are independent")
            raise Wrong(f"{given}, there may be fewer than {least:.2g} with both")
    return "A report of two accuracies leaves that much open."
