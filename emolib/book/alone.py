"""A notebook alone, as a page's button opens it in Colab: it fetches the package.

Where `_config.yml` names the repository that the book is published from, the clean
`.ipynb` beside each source is made for readers who have nothing but that file: it is
a student's copy (`copies.readable`) with one cell before all others, which installs
the release where `emolib` is missing. Without a repository there is nowhere to fetch
it from, and no button.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from emolib import ROOT, UsageError, __version__
from emolib.book import copies
from emolib.runs.notebook import sha

if TYPE_CHECKING:
    from nbformat import NotebookNode

KEPT = (
    *("numpy", "pandas", "scipy", "scikit-learn", "pyarrow", "pillow", "matplotlib"),
    *("tensorflow", "keras", "torch", "ipython", "ipykernel"),
)
"""What an installation leaves at the version that is there: a session has much of it
loaded already, and would break over another one."""

_CELL = """\
#@title Get emolib where it is missing; what is installed here stays as it is
import subprocess, sys
from importlib import invalidate_caches, metadata, util
from pathlib import Path

if not util.find_spec("emolib"):
    keep = {keep}
    there = [d for d in metadata.distributions() if d.name]
    here = {{d.name.lower().replace("_", "-"): d.version for d in there}}
    kept = "".join(f"{{n}}=={{here[n]}}\\n" for n in keep if n in here)
    Path("kept.txt").write_text(kept)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "-c", "kept.txt"]
    subprocess.run([*pip, "{address}"], check=True)
    invalidate_caches()
"""


def repository(root: Path = ROOT) -> str:
    """The address of the repository that `_config.yml` names, or "".

    Raises:
        UsageError: if it names one that Colab could not open.
    """
    settings = yaml.safe_load((root / "_config.yml").read_text("utf-8"))
    named = (settings.get("repository") or {}).get("url") or ""
    found = re.fullmatch(r"https://github\.com/[\w.-]+/[\w.-]+?(?:\.git)?/?", named)
    if named and not found:
        raise UsageError(
            f"_config.yml: repository url {named!r} should read "
            "https://github.com/OWNER/NAME, or stay empty"
        )
    return named.removesuffix("/").removesuffix(".git")


def tag() -> str:
    """The tag under which this version is published."""
    return f"v{__version__}"


def first_cell(repository: str) -> NotebookNode:
    """The cell that fetches the published version from a repository.

    Args:
        repository: an address that git can read.
    """
    from nbformat.v4 import new_code_cell

    names = "".join(f'\n        "{name}",' for name in KEPT)
    source = _CELL.format(keep=f"[{names}\n    ]", address=f"git+{repository}@{tag()}")
    cell = new_code_cell(source.rstrip("\n"), metadata={"cellView": "form"})
    cell["id"] = sha(source)[:8]
    return cell


def beside(
    clean: Mapping[Path, NotebookNode], root: Path = ROOT
) -> dict[Path, NotebookNode]:
    """What lies beside each source: the clean notebook, for opening alone if it can be.

    Args:
        clean: notebooks by the paths of their sources.
        root: the project, whose `_config.yml` says where it is published from.
    """
    address = repository(root)
    return notebooks(clean, address) if address else dict(clean)


def notebooks(
    clean: Mapping[Path, NotebookNode],
    repository: str,
    known: Mapping[str, Any] | None = None,
) -> dict[Path, NotebookNode]:
    """Clean notebooks, by the path of their source, as somebody opens them alone.

    Args:
        clean: notebooks by the paths of their sources.
        repository: an address that git can read; "" if there is none to fetch from.
        known: what `copies.known` gives, where it is at hand.
    """
    pages = {copies.page(path): notebook for path, notebook in clean.items()}
    known = known or copies.known(pages)
    made = {}
    for path, notebook in clean.items():
        made[path] = copies.readable(notebook, copies.page(path), known)
        for cell in made[path].cells:
            if cell.metadata.get("jupyter", {}).get("source_hidden"):
                cell.metadata["cellView"] = "form"  # Colab's word for it
        if repository:
            made[path].cells.insert(0, first_cell(repository))
    return made
