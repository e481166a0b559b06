"""What sentences may quote and compare: seeds together, tests corrected, words held."""

import json
import shutil
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest

from emolib import ROOT, records
from emolib.book import comparing, gates, held, quoting
from emolib.book.comparing import comparisons
from emolib.labels import LabelSpace

SPACE = LabelSpace("coin", ("heads", "tails"))
STUDIES = {"C": "coins", "D": "dice"}
CHAPTER, PAGE = "notebooks/03_coins", "book/document_c"


@pytest.fixture
def make(tmp_path, monkeypatch):
    """Make a record in which each person's share of clips is answered rightly."""
    monkeypatch.setenv("EMOLIB_RUNS", str(tmp_path))

    def record(experiment, shares, each=10, seed=0, source="real", **more):
        names = [f"p{n}" for n in range(len(shares)) for _ in range(each)]
        clips = pd.DataFrame({"subject": names, "source": source})
        clips["clip"] = [f"{s}-{n % each}" for n, s in enumerate(clips["subject"])]
        right = [n < round(share * each) for share in shares for n in range(each)]
        fields = {
            "study": "coins", "corpus": "toy", "protocol": "subjects-apart",
            "model": "coin", "profile": "real", "parameters": {}, **more,
        }  # fmt: skip
        run = records.open_run(
            experiment=experiment, source=source, seed=seed, manifest=clips,
            space=SPACE, folds=1, code="x", **fields,
        )  # fmt: skip
        answers = clips.assign(label="heads", heads=np.where(right, 0.9, 0.1))
        run.add(0, answers.assign(tails=1 - answers["heads"]))
        return run.record | {"record": str(run.folder)}

    return record


def printed(made, *roles, page=CHAPTER, others=None):
    """What roles print on a page, or why they must not."""
    text = "\n".join(f"{{compared}}`{role}`" for role in roles)
    pages = {page: text, **(others or {})}
    told = comparisons(pages, quoting.grouped(made), STUDIES)
    found = [told[page][comparing.normal(role)] for role in roles]
    return [entry.get("text", entry.get("problem")) for entry in found]


def plain(text):
    return text.replace(quoting.SPACE, " ")


GOOD, BAD = np.full(8, 0.9), np.full(8, 0.5)
NAME = "coins/{}/subjects-apart"
A, B, C = (NAME.format(name) for name in "abc")
ASKED = f"It reached {{measured}}`{A}/accuracy@real` of them."


# -- quoting ------------------------------------------------------------------


def test_seeds_are_quoted_together(make):
    made = [make("a", np.full(8, s), seed=n) for n, s in enumerate((0.5, 0.6, 0.7))]
    (one,) = quoting.grouped(made)
    (entry,) = quoting.measured([one], [ASKED])[f"{A}/accuracy@real"]
    assert plain(entry["text"]) == "60.0 % [60.0, 60.0] (50.0 to 70.0 over 3 seeds)"
    assert all(record["id"] in entry["title"] for record in made)
    # Two records of one seed, on other data, are no set.
    assert len(quoting.grouped([*made, made[0] | {"id": "another"}])) == 4
    assert len(quoting.grouped([*made, made[0] | {"profile": "smoke"}])) == 2


def test_what_comes_with_the_book_is_meant_first(make, tmp_path, monkeypatch):
    """This run's own records of the same name stand back, also under the same seed."""
    shares = enumerate((0.5, 0.6, 0.7))
    made = [make("a", np.full(8, s), seed=n) for n, s in shares]
    place = tmp_path / "book"
    for record in made:
        folder = place / Path(record["record"]).name
        shutil.copytree(record["record"], folder)
        record["record"] = str(folder)
    monkeypatch.setattr("emolib.records.run.committed_folder", lambda: place)
    local = make("a", np.full(8, 0.9), source="real") | {"id": "a-of-this-run"}
    sets = quoting.grouped([*made, local])
    assert sorted((len(s.records), s.committed) for s in sets) == [
        (1, False),
        (3, True),
    ]
    (text, *_) = printed([*made, local, make("b", BAD)], f"{A} > {B} @real")
    assert plain(text).startswith("+10.0 points")


