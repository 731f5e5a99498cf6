"""What people see: one frozen dataclass an answer, holding facts; how it is worded and drawn is the cards' affair."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from dialogs.people_answers import PeopleAnswer
from dialogs.posts import Digest, Notice, Target
from dialogs.requests import (
    Abandon,
    CountActions,
    Definite,
    ExportPlan,
    ExportReport,
    ListActions,
    ListChanges,
    NotUnderstood,
    Postpone,
    ShowProgress,
)
from dialogs.several_answers import SeveralAnswer
from storage.calendar import AcademicCalendar
from storage.plan import Action, Indicator


@dataclass(frozen=True, kw_only=True)
class Group:
    """Actions under one heading: the asker's unit, then what stands above it; no heading where there is one group."""

    heading: str
    """A unit's path; "/" is whatever stands above; empty for none."""
    actions: tuple[Action, ...]


@dataclass(frozen=True, kw_only=True)
class ActionList:
    request: ListActions
    groups: tuple[Group, ...]
    total: int
    first: int
    """Position of the first one shown, from 1."""
    late_before: int = 0
    without_bodies: bool = False
    """They asked for theirs and belong to no body."""

    @property
    def shown(self) -> int:
        return sum(len(group.actions) for group in self.groups)


@dataclass(frozen=True, kw_only=True)
class ActionCount:
    request: CountActions
    total: int
    late_before: int = 0


@dataclass(frozen=True, kw_only=True)
class Standing:
    """How far a group of actions is."""

    label: str
    total: int
    done: int
    abandoned: int
    late: int
    share: int
    """Per cent done."""


@dataclass(frozen=True, kw_only=True)
class ProgressShown:
    request: ShowProgress
    overall: Standing
    axes: tuple[Standing, ...]


@dataclass(frozen=True, kw_only=True)
class ActionShown:
    action: Action
    indicators: tuple[Indicator, ...]
    people: dict[str, list[str]]
    """Body → names of its members today."""
    may_change: bool
    notes: tuple["ToldEvent", ...] = ()
    """The last remarks and links, newest first."""
    note: str = ""
    """Key of a sentence above it, e.g. refused.changed_since."""


@dataclass(frozen=True, kw_only=True)
class Responsible:
    action: Action
    people: dict[str, list[str]]


@dataclass(frozen=True, kw_only=True)
class Author:
    """Who made a change, when (in the reader's time zone) and through what."""

    who: str
    """Empty where no person did it."""
    at: datetime
    through: str
    """chat, button or cli."""


@dataclass(frozen=True, kw_only=True)
class MarkedDone:
    before: Action
    after: Action
    by: Author
    event: int
    announced: int
    back: ListActions | None


@dataclass(frozen=True, kw_only=True)
class Changed:
    """Another change of an action: `kind` is that of its event (started, abandoned, reopened, postponed)."""

    before: Action
    after: Action
    kind: str
    why: str
    by: Author
    event: int
    corrected: int = 0


@dataclass(frozen=True, kw_only=True)
class ReasonAsked:
    """The change is understood; a day or a reason is missing."""

    request: Postpone | Abandon
    action: Action


@dataclass(frozen=True, kw_only=True)
class NoteKept:
    action: Action
    note: str
    link: str
    by: Author
    event: int


@dataclass(frozen=True, kw_only=True)
class Assigned:
    action: Action
    to: str
    by: Author
    event: int


@dataclass(frozen=True, kw_only=True)
class ToldEvent:
    """One line of the record."""

    ref: str
    title: str
    kind: str
    by: Author
    before: dict[str, Any]
    after: dict[str, Any]
    why: str
    undid: str = ""
    """Of an event that takes another back: the kind of that one, whose `before` and `after` stand here."""
    is_taken_back: bool = False
    owner: str = ""
    """To whom an action was given, as they are called now."""


@dataclass(frozen=True, kw_only=True)
class ChangesShown:
    request: ListChanges
    events: tuple[ToldEvent, ...]
    total: int
    first: int = 1
    """Position of the first one shown, from 1."""


@dataclass(frozen=True, kw_only=True)
class You:
    """Who the asker is to the bot."""

    name: str
    role: str
    unit: str | None
    bodies: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class LanguageKept:
    pass


@dataclass(frozen=True, kw_only=True)
class Measured:
    action: Action
    indicator: Indicator
    value: str
    on: date
    by: Author
    event: int


@dataclass(frozen=True, kw_only=True)
class Undone:
    """`kind` is that of the event that was taken back."""

    action: Action
    kind: str = ""
    corrected: int = 0
    indicator: str = ""
    value: str = ""
    left: tuple[int, str, str] | None = None
    """The change that can be taken back next: its event, its action and its kind."""


@dataclass(frozen=True, kw_only=True)
class Subscribed:
    scope: str
    target: str


