"""Published ratings are read whole, or refused by the file's name."""

import itertools

import numpy as np
import pandas as pd
import pytest

from emolib import EmolibError, UsageError, data_folder
from emolib.corpora import ratings
from emolib.evaluation.ranking import area, of_two
from emolib.labels import CREMAD

FILMS = """subject,gender,clip,type,emotion,genuineness_mean,pyfeat_anger
7,F,7_rs_1,Posed,Anger,-1.5,0.2
7,F,7_fg_1,Genuine,Happiness,3.25,
"""
VOTES = """,A,D,F,H,N,S,fileName
100001,0,0,0,1,3,0,1001_IEO_NEU_XX
200001,2,0,0,0,2,0,1001_IEO_NEU_XX
100002,1,0,0,0,0,0,1002_DFA_ANG_XX
"""


def write(folder, name, text):
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text)


def test_films_come_as_a_manifest(tmp_path):
    write(tmp_path / "pedfe_ratings", ratings.PEDFE, FILMS)
    films = ratings.pedfe(tmp_path).set_index("clip")
    assert list(films.index) == ["pedfe/7_fg_1", "pedfe/7_rs_1"]
    happy = films.loc["pedfe/7_fg_1"]
    assert (happy["subject"], happy["emotion"]) == ("pedfe-7", "happy")
    assert (happy["authenticity"], happy["rating"]) == ("genuine", 3.25)
    assert films["pyfeat_anger"].isna().tolist() == [True, False]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("Posed", "Acted", "type 'acted'"),
        ("Anger", "Awe", "no emotion 'Awe'"),
        ("7_fg_1", "7_rs_1", "7_rs_1 is rated more than once"),
        ("genuineness_mean", "mean", "no column genuineness_mean"),
    ],
)
def test_what_is_wrong_with_films_is_named(tmp_path, old, new, told):
    write(tmp_path / "pedfe_ratings", ratings.PEDFE, FILMS.replace(old, new))
    with pytest.raises(EmolibError, match=f"{ratings.PEDFE}: {told}"):
        ratings.pedfe(tmp_path)


def test_votes_are_shares_of_those_who_were_asked_so(tmp_path):
    folder = tmp_path / "cremad_ratings"
    write(folder, "votes.csv", VOTES)
    pd.read_csv(folder / "votes.csv", index_col=0).to_csv(folder / ratings.VOTES)
    heard = ratings.crema_d_votes(tmp_path, "voice")
    assert list(heard["clip"]) == [
        "crema-d/1001_IEO_NEU_XX",
        "crema-d/1002_DFA_ANG_XX",
    ]
    assert list(heard["label"]) == ["neutral", "angry"]
    assert heard.loc[0, ["votes", "neutral", "happy"]].tolist() == [4, 0.75, 0.25]
    assert ratings.crema_d_votes(tmp_path, "face").loc[0, "angry"] == 0.5
    answers = ratings.one_by_one(heard)
    assert len(answers) == 5 and (answers[[*CREMAD]].sum(axis=1) == 1).all()
    with pytest.raises(UsageError, match="nobody was asked by 'smell'"):
        ratings.crema_d_votes(tmp_path, "smell")
    with pytest.raises(EmolibError, match="no clip is no name"):
        ratings.crema_d_votes(tmp_path, "both")


def test_a_film_is_voted_on_by_as_many_per_cent_as_were_right(tmp_path):
    name, kind = "hit_rate_type_pct", "genuineness_mean"
    films = FILMS.replace(kind, f"{name},{kind}")
    films = films.replace("-1.5", "62.5,-1.5").replace("3.25", "40,3.25")
    write(tmp_path / "pedfe_ratings", ratings.PEDFE, films)
    votes = ratings.pedfe_votes(tmp_path).set_index("label")
    assert votes.loc["posed", ["posed", "genuine"]].tolist() == [0.625, 0.375]
    assert votes.loc["genuine", ["genuine", "posed"]].tolist() == [0.4, 0.6]


def test_most_of_several_raters_are_right_as_often_as_they_should_be():
    """Held to a count of all triples of seven votes."""
    named = [0, 0, 0, 1, 1, 2, 3]
    shares = np.bincount(named, minlength=6) / 7
    table = pd.DataFrame([shares], columns=[*CREMAD]).assign(
        clip="c", subject="s", label="neutral", votes=7
    )
    answers = ratings.of_several(table, CREMAD, 3, draws=3000)
    won = []
    for three in itertools.combinations(named, 3):
        counts = np.bincount(three, minlength=6)
        won.append((counts[0] == counts.max()) / (counts == counts.max()).sum())
    assert answers["neutral"].mean() == pytest.approx(np.mean(won), abs=0.03)
    with pytest.raises(UsageError, match="no clip has 9 raters, but 7"):
        ratings.of_several(table, CREMAD, 9)


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(UsageError, match="pedfe_ratings is not a folder"):
        ratings.pedfe(tmp_path)


@pytest.mark.skipif(
    not (data_folder() / "pedfe_ratings").is_dir(),
    reason="EMOLIB_DATA does not hold pedfe_ratings",
)
def test_published_ratings_give_the_numbers_known_for_them():
    films = ratings.pedfe()
    assert films["authenticity"].value_counts().to_dict() == {
        "posed": 751,
        "genuine": 707,
    }
    found = area(films["rating"], films["authenticity"] == "genuine", films["subject"])
    assert found.value == pytest.approx(0.864, abs=0.001) and found.n == 56
    kinds = films["authenticity"] == "genuine", films["subject"], films["emotion"]
    films_of = films.groupby(["subject", "emotion"])
    both = films_of["authenticity"].nunique() == 2
    assert (both.sum(), len(both)) == (245, 294)
    found = of_two(films["rating"], *kinds)
    assert found.value == pytest.approx(0.886, abs=0.001) and found.n == 56
    for asked, share in {"voice": 0.400, "face": 0.574, "both": 0.631}.items():
        votes = ratings.one_by_one(ratings.crema_d_votes(None, asked))
        right = votes[[*CREMAD]].idxmax(axis=1) == votes["label"]
        assert right.mean() == pytest.approx(share, abs=0.001)
