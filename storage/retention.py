"""What was said in conversation is kept for so many days, and then forgotten. The plan and its record stay."""

from datetime import datetime

from sqlalchemy import delete, update

from storage.database import Writing
from storage.outbox import NOTICE, OWED
from storage.tables import heard, memory, notice, outbox

KEPT_DAYS = 30
"""Unless the settings say otherwise."""
EMPTY = {"language": "", "summary": "", "card": {}}
"""The content of a post whose text is kept no longer; its row stays, so that it is never said twice."""


def forget(writing: Writing, before: datetime) -> None:
    """Remove what conversations remembered, and the text of personal messages, from before this moment."""
    for table in (memory, heard):
        writing.connection.execute(delete(table).where(table.c.tenant == writing.tenant, table.c.at < before))
    told = (notice.c.tenant == writing.tenant, notice.c.said_at < before)
    writing.connection.execute(delete(notice).where(*told))
    personal = (outbox.c.tenant == writing.tenant, outbox.c.kind == NOTICE, outbox.c.due_at < before)
    over = update(outbox).where(*personal, outbox.c.state.not_in(OWED)).values(content=EMPTY)
    writing.connection.execute(over)
