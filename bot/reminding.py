"""The one notice a day: what each person is to be told, promised once, whoever decides it and however often."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.house import House
from bot.schedule import TOUCHED, UNTIL, is_escalated, is_time, milestone, week_of
from bot.story import content_of
from dialogs.notice_cards import notice_card
from dialogs.posts import GROUPS, Notice, OwedLine
from dialogs.words import words_in
from storage.conversations import remember
from storage.database import Reading
from storage.notices import list_owed, mark_said, members_owed
from storage.outbox import NOTICE, Post, promise
from storage.plan import Action, Role
from storage.reminders import (
    Reachable,
    list_asked,
    list_open_actions,
    list_reachable,
    list_said,
    list_touched,
    note_decided,
    note_said,
)
from storage.rights import is_within
from storage.sight import EVERYTHING, Sight

REMEMBERED = timedelta(days=400)
"""How far back it matters what was said: the longest time between two milestones of the same name."""


@dataclass
class Due:
    """What one person is due to be told: (action, milestone), and what is late for weeks under their coordination."""

    told: list[tuple[Action, str]] = field(default_factory=list)
    overdue: list[Action] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.told or self.overdue)


def remind(house: House, now: datetime) -> int:
    """Decide, for everybody for whom it is time, what they are told today; how many notices were promised."""
    # Discreet actions too are told to those who answer for them, and to nobody else.
    with house.database.reading(house.tenant, EVERYTHING) as reading:
        people = list_reachable(reading, house.today(now))
        by_day: dict[date, list[Reachable]] = defaultdict(list)
        for person in people:
            local = now.astimezone(_zone(house, person))
            if person.noticed_on != local.date() and is_time(local, house.working_days):
                by_day[local.date()].append(person)
        if not by_day:
            return 0
        owed = members_owed(reading)
        due = {day: list_due(reading, house, day, people) for day in by_day}
    number = 0
    for day, group in by_day.items():
        quiet = [
            person.member.id
            for person in group
            if not person.reminded or not (due[day].get(person.member.id) or person.member.id in owed)
        ]
        if quiet:
            with house.database.writing(house.tenant) as writing:
                note_decided(writing, quiet, day)
        for person in group:
            if person.member.id not in quiet:
                number += _notify(house, person, due[day].get(person.member.id) or Due(), day, now)
    return number


def _notify(house: House, person: Reachable, due: Due, day: date, now: datetime) -> bool:
    member = person.member
    with house.database.writing(house.tenant) as writing:
        note_decided(writing, [member.id], day)
        owed = list_owed(writing, member.id)
        notice = Notice(
            name=member.name.split(" ")[0],
            groups=grouped(due.told, day),
            overdue=tuple(due.overdue),
            owed=tuple(OwedLine(kind=each.kind, content=each.content) for each in owed),
        )
        if not (notice.groups or notice.overdue or notice.owed):
            return False
        moment = house.moment(day, member.language or "")
        end = datetime.combine(day, UNTIL, _zone(house, person))
        post = Post(
            kind=NOTICE,
            subject="day",
            conversation=person.conversation,
            recipient=f"member:{member.id}",
            period=day.isoformat(),
            content=content_of(notice_card(notice, moment, words_in(moment.language))),
            worth_until=end,
        )
        number = promise(writing, post, now)
        if number is None:
            return False
        told = [(action.id, what) for action, what in due.told]
        told += [(action.id, f"overdue:{week_of(day)}") for action in due.overdue]
        note_said(writing, member.id, told, number, day)
        mark_said(writing, [each.id for each in owed], now)
        # "La deuxième est terminée", "rappelle-le-moi lundi": what they may say to it.
        shown = [action.ref for action in notice.actions]
        kept = {"shown": shown, "notice": day.isoformat()} | ({"ref": shown[0]} if len(shown) == 1 else {})
        remember(writing, person.teams_id, member.id, kept, now)
    return True


def _zone(house: House, person: Reachable) -> ZoneInfo:
    return ZoneInfo(person.zone) if person.zone else house.zone


def grouped(told: Iterable[tuple[Action, str]], day: date) -> tuple[tuple[str, tuple[Action, ...]], ...]:
    """What was asked for, what is late, what is due, what is to give a sign of life; the most urgent first."""
    groups: dict[str, list[Action]] = {kind: [] for kind in GROUPS}
    for action, what in told:
        groups[{"due": "soon"}.get(what.partition(":")[0], what.partition(":")[0])].append(action)
    for actions in groups.values():
        actions.sort(key=lambda action: (action.deadline.end or date.max, -(action.priority or 0), action.id))
    return tuple((kind, tuple(actions)) for kind, actions in groups.items() if actions)


def list_due(reading: Reading, house: House, day: date, people: list[Reachable]) -> dict[int, Due]:
    """Member → what is due to be said to them on this day and was not said."""
    actions = list_open_actions(reading)
    until = house.working_days.covered_by(day)
    midnight = datetime.combine(day, datetime.min.time(), house.zone)
    touched = list_touched(reading, midnight - TOUCHED)
    said = list_said(reading, day - REMEMBERED)
    asked = list_asked(reading)
    by_body: dict[int, list[int]] = defaultdict(list)
    known = {person.member.id: person.member for person in people}
    for member in known.values():
        for body in member.bodies if member.role is not Role.READER else ():
            by_body[body].append(member.id)
    coordinators = [member for member in known.values() if member.role is Role.COORDINATOR]
    due: dict[int, Due] = defaultdict(Due)
    wanted: dict[int, list[int]] = defaultdict(list)
    for member_id, action_id in asked:
        wanted[action_id].append(member_id)
    for action in actions:
        what = milestone(action, day, until, house.calendar)
        mine = {one for body in action.bodies for one in by_body[body.id]}
        mine |= {each.id for each in action.assignees if each.id in known}
        # Where nobody can be reached who answers for it, the coordinator of its unit can.
        told = mine or {one.id for one in coordinators if is_within(one, action.unit)}
        for one in sorted(told | {each for each in wanted[action.id] if each in known}):
            if not Sight(member=known[one], alone=True).sees(action):
                continue
            on = asked.get((one, action.id))
            if on is not None and (one, action.id, f"asked:{on}") not in said:
                # Until the day they chose they hear nothing of it, and on that day this.
                if on <= until:
                    due[one].told.append((action, f"asked:{on}"))
            elif what is not None and one in told and action.id not in touched and (one, action.id, what) not in said:
                due[one].told.append((action, what))
        if is_escalated(action, day):
            for each in coordinators:
                is_said = (each.id, action.id, f"overdue:{week_of(day)}") in said
                if each.id not in told and is_within(each, action.unit) and not is_said:
                    due[each.id].overdue.append(action)
    return due
