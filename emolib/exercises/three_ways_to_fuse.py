"""Checks of the exercises of the primer on fusion."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from emolib.exercises import Wrong, a_function, a_number, check


@check
def check_1(answer: float) -> str:
    """What three models that agree come to."""
    share = a_number(answer, 0, 1)
    yes, no = 0.6**3, 0.4**3
    if abs(share - yes) < 0.002:
        raise Wrong(
            "that is not yet a probability: what does B get, and what are both?"
        )
    if abs(share - 0.6) < 0.002:
        raise Wrong("that is the mean; the product is surer than each of the three")
    if abs(share - 0.36 / (0.36 + 0.16)) < 0.002:
        raise Wrong("so much two of them would give")
    if abs(share - (1 - no)) < 0.002:
        raise Wrong("that is how likely not all three are wrong, another question")
    if abs(share - yes / (yes + no)) > 0.002:
        raise Wrong("multiply what they give A, and what they give B; then compare")
    return "It would be so sure as well if two of them only repeated the first."


def _gaps(models: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    lots = np.random.default_rng(seed)
    tables = lots.dirichlet(np.ones(4), (models, 30))
    there = lots.random((models, 30)) < 0.6
    there[:, 0], there[:, 1] = False, True
    tables[~there] = np.nan
    return tables, there


@check
def check_2(answer: Callable) -> str:
    """The mean over those that have an answer."""
    with_gaps = a_function(answer)
    for models, seed in ((2, 0), (3, 1)):
        tables, there = _gaps(models, seed)
        found = np.asarray(with_gaps(tables.copy(), there.copy()), float)
        if found.shape != tables.shape[1:]:
            raise Wrong(f"a row a clip and a column a class, not {found.shape}")
        # Clip by clip, over those that are there.
        expected = np.full(found.shape, 0.25)
        for clip in np.flatnonzero(there.any(axis=0)):
            expected[clip] = tables[there[:, clip], clip].mean(axis=0)
        if np.allclose(found, expected):
            continue
        some = there.any(axis=0)
        if np.isnan(found[some]).any():
            raise Wrong("where one model is missing, nothing is left of the others")
        if np.isnan(found[~some]).any():
            raise Wrong("where nobody answers, something has to be said all the same")
        if not np.allclose(found.sum(axis=1)[some], 1):
            raise Wrong("a row does not sum to one: over how many models is the mean?")
        if np.allclose(found[some], expected[some]):
            raise Wrong("where nobody answers, no class is likelier than another")
        raise Wrong(
            f"{(~np.isclose(found, expected).all(axis=1)).sum()} of {len(found)} clips "
            "are not the mean of the answers that are there"
        )
    return "An early model would have to be trained with gaps to do the same."


@check
def check_3(answer: Callable) -> str:
    """Columns that tell a linear model what two numbers mean together."""
    from sklearn.linear_model import LogisticRegression

    inputs = a_function(answer)
    raised, smile = np.random.default_rng(0).uniform(-1, 1, (2, 800))
    joke = raised * smile > 0
    x = np.asarray(inputs(raised.copy(), smile.copy()), float)
    if x.ndim != 2 or len(x) != len(raised):
        raise Wrong(f"a row for each of {len(raised)} clips, not {x.shape}")
    few = np.asarray(inputs(raised[:9].copy(), smile[:9].copy()), float)
    if not np.allclose(few, x[:9]):
        raise Wrong("a clip's row changes with what other clips there are")
    right = LogisticRegression(C=100, max_iter=2000).fit(x[:400], joke[:400])
    share = right.score(x[400:], joke[400:])
    if share < 0.6:
        raise Wrong(
            f"a linear model is right about {share:.0%}, as one who guesses: it adds "
            "up what it is given, and jokes are where both have the same sign"
        )
    if share < 0.9:
        raise Wrong(
            f"a linear model is right about {share:.0%}: some, not all, is told"
        )
    return f"A linear model is right about {share:.0%} now."
