"""What sets were made of: each check on numbers that hold, and on a planted fault."""

from pathlib import Path

import pytest

from emolib import UsageError, ledger
from emolib.corpora import CORPORA
from emolib.ledger import checks
from emolib.ledger.checks import corpora

# A corpus of this book, TESS, has 400 of each; JAFFE 30 29 32 31 30 31 30.
COUNTS = """\
tables:
  - id: counts
    where: Table 1
    title: counts
    kind: counts
    of: corpora
    cells: |
      class     | tess | jaffe | ck+48
      angry     | 400  | 30    | 135
      disgusted | 400  | 29    | 177
      fearful   | 400  | 32    | 75
      happy     | 400  | 31    | 207
      sad       | 400  | 31    | 84
  - id: all
    where: Table 2
    title: sums
    kind: counts
    of: corpora
    groups_of: counts
    groups: {voice: [tess], face: [jaffe, ck+48]}
    cells: |
      class     | voice | face
      angry     | 400   | 165
      disgusted | 400   | 206
      fearful   | 400   | 107
      happy     | 400   | 238
      sad       | 400   | 115
  - id: report
    where: Table 3
    title: report
    kind: scores
    of: x
    drawn_from: all
    drawn: {"": face, spoken: voice}
    split: 20 % tested
    cells: |
      class            | recall | support
      angry            | 1.00   | 33
      disgusted        | 1.00   | 41
      fearful          | 1.00   | 21
      happy            | 1.00   | 48
      sad              | 1.00   | 23
      spoken angry     | 1.00   | 80
  - id: binary
    where: Table 4
    title: binary
    kind: scores
    of: y
    groups_of: report
    groups: {seen: [angry, disgusted, fearful, happy, sad], heard: [spoken angry]}
    cells: |
      class | recall | support
      seen  | 1.00   | 166
      heard | 1.00   | 80
claims:
  - {id: z.order, where: Text, quantity: order, stated: "angry, happy, disgusted, fearful, sad", kind: statement}
  - {id: m.steps, where: Log, quantity: steps, stated: "3", unit: steps, kind: count}
  - {id: m.batch-size, where: Log, quantity: batch, stated: "10", unit: items, kind: setting}
  - {id: m.training-share, where: Text, quantity: share, stated: "80", kind: setting}
  - {id: m.accuracy, where: Text, quantity: test accuracy, stated: "85.71", unit: "%", kind: result, split: test set, protocol: unstated}
  - {id: m.training-accuracy, where: Log, quantity: training accuracy, stated: "0.9231", kind: result, split: training set, protocol: unstated}
  - {id: m.validation-accuracy, where: Log, quantity: validation accuracy, stated: "0.8000", kind: result, split: validation set, protocol: unstated}
  - {id: m.class-names, where: Text, quantity: classes, stated: "angry, disgusted, fearful, happy, neutral, sad, surprised", kind: statement, corpus: tess jaffe}
  - {id: m.whole, where: Text, quantity: used, stated: every sample, kind: statement, corpus: tess jaffe}
"""  # noqa: E501


def found(tmp_path, text: str) -> dict[str, list]:
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    results = {}
    for result in checks.run(ledger.load_own(path)):
        results.setdefault(result.check, []).append(result)
    return results


def test_counts_under_their_own_names(tmp_path):
    (result,) = found(tmp_path, COUNTS)["count-order"]
    assert result.outcome == "consistent" and "15 counts in 3 corpora, 15" in (
        result.evidence
    )


def test_counts_under_other_names(tmp_path):
    """The heads in another order: the order stated is found, and named."""
    moved = COUNTS
    for old, new in (("happy", "A"), ("disgusted", "B"), ("fearful", "C")):
        moved = moved.replace(f"      {old:9} |", f"      {new:9} |")
    for old, new in (("A", "fearful"), ("B", "happy"), ("C", "disgusted")):
        moved = moved.replace(f"      {old:9} |", f"      {new:9} |")
    stated = "angry, disgusted, fearful, happy, sad"
    moved = moved.replace("angry, happy, disgusted, fearful, sad", stated)
    (result,) = found(tmp_path, moved)["count-order"]
    assert result.outcome == "inconsistent"
    assert f"in the order {stated.replace(', sad', ' and sad')}, that of Text, 15" in (
        result.evidence
    )
    assert {"counts", "all", "z.order"} <= result.names


