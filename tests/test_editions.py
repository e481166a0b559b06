"""Editions for teaching: what is in them, and that no solution is where none may be."""

import base64
import gzip
import html
import io
import json
import shutil
import zipfile
import zlib

import chromium
import nbformat
import pytest
import small_notebook
from PIL import Image

from emolib import EmolibError, UsageError, editions, records, runs
from emolib.editions import for_instructors as instructors
from emolib.editions import for_students as students
from emolib.editions import leaks, slides, solutions, teaching

MARK = "return weights @ numbers + 3 * share_of_all"
CODE = f"def answer(numbers):\n    {MARK}\n"
MARKS = leaks.marks([CODE])


def png(text: bytes) -> bytes:
    body = b"Comment\0\0" + zlib.compress(text)
    chunk = len(body).to_bytes(4, "big") + b"zTXt" + body + bytes(4)
    return b"\x89PNG\r\n\x1a\n" + chunk


def zipped(text: bytes, path) -> bytes:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", text)
    content = path.read_bytes()
    path.unlink()
    return content


HIGHLIGHTED = MARK.replace("@", '</span><span class="o">@</span><span>')
PLANTED = {
    "page.html": f"<pre><span>{HIGHLIGHTED}</span></pre>".encode(),
    "attribute.html": f"<a data-code='{html.escape(CODE)}'>".encode(),
    "source.ipynb": json.dumps({"source": CODE.splitlines(True)}).encode(),
    "one_string.ipynb": json.dumps({"source": CODE}).encode(),
    "search_text.js": f"window.T = {json.dumps('α ' + CODE)};".encode(),
    "escaped.json": MARK.replace("@", "\\u0040").encode(),
    "data.html": b"<img src='data:;base64," + base64.b64encode(CODE.encode()) + b"'>",
    "address.html": b"<img src='data:," + CODE.replace(" ", "%20").encode() + b"'>",
    "twice.txt": base64.b64encode(base64.b64encode(CODE.encode())),
    "page.gz": gzip.compress(CODE.encode()),
    "picture.png": png(CODE.encode()),
    "inline.html": b"<img src='data:image/png;base64,%s'>"
    % base64.b64encode(png(CODE.encode())),
    "sound.bin": bytes(9) + CODE.encode(),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_solution_is_found_however_it_is_written_down(name, tmp_path):
    (tmp_path / "innocent.html").write_text("<p>weights, numbers and shares</p>" * 9)
    assert leaks.found(tmp_path, MARKS) == []
    place = tmp_path / "deep" / name
    place.parent.mkdir()
    place.write_bytes(PLANTED[name])
    assert leaks.found(tmp_path, MARKS) == [(place, leaks.squeezed(MARK))]


def test_a_solution_in_an_archive_is_found(tmp_path):
    place = tmp_path / "a.zip"
    place.write_bytes(zipped(CODE.encode(), place))
    assert leaks.found(tmp_path, MARKS) == [(place, leaks.squeezed(MARK))]


def test_what_readers_are_shown_anyway_is_no_secret():
    assert leaks.marks([CODE], ["weights @ numbers"]) == MARKS
    assert leaks.marks([CODE], [f"x\n    {MARK}  # as above"]) == []


EXERCISES = [e for path in runs.notebooks().values() for e in solutions.exercises(path)]


def test_every_exercise_of_every_notebook_is_seen():
    calls = sum(p.read_text("utf-8").count("exercises.check_")
                for p in runs.notebooks().values())  # fmt: skip
    assert len(EXERCISES) == calls > 50


TOO_SHORT = {("the_studio", 2), ("the_studio", 3)}  # one number each


def test_nearly_every_solution_has_a_line_to_be_known_by():
    """A hand copy of one would be found: each brings a mark, but two of one number."""
    known = set(students.marks())
    bare = {
        (e.study, e.number)
        for e in EXERCISES
        if not known & set(leaks.marks([solutions.solution(e)]))
    }
    assert bare <= TOO_SHORT


ALONE = [e for e in EXERCISES if not e.more]


@pytest.mark.parametrize("of", ALONE, ids=lambda e: f"{e.study}-{e.number}")
def test_a_solution_stands_alone_and_its_check_says_right(of, capsys):
    names = {}
    exec(f"from emolib.exercises import {of.study} as exercises", names)
    exec(f"{of.before}\n{solutions.solution(of)}\n{of.check}", names)
    assert capsys.readouterr().out.startswith(f"Exercise {of.number}: right.")


@pytest.fixture
def book(tmp_path, monkeypatch):
    """A built book of one page; one small notebook, no records."""
    folder = tmp_path / "html"
    folder.mkdir()
    (folder / "index.html").write_text("<article>A book</article>")
    monkeypatch.setattr(students, "BOOK", folder)
    (tmp_path / "notebooks").mkdir()
    shutil.copy(small_notebook.PRIMER, tmp_path / "notebooks")
    monkeypatch.setattr(runs.notebook, "NOTEBOOKS", tmp_path / "notebooks")
    monkeypatch.setattr(records, "load", lambda folder: [])
    return folder


def test_a_student_edition_has_the_book_and_notebooks_with_stubs(book, tmp_path):
    out, told = tmp_path / "course", []
    packed = editions.student(out, told.append)
    assert (out / "book" / "index.html").is_file() and (out / "README.txt").is_file()
    (path,) = (out / "notebooks").glob("*.ipynb")
    cells = nbformat.read(path, as_version=4).cells
    stubs = filter(None, (solutions.exercise(cell, path.stem[3:]) for cell in cells))
    assert [*stubs] == [e for e in EXERCISES if e.study == "what_a_split_is"]
    with zipfile.ZipFile(packed) as archive:
        assert "course/book/index.html" in archive.namelist()
    with pytest.raises(UsageError, match="is there already"):
        editions.student(out)


def test_a_book_that_gives_a_solution_away_is_not_handed_out(book, tmp_path):
    code = solutions.solution(
        next(e for e in EXERCISES if e.study == "what_a_split_is")
    )
    (book / "page.html").write_text(f"<pre>{html.escape(code)}</pre>")
    with pytest.raises(EmolibError, match=r"book/page\.html: "):
        editions.student(tmp_path / "course", lambda text: None)
    assert not (tmp_path / "course.zip").exists()


def test_without_a_built_book_one_is_built(book, tmp_path, monkeypatch):
    (book / "index.html").rename(tmp_path / "later.html")
    asked = []

    def build():
        asked.append(book)
        (tmp_path / "later.html").rename(book / "index.html")

    monkeypatch.setattr("emolib.book.build.build", build)
    assert students.built(asked.append) == book
    assert "no built book here" in asked[0] and asked[1:] == [book]


# -- for instructors --------------------------------------------------------

SOURCES = [*runs.notebooks().values()]
NOTED = [
    source for source in SOURCES if (teaching.FOLDER / f"{source.stem}.yaml").is_file()
]


@pytest.mark.parametrize("source", NOTED, ids=lambda path: path.stem)
def test_notes_fit_their_notebook(source):
    notes = teaching.notes(source)  # headings and minutes are checked there
    assert len(notes.aims) >= 2 and len(notes.misconceptions) >= 3
    assert set(notes.minutes) == {"read", "exercises"} and len(notes.path) >= 5


def test_every_chapter_and_primer_has_notes():
    assert [s for s in SOURCES if s.stem < "15"] == [s for s in NOTED if s.stem < "15"]


def test_both_syllabuses_lead_through_what_is_there():
    told = teaching.syllabus()
    assert {name: len(meetings) for name, meetings in told.items()} == {
        "six": 6, "twelve": 12,
    }  # fmt: skip
    known = {path.stem: len(solutions.exercises(path)) for path in SOURCES}
    for meeting in [*told["six"], *told["twelve"]]:
        assert meeting["path"] in {*known, ""}
        for name, numbers in meeting["exercises"].items():
            assert set(numbers) <= set(range(1, known[name] + 1)), meeting["title"]
    chapters = {f"0{n}" for n in range(1, 10)}
    assert chapters <= {meeting["path"][:2] for meeting in told["twelve"]}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ("at: Waveform", "has no heading 'Waveforms'"),
        ("minutes: 3", "the path takes"),
        ("exercises: 30", "the exercises take 30"),
        ("aims:", "aims"),
    ],
)
def test_notes_that_do_not_fit_are_refused(changed, message, tmp_path, monkeypatch):
    (source,) = (path for path in SOURCES if path.stem.startswith("11"))
    text = (teaching.FOLDER / f"{source.stem}.yaml").read_text("utf-8")
    other = changed.replace("Waveform", "Waveforms").replace("3", "4")
    other = other.replace("aims", "goals")
    (tmp_path / f"{source.stem}.yaml").write_text(text.replace(changed, other, 1))
    monkeypatch.setattr(teaching, "FOLDER", tmp_path)
    with pytest.raises(UsageError, match=message):
        teaching.notes(source)
    monkeypatch.setattr(teaching, "FOLDER", tmp_path / "none")
    assert teaching.notes(source) is None


