"""Small tables as corpora publish them: csv in several dialects, and xlsx.

An xlsx file is a zip of XML. The first sheet's cells as text are all that is
wanted here, which takes fewer lines than a library would take megabytes.
"""

from __future__ import annotations

import csv
import re
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from io import BytesIO, StringIO
from pathlib import Path
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from emolib import EmolibError
from emolib.files import write_atomic

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_FRAME = {
    "[Content_Types].xml": (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPES}.sheet.main+xml"/>'
        '<Override PartName="/xl/worksheets/sheet1.xml" '
        f'ContentType="{_TYPES}.worksheet+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}


def read_csv(path: str | Path) -> list[list[str]]:
    """Rows of a table whose cells comma, semicolon or tab divides.

    Raises:
        EmolibError: if it cannot be read.
    """
    try:
        text = Path(path).read_text("utf-8-sig", errors="replace")
    except OSError as error:
        raise EmolibError(f"{path}: cannot be read ({error.strerror})") from error
    first = text.partition("\n")[0]
    divider = max(",;\t", key=first.count)
    rows = csv.reader(StringIO(text), delimiter=divider, skipinitialspace=True)
    return [[cell.strip() for cell in row] for row in rows]


def read_xlsx(path: str | Path) -> list[list[str]]:
    """Rows of a workbook's first sheet, every cell as text.

    Raises:
        EmolibError: if it is no such workbook.
    """
    try:
        with zipfile.ZipFile(path) as book:
            names = book.namelist()
            first = min(n for n in names if n.startswith("xl/worksheets/sheet"))
            sheet = _part(book, first)
            shared = []
            if "xl/sharedStrings.xml" in names:
                shared = [_text(text) for text in _part(book, "xl/sharedStrings.xml")]
        return [_cells(row, shared) for row in sheet.iter(f"{{{_MAIN}}}row")]
    except (OSError, ValueError, LookupError, NotImplementedError, *_DAMAGE) as error:
        raise EmolibError(
            f"{path}: cannot be read as an xlsx workbook ({error}); save it anew, or "
            "as csv beside it"
        ) from error


_DAMAGE = (zipfile.BadZipFile, zlib.error, ElementTree.ParseError)
_DAMAGE += (EOFError, RuntimeError)
_MOST_COLUMNS = 16_384
_MOST = 2**27  # bytes of one part, unpacked: a small file can claim any size


def _part(book: zipfile.ZipFile, name: str) -> ElementTree.Element:
    if (size := book.getinfo(name).file_size) > _MOST:
        raise ValueError(f"{name} takes {size} bytes")
    return ElementTree.fromstring(book.read(name))


def _cells(row: ElementTree.Element, shared: list[str]) -> list[str]:
    cells: list[str] = []
    for cell in row:
        # Empty cells are left out; the name of each tells its column.
        cells += [""] * (_column(cell.get("r", "")) - len(cells))
        cells.append(_value(cell, shared))
    return cells


def write_xlsx(
    path: str | Path, rows: Iterable[Sequence[str | int | float | None]]
) -> None:
    """Write rows as a workbook of one sheet, whole or not at all.

    The same rows give the same bytes.
    """
    lines = "".join(f"<row>{''.join(map(_cell, row))}</row>" for row in rows)
    sheet = f'<worksheet xmlns="{_MAIN}"><sheetData>{lines}</sheetData></worksheet>'
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in (_FRAME | {"xl/worksheets/sheet1.xml": sheet}).items():
            # ZipInfo's default date does not depend on the day.
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            book.writestr(info, _HEAD + text)
    write_atomic(path, lambda temporary: temporary.write_bytes(buffer.getvalue()))


def _cell(value: str | int | float | None) -> str:
    if value is None or value == "":
        return "<c/>"
    if isinstance(value, str):
        text = f'<t xml:space="preserve">{escape(value)}</t>'
        return f'<c t="inlineStr"><is>{text}</is></c>'
    return f"<c><v>{value}</v></c>"


def _value(cell: ElementTree.Element, shared: list[str]) -> str:
    if cell.get("t") == "inlineStr":
        return _text(cell).strip()
    value = cell.findtext(f"{{{_MAIN}}}v", "")
    return (shared[int(value)] if cell.get("t") == "s" else value).strip()


def _text(element: ElementTree.Element) -> str:
    """All runs of a string together; marks of pronunciation are not part of it."""
    sounds = {t for ruby in element.iter(f"{{{_MAIN}}}rPh") for t in ruby}
    runs = element.iter(f"{{{_MAIN}}}t")
    return "".join(run.text or "" for run in runs if run not in sounds)


def _column(name: str) -> int:
    """A cell's column counted from 0: 0 for A1, 27 for AB7; 0 without a name.

    >>> _column("D12"), _column("AB7"), _column("")
    (3, 27, 0)
    """
    letters = re.match("[A-Z]*", name)[0]
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    if number > _MOST_COLUMNS:
        raise ValueError(f"a cell is named {name[:20]}")
    return max(0, number - 1)
