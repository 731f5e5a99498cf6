"""The skeleton of the reflective note: its headings, the facts that the plan and its record give, and what is to be
written by people, set off from the rest. Two to five pages, however large the plan."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from storage.exports.content import Content
from storage.exports.document import paper_for
from storage.exports.progress import Group, Progress
from storage.exports.report import cover, deadline, owners, summary
from storage.exports.trends import trend
from storage.exports.word import Paper
from storage.exports.wording import Wording
from storage.plan import Action

_MOST = 6
"""Examples under one heading: who writes the note chooses, the report has them all."""
_LONGEST = 160
_AHEAD = timedelta(days=365)


def note_on(content: Content, progress: Progress, say: Wording, on: date, at: datetime) -> bytes:
    return _Note(content, progress, say, on).write(at)


class _Note:
    def __init__(self, content: Content, progress: Progress, say: Wording, on: date) -> None:
        self._content, self._progress, self._say, self._on = content, progress, say, on
        as_of = say("report.as_of", day=say.day(on))
        self._paper: Paper = paper_for(f"{content.title} · {as_of}", say("note.title"), say, across=False)
        self._paper.title(say("note.title"), *cover(content, as_of, say))

    def write(self, at: datetime) -> bytes:
        self._paper.paragraph(self._say("note.how"), to_fill=True)
        for number, (name, part) in enumerate(
            (
                ("context", self._context),
                ("achieved", self._achieved),
                ("gaps", self._gaps),
                ("indicators", self._indicators),
                ("steering", self._steering),
                ("ahead", self._ahead),
            ),
            start=1,
        ):
            self._paper.heading(f"{number}. {self._say(f'note.{name}')}")
            part()
            self._paper.paragraph(self._say(f"note.{name}_fill"), to_fill=True)
        self._paper.heading(self._say("note.annexes"))
        self._paper.points(self._say("note.annexes_list").splitlines())
        return self._paper.finish(at)

    def _context(self) -> None:
        say, content = self._say, self._content
        bodies = {body.name for action in content.actions for body in action.bodies}
        actions = say.count("list.count", len(content.actions))
        facts = say("note.context_facts", key=content.key, title=content.title, actions=actions)
        who = say.count("note.bodies", len(bodies)) if bodies else ""
        axes = say.count("note.axes", len(self._progress.axes))
        self._paper.paragraph(" ".join(filter(None, (facts, who, axes))), leads=True)
        self._paper.points([axis.axis for axis in self._progress.axes if axis.axis])

    def _achieved(self) -> None:
        say = self._say
        self._paper.paragraph(summary(self._progress.whole, say, say("report.at_day", day=say.day(self._on))))
        for axis in self._progress.axes:
            done = sorted(axis.groups[Group.DONE], key=lambda action: action.done_on or date.min, reverse=True)
            self._paper.heading(axis.axis or "–", 2)
            self._paper.paragraph(summary(axis, say, say("report.in_axis")))
            shown = max(1, _MOST * 2 // max(len(self._progress.axes), 1))
            self._paper.points([self._done(action) for action in done[:shown]])

    def _done(self, action: Action) -> str:
        told = self._say("note.done_on", day=self._say.day(action.done_on)) if action.done_on else ""
        return self._say.parts((f"{action.ref} {_cut(action.title)}", told))

    def _gaps(self) -> None:
        say, whole = self._say, self._progress.whole
        late = sorted(whole.groups[Group.LATE], key=lambda action: action.deadline.end or date.max)
        abandoned = whole.groups[Group.ABANDONED]
        self._list(
            "note.late",
            [self._say.parts((_named(action), deadline(action, say), owners(action, say))) for action in late],
        )
        self._list(
            "note.extended",
            [
                say.parts((_named(each.action), say("note.until", day=say.day(each.after)), each.why))
                for each in reversed(whole.extended)
            ],
        )
        reasons = self._progress.reasons
        self._list(
            "note.abandoned",
            [say.parts((_named(each), reasons[each.id].why if each.id in reasons else "")) for each in abandoned],
        )
        if not (late or whole.extended or abandoned):
            self._paper.paragraph(say("note.no_gaps"))

    def _indicators(self) -> None:
        say, found = self._say, self._progress.whole.indicators
        if not found:
            self._paper.paragraph(say("note.no_indicators"))
        self._list(
            "note.measured",
            [
                say(
                    "export.value_of",
                    name=_cut(indicator.name),
                    value=say.parts((indicator.measurements[0].value, trend(indicator, say))),
                )
                for _, indicator in sorted(found, key=lambda each: -len(each[1].measurements))
            ],
        )

    def _steering(self) -> None:
        say, progress = self._say, self._progress
        if progress.since is None:
            self._paper.paragraph(say("note.no_record"))
            return
        self._paper.paragraph(
            say(
                "note.steering_facts",
                since=say.day(progress.since),
                changes=say.count("note.changes", progress.changes),
                authors=say.count("note.authors", len(progress.authors)),
                evidence=say.count("note.evidence", sum(map(len, progress.evidence.values()))),
                remarks=say.count("note.remarks", progress.remarks),
            )
        )

    def _ahead(self) -> None:
        say, whole = self._say, self._progress.whole
        coming = [
            action
            for action in (*whole.groups[Group.IN_PROGRESS], *whole.groups[Group.TODO])
            if action.deadline.end is not None and self._on <= action.deadline.end <= self._on + _AHEAD
        ]
        coming.sort(key=lambda action: (-(action.priority or 0), action.deadline.end or date.max))
        self._list("note.coming", [say.parts((_named(action), deadline(action, say))) for action in coming])
        if not coming:
            self._paper.paragraph(say("note.none_coming"))

    def _list(self, key: str, lines: Sequence[str]) -> None:
        """A sentence that counts, then the first few; how many more the report has."""
        if not lines:
            return
        self._paper.paragraph(self._say.count(key, len(lines)), leads=True)
        self._paper.points(lines[:_MOST])
        if len(lines) > _MOST:
            self._paper.paragraph(self._say.count("note.more", len(lines) - _MOST))


def _named(action: Action) -> str:
    return f"{action.ref} {_cut(action.title)}"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1].rstrip()}…"
