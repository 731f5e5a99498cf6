"""The progress report of a plan as a Word document: how it stands, and per axis what became of each action."""

from collections.abc import Sequence
from datetime import date, datetime

from storage.exports.content import Content
from storage.exports.document import paper_for
from storage.exports.history import tidied
from storage.exports.pictures import ORDER, bar, colour_of, curve
from storage.exports.progress import Extended, Group, Progress, Standing
from storage.exports.trends import trend
from storage.exports.word import Box, Paper
from storage.exports.wording import Wording
from storage.plan import Action, Indicator


def report_on(content: Content, progress: Progress, say: Wording, on: date, at: datetime) -> bytes:
    """`on`: the day of which it speaks; `at`: when it is written."""
    return _Report(content, progress, say, on).write(at)


class _Report:
    def __init__(self, content: Content, progress: Progress, say: Wording, on: date) -> None:
        self._content, self._progress, self._say, self._on = content, progress, say, on
        self._has_owners = any(action.bodies or action.assignees for action in content.actions)
        as_of = say("report.as_of", day=say.day(on))
        self._paper: Paper = paper_for(f"{content.title} · {as_of}", say("report.title"), say, across=False)
        self._paper.title(say("report.title"), *cover(content, as_of, say))

    def write(self, at: datetime) -> bytes:
        self._overview()
        for number, axis in enumerate(self._progress.axes, start=1):
            self._axis(number, axis)
        self._paper.heading(self._say("report.method"))
        self._paper.paragraph(self._say("report.method_text", day=self._say.day(self._on)))
        return self._paper.finish(at)

    def _overview(self) -> None:
        say, whole = self._say, self._progress.whole
        self._paper.heading(say("report.overview"))
        self._paper.paragraph(summary(whole, say, say("report.at_day", day=say.day(self._on))))
        header = [say(f"report.column.{name}") for name in ("axis", "picture", "done", "share", "late", "extended")]
        rows = [self._bar_row(axis, axis.axis or "–") for axis in self._progress.axes]
        rows.append(self._bar_row(whole, say("report.whole"), bold=True))
        self._paper.table((28, 34, 13, 9, 10, 15), header, rows)
        self._legend()
        points = self._progress.done_over_time
        if len(points) > 1:
            self._paper.heading(say("report.curve"), 2)
            told = say("report.curve_text", n=points[-1][1], start=say.day(points[0][0]), end=say.day(self._on))
            self._paper.picture(curve(points, whole.total, self._on), told)
            self._paper.paragraph(told)

    def _bar_row(self, standing: Standing, name: str, *, bold: bool = False) -> list[Box]:
        say = self._say
        numbers = (
            say("report.of", n=standing.count(Group.DONE), total=standing.total),
            say.share(standing.share_done),
            say.number(standing.count(Group.LATE)),
            say.number(len({each.action.id for each in standing.extended})),
        )
        picture = Box(text=summary(standing, say, name), picture=bar(standing))
        return [Box(text=name, bold=bold), picture, *(Box(text=number, bold=bold) for number in numbers)]

    def _legend(self) -> None:
        """What each colour means, beside the colour itself."""
        boxes = []
        for group in ORDER:
            boxes += [Box(paper=colour_of(group)), Box(text=self._say(f"report.group.{group}"))]
        self._paper.table((3, 16) * len(ORDER), (), [boxes])

    def _axis(self, number: int, axis: Standing) -> None:
        say = self._say
        self._paper.heading(f"{number}. {axis.axis or '–'}")
        self._paper.paragraph(summary(axis, say, say("report.in_axis")))
        for group, columns in _COLUMNS.items():
            self._actions(group, columns, axis.groups[group])
        self._extended(axis.extended)
        self._indicators(axis.indicators)

    def _actions(self, group: Group, columns: Sequence[str], actions: Sequence[Action]) -> None:
        if not actions:
            return
        say = self._say
        if not any(action.id in self._progress.evidence for action in actions):
            columns = [column for column in columns if column != "evidence"]
        if not self._has_owners:
            columns = [column for column in columns if column != "owners"]
        self._paper.heading(say("report.counted", name=say(f"report.group.{group}"), n=len(actions)), 3)
        rows = [
            [Box(text=self._told(column, action), bold=column == "ref") for column in columns] for action in actions
        ]
        self._paper.table([_SHARES[column] for column in columns], [say(f"report.column.{c}") for c in columns], rows)

    def _told(self, column: str, action: Action) -> str:
        say = self._say
        reason = self._progress.reasons.get(action.id)
        match column:
            case "ref":
                return action.ref
            case "action":
                return action.title
            case "owners":
                return owners(action, say)
            case "due":
                return deadline(action, say)
            case "done_on":
                who = say("report.by", who=action.done_by) if action.done_by else ""
                return "\n".join(filter(None, (say.day(action.done_on) if action.done_on else "", who))) or "–"
            case "lateness":
                return _lateness((self._on - action.deadline.end).days, say) if action.deadline.end else "–"
            case "status":
                return say(f"status.{action.status}")
            case "evidence":
                return "\n".join(self._progress.evidence.get(action.id, ()))
            case "abandoned_on":
                return say.day(reason.at.date()) if reason else "–"
            case _:
                return reason.why if reason and reason.why else "–"

    def _extended(self, extended: Sequence[Extended]) -> None:
        if not extended:
            return
        say = self._say
        self._paper.heading(say("report.counted", name=say("report.extended"), n=len(extended)), 3)
        rows = [
            [
                Box(text=each.action.ref, bold=True),
                Box(text=each.action.title),
                Box(text=tidied(each.before, say) or "–"),
                Box(text=say.day(each.after)),
                Box(text=each.why or "–"),
            ]
            for each in extended
        ]
        header = [say(f"report.column.{name}") for name in ("ref", "action", "before", "after", "why")]
        self._paper.table((11, 35, 16, 17, 29), header, rows)

    def _indicators(self, indicators: Sequence[tuple[Action, Indicator]]) -> None:
        if not indicators:
            return
        say = self._say
        self._paper.heading(say("report.indicators"), 3)
        rows = []
        for action, indicator in indicators:
            last, first = indicator.measurements[0], indicator.measurements[-1]
            rows.append(
                [
                    Box(text=action.ref, bold=True),
                    Box(text=indicator.name),
                    Box(text=say("action.value", value=first.value, day=say.day(first.on))),
                    Box(text=say("action.value", value=last.value, day=say.day(last.on))),
                    Box(text=trend(indicator, say)),
                ]
            )
        header = [say(f"report.column.{name}") for name in ("ref", "indicator", "first", "last", "trend")]
        self._paper.table((11, 31, 22, 22, 19), header, rows)


