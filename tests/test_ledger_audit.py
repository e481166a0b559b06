"""Each check, on a small report that is sound and on one with a planted fault."""

import dataclasses

import pytest

from emolib import ledger
from emolib.ledger import checks, verdicts
from emolib.ledger.document import System
from emolib.ledger.outcomes import ACCUSING, Result

# 100 items: 40 happy (30 right), 60 sad (51 right); every number by hand.
REPORT = """\
tables:
  - id: report
    where: Table 1
    title: scores
    kind: scores
    of: x
    n: 100
    n_from: stated
    claims: [precision, recall, f1]
    cells: |
      class    | precision | recall | f1   | support
      happy    | 0.77      | 0.75   | 0.76 | 40
      sad      | 0.84      | 0.85   | 0.84 | 60
      accuracy |           |        | 0.81 | 100
      macro    | 0.80      | 0.80   | 0.80 | 100
      weighted | 0.81      | 0.81   | 0.81 | 100
  - id: matrix
    where: Figure 1
    title: matrix
    kind: matrix
    of: x
    cells: |
      true  | happy | sad
      happy | 30    | 10
      sad   | 9     | 51
  - id: variants
    where: Table 2
    title: variants
    kind: results
    of: y
    unit: "%"
    n: 100
    n_from: stated
    protocol: random-clips
    classes: {one accuracy: 2, other accuracy: 2}
    claims: [one accuracy, other accuracy, joint accuracy]
    kind_of_claims: result
    cells: |
      variant | one accuracy | other accuracy | joint accuracy
      plain   | 81.0         | 70.0           | 58.0
      fancy   | 84.0         | 73.0           | 61.0
  - id: layers
    where: Table 3
    title: layers
    kind: layers
    of: x
    cells: |
      layer   | output shape  | parameters
      conv2d  | (None, 8, 4)  | 40
      flatten | (None, 32)    | 0
      dense   | (None, 2)     | 66
      total   |               | 106
  - id: corpora
    where: Table 4
    title: counts
    kind: counts
    of: corpora
    claims: [tess, ravdess]
    kind_of_claims: count
    cells: |
      class    | tess | ravdess
      happy    | 400  | 192
      neutral  | 400  | 96
      angry    | 400  | 192
  - id: both
    where: Table 5
    title: sums
    kind: counts
    of: corpora
    groups_of: corpora
    groups: {all: [tess, ravdess]}
    cells: |
      class   | all
      happy   | 592
      neutral | 496
      angry   | 592
  - id: others
    where: Table 6
    title: others
    kind: comparison
    of: others
    unit: "%"
    claims: [accuracy]
    cells: |
      work      | protocol     | accuracy
      Somebody  | random-clips | 70
      our work  | random-clips | 81
claims:
  - {id: x.accuracy, where: Abstract, quantity: accuracy, stated: "81.0", unit: "%", kind: result, n: 100, n_from: stated, split: "20 % tested", protocol: random-clips, classes: 2}
  - {id: x.accuracy.whole, where: Text, quantity: "accuracy, whole", stated: "90", unit: "%", kind: result}
  - {id: z.accuracy, where: Conclusion, quantity: accuracy, stated: "0.81", kind: result, same_as: x.accuracy}
  - {id: z.people, where: Text, quantity: people, stated: "10", unit: people, kind: count}
  - {id: z.clips, where: Text, quantity: clips, stated: "500", unit: clips, kind: count, equals: z.people * 50}
  - {id: z.best, where: Text, quantity: best, stated: better, quote: is significantly better, kind: statement, holds: [y.one-accuracy.fancy > y.one-accuracy.plain]}
  - {id: z.answer, where: Text, quantity: answer, stated: sad, kind: statement, one_of: [z.first, z.second]}
  - {id: z.first, where: Text, quantity: first answer, stated: sad, kind: statement}
  - {id: z.second, where: Text, quantity: second answer, stated: happy, kind: statement}
  - {id: tess.clips, where: Text, quantity: clips of TESS, stated: "2800", unit: clips, kind: count, corpus: tess}
  - {id: tess.classes, where: Text, quantity: classes of TESS, stated: "happy, pleasant surprise", kind: statement, corpus: tess}
"""  # noqa: E501