def test_test_items_are_a_share_of_whole_counts(tmp_path):
    (result,) = found(tmp_path, COUNTS)["draws"]
    assert result.outcome == "remark" and "6 of 6 supports are 20 %" in result.evidence
    # 27 of a class are a fifth of CK+48's 135 alone: JAFFE's 30 were left out.
    (result,) = found(tmp_path, COUNTS.replace("1.00   | 33", "1.00   | 27"))["draws"]
    assert "Left out: angry of jaffe (30)" in result.evidence
    # 35 are a fifth of nothing that there is.
    (result,) = found(tmp_path, COUNTS.replace("1.00   | 33", "1.00   | 35"))["draws"]
    assert result.outcome == "inconsistent" and "5 of 6" in result.evidence
    assert "171 to 179 items for angry (35)" in result.evidence
    # A count that is not the corpus' own is used as printed, and named.
    more = COUNTS.replace("30    | 135", "40    | 135").replace(
        "1.00   | 33", "1.00  | 35"
    )
    (result,) = found(tmp_path, more)["draws"]
    assert "angry of jaffe 40 (30)" in result.evidence


def test_groups_that_are_corpora(tmp_path):
    (result,) = found(tmp_path, COUNTS)["separate-corpora"]
    assert "seen from ck+48 and jaffe and heard from tess" in result.evidence
    assert "answers seen is right in 67.48 %" in result.evidence
    shared = COUNTS.replace("voice: [tess]", "voice: [tess, jaffe]")
    assert "separate-corpora" not in found(tmp_path, shared)


def test_a_class_without_a_place(tmp_path):
    (result,) = found(tmp_path, COUNTS)["left-out"]
    assert result.outcome == "consistent"
    (result,) = found(
        tmp_path, COUNTS.replace("happy, neutral, sad, s", "happy, sad, s")
    )["left-out"]
    assert result.outcome == "textual tension"  # it may have gone elsewhere
    assert "neutral of tess and neutral of jaffe has no place" in result.evidence


def test_sizes_from_a_log(tmp_path):
    """3 steps of 10: 21 to 30; by hand only 26 + 7 give 24/26 and 6/7."""
    (result,) = found(tmp_path, COUNTS)["steps"]
    assert "21 to 30 training items, 27 to 38 in all" in result.evidence
    assert "only if there are 33 (26 and 7 tested)." in result.evidence
    (result,) = found(tmp_path, COUNTS.replace("85.71", "85.80"))["steps"]
    assert result.outcome == "inconsistent"


def test_one_number_of_two_sets(tmp_path):
    assert "one-set" not in found(tmp_path, COUNTS)
    (result,) = found(tmp_path, COUNTS.replace("0.8000", "0.8571"))["one-set"]
    assert set(result.about) == {"m.accuracy", "m.validation-accuracy"}
    assert "in every digit" in result.evidence


def test_two_sets_are_alike_as_often_as_coins():
    """Two coins: both show as many heads in 3 of 8 pairs of throws."""
    assert checks.same_by_chance(2, 0.5) == pytest.approx(3 / 8)


# --- what corpora say of themselves ---------------------------------------------------


def results_of(tmp_path, claims: str, check: str) -> list:
    return found(tmp_path, COUNTS + claims).get(check, [])


def test_what_is_called_genuine_may_have_been_acted(tmp_path):
    claim = "  - {id: c.%s, where: Text, quantity: what it holds, stated: %s, "
    claim += "kind: statement, corpus: %s, quote: %s recordings}\n"
    (acted,) = results_of(tmp_path, claim % ("m", "genuine", "mav", "real"), "acted")
    assert acted.outcome == "textual tension" and "Ten actors" in acted.evidence
    assert "real recordings" in acted.evidence
    (posed,) = results_of(tmp_path, claim % ("m", "posed", "mav", "acted"), "acted")
    assert posed.outcome == "consistent"
    # Of faces from the web nobody knows.
    assert not results_of(tmp_path, claim % ("f", "genuine", "fer2013", "x"), "acted")


@pytest.mark.parametrize(
    ("corpus", "name"),
    [
        ("mav", "6_anger.wav"),
        ("vivae", "S01_achievement_low_01.wav"),
        ("emodb", "03a01Fa.wav"),
        ("tess", "OAF_back_angry.wav"),
        ("shemo", "F01A02.wav"),
        ("jaffe", "KA.AN1.39.tiff"),
        ("crema-d", "1001_DFA_ANG_XX.wav"),
        ("ravdess", "03-01-06-01-02-01-12.wav"),
    ],
)
def test_corpora_called_acted_are_indexed_so(corpus, name):
    assert corpus in corpora.ACTED
    assert CORPORA[corpus].parse(Path(name))["authenticity"] == "posed"


