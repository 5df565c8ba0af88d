"""Tables as bytes: SPSS, CSV, Parquet, the codebook and the manifest, in one zip.

Pure, but for the day the caller gives: the same tables give the same bytes, whenever and wherever they are made.
"""

import csv
import hashlib
import io
import json
import tempfile
import zipfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as narwhals
import pyarrow
import pyarrow.parquet
import pyreadstat
from django.utils.translation import gettext as _

from nyemonstre.pdf import render_pdf

from .dataset import Data
from .variables import CODE, DECIMAL, HIGHEST, LOWEST, NUMBER, TEXT, Variable, missing_labels
from .wide import WIDE, Table

# Where a .sav keeps the day and the time it was written: nine and eight letters.
STAMP = slice(92, 109)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
ZIPPED_AT = (1980, 1, 1, 0, 0, 0)
CODEBOOK, BOOK, MANIFEST = "codebook.json", "codebook.pdf", "manifest.json"
PAGE = "research/pdf/codebook.html"


@dataclass(frozen=True)
class About:
    """What the codebook and the manifest say of a set besides what is in it. `day` is when it was frozen."""

    project: str
    purpose: str
    responsible: str
    approval: str
    why: str
    municipality: str
    day: date
    keep_until: date
    language: str


def bundle(data: Data, about: About) -> tuple[bytes, dict[str, Any]]:
    """The zip, and its manifest."""
    files: dict[str, bytes] = {}
    for table in data.tables:
        if table.rows:
            files[f"sav/{table.name}.sav"] = as_sav(table, about.day)
            files[f"csv/{table.name}.csv"] = as_csv(table)
            files[f"parquet/{table.name}.parquet"] = as_parquet(table)
    book = codebook(data, about)
    files[CODEBOOK] = as_json(book)
    paper = {"book": book, "municipality": about.municipality, "day": about.day, "until": about.keep_until}
    files[BOOK] = render_pdf(PAGE, paper)
    manifest = {
        "set": book["set"],
        "rows": {table.name: len(table.rows) for table in data.tables},
        "files": {name: {"bytes": len(content), "sha256": sha256(content)} for name, content in sorted(files.items())},
    }
    files[MANIFEST] = as_json(manifest)
    return zipped(files), manifest


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def as_json(value: Any) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=2, sort_keys=False) + "\n").encode()


