"""Pictures from video: which frames, which part of them, which colours."""

import cv2
import numpy as np
import pytest
from PIL import Image

from emolib import UsageError
from emolib.corpora import index
from emolib.features.faces import Frames, Moments, Still, find_face
from emolib.features.store import extract
from emolib.media import MediaError
from emolib.studio.film import write_video

NOBODY = np.full((240, 320, 3), (120, 150, 180), dtype=np.uint8)


def face_at(x: int, y: int, size: int, skin=(224, 172, 138)) -> np.ndarray:
    """A drawn face that a Haar cascade takes for one, its middle at (x, y)."""
    image = NOBODY.copy()

    def ellipse(dx, dy, width, height, colour):
        centre = (round(x + dx * size), round(y + dy * size))
        axes = (round(width * size), round(height * size))
        cv2.ellipse(image, centre, axes, 0, 0, 360, colour, -1, cv2.LINE_AA)

    dark, light = [tuple(int(c * k) for c in skin) for k in (0.72, 1.08)]
    ellipse(0, -0.12, 0.52, 0.66, (50, 35, 30))  # hair
    ellipse(0, 0, 0.46, 0.62, skin)
    for side in (-1, 1):
        ellipse(side * 0.19, -0.1, 0.14, 0.09, dark)  # socket
        ellipse(side * 0.25, 0.14, 0.13, 0.11, light)  # cheek
        ellipse(side * 0.19, -0.22, 0.13, 0.025, (60, 40, 30))  # brow
        ellipse(side * 0.19, -0.09, 0.085, 0.04, (240, 240, 240))
        ellipse(side * 0.19, -0.09, 0.04, 0.04, (30, 20, 20))
    ellipse(0, 0.02, 0.045, 0.16, light)  # nose
    ellipse(0, 0.18, 0.09, 0.025, dark)
    ellipse(0, 0.34, 0.17, 0.04, (150, 70, 70))  # mouth
    return image


@pytest.fixture(scope="module")
def video(tmp_path_factory):
    folder = tmp_path_factory.mktemp("videos")

    def write(name, frames):
        write_video(folder / name, frames, 25)
        return folder / name

    return write


def test_find_face():
    left, top, width, height = find_face(face_at(200, 120, 130))
    assert abs(left + width / 2 - 200) < 15
    assert abs(top + height / 2 - 120) < 25
    assert 100 < width < 180
    assert find_face(NOBODY) is None
    assert find_face(cv2.cvtColor(face_at(200, 120, 130), cv2.COLOR_RGB2GRAY))


def test_find_face_in_a_large_picture_gives_its_own_pixels():
    small = np.array(find_face(face_at(200, 120, 130)))
    large = cv2.resize(face_at(200, 120, 130), (1280, 960))
    np.testing.assert_allclose(find_face(large), 4 * small, atol=24)


def test_find_face_takes_the_largest():
    image = face_at(70, 120, 70)
    image[:, 140:] = face_at(230, 120, 130)[:, 140:]
    left, _, width, _ = find_face(image)
    assert abs(left + width / 2 - 230) < 15


def test_every_fifth_frame_in_rgb(video):
    shades = [np.full((48, 64, 3), (200, 40 + 8 * i, 60), np.uint8) for i in range(12)]
    array = Frames(every=5, size=32)(video("shades.mp4", shades))
    assert (array.shape, array.dtype) == ((3, 32, 32, 3), np.uint8)
    middle = array[:, 16, 16].astype(int)
    assert abs(middle - [[200, 40 + 8 * i, 60] for i in (0, 5, 10)]).max() < 8


def test_the_face_is_cut_out(video):
    frames = [face_at(200, 120, 130)] * 6
    whole = Frames(every=5)(video("one.mp4", frames))
    cut = Frames(every=5, face=True)(video("one.mp4", frames))
    assert whole.shape == cut.shape == (2, 64, 64, 3)
    # The whole frame's corner is wall, the face's middle is skin.
    assert abs(whole[0, 2, 2].astype(int) - NOBODY[0, 0]).max() < 12
    assert abs(cut[0, 32, 20].astype(int) - (224, 172, 138)).max() < 40


def test_a_frame_without_a_face_is_cut_where_the_last_one_was(video):
    red, blue = (180, 60, 60), (60, 60, 180)
    wall = NOBODY.copy()
    wall[:, :160], wall[:, 160:] = red, blue
    frames = [wall, face_at(80, 120, 110), wall, face_at(240, 120, 110), wall]
    array = Frames(every=1, face=True)(video("moves.mp4", frames))
    assert len(array) == 5
    middle = array[:, 24:40, 24:40].mean(axis=(1, 2))
    for number, colour in [(0, red), (2, red), (4, blue)]:
        assert abs(middle[number] - colour).max() < 15


