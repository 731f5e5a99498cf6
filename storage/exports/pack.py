"""The papers of an interim evaluation, as of a day: the plan as it stands, the progress report, the note's skeleton."""

import io
import zipfile
from datetime import date, datetime

from storage.calendar import AcademicCalendar
from storage.exports.content import Content
from storage.exports.document import plan_as_document
from storage.exports.note import note_on
from storage.exports.past import as_of
from storage.exports.progress import progress_of
from storage.exports.report import report_on
from storage.exports.table import table_of
from storage.exports.wording import Wording
from storage.exports.workbook import plan_as_workbook


def papers_of(content: Content, say: Wording, on: date, at: datetime, calendar: AcademicCalendar) -> dict[str, bytes]:
    """By their names, in the order in which they are read; `at`: when they are written."""
    then = as_of(content, on)
    table = table_of(then, say, on, calendar)
    progress = progress_of(then, on, calendar)
    key = f"{content.key}-{on}"
    return {
        f"{say('report.name.report')}-{key}.docx": report_on(then, progress, say, on, at),
        f"{say('report.name.note')}-{key}.docx": note_on(then, progress, say, on, at),
        f"{say('report.name.plan')}-{key}.docx": plan_as_document(table, say, at),
        f"{say('report.name.plan')}-{key}.xlsx": plan_as_workbook(then, table, say),
    }


def zipped(papers: dict[str, bytes], at: datetime) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in papers.items():
            entry = zipfile.ZipInfo(name, at.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, content)
    return stream.getvalue()
