"""Messages that lean on the one before: "et le mois prochain ?", "seulement les prioritaires", "la deuxième"."""

from dataclasses import dataclass, fields, replace
from datetime import date

from dialogs.asked import Asked
from dialogs.message import Message
from dialogs.phrases import Span
from dialogs.requests import CountActions, ListActions, ListChanges, Request, ShowAction, ShowProgress, WhoIsResponsible
from storage.selection import Selection


@dataclass(frozen=True, kw_only=True)
class Context:
    """What this person last saw here."""

    last: ListActions | CountActions | ShowProgress | None = None
    shown: tuple[str, ...] = ()
    """References on the last page of a list, in order."""
    ref: str | None = None
    """The last single action that was shown or changed."""


_NUMBERED = ("1", "2", "3", "4", "5", "6", "before_last", "last")


def pointed_at(message: Message, context: Context) -> tuple[Span, str] | None:
    """The action of the last list that is meant by its place: "la deuxième"."""
    if not context.shown or message.refs:
        return None
    for name in _NUMBERED:
        for start, end in message.spans(f"context.{name}"):
            if end < len(message.words) and message.is_content(end) and not _is_said(message, end):
                continue
            if start and message.is_content(start - 1) and not _is_said(message, start - 1):
                continue
            place = {"last": len(context.shown) - 1, "before_last": len(context.shown) - 2}.get(name)
            place = int(name) - 1 if place is None else place
            if 0 <= place < len(context.shown):
                return (start, end), context.shown[place]
    return None


def _is_said(message: Message, at: int) -> bool:
    return at in message.positions(
        "mark_", "mood.", "list_", "show_", "slots.", "who_", "postpone", "abandon", "reopen", "assign", "add_", "undo"
    )


def follow_up(message: Message, context: Context, asked: Asked, left: list[int], today: date) -> Request | None:
    """The last question, asked again with what this message changes of it."""
    last = context.last
    if message.refs:
        return None
    if last is not None:
        count = len(message.words)
        if _is_all(message, "context.others") and isinstance(last, ListActions):
            return replace(last, page=last.page + 1)
        if _is_all(message, "context.everything"):
            narrow = replace(last.where, late=False, priority=None, due=None, status=None, kind=None, words="")
            return ListActions(where=narrow, of_my_unit=last.of_my_unit)
        if _is_all(message, "context.count"):
            return CountActions(where=last.where, of_my_unit=last.of_my_unit)
        leads = any(span[0] == 0 for span in message.spans("context.leads", "context.only"))
        full = message.has(
            "list_actions.noun", "count_actions.has", "show_progress.has", "list_changes.has", "who_is_responsible.has"
        )
        of_one = context.ref is not None and not leads and _is_of_one(message)
        if (
            not of_one
            and asked.says_something
            and not left
            and not asked.periods
            # "axe 2" by itself is a question of its own; "et l'axe 2 ?" leans on the one before.
            and (leads or not _names_a_place(asked))
            and (leads or (not full and count <= 8 and not message.has("list_actions.verb")))
        ):
            return _refined(last, asked, today, frozenset(message.lexicon.vocabulary.axes))
    if context.ref and not left and not _names_a_place(asked) and (not asked.says_something or _is_of_one(message)):
        if message.has("list_changes.has"):
            return ListChanges(ref=context.ref)
        if message.has("who_is_responsible.has"):
            return WhoIsResponsible(ref=context.ref)
        if message.has("show_action.has", "show_progress.has") and not message.has("list_actions.noun"):
            return ShowAction(ref=context.ref)
    return None


def _names_a_place(asked: Asked) -> bool:
    """Whether it says by itself what of the plans it is about, so that the last action is not meant."""
    where = asked.where
    return bool(asked.axes or where.plan or where.axis or where.goal or where.unit or asked.of_my_unit)


def _is_of_one(message: Message) -> bool:
    """ "est-elle terminée ?", "when is it due?": asked of the action last spoken of."""
    return message.has("context.this_one") and message.has("show_action.has") and not message.has("list_actions.noun")


def _is_all(message: Message, cue: str) -> bool:
    """Whether the message says this and only small words besides."""
    spans = message.spans(cue)
    if not spans:
        return False
    used = {at for start, end in spans for at in range(start, end)}
    fill = {
        "stp",
        "svp",
        "merci",
        "ok",
        "et",
        "please",
        "aub",
        "montre",
        "moi",
        "donne",
        "affiche",
        "and",
        "en",
        "s",
        "te",
        "plait",
        "me",
        "les",
        "toutes",
    }
    return all(at in used or word in fill for at, word in enumerate(message.words))


def _refined(
    last: ListActions | CountActions | ShowProgress, asked: Asked, today: date, plans_axes: frozenset[tuple[str, str]]
) -> Request:
    changed = asked.where
    where = last.where
    given = {
        f.name: getattr(changed, f.name) for f in fields(Selection) if getattr(changed, f.name) not in (None, False, "")
    }
    if asked.axes:
        # An axis by its number is that of the plan they are speaking of.
        of_plan = [axis for axis in asked.axes if (where.plan, axis) in plans_axes]
        given["axis"] = (of_plan or asked.axes)[0]
    if "axis" in given and "plan" not in given and (where.plan, given["axis"]) not in plans_axes:
        where = replace(where, plan=None)
    if given.keys() & {"body", "person", "mine"}:
        where = replace(where, body=None, person=None, mine=False)
    if "plan" in given and given["plan"] != where.plan and "axis" not in given:
        where = replace(where, axis=None, goal=None)
    if "axis" in given:
        where = replace(where, goal=None)
    of_my_unit = last.of_my_unit
    if "unit" in given or asked.of_my_unit:
        where = replace(where, unit=None)
        of_my_unit = asked.of_my_unit
    if "due" in given and where.late and (given["due"].end is None or given["due"].end >= today):
        where = replace(where, late=False)
    if "late" in given:
        ahead = where.due is not None and (where.due.end is None or where.due.end >= today)
        where = replace(where, due=None if ahead and "due" not in given else where.due, status=None)
    merged = replace(where, **given)
    if isinstance(last, ListActions):
        return ListActions(where=merged, of_my_unit=of_my_unit)
    return replace(last, where=merged, of_my_unit=of_my_unit)
