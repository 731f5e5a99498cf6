"""What people can ask: one frozen dataclass a request."""

from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

from dialogs.people_requests import ChangesPeople, LooksAtPeople
from dialogs.several_requests import ConfirmSeveral, LooksAtSeveral
from storage.plan import Status
from storage.selection import Selection


@dataclass(frozen=True, kw_only=True)
class Selecting:
    """What asks about a selection of actions."""

    where: Selection = field(default_factory=Selection)
    of_my_unit: bool = False
    """The asker's own unit is meant; which one that is, is not in the sentence."""


@dataclass(frozen=True, kw_only=True)
class ListActions(Selecting):
    name: ClassVar[str] = "list_actions"
    page: int = 1


@dataclass(frozen=True, kw_only=True)
class CountActions(Selecting):
    name: ClassVar[str] = "count_actions"


@dataclass(frozen=True, kw_only=True)
class ChangeAll(Selecting):
    """The same change of all the actions of a selection, shown before anything is changed (`ChangeSeveral`)."""

    name: ClassVar[str] = "change_all"
    what: str = ""
    to: date | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class ShowProgress(Selecting):
    name: ClassVar[str] = "show_progress"


@dataclass(frozen=True, kw_only=True)
class ShowAction:
    name: ClassVar[str] = "show_action"
    ref: str


@dataclass(frozen=True, kw_only=True)
class WhoIsResponsible:
    name: ClassVar[str] = "who_is_responsible"
    ref: str


@dataclass(frozen=True, kw_only=True)
class MarkDone:
    name: ClassVar[str] = "mark_done"
    to: ClassVar[Status] = Status.DONE
    ref: str
    version: int | None = None
    """Of the action the button was drawn from; None in a sentence."""


@dataclass(frozen=True, kw_only=True)
class MarkInProgress:
    name: ClassVar[str] = "mark_in_progress"
    to: ClassVar[Status] = Status.IN_PROGRESS
    ref: str
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class Abandon:
    """Nothing is abandoned without a reason: where the sentence gives none, it is asked."""

    name: ClassVar[str] = "abandon"
    to: ClassVar[Status] = Status.ABANDONED
    ref: str
    reason: str = ""
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class Reopen:
    """Done or abandoned by mistake, or to be done again."""

    name: ClassVar[str] = "reopen"
    to: ClassVar[Status] = Status.TODO
    ref: str
    reason: str = ""
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class Postpone:
    """A new day (the end of the period that was said), with its reason; what is missing is asked."""

    name: ClassVar[str] = "postpone"
    ref: str
    to: date | None = None
    by: str = ""
    """How much later than it is due now: "P2M" for two months (D, W, M, Q, S, Y)."""
    reason: str = ""
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class AddNote:
    name: ClassVar[str] = "add_note"
    ref: str
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class AddEvidence:
    """A link (https) that shows what was done."""

    name: ClassVar[str] = "add_evidence"
    ref: str
    link: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Assign:
    """To a body or a person by name, or to oneself (`me`)."""

    name: ClassVar[str] = "assign"
    ref: str
    body: str = ""
    person: str = ""
    me: bool = False
    member: int | None = None
    """The number of one person, where several are called so."""


KINDS_OF_CHANGE = (
    "marked_done", "started", "abandoned", "reopened", "postponed", "assigned", "measured", "noted", "evidence_added",
)  # fmt: skip
"""Kinds of events that can be asked for by themselves."""


@dataclass(frozen=True, kw_only=True)
class ListChanges(Selecting):
    """What changed; `where.due` is the time in which it did."""

    name: ClassVar[str] = "list_changes"
    ref: str | None = None
    change: str = ""
    """Only events of this kind: marked_done, postponed …"""
    by: str = ""
    """Only what the person of this name did."""
    by_me: bool = False
    page: int = 1


@dataclass(frozen=True, kw_only=True)
class MarkDiscreet:
    """Not to be announced: from then on only those responsible and coordinators see it, each alone with the bot."""

    name: ClassVar[str] = "mark_discreet"
    ref: str


@dataclass(frozen=True, kw_only=True)
class MakePublic:
    name: ClassVar[str] = "make_public"
    ref: str


@dataclass(frozen=True, kw_only=True)
class WhoAmI:
    name: ClassVar[str] = "who_am_i"


@dataclass(frozen=True, kw_only=True)
class SetLanguage:
    """fr, en or nl, for every answer to this person from now on."""

    name: ClassVar[str] = "set_language"
    language: str


@dataclass(frozen=True, kw_only=True)
class RecordMeasurement:
    """A new value. `indicator` as the person called it; empty where the action has one only."""

    name: ClassVar[str] = "record_measurement"
    indicator: str = ""
    value: str = ""
    unit: str = ""
    """"%" or empty."""
    ref: str | None = None
    on: date | None = None
    note: str = ""
    link: str = ""
    create: bool = False
    """They confirmed that an indicator of this name is to be created."""


@dataclass(frozen=True, kw_only=True)
class Subscribe:
    name: ClassVar[str] = "subscribe"
    scope: str = ""
    """plan, axis or unit; empty where the sentence did not say what to follow."""
    target: str = ""


@dataclass(frozen=True, kw_only=True)
class Unsubscribe:
    """Empty: from everything."""

    name: ClassVar[str] = "unsubscribe"
    scope: str = ""
    target: str = ""


@dataclass(frozen=True, kw_only=True)
class ListSubscriptions:
    name: ClassVar[str] = "list_subscriptions"


