"""What every turn shares: the database, the calendar and time zone, and the names the plans use; one house a tenant."""

import threading
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.schedule import WorkingDays
from dialogs.answers import Moment
from dialogs.names import Lexicon
from dialogs.sentences import SMALL_WORDS
from dialogs.words import LANGUAGES
from storage.calendar import BELGIAN, AcademicCalendar, Period
from storage.database import Database, Reading
from storage.naming import get_revision, list_discreet, read_vocabulary

MOST_LEXICONS = 8


class House:
    """One for each tenant of a process; used from many threads."""

    def __init__(
        self,
        database: Database,
        tenant: str,
        calendar: AcademicCalendar = BELGIAN,
        *,
        closed: tuple[Period, ...] = (),
        directors: Iterable[str] = (),
    ) -> None:
        self.database = database
        self.tenant = tenant
        self.calendar = calendar
        self.zone = ZoneInfo("Europe/Brussels")
        self.working_days = WorkingDays(closed=closed)
        # The bodies whose members get a digest of the whole school.
        self.directors = tuple(directors)
        self._lexicons: dict[tuple[str, ...], tuple[int, Lexicon]] = {}
        self._rebuilding = threading.Lock()

    def lexicon(self, reading: Reading) -> Lexicon:
        """The names of the tenant's plans as they are now, for whoever looks."""
        current = get_revision(reading)
        # Few may see anything discreet, and most of those the same: each such set of actions has names of its own.
        whose = list_discreet(reading) if reading.sight.alone or reading.sight.everything else ()
        known = self._lexicons.get(whose)
        if known is None or known[0] != current:
            with self._rebuilding:
                # Whoever waited finds it rebuilt.
                known = self._lexicons.get(whose)
                if known is None or known[0] != current:
                    known = (current, Lexicon(read_vocabulary(reading), SMALL_WORDS))
                    self._keep(whose, known)
        return known[1]

    def _keep(self, whose: tuple[str, ...], known: tuple[int, Lexicon]) -> None:
        self._lexicons = {key: each for key, each in self._lexicons.items() if each[0] == known[0]}
        if len(self._lexicons) >= MOST_LEXICONS:
            # The one that everybody shares stays.
            self._lexicons.pop(next(key for key in self._lexicons if key))
        self._lexicons[whose] = known

    def today(self, now: datetime) -> date:
        return now.astimezone(self.zone).date()

    def moment(self, today: date, language: str) -> Moment:
        known = language if language in LANGUAGES else LANGUAGES[0]
        return Moment(today=today, calendar=self.calendar, language=known)


class Houses:
    """The houses of the tenants that this deployment serves, on one database."""

    def __init__(
        self,
        database: Database,
        tenants: Iterable[str],
        calendar: AcademicCalendar = BELGIAN,
        *,
        closed: tuple[Period, ...] = (),
        directors: Iterable[str] = (),
    ) -> None:
        self.database = database
        self._by_tenant = {
            tenant: House(database, tenant, calendar, closed=closed, directors=directors) for tenant in tenants
        }

    def __iter__(self) -> Iterator[House]:
        return iter(self._by_tenant.values())

    def of(self, tenant: str | None) -> House:
        """The house of this tenant; the first one where it is none of ours.

        The gate lets such a tenant in only where no tenant is set, or on loopback without credentials.
        """
        return self._by_tenant.get(tenant or "") or next(iter(self))
