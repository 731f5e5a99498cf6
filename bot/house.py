"""What every turn shares: the database, the school's calendar and time zone, and the names the plans use."""

import threading
from datetime import date, datetime
from zoneinfo import ZoneInfo

from dialogs.answers import Moment
from dialogs.names import Lexicon
from dialogs.sentences import SMALL_WORDS
from dialogs.words import LANGUAGES
from storage.calendar import BELGIAN, AcademicCalendar
from storage.database import Database, Reading
from storage.naming import get_revision, read_vocabulary


class House:
    """One per process; used from many threads."""

    def __init__(self, database: Database, tenant: str, calendar: AcademicCalendar = BELGIAN) -> None:
        self.database = database
        self.tenant = tenant
        self.calendar = calendar
        self.zone = ZoneInfo("Europe/Brussels")
        self._lexicons: dict[str, tuple[int, Lexicon]] = {}
        self._rebuilding = threading.Lock()

    def lexicon(self, reading: Reading) -> Lexicon:
        """The names of the tenant's plans as they are now."""
        current = get_revision(reading)
        known = self._lexicons.get(reading.tenant)
        if known is None or known[0] != current:
            with self._rebuilding:
                # Whoever waited finds it rebuilt.
                known = self._lexicons.get(reading.tenant)
                if known is None or known[0] != current:
                    known = (current, Lexicon(read_vocabulary(reading), SMALL_WORDS))
                    self._lexicons[reading.tenant] = known
        return known[1]

    def today(self, now: datetime) -> date:
        return now.astimezone(self.zone).date()

    def moment(self, today: date, language: str) -> Moment:
        known = language if language in LANGUAGES else LANGUAGES[0]
        return Moment(today=today, calendar=self.calendar, language=known)
