"""A class graded by nbgrader itself: right, in part, untouched, broken, cheating."""

import csv
import json
import re

import nbformat
import pytest
import small_notebook

pytest.importorskip("nbgrader", reason="needs nbgrader: `make extras`")

from emolib import EmolibError, editions, runs
from emolib.editions import for_grading, mending, solutions

STUDY = "what_a_split_is"
NAME = small_notebook.PRIMER.stem
PATIENCE = """
# On a busy machine a kernel needs long for its imports; a loop deserves no patience.
c.Execute.timeout_func = lambda cell: 3 if "while True" in cell.source else 300
"""

ANSWERS = {e.number: solutions.solution(e)
           for e in solutions.exercises(small_notebook.PRIMER)}  # fmt: skip
LOUD = "import sys\ndef loud(items):\n    sys.stderr.write('a warning')\n"
LOUD += f"    return quiet(items)\n\n{ANSWERS[2]}\nquiet, strangers = strangers, loud"
ENDLESS = "machines = ...\nimport time\nwhile True:\n    time.sleep(1)"
PARTLY = 'machines = {"telephone": "people", "museum": "people", "repair": "windows"}'
IMPORTED = f"from tests.exercises.test_exercises_{STUDY} import shared"


def answered(handed_out, **answers):
    """A notebook with these answers, by `answer_N`."""
    made = nbformat.from_dict(json.loads(json.dumps(handed_out)))
    for name, code in answers.items():
        at(made, f"{STUDY}-{name[-1]}-answer")[0].source = code
    return made


def at(notebook, name):
    """The cells that bear a name, of nbgrader's."""
    return [cell for cell in notebook.cells if mending._id(cell) == name]


def broken(handed_out):
    """Cells deleted: imports, a check; an answer twice, the stub last; a loop."""
    made = answered(handed_out, answer_1=ANSWERS[1], answer_3=ENDLESS)
    (imports,) = [c for c in made.cells if "import what_a_split_is" in c.source]
    (check,) = at(made, f"{STUDY}-1-check")
    (answer,) = at(made, f"{STUDY}-2-answer")
    twice = nbformat.from_dict(json.loads(json.dumps(answer)))
    twice.source, twice["id"] = ANSWERS[2], "twice"
    place = made.cells.index(answer)
    made.cells.insert(place, twice)
    made.cells = [c for c in made.cells if c is not imports and c is not check]
    return made


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A course of one assignment, and a class that was graded."""
    root = tmp_path_factory.mktemp("grading")
    for name in ("book/results", "benchmarks"):
        (root / "published" / name).mkdir(parents=True)
    small_notebook.make(root / "notebooks")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs.notebook, "NOTEBOOKS", root / "notebooks")
        patch.setattr(for_grading, "PUBLISHED", root / "published")
        course = editions.grading(root / "course", say=lambda text: None)
    handed_out = nbformat.read(course / "release" / NAME / f"{NAME}.ipynb", 4)
    right = {f"answer_{n}": code for n, code in ANSWERS.items()}
    work = {
        "right": answered(handed_out, **right | {"answer_2": LOUD}),
        "partly": answered(handed_out, **right | {"answer_1": "shared = 0.5",
                                                  "answer_3": PARTLY}),
        "untouched": handed_out,
        "broken": broken(handed_out),
        "cheating": answered(handed_out, answer_1=IMPORTED, answer_2=ANSWERS[2],
                             answer_3="machines = exercises.MET"),
    }  # fmt: skip
    for student, notebook in work.items():
        place = course / "submitted" / student / NAME
        place.mkdir(parents=True)
        nbformat.write(notebook, place / f"{NAME}.ipynb")
    with (course / "nbgrader_config.py").open("a") as settings:
        settings.write(PATIENCE)
    (course / "said.txt").write_text(for_grading.nbgrader(course, "autograde", NAME))
    for_grading.nbgrader(course, "export")
    return course


def scores(course):
    rows = csv.DictReader((course / "grades.csv").read_text().splitlines())
    return {row["student_id"]: (float(row["score"]), row["max_score"]) for row in rows}


def points(course, student):
    """What each check of a student's notebook gave, and the last line it told."""
    place = course / "autograded" / student / NAME / f"{NAME}.ipynb"
    told = []
    for cell in nbformat.read(place, 4).cells:
        if mending._id(cell).endswith("-check"):
            errors = [o.evalue for o in cell.outputs if o.output_type == "error"]
            told.append(errors[0] if errors else "right")
    return told