@dataclass(frozen=True, kw_only=True)
class Undo:
    name: ClassVar[str] = "undo"
    event: int | None = None
    """The change to take back; None is the person's last one."""
    ref: str | None = None
    """Their last one of this action."""
    again: bool = False
    """One more, right after another was taken back."""


@dataclass(frozen=True, kw_only=True)
class RemindMe:
    """Hear of an action again on that day (next Monday where they named none), and of nothing about it before."""

    name: ClassVar[str] = "remind_me"
    ref: str
    on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Snooze:
    """The same for everything in the last notice."""

    name: ClassVar[str] = "snooze"
    on: date | None = None


@dataclass(frozen=True, kw_only=True)
class StopReminders:
    name: ClassVar[str] = "stop_reminders"


@dataclass(frozen=True, kw_only=True)
class StartReminders:
    name: ClassVar[str] = "start_reminders"


@dataclass(frozen=True, kw_only=True)
class ShowReminders:
    """The last notice, as it stands now."""

    name: ClassVar[str] = "show_reminders"


@dataclass(frozen=True, kw_only=True)
class DigestSettings:
    """How a channel hears (`rhythm`: at_once, daily, weekly; `threads`: on, off; `story`: month, quadrimestre), and
    how often a channel or a person gets a digest (weekly, monthly, never). What is empty stays as it is."""

    name: ClassVar[str] = "digest_settings"
    rhythm: str = ""
    threads: str = ""
    story: str = ""
    digest: str = ""


@dataclass(frozen=True, kw_only=True)
class SendDigest:
    """The digest of these days (of this month where none are named): a preview first, then the post."""

    name: ClassVar[str] = "send_digest"
    start: date | None = None
    end: date | None = None
    publish: bool = False
    channel: int | None = None
    """The number of the channel it goes to; None: the one it is asked in."""


@dataclass(frozen=True, kw_only=True)
class ListUndelivered:
    """Who and what was not reached."""

    name: ClassVar[str] = "list_undelivered"


@dataclass(frozen=True, kw_only=True)
class ChooseUnit:
    """The answer to "which is your unit?"."""

    name: ClassVar[str] = "choose_unit"
    unit: str


@dataclass(frozen=True, kw_only=True)
class ExportPlan:
    """A plan as a file; empty where the sentence names none."""

    name: ClassVar[str] = "export_plan"
    plan: str = ""
    format: str = "xlsx"


@dataclass(frozen=True, kw_only=True)
class ExportReport:
    """The papers of an interim evaluation, as of a day: today where the sentence names none."""

    name: ClassVar[str] = "export_report"
    plan: str = ""
    on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Help:
    name: ClassVar[str] = "help"


@dataclass(frozen=True, kw_only=True)
class Greet:
    name: ClassVar[str] = "greet"


@dataclass(frozen=True, kw_only=True)
class Thanks:
    name: ClassVar[str] = "thanks"


@dataclass(frozen=True, kw_only=True)
class Ask:
    """A button that says a sentence for the person: it is understood when it is pressed, not when it was drawn."""

    name: ClassVar[str] = "ask"
    text: str


Definite = (
    ListActions
    | CountActions
    | ShowProgress
    | ShowAction
    | WhoIsResponsible
    | MarkDone
    | MarkInProgress
    | Abandon
    | Reopen
    | Postpone
    | AddNote
    | AddEvidence
    | Assign
    | MarkDiscreet
    | MakePublic
    | ListChanges
    | WhoAmI
    | SetLanguage
    | RecordMeasurement
    | Subscribe
    | Unsubscribe
    | ListSubscriptions
    | Undo
    | RemindMe
    | Snooze
    | StopReminders
    | StartReminders
    | ShowReminders
    | DigestSettings
    | SendDigest
    | ListUndelivered
    | ChooseUnit
    | Help
    | Greet
    | Thanks
    | Ask
    | ExportPlan
    | ExportReport
    | LooksAtPeople
    | ChangesPeople
    | LooksAtSeveral
    | ChangeAll
    | ConfirmSeveral
)
"""The requests that say all that is needed, and that a button can carry."""


@dataclass(frozen=True, kw_only=True)
class NeedsChoice:
    """Understood, but several things fit: which of these is meant?"""

    name: ClassVar[str] = "needs_choice"
    options: tuple[Definite, ...]
    """At most five, best first."""
    words: str
    """What in the sentence fits them all."""
    guess: bool = False
    """Nothing fits; these are only the nearest."""


@dataclass(frozen=True, kw_only=True)
class NotUnderstood:
    name: ClassVar[str] = "not_understood"
    reason: str = ""
    """Empty, or what stood in the way: impossible_day, negated, unsure, no_such_ref, empty."""
    words: str = ""
    near: tuple[str, ...] = ()
    """References of actions that the words could be about."""


Request = Definite | NeedsChoice | NotUnderstood

Changing = (
    MarkDone
    | MarkInProgress
    | Abandon
    | Reopen
    | Postpone
    | AddNote
    | AddEvidence
    | Assign
    | MarkDiscreet
    | MakePublic
    | SetLanguage
    | RecordMeasurement
    | Subscribe
    | Unsubscribe
    | Undo
    | RemindMe
    | Snooze
    | StopReminders
    | StartReminders
    | DigestSettings
    | SendDigest
    | ChooseUnit
    | ChangesPeople
    | ConfirmSeveral
)
"""Requests that change something; everything else only looks."""
