"""Motion: measured where it is known, drawn as stated, streamed frame by frame."""

import av
import cv2
import numpy as np
import pytest

from emolib import UsageError
from emolib.features import flow
from emolib.features.faces import Frames
from emolib.features.flow import Flow, drawn, lucas_kanade
from emolib.media import MediaError
from emolib.studio import Causes, face
from emolib.studio.film import write_video


def blobs(right=0.0, down=0.0, side=96, seed=0):
    """A soft picture, moved by parts of a pixel; moving it is exact."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[:side, :side]
    picture = np.full((side, side), 40.0)
    for x, y, light in rng.uniform(5, [side - 5, side - 5, 90], (60, 3)):
        far = (columns - x - right) ** 2 + (rows - y - down) ** 2
        picture += light * np.exp(-far / 40)
    return np.rint(np.clip(picture, 0, 255)).astype(np.uint8)


MOVED = [(0.3, -0.2), (-0.45, 0.1), (0.05, 0.6)]


# -- the equation -----------------------------------------------------------


@pytest.mark.parametrize("motion", MOVED)
def test_one_window_solved_by_hand_is_opencvs_answer(motion):
    """A 3x3 window, one pyramid level; once solved, then until it stands.

    Within 0.0001 and 0.01 pixels: OpenCV rounds what lies between pixels to whole
    numbers with five binary digits of fraction.
    """
    before, after = blobs(), blobs(*motion)
    points = cv2.goodFeaturesToTrack(before[8:-8, 8:-8], 25, 0.2, 6)[:, 0] + 8
    for steps, tolerance in ((1, 1e-4), (30, 0.01)):
        theirs, found, _ = cv2.calcOpticalFlowPyrLK(
            before, after, points, None, winSize=(3, 3), maxLevel=0,
            criteria=(cv2.TERM_CRITERIA_COUNT, steps, 0), minEigThreshold=0,
        )  # fmt: skip
        ours = [lucas_kanade(before, after, point, steps=steps) for point in points]
        assert found.all() and len(points) > 15
        np.testing.assert_allclose(ours, theirs - points, atol=tolerance)
    # And it is the true motion, but for the rounding of grey values in nine pixels.
    assert np.median(np.abs(np.array(ours) - motion)) < 0.08


def test_the_equation_by_hand():
    """A slope of 2 to the right and 4 down, 1 brighter: least squares of 9 equations.

    One direction alone cannot be solved; of two, u = -It Ix / |I|^2 and so on.
    """
    rows, columns = np.mgrid[:9, :9].astype(float)
    slope = 2 * columns + 4 * rows
    with pytest.raises(UsageError, match="no two directions"):
        lucas_kanade(slope, slope + 1, (4, 4))
    # A saddle around (4, 4): Ix = columns - 4, Iy = 4 - rows; moved by (0.5, -0.25)
    saddle = ((columns - 4) ** 2 - (rows - 4) ** 2) / 2
    moved = ((columns - 4.5) ** 2 - (rows - 3.75) ** 2) / 2
    ix, iy = (columns - 4)[3:6, 3:6].ravel(), (4 - rows)[3:6, 3:6].ravel()
    it = (moved - saddle)[3:6, 3:6].ravel()
    expected = np.linalg.lstsq(np.stack([ix, iy], 1), -it, rcond=None)[0]
    np.testing.assert_allclose(lucas_kanade(saddle, moved, (4, 4)), expected)
    np.testing.assert_allclose(expected, [0.5, -0.25])


@pytest.mark.parametrize("method", flow.METHODS)
@pytest.mark.parametrize("motion", MOVED)
def test_dense_methods_find_a_known_motion(method, motion):
    found = flow.METHODS[method]()(blobs(), blobs(*motion))
    assert found.shape == (96, 96, 2)
    within = found[16:-16, 16:-16].reshape(-1, 2)
    np.testing.assert_allclose(np.median(within, axis=0), motion, atol=0.06)
    points = np.full((1, 2), 48.0)
    assert flow.errors(found, points, points + motion)[0] < 0.2


# -- drawing ----------------------------------------------------------------


def test_direction_is_colour_and_length_is_brightness():
    right, down, left, up = (1.0, 0), (0, 1.0), (-1.0, 0), (0, -1.0)
    colours = drawn(np.array([[right, down, left, up]]), scale=1)[0].tolist()
    assert colours == [[255, 0, 0], [127, 255, 0], [0, 255, 255], [128, 0, 255]]
    lengths = np.array([[[0.25, 0], [0.5, 0], [1.0, 0], [3.0, 0]]])
    assert drawn(lengths, scale=1)[0, :, 0].tolist() == [64, 128, 255, 255]
    assert drawn(lengths / 8, scale=0)[0, :, 0].tolist() == [21, 42, 85, 255]


def film_of(pictures):
    """Frames as they come out of a film, without the codec."""
    frames = [cv2.cvtColor(p, cv2.COLOR_GRAY2RGB) for p in pictures]
    return [(n, av.VideoFrame.from_ndarray(f)) for n, f in enumerate(frames)]


@pytest.mark.parametrize("method", flow.METHODS)
def test_a_film_s_pictures_show_its_motion(method):
    """Half a pixel to the right, then one down; each frame's motion is its own."""
    film = film_of([blobs(), blobs(0.5, 0), blobs(0.5, 1)])
    feature = Flow(method=method, size=24, measured=96, scale=1 / 96)
    pictures = list(feature.seen(film, "film.mp4"))
    assert [p.shape for p in pictures] == [(24, 24, 3)] * 3
    middle = [p[6:-6, 6:-6].astype(int).mean(axis=(0, 1)) for p in pictures]
    assert abs(middle[0] - (128, 0, 0)).max() < 25  # right, half as bright
    np.testing.assert_array_equal(pictures[0], pictures[1])  # none before the first
    assert abs(middle[2] - (128, 255, 0)).max() < 45  # down
    every = Flow(every=2, method=method, size=24, measured=96, scale=1 / 96)
    some = list(every.seen(film, "film.mp4"))
    np.testing.assert_array_equal(some, pictures[::2])


