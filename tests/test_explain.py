"""Explanations against a model whose reasons are known."""

import numpy as np
import pytest

from emolib import UsageError, explain


def test_occlusion_finds_the_one_place_that_matters():
    """The probability is the brightness of a patch at rows 8-16, columns 24-32."""

    def predict(pictures):
        bright = pictures[:, 8:16, 24:32].mean(axis=(1, 2, 3)) / 255
        return np.stack([bright, 1 - bright], axis=1)

    picture = np.full((32, 40, 3), 255, np.uint8)
    fall = explain.occlusion(predict, picture, 0, side=8, step=8)
    assert fall.shape == (4, 5)
    expected = np.zeros((4, 5))
    expected[1, 3] = 1 - 127 / 255
    assert np.allclose(fall, expected)
    assert np.allclose(explain.occlusion(predict, picture, 1, 8, 8), -expected)
    assert (picture == 255).all()
    with pytest.raises(UsageError, match="does not fit"):
        explain.occlusion(predict, picture, 0, side=33)
