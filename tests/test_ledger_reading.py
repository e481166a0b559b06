"""What a bad file of the ledger gets: file, line, and what to do."""

from pathlib import Path

import pytest

from emolib import UsageError, ledger

FILE = Path(ledger.__file__).parent / "confidence_fusion.yaml"


def refused(path: Path, read=ledger.load) -> tuple[int, str]:
    with pytest.raises(UsageError) as caught:
        read(path)
    found = str(caught.value)
    assert found.startswith(f"{path}:")
    line, _, problem = found.removeprefix(f"{path}:").partition(": ")
    return int(line), problem


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("letter: C", "letter: [C", "not YAML"),
        ("kind: paper  ", "kind: paper\n  kind: thesis", "kind is given twice"),
        ("id: C.corpus.actors", "id: C.corpus.clips", "C.corpus.clips is given twice"),
        ("id: C.corpus.actors", "id: C.audio.matrix", "C.audio.matrix is given twice"),
        ("{number: 2,", "{number: 1,", "figures: 1 is given twice"),
        ("name: frame file", "name: frame step", "video frame step is given twice"),
        ('stated: "96.82"', 'stated: "196.82"', "196.82 % is no percentage"),
        ('stated: "96.82"', "stated: 96.82", "quote it"),
        ("quantity: actors, ", "", "'quantity'; add it"),
        ("quantity: actors,", "quantiy: actors,", "no such field: quantiy"),
        ("n_from: implied,", "n_from: guessed,", "stated or implied"),
        ("protocol: random-items,", "protocol: random,", "protocol 'random' is none"),
        ("corpus: ravdess, classes: 8", "corpus: ravdes, classes: 8", "no corpus 'rav"),
        ("id: C.corpus.clips", "id: D.corpus.clips", "starts with C."),
        (
            "same_as: C.video.epochs",
            "same_as: C.video.epoch",
            "did you mean C.video.ep",
        ),
        ("reads: C.audio.matrix", "reads: C.video.matrix", "table C.video.matrix"),
        ("[C.fusion.accuracy > C", "[C.fusion.acuracy > C", "claim C.fusion.acuracy"),
        ("about: [C.corpus.clips]", "about: [C.corpus.clip]", "did you mean C.corpus"),
        ("check: order", "check: ordre", "no check 'ordre'"),
        ("check: order\n", "check: order, ordre\n", "no check 'ordre'"),
        (
            "    check: order\n",
            "    check: order\n    cause: C.none\n",
            "no finding is",
        ),
        (
            "quote: significantly improves the accuracy and robustness, ",
            "",
            "C.fusion.gain has no quote",
        ),
        (  # words that nothing compares are quoted as well
            'quote: "often confused with Calm, Angry, or Disgust"',
            "note: left out",
            "C.video.weak-class has no quote",
        ),
        ("antecedent: one model alone", "quantifier: always", "quantifier 'always' is"),
        (
            "quote: significantly improves the accuracy and robustness",
            f"quote: {16 * 'so '}",
            "quote at most 15 words",
        ),
        ("reads: C.audio.matrix", "best_of: [C.audio.matrixes]", "C.audio.matrixes"),
        ("reads: C.audio.matrix", "against: C.audio.none", "claim C.audio.none"),
        ("basis: changed", "basis: alike", "basis 'alike' is none of"),
        ("kind: matrix", "kind: matrx", "kind 'matrx' is none of"),
        ("\nclaims:\n", "\nclaimed:\n", "no part may be called claimed"),
        ("figures:\n", "figures:\n  - seven\n", "'seven' stands where a Figure"),
    ],
)
def test_a_bad_file_is_refused_with_its_line(tmp_path, old, new, message):
    good = FILE.read_text(encoding="utf-8")
    assert old in good
    path = tmp_path / "bad.yaml"
    path.write_text(good.replace(old, new, 1), encoding="utf-8")
    line, problem = refused(path)
    assert message in problem
    if "seven" not in message:  # that one names no entry
        before = good[: good.index(old)].count("\n") + 1
        assert before - 8 <= line <= before + 1


COMPONENT = """
components:
  - part: the network on sound
    document: three convolutions, three LSTM layers
    quick: an eighth of the width
    status: changed
    why: time
    where: The network
    covers: [audio filters, Figure 6]
"""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("", "", ""),
        ("status: changed", "status: altered", "status 'altered' is none of"),
        ("    why: time\n", "", "it is changed; say why"),
        ("    quick: an eighth of the width\n", "", "it is changed; give quick"),
        ("    where: The network\n", "", "it is changed; give where"),
        ("audio filters", "audio filter", "did you mean audio filters"),
        ("covers: [audio filters, Figure 6]", "covers: []", ""),
        ("the network on sound", "Figure 99", ""),  # `covers` says what it is
        ("covers: [audio filters, Figure 6]", "real: full", ""),
        ("  - part: the", "  - parts: the", "no such field: parts"),
    ],
)
def test_a_component_is_held_to_its_shape(tmp_path, old, new, message):
    path = tmp_path / "c.yaml"
    good = FILE.read_text("utf-8").partition("\ncomponents:")[0]
    path.write_text(good + COMPONENT.replace(old, new, 1), "utf-8")
    if message:
        assert message in refused(path)[1]
    else:
        assert ledger.load(path).components[0].status == "changed"