def zipped(files: dict[str, bytes]) -> bytes:
    """In the order of the names, none with a time of its own."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, ZIPPED_AT)
            entry.external_attr, entry.compress_type = 0o644 << 16, zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name])
    return target.getvalue()


# ── SPSS ──────────────────────────────────────────────────────────────────────────────────────────────────────────────


class _ForPyreadstat(narwhals.DataFrame):
    """An Arrow table that pyreadstat takes. It asks for pandas or Polars by name, and then uses only what every table
    behind narwhals has; so we say the name, and need neither of the two.
    """

    @property
    def implementation(self) -> Any:
        """Rows with None for what is missing, as Polars has them and pandas has not."""
        return narwhals.Implementation.POLARS


def as_sav(table: Table, day: date) -> bytes:
    """With the labels of variables and values, and the codes for no value as user-missing.

    The library stamps the file with the clock; here stands the day the set was frozen, at midnight.
    """
    arrow = pyarrow.table({v.name: _numbers(table, v) for v in table.variables})
    frame = narwhals.from_native(arrow, eager_only=True)
    coded = [v for v in table.variables if v.may_miss]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.sav"
        pyreadstat.write_sav(
            _ForPyreadstat(frame._compliant_frame, level="full"),
            str(path),
            file_label=table.name,
            column_labels={v.name: v.label for v in table.variables},
            variable_value_labels={v.name: _labels(v) for v in coded},
            missing_ranges={v.name: [{"lo": LOWEST, "hi": HIGHEST}] for v in coded},
            variable_measure={v.name: _measure(v) for v in table.variables},
            variable_format={v.name: "F8.2" if v.kind == DECIMAL else "F8.0" for v in coded},
        )  # fmt: skip
        content = bytearray(path.read_bytes())
    content[STAMP] = f"{day.day:02d} {MONTHS[day.month - 1]} {day.year % 100:02d}00:00:00".encode()
    return bytes(content)


def _numbers(table: Table, variable: Variable) -> pyarrow.Array:
    kind = pyarrow.string() if variable.kind == TEXT else pyarrow.float64()
    cells = (row.get(variable.name) for row in table.rows)
    return pyarrow.array([c if c is None or variable.kind == TEXT else float(c) for c in cells], kind)


def _all_values(variable: Variable) -> dict[int, str]:
    return {**missing_labels(), **variable.values}


def _labels(variable: Variable) -> dict[float, str]:
    return {float(code): _value_label(text) for code, text in _all_values(variable).items()}


def _value_label(text: str) -> str:
    """SPSS takes 120 bytes."""
    while len(text.encode()) > 120:
        text = text[:-1]
    return text


def _measure(variable: Variable) -> str:
    if variable.kind in (NUMBER, DECIMAL):
        return "scale"
    return "nominal" if variable.nominal else "ordinal"


# ── CSV and Parquet ───────────────────────────────────────────────────────────────────────────────────────────────────


def as_csv(table: Table) -> bytes:
    """UTF-8, commas, a point in decimals, nothing for an empty cell."""
    target = io.StringIO(newline="")
    sheet = csv.writer(target, lineterminator="\n")
    sheet.writerow(v.name for v in table.variables)
    for row in table.rows:
        sheet.writerow("" if (cell := row.get(v.name)) is None else cell for v in table.variables)
    return target.getvalue().encode()


def as_parquet(table: Table) -> bytes:
    """Whole numbers as such; each column carries its label and the meaning of its codes."""
    kinds = {TEXT: pyarrow.string(), CODE: pyarrow.int32(), NUMBER: pyarrow.int32(), DECIMAL: pyarrow.float64()}
    fields = [
        pyarrow.field(
            v.name, kinds[v.kind],
            metadata={"label": v.label, "values": json.dumps(_all_values(v) if v.may_miss else {}, ensure_ascii=False)},
        )
        for v in table.variables
    ]  # fmt: skip
    cells = [[row.get(v.name) for row in table.rows] for v in table.variables]
    arrays = [pyarrow.array(column, field.type) for column, field in zip(cells, fields, strict=True)]
    target = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.Table.from_arrays(arrays, schema=pyarrow.schema(fields)), target)
    return target.getvalue()


# ── The codebook ──────────────────────────────────────────────────────────────────────────────────────────────────────


def codebook(data: Data, about: About) -> dict[str, Any]:
    """Every file and column in words. The same for a machine (JSON) and for reading (PDF)."""
    return {
        "set": {
            "project": about.project,
            "purpose": about.purpose,
            "responsible": about.responsible,
            "approval": about.approval,
            "why": about.why,
            "municipality": about.municipality,
            "frozen_on": about.day.isoformat(),
            "keep_until": about.keep_until.isoformat(),
            "persons": data.persons,
            "families": data.families,
            "rounds": {str(number): count for number, count in data.rounds.items()},
            "rounds_held_back": data.rounds_held,
        },
        "missing": {str(code): text for code, text in missing_labels().items()},
        "tables": [_table(table) for table in data.tables if table.rows],
    }


def _table(table: Table) -> dict[str, Any]:
    """`wide` is told by rule on paper: its columns are those of the long file, once for each round."""
    return {
        "name": table.name,
        "wide": table.name == WIDE,
        "title": table.title,
        "rows": len(table.rows),
        "variables": [_variable(table, variable) for variable in table.variables],
    }


def _variable(table: Table, variable: Variable) -> dict[str, Any]:
    cells = [row.get(variable.name) for row in table.rows]
    return {
        "name": variable.name,
        "label": variable.label,
        "kind": variable.kind,
        "values": {str(code): text for code, text in sorted(variable.values.items())},
        "source": variable.source,
        "made_of": list(variable.made_of),
        "filled": sum(cell is not None for cell in cells),
        "held_back": _said(table, variable),
    }


def _said(table: Table, variable: Variable) -> list[str]:
    """What is held back, in words where the codes have them; of years and numbers, only how many values."""
    held = table.held.get(variable.name, [])
    if not held:
        return []
    cells = (row.get(variable.name) for row in table.rows)
    if all(cell is None or LOWEST <= cell <= HIGHEST for cell in cells):
        return [_("alle svar")]
    if variable.kind == CODE:
        return [variable.values.get(code) or str(code) for code in held]
    return [_("%(count)d verdier") % {"count": len(held)}]


def held_back(data: Data) -> list[dict[str, Any]]:
    """For the page: each column in which something is held back, and what."""
    return [
        {"table": table.title, "label": variable.label, "values": _said(table, variable)}
        for table in data.tables
        for variable in table.variables
        if variable.name in table.held
    ]
