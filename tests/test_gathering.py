"""What a class handed in, in one table, whatever state it is in."""

import csv
import json

import pytest

from emolib import UsageError, cli
from emolib.editions import gathering

IMPORT = "from emolib.exercises import leakage as exercises"


def notebook(path, *said, cells=3):
    """A notebook of three exercises, with what their checks have said."""
    code = [{"cell_type": "code", "source": IMPORT, "outputs": []}]
    for number in range(1, cells + 1):
        text = [one for one in said if one.startswith(f"Exercise {number}:")]
        outputs = [{"output_type": "stream", "text": [f"{one}\n"]} for one in text]
        source = [f"a{number} = 1\n", f"exercises.check_{number}(a{number})"]
        code.append({"cell_type": "code", "source": source, "outputs": outputs})
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"cells": [{"cell_type": "markdown"}, *code]}))


RIGHT = "Exercise 1: right. Nothing went into it."
WRONG = "Exercise 2: not yet. Take the middle."


@pytest.fixture
def handed_in(tmp_path):
    """A class of four, and a file of nobody."""
    folder = tmp_path / "handed-in"
    notebook(folder / "ada" / "07_leakage.ipynb", RIGHT, WRONG)
    notebook(folder / "bo_77_file" / "mine.ipynb", "Exercise 2: not yet.", RIGHT)
    told = {"study": "leakage", "experiment": "whole", "protocol": "people"}
    told |= {"metric": "accuracy", "outcome": "agrees", "why": "=HYPERLINK(1)"}
    receipt = json.dumps({"numbers": [told]})
    (folder / "ada" / "receipt.json").write_text(receipt)
    (folder / "cy_07_leakage.ipynb").write_text("{not json")
    (folder / "dee.ipynb").write_text(json.dumps({"cells": []}))
    (folder / "ed_deep.json").write_text("[" * 100_000)
    return folder


def rows(path):
    return list(csv.DictReader(path.read_text("utf-8").splitlines()))


def test_exercises_and_numbers_are_told_line_by_line(handed_in):
    lines = gathering.gather(handed_in)
    told = [(o.student, o.about, o.outcome) for o in lines]
    assert told == [
        ("ada", "exercise 1", "right"),
        ("ada", "exercise 2", "not yet"),
        ("ada", "exercise 3", "not run"),
        ("ada", "whole, people, accuracy", "agrees"),
        ("bo", "exercise 1", "right"),
        ("bo", "exercise 2", "not yet"),
        ("bo", "exercise 3", "not run"),
        ("cy", "", "unreadable"),
        ("dee", "", "unreadable"),
        ("ed", "", "unreadable"),
    ]
    assert lines[1].why == "Take the middle." and "imports no exer" in lines[8].why


def test_an_answer_that_was_mended_counts_by_its_last_run(tmp_path):
    path = tmp_path / "ada" / "a.ipynb"
    notebook(path, "Exercise 1: not yet. Again.", RIGHT, cells=1)
    (line,) = gathering.gather(tmp_path)
    assert line.outcome == "right"


def test_without_a_roster_a_gradebook_has_a_line_a_student(handed_in, tmp_path):
    _, grades, trouble = gathering.write(handed_in, tmp_path)
    assert [(row["student"], row["leakage"]) for row in rows(grades)] == [
        ("ada", "1"), ("bo", "1"), ("cy", ""), ("dee", ""), ("ed", "")
    ]  # fmt: skip
    assert len(trouble) == 3 and "cy_07_leakage.ipynb" in trouble[0]


def test_a_platform_gets_its_own_columns_back(handed_in, tmp_path, capsys):
    roster = tmp_path / "class.csv"
    roster.write_text(
        "﻿Student,ID,SIS Login ID,Section\n"
        '"Lovelace, Ada",7,ada,1\n"Bo",9,bo_77,1\n"Flo",8,flo,1\n',
        "utf-8",
    )
    out = tmp_path / "out"
    cli.app(
        ["receipts", str(handed_in), "--roster", str(roster), "--out", str(out)],
        standalone_mode=False,
    )
    grades = rows(out / "gradebook.csv")
    assert list(grades[0]) == ["Student", "ID", "SIS Login ID", "Section", "leakage"]
    assert [(row["Student"], row["leakage"]) for row in grades] == [
        ("Lovelace, Ada", "1"), ("Bo", "1"), ("Flo", "")
    ]  # fmt: skip
    told = capsys.readouterr().out
    assert "Flo: nothing handed in" in told and "cy: on no line of" in told
    cells = [value for row in rows(out / "receipts.csv") for value in row.values()]
    assert not [value for value in cells if value.startswith("=")]


def test_a_folder_or_roster_that_is_none_is_refused(handed_in, tmp_path):
    with pytest.raises(UsageError, match="no notebook"):
        gathering.gather(tmp_path / "nowhere")
    for content in ("", "a,b\n1,2,3\n"):
        (tmp_path / "class.csv").write_text(content)
        with pytest.raises(UsageError, match="a row a student"):
            gathering.gather(handed_in, tmp_path / "class.csv")
    with pytest.raises(UsageError, match="cannot be read"):
        gathering.gather(handed_in, tmp_path / "none.csv")
