"""The exercises of the primer on faces: references pass, wrong answers fail."""

import cv2
import numpy as np
from answers import also, hold

from emolib.exercises import from_face_to_pixels as exercises


def area(table, top, left, height, width):
    below, right = top + height, left + width
    return table[below, right] - table[top, right] - table[below, left] + table[
        top, left
    ]  # fmt: skip


def twice(table, top, left, height, width):
    """Takes away the corner with the rows and with the columns."""
    below, right = top + height, left + width
    return table[below, right] - table[top, right] - table[below, left]


def test_check_1():
    hold(
        exercises.check_1,
        area,
        [
            twice,
            lambda table, top, left, height, width: (
                area(table, top, left, height, width) / (height * width)
            ),
            lambda table, top, left, height, width: (
                area(table, left, top, width, height)
                if max(left + width, top + height) < 10
                else 0
            ),
            lambda table, top, left, height, width: area(
                table, top, left, height - 1, width - 1
            ),
            "four",
        ],
    )
    told = exercises.check_1.judge(twice)[1]
    assert "taken away twice" in told

    def back(table, top, left, height, width):
        pixels = np.diff(np.diff(table, axis=0), axis=1)
        return pixels[top : top + height, left : left + width].sum()

    also(exercises.check_1, back)


def shrink(picture, size):
    step = len(picture) // size
    return picture.reshape(size, step, size, step).mean(axis=(1, 3))


def test_check_2():
    hold(
        exercises.check_2,
        shrink,
        [
            lambda picture, size: picture[:: len(picture) // size][
                :, :: len(picture) // size
            ],
            lambda picture, size: shrink(picture, size) * (len(picture) // size) ** 2,
            lambda picture, size: shrink(picture, size).T,
            lambda picture, size: cv2.resize(picture, (size, size)),
            lambda picture, size: cv2.GaussianBlur(picture, (5, 5), 0)[:size, :size],
            lambda picture, size: picture,
            48,
        ],
    )
    picked = exercises.check_2.judge(lambda picture, size: cv2.resize(
        picture, (size, size), interpolation=cv2.INTER_NEAREST
    ))  # fmt: skip
    assert not picked[0] and "thrown away" in picked[1]
    also(exercises.check_2, lambda picture, size: cv2.resize(
        picture, (size, size), interpolation=cv2.INTER_AREA
    ))  # fmt: skip


def tilt(left, right):
    across, down = right - left
    return np.rad2deg(np.arctan2(down, across))


def test_check_3():
    hold(
        exercises.check_3,
        tilt,
        [
            lambda left, right: -tilt(left, right),
            lambda left, right: np.deg2rad(tilt(left, right)),
            lambda left, right: 90 - tilt(left, right),
            lambda left, right: tilt(right, left),
            lambda left, right: right[1] - left[1],
            lambda left, right: np.rad2deg(np.arcsin((right - left)[1] / 60)),
            12,
        ],
    )
    another = {"way": lambda left, right: np.angle(
        complex(*(right - left)), deg=True
    )}  # fmt: skip
    also(exercises.check_3, another["way"])
