"""The notebooks keep their shape: headings, parameters, short cells."""

import ast
import re
from os.path import commonprefix
from statistics import median

import pytest

from emolib import ROOT, ledger, runs
from emolib.runs import boxes
from emolib.runs.notebook import tags_of

NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9]*.py"))
STUDIES = {
    "01_posed_genuine": "posed-genuine",
    "02_speech_and_stills": "speech-and-stills",
    "03_confidence_fusion": "confidence-fusion",
    "04_early_fusion": "early-fusion",
    "05_real_or_fake": "real-or-fake",
}


def told_of(name):
    """A chapter's prose, and its document's page, where others' work is told."""
    chapter = (ROOT / "notebooks" / f"{name}.py").read_text("utf-8")
    letter = ledger.document(STUDIES[name]).letter.lower()
    page = (ROOT / "book" / f"document_{letter}.md").read_text("utf-8")
    return re.sub("^# ", "", chapter, flags=re.M) + page


@pytest.mark.parametrize("name", STUDIES)
@pytest.mark.parametrize("kind", ["Figure", "Table"])
def test_every_figure_and_table_of_the_document_has_its_heading(name, kind):
    # One heading may stand for several: its title begins as theirs do.
    found = re.findall(
        rf"^#+ {kind}s? ([\d.]+)(?: to (\d+))?: (.+)$", told_of(name), re.M
    )
    known = ledger.figures(STUDIES[name])
    if kind == "Table":
        printed = ledger.document(STUDIES[name]).tables
        numbered = [(re.match(r"Table ([\d.]+)", t.where), t.title) for t in printed]
        known = [(number[1], title) for number, title in numbered if number]
    told = set()
    for first, last, heading in found:
        span = range(int(first), int(last) + 1) if last else [first]
        meant = [(str(n), t) for n, t in known if str(n) in map(str, span)]
        exact = [pair for pair in meant if pair[1] == heading]
        alike = commonprefix([title for _, title in meant])
        assert exact or (len(meant) > 1 and heading.startswith(alike) and alike), (
            heading
        )
        told |= set(exact or meant)
    assert sorted(told) == sorted((str(number), title) for number, title in known)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_papermill_lists_every_parameter_with_its_meaning(path):
    """What `papermill --help-notebook` prints, asked of papermill itself."""
    import papermill

    listed = papermill.inspect_notebook(str(path.with_suffix(".ipynb")))
    declared = runs.declared(path)
    assert [*listed] == [*declared]
    for name, parameter in declared.items():
        assert ast.literal_eval(listed[name]["default"]) == parameter.default
        assert len(listed[name]["help"]) > 3, f"{name} has no meaning"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_cells_are_short_and_pictures_are_described(path):
    cells = runs.read(path).cells
    code = [cell for cell in cells if cell.cell_type == "code"]
    assert median(len(cell.source.splitlines()) for cell in code) < 10
    for cell in code:
        if re.search(r"plots\.\w+\(", cell.source):
            image = cell.metadata.get("mystnb", {}).get("image", {})
            assert image.get("alt"), f"a figure without alt text: {cell.source[:60]}"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_chapter_ends_as_it_should(path):
    """Alike, but for a card of the models, which only a study has."""
    text = path.read_text()
    order = ["Summary", "Exercises", "Model card", "Provenance"]
    if path.stem[3:].replace("_", "-") not in runs.STUDIES.values():
        order.remove("Model card")
    places = [text.find(f"# ## {heading}") for heading in order]
    assert all(place > 0 for place in places) and places == sorted(places)


LABORATORIES = ["07_leakage", "08_confounds", "09_baselines"]
PRIMERS = [
    "10_what_a_split_is",
    "11_from_waveform_to_mfcc",
    "12_from_face_to_pixels",
    "13_optical_flow",
    "14_convolution_and_memory",
    "15_three_ways_to_fuse",
    "16_several_tasks",
]
FINISHED = [*STUDIES, "06_the_studio", *LABORATORIES, *PRIMERS]
"""Chapters on the floor that all share; they keep its limits. Primers, for one sitting,
are shorter."""


MOST_LINES = dict.fromkeys(PRIMERS, 400)


def code_cells(name):
    """A chapter's code, without the cells of parameters and profiles."""
    cells = runs.read(ROOT / "notebooks" / f"{name}.py").cells
    apart = {"parameters", "profiles"}
    return [
        cell.source
        for cell in cells
        if cell.cell_type == "code" and not apart & set(tags_of(cell))
    ]


