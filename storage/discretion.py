"""Making an action discreet, and making it public again. It sends nothing; what was posted is corrected elsewhere."""

from sqlalchemy import select, update

from storage.commands import locked
from storage.conditions import visible
from storage.database import Reading, Writing
from storage.naming import bump_revision
from storage.queries import get_action
from storage.record import By, Change, tell
from storage.refusals import AlreadySo
from storage.rights import Act, check
from storage.sight import EVERYTHING
from storage.tables import action as actions
from storage.tables import event

MADE_DISCREET, MADE_PUBLIC = "made_discreet", "made_public"
"""Kinds of events."""


def set_discreet(writing: Writing, ref: str, by: By, *, discreet: bool, undoes: int | None = None) -> Change:
    """Who may is in `storage.rights`: to hide an action is also for those responsible, to show it for the office."""
    before = locked(writing, ref)
    if undoes is None:
        check(by.member, Act.MARK_DISCREET if discreet else Act.MAKE_PUBLIC, before)
    if before.discreet is discreet:
        raise AlreadySo(before)
    seeing = writing.seeing(EVERYTHING)
    here = (actions.c.tenant == writing.tenant, actions.c.id == before.id, visible(seeing))
    writing.connection.execute(update(actions).where(*here).values(discreet=discreet))
    kind = "undone" if undoes is not None else MADE_DISCREET if discreet else MADE_PUBLIC
    number = tell(writing, before.id, by, kind, {"discreet": not discreet}, {"discreet": discreet}, undoes=undoes)
    # The names of the plan are others now, for everybody.
    bump_revision(writing)
    after = get_action(seeing, ref)
    assert after is not None
    return Change(event=number, before=before, after=after)


def list_announced(reading: Reading, action_id: int) -> list[int]:
    """Every event of this action that may have been announced, also of earlier occurrences."""
    query = select(event.c.id).where(
        event.c.tenant == reading.tenant, event.c.action == action_id, event.c.kind == "marked_done"
    )
    return list(reading.connection.scalars(query))
