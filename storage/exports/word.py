"""A Word document, piece by piece: headings, paragraphs, tables, pictures, page numbers. It knows nothing of plans.

Tables are written as XML: python-docx looks at the whole table for every cell.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Emu, Length, Pt, RGBColor
from docx.text.paragraph import Paragraph

from storage.exports.palette import BAND, HEADING, LINES, SUBTLE

_W = nsdecls("w")
_REGIONS = {"fr": "fr-BE", "nl": "nl-BE", "en": "en-GB"}
_LONG, _SHORT, _MARGIN = Cm(29.7), Cm(21.0), Cm(1.9)
_TWIPS = 635
"""Of Word's smallest lengths (EMU) in the unit of its tables."""
_ROOM = 70
"""Between the text of a cell and its edges, in twips."""
_FONT = "Calibri"


@dataclass(frozen=True, kw_only=True)
class Box:
    """A cell of a table, `wide` columns wide; `down` where it begins a cell over several rows, or goes on below it."""

    text: str = ""
    bold: bool = False
    ink: str = ""
    paper: str = ""
    wide: int = 1
    down: str = ""
    """restart, continue or empty."""
    align: str = ""
    picture: bytes = b""
    """A PNG over the width of the cell; the text is then for whoever cannot see it."""


class Paper:
    """A document that is being written."""

    def __init__(self, title: str, language: str, footer: str, pages: tuple[str, str, str], *, across: bool) -> None:
        """`pages`: what stands before, between and after the number of the page and that of all pages."""
        self._document = Document()
        self._document.core_properties.title = title[:255]
        self._document.core_properties.author = "Boucle"
        self._document.core_properties.comments = ""
        section = self._document.sections[0]
        section.page_width, section.page_height = (_LONG, _SHORT) if across else (_SHORT, _LONG)
        section.orientation = WD_ORIENT.LANDSCAPE if across else WD_ORIENT.PORTRAIT
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = _MARGIN
        self.width = Emu(section.page_width - 2 * _MARGIN)
        self._set_styles(_REGIONS[language])
        foot = section.footer.paragraphs[0]
        foot.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        before, between, after = pages
        for text, field in ((f"{footer} · {before}", "PAGE"), (between, "NUMPAGES"), (after, "")):
            _small(foot.add_run(_plain(text)))
            if field:
                foot._p.append(_field(field))

    def _set_styles(self, language: str) -> None:
        styles = self._document.styles
        normal = styles["Normal"]
        normal.font.name, normal.font.size = _FONT, Pt(10.5)
        normal.paragraph_format.space_after = Pt(6)
        fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
        for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
            fonts.set(qn(script), _FONT)
        normal.element.get_or_add_rPr().append(parse_xml(f'<w:lang {_W} w:val="{language}"/>'))
        for name, size, before in (
            ("Title", 22, 0),
            ("Heading 1", 15, 16),
            ("Heading 2", 12, 12),
            ("Heading 3", 11, 8),
        ):
            style = styles[name]
            style.font.name, style.font.size, style.font.bold = _FONT, Pt(size), True
            style.font.color.rgb = RGBColor.from_string(HEADING[1:])
            style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(4)
            style.paragraph_format.keep_with_next = True
            own = style.element.get_or_add_rPr().get_or_add_rFonts()
            for attribute in list(own.attrib):
                del own.attrib[attribute]
            own.set(qn("w:ascii"), _FONT)
            own.set(qn("w:hAnsi"), _FONT)
        for border in styles["Title"].element.iter(qn("w:pBdr")):
            border.getparent().remove(border)

    def title(self, text: str, *under: str) -> None:
        self._document.add_paragraph(_plain(text), style="Title")
        for line in under:
            paragraph = self._document.add_paragraph()
            run = paragraph.add_run(_plain(line))
            run.font.color.rgb = RGBColor.from_string(SUBTLE[1:])
            paragraph.paragraph_format.space_after = Pt(2)

    def heading(self, text: str, level: int = 1) -> None:
        self._document.add_heading(_plain(text), level)

    def paragraph(self, text: str, *, to_fill: bool = False, leads: bool = False) -> None:
        """`to_fill`: what a person still has to write here, set off from the rest. `leads`: stays with what follows."""
        paragraph = self._document.add_paragraph()
        paragraph.paragraph_format.keep_with_next = leads or None
        run = paragraph.add_run(_plain(text))
        if to_fill:
            run.italic = True
            run.font.color.rgb = RGBColor.from_string(SUBTLE[1:])
            paragraph._p.get_or_add_pPr().append(parse_xml(f'<w:shd {_W} w:val="clear" w:fill="FFF9E5"/>'))

    def points(self, lines: Sequence[str]) -> None:
        for line in lines:
            paragraph = self._document.add_paragraph(_plain(line), style="List Bullet")
            paragraph.paragraph_format.space_after = Pt(2)

    def picture(self, png: bytes, description: str) -> None:
        """Over the whole width; the description is for whoever cannot see it."""
        paragraph = self._document.add_paragraph()
        paragraph.paragraph_format.keep_with_next = True
        _draw(paragraph, png, self.width, description)

    def table(self, shares: Sequence[float], header: Sequence[str], rows: Sequence[Sequence[Box]]) -> None:
        """A table over the whole width, its header repeated on each page; no row is cut by the end of a page."""
        widths = [round(self.width / _TWIPS * share / sum(shares)) for share in shares]
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
        sides = "".join(
            f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="{LINES[1:]}"/>'
            for side in ("top", "left", "bottom", "right", "insideH", "insideV")
        )
        room = "".join(f'<w:{side} w:w="{_ROOM}" w:type="dxa"/>' for side in ("left", "right"))
        table = parse_xml(
            f'<w:tbl {_W}><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/><w:tblBorders>{sides}</w:tblBorders>'
            f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{room}</w:tblCellMar></w:tblPr>'
            f"<w:tblGrid>{grid}</w:tblGrid></w:tbl>"
        )
        heads = [Box(text=text, bold=True, ink="#FFFFFF", paper=HEADING) for text in header]
        if heads:
            table.append(parse_xml(_row(heads, widths, repeated=True)))
        for row in rows:
            line = parse_xml(_row(row, widths))
            table.append(line)
            at = 0
            for box, cell in zip(row, line.findall(qn("w:tc")), strict=True):
                if box.picture:
                    inside = sum(widths[at : at + box.wide]) - 2 * _ROOM
                    paragraph = Paragraph(cell.find(qn("w:p")), self._document._body)
                    _draw(paragraph, box.picture, Emu(inside * _TWIPS), box.text)
                at += box.wide
        body = self._document.element.body
        body.insert(len(body) - 1, table)
        self._document.add_paragraph().paragraph_format.space_after = Pt(2)

    def finish(self, at: datetime) -> bytes:
        """`at`: when it was written."""
        properties = self._document.core_properties
        properties.created = properties.modified = at.replace(tzinfo=None)
        stream = io.BytesIO()
        self._document.save(stream)
        return stream.getvalue()