def found(tmp_path, text: str) -> tuple[Result, ...]:
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    return checks.run(ledger.load_own(path))


def wrong(results) -> set[str]:
    return {r.check for r in results if r.outcome in ACCUSING[:3]}


def test_a_sound_report_is_consistent(tmp_path):
    results = found(tmp_path, REPORT)
    assert wrong(results) == set()
    held = {r.check for r in results if r.outcome == "consistent"}
    assert held == {
        *("f1", "whole-items", "averages", "accuracy", "supports", "matrix"),
        *("granularity", "order", "count-order", "corpus-counts", "absent-classes"),
        *("sums", "layers", "arithmetic", "statement", "tasks", "comparison"),
    }
    # The same number again, and what hardly any number would fail, hold nothing up.
    trivial = {r.check for r in results if r.outcome == "trivially consistent"}
    assert trivial == {"twice", "one-of", "whole-set"}
    # 3 of 100 items: the word is no test.
    (called,) = [r for r in results if r.outcome == "called significant"]
    assert called.check == "gain" and "3 of 100 items" in called.evidence
    assert "is significantly better" in called.evidence
    assert {r.check for r in results} <= set(checks.CHECKS)


@pytest.mark.parametrize(
    ("old", "new", "failing", "told"),
    [
        ("| 0.75   | 0.76", "| 0.75   | 0.71", {"f1", "averages", "matrix"}, "0.71"),
        ("| 0.75   | 0.76", "| 0.74   | 0.76", {"whole-items", "matrix"}, "from 40"),
        ("| 0.80 | 100", "| 0.83 | 100", {"averages"}, "macro of f1"),
        ("| 0.81 | 100\n      m", "| 0.86 | 100\n      m",
         {"accuracy", "matrix"}, "0.86"),
        ("| 60\n", "| 70\n", {"supports", "whole-items"}, "110"),
        ("| 9     | 51", "| 19    | 41", {"matrix"}, "71.00 %"),
        ("happy | 30    | 10\n      sad   | 9     | 51",
         "happy | 51    | 9\n      sad   | 10    | 30", {"order", "supports"}, "60 a"),
        ('stated: "81.0"', 'stated: "81.4"',
         {"granularity", "matrix", "accuracy"}, "from 100 items"),
        ("(None, 32) ", "(None, 36) ", {"layers"}, "(32,) would"),
        ("| 106", "| 107", {"layers"}, "add up to 106"),
        ("| 400  | 192\n      n", "| 400  | 96\n      n",
         {"corpus-counts", "sums"}, "(192)"),
        ("angry    |", "calm     |",
         {"absent-classes", "corpus-counts"}, "called calm"),
        ("| 592\n      n", "| 600\n      n", {"sums"}, "make 592"),
        ('stated: "0.81"', 'stated: "0.83"', {"twice"}, "are not the same"),
        ('stated: "500"', 'stated: "512"', {"arithmetic"}, "follows 500"),
        ("fancy > y.one-accuracy.plain", "plain > y.one-accuracy.fancy",
         {"statement"}, "is not above"),
        ("quantity: answer, stated: sad", "quantity: answer, stated: calm",
         {"one-of"}, "have to be one of"),
        ('whole", stated: "90"', 'whole", stated: "97"',
         {"whole-set"}, "at most 96.20"),
        ("| 58.0", "| 41.0", {"tasks"}, "51.00 % to 70.00 %"),
        ('stated: "2800"', 'stated: "2400"', {"corpus-counts"}, "says 2800"),
        ("pleasant surprise", "calm", {"absent-classes"}, "it has no calm"),
    ],
)  # fmt: skip
def test_a_planted_fault_is_found(tmp_path, old, new, failing, told):
    assert old in REPORT
    results = found(tmp_path, REPORT.replace(old, new, 1))
    assert wrong(results) == failing
    said = [r.evidence for r in results if r.outcome in ACCUSING]
    assert any(told in sentence for sentence in said), said


