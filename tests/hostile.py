# ruff: noqa: E501
"""A corpus of damaged and hostile files, made from a seed: what somebody could drop into a chat, by mistake or not."""

import io
import random
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from tests.files import write_csv, write_docx, write_ods, write_ods_content, write_pdf

ROWS = [("N°", "Finalité", "Actions", "Responsables", "Échéance")] + [
    (f"{n}.", f"But {n}", f"Faire la chose {n}", "CQI, Direction", "2023-24") for n in range(1, 30)
]
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_ROOT = f'<Relationships xmlns="{_PACKAGE}">{{}}</Relationships>'
_TO = f'<Relationship Id="{{}}" Type="{_RELATIONS}/{{}}" Target="{{}}"{{}}/>'
_HEAD = '<row r="1"><c t="inlineStr"><is><t>Actions</t></is></c><c t="inlineStr"><is><t>Délai</t></is></c></row>'
_LAUGHS = (
    '<!DOCTYPE x [<!ENTITY e0 "ha">' + "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10)) + "]>"
)
_FETCH = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'


@dataclass(frozen=True)
class Hostile:
    name: str
    """Its beginning tells the family; its ending is the file's."""
    content: bytes


def corpus(folder: Path, seed: int = 7) -> Iterator[Hostile]:
    """More than two hundred files. `folder` is for making them."""
    yield from damaged(folder, seed)
    yield from workbooks()
    yield from documents(folder)
    yield from sheets(folder)
    yield from portable(folder)
    yield from values()


