"""Photographs as numbers are read whole, or refused by the file's name."""

import cv2
import numpy as np
import pandas as pd
import pytest

from emolib import EmolibError, UsageError
from emolib.corpora import photographs
from emolib.labels import FACES

WORDS = ["neutral", "joy", "sadness", "anger", "fear", "disgust", "surprise"]


def write(folder, **changed):
    """Three photographs: one without a face found, one of pride."""
    shown = {"set": "WSEFEP", "person": "AD", "emotion": "happiness"}
    table = pd.DataFrame([shown, shown | {"set": "RaFD"}, shown | {"emotion": "pride"}])
    table["picture"] = ["AD_1.jpg", "x_2.jpg", "AD_3.jpg"]
    scores = pd.DataFrame(np.arange(60.0).reshape(3, 20))
    names = [photographs._FIRST, *map(str, range(18)), photographs._LAST]
    scores = scores.set_axis(names, axis=1)
    scores.loc[1, "3"] = None
    table = table.join(scores).assign(affdex_joy=99.0)
    for n, word in enumerate(WORDS):
        table[f"facet_{word}_evidence"] = [float(n == 1), -1.0, 0.0]
    place = folder / photographs.FOLDER
    place.mkdir()
    table.assign(**changed).to_csv(place / photographs.SCORES, index=False)
    rated = {"person": ["AD", "BB"], "emotion": "joy", "agreement_pct": [92, 50]}
    rated = pd.DataFrame(rated | {"n_raters": [36, 10]})
    rated.to_csv(place / photographs.RATED, index=False)


def test_faces_that_were_found_come_with_their_movements(tmp_path):
    write(tmp_path)
    clips, scores = photographs.expressions(tmp_path)
    assert clips["clip"].tolist() == ["wsefep/AD_1"]
    assert clips.loc[0, ["subject", "emotion"]].tolist() == ["wsefep-AD", "happy"]
    assert scores.tolist() == [list(range(20))]


def test_evidence_becomes_shares(tmp_path):
    write(tmp_path)
    told = photographs.evidence(tmp_path).set_index("clip")
    assert told.loc["wsefep/AD_1", "happy"] == pytest.approx(10 / 16)
    assert told[[*FACES]].sum(axis=1).tolist() == pytest.approx([1, 1])


def test_raters_stand_beside_the_photographs_that_they_saw(tmp_path):
    write(tmp_path)
    votes = photographs.wsefep_votes(tmp_path)
    wanted = ["wsefep/AD_1", "as meant", 36, 0.92]
    assert votes.loc[0, ["clip", "label", "votes", "as meant"]].tolist() == wanted
    assert len(votes) == 1


def test_what_is_wrong_with_photographs_is_named(tmp_path):
    with pytest.raises(UsageError, match="stoeckli2018_faces is not a folder"):
        photographs.expressions(tmp_path)
    write(tmp_path, picture="AD_1.jpg")
    with pytest.raises(EmolibError, match="AD_1.jpg is scored more than once"):
        photographs.expressions(tmp_path)


def test_smiles_are_read_small_and_grey_with_their_people(tmp_path):
    for number, name in enumerate(("neutral", "smiling")):
        (place := tmp_path / photographs.LONDON / name).mkdir(parents=True)
        shade = np.full((96, 96, 3), 40 + 100 * number, np.uint8)
        cv2.imwrite(str(place / "007.jpg"), shade)
    assert photographs.given(tmp_path, photographs.LONDON)
    clips, small = photographs.smiles(tmp_path)
    assert clips["clip"].tolist() == ["london/neutral/007", "london/smiling/007"]
    assert clips["emotion"].tolist() == ["neutral", "happy"]
    assert set(clips["subject"]) == {"london-007"}
    assert small.shape == (2, 48, 48)
    assert small.mean(axis=(1, 2)) == pytest.approx([40, 140], abs=2)
