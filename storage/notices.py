"""What is to be said to a person unasked: owed here by whatever caused it, and said in the one notice of the day.

Written in the transaction of its cause; it never sends anything and never says when.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from storage.database import Reading, Writing
from storage.tables import notice


@dataclass(frozen=True, kw_only=True)
class Owed:
    """One thing that a person is to be told."""

    id: int
    kind: str
    subject: str
    content: dict[str, Any]
    at: datetime


def owe_notice(
    writing: Writing, member_id: int, kind: str, subject: str, content: dict[str, Any], now: datetime
) -> None:
    """Owe this person one notice of this kind about this subject; what is owed of it already says the newest."""
    owed = (
        notice.c.tenant == writing.tenant,
        notice.c.member == member_id,
        notice.c.kind == kind,
        notice.c.subject == subject,
        notice.c.said_at.is_(None),
    )
    if writing.connection.execute(update(notice).where(*owed).values(content=content)).rowcount == 0:
        writing.add(
            notice, tenant=writing.tenant, member=member_id, kind=kind, subject=subject, content=content, at=now
        )


def withdraw_notice(writing: Writing, kind: str, subject: str) -> None:
    """Nobody needs to be told any more; what was said already stays in the record."""
    owed = (notice.c.tenant == writing.tenant, notice.c.kind == kind, notice.c.subject == subject)
    writing.connection.execute(delete(notice).where(*owed, notice.c.said_at.is_(None)))


def list_owed(reading: Reading, member_id: int) -> list[Owed]:
    """What this person has not been told yet, oldest first."""
    query = (
        select(notice)
        .where(notice.c.tenant == reading.tenant, notice.c.member == member_id, notice.c.said_at.is_(None))
        .order_by(notice.c.id)
    )
    return [
        Owed(id=row.id, kind=row.kind, subject=row.subject, content=row.content, at=row.at)
        for row in reading.connection.execute(query)
    ]


def mark_said(writing: Writing, numbers: Collection[int], now: datetime) -> None:
    said = (notice.c.tenant == writing.tenant, notice.c.id.in_(numbers), notice.c.said_at.is_(None))
    writing.connection.execute(update(notice).where(*said).values(said_at=now))


def members_owed(reading: Reading) -> set[int]:
    """Whoever is owed something."""
    query = select(notice.c.member).where(notice.c.tenant == reading.tenant, notice.c.said_at.is_(None)).distinct()
    return set(reading.connection.scalars(query))


def list_subjects(reading: Reading, kind: str) -> set[tuple[int, str]]:
    """(member, subject) of every notice of this kind that was ever owed."""
    query = select(notice.c.member, notice.c.subject).where(notice.c.tenant == reading.tenant, notice.c.kind == kind)
    return {(row.member, row.subject) for row in reading.connection.execute(query)}