def damaged(folder: Path, seed: int = 7) -> Iterator[Hostile]:
    """Whole files cut short, changed in places, under another name, with other packaging."""
    whole = _whole_files(folder)
    chance = random.Random(seed)
    for ending, content in whole.items():
        for part in range(1, 9):
            yield Hostile(f"cut-{part}.{ending}", content[: len(content) * part // 9])
        for number in range(12):
            yield Hostile(f"changed-{number}.{ending}", _changed(content, chance))
        for other in whole:
            if other != ending:
                yield Hostile(f"named-{ending}-as.{other}", content)
    yield from _packages(whole)


def _whole_files(folder: Path) -> dict[str, bytes]:
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in ROWS:
        sheet.append(row)
    book.save(folder / "a.xlsx")
    write_docx(folder / "a.docx", ["Plan", ROWS])
    write_ods(folder / "a.ods", ROWS)
    write_csv(folder / "a.csv", ROWS)
    boxes = [
        (50.0 + 100 * column, 40.0 + 15 * line, 150.0 + 100 * column, 55.0 + 15 * line, [str(words)])
        for line, row in enumerate(ROWS)
        for column, words in enumerate(row)
    ]
    write_pdf(folder / "a.pdf", [boxes])
    return {path.suffix[1:]: path.read_bytes() for path in sorted(folder.glob("a.*"))}


def _changed(content: bytes, chance: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(chance.choice((1, 3, 20, 200))):
        changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _workbook(sheet: str, *, after: str = "", prolog: str = "", parts: dict[str, bytes | str] | None = None) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("_rels/.rels", _ROOT.format(_TO.format("r1", "officeDocument", "xl/workbook.xml", "")))
        links = _TO.format("r1", "worksheet", "worksheets/s.xml", "") + _TO.format(
            "r2", "externalLink", "file:///etc/hostname", ' TargetMode="External"'
        )
        package.writestr("xl/_rels/workbook.xml.rels", _ROOT.format(links))
        package.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns:r="{_RELATIONS}"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        package.writestr("xl/worksheets/s.xml", f"{prolog}<worksheet><sheetData>{sheet}</sheetData>{after}</worksheet>")
        for name, content in (parts or {}).items():
            package.writestr(name, content)
    return stream.getvalue()


def workbooks() -> Iterator[Hostile]:
    cell = '<c r="{}" t="inlineStr"><is><t>loin</t></is></c>'
    for far in ("XFD1048576", "A1048576", "XFD2", "AAAA1", "A9999999", "A0", "$B$2"):
        yield Hostile(f"far-{far}.xlsx", _workbook(f"{_HEAD}<row>{cell.format(far)}</row>"))
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>1</v></c></row>' for n in range(2, 300_000))
    yield Hostile("many-rows.xlsx", _workbook(_HEAD + rows))
    yield Hostile("many-tags.xlsx", _workbook(_HEAD + "<row/>" * 2_100_000))
    yield Hostile("million-rows.xlsx", _workbook(_HEAD + "<row><c><v>1</v></c></row>" * 1_048_575))
    merges = "<mergeCells>{}</mergeCells>"
    yield Hostile("merged-all.xlsx", _workbook(_HEAD, after=merges.format('<mergeCell ref="A1:XFD1048576"/>')))
    yield Hostile(
        "merged-often.xlsx", _workbook(_HEAD, after=merges.format('<mergeCell ref="A1:XFD1048576"/>' * 20_000))
    )
    yield Hostile("merged-backwards.xlsx", _workbook(_HEAD, after=merges.format('<mergeCell ref="C9:A1"/>')))
    yield Hostile("laughs.xlsx", _workbook("&e9;", prolog=_LAUGHS))
    yield Hostile("entity.xlsx", _workbook("&e;", prolog=_FETCH))
    yield Hostile("deep.xlsx", _workbook(_HEAD + "<a>" * 100_000 + "</a>" * 100_000))
    yield Hostile("letters.xlsx", _workbook(f"<row><c t='inlineStr'><is><t>{'a' * 3_000_000}</t></is></c></row>"))
    formula = '<row><c r="A2" t="str"><f>WEBSERVICE("http://127.0.0.1/")</f><v>Un</v></c><c r="B2"><f>1/0</f></c></row>'
    yield Hostile("formula.xlsx", _workbook(_HEAD + formula))
    yield Hostile("macro.xlsm", _workbook(_HEAD, parts={"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" + bytes(5_000)}))
    yield Hostile("bomb.xlsx", _workbook(_HEAD, parts={"xl/bomb.xml": b"\0" * 120_000_000}))
    yield Hostile(
        "bomb-strings.xlsx", _workbook(_HEAD, parts={"xl/sharedStrings.xml": b"<sst>" + b"<si/>" * 9_000_000})
    )
    yield Hostile("many-parts.xlsx", _workbook(_HEAD, parts={f"p{n}": "" for n in range(5_000)}))
    yield Hostile("upwards.xlsx", _workbook(_HEAD, parts={"../../../etc/x": "x", "/etc/y": "y", "C:\\z": "z"}))
    yield Hostile("twice.xlsx", _workbook(_HEAD, parts={"xl/WORKSHEETS/s.xml": "<worksheet/>"}))
    yield Hostile("date.xlsx", _workbook(_HEAD + '<row><c r="A2" t="d"><v>9999-99-99</v></c></row>'))
    yield Hostile("number.xlsx", _workbook(_HEAD + f'<row><c r="A2"><v>{"9" * 400}</v></c></row>'))


def documents(folder: Path) -> Iterator[Hostile]:
    whole = write_docx(folder / "made.docx", ["Plan", ROWS]).read_bytes()
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    cell = "<w:tc>{}<w:p><w:r><w:t>{}</w:t></w:r></w:p></w:tc>"
    head = "<w:tr>" + cell.format("", "Actions") + cell.format("", "Échéance") + "</w:tr>"

    def document(body: str, prolog: str = "") -> bytes:
        stream = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
            for name in old.namelist():
                is_body = name == "word/document.xml"
                text = f"{prolog}<w:document {space}><w:body>{body}</w:body></w:document>"
                new.writestr(name, text if is_body else old.read(name))
        return stream.getvalue()

    wide = '<w:tcPr><w:gridSpan w:val="99999999"/></w:tcPr>'
    yield Hostile("wide.docx", document(f"<w:tbl>{head}<w:tr>{cell.format(wide, 'x')}</w:tr></w:tbl>"))
    nested = "<w:tbl><w:tr><w:tc>" * 20_000 + "x" + "</w:tc></w:tr></w:tbl>" * 20_000
    yield Hostile("nested.docx", document(nested))
    yield Hostile(
        "many-rows.docx", document(f"<w:tbl>{head}{'<w:tr>' + cell.format('', 'x') + '</w:tr>'}" * 150_000 + "</w:tbl>")
    )
    yield Hostile("many-paragraphs.docx", document("<w:p><w:r><w:t>x</w:t></w:r></w:p>" * 300_000))
    yield Hostile("laughs.docx", document("&e9;", _LAUGHS))
    yield Hostile("entity.docx", document("&e;", _FETCH))
    merged = '<w:tcPr><w:vMerge w:val="restart"/></w:tcPr>'
    yield Hostile(
        "merged-down.docx",
        document(f"<w:tbl>{head}{('<w:tr>' + cell.format(merged, 'x') + '</w:tr>') * 20_000}</w:tbl>"),
    )
    yield Hostile(
        "field.docx", document('<w:p><w:r><w:instrText>INCLUDETEXT "/etc/hostname"</w:instrText></w:r></w:p>')
    )
    yield Hostile("unclosed.docx", document("<w:tbl><w:tr><w:tc>"))


def sheets(folder: Path) -> Iterator[Hostile]:
    path = folder / "made.ods"
    cell = "<table:table-cell{}><text:p>{}</text:p></table:table-cell>"
    head = "<table:table-row>" + cell.format("", "Actions") + cell.format("", "Délai") + "</table:table-row>"
    wide, high = ' table:number-columns-repeated="16384"', ' table:number-rows-repeated="1048576"'

    def sheet(body: str, prolog: str = "") -> bytes:
        return write_ods_content(path, f'<table:table table:name="S">{body}</table:table>', prolog).read_bytes()

    yield Hostile("wide.ods", sheet(f"{head}<table:table-row>{cell.format(wide, 'x')}</table:table-row>"))
    yield Hostile("high.ods", sheet(f"{head}<table:table-row{high}>{cell.format('', 'x')}</table:table-row>"))
    row = f'<table:table-row table:number-rows-repeated="1000">{cell.format(wide, "x" * 1_000)}</table:table-row>'
    yield Hostile("both.ods", sheet(head + row * 100))
    spans = ' table:number-rows-spanned="9999999" table:number-columns-spanned="9999999"'
    yield Hostile("spanned.ods", sheet(f"{head}<table:table-row>{cell.format(spans, 'x')}</table:table-row>"))
    yield Hostile("laughs.ods", sheet("&e9;", _LAUGHS))
    yield Hostile("entity.ods", sheet("&e;", _FETCH))
    yield Hostile("many-sheets.ods", write_ods_content(path, '<table:table table:name="S"/>' * 5_000).read_bytes())
    yield Hostile(
        "dated.ods",
        sheet(head + "<table:table-row>" + cell.format(' office:date-value="x"', "y") + "</table:table-row>"),
    )


def portable(folder: Path) -> Iterator[Hostile]:
    path = folder / "made.pdf"
    canvas = Canvas(str(path), encrypt=StandardEncryption("secret", canPrint=0))
    canvas.drawString(50, 500, "Actions")
    canvas.save()
    yield Hostile("locked.pdf", path.read_bytes())
    yield Hostile("no-text.pdf", write_pdf(path, [[(50, 100, 150, 120, [])]]).read_bytes())
    yield Hostile("pages.pdf", write_pdf(path, [[] for _ in range(1_000)]).read_bytes())
    grid = [(5.0 * c, 5.0 * r, 5.0 * c + 5, 5.0 * r + 5, ["x"]) for c in range(150) for r in range(110)]
    yield Hostile("many-boxes.pdf", write_pdf(path, [grid]).read_bytes())
    yield Hostile("many-letters.pdf", write_pdf(path, [[(0, 10, 790, 590, ["mot " * 300] * 400)]] * 20).read_bytes())
    head = b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    end = b"trailer<</Root 1 0 R>>\n%%EOF"
    yield Hostile("circle.pdf", head + b"2 0 obj<</Type/Pages/Kids[2 0 R]/Count 1>>endobj\n" + end)
    page = b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>endobj\n"
    for name, stream in (
        ("bomb", zlib.compress(b"0 0 m 9 9 l S\n" * 9_000_000)),
        ("nested-arrays", zlib.compress(b"[" * 2_000_000)),
        ("strings", zlib.compress(b"BT (" + b"a" * 50_000_000 + b") Tj ET")),
        ("saved-states", zlib.compress(b"q " * 9_000_000)),
    ):
        body = b"4 0 obj<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream endobj\n" % (len(stream), stream)
        yield Hostile(f"{name}.pdf", head + page + body + end)
    box = page.replace(b"[0 0 9 9]", b"[0 0 1e308 -1e308]")
    yield Hostile("box.pdf", head + box + b"4 0 obj<</Length 0>>stream\n\nendstream endobj\n" + end)
    yield Hostile("only-a-name.pdf", b"%PDF-1.7")
    yield Hostile(
        "script.pdf", head.replace(b"/Pages", b"/OpenAction<</S/JavaScript/JS(app.alert(1))>>/Pages") + page + end
    )


def values() -> Iterator[Hostile]:
    head = b"Actions;Echeance\n"
    for name, content in (
        ("empty", b""), ("spaces", b" " * 1_000_000), ("nul", b"\0" * 1_000), ("binary", bytes(range(256)) * 1_000),
        ("unclosed", head + b'"' + b"a" * 1_000_000), ("quotes", head + b'""' * 1_000_000),
        ("separators", b";" * 5_000_000), ("rows", head + b"Un;2023-24\n" * 1_000_000), ("line", b"a" * 15_000_000),
        ("mark", b"\xff\xfe" + b"a"), ("returns", b"\r" * 3_000_000), ("formula", head + b"=cmd|' /C calc'!A0;2023-24\n"),
        ("wide", b"Actions;" * 100_000 + b"\n" + b"x;" * 100_000), ("utf7", b"+ACI-Actions"), ("bell", head + b"\7;\x1b\n"),
    ):  # fmt: skip
        yield Hostile(f"{name}.csv", content)


def _packages(whole: dict[str, bytes]) -> Iterator[Hostile]:
    for ending in ("xlsx", "docx", "ods"):
        content = bytearray(whole[ending])
        at = content.find(b"PK\x01\x02")
        locked = content[:]
        locked[at + 8] |= 1
        yield Hostile(f"locked.{ending}", bytes(locked))
        method = content[:]
        method[at + 10] = 99
        yield Hostile(f"method.{ending}", bytes(method))
        yield Hostile(f"empty-package.{ending}", b"PK\x05\x06" + bytes(18))
        ole = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(512)
        yield Hostile(f"ole-locked.{ending}", ole + "EncryptedPackage".encode("utf-16-le"))
        yield Hostile(f"ole-old.{ending}", ole + "Workbook".encode("utf-16-le"))
        yield Hostile(f"doubled.{ending}", bytes(content) * 2)
        yield Hostile(f"behind-words.{ending}", b"#!/bin/sh\n" + bytes(content))