def test_a_repeated_table_is_found(tmp_path):
    at = REPORT.index("  - id: layers")
    block = REPORT[at : REPORT.index("  - id: corpora")]
    copy = block.replace("id: layers", "id: again").replace("of: x", "of: y")
    results = found(tmp_path, REPORT[:at] + copy + REPORT[at:])
    (again,) = [r for r in results if r.check == "repeated"]
    assert again.outcome == "repeated word for word"
    assert again.about == ("layers",) and again.beside == ("again",)


def test_a_group_cannot_be_worse_than_its_classes(tmp_path):
    """All in one group: 81 of 100 are right by class, so as many are by group."""
    group = """\
  - id: groups
    where: Table 7
    title: groups
    kind: scores
    of: g
    groups_of: report
    groups: {both: [happy, sad]}
    cells: |
      class | recall | support
      both  | 0.82   | 100
claims:
"""
    text = REPORT.replace("claims:\n  - {id: x.acc", group + "  - {id: x.acc")
    assert "groups" not in wrong(found(tmp_path, text))
    assert "groups" in wrong(found(tmp_path, text.replace("| 0.82  ", "| 0.79  ")))
    assert "groups" in wrong(
        found(tmp_path, text.replace("0.82   | 100", "0.82   | 90"))
    )


def test_the_test_set_against_its_corpus(tmp_path):
    """A set of the wrong size says nothing against the accuracy on it."""
    claim = "  - {id: w.accuracy, where: Text, quantity: accuracy, stated: '80', "
    claim += "unit: '%%', kind: result, corpus: tess, split: '20 %% tested', "
    claim += "n: %d, n_from: %s, protocol: random-clips}\n"

    def size(n: int, n_from: str = "stated") -> Result:
        results = found(tmp_path, REPORT + claim % (n, n_from))
        (result,) = [
            r for r in results if "w.accuracy" in r.names and r.check == "test-size"
        ]
        assert result.about == ()
        return result

    assert size(560).outcome == "consistent"
    assert size(5600).outcome == "inconsistent" and "10 times" in size(5600).evidence
    assert size(5600, "implied").outcome == "in tension, by inference"
    # A fifth of the people may have more clips than that; a corpus has other parts.
    claim = claim.replace("random-clips", "%s")
    for corpus, n, protocol, outcome in (
        ("tess", 600, "random-clips", "inconsistent"),
        ("tess", 600, "subjects-apart", "remark"),
        ("tess", 600, "unstated", "remark"),
        ("tess", 500, "random-clips", "cannot be checked"),  # fewer may be chosen
        ("ravdess", 491, "random-clips", "cannot be checked"),  # speech and song: 2452
        ("ravdess", 2267, "random-clips", "inconsistent"),
    ):
        text = REPORT + claim.replace("tess", corpus) % (n, "stated", protocol)
        (result,) = [
            r
            for r in found(tmp_path, text)
            if "w.accuracy" in r.names and r.check == "test-size"
        ]
        assert result.outcome == outcome, (corpus, n, protocol)


CULPRITS = """\
tables:
  - id: report
    where: Table 1
    title: scores
    kind: scores
    of: x
    claims: [precision, recall, f1]
    cells: |
      class | precision | recall | f1   | support
      happy | 0.77      | 0.75   | 0.76 | 40
      sad   | %s      | %s   | %s | 60
"""


@pytest.mark.parametrize(
    ("scores", "bad", "either"),
    [
        # 51 of 60 right, 61 predicted: 0.84, 0.85, 0.84. One of them changed:
        (("0.86", "0.85", "0.84"), {"precision", "recall", "f1"}, True),
        (("0.84", "0.85", "0.80"), {"precision", "recall", "f1"}, True),
        (("0.84", "0.84", "0.84"), {"recall"}, False),  # 50/60 and 51/60 are not
        (("0.84", "0.86", "0.84"), {"recall"}, False),
        (("0.84", "0.85", "0.84"), set(), False),
    ],
)
def test_of_scores_that_cannot_be_only_the_wrong_one_is_blamed(
    tmp_path, scores, bad, either
):
    results = found(tmp_path, CULPRITS % scores)
    accused = [r for r in results if r.outcome == "inconsistent"]
    names = {name for r in accused for name in r.about}
    assert names == {f"x.{metric}.sad" for metric in bad}
    assert all(r.either == either for r in accused)