_COLUMNS = {
    Group.DONE: ("ref", "action", "owners", "done_on", "evidence"),
    Group.IN_PROGRESS: ("ref", "action", "owners", "due"),
    Group.LATE: ("ref", "action", "owners", "due", "lateness", "status"),
    Group.ONGOING: ("ref", "action", "owners", "due"),
    Group.TODO: ("ref", "action", "owners", "due"),
    Group.ABANDONED: ("ref", "action", "abandoned_on", "why"),
}
_SHARES = {
    "ref": 11, "action": 44, "owners": 28, "due": 20, "done_on": 22, "lateness": 13, "status": 13, "evidence": 30,
    "abandoned_on": 20, "why": 36,
}  # fmt: skip


_SPANS = ((730, "years", 365), (60, "months", 30), (0, "days", 1))


def _lateness(days: int, say: Wording) -> str:
    unit, length = next((unit, length) for least, unit, length in _SPANS if days >= least)
    return say.count(f"time.{unit}", days // length)


def cover(content: Content, as_of: str, say: Wording) -> tuple[str, ...]:
    """What stands below the title of a paper: the plan, whose it is, and of which day it speaks."""
    unit = content.unit.replace("/", " › ") if content.unit else ""
    return tuple(filter(None, (say("file.plan", key=content.key, title=content.title), unit, as_of)))


def summary(standing: Standing, say: Wording, opening: str) -> str:
    """How many of each, in a sentence or two; what there is none of is left out."""
    parts = [say.count(f"report.counts.{group}", standing.count(group)) for group in ORDER[1:] if standing.count(group)]
    sentence = say(
        "report.summary",
        opening=opening,
        done=say.count("report.counts.done", standing.count(Group.DONE), total=standing.total),
        share=say.share(standing.share_done),
    )
    rest = say("report.rest", parts=_joined(parts, say)) if parts else ""
    moved = len({each.action.id for each in standing.extended})
    return " ".join(filter(None, (sentence, rest, say.count("report.counts.extended", moved) if moved else "")))


def _joined(parts: Sequence[str], say: Wording) -> str:
    return parts[0] if len(parts) == 1 else say("report.and", first=say.list(parts[:-1]), last=parts[-1])


def owners(action: Action, say: Wording) -> str:
    return say.list([*(body.name for body in action.bodies), *(each.name for each in action.assignees)]) or "–"


def deadline(action: Action, say: Wording) -> str:
    """The plan's own words; a day as people write it."""
    return tidied(action.deadline.text, say) or (say.day(action.deadline.end) if action.deadline.end else "–")
