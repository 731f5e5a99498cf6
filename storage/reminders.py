"""Who can be reminded, of what they were told and asked to hear again. It decides nothing and sends nothing."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import delete, func, insert, select, update

from storage.conditions import holds_today
from storage.database import Reading, Writing
from storage.outbox import NOTICE
from storage.plan import OPEN, Action, Member, Role
from storage.queries import ACTIONS, read_actions
from storage.tables import action as actions
from storage.tables import conversation, event, membership, outbox, reminder, said
from storage.tables import member as members

TOLD = ("pending", "sent")
"""States of a notice that brings, or brought, what it says."""


@dataclass(frozen=True, kw_only=True)
class Reachable:
    """Somebody who has the bot in a chat of their own, and wants to hear from it or not."""

    member: Member
    conversation: int
    zone: str
    reminded: bool
    noticed_on: date | None
    digest: str | None
    teams_id: str = ""


def list_reachable(reading: Reading, today: date) -> list[Reachable]:
    """Whoever installed the bot; the newest of their chats."""
    query = (
        select(
            members,
            conversation.c.id.label("chat"),
            conversation.c.zone,
            conversation.c.teams_id,
        )
        .join(conversation, conversation.c.member == members.c.id)
        .where(
            members.c.tenant == reading.tenant,
            conversation.c.tenant == reading.tenant,
            conversation.c.kind == "personal",
            conversation.c.is_open.is_(True),
        )
        .order_by(members.c.id, conversation.c.id)
    )
    bodies: dict[int, set[int]] = defaultdict(set)
    belongs = select(membership.c.member, membership.c.body).where(
        membership.c.tenant == reading.tenant, holds_today(today)
    )
    for row in reading.connection.execute(belongs):
        bodies[row.member].add(row.body)
    found = {
        row.id: Reachable(
            member=Member(
                id=row.id,
                name=row.name,
                email=row.email,
                role=Role(row.role),
                unit=row.unit,
                chosen_unit=row.chosen_unit,
                language=row.language,
                bodies=frozenset(bodies[row.id]),
            ),
            conversation=row.chat,
            zone=row.zone,
            reminded=row.reminded,
            noticed_on=row.noticed_on,
            digest=row.digest,
            teams_id=row.teams_id,
        )
        for row in reading.connection.execute(query)
    }
    return list(found.values())


def list_open_actions(reading: Reading) -> list[Action]:
    """Every action that may have to be spoken of."""
    return read_actions(reading, ACTIONS.where(actions.c.tenant == reading.tenant, actions.c.status.in_(OPEN)))


def list_touched(reading: Reading, since: datetime) -> dict[int, datetime]:
    """When each action was last worked on, of those on which somebody did since then."""
    query = (
        select(event.c.action, func.max(event.c.at).label("at"))
        .where(event.c.tenant == reading.tenant, event.c.at >= since, event.c.action.is_not(None))
        .group_by(event.c.action)
    )
    return {row.action: row.at for row in reading.connection.execute(query)}


def list_said(reading: Reading, since: date) -> set[tuple[int, int, str]]:
    """(member, action, milestone) of what was said since that day; what a notice did not bring was not said."""
    query = (
        select(said.c.member, said.c.action, said.c.milestone)
        .join(outbox, outbox.c.id == said.c.outbox)
        .where(
            said.c.tenant == reading.tenant,
            outbox.c.tenant == reading.tenant,
            said.c.on >= since,
            outbox.c.state.in_(TOLD),
        )
    )
    return {(row.member, row.action, row.milestone) for row in reading.connection.execute(query)}


def note_said(writing: Writing, member_id: int, told: Iterable[tuple[int, str]], number: int, on: date) -> None:
    rows = [
        {"tenant": writing.tenant, "member": member_id, "action": action, "milestone": what, "on": on, "outbox": number}
        for action, what in told
    ]
    if rows:
        writing.connection.execute(insert(said), rows)


def last_notice(reading: Reading, member_id: int) -> list[int]:
    """The actions of the last notice this person got, as it named them."""
    mine = (said.c.tenant == reading.tenant, said.c.member == member_id)
    newest = select(func.max(said.c.outbox)).where(*mine).scalar_subquery()
    query = select(said.c.action).where(*mine, said.c.outbox == newest).order_by(said.c.id)
    return list(dict.fromkeys(reading.connection.scalars(query)))


def list_asked(reading: Reading) -> dict[tuple[int, int], date]:
    """(member, action) → the day on which they asked to hear of it again."""
    query = select(reminder).where(reminder.c.tenant == reading.tenant)
    return {(row.member, row.action): row.on for row in reading.connection.execute(query)}


def ask_again(writing: Writing, member_id: int, action_ids: Collection[int], on: date) -> None:
    """They want to hear of these on that day, and of nothing about them before."""
    mine = (reminder.c.tenant == writing.tenant, reminder.c.member == member_id, reminder.c.action.in_(action_ids))
    writing.connection.execute(delete(reminder).where(*mine))
    rows = [{"tenant": writing.tenant, "member": member_id, "action": each, "on": on} for each in action_ids]
    if rows:
        writing.connection.execute(insert(reminder), rows)


def set_reminded(writing: Writing, member_id: int, *, reminded: bool) -> None:
    here = (members.c.tenant == writing.tenant, members.c.id == member_id)
    writing.connection.execute(update(members).where(*here).values(reminded=reminded))


def is_reminded(reading: Reading, member_id: int) -> bool:
    here = (members.c.tenant == reading.tenant, members.c.id == member_id)
    return bool(reading.connection.execute(select(members.c.reminded).where(*here)).scalar())


def set_digest(writing: Writing, member_id: int, rhythm: str) -> None:
    here = (members.c.tenant == writing.tenant, members.c.id == member_id)
    writing.connection.execute(update(members).where(*here).values(digest=rhythm))


def note_decided(writing: Writing, member_ids: Collection[int], day: date) -> None:
    """It is settled what these people are told on this day, if anything."""
    here = (members.c.tenant == writing.tenant, members.c.id.in_(member_ids))
    writing.connection.execute(update(members).where(*here).values(noticed_on=day))


def was_noticed(reading: Reading, member_id: int, day: date) -> bool:
    query = select(outbox.c.id).where(
        outbox.c.tenant == reading.tenant,
        outbox.c.kind == NOTICE,
        outbox.c.recipient == f"member:{member_id}",
        outbox.c.period == day.isoformat(),
    )
    return reading.connection.execute(query).first() is not None
