"""The notebooks keep their shape: headings, parameters, short cells."""

import re
from statistics import median

import pytest

from emolib import ROOT, ledger, runs

NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9]*.py"))
STUDIES = {
    "02_speech_and_stills": "speech-and-stills",
    "03_confidence_fusion": "confidence-fusion",
}


@pytest.mark.parametrize("name", STUDIES)
@pytest.mark.parametrize("kind", ["Figure", "Table"])
def test_every_figure_and_table_of_the_document_has_its_heading(name, kind):
    text = (ROOT / "notebooks" / f"{name}.py").read_text()
    headings = re.findall(rf"^# ## {kind} ([\d.]+): (.+)$", text, re.M)
    known = ledger.figures(STUDIES[name])
    if kind == "Table":
        printed = ledger.document(STUDIES[name]).tables
        known = [(t.where.removeprefix("Table "), t.title) for t in printed
                 if t.where.startswith("Table ")]  # fmt: skip
    assert sorted(headings) == sorted((str(number), title) for number, title in known)


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