def test_of_two_numbers_the_one_that_others_hold_up_stands(tmp_path):
    """The text has another recall than the report, whose row holds together."""
    claim = (
        "claims:\n  - {id: y.recall, where: Text, quantity: recall, stated: '0.80', "
    )
    claim += "kind: class score, same_as: x.recall.sad}\n"
    (result,) = [
        r
        for r in found(tmp_path, CULPRITS % ("0.84", "0.85", "0.84") + claim)
        if r.check == "twice"
    ]
    assert result.about == ("y.recall",) and result.beside == ("x.recall.sad",)
    # Where nothing holds either up it is one of the two.
    alone = CULPRITS.partition("    claims")[0] + "    cells: |\n      class | recall\n"
    alone += "      sad   | 0.85\n" + claim.replace("x.recall.sad", "z.recall")
    alone += "  - {id: z.recall, where: Text, quantity: recall, stated: '0.85', "
    alone += "kind: class score}\n"
    (result,) = [r for r in found(tmp_path, alone) if r.check == "twice"]
    assert {*result.about} == {"y.recall", "z.recall"} and result.either


# Printed by scikit-learn 1.9: ten digits, a report on five of them; labels that an
# item may have several of.
SOME = """\
tables:
  - id: report
    where: Table 1
    title: scores
    kind: scores
    of: x
    n: 450
    n_from: stated
    claims: [precision, recall, f1]
    cells: |
      class        | precision | recall | f1   | support
      0            | 0.96      | 0.98   | 0.97 | 53
      1            | 0.93      | 0.95   | 0.94 | 42
      3            | 1.00      | 0.88   | 0.94 | 52
      8            | 0.94      | 0.92   | 0.93 | 37
      9            | 0.92      | 0.94   | 0.93 | 48
      micro avg    | 0.95      | 0.94   | 0.94 | 232
      macro avg    | 0.95      | 0.93   | 0.94 | 232
      weighted avg | 0.95      | 0.94   | 0.94 | 232
claims:
  - {id: x.accuracy, where: Text, quantity: accuracy, stated: "96.0", unit: "%", kind: result, n: 450, n_from: stated, protocol: random-clips, classes: 10}
"""  # noqa: E501
SEVERAL = """\
tables:
  - id: report
    where: Table 1
    title: scores
    kind: scores
    of: x
    n: 200
    n_from: stated
    claims: [precision, recall, f1]
    cells: |
      class        | precision | recall | f1   | support
      a            | 0.53      | 0.72   | 0.61 | 47
      b            | 0.82      | 0.76   | 0.79 | 83
      c            | 0.83      | 0.83   | 0.83 | 103
      d            | 0.90      | 0.76   | 0.82 | 147
      micro avg    | 0.80      | 0.77   | 0.78 | 380
      macro avg    | 0.77      | 0.77   | 0.76 | 380
      weighted avg | 0.81      | 0.77   | 0.79 | 380
      samples avg  | 0.74      | 0.73   | 0.71 | 380
"""


def test_reports_on_some_classes_or_of_several_labels_are_not_accused(tmp_path):
    """Their micro average is no accuracy, their supports are not all items."""
    assert wrong(found(tmp_path, SOME)) == wrong(found(tmp_path, SEVERAL)) == set()


@pytest.mark.parametrize(
    ("text", "old", "new", "failing"),
    [
        (SOME, "0.94 | 232\n      mac", "0.96 | 232\n      mac", {"averages"}),
        (SOME, "0.94   | 0.94 | 232\n      mac", "0.91   | 0.93 | 232\n      mac",
         {"averages"}),
        (SOME, "0.97 | 53", "0.92 | 53", {"f1"}),
        (SEVERAL, "0.79 | 380", "0.75 | 380", {"averages"}),
        (SEVERAL, "| 147", "| 174", {"supports", "averages"}),
    ],
)  # fmt: skip
def test_what_such_reports_do_say_is_checked(tmp_path, text, old, new, failing):
    assert old in text
    assert wrong(found(tmp_path, text.replace(old, new, 1))) == failing