def shown_as_executed(source):
    """A notebook with a picture, larger than any slide, behind each cell that plots."""
    large = io.BytesIO()
    Image.new("RGB", (1900, 1500), "teal").save(large, "png")
    content = base64.b64encode(large.getvalue()).decode()
    notebook = runs.read(source)
    for cell in notebook.cells:
        if cell.cell_type == "code" and "plots." in cell.source:
            data = {"image/png": content}
            cell.outputs = [nbformat.v4.new_output("display_data", data)]
    return notebook


needs_reveal = pytest.mark.skipif(
    not slides.REVEAL.is_dir(), reason="needs reveal.js: `make extras`"
)


@needs_reveal
def test_an_instructor_edition_holds_what_a_teacher_needs(book, tmp_path, monkeypatch):
    executed = tmp_path / "executed"
    (executed / "quick").mkdir(parents=True)
    (source,) = runs.notebooks().values()
    name = f"{source.stem}.ipynb"
    nbformat.write(shown_as_executed(source), executed / "quick" / name)
    monkeypatch.setattr(instructors, "EXECUTED", executed)
    out, told = tmp_path / "teaching", []
    packed = editions.instructor(out, told.append)
    assert packed.is_file() and (out / "student.zip").is_file()
    answers = [e for e in EXERCISES if e.study == source.stem[3:]]
    shown = source.read_text("utf-8")
    marks = leaks.marks((solutions.solution(e) for e in answers), [shown])
    assert leaks.found(out / "student", marks) == []
    found = {path.relative_to(out).as_posix() for path, _ in leaks.found(out, marks)}
    assert found == {f"solutions/{name}", f"notes/{source.stem}.html"}
    deck = (out / "slides" / f"{source.stem}.html").read_text("utf-8")
    assert deck.count("<img ") >= 3 and "Afterwards you can" in deck
    for page in ("index.html", "notes/syllabus.html", "slides/index.html"):
        assert (out / page).is_file()
    (lab,) = (out / "lab").glob("*.ipynb")
    assert "footer" in (out / "lab" / "rise.css").read_text("utf-8")
    shown = nbformat.read(lab, as_version=4)
    assert shown.metadata["rise"]["theme"] == "white"  # others load fonts
    cells = shown.cells
    kinds = [cell.metadata["slideshow"]["slide_type"] for cell in cells]
    begin = [
        teaching.heading(c)[1]
        for c, k in zip(cells, kinds, strict=True)
        if k == "slide"
    ]
    notes = teaching.notes(source)
    assert begin == [notes.title, *(step.at for step in notes.path)]
    assert {"skip", "-"} <= set(kinds)


