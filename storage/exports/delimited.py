"""A plan as separated values, as spreadsheets of this country open them: semicolons, and a mark that says UTF-8."""

import csv
import io

from storage.exports.table import PlanTable, heading, protected
from storage.exports.wording import Wording
from storage.imports.headings import Column


def plan_as_csv(table: PlanTable, say: Wording) -> bytes:
    columns = (Column.REF, Column.AXIS, *(column for column in table.columns if column is not Column.REF))
    stream = io.StringIO(newline="")
    rows = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    rows.writerow([*(heading(column, say) for column in columns), *(protected(name) for name, _ in table.others)])
    for band in table.bands:
        for line in band.lines:
            cells = {**line.cells, Column.AXIS: band.axis}
            written = [str(cells.get(column, "")) for column in columns]
            rows.writerow(map(protected, (*written, *(line.extra.get(other, "") for other in table.others))))
    return stream.getvalue().encode("utf-8-sig")