SCORES = """\
tables:
  - id: t
    where: Table 1
    title: scores
    kind: scores
    of: x
    unit: "%"
    claims: [recall]
    cells: |
      class | precision | recall | support
      happy | 81        | 77.5   | 40

      sad   | 66        | 60     | 20
"""
MATRIX = """\
tables:
  - id: m
    where: Figure 1
    title: matrix
    kind: matrix
    of: x
    cells: |
      true  | happy | sad
      happy | 31    | 9
      sad   | 8     | 12
"""


@pytest.mark.parametrize(
    ("good", "old", "new", "line", "message"),
    [
        (SCORES, "77.5 ", "775 ", 11, "'happy', 'recall': '775' is above 100 %"),
        (SCORES, "| 60     |", "| sixty  |", 13, "is no number; correct it"),
        (SCORES, "| 60     |", "|        |", None, ""),
        (SCORES, "| 60     |", "| ?      |", None, ""),
        (SCORES, "| 60     | 20", "| 60", 13, "3 cells under 4 heads"),
        (SCORES, "sad  ", "happy", 13, "row 'happy' stands in line 11 too"),
        (SCORES, "| recall ", "| precision ", 10, "column 'precision'"),
        (SCORES, "[recall]", "[recal]", 10, "claims: no column 'recal'"),
        (SCORES, 'unit: "%"', 'unit: ""', None, ""),
        (SCORES, "| 20\n", "| 20.5\n", 13, "counts items; give a whole number"),
        (SCORES, "cells: |", "cells: >", 9, "write cells as `cells: |`"),
        (SCORES, "kind: scores", "kind: scored", 5, "kind 'scored' is none of"),
        (SCORES, "    of: x\n", "", None, ""),
        (SCORES, "tables:", "tabels:", 1, "no part may be called tabels"),
        (MATRIX, "      sad   | 8     | 12\n", "", 8, "not square: 1 rows by 2"),
        (MATRIX, "| sad\n", "| sad | calm\n", 9, "3 cells under 4"),
        (MATRIX, "true  | happy | sad", "true  | sad | happy", 9, "same order"),
        (MATRIX, "| 12", "| -12", 10, "counts items"),
        (MATRIX, "| 12", "| 12.0", 9, "'31' is no share"),
        (MATRIX, "| 12", "| a", 10, "is no number"),
    ],
)
def test_a_bad_table_is_refused_with_its_line(tmp_path, good, old, new, line, message):
    assert old in good
    path = tmp_path / "mine.yaml"
    path.write_text(good.replace(old, new, 1))
    if line is None:
        ledger.check(path)
    else:
        told = refused(path, ledger.check)
        assert told[0] == line and message in told[1]


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("n: -5\n    n_from: stated", "n is -5; give a number from 1 on"),
        ("n: 0\n    n_from: stated", "n is 0"),
        ("classes: 0", "classes is 0; give a number from 2 on"),
        ("at_most: 0", "at_most is 0"),
        ("split: 120 % tested", "120 % cannot have been held out"),
        ("split: 0 % tested", "0 % cannot have been held out"),
        ("equals: x.recall.happy / 0", "it divides by zero"),
        ("equals: x.recall.happy ** 2", "it is no formula"),
        ("equals: x.recall.happy +", "it is no formula"),
        ("equals: print(1)", "it is no formula"),
        ("holds: [x.recall.happy >]", "'x.recall.happy >' is no comparison"),
        ("holds: [x.recall.happy]", "is no comparison"),
    ],
)
def test_nonsense_is_refused_with_its_line(tmp_path, field, message):
    path = tmp_path / "mine.yaml"
    claim = "  - id: x.y\n    where: Text\n    quantity: accuracy\n    stated: '80'\n"
    path.write_text(f"{SCORES}claims:\n{claim}    kind: result\n    {field}\n")
    line, problem = refused(path, ledger.load_own)
    assert message in problem and line == 20


@pytest.mark.parametrize(
    "text", ["tables: " + 60000 * "[", "tables:\n" + 60000 * "- ", 60000 * "? "]
)
def test_what_is_nested_without_end_is_refused(tmp_path, text):
    path = tmp_path / "deep.yaml"
    path.write_text(text)
    assert "nested more than 100 deep" in refused(path, ledger.load_own)[1]


def test_a_claim_that_points_nowhere_or_is_there_twice(tmp_path):
    path = tmp_path / "mine.yaml"
    claim = "  - {id: %s, where: here, quantity: q, stated: '1', kind: result%s}\n"
    path.write_text(SCORES + "claims:\n" + claim % ("x.recall.happy", ""))
    line, problem = refused(path, ledger.load_own)
    assert (line, "x.recall.happy is given twice" in problem) == (15, True)
    path.write_text(SCORES + "claims:\n" + claim % ("x.y", ", equals: x.recal.happy"))
    line, problem = refused(path, ledger.load_own)
    assert line == 15 and "did you mean x.recall.happy" in problem


def test_a_file_that_is_no_text_or_not_there(tmp_path):
    for content in (b"\xff\xfe\x00", b"", b"- a list"):
        path = tmp_path / "odd.yaml"
        path.write_bytes(content)
        with pytest.raises(UsageError, match=r"odd\.yaml"):
            ledger.load_own(path)
    with pytest.raises(UsageError, match="cannot be read"):
        ledger.load_own(tmp_path / "none.yaml")