@dataclass(frozen=True, kw_only=True)
class Unsubscribed:
    scopes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Subscriptions:
    """What a channel follows, and how it hears of it."""

    scopes: tuple[tuple[str, str], ...]
    example_plan: str
    rhythm: str = "at_once"
    threads: bool = True
    story: str = "month"
    digest: str = "never"
    last: datetime | None = None
    """When something was last posted there unasked."""
    next_post: date | None = None
    """None: as soon as something happens."""
    next_digest: date | None = None
    waiting: int = 0
    hour: int = 9
    kept: bool = False
    """It was just changed."""


@dataclass(frozen=True, kw_only=True)
class ReminderKept:
    action: Action
    on: date
    reachable: bool
    """They have the bot in a chat of their own, where they can be reminded."""


@dataclass(frozen=True, kw_only=True)
class Snoozed:
    number: int
    on: date


@dataclass(frozen=True, kw_only=True)
class RemindersSet:
    on: bool
    reachable: bool


@dataclass(frozen=True, kw_only=True)
class RemindersShown:
    notice: Notice
    on: bool
    reachable: bool


@dataclass(frozen=True, kw_only=True)
class DigestSet:
    rhythm: str
    reachable: bool


@dataclass(frozen=True, kw_only=True)
class DigestShown:
    digest: Digest
    targets: tuple[Target, ...]
    """Where it may go."""


@dataclass(frozen=True, kw_only=True)
class DigestSent:
    channel: str


@dataclass(frozen=True, kw_only=True)
class NotDelivered:
    """A post that did not arrive, or of which nobody knows it."""

    where: str
    kind: str
    summary: str
    at: datetime | None
    problem: str
    is_uncertain: bool


@dataclass(frozen=True, kw_only=True)
class Undelivered:
    failures: tuple[NotDelivered, ...]
    unreachable: tuple[str, ...]
    """Names of those who did not install the bot."""


@dataclass(frozen=True, kw_only=True)
class UnitAsked:
    """Which is your unit? The question that needs it is answered as soon as it is known."""

    units: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class UnitKept:
    unit: str


MOST_OPTIONS = 5


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Which of these? `sentence` is the key of the question."""

    sentence: str
    places: dict[str, str]
    options: tuple[tuple[str, Definite], ...]
    """(what stands beside the button, what the button asks)"""


@dataclass(frozen=True, kw_only=True)
class Refused:
    """The rule, and the way on. `code` and `hint` are keys of sentences."""

    code: str
    places: dict[str, str]
    hint: str = ""
    hint_places: dict[str, str] | None = None
    who_may: tuple[str, ...] | None = None
    action: Action | None = None


@dataclass(frozen=True, kw_only=True)
class Lost:
    """Not understood: what was near, and two examples that work."""

    request: NotUnderstood
    near: tuple[Action, ...]
    example_ref: str


@dataclass(frozen=True, kw_only=True)
class Broken:
    reference: str


@dataclass(frozen=True, kw_only=True)
class Welcome:
    kind: str
    """personal, groupChat or channel."""
    example_plan: str


@dataclass(frozen=True, kw_only=True)
class HelpShown:
    """Examples with names that exist here."""

    example_plan: str
    example_ref: str
    example_body: str


@dataclass(frozen=True, kw_only=True)
class FileOffered:
    """A file that is put where they keep theirs, if they agree; `request` makes it anew when they do."""

    request: ExportPlan | ExportReport
    name: str
    size: int
    """Bytes."""
    plan: str
    title: str


@dataclass(frozen=True, kw_only=True)
class FileKept:
    """It is there now."""

    name: str


@dataclass(frozen=True, kw_only=True)
class FileDeclined:
    pass


@dataclass(frozen=True, kw_only=True)
class FileLost:
    """They agreed, and it could not be put there."""

    request: ExportPlan | ExportReport
    name: str


@dataclass(frozen=True, kw_only=True)
class Greeted:
    name: str


@dataclass(frozen=True, kw_only=True)
class Thanked:
    pass


Answer = (
    ActionList
    | ActionCount
    | ProgressShown
    | ActionShown
    | Responsible
    | MarkedDone
    | Changed
    | ReasonAsked
    | NoteKept
    | Assigned
    | ChangesShown
    | You
    | LanguageKept
    | Measured
    | Undone
    | Subscribed
    | Unsubscribed
    | Subscriptions
    | ReminderKept
    | Snoozed
    | RemindersSet
    | RemindersShown
    | DigestSet
    | DigestShown
    | DigestSent
    | Undelivered
    | UnitAsked
    | UnitKept
    | Choice
    | Refused
    | Lost
    | Broken
    | Welcome
    | HelpShown
    | Greeted
    | Thanked
    | FileOffered
    | FileKept
    | FileDeclined
    | FileLost
    | PeopleAnswer
    | SeveralAnswer
)


@dataclass(frozen=True, kw_only=True)
class Moment:
    """When and for whom an answer is worded: the day, and how the school counts its years."""

    today: date
    calendar: AcademicCalendar
    language: str