def test_totals_that_fit_under_no_names_tell_nothing_of_the_names(tmp_path):
    """Some of FER2013, with happy thinned out: not in the corpus' proportions."""
    names = ["angry", "disgusted", "fearful", "happy", "sad", "surprised", "neutral"]
    rows = zip(names, [495, 54, 512, 200, 607, 400, 619], strict=True)
    text = CULPRITS.partition("    claims")[0] + "    corpus: fer2013\n    cells: |\n"
    text += "      class | recall | support\n"
    text += "".join(f"      {name} | | {n}\n" for name, n in rows)
    (result,) = [r for r in found(tmp_path, text) if r.check == "order"]
    assert result.outcome == "cannot be checked"
    assert "no other order of the names fits." in result.evidence


def test_of_an_accuracy_and_the_recalls_one_is_wrong(tmp_path):
    """And it is the sentence where the table's own accuracy agrees with its recalls."""
    results = found(tmp_path, REPORT.replace('stated: "81.0"', 'stated: "83.0"'))
    (result,) = [r for r in results if r.check == "accuracy" and r.outcome in ACCUSING]
    assert result.about == ("x.accuracy",)
    text = REPORT.replace("0.81 | 100\n      macro", "0.83 | 100\n      macro")
    text = text.replace('stated: "81.0"', 'stated: "83.0"')
    text = text.replace('stated: "0.81"', 'stated: "0.83"')  # the same again
    accused = [
        r
        for r in found(tmp_path, text)
        if r.check == "accuracy" and r.outcome in ACCUSING
    ]
    assert {r.about for r in accused} == {
        ("x.f1.accuracy", "report"),
        ("x.accuracy", "report"),
    }
    assert all(r.either for r in accused)


def test_words_in_cells_are_not_compared(tmp_path):
    """Two tables of one thing, whose cells are words: no number, nothing the same."""
    table = """\
  - id: %s
    where: Table %s
    title: networks
    kind: other
    of: %s
    claims: [first layer]
    kind_of_claims: setting
%s    cells: |
      network | first layer
      faces   | %s
"""
    text = REPORT.replace(
        "claims:\n  - {id: x.acc",
        table % ("one", 8, "n", "", "convolution")
        + table % ("two", 9, "m", "    same_as: one\n", "pooling")
        + "claims:\n  - {id: x.acc",
    )
    results = found(tmp_path, text)
    assert not [r for r in results if {"n.first-layer.faces"} & r.names]


@pytest.mark.parametrize(
    ("quantifier", "false", "outcome"),
    [
        ("every", 0, "consistent"),
        ("every", 1, "inconsistent"),
        ("most", 1, "consistent"),
        ("most", 2, "inconsistent"),
        ("some", 3, "consistent"),
        ("some", 4, "inconsistent"),
        ("", 1, "consistent"),  # an exception refutes nothing that is said in general
        ("", 2, "remark"),
        ("", 3, "textual tension"),
        ("", 4, "inconsistent"),
    ],
)
def test_words_say_how_often_they_hold(tmp_path, quantifier, false, outcome):
    holds = [*["1 > 2"] * false, *["2 > 1"] * (4 - false)]
    claim = "claims:\n  - {id: y.better, where: Text, quantity: q, stated: better, "
    claim += f"kind: statement, quantifier: '{quantifier}', holds: {holds}}}\n"
    text = CULPRITS % ("0.84", "0.85", "0.84") + claim
    (result,) = [r for r in found(tmp_path, text) if r.check == "statement"]
    assert result.outcome == outcome
    if false and outcome == "consistent":
        assert f"{4 - false} of 4 comparisons hold" in result.evidence


