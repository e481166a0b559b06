"""Eyes and brows cut out of faces: how well, and what where no eyes are found."""

import cv2
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from emolib.features import regions
from emolib.features.regions import Regions, cut, fields, locate, rules
from emolib.features.store import extract
from emolib.media import MediaError
from emolib.studio import Causes, face, places
from emolib.studio.expression import Expression

WALL = np.full((100, 100), 128, np.uint8)


@pytest.fixture(scope="module")
def someone():
    drawn = face.still(Causes(3, "happy"), (96, 96), zoom=1.5)
    return cv2.cvtColor(drawn, cv2.COLOR_RGB2GRAY)


def middle(box):
    return np.array(box[:2]) + np.array(box[2:]) / 2


# How well, where the truth is known.


@pytest.mark.parametrize("part", ["eyes", "brows"])
def test_true_places_are_where_a_picture_without_them_differs(part, monkeypatch):
    causes, size = Causes(4, "angry", female=1.0, setup=2), (256, 256)
    whole = face.still(causes, size, zoom=1.3).astype(int)
    lay = {"eyes": "_eye", "brows": "_brow"}[part]
    monkeypatch.setattr(Expression, lay, lambda *_: None)
    bare = face.still(causes, size, zoom=1.3)
    monkeypatch.undo()
    rows, columns = np.nonzero(np.abs(whole - bare).sum(axis=2) > 60)
    left, top, width, height = getattr(places.still(causes, size, zoom=1.3), part)
    assert abs(left - columns.min()) < 3 and abs(top - rows.min()) < 3
    assert abs(left + width - columns.max()) < 3 and abs(top + height - rows.max()) < 3


def test_cuts_of_small_faces_are_within_six_percent_of_the_truth():
    twins = ("ck+48", "jaffe", "fer2013", "fed")
    tables = [places.missed(name, "smoke", every=8) for name in twins]
    table = pd.concat(tables, ignore_index=True)
    assert len(table) > 45 and table["emotion"].nunique() >= 7
    for part in ("eyes", "brows"):
        assert (table.groupby("corpus")[part].mean() < 0.06).all()
    assert (table["rule"] == "eyes").mean() > 0.95


def test_a_larger_picture_is_cut_in_the_same_place(someone):
    small = locate(someone)
    large = locate(cv2.resize(someone, None, fx=3, fy=3))
    assert small.rule == large.rule == "eyes"
    for part in ("eyes", "brows"):
        away = middle(getattr(small, part)) - middle(getattr(large, part)) / 3
        assert np.abs(away).max() < 2


def test_a_face_that_is_small_in_its_picture_is_found_first(someone):
    wide = np.full((400, 600), 150, np.uint8)
    wide[200:296, 300:396] = someone
    found = locate(wide)
    assert found.rule == "eyes"
    away = middle(found.eyes) - [300, 200] - middle(locate(someone).eyes)
    assert np.abs(away).max() < 3


# What where no eyes are found.


def test_without_a_face_the_picture_s_proportions_are_taken():
    """By hand: eyes at (30, 38) and (70, 38), 40 apart."""
    found = locate(WALL)
    assert found == ("picture", (10, 23, 80, 28), (10, 15, 80, 22))
    assert locate(WALL[:, :50]).eyes == (5, 30, 40, 14)


def test_without_eyes_the_face_s_proportions_are_taken(someone, monkeypatch):
    seen = locate(someone)
    monkeypatch.setattr(regions, "_eyes", lambda _: None)
    found = locate(someone)
    assert found.rule == "face"
    assert np.abs(middle(found.eyes) - middle(seen.eyes)).max() < 6


def test_one_eye_or_two_that_are_no_pair_do_not_count():
    eye = np.array([0.2, 0.3, 0.2, 0.2])
    pair = eye, eye + [0.4, 0, 0, 0]
    assert regions._odd(*pair) == pytest.approx(0)
    for other in (
        eye,  # the same
        eye + [0.4, 0.2, 0, 0],  # not level
        eye + [0.4, 0, 0.2, 0.2],  # twice as large
        eye + [0.1, 0, 0, 0],  # too near
        eye + [-0.4, 0, 0, 0],  # on the wrong side
    ):
        assert regions._odd(eye, other) == np.inf


def test_what_is_beyond_the_edge_is_the_edge_again():
    picture = np.arange(9, dtype=np.uint8).reshape(3, 3)
    assert cut(picture, (-1, 1, 3, 3)).tolist() == [[3, 3, 4], [6, 6, 7], [6, 6, 7]]


# The feature.


def test_three_regions_and_a_map(tmp_path, someone):
    Image.fromarray(someone).save(tmp_path / "a.png")
    array = Regions(48)(tmp_path / "a.png")
    assert array.shape == (4, 48, 48) and array.dtype == np.uint8
    assert np.array_equal(
        array[0], cv2.resize(someone, (48, 48), interpolation=cv2.INTER_AREA)
    )
    found = locate(someone)
    brows = cv2.resize(cut(someone, found.brows), (48, 48)).astype(int)
    assert np.abs(array[2] - brows).max() <= 1
    assert set(np.unique(array[3])) == {0, 1, 2, 3}
    rows, columns = np.nonzero(array[3] & 1)
    seen = columns.mean() + 0.5, rows.mean() + 0.5
    assert np.abs(np.array(seen) - middle(found.eyes) / 2).max() < 1
    with pytest.raises(MediaError, match="missing"):
        Regions()(tmp_path / "b.png")


def test_a_face_without_eyes_is_cut_all_the_same_and_told(tmp_path, someone):
    names = ["seen.png", "wall.png", "broken.png", "again.png"]
    for name, picture in zip(names, (someone, WALL, WALL, someone), strict=True):
        Image.fromarray(picture).save(tmp_path / name)
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    paths = [str(tmp_path / name) for name in names]
    clips = pd.DataFrame({"clip": names, "path": paths})

    found = extract(Regions(), clips, tmp_path / "cache", workers=4)

    assert found.problems["clip"].tolist() == ["broken.png"]
    assert rules(found.arrays) == ["eyes", "picture", "eyes"]
    x = fields(found.arrays)
    assert x.dtype.names == ("face", "eyes", "brows") and len(x) == 3
    assert x["brows"].shape == (3, 48, 48, 1)
    assert np.array_equal(x["brows"][2, ..., 0], found.arrays[2][2])
    assert np.array_equal(x[0], x[2]) and (x["eyes"][1] == 128).all()
    assert fields(found.arrays, ["face"]).dtype.names == ("face",)
