"""A plan as a Word document: the same table as the workbook, page across."""

from datetime import date, datetime

from storage.exports.layout import OTHER_SHARE, SHARES
from storage.exports.palette import LATE, TONES
from storage.exports.table import Line, PlanTable, heading
from storage.exports.word import Box, Paper, band
from storage.exports.wording import Wording
from storage.imports.headings import Column

_LONGEST_FOOTER = 90
"""Characters that stand on one line with the number of the page."""


def plan_as_document(table: PlanTable, say: Wording, at: datetime) -> bytes:
    paper = paper_for(f"{table.title} · {table.subtitle}", table.title, say, across=True)
    paper.title(table.title, table.subtitle)
    rows = []
    for each in table.bands:
        rows.append(band(each.axis, len(table.columns) + len(table.others)))
        for line in each.lines:
            extra = [Box(text=line.extra.get(other, "")) for other in table.others]
            rows.append([*(_box(column, line) for column in table.columns), *extra])
    shares = [*(SHARES[column] for column in table.columns), *(OTHER_SHARE for _ in table.others)]
    paper.table(
        shares, [*(heading(column, say) for column in table.columns), *(name for name, _ in table.others)], rows
    )
    return paper.finish(at)


def paper_for(footer: str, title: str, say: Wording, *, across: bool) -> Paper:
    before, rest = say("export.page", page="\0", pages="\1").split("\0")
    between, after = rest.split("\1")
    footer = footer if len(footer) <= _LONGEST_FOOTER else f"…{footer[-_LONGEST_FOOTER:]}"
    return Paper(title, say.language, footer, (before, between, after), across=across)


def _box(column: Column, line: Line) -> Box:
    value = line.cells.get(column, "")
    text = f"{value:%d/%m/%Y}" if isinstance(value, date) else value
    if column is Column.GOAL:
        down = "" if line.goal_rows == 1 else "restart" if line.goal_rows else "continue"
        return Box(text="" if down == "continue" else text, bold=True, down=down)
    if column is Column.STATUS:
        tone = LATE if line.is_late else TONES[line.action.status]
        return Box(text=text, ink=tone.ink, paper=tone.paper, bold=line.is_late)
    if column is Column.DEADLINE and line.is_late:
        return Box(text=text, ink=LATE.ink, bold=True)
    return Box(text=text, bold=column is Column.REF, align="center" if column is Column.PRIORITY else "")