def test_remarks_contradict_nothing(tmp_path):
    weak = REPORT.replace("| 81.0  ", "| 52.0  ").replace("| 58.0", "| 40.0")
    results = found(
        tmp_path, weak.replace("| random-clips | 70", "|              | 70")
    )
    remarks = {r.check: r.evidence for r in results if r.outcome == "remark"}
    assert "52.0 % (p 0.38)" in remarks["chance"]
    assert "1 come without a protocol" in remarks["comparison"]
    assert "same people on both sides" in remarks["protocol"]
    # 0.52 * 0.7 and 0.84 * 0.73 are right together by chance; 100 items move more.
    assert "(+1.6 points on average, 3.6 at most)" in remarks["tasks"]


LOSSES = """\
tables:
  - id: losses
    where: Table 8
    title: losses
    kind: results
    of: v
    unit: {accuracy: "%"}
    classes: 4
    claims: [accuracy, loss]
    cells: |
      variant | trained by    | accuracy | loss
      low     | cross-entropy | 10       | 0.60
      fitting | cross-entropy | 10       | 0.63
      high    | cross-entropy | 10       | 1.40
"""


def test_losses_against_accuracies(tmp_path):
    """Nine of ten wrong cost 0.9 ln 2 = 0.624; four classes, evenly, ln 4 = 1.386."""
    named, unnamed = (
        {r.outcome: (r.about, r.evidence) for r in found(tmp_path, text)}
        for text in (LOSSES, LOSSES.replace("cross-entropy", "mean squares "))
    )
    about, told = named["inconsistent"]
    assert about == ("v.loss.low",) and "0.60 with 10 % right (0.62" in told
    fitting = named["trivially consistent"][0]  # most losses would
    assert fitting == ("v.loss.fitting", "v.loss.high")
    assert named["remark"][0] == ("v.loss.high",) and "1.386" in named["remark"][1]
    assert "inconsistent" not in unnamed  # another loss has another least value


# --- verdicts ------------------------------------------------------------------------


def result(outcome: str) -> Result:
    return Result("f1", outcome, ("x",), "")


@pytest.mark.parametrize(
    ("outcomes", "verdict"),
    [
        ([], "cannot be checked"),
        (["remark", "cannot be checked"], "cannot be checked"),
        (["remark", "consistent"], "consistent"),
        (["consistent", "inconsistent"], "inconsistent"),
    ],
)
def test_verdict_on_paper(outcomes, verdict):
    assert verdicts.on_paper([result(o) for o in outcomes]) == verdict


def record(protocol: str, value: float, high: float | None = None, **leak) -> dict:
    low = None if high is None else 2 * value - high
    metric = {"value": value, "low": low, "high": high}
    return {
        "record": f"runs/{protocol}",
        "protocol": protocol,
        "model": "cnn",
        "parameters": {"width": 0.25},
        "folds": [{"leak": leak}],
        "metrics": {"accuracy": metric},
    }


CLIPS = {"clip_share": 0.0, "subject_share": 1.0}
ITEMS = {"clip_share": 0.9, "subject_share": 1.0}
APART = {"clip_share": 0.0, "subject_share": 0.0}
REPRODUCED = "reproduced under its protocol"


@pytest.mark.parametrize(
    ("protocol", "found", "verdict"),
    [
        ("random-clips", [], "not run"),
        ("random-clips", [record("random-clips", 0.9, 0.97, **CLIPS)], REPRODUCED),
        ("random-clips", [record("random-clips", 0.97, None, **CLIPS)], REPRODUCED),
        ("random-clips", [record("random-clips", 0.9, 0.95, **CLIPS)],
         "not reproduced"),
        # Stricter than the claim's own and reached: reached all the more.
        ("random-items", [record("random-clips", 0.97, 0.98, **CLIPS)], REPRODUCED),
        ("random-clips", [record("random-clips", 0.97, 0.98, **CLIPS),
                          record("subjects-apart", 0.5, 0.6, **APART)],
         "does not survive subjects apart"),
        ("random-clips", [record("random-clips", 0.97, 0.98, **CLIPS),
                          record("subjects-apart", 0.5, 0.6, **APART),
                          record("leave-one-subject-out", 0.95, 0.97, **APART)],
         REPRODUCED),
        ("random-clips", [record("random-items", 0.99, 0.99, **ITEMS),
                          record("random-clips", 0.6, 0.7, **CLIPS)],
         "reproduced only with leakage"),
        # One item a clip: drawing items is drawing clips.
        ("random-clips", [record("random-items", 0.97, 0.98, **CLIPS)], REPRODUCED),
        ("random-clips", [record("whole-corpus", 1.0, 1.0)],
         "reproduced only with leakage"),
        # A stricter record that misses says nothing of a laxer claim.
        ("random-items", [record("subjects-apart", 0.5, 0.6, **APART)], "not run"),
        ("subjects-apart", [record("subjects-apart", 0.97, 0.98, **APART)], REPRODUCED),
        ("subjects-apart", [record("subjects-apart", 0.5, 0.6, **APART)],
         "not reproduced"),
        ("unstated", [record("random-clips", 0.9, 0.95, **CLIPS)], "not reproduced"),
        ("", [record("random-clips", 0.97, 0.98, **CLIPS)], "not run"),
    ],
)  # fmt: skip
def test_verdict_by_run(protocol, found, verdict):
    claim = ledger.claim("C.audio.accuracy")  # 96.82 %
    claim = dataclasses.replace(claim, protocol=protocol)
    assert verdicts.by_run(claim, found) == verdict