def test_without_reveal_no_slides_are_promised(book, tmp_path, monkeypatch):
    monkeypatch.setattr(slides, "REVEAL", tmp_path / "none")
    with pytest.raises(EmolibError, match="make extras"):
        editions.instructor(tmp_path / "teaching", print)


# How far what a slide holds lies outside of it, slide by slide, in pixels.
OUTSIDE = """
(async () => {
  const found = [];
  for (let i = 0; i < Reveal.getTotalSlides(); i++) {
    Reveal.slide(i);
    await Promise.all([...document.images].map(one => one.decode()));
    const slide = Reveal.getCurrentSlide(), scale = Reveal.getScale();
    const frame = document.querySelector(".slides").getBoundingClientRect();
    for (const part of slide.querySelectorAll(":scope > :not(aside), :scope > ul li")) {
      const box = part.getBoundingClientRect();
      const out = Math.max(box.right - frame.right, frame.left - box.left,
                           box.bottom - frame.bottom) / scale;
      if (out > 1) found.push(`${i}: ${Math.round(out)} px: ${part.textContent}`);
    }
  }
  return found;
})()
"""


@needs_reveal
@pytest.mark.skipif(not chromium.PROGRAM, reason="needs Chromium")
def test_slides_fit_and_ask_no_other_host(tmp_path):
    slides.frame(tmp_path)
    browser = chromium.Browser("--allow-file-access-from-files")
    try:
        for source in NOTED:
            notes = teaching.notes(source)
            deck = slides.deck(notes, shown_as_executed(source), tmp_path)
            browser.open(deck.as_uri())
            assert browser.run(OUTSIDE) == [], source.stem
            assert browser.errors == [], source.stem
            away = [a for a in browser.requests if not a.startswith(("file:", "data:"))]
            assert len(browser.requests) > 5 and away == [], source.stem
        long = "A long thought, told at length and then once more. " * 20
        deck.write_text(deck.read_text("utf-8").replace("<li>", f"<li>{long}", 2))
        browser.open(deck.as_uri())
        assert browser.run(OUTSIDE)
    finally:
        browser.close()
