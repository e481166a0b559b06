"""Staging: everything a build reads, laid out under `_build/source`.

Pages and executed notebooks keep their paths (`book/`, `notebooks/`), so links
and launch buttons mean the same here as in the repository. A file is written
only when its content changed: Sphinx then reads again only what it must.
"""

from __future__ import annotations

import copy
import html
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from emolib import ledger, runs
from emolib.book import (
    alone,
    cards,
    everything,
    fairness,
    figures,
    gates,
    generated,
    light,
    quoting,
)
from emolib.book.markdown import anchor, code, plain
from emolib.ledger.own import words

if TYPE_CHECKING:
    import nbformat

_WIDGET = "application/vnd.jupyter.widget-view+json"
_NUMBER = re.compile(r"[-+−]?[\d.,]+(?:e[-+]?\d+)?(?:\s*%)?|None|–|\.{3}|")
_MISSING = {"NaN", "<NA>"}
_NOT_STAGED = {"results", "published.json", "teaching", ".ipynb_checkpoints"}


def stage(
    root: Path, source: Path, executed: dict[str, nbformat.NotebookNode], demo: Path
) -> None:
    """Lay out the book's sources.

    Args:
        root: the project.
        source: the folder to fill; what no longer belongs there is removed.
        executed: executed notebooks by their path in the project.
        demo: the folder of the book's rendered corpora.
    """
    quoted = quoting.quotable(
        {id for nb in executed.values() for id in nb.metadata["emolib"]["records"]}
    )
    files = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted((root / "book").rglob("*"))
        if path.is_file() and not _NOT_STAGED & set(path.relative_to(root).parts)
    }
    beside, asked = everything.rows(quoted), fairness.asked(quoted)
    shown = {path: with_its_making(published(nb)) for path, nb in executed.items()}
    writes = runs.notebook.nbformat().writes
    texts = {
        "_toc.yml": (root / "_toc.yml").read_text("utf-8"),
        "_config.yml": configuration(root),
        "book/generated/corpora.md": generated.corpus_cards(demo),
        "book/generated/records.md": generated.record_table(quoted),
        "book/generated/claims.md": generated.claim_table(),
        "book/generated/claims.csv": generated.claim_file(),
        "book/_static/check_words.js": words.script(),
        "book/generated/claim-records.md": generated.claim_records(),
        "book/generated/claim-summary.md": generated.ledger_summary(),
        "book/generated/ledger-power.md": generated.ledger_power(),
        "book/generated/tables-power.md": generated.tables_power(),
        "book/generated/coverage.md": generated.coverage_table(),
        "book/generated/live.md": generated.live_table(),
        "book/generated/model-voice.md": generated.model_card("voice"),
        "book/generated/model-smile.md": generated.model_card("smile"),
        "book/generated/predicted.txt": generated.predicted_example(demo),
        "book/generated/everything.md": everything.page(beside),
        "book/generated/title.md": everything.title(beside),
        "book/generated/verdicts.md": everything.verdict_table(),
        "book/generated/cards.md": cards.study_cards(beside),
        "book/generated/by-group.md": fairness.by_group(asked),
        "book/generated/by-person.md": fairness.by_person(asked),
        "book/generated/versions.md": generated.version_table(),
        **{path: writes(nb) for path, nb in shown.items()},
        **{p: t for nb in executed.values() for p, t in figure_data(nb).items()},
    }
    for source_of in ledger.all_documents():
        name = f"book/generated/findings-{source_of.letter}.md"
        texts[name] = generated.findings_list(source_of.letter)
        name = f"book/generated/summary-{source_of.letter}.md"
        texts[name] = generated.ledger_summary(source_of.letter)
        name = f"book/generated/short-{source_of.letter}.md"
        texts[name] = generated.in_short(source_of.letter)
        name = f"book/generated/open-{source_of.letter}.md"
        texts[name] = generated.open_settings(source_of.letter)
        if draws := generated.draws_table(source_of.letter):
            texts[f"book/generated/draws-{source_of.letter}.md"] = draws
    for example in sorted((root / "book" / "examples").iterdir()):
        if example.name == "predictions.csv":
            name = "book/generated/audit-predictions.txt"
            texts[name] = generated.audited_example(example)
        elif example.suffix in (".yaml", ".md", ".csv"):
            name = f"book/generated/check-{example.stem}.txt"
            texts[name] = generated.checked_example(example)
    texts["book/generated/audit-published.txt"] = generated.audited_published()
    files |= {path: text.encode() for path, text in texts.items()}
    files |= {path: one for nb in executed.values() for path, one in media(nb).items()}
    numbers = generated.numbers(quoted, prose(files, executed), runs.STUDIES)
    files[generated.NUMBERS] = json.dumps(numbers, indent=1).encode()
    files |= figures.drawn(source)
    for path, content in files.items():
        _write_if_changed(source / path, content)
    for path in sorted(source.rglob("*")):
        if path.is_file() and path.relative_to(source).as_posix() not in files:
            path.unlink()


def prose(
    files: dict[str, bytes], executed: dict[str, nbformat.NotebookNode]
) -> dict[str, str]:
    """Every page's Markdown, by the name that Sphinx gives the page."""
    pages = {p: c.decode("utf-8") for p, c in files.items() if p.endswith(".md")}
    for path, notebook in executed.items():
        cells = [c.source for c in notebook.cells if c.cell_type == "markdown"]
        pages[path] = "\n\n".join(cells)
    return {path.rpartition(".")[0]: text for path, text in pages.items()}