@pytest.mark.parametrize("name", FINISHED)
def test_a_chapter_is_short(name):
    text = (ROOT / "notebooks" / f"{name}.py").read_text("utf-8")
    assert len(text.splitlines()) <= MOST_LINES.get(name, 1200)
    lines = [len(source.splitlines()) for source in code_cells(name)]
    assert max(lines) <= 30
    assert sum(count <= 12 for count in lines) >= 0.8 * len(lines)


PICTURES = {"pictures", "overlays", "spectrum", "stacks", "cepstra", "band_changes"}
PICTURES |= {"gates"}  # of memories, over time
DRAWN_BY_HAND = {"flow", "branches", "network", "cell", "circumplex"}
OF_EVERY_ANSWER = {"precision_recall", "roc"}
"""Curves of thousands of answers, which lie in the record of their run."""

WITHOUT = {
    "05_real_or_fake": {
        *("Augmentation", "What the stand-ins learn before", "Movement over time"),
        *("The design's own confound", "What each looks at"),
        "Figure 4.3: Accuracy (a) and loss (b) by epoch, one task",
    },
    "11_from_waveform_to_mfcc": {"Spectrum"},
    "15_three_ways_to_fuse": {"Late fusion"},
}
"""Where figures stand that have no number, caption or data yet."""


@pytest.mark.parametrize("name", FINISHED)
def test_a_figure_has_number_caption_and_the_data_that_it_draws(name):
    """Data only where there is a table to be had: pictures and drawings have none."""
    heading, without = "", set()
    for cell in runs.read(ROOT / "notebooks" / f"{name}.py").cells:
        if cell.cell_type == "markdown":
            heading = (re.findall(r"^#+ (.+)$", cell.source, re.M) or [heading])[-1]
            continue
        drawn = {*re.findall(r"(?:plots\.|with (?=styled))(\w+)\(", cell.source)}
        calls = [n for n in ast.walk(ast.parse(cell.source)) if isinstance(n, ast.Call)]
        shown = [c for c in calls if ast.unparse(c.func) in ("notebook.figure", "show")]
        known = any(len(c.args) > 3 or c.keywords for c in shown)
        tabled = drawn - PICTURES - DRAWN_BY_HAND - OF_EVERY_ANSWER
        if drawn and not (shown and (known or not tabled)):
            without.add(heading)
    assert without == WITHOUT.get(name, set())


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_front_settles_its_parameters(path):
    """Right after the profiles, so that nothing runs with values of another one."""
    cells = [c for c in runs.read(path).cells if c.cell_type == "code"]
    assert tags_of(cells[0]) == ["parameters"] and "profiles" in tags_of(cells[1])
    assert cells[2].source.endswith("\nnotebook.settle(PROFILES, RANGES)")


def stored(code):
    """Names that code binds, but for those that live inside a comprehension."""
    loops = [n.target for n in ast.walk(code) if isinstance(n, ast.comprehension)]
    inside = {part for target in loops for part in ast.walk(target)}
    for node in ast.walk(code):
        names = isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        if names and node not in inside:
            yield node.id


@pytest.mark.parametrize("name", FINISHED)
def test_no_name_is_bound_in_two_cells(name):
    """So that any cell can be run again after all have run."""
    bound = {}
    for number, source in enumerate(code_cells(name)):
        for line in ast.parse(source).body:
            for one in () if isinstance(line, ast.FunctionDef) else stored(line):
                bound.setdefault(one, set()).add(number)
    assert {one: where for one, where in bound.items() if len(where) > 1} == {}


@pytest.mark.parametrize("name", STUDIES)
def test_a_component_leads_to_a_heading_or_a_test(name):
    headings = set(re.findall(r"^#+ (.+)$", told_of(name), re.M))
    for component in ledger.components(STUDIES[name]):
        kind, _, test = component.where.partition("test: ")
        if test:
            found = [f for f in (ROOT / "tests").rglob("test_*.py")
                     if f"def {test}(" in f.read_text("utf-8")]  # fmt: skip
            assert found, component
        elif component.status != "missing":
            assert kind in headings, component


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_exercise_has_its_box(path):
    """With time, aim and a hint; the notes for teachers add the minutes up."""
    cells = runs.read(path).cells
    stubs = [n for n, cell in enumerate(cells) if "exercises.check_" in cell.source]
    told = boxes.of(path)
    assert len(told) == len(stubs)
    for n, one in zip(stubs, told, strict=True):
        _, box, shown = cells[n - 1].source.partition('<div class="alert alert-info">')
        assert box and shown.endswith("</details>\n\n</div>")
        assert f"({one['minutes']} minutes; aim: to " in shown and one["minutes"] >= 5
        assert one["hint"][-1] in ".?" and len(one["hint"].split()) > 8
