"""Sentences that ask for a file: a plan, in which format; the papers of an evaluation, as of which day."""

from datetime import date

from dialogs.asked import Asked
from dialogs.dates import Found, Impossible, Unclear
from dialogs.message import Message
from dialogs.mood import is_asked, is_quoted
from dialogs.phrases import Span
from dialogs.requests import ExportPlan, ExportReport, NotUnderstood, Request
from dialogs.structure import read_plan
from storage.calendar import AcademicCalendar

_FORMATS = ("xlsx", "docx", "csv", "json", "pdf")
_CHANGES = ("mark_done.says", "mark_in_progress.says", "abandon.says", "reopen.says")
_TELLING = frozenset(
    (
        "ai", "a", "as", "avons", "avez", "ont", "est", "ete", "avait", "avais", "j",
        "have", "has", "ve", "was", "were", "been", "heb", "heeft", "hebben", "is", "werd",
    )
)  # fmt: skip
"""Before a form of the verb that tells what was done: "j'ai exporté le plan"."""


def exporting(message: Message, today: date, calendar: AcademicCalendar) -> Request | None:
    """ "exporte le plan TI", "envoie-moi le plan en Excel", "TI en csv"."""
    if message.has("export_report.has") and not message.refs and not message.has("mood.negated", *_CHANGES):
        return _report(message, today, calendar)
    formats = [each for each in _FORMATS if message.has(f"export_plan.{each}")]
    verbs = [span for span in message.spans("export_plan.verb") if _is_order(message, span)]
    if not (formats or verbs) or message.refs or message.cut.links:
        return None
    if message.has("mood.negated", "add_note.to_write", *_CHANGES):
        return None
    asked = Asked()
    read_plan(message, asked)
    whole = asked.where.plan is not None or message.has("export_plan.what")
    cues = [f"export_plan.{each}" for each in (*_FORMATS, "verb", "give", "what")]
    rest = message.content(asked.taken | message.own(message.spans(*cues, "mood.polite", "mood.wishes", "greet.whole")))
    if not whole and rest:
        return None
    if not verbs and not (whole and (message.has("export_plan.give") or not rest)):
        return None
    return ExportPlan(plan=asked.where.plan or "", format=formats[0] if formats else "xlsx")


def _report(message: Message, today: date, calendar: AcademicCalendar) -> Request | None:
    """ "prépare le point d'étape du plan TI au 30 juin": a day that is past, or the last one of its kind."""
    asks = message.has("export_plan.verb", "export_plan.give", "export_report.verb")
    asked = Asked()
    read_plan(message, asked)
    if not asks and (is_asked(message) or message.content(asked.taken | message.own(_said(message)))):
        return None
    text = message.text
    for span in message.spans("export_report.has", "export_report.as_of"):
        # "mid-term", "as of 30 June"
        start, end = message.starts[span[0]], message.ends[span[1] - 1]
        text = text[:start] + " " * (end - start) + text[end:]
    when = message.period(today, calendar, past=True, text=text)
    if isinstance(when, Impossible):
        return NotUnderstood(reason="impossible_day", words=when.words)
    period = when.period if isinstance(when, Found) else when.choices[0] if isinstance(when, Unclear) else None
    return ExportReport(plan=asked.where.plan or "", on=period.end if period else None)


def _said(message: Message) -> list[Span]:
    cues = ("export_report.has", "export_plan.what", "mood.polite", "mood.wishes", "greet.whole")
    return message.spans(*cues)


def _is_order(message: Message, span: Span) -> bool:
    before = message.words[span[0] - 1] if span[0] else ""
    return before not in _TELLING and not is_quoted(message, span)