def _draw(paragraph: Paragraph, png: bytes, width: Length, description: str) -> None:
    inline = paragraph.add_run().add_picture(io.BytesIO(png), width=width)._inline
    inline.docPr.set("descr", _plain(description))
    for side in ("distT", "distB", "distL", "distR"):
        # Where it is not said, some programs keep a distance that moves the picture out of its cell.
        inline.set(side, "0")


def band(text: str, wide: int) -> list[Box]:
    return [Box(text=text, bold=True, ink=HEADING, paper=BAND, wide=wide)]


def _row(boxes: Sequence[Box], widths: Sequence[int], *, repeated: bool = False) -> str:
    cells, at = [], 0
    for box in boxes:
        cells.append(_cell(box, sum(widths[at : at + box.wide])))
        at += box.wide
    head = "<w:tblHeader/>" if repeated else ""
    return f"<w:tr {_W}><w:trPr><w:cantSplit/>{head}</w:trPr>{''.join(cells)}</w:tr>"


def _cell(box: Box, width: int) -> str:
    shape = f'<w:tcW w:w="{width}" w:type="dxa"/>'
    if box.wide > 1:
        shape += f'<w:gridSpan w:val="{box.wide}"/>'
    if box.down:
        shape += '<w:vMerge w:val="restart"/>' if box.down == "restart" else "<w:vMerge/>"
    if box.paper:
        shape += f'<w:shd w:val="clear" w:color="auto" w:fill="{box.paper[1:]}"/>'
    look = "<w:b/>" if box.bold else ""
    if box.ink:
        look += f'<w:color w:val="{box.ink[1:]}"/>'
    look += '<w:sz w:val="17"/>'
    align = f'<w:jc w:val="{box.align}"/>' if box.align else ""
    lines = "".join(
        f'<w:p><w:pPr><w:spacing w:before="20" w:after="20"/>{align}</w:pPr>'
        f'<w:r><w:rPr>{look}</w:rPr><w:t xml:space="preserve">{escape(_plain(line))}</w:t></w:r></w:p>'
        for line in ("" if box.picture else box.text).split("\n")
    )
    return f"<w:tc><w:tcPr>{shape}</w:tcPr>{lines}</w:tc>"


def _field(name: str) -> Any:
    simple = f'<w:fldSimple {_W} w:instr={quoteattr(name)}><w:r><w:rPr><w:sz w:val="16"/></w:rPr><w:t>1</w:t></w:r>'
    return parse_xml(f"{simple}</w:fldSimple>")


def _small(run: Any) -> None:
    run.font.size = Pt(8)
    run.font.color.rgb = RGBColor.from_string(SUBTLE[1:])


def _plain(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return "".join(c for c in text if c >= " " or c in "\n\t") if not text.isprintable() else text
