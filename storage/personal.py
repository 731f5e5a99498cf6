"""What is kept of one person: shown to them, and removed when they are to be forgotten. It reads no text of others."""

import re
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, func, select, update

from storage.conditions import visible
from storage.database import Reading, Writing
from storage.naming import bump_revision
from storage.outbox import OWED
from storage.personal_data import PersonalData
from storage.plan import Role
from storage.retention import EMPTY
from storage.tables import (
    action,
    action_member,
    conversation,
    event,
    heard,
    measurement,
    member,
    membership,
    memory,
    notice,
    outbox,
    reminder,
    said,
    subscription,
)
from storage.tables import body as bodies


def data_of(reading: Reading, member_id: int) -> PersonalData | None:
    """None where there is no such person."""
    here = (member.c.tenant == reading.tenant, member.c.id == member_id)
    row = reading.connection.execute(select(member).where(*here)).first()
    if row is None:
        return None

    def number(table: Table, column: ColumnElement[Any]) -> int:
        query = select(func.count()).select_from(table).where(table.c.tenant == reading.tenant, column == member_id)
        return int(reading.connection.execute(query).scalar_one())

    belongs = (
        select(bodies.c.name)
        .join(membership, membership.c.body == bodies.c.id)
        .where(membership.c.tenant == reading.tenant, bodies.c.tenant == reading.tenant)
        .where(membership.c.member == member_id)
        .order_by(bodies.c.name)
    )
    given = (
        select(action.c.ref)
        .join(action_member, action_member.c.action == action.c.id)
        .where(action.c.tenant == reading.tenant, action_member.c.tenant == reading.tenant, visible(reading))
        .where(action_member.c.member == member_id)
        .order_by(action.c.id)
    )
    theirs = (conversation.c.tenant == reading.tenant, conversation.c.member == member_id)
    zones = [zone for zone in reading.connection.scalars(select(conversation.c.zone).where(*theirs)) if zone]
    did = (event.c.tenant == reading.tenant, event.c.member == member_id)
    first, last = reading.connection.execute(select(func.min(event.c.at), func.max(event.c.at)).where(*did)).one()
    kept = (memory.c.tenant == reading.tenant, memory.c.member == member_id)
    return PersonalData(
        name=row.name,
        email=row.email,
        role=Role(row.role),
        is_tied=row.entra_id is not None,
        unit=row.unit,
        chosen_unit=row.chosen_unit,
        language=row.language,
        reminded=row.reminded,
        bodies=tuple(reading.connection.scalars(belongs)),
        actions=tuple(reading.connection.scalars(given)),
        chats=number(conversation, conversation.c.member),
        zone=zones[0] if zones else "",
        remembered_at=reading.connection.execute(select(func.max(memory.c.at)).where(*kept)).scalar(),
        changes=number(event, event.c.member),
        first_change=first,
        last_change=last,
        values=number(measurement, measurement.c.member),
        notices=number(notice, notice.c.member),
        reminders=number(reminder, reminder.c.member),
        subscriptions=number(subscription, subscription.c.member),
    )


PSEUDONYM = "Personne {number}"
ERASED = "@erased.invalid"


def is_erased(email: str) -> bool:
    return email.endswith(ERASED)


def erase(writing: Writing, member_id: int, today: date) -> str:
    """Replace the person by a pseudonym in the record, and remove the rest; the pseudonym.

    What they did stays, under the pseudonym, for the plan's sake. Posts that stand in Teams already, and what others
    wrote of them in remarks and reasons, are not ours to change.
    """
    here = (member.c.tenant == writing.tenant, member.c.id == member_id)
    row = writing.connection.execute(select(member).where(*here).with_for_update()).one()
    pseudonym = PSEUDONYM.format(number=member_id)
    names = [row.name, row.email, *([row.entra_id] if row.entra_id else [])]
    _rename_posts(writing, member_id, names, pseudonym)
    for table in (membership, memory, heard, reminder, said, notice, action_member):
        theirs = (table.c.tenant == writing.tenant, table.c.member == member_id)
        writing.connection.execute(delete(table).where(*theirs))
    _close_chats(writing, member_id)
    nobody: dict[str, Any] = dict.fromkeys(("entra_id", "unit", "chosen_unit", "language", "digest", "waiting_since"))
    values = nobody | {"name": pseudonym, "email": f"{member_id}{ERASED}", "role": Role.READER, "reminded": False}
    writing.connection.execute(update(member).where(*here).values(**values, noticed_on=today))
    bump_revision(writing)
    return pseudonym


def _rename_posts(writing: Writing, member_id: int, names: list[str], pseudonym: str) -> None:
    """In what was or will be posted; what was for them alone is emptied, and no longer owed."""
    alone = (outbox.c.tenant == writing.tenant, outbox.c.recipient == f"member:{member_id}")
    owed = update(outbox).where(*alone, outbox.c.state.in_(OWED)).values(state="withdrawn", wanted=outbox.c.shown)
    writing.connection.execute(owed)
    writing.connection.execute(update(outbox).where(*alone).values(content=EMPTY))
    called = re.compile("|".join(rf"(?<!\w){re.escape(name)}(?!\w)" for name in names if name))
    rows = select(outbox.c.id, outbox.c.content).where(outbox.c.tenant == writing.tenant)
    for number, content in writing.connection.execute(rows).all():
        told = _renamed(content, called, pseudonym)
        if told != content:
            post = (outbox.c.tenant == writing.tenant, outbox.c.id == number)
            writing.connection.execute(update(outbox).where(*post).values(content=told))


def _renamed(value: Any, called: re.Pattern[str], pseudonym: str) -> Any:
    """The same JSON with whole names replaced in its texts."""
    if isinstance(value, str):
        return called.sub(pseudonym, value)
    if isinstance(value, list):
        return [_renamed(each, called, pseudonym) for each in value]
    if isinstance(value, dict):
        return {key: _renamed(each, called, pseudonym) for key, each in value.items()}
    return value


def _close_chats(writing: Writing, member_id: int) -> None:
    """The rows stay where posts hang on them; they lead to nobody any more."""
    theirs = (conversation.c.tenant == writing.tenant, conversation.c.member == member_id)
    for number in writing.connection.scalars(select(conversation.c.id).where(*theirs)).all():
        chat = (conversation.c.tenant == writing.tenant, conversation.c.id == number)
        gone = {"teams_id": f"erased:{number}", "service_url": "", "name": "", "zone": "", "is_open": False}
        writing.connection.execute(update(conversation).where(*chat).values(**gone, member=None))
