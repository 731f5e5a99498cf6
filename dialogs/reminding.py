"""Requests about what is said unasked: reminders, how often, digests, who was not reached."""

from datetime import date

from dialogs.aiming import Day, subject, target
from dialogs.dates import Found
from dialogs.message import Message
from dialogs.mood import is_asked, is_quoted
from dialogs.requests import (
    DigestSettings,
    ListUndelivered,
    NotUnderstood,
    RemindMe,
    Request,
    SendDigest,
    ShowReminders,
    Snooze,
    StartReminders,
    StopReminders,
)
from dialogs.selecting import read_selection
from storage.calendar import Period

_RHYTHMS = ("at_once", "daily", "weekly")
_ABOUT_DIGEST = ("digest_settings.digest", "send_digest.has")


def about_notices(message: Message, day: Day) -> Request | None:
    """What the message asks of reminders and digests; None where it is about neither."""
    if message.cut.is_cut_short:
        return None
    plain = not is_asked(message) or message.has("mood.polite")
    if _says(message, "list_undelivered.has") and not message.refs:
        return ListUndelivered()
    if _says(message, "digest_settings.never") and plain and not _is_doubted(message, "digest_settings.never"):
        return DigestSettings(digest="never")
    if _says(message, "stop_reminders.has") and plain and not _is_doubted(message, "stop_reminders.has"):
        return None if message.refs else StopReminders()
    if _says(message, "start_reminders.has") and plain and not _is_denied(message) and not message.refs:
        return StartReminders()
    if (found := _digest(message, day, plain)) is not None:
        return found
    reminder = _reminder(message, day, plain)
    if reminder is None and _says(message, "show_reminders.has") and not message.refs:
        return ShowReminders()
    return reminder


def _says(message: Message, *cues: str) -> bool:
    return any(not is_quoted(message, span) for span in message.spans(*cues))


def _is_denied(message: Message) -> bool:
    """A negation or a doubt; "n'oublie pas de" is neither."""
    wishes = message.spans("mood.wishes")
    doubts = message.spans("mood.negated", "mood.unsure")
    return any(not any(start <= span[0] and span[1] <= end for start, end in wishes) for span in doubts)


def _is_doubted(message: Message, cue: str) -> bool:
    """A negation or a doubt besides the words of the cue itself, which may well deny."""
    own = message.spans(cue)
    doubts = message.spans("mood.negated", "mood.unsure")
    return any(not any(start <= span[0] and span[1] <= end for start, end in own) for span in doubts)


def _digest(message: Message, day: Day, plain: bool) -> Request | None:
    if message.refs:
        return None
    often = next((name for name in ("weekly", "monthly") if _says(message, f"digest_settings.{name}")), "")
    wanted = _says(message, "digest_settings.digest")
    ordered = _says(message, "digest_settings.verb", "digest_settings.posts") or len(message.words) <= 4
    if wanted and often and ordered and plain and not _is_denied(message):
        return DigestSettings(digest=often)
    settings: dict[str, str] = {}
    if _says(message, "digest_settings.threads_off"):
        settings["threads"] = "off"
    elif _says(message, "digest_settings.threads_on") and _says(message, "digest_settings.posts"):
        settings["threads"] = "on"
    for story in ("quadrimestre", "month"):
        if _says(message, f"digest_settings.{story}"):
            settings["story"] = story
    if _says(message, "digest_settings.posts") and not wanted:
        rhythm = next((name for name in _RHYTHMS if _says(message, f"digest_settings.{name}")), "")
        rhythm = rhythm or ("weekly" if _says(message, "digest_settings.weekly_as") else "")
        if rhythm:
            settings["rhythm"] = rhythm
    if settings and plain and not (_is_denied(message) and "threads" not in settings):
        return DigestSettings(**settings)
    tells = _says(message, "send_digest.has") and not message.has("list_changes.has", "mood.negated")
    if tells and not _is_of_a_part(message, day):
        when = message.period(day.today, day.calendar, past=True)
        if isinstance(when, Found) and when.period.start and when.period.end:
            return SendDigest(start=when.period.start, end=when.period.end)
        return SendDigest()
    return None


def _is_of_a_part(message: Message, day: Day) -> bool:
    """ "un résumé de l'avancement du plan TI" asks how far that plan is; a digest tells of everything."""
    asked = read_selection(message, day.today, day.calendar)
    return bool(asked.where.plan or asked.where.body or asked.where.unit or asked.axes)


def _reminder(message: Message, day: Day, plain: bool) -> Request | None:
    wanted = _says(message, "remind_me.verb", "remind_me.noun")
    when = message.period(day.today, day.calendar)
    on = _coming(when.period, day.today) if isinstance(when, Found) else None
    if _says(message, "snooze.has") and not message.refs and plain:
        return Snooze(on=on)
    if not wanted or not plain or _is_denied(message):
        return None
    if on is None and not _says(message, "remind_me.noun"):
        # "rappelle-moi l'échéance de TI-28" asks what it is.
        return None
    if not message.refs and not day.ref and day.shown:
        return Snooze(on=on)

    def made(ref: str) -> RemindMe:
        return RemindMe(ref=ref, on=on)

    taken = message.own(message.spans("remind_me.verb", "remind_me.noun"))
    about = [at for at in subject(message, "remind_me.verb", "remind_me.noun") if at not in taken]
    if isinstance(when, Found):
        about = [at for at in about if not when.start_at <= message.starts[at] < when.end_at]
    found = target(message, day, about, made)
    return found or NotUnderstood()


def _coming(period: Period, today: date) -> date | None:
    """The first of these days that is still to come; of "until Monday" the Monday."""
    for day in (period.start, period.end):
        if day is not None and day > today:
            return day
    return None