def test_right_gets_full_partly_less_and_untouched_nothing(course):
    found = scores(course)
    assert {most for _, most in found.values()} == {"5.0"}
    assert found["right"][0] == 5  # whatever an answer writes on stderr
    assert found["partly"][0] == 1 + 2  # two machines of three
    assert found["untouched"][0] == 0
    assert all("not yet answered" in told for told in points(course, "untouched"))


def test_a_broken_notebook_is_mended_and_a_loop_ends(course):
    assert scores(course)["broken"][0] == 1 + 1
    assert points(course, "broken")[2] == "Exercise 3: not yet answered."
    said = (course / "said.txt").read_text()
    assert "given-3 was deleted: it was put back as it was handed out" in said
    assert f"{STUDY}-1-check was deleted" in said
    assert f"{STUDY}-2-answer is there 2 times" in said
    text = (course / "autograded" / "broken" / NAME / f"{NAME}.ipynb").read_text()
    assert "KeyboardInterrupt" in text or "CellTimeoutError" in text


def test_an_answer_that_reaches_for_the_reference_gets_nothing(course):
    assert scores(course)["cheating"][0] == 1
    assert (course / "said.txt").read_text().count(mending.REACHES) == 2


def test_where_answers_run_there_are_no_references(course):
    package = course / "package"
    names = [path.name for path in package.rglob("*.py")]
    assert "what_a_split_is.py" in names
    assert not [n for n in names if n.startswith("test_") or n in ("in_chapters.py",)]
    assert not (package / "tests").exists()


def test_grade_ids_are_unique_and_checks_locked_and_raising(course):
    notebook = nbformat.read(course / "source" / NAME / f"{NAME}.ipynb", 4)
    marked = [c for c in notebook.cells if c.cell_type == "code"]
    names = [mending._id(cell) for cell in marked]
    assert len(set(names)) == len(names) and all(names)
    for cell in marked:
        told = cell.metadata.nbgrader
        assert told.grade == told.grade_id.endswith("-check")
        assert told.solution == told.grade_id.endswith("-answer") != told.locked
    checks = [c.source for c in marked if c.metadata.nbgrader.grade]
    assert checks == [
        "exercises.check_1(shared, grade=True)",
        "exercises.check_2(strangers, grade=True)",
        "exercises.check_3.points(machines)",
    ]
    release = (course / "release" / NAME / f"{NAME}.ipynb").read_text()
    assert "strangers = ...\\n" in release and "flatnonzero(" not in release


@pytest.mark.parametrize("source", runs.notebooks().values(), ids=lambda p: p.stem)
def test_every_exercise_of_every_notebook_can_be_graded(source):
    asked = len(solutions.exercises(source))
    made = for_grading.graded(runs.read(source), source.stem[3:])
    checks = [c for c in made.cells if c.metadata.get("nbgrader", {}).get("grade")]
    assert len(checks) == asked >= 3
    names = [mending._id(cell) for cell in made.cells if mending._id(cell)]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[\w-]+", name) for name in names)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("answer = 3\nexercises.check_1(answer)", False),
        ("x = 'an exercise'; items['check']", False),
        ("def f(:", False),
        ("import numpy as np\nfrom sklearn import metrics", False),
        ("from emolib import protocols", False),
        ("from emolib.exercises import leakage", True),
        ("import emolib.exercises.leakage as e", True),
        ("from emolib import exercises as e", True),
        ("from answers import hold", True),
        ("exec(open('tests/exercises/test_exercises_leakage.py').read())", True),
        ("exercises.check_1 = print", True),
        ("exercises = object()", True),
        ("exercises.check_1._function", True),
        ("x = exercises.CLOSED", True),
    ],
)
def test_what_reaches_for_checks_is_seen(code, expected):
    assert mending.reaches(code) == expected


def test_without_nbgrader_it_is_said_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(EmolibError, match="make extras"):
        editions.grading(tmp_path / "course")