def test_a_claim_that_no_record_can_give_is_not_run():
    good = record("subjects-apart", 1.0, 1.0, **APART)
    for id in ("C.corpus.clips", "C.interface.fusion", "E.single-task.best-loss"):
        assert verdicts.by_run(ledger.claim(id), [good]) == "not run"
    assert verdicts.by_run(ledger.claim("C.audio.recall.neutral"), [good]) == "not run"


SYSTEMS = [
    System("cnn", "as described", given={"width": 1}),
    System("cnn", "changed", "a quarter of the width", {"width": 0.25}),
]


def test_a_record_says_what_it_is_a_run_of():
    claim, run = ledger.claim("C.audio.accuracy"), record("random-clips", 0.9, 0.95)
    told = verdicts.bearing(claim, run, SYSTEMS)
    assert told == (
        "runs/random-clips (random-clips, 90.0 % [85.0, 95.0], cnn, changed (a quarter "
        "of the width))"
    )
    assert verdicts.bearing(claim, run).endswith("cnn, stand-in (cnn))")


def test_a_verdict_rests_on_the_document_s_own_system_where_that_was_run():
    claim = ledger.claim("C.audio.accuracy")
    own = record("random-clips", 0.9, 0.95, **CLIPS)
    other = {**record("random-clips", 0.99, 0.99, **CLIPS), "model": "svm"}
    assert verdicts.by_run(claim, [own, other], SYSTEMS) == "not reproduced"
    found = verdicts.rests_on(claim, [own, other], SYSTEMS)
    assert found == "changed (a quarter of the width)"
    assert verdicts.by_run(claim, [other], SYSTEMS) == REPRODUCED
    assert verdicts.rests_on(claim, [other], SYSTEMS) == "stand-in (svm)"
    assert verdicts.rests_on(claim, [], SYSTEMS) == ""


def test_a_change_that_reaches_a_claim_does_not_speak_for_what_is_described():
    claim = ledger.claim("C.audio.accuracy")
    changed = record("random-clips", 0.97, 0.98, **CLIPS)
    literal = {**record("random-clips", 0.2, 0.3, **CLIPS), "parameters": {"width": 1}}
    found = verdicts.rests_on(claim, [changed, literal], SYSTEMS)
    assert found == "changed (a quarter of the width); as described it is not reached"
    good = {**literal, "metrics": changed["metrics"]}
    assert verdicts.rests_on(claim, [changed, good], SYSTEMS).startswith("as described")


def test_records_on_real_recordings_give_document_c_its_verdict():
    """A stand-in decides nothing where there is a run of the document's own system."""
    table = ledger.table("C").set_index("id")
    row = table.loc["C.audio.accuracy"]
    assert row["verdict_by_run"] in {*verdicts.BY_RUN} - {"not run"}
    assert "voice" in row["records"] and "stand-in" not in row["rests_on"]
    assert table.loc["C.fusion.gain", ["records", "rests_on"]].tolist() == ["", ""]
