"""What every turn shares: the database, the calendar and time zone, and the names the plans use; one house a tenant."""

import threading
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import cast
from weakref import WeakKeyDictionary
from zoneinfo import ZoneInfo

from bot.schedule import WorkingDays
from dialogs.answers import Moment
from dialogs.names import Lexicon
from dialogs.sentences import SMALL_WORDS
from dialogs.understand import Context, Understood, understand
from dialogs.words import LANGUAGES
from storage.calendar import BELGIAN, AcademicCalendar, Period
from storage.database import Database, Reading, Writing
from storage.naming import get_revision, list_discreet, read_vocabulary
from storage.retention import KEPT_DAYS

MOST_LEXICONS = 8

MOST_REMEMBERED, LONGEST_REMEMBERED = 1_000, 200
"""Messages whose meaning is remembered, in memory alone, for as long as its names; and their characters at most."""


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
        kept_days: int = KEPT_DAYS,
    ) -> None:
        self.database = database
        self.tenant = tenant
        self.calendar = calendar
        self.zone = ZoneInfo("Europe/Brussels")
        self.working_days = WorkingDays(closed=closed)
        # The bodies whose members get a digest of the whole school.
        self.directors = tuple(directors)
        # How long what was said in conversation is kept.
        self.kept_days = kept_days
        self._lexicons: dict[tuple[str, ...], tuple[int, Lexicon]] = {}
        self._rebuilding = threading.Lock()
        self._understanding = threading.Lock()
        self._understood: WeakKeyDictionary[Lexicon, dict[tuple[str, date, str, Context], Understood]] = (
            WeakKeyDictionary()
        )

    def lexicon(self, reading: Reading) -> Lexicon:
        """The names of the tenant's plans as they are now, for whoever looks."""
        # What only looks sees one state of the plan from its beginning to its end.
        looks = not isinstance(reading, Writing)
        if looks and (seen := reading.seen.get(reading.sight)) is not None:
            return cast(Lexicon, seen)
        return self.lexicon_at(reading, get_revision(reading), any_discreet=True)

    def lexicon_at(self, reading: Reading, current: int, *, any_discreet: bool) -> Lexicon:
        """The same, where the revision was read already, and whether anything is discreet at all."""
        # Few may see anything discreet, and most of those the same: each such set of actions has names of its own.
        asks = any_discreet and (reading.sight.alone or reading.sight.everything)
        whose = list_discreet(reading) if asks else ()
        known = self._lexicons.get(whose)
        if known is None or known[0] != current:
            with self._rebuilding:
                # Whoever waited finds it rebuilt.
                known = self._lexicons.get(whose)
                if known is None or known[0] != current:
                    known = (current, Lexicon(read_vocabulary(reading), SMALL_WORDS))
                    self._keep(whose, known)
        reading.seen[reading.sight] = known[1]
        return known[1]

    def understand(
        self, text: str, lexicon: Lexicon, today: date, client_language: str, context: Context
    ) -> Understood:
        """What a message asks. It depends on nothing else, so that what many ask is understood once."""
        asked = (text, today, client_language, context)
        with self._understanding:
            remembered = self._understood.setdefault(lexicon, {})
            if (known := remembered.get(asked)) is not None:
                return known
        found = understand(text, lexicon, today, self.calendar, client_language=client_language, context=context)
        if len(text) <= LONGEST_REMEMBERED:
            with self._understanding:
                if len(remembered) >= MOST_REMEMBERED:
                    del remembered[next(iter(remembered))]
                remembered[asked] = found
        return found

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
        kept_days: int = KEPT_DAYS,
    ) -> None:
        self.database = database
        self._by_tenant = {
            tenant: House(database, tenant, calendar, closed=closed, directors=directors, kept_days=kept_days)
            for tenant in tenants
        }

    def __iter__(self) -> Iterator[House]:
        return iter(self._by_tenant.values())

    def of(self, tenant: str | None) -> House:
        """The house of this tenant; the first one where it is none of ours.

        The gate lets such a tenant in only where no tenant is set, or on loopback without credentials.
        """
        return self._by_tenant.get(tenant or "") or next(iter(self))