def test_a_parameter_tells_two_records_apart(make):
    made = [
        make("a", GOOD - share, parameters={"protocol.test_size": share, "few": [1]})
        for share in (0.2, 0.5)
    ]
    entries = quoting.measured(quoting.grouped(made), [ASKED])[f"{A}/accuracy@real"]
    for wanted in ("test_size=0.5", "protocol.test_size=0.5&profile=real&seed=0"):
        (entry,) = (e for e in entries if quoting.fits(e["told"], wanted))
        assert entry["text"].startswith("40.0")
    for wanted in ("test_size=0.9", "size=0.5", "test_size=0.5&seed=1"):
        assert not [e for e in entries if quoting.fits(e["told"], wanted)]


def test_few_people_are_named_beside_their_number(make):
    (few,) = quoting.grouped([make("a", [0.9, 0.5, 0.6])])
    assert plain(few.metric("accuracy")).endswith("] (few people)")
    (enough,) = quoting.grouped([make("b", GOOD)])
    assert plain(enough.metric("accuracy")).endswith("]")


def test_what_always_the_commonest_class_would_get_can_be_quoted(make):
    (one,) = quoting.grouped([make("a", GOOD)])
    asked = f"{{measured}}`{A}/commonest@real`"
    (entry,) = quoting.measured([one], [asked])[f"{A}/commonest@real"]
    told = one.run.predictions["label"].value_counts()
    assert plain(entry["text"]) == f"{100 * told.max() / told.sum():.1f} %"
    assert one.records[0]["id"] in entry["title"]


def test_what_is_of_older_code_says_so(make):
    (one,) = quoting.grouped([make("a", GOOD)])
    assert ", of older code. So near one such an interval" in one.title("accuracy")


# -- comparing ----------------------------------------------------------------


def test_a_difference_that_a_test_carries_is_printed(make):
    made = [make("a", GOOD), make("b", BAD)]
    (text,) = printed(made, f"{A} > {B} @real")
    assert plain(text) == "+40.0 points [40.0, 40.0], p = 0.008, 80 clips"
    backwards, none, wrong, lost = printed(
        made, f"{B} > {A} @real", f"{A} ~ {B} @real", f"{A} < {B} @real",
        f"{A} > {B}?width=1 @real",
    )  # fmt: skip
    assert "no test carries it: \N{MINUS SIGN}40.0 points" in backwards
    assert "a difference is shown (+40.0 points" in none
    assert "it should read `STUDY/EXPERIMENT/PROTOCOL >" in wrong
    assert "fits 0 runs on real data; there is b-" in lost
    assert "fits 0 runs on demo data" in printed(made, f"{A} > {B} @demo")[0]


def test_no_difference_shown(make):
    made = [make("a", GOOD), make("b", GOOD - 0.2 * (np.arange(8) % 2) + 0.1)]
    (text, greater) = printed(made, f"{A} ~ {B} @real", f"{A} > {B} @real")
    assert plain(text).startswith("no difference shown: +0.0 points [\N{MINUS SIGN}")
    assert plain(text).endswith("p = 1.00, 80 clips")
    assert "no test carries it" in greater


