"""A plan as the bytes of a file, by the ending of its name."""

from datetime import datetime

import orjson

from storage.calendar import AcademicCalendar
from storage.exports.content import Content
from storage.exports.json import plan_as_json
from storage.exports.table import table_of
from storage.exports.wording import Wording

FORMATS = ("xlsx", "docx", "csv", "json")


def plan_as_file(content: Content, ending: str, say: Wording, at: datetime, calendar: AcademicCalendar) -> bytes:
    """`ending`: one of FORMATS. `at`: the moment as of which actions are late, in the reader's time zone."""
    if ending == "json":
        return orjson.dumps(plan_as_json(content), option=orjson.OPT_INDENT_2) + b"\n"
    table = table_of(content, say, at.date(), calendar)
    # What writes workbooks and documents takes long to load, and is not needed for the rest.
    if ending == "xlsx":
        from storage.exports.workbook import plan_as_workbook

        return plan_as_workbook(content, table, say)
    if ending == "docx":
        from storage.exports.document import plan_as_document

        return plan_as_document(table, say, at)
    from storage.exports.delimited import plan_as_csv

    return plan_as_csv(table, say)
