"""Files of each format for the tests of imports, made from rows, with merged cells where they are asked for."""

import csv
import zipfile
from collections.abc import Sequence
from datetime import date
from html import escape
from pathlib import Path

import docx
from reportlab.pdfgen.canvas import Canvas

Value = str | date | None
Merged = tuple[int, int, int, int]
"""Top, left, bottom, right, from 1."""

_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
_TEXT = "urn:oasis:names:tc:opendocument:xmlns:text:1.0"


def write_csv(path: Path, rows: Sequence[Sequence[Value]], *, separator: str = ";", encoding: str = "utf-8") -> Path:
    with path.open("w", newline="", encoding=encoding) as stream:
        csv.writer(stream, delimiter=separator).writerows([[_words(value) for value in row] for row in rows])
    return path


def write_ods(path: Path, rows: Sequence[Sequence[Value]], merges: Sequence[Merged] = (), name: str = "Plan") -> Path:
    spans = {(top, left): (bottom - top + 1, right - left + 1) for top, left, bottom, right in merges}
    body = "".join(
        "<table:table-row>"
        + "".join(_ods_cell(value, *spans.get((number, column), (1, 1))) for column, value in enumerate(row, start=1))
        + "</table:table-row>"
        for number, row in enumerate(rows, start=1)
    )
    return write_ods_content(path, f'<table:table table:name="{escape(name)}">{body}</table:table>')


def write_ods_content(path: Path, tables: str, prolog: str = "") -> Path:
    content = (
        f'{prolog}<office:document-content xmlns:office="{_OFFICE}" xmlns:table="{_TABLE}" xmlns:text="{_TEXT}">'
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        package.writestr("content.xml", content)
    return path


def _ods_cell(value: Value, high: int, wide: int) -> str:
    spans = (
        f' table:number-rows-spanned="{high}" table:number-columns-spanned="{wide}"' if (high, wide) != (1, 1) else ""
    )
    if isinstance(value, date):
        spans += f' office:value-type="date" office:date-value="{value.isoformat()}T00:00:00"'
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in _words(value).split("\n")) if value else ""
    return f"<table:table-cell{spans}>{lines}</table:table-cell>"


def write_docx(
    path: Path, parts: Sequence[str | Sequence[Sequence[Value]]], merges: Sequence[tuple[int, Merged]] = ()
) -> Path:
    """Paragraphs and tables in their order; a merge names its table, from 0."""
    document = docx.Document()
    tables = []
    for part in parts:
        if isinstance(part, str):
            document.add_paragraph(part)
            continue
        table = document.add_table(rows=len(part), cols=max(len(row) for row in part))
        tables.append(table)
        for line, row in zip(table.rows, part, strict=True):
            for cell, value in zip(line.cells, row, strict=False):
                cell.text = _words(value)
    for number, (top, left, bottom, right) in merges:
        first, last = tables[number].cell(top - 1, left - 1), tables[number].cell(bottom - 1, right - 1)
        kept = first.text
        first.merge(last).text = kept
    document.save(str(path))
    return path


Block = tuple[float, float, float, float, Sequence[str]]
"""Left, top, right, bottom in points from the upper left corner, and the lines as they are printed."""

SIZE, STEP, MARGIN = 9, 11, 4


def write_pdf(path: Path, pages: Sequence[Sequence[Block]]) -> Path:
    """Boxes with their printed lines, page by page; a line ending in a space was broken by the width."""
    height = 600.0
    canvas = Canvas(str(path), pagesize=(800, height))
    for blocks in pages:
        canvas.setFont("Helvetica", SIZE)
        for left, top, right, bottom, lines in blocks:
            if right > left:
                canvas.rect(left, height - bottom, right - left, bottom - top)
            for number, line in enumerate(lines):
                canvas.drawString(left + MARGIN, height - top - STEP * (number + 1), line)
        canvas.showPage()
    canvas.save()
    return path


def _words(value: Value) -> str:
    return value.isoformat() if isinstance(value, date) else value or ""