def test_all_counts_of_a_corpus_together(tmp_path):
    remarks = found(tmp_path, COUNTS)["corpus-totals"]
    (fewer,) = [r for r in remarks if r.outcome == "remark"]
    assert "tess 2000 (2800)" in fewer.evidence and "jaffe 153 (213)" in fewer.evidence
    more = COUNTS.replace("400  | 30 ", "2400 | 30 ")
    (wrong,) = [
        r for r in found(tmp_path, more)["corpus-totals"] if r.outcome == "inconsistent"
    ]
    assert "tess 4000 (2800)" in wrong.evidence


def test_fewer_than_there_are_may_have_been_chosen(tmp_path):
    """Less is a remark; more, or another class' own number, cannot be."""
    less = found(tmp_path, COUNTS.replace("| 135", "| 120"))["corpus-counts"]
    assert {r.outcome for r in less} == {"consistent", "remark"}
    for odd in ("| 140", "| 207"):  # more than 135; the happy ones
        told = found(tmp_path, COUNTS.replace("| 135", odd))["corpus-counts"]
        assert "inconsistent" in {r.outcome for r in told}


def test_a_handful_of_items_is_told(tmp_path):
    few = COUNTS.replace("1.00   | 23", "1.00   | 2 ")
    (result,) = [r for r in found(tmp_path, few)["few-items"] if "sad" in r.evidence]
    assert result.outcome == "remark" and "by up to 50 points" in result.evidence


def test_works_with_other_tasks_are_named(tmp_path):
    table = """\
tables:
  - id: others
    where: Table 9
    title: others
    kind: comparison
    of: others
    unit: "%"
    claims: [accuracy]
    cells: |
      work     | task            | protocol     | accuracy
      Somebody | seven emotions  | random-clips | 70
      our work | genuine or not  | random-clips | 99
"""
    (result,) = found(tmp_path, table)["comparison"]
    assert result.outcome == "remark" and "Somebody: seven emotions" in result.evidence
    (same,) = found(tmp_path, table.replace("seven emotions ", "genuine or not "))[
        "comparison"
    ]
    assert same.outcome == "consistent"


# --- words ----------------------------------------------------------------------------


def test_words_that_differ_are_quoted_not_compared(tmp_path):
    claims = (
        "  - {id: w.one, where: 4, quantity: first layer, stated: convolution, kind: "
        "statement, quote: begins with a convolution}\n"
        "  - {id: w.two, where: '5', quantity: first layer, stated: pooling, kind: "
        "statement, quote: kicks off with pooling, against: w.one}\n"
    ).replace("where: 4", "where: '4'")
    (result,) = results_of(tmp_path, claims, "words")
    assert result.outcome == "textual tension" and result.about == ("w.one", "w.two")
    told = "\u201cbegins with a convolution\u201d (4) beside \u201ckicks off with"
    assert told in result.evidence
    with pytest.raises(UsageError, match="same_as compares numbers"):
        results_of(tmp_path, claims.replace("against:", "same_as:"), "words")


def test_the_best_is_the_best_that_is_printed(tmp_path):
    table = COUNTS.replace(
        "claims:\n",
        """\
  - id: runs
    where: Table 5
    title: runs
    kind: results
    of: r
    unit: "%"
    claims: [accuracy]
    kind_of_claims: result
    cells: |
      run   | accuracy
      one   | 88.5
      two   | 91.0
claims:
""",
    )
    claim = "  - {id: r.best, where: Abstract, quantity: best accuracy, stated: '%s', "
    claim += "unit: '%%', kind: result, best_of: [runs]}\n"
    outcomes = {
        stated: found(tmp_path, table + claim % stated)["best-of"][0].outcome
        for stated in ("91.0", "91", "88.5", "93.0", "about 95")
    }
    assert outcomes == {
        "91.0": "consistent",
        "91": "consistent",
        "88.5": "remark",  # understated: no harm
        "93.0": "inconsistent",
        "about 95": "remark",
    }


def test_about_a_number_is_near_it(tmp_path):
    """About 95.5 is not 95.95: it lies within a tenth. But it is said loosely."""
    claims = "  - {id: a.one, where: Table, quantity: q, stated: '%s', unit: '%%', "
    claims += "kind: result}\n  - {id: a.two, where: Abstract, quantity: q, stated: "
    claims += "about 95.5, unit: '%%', kind: result, same_as: a.one}\n"
    for stated, outcome in (
        ("95.95", "textual tension"),
        ("95.55", "trivially consistent"),
    ):
        (result,) = results_of(tmp_path, claims % stated, "twice")
        assert result.outcome == outcome