def test_holm_over_chapter_and_document_page_by_source(make):
    """With six people the smallest p is 1 in 32: one such test carries, two do not."""
    few = [make(n, s) for n, s in zip("abc", (GOOD[:6], BAD[:6], BAD[:6]), strict=True)]
    few += [make(n, s[:6], source="demo") for n, s in (("a", GOOD), ("b", BAD))]
    role, more = f"{A} > {B} @real", f"{{compared}}`{A} ~ {C} @real`"
    assert "p = 0.031" in plain(printed(few, role)[0])
    # On the document's page, or on another that names the study's run.
    for page in (PAGE, "book/index"):
        (told,) = printed(few, role, others={page: more})
        assert "p = 0.062 (corrected for 2 comparisons)" in plain(told), page
    (told, _) = printed(few, role, f"{A} ~ {C} @real")
    assert "corrected for 2 comparisons" in told
    # The same pair again, backwards, or on other data, or in another study's chapter.
    others = {PAGE: f"{{compared}}`{B} ~\n{A} @real` {{compared}}`{A} > {B} @demo`"}
    others["book/document_d"] = more
    assert "p = 0.031" in plain(printed(few, role, others=others)[0])


def test_one_comparison_of_a_study_is_primary(make):
    made = [make("a", GOOD), make("b", BAD), make("c", BAD)]
    role, other = f"{A} > {B} @real primary", f"{A} > {C} @real primary"
    (text,) = printed(made, role, others={PAGE: f"{{compared}}`{role}`"})
    assert (
        plain(text)
        == "+40.0 points [40.0, 40.0], p = 0.008, 80 clips, named beforehand"
    )
    for told in printed(made, role, other):
        assert told == "another one is primary as well"
    (told,) = printed(made, role, others={PAGE: f"{{compared}}`{other}`"})
    assert told == "another one is primary as well"


def test_few_people_are_compared_for_themselves_alone(make):
    made = [make("a", GOOD[:3], each=20), make("b", BAD[:3], each=20)]
    refused, text = printed(made, f"{A} > {B} @real", f"{A} > {B} @real over=clips")
    assert "3 people; of fewer than 6 no difference can be shown" in refused
    assert plain(text).startswith("+40.0 points [")
    assert plain(text).endswith("60 clips, for these speakers")
    many = [make("a", GOOD), make("b", BAD)]
    (text,) = printed(many, f"{A} > {B} @real over=clips")
    assert text == "8 people were tested: compare over people"


def test_fewer_than_thirty_clips_are_not_compared(make):
    made = [make("a", GOOD, each=3), make("b", BAD, each=3)]
    assert "24 clips in common; fewer than 30" in printed(made, f"{A} > {B} @real")[0]


def test_seeds_are_averaged(make):
    made = [make("a", GOOD, seed=n) for n in range(3)]
    made += [make("b", np.full(8, s), seed=n) for n, s in enumerate((0.9, 0.6, 0.6))]
    (text,) = printed(made, f"{A} > {B} @real")
    assert plain(text).startswith("+20.0 points")


# -- words of outcome -----------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The voice is ahead. The face stays behind.", ["ahead", "stays behind"]),
        ("The items behind it, and one below chance.", ["below chance"]),
        ("It helps. It is no\nbetter, and worse.", ["helps", "no better", "worse"]),
        ("It hears more\nthan the face.", ["more than"]),
        ("# A network beats chance", ["beats"]),
        ("The voice is ahead, {compared}`a/b/c > d/e/f @real`.", []),
        ("It is ahead, {compared}`x`. It helps.", ["helps"]),
        ("It is ahead, {measured}`x`.", ["ahead"]),
        ("Is it better? Ahead of time, `better`, $better$.", []),
        ("The best epoch <!-- no outcome --> was not taken.", []),
        ("0.5 of it helps.", ["helps"]),
        ("It leads to this, and falls into two.", []),
    ],
)
def test_outcome_words(text, words):
    found = [told.partition(": ")[0] for _, told in gates.outcome_words(text)]
    assert found == words


def test_a_line_and_a_sentence_are_named():
    found = list(gates.outcome_words("One.\n\nIt is {measured}`x`\nbetter. It ran."))
    assert found == [(4, "better: It is … better.")]


# -- finished studies -----------------------------------------------------------


