"""Editions for teaching: what is in them, and that no solution is where none may be."""

import base64
import gzip
import html
import json
import zipfile
import zlib

import nbformat
import pytest
import small_notebook

from emolib import EmolibError, UsageError, editions, records, runs
from emolib.editions import for_students as students
from emolib.editions import leaks, solutions

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
    small_notebook.make(tmp_path / "notebooks")
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
