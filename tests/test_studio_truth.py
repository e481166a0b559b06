"""The studio's true motion: the points lie where the strokes are, in every frame."""

import cv2
import numpy as np
import pytest

from emolib.features import flow
from emolib.studio import Causes, face, files, places, truth, twins

PLAIN = (("setup", 0.0), ("identity.glasses", 0.0), ("identity.hair", 0.0))
HOW = (12, 15, (480, 480), np.array([0.0, 1.0, 0.2, 1.0]))


@pytest.fixture(scope="module", params=["happy", "surprised"])
def rendered(request):
    causes = Causes(7, request.param, doses=PLAIN, take="a")
    return np.stack(list(face.frames(causes, *HOW))), truth.points(causes, *HOW)


def around(picture, point, reach):
    x, y = np.rint(point).astype(int)
    return picture[y - reach : y + reach + 1, x - reach : x + reach + 1]


def test_each_part_has_its_points_within_the_picture(rendered):
    _, points = rendered
    shapes = {part: places.shape for part, places in points.items()}
    assert shapes == {
        "brow": (12, 6, 2), "lid": (12, 4, 2), "mouth": (12, 4, 2),
        "head": (12, 5, 2), "wall": (12, 2, 2),
    }  # fmt: skip
    everything = np.concatenate(list(points.values()), axis=1)
    assert (everything > 20).all() and (everything < 460).all()


def test_points_lie_on_what_is_drawn_there(rendered):
    """Brows are darker than the skin above; the mouth's middle is redder."""
    pictures, points = rendered
    grey = [cv2.cvtColor(p, cv2.COLOR_RGB2GRAY).astype(int) for p in pictures]
    for number, picture in enumerate(grey):
        for middle in points["brow"][number][[1, 4]]:
            above = around(picture, middle - [0, 14], 1).mean()
            assert around(picture, middle, 1).mean() < above - 15
        lips = points["mouth"][number][2:]
        inner = lips + [[0, 3], [0, -3]]  # a little within the lips' edges
        for place in inner:
            red, green, _ = around(pictures[number], place, 1).reshape(-1, 3).mean(0)
            chin = around(pictures[number], points["head"][number][4], 2)
            skin = chin.reshape(-1, 3).mean(axis=0)
            assert red / green > skin[0] / skin[1] + 0.05


def test_a_tracker_that_sees_the_pictures_finds_the_same_motion(rendered):
    """OpenCV's tracker with wide windows, on points with texture around them."""
    pictures, points = rendered
    grey = [cv2.cvtColor(p, cv2.COLOR_RGB2GRAY) for p in pictures]
    missed, still = [], []
    for number in range(1, len(grey)):
        before, after = (
            np.concatenate([points["brow"][n][[0, 2, 3, 5]], points["head"][n][:1]])
            for n in (number - 1, number)
        )
        found, _, _ = cv2.calcOpticalFlowPyrLK(
            grey[number - 1], grey[number], before.astype(np.float32), None,
            winSize=(25, 25), maxLevel=2,
        )  # fmt: skip
        missed += np.hypot(*(found - after).T).tolist()
        still += np.hypot(*(before - after).T).tolist()
    assert np.median(missed) < 0.35 * np.median(still)
    assert np.median(missed) < 0.4


def test_dense_flow_is_nearer_to_the_truth_than_standing_still(rendered):
    pictures, points = rendered
    grey = [cv2.cvtColor(cv2.resize(p, (160, 160), interpolation=cv2.INTER_AREA),
                         cv2.COLOR_RGB2GRAY) for p in pictures]  # fmt: skip
    for make in flow.METHODS.values():
        measure, missed, still = make(), [], []
        for number in range(1, len(grey)):
            before, after = (points["head"][n] / 3 for n in (number - 1, number))
            found = measure(grey[number - 1], grey[number])
            missed += flow.errors(found, before, after).tolist()
            still += np.hypot(*(after - before).T).tolist()
        assert np.mean(missed) < 0.7 * np.mean(still)


def test_what_says_that_nothing_moves_misses_by_the_motion_itself():
    table = places.motion_missed(1, "smoke").set_index("method")
    assert list(table.index) == ["standing still", *flow.METHODS]
    form, (clip, *_) = twins.form("ravdess", "smoke"), twins.plan("ravdess", "smoke")
    opening = files.sound(clip.causes, form).opening
    count = round(form.seconds * form.frame_rate)
    how = (clip.causes, count, form.frame_rate, form.size, opening)
    for part, where in truth.points(*how).items():
        moved = np.linalg.norm(np.diff(where, axis=0), axis=-1).mean()
        assert table.loc["standing still", part] == pytest.approx(moved)
    assert (table[list(truth.PARTS)] < 3).all(axis=None)
