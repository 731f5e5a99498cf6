"""Pictures of progress, drawn here: bars and a curve. They hold digits only; what they mean stands in words beside."""

import io
from collections.abc import Sequence
from datetime import date

from PIL import Image, ImageDraw, ImageFont

from storage.exports.palette import LATE, LINES, SUBTLE, TONES
from storage.exports.progress import Group, Standing
from storage.plan import Status

_INK = {
    Group.DONE: TONES[Status.DONE].bar,
    Group.IN_PROGRESS: TONES[Status.IN_PROGRESS].bar,
    Group.ONGOING: "#9DC3E6",
    Group.LATE: LATE.bar,
    Group.TODO: TONES[Status.TODO].bar,
    Group.ABANDONED: TONES[Status.ABANDONED].bar,
}
ORDER = (Group.DONE, Group.IN_PROGRESS, Group.ONGOING, Group.TODO, Group.LATE, Group.ABANDONED)
_PAPER = "#FFFFFF"


def colour_of(group: Group) -> str:
    return _INK[group]


def bar(standing: Standing, *, width: int = 1_400, height: int = 90) -> bytes:
    """How the actions are shared among the groups, in the order of `ORDER`, each with its number where it fits."""
    picture = Image.new("RGB", (width, height), _PAPER)
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(size=height * 0.5)
    at = 0.0
    for group in ORDER:
        number = standing.count(group)
        if not number:
            continue
        end = at + width * number / max(standing.total, 1)
        draw.rectangle((round(at), 0, max(round(end) - 3, round(at) + 1), height), fill=_INK[group])
        if end - at > height * 0.3 * (len(str(number)) + 1):
            ink = "#262626" if group in (Group.TODO, Group.IN_PROGRESS, Group.ONGOING) else "#FFFFFF"
            draw.text(((at + end) / 2, height / 2), str(number), fill=ink, font=font, anchor="mm")
        at = end
    return _png(picture)


def curve(points: Sequence[tuple[date, int]], total: int, until: date) -> bytes:
    """How many actions were done, day by day: a step up for each; the numbers left, the years below."""
    width, height, left, right, low, high = 1_800, 560, 90, 30, 60, 30
    picture = Image.new("RGB", (width, height), _PAPER)
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(size=30)
    first = points[0][0]
    days = max((until - first).days, 1)

    def across(on: date) -> float:
        return left + (width - left - right) * (on - first).days / days

    def up(number: int) -> float:
        return height - low - (height - low - high) * number / max(total, 1)

    for number in sorted({0, total // 4, total // 2, 3 * total // 4, total}):
        draw.line((left, up(number), width - right, up(number)), fill=LINES, width=2)
        draw.text((left - 14, up(number)), str(number), fill=SUBTLE, font=font, anchor="rm")
    for on, label in _ticks(first, until):
        draw.line((across(on), up(0), across(on), up(0) + 10), fill=SUBTLE, width=2)
        draw.text((across(on), up(0) + 16), label, fill=SUBTLE, font=font, anchor="mt")
    path = [(across(first), up(points[0][1]))]
    for on, number in points:
        path += [(across(on), path[-1][1]), (across(on), up(number))]
    path.append((across(until), path[-1][1]))
    draw.line(path, fill=_INK[Group.DONE], width=8, joint="curve")
    return _png(picture)


_MOST_MONTHS = 10


def _ticks(first: date, until: date) -> list[tuple[date, str]]:
    """The first of each month where they are few, else of each year."""
    months = [
        date(year, month, 1)
        for year in range(first.year, until.year + 1)
        for month in range(1, 13)
        if first <= date(year, month, 1) <= until
    ]
    if len(months) <= _MOST_MONTHS:
        return [(on, f"{on.month}/{on.year}") for on in months]
    return [(on, str(on.year)) for on in months if on.month == 1]


def _png(picture: Image.Image) -> bytes:
    stream = io.BytesIO()
    picture.save(stream, "PNG", optimize=True)
    return stream.getvalue()