def test_no_face_in_any_frame(video):
    with pytest.raises(MediaError, match="no face in any frame"):
        Frames(face=True)(video("wall.mp4", [NOBODY] * 6))
    assert Frames()(video("wall.mp4", [NOBODY] * 6)).shape == (2, 64, 64, 3)


def test_a_still_is_averaged_to_a_square(tmp_path):
    wide = np.zeros((96, 192, 3), dtype=np.uint8)
    wide[:, 96:, 0], wide[::2, :96] = 200, 100  # red; stripes of grey and black
    Image.fromarray(wide).save(tmp_path / "a.png")

    colour = Still(48)(tmp_path / "a.png")
    grey = Still(48, colour=False)(str(tmp_path / "a.png"))

    assert colour.shape == (48, 48, 3) and grey.shape == (48, 48, 1)
    assert colour.dtype == grey.dtype == np.uint8
    assert (colour[:, :24] == 50).all() and (colour[:, 24:] == (200, 0, 0)).all()
    assert (grey[:, :24] == 50).all() and (grey[:, 24:] == 60).all()  # 0.299 x 200
    assert Still(88)(tmp_path / "a.png").shape == (88, 88, 3)
    assert Still(200)(tmp_path / "a.png").shape == (200, 200, 3)


def test_stills_from_files_and_from_a_table_of_pictures(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 256, (3, 48, 48), dtype=np.uint8)
    rows = [f"3,{' '.join(map(str, p.flat))},Training\n" for p in pixels]
    rows[1] = "3,1 2 3,Training\n"
    (tmp_path / "fer2013.csv").write_text("emotion,pixels,Usage\n" + "".join(rows))
    manifest = index("fer2013", tmp_path)

    found = extract(Still(colour=False), manifest, tmp_path / "cache", workers=2)

    assert found.manifest["clip"].tolist() == ["fer2013/00000", "fer2013/00002"]
    np.testing.assert_array_equal(found.arrays[1][:, :, 0], pixels[2])
    assert found.problems[["clip", "problem"]].values.tolist() == [
        ["fer2013/00001", "truncated"]
    ]
    again = extract(Still(colour=False), manifest, tmp_path / "cache")
    np.testing.assert_array_equal(again.arrays[0], found.arrays[0])
    assert len(list((tmp_path / "cache").rglob("*.bin"))) == 1  # nothing was anew


def test_moments_are_of_a_share_of_the_film_and_cut_out(video):
    """Twenty frames, the face from left to right: where it is tells which they are."""
    path = video("walk.mp4", [face_at(100 + 6 * n, 120, 130) for n in range(20)])
    found = Moments(count=3, size=40, start=0.4, stop=0.9)(path)
    assert found.shape == (3, 40, 40, 3)
    alike = Frames(every=1, size=40, face=True)(path)
    for moment, frame in zip(found, (8, 12, 17), strict=True):  # 7.6, 12.35, 17.1
        np.testing.assert_array_equal(moment, alike[frame])


def test_a_moment_without_a_face_is_cut_where_one_was(video):
    """Frames 0, 4 and 9 are asked for; the first shows nobody."""
    frames = [NOBODY] * 3 + [face_at(200, 120, 130)] * 7
    found = Moments(count=3, size=40, start=0, stop=1)(video("late.mp4", frames))
    left, top, width, height = find_face(frames[-1])
    place = NOBODY[top : top + height, left : left + width]
    assert np.abs(found[0].astype(int) - place.mean(axis=(0, 1))).max() < 6
    assert found[1].std() > 20 and found[2].std() > 20


def test_where_no_moment_shows_a_face_another_frame_does(video):
    frames = [face_at(200, 120, 130)] + [NOBODY] * 9
    found = Moments(count=2, size=40, start=0.5, stop=1)(video("gone.mp4", frames))
    assert np.abs(found.astype(int) - NOBODY[0, 0]).max() < 12


def test_of_two_faces_the_moment_shows_the_larger(video):
    both = face_at(90, 120, 90)
    both[:, 170:] = face_at(240, 120, 130)[:, 170:]
    alone = face_at(240, 120, 130)
    found, wanted = (
        Moments(2, 40)(video(f"{name}.mp4", [image] * 4))
        for name, image in (("two", both), ("one", alone))
    )
    assert np.abs(found.astype(int) - wanted).mean() < 8


def test_moments_of_a_film_without_a_face_are_refused(video):
    with pytest.raises(MediaError, match="no face in any frame"):
        Moments()(video("empty.mp4", [NOBODY] * 5))


@pytest.mark.parametrize("given", [{"count": 0}, {"start": 0.9, "stop": 0.4}])
def test_moments_of_no_share_are_refused(given):
    with pytest.raises(UsageError, match="shares of a film"):
        Moments(**given)
