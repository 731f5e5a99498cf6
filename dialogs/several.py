"""The same change of a whole selection ("toutes celles de l'axe Support sont terminées"): a preview follows."""

from dataclasses import replace
from datetime import date

from dialogs.aiming import reason_given
from dialogs.dates import Found
from dialogs.message import Message
from dialogs.mood import in_the_way, is_asked, is_polite, is_quoted, is_wondered
from dialogs.phrases import Span
from dialogs.requests import ChangeAll
from dialogs.selecting import read_selection
from storage.calendar import AcademicCalendar

_STATED = frozenset(["sont", "ont", "are", "have", "re", "zijn", "werden"])
"""Words that say of many how they are; without one, "toutes les actions terminées" asks which they are."""
_CUES = (
    ("postpone", ("postpone.has",)),
    ("reopen", ("reopen.says",)),
    ("abandon", ("abandon.says",)),
    ("mark_in_progress", ("mark_in_progress.asks", "mark_in_progress.says")),
    ("mark_done", ("mark_done.strong", "mark_done.asks", "mark_done.says")),
)


def change_of_all(message: Message, today: date, calendar: AcademicCalendar) -> ChangeAll | None:
    """None where the message is no plain statement or order about all actions of a selection."""
    everything = [span for span in message.spans("several.all") if not is_quoted(message, span)]
    if not everything or message.refs or message.cut.is_cut_short:
        return None
    if is_asked(message) and not (is_polite(message) and not is_wondered(message)):
        return None
    reason, because = reason_given(message)
    for what, cues in _CUES:
        said = [span for span in message.spans(*cues) if span[0] not in because]
        said = [span for span in said if _is_stated(message, span, everything[0])]
        if not said:
            continue
        if in_the_way(message, because, said, ordered=True):
            return None
        asked = read_selection(message, today, calendar)
        where = replace(asked.where, status=None, late=asked.where.late and what != "reopen", axis=None)
        when = message.period(today, calendar)
        to = None
        if what == "postpone":
            where, to = replace(where, due=None), when.period.end if isinstance(when, Found) else None
        if len(asked.axes) == 1:
            where = replace(where, axis=asked.axes[0])
        if len(asked.axes) > 1 or asked.periods or asked.impossible or asked.unknown_plan:
            return None
        if where.is_everything and not asked.of_my_unit:
            return None
        return ChangeAll(where=where, of_my_unit=asked.of_my_unit, what=what, to=to, reason=reason)
    return None


def _is_stated(message: Message, span: Span, everything: Span) -> bool:
    """ "… sont terminées" behind them, or an order before them."""
    words = message.words
    polite = message.positions("mood.polite", "mood.filler", "greet.")
    if span[0] >= everything[1]:
        # "marque toutes les actions de la CQI comme terminées"
        ordered = any(start == 0 or start - 1 in polite for start, _ in message.spans("mood.order"))
        return words[span[0]] in _STATED or words[span[0] - 1] in _STATED or ordered
    return all(at in polite or words[at] in message.says.small_words for at in range(span[0]))