def _write_if_changed(path: Path, content: bytes) -> None:
    if not path.exists() or path.read_bytes() != content:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def published(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """An executed notebook as the book shows it and readers download it.

    Left out is what widgets leave behind: showing it takes scripts from other
    hosts. Their plain text stays. Columns of text in tables are aligned left, a
    figure's caption leads to the data behind it, and what is shown and played is light.
    """
    notebook = copy.deepcopy(notebook)
    notebook.metadata.pop("widgets", None)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            data.pop(_WIDGET, None)
            if "image/png" in data:
                data["image/png"] = light.picture(data["image/png"])
            if "text/html" in data:
                data["text/html"], _ = light.players(data["text/html"])
            if 'class="dataframe' in data.get("text/html", ""):
                data["text/html"] = align(data["text/html"])
            if told := gates.figure_in(output):
                data["text/html"] = caption(told)
                output.metadata.pop("emolib")
    return notebook


def with_its_making(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """A notebook that ends with what it was made from, as `runs.execute` has told."""
    end = {"cell_type": "markdown", "id": "made-from", "metadata": {}}
    end["source"] = _making(notebook.metadata["emolib"])
    notebook.cells.append(runs.notebook.nbformat().from_dict(end))
    return notebook


def _making(told: dict) -> str:
    """Sources, data, lock, seed, machine and duration."""
    ran, rendered = told["ran"], told["rendered"]
    sources = runs.notebook.sha(json.dumps(told["sources"], sort_keys=True))
    data = [f"{plain(name)} {code(hash[:8])}" for name, hash in rendered.items()]
    settled = {n: told["parameters"].get(n) for n in ("profile", "seed", "seeds")}
    known = [f"{n} {code(v)}" for n, v in settled.items() if v is not None]
    took = generated.duration(sum(told["seconds"]))
    lines = {
        "Sources": f"{code(sources[:8])}, {len(told['sources'])} files",
        "Data at hand": ", ".join(data) or "rendered by the notebook itself",
        "Lock": code((ran["lock"] or "none")[:8]),
        "Parameters": ", ".join(known),
        "Ran": f"{ran['finished'][:10]}, in {took}, on {plain(ran['platform'])} with "
        f"{ran['processors']} processors and Python {ran['python']}",
    }
    listed = "".join(f"- {name}: {text}\n" for name, text in lines.items())
    return f"This page was made from (of digests the first eight digits):\n\n{listed}"


def caption(told: dict[str, str]) -> str:
    """A figure's number and caption as HTML, with a link to its data.

    Args:
        told: what `emolib.notebook.figure` left beside it.
    """
    name = {n: html.escape(text) for n, text in told.items()}
    label = f' id="{anchor("figure", told["id"])}"' if told["id"] else ""
    data = figures.data_link(told["id"]) if told["data"] else ""
    shown = f"<strong>{name['number']}</strong> {name['caption']}{data}"
    return f'<p class="figure-caption"{label}>{shown}</p>'


def figure_data(notebook: nbformat.NotebookNode) -> dict[str, str]:
    """What a notebook's figures draw, as CSV by the path of its staged file."""
    outputs = [o for cell in notebook.cells for o in cell.get("outputs", [])]
    told = [found for o in outputs if (found := gates.figure_in(o)) and found["data"]]
    return {figures.data_file(one["id"]): one["data"] for one in told}


def media(notebook: nbformat.NotebookNode) -> dict[str, bytes]:
    """The sounds and films that a notebook plays, by the path of their staged files."""
    outputs = [o for cell in notebook.cells for o in cell.get("outputs", [])]
    pages = [output.get("data", {}).get("text/html", "") for output in outputs]
    files = [light.players(html)[1] for html in pages]
    return {f"book/{light.FOLDER}/{n}": c for found in files for n, c in found.items()}


def align(text: str) -> str:
    """A data frame's table with its columns of words marked as text.

    pandas aligns every column right, which suits numbers alone. What it calls `NaN` or
    `<NA>` is a dash: nothing is known there. Names of rows on the outermost level are
    marked as such: they alone may stay in sight, or they would lie over each other.
    """
    from bs4 import BeautifulSoup

    page = BeautifulSoup(text, "html.parser")
    for table in page.select("table.dataframe"):
        heads = [row.find_all("th") for row in table.select("thead tr")]
        rows = [row.find_all("td") for row in table.select("tbody tr")]
        for cell in (cell for row in rows for cell in row):
            if cell.get_text(strip=True) in _MISSING:
                cell.string = "–"
        names = [row.find_all("th") for row in table.select("tbody tr")]
        for row in names:
            if row and len(row) == max(map(len, names)):
                row[0]["class"] = "outermost"
        columns = list(zip(*rows, strict=True))
        # Labels of rows come first, so a head's cells are counted from its end.
        for place, column in enumerate(columns, start=-len(columns)):
            if not all(_NUMBER.fullmatch(cell.get_text(strip=True)) for cell in column):
                above = [head[place] for head in heads if len(head) >= len(columns)]
                for cell in (*above, *column):
                    cell["class"] = "text"
    return str(page)


def configuration(root: Path) -> str:
    """`_config.yml` with the buttons that it allows.

    Launch and repository buttons lead to the repository that it names, at the tag of
    this version. Without one there are none.
    """
    settings = yaml.safe_load((root / "_config.yml").read_text("utf-8"))
    url = alone.repository(root)
    settings["repository"] = {"url": url, "branch": alone.tag()}
    settings.setdefault("html", {})["use_repository_button"] = bool(url)
    settings["html"]["use_issues_button"] = bool(url)
    settings["launch_buttons"] = (
        {
            "colab_url": "https://colab.research.google.com",
            "binderhub_url": "https://mybinder.org",
            "notebook_interface": "jupyterlab",
        }
        if url
        else {}
    )
    return yaml.safe_dump(settings, sort_keys=False, allow_unicode=True)