@pytest.fixture
def project(tmp_path):
    """A chapter, a document's page and committed records."""
    for name in ("notebooks", "book/results/confidence-fusion"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "book" / "document_c.md").write_text("The voice is ahead.\n")
    (tmp_path / "notebooks" / "03_confidence_fusion.py").write_text(
        "# %% [markdown]\n# It helps.\n\n# %%\n"
        "study = experiment.Study('confidence-fusion')\n"
        "run = study.run('voice', x)\n"
        "%matplotlib inline\n"
        "other.run('zeros')\n"
        "for n in names:\n    study.add_answers(n, y)\n"
        "study.add_answers(name='product', answers=y)\n"
    )
    for name in ("voice", "product", "zeros"):
        folder = tmp_path / "book" / "results" / "confidence-fusion" / f"{name}-1"
        folder.mkdir()
        content = {"id": f"{name}-1", "study": "confidence-fusion", "folds": []}
        content |= {"experiment": name, "complete": True, "metrics": {}}
        content |= {"space": {"name": "coin", "classes": list(SPACE)}}
        (folder / "record.json").write_text(json.dumps(content))
    return tmp_path


def test_outcomes_of_a_finished_study_are_refused(project, monkeypatch):
    found = list(held.outcomes(project))
    assert [(study, str(problem)) for study, problem in found] == [
        ("confidence-fusion", "book/document_c.md, line 1: ahead: The voice is ahead."),
        (
            "confidence-fusion",
            "notebooks/03_confidence_fusion.py: no comparison is primary",
        ),
        (
            "confidence-fusion",
            "notebooks/03_confidence_fusion.py, cell 1, line 1: helps: It helps.",
        ),
    ]
    monkeypatch.setattr(held, "DONE", ())
    assert held.refused(iter(found)) == []
    monkeypatch.setattr(held, "DONE", ("confidence-fusion",))
    assert len(held.refused(iter(found))) == 3
    with (project / "book" / "document_c.md").open("a") as page:
        page.write("{compared}`a/b/c > d/e/f @real\nprimary`\n")
    assert len(held.refused(held.outcomes(project))) == 2


def test_records_that_no_cell_makes_are_found(project):
    (nameless, zeros) = (str(p) for _, p in held.loose_records(project))
    assert "study.add_answers(n, y): its name is no literal" in nameless
    assert zeros.endswith("zeros-1: no cell of 03_confidence_fusion.py runs 'zeros'")


def test_what_the_package_runs_of_a_study_is_the_notebook_s():
    code = "study = experiment.Study('a')\npieces.joint_controls(study, a, b, c, d)"
    cell = nbformat.v4.new_code_cell(code)
    named = held.run_names(nbformat.v4.new_notebook(cells=[cell]))
    assert named == ({"joint-product", "joint-dealt", "joint-divided"}, [])


def test_records_that_their_page_does_not_name_are_found(project):
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

    def table(text):
        output = new_output("execute_result", data={"text/plain": text})
        return new_code_cell("x", outputs=[output])

    cells = [table("voice-1"), new_markdown_cell("Text.\n\n## Provenance")]
    cells += [table("product-1 zeros-1")]
    page = nbformat.v4.new_notebook(cells=cells)
    executed = {"notebooks/03_confidence_fusion.ipynb": page}
    found = [str(p) for _, p in held.loose_records(project, executed)]
    loose = [f for f in found if "provenance" in f]
    assert len(loose) == 1 and "voice-1: is not in the provenance" in loose[0]
    # An incomplete one may lie there: it is never quoted, and need not be named.
    file = project / "book/results/confidence-fusion/voice-1/record.json"
    file.write_text(file.read_text().replace('"complete": true', '"complete": false'))
    found = [str(p) for _, p in held.loose_records(project, executed)]
    assert not [f for f in found if "provenance" in f]


def test_what_finished_studies_are_held_to_holds():
    assert held.refused(held.outcomes(ROOT)) == []
    assert held.refused(held.loose_records(ROOT)) == []
