"""The ledger of document C: its numbers, what they say, and what a bad file gets."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import train_test_split

from emolib import EmolibError, UsageError, ledger
from emolib.labels import RAVDESS, RAVDESS_SORTED
from emolib.ledger import checks

FILE = Path(ledger.__file__).parent / "confidence_fusion.yaml"
RAVDESS_COUNTS = {label: 96 if label == "neutral" else 192 for label in RAVDESS}


@pytest.fixture(scope="module")
def printed():
    return ledger.matrix("C.audio.matrix")


# --- what it holds ---------------------------------------------------------------


def test_claims_table():
    table = ledger.claims("C")
    columns = "id document where quantity stated unit kind n verdict_on_paper finding"
    assert " ".join(table.columns) == columns
    assert table["id"].is_unique and (table["document"] == "C").all()
    assert set(table["verdict_on_paper"]) <= set(ledger.VERDICTS)
    assert ((table["finding"] == "") == (table["verdict_on_paper"] == "open")).all()
    assert table.equals(ledger.claims("confidence-fusion"))


def test_a_claim_gets_the_worst_of_its_findings():
    row = ledger.claims("C").set_index("id").loc["C.audio.accuracy"]
    assert row["verdict_on_paper"] == "leaks"
    assert row["finding"].index("10.5") < row["finding"].index("99.52")
    assert row["finding"].index("99.52") < row["finding"].index("diagonal")


@pytest.mark.parametrize(
    ("id", "text", "value"),
    [
        ("C.audio.accuracy", "96.82 %", 96.82),
        ("C.fusion.accuracy", "100 %", 100),
        ("C.audio.recall.neutral", "0.88", 0.88),
        ("C.corpus.clips", "2880 clips", 2880),
        ("C.audio.curve.validation-end", "above 97 %", 97),
        ("C.interface.fusion", "calm", None),
    ],
)
def test_claim_prints_as_stated(id, text, value):
    assert (ledger.claim(id).text, ledger.claim(id).value) == (text, value)


def test_figures_and_settings():
    assert [number for number, _ in ledger.figures("C")] == list(range(1, 16))
    settings = ledger.settings("C").set_index(["part", "name"])["value"]
    assert settings["video", "frame step"] == "5"
    assert settings["audio", "LSTM units"] == "256, 128, 64"
    assert settings["audio", "MFCC count"] == ""  # left open


def test_unknown_names_say_what_there_is():
    with pytest.raises(UsageError, match="confidence-fusion"):
        ledger.claims("Z")
    with pytest.raises(UsageError, match="C.audio.acuracy"):
        ledger.claim("C.audio.acuracy")


# --- what its numbers say of each other --------------------------------------------


def test_matrix_gives_the_accuracy(printed):
    assert tuple(printed.index) == tuple(printed.columns) == RAVDESS.classes
    n, right = int(printed.to_numpy().sum()), int(np.trace(printed))
    assert (n, right) == (2267, 2195)
    claim = ledger.claim("C.audio.accuracy")
    assert claim.n == n
    assert checks.possible_counts(claim.value, n) == [right]


def test_figure_7_is_in_alphabetical_order(printed):
    stated = ledger.scores("C.audio")
    assert len(stated) == 5
    table = checks.reorder(printed, {"sorted": RAVDESS_SORTED}, RAVDESS_COUNTS, stated)
    assert table["scores_met"].to_dict() == {"printed": 1, "sorted": 5}
    assert table["chi_square"].round(1).to_dict() == {"printed": 295.3, "sorted": 6.7}
    assert table.loc["printed", "p"] < 1e-50 and table.loc["sorted", "p"] > 0.4
    renamed = checks.rename_classes(printed, RAVDESS_SORTED)
    assert (renamed.to_numpy() == printed.to_numpy()).all()
    assert renamed.loc["neutral", "neutral"] == 138
    assert renamed.loc["neutral"].sum() == printed.loc["fearful"].sum() == 156
    assert (renamed["calm"]["calm"], renamed["calm"].sum()) == (304, 322)
    assert (renamed["disgusted"]["disgusted"], renamed["disgusted"].sum()) == (277, 280)
    for metric, label in [("precision", "calm"), ("precision", "disgusted")]:
        claim = ledger.claim(f"C.audio.{metric}.{label}")
        assert claim.n == renamed[label].sum()
    above = checks.class_scores(renamed).drop(columns="items") > 0.95
    assert above.to_numpy().sum() == 21


def test_reorder_finds_a_planted_permutation():
    """A matrix drawn in a known order is recognised among all the others."""
    counts = {"a": 100, "b": 200, "c": 400}
    truth = np.array([[90, 6, 4], [25, 150, 25], [10, 50, 340]])  # a, b, c
    scores = {("recall", "a"): 0.9, ("recall", "b"): 0.75, ("recall", "c"): 0.85}
    matrix = pd.DataFrame(truth, index=list("cab"), columns=list("cab"))
    orders = {"abc": "abc", "acb": "acb", "bca": "bca"}
    table = checks.reorder(matrix, orders, counts, scores)
    assert table["chi_square"].idxmin() == "abc" and table.loc["abc", "chi_square"] == 0
    assert table["scores_met"].to_dict() == {"printed": 0, "abc": 3, "acb": 1, "bca": 0}
    with pytest.raises(UsageError, match="each of them once"):
        checks.rename_classes(matrix, "abb")


def test_implied_sizes():
    assert checks.implied_sizes(2267, 0.15) == range(15107, 15114)
    assert [round(n / 1440, 1) for n in (15107, 15113)] == [10.5, 10.5]
    for test_n, share in [(1, 0.2), (7, 0.15), (30, 0.1), (29, 0.29)]:
        sizes = checks.implied_sizes(test_n, share)
        around = range(max(2, sizes[0] - 1), sizes[-1] + 2)
        found = [
            n
            for n in around
            if len(train_test_split(range(n), test_size=share)[1]) == test_n
        ]
        assert found == [n for n in sizes if n >= 2]  # sklearn wants two to split
    with pytest.raises(UsageError, match="between 0 and 1"):
        checks.implied_sizes(2267, 15)


def test_whole_corpus_numbers():
    audio, video = ledger.claim("C.audio.accuracy"), ledger.claim("C.video.accuracy")
    audio_whole = ledger.claim("C.audio.accuracy.whole")
    video_whole = ledger.claim("C.video.accuracy.whole")
    trials = ledger.claim("C.corpus.trials").value
    clips = int(trials * ledger.claim("C.corpus.actors").value)
    assert trials == 2 * 2 * (7 * 2 + 1)
    assert 2 * clips == ledger.claim("C.corpus.clips").value == audio_whole.n
    assert checks.possible_counts(audio_whole.value, clips) == [1439]
    assert checks.possible_counts(video_whole.value, clips) == [1394]
    assert checks.possible_counts(audio_whole.value, 2 * clips) == [2878]
    _, ceiling = checks.whole_set_bounds(audio.value, 0.15)
    assert round(ceiling, 2) == 99.52 and ceiling < audio_whole.value
    on_training = ledger.claim("C.video.curve.training-end").value
    assert round(0.8 * on_training + 0.2 * video.value, 2) == 98.58
    assert round((video_whole.value - 0.2 * video.value) / 0.8, 2) == 96.79
    assert round(1 - 0.85**10.5, 1) == 0.8  # clips with an item on both sides


def test_video_repeats_audio():
    pairs = ledger.finding("C.same-text")
    assert [c.replace("video", "audio") for c in pairs.claims] == list(pairs.beside)
    for ours, theirs in zip(pairs.claims, pairs.beside, strict=True):
        assert ledger.claim(ours).text == ledger.claim(theirs).text


# --- what a bad file gets ------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("letter: C", "letter: [C", "expected"),
        ("kind: paper  ", "kind: paper\n  kind: thesis", "kind is given twice"),
        ("id: C.corpus.actors", "id: C.corpus.clips", "C.corpus.clips is given twice"),
        ("{number: 2,", "{number: 1,", "figures: 1 is given twice"),
        ("name: frame file", "name: frame step", "video frame step is given twice"),
        ('stated: "96.82"', 'stated: "196.82"', "196.82 % is no percentage"),
        ('stated: "96.82"', "stated: 96.82", "quote it"),
        ("quantity: actors, ", "", "quantity"),
        ("quantity: actors,", "quantiy: actors,", "no such field: quantiy"),
        ("n_from: implied}", "n_from: guessed}", "stated or implied"),
        ("id: C.corpus.clips", "id: D.corpus.clips", "starts with C."),
        ("[324, 2, 2, 0, 3, 0, 0, 3]", "[324, 2, 2, 0, 3, 0, 0]", "8 rows of 8"),
        ("      - [324, 2, 2, 0, 3, 0, 0, 3]\n", "", "8 rows of 8"),
        ("[324, 2,", "[324, -2,", "whole numbers"),
        ("classes: [neutral, calm,", "classes: [calm, calm,", "label is repeated"),
        ("beside: [C.corpus.trials,", "beside: [C.corpus.trails,", "C.corpus.trails"),
        ("verdict: holds", "verdict: fine", "'fine' is none of"),
        ("claims:\n  - {id", "claimed:\n  - {id", "must hold exactly"),
        ("figures:\n", "figures:\n  - seven\n", "'seven' stands where a Figure"),
    ],
)
def test_bad_file_is_refused_with_its_line(tmp_path, old, new, message):
    good = FILE.read_text(encoding="utf-8")
    assert old in good
    path = tmp_path / "bad.yaml"
    path.write_text(good.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(EmolibError, match=message) as refused:
        ledger.load(path)
    found = str(refused.value)
    assert found.startswith(f"{path}:")
    line = int(found.removeprefix(f"{path}:").split(":")[0])
    if "exactly" not in message and "seven" not in message:  # those name no entry
        before = good[: good.index(old)].count("\n") + 1
        assert before - 8 <= line <= before + 1