def test_what_does_not_move_is_black_by_scale_and_noise_when_stretched(tmp_path):
    still = np.repeat(blobs()[:, :, None], 3, axis=2)
    write_video(tmp_path / "still.mp4", [still] * 6, 25)
    for method in flow.METHODS:
        assert Flow(method=method)(tmp_path / "still.mp4").max() < 30
    stretched = Flow(scale=0)(tmp_path / "still.mp4")
    assert stretched.max() in (0, 255)  # nothing at all, or noise as bright as motion
    same = film_of([blobs()] * 3)
    for scale in (0.01, 0.0):
        assert not np.any(list(Flow(scale=scale, method="dis").seen(same, "same")))


def test_a_missing_frame_stands_still_and_the_next_makes_up_for_it():
    one, two = film_of([blobs(), blobs(1, 0)])
    film = [one, (1, one[1]), (2, two[1])]  # as `read_film` fills a gap
    first, gap, last = Flow(scale=1 / 96, measured=96).seen(film, "gap.mp4")
    assert not first.any() and not gap.any()
    assert last[20:-20, 20:-20, 0].mean() > 230


def test_pictures_stand_beside_the_frames_they_belong_to(tmp_path):
    causes = Causes(3, "happy")
    frames = face.frames(causes, 12, 15, (160, 160), np.array([0.0, 1.0, 0.0]))
    write_video(tmp_path / "face.mp4", frames, 15)
    for every in (1, 5):
        pictures = Flow(every=every)(tmp_path / "face.mp4")
        assert len(pictures) == len(Frames(every=every)(tmp_path / "face.mp4"))
        assert pictures.dtype == np.uint8 and pictures.any()
    cut = Flow(face=True)(tmp_path / "face.mp4")
    assert cut.shape == (12, 64, 64, 3)
    # A cut enlarges: the middle of the whole is most of the cut.
    whole = Flow()(tmp_path / "face.mp4")
    assert np.corrcoef(cut.mean(axis=(1, 2, 3)), whole.mean(axis=(1, 2, 3)))[0, 1] > 0.5


# -- bad input --------------------------------------------------------------


def test_films_too_short_and_faces_that_are_not_there(tmp_path):
    wall = np.full((64, 64, 3), 130, np.uint8)
    for count in (1, 2, 3):
        write_video(tmp_path / f"{count}.mp4", [wall] * count, 25)
    with pytest.raises(MediaError, match="1 frame, fewer than 2"):
        Flow()(tmp_path / "1.mp4")
    assert len(Flow()(tmp_path / "2.mp4")) == 2
    with pytest.raises(MediaError, match="2 frames, fewer than 3"):
        Flow(least=3)(tmp_path / "2.mp4")
    assert len(Flow(least=3)(tmp_path / "3.mp4")) == 3
    with pytest.raises(MediaError, match="no face in any frame"):
        Flow(face=True)(tmp_path / "3.mp4")


def test_wrong_use():
    with pytest.raises(UsageError, match="no method 'raft'; there are dis, farneback"):
        Flow(method="raft")
    with pytest.raises(UsageError, match="scale=-1"):
        Flow(scale=-1)
