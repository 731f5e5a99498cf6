"""Questions about the plan, which change nothing: which actions, how many, how far, who answers for them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from itertools import pairwise

from dialogs.asked import Asked
from dialogs.changed import asks_what_changed, kind_asked, narrowed
from dialogs.message import Message
from dialogs.requests import (
    CountActions,
    Definite,
    ListActions,
    ListChanges,
    NeedsChoice,
    NotUnderstood,
    Request,
    ShowAction,
    ShowProgress,
    WhoIsResponsible,
)
from dialogs.selecting import read_selection
from dialogs.titles import MARGIN, NEAR, SURE, Hit, is_sure
from storage.calendar import AcademicCalendar
from storage.selection import Selection

MOST_OPTIONS = 5

_ASKING = (
    "list_",
    "count_",
    "show_",
    "who_",
    "slots.",
    "mood.",
    "context.leads",
    "context.only",
    "greet.",
    "thanks.",
    "list_changes",
)
_IN_FULL = 0.9
"""How well a title fits that is said in full."""
Words = dict[str, str]


def about_one(message: Message) -> Request:
    """A question about the one action that is named by its reference."""
    ref = message.refs[0]
    if asks_what_changed(message):
        return ListChanges(ref=ref, change=kind_asked(message))
    if message.has("who_is_responsible.has"):
        return WhoIsResponsible(ref=ref)
    return ShowAction(ref=ref)


def question(message: Message, today: date, calendar: AcademicCalendar, said: Words) -> Request | None:
    """A question about many actions, or about one by its title; None where the message is none."""
    if len(message.refs) == 1:
        said["ref"] = message.refs[0]
        return about_one(message)
    if message.refs:
        return _one_of(message, lambda ref: ShowAction(ref=ref))
    if whole := _whole_title(message):
        return whole
    changes = asks_what_changed(message)
    late = message.has("slots.late")
    asked = read_selection(message, today, calendar, past=late or changes)
    if asked.unknown_plan:
        return NotUnderstood(reason="no_such_plan", words=asked.unknown_plan)
    if asked.impossible:
        return NotUnderstood(reason="impossible_day", words=asked.impossible)
    said.update(asked.said)
    left = left_over(message, asked)
    return (
        (_changes(message, asked, left) if changes else None)
        or _who(message, asked, left)
        or _progress(message, asked, left)
        or _one_title(message, asked, left)
        or _many(message, asked, left, said)
    )


_AROUND_TITLE = ("show_", "who_", "mood.polite", "mood.filler", "mood.opens", "mood.asks", "greet.", "thanks.")


def _whole_title(message: Message) -> Request | None:
    """A question that holds a title in full, whatever else its words could mean."""
    if message.has("count_actions.has", "slots.topic", "list_changes.has") and not message.quoted:
        return None
    if message.has("list_actions.noun") and not message.quoted:
        return None
    quoted = [at for at in message.content() if at in message.quoted]
    words = quoted or message.content(set(message.positions(*_AROUND_TITLE)))
    named = {at for name in message.names if name.kind != "indicator" for at in range(*name.span)}
    if not quoted and (len(words) < 3 or named.issuperset(words)):
        return None
    hits = message.lexicon.titles.search(message.in_french(words), limit=MOST_OPTIONS + 1)
    if not hits or hits[0].score < _IN_FULL:
        return None
    who = message.has("who_is_responsible.has")
    return from_hits(hits, _asks_who if who else _shows, " ".join(message.words[at] for at in words))


def _asks_who(ref: str) -> Definite:
    return WhoIsResponsible(ref=ref)


def _shows(ref: str) -> Definite:
    return ShowAction(ref=ref)


def left_over(message: Message, asked: Asked) -> list[int]:
    """Words that say neither what is asked nor which actions: those of a title, if anything."""
    used = set(asked.taken)
    for cue in message.shown_cues():
        if cue.startswith(_ASKING) and not cue.startswith("mood.order"):
            used |= message.own(message.spans(cue))
    return message.content(used - message.quoted)


def _one_of(message: Message, make: Callable[[str], Definite]) -> NeedsChoice:
    return NeedsChoice(options=tuple(make(ref) for ref in message.refs[:MOST_OPTIONS]), words=message.original[:80])


def _changes(message: Message, asked: Asked, left: list[int]) -> Request | None:
    if left and not asked.says_something:
        found = by_title(message, left, lambda ref: ListChanges(ref=ref))
        if found:
            return found
    where = replace(asked.where, axis=asked.axes[0] if asked.axes else None, status=None, late=False)
    said = message.spans("list_changes.has")
    if where.mine and not any(not any(s <= m[0] and m[1] <= e for s, e in said) for m in message.spans("slots.mine")):
        # "qu'est-ce que j'ai manqué ?" asks of everything.
        where = replace(where, mine=False)
    return narrowed(message, ListChanges(where=where, of_my_unit=asked.of_my_unit), asked)


def _who(message: Message, asked: Asked, left: list[int]) -> Request | None:
    who = message.spans("who_is_responsible.has")
    nouns = message.spans("list_actions.noun")
    if not who or not left or (nouns and nouns[0][0] < who[0][0]):
        return None
    bodies = {at for name in message.names if name.kind == "body" for at in range(*name.span)}
    words = sorted({*left, *(at for at in bodies if message.is_content(at))})
    return by_title(message, words, lambda ref: WhoIsResponsible(ref=ref), least=NEAR + 0.2)


def _progress(message: Message, asked: Asked, left: list[int]) -> Request | None:
    begun = message.spans("slots.in_progress")
    heard = [s for s in message.spans("show_progress.has") if not any(b[0] <= s[0] and s[1] <= b[1] for b in begun)]
    if not heard or message.has("count_actions.has"):
        return None
    lists = message.has("list_actions.noun") and not _asks_how_far(message)
    if lists or asked.where.due or asked.where.late:
        return None
    if left and not asked.says_something and (found := by_title(message, left, lambda ref: ShowAction(ref=ref))):
        return found
    if left and not asked.says_something and not any(message.lexicon.titles.may_know(message.words[at]) for at in left):
        left = []
    if left and not asked.says_something:
        return None
    return _chosen(message, asked, ShowProgress, replace(asked.where, status=None))


def _asks_how_far(message: Message) -> bool:
    return any(span[0] <= 3 for span in message.spans("show_progress.has"))


def _one_title(message: Message, asked: Asked, left: list[int]) -> Request | None:
    """One action by its title: "c'est pour quand la newsletter ?", "montre la charte qualité"."""
    if not left or message.has("count_actions.has"):
        return None
    if message.has("list_actions.noun") and not (message.has("list_actions.single") and not _plural(message)):
        return None
    pointed = message.has("show_action.has", "list_actions.single", "list_actions.one")
    if message.has("slots.topic") and not message.has("list_actions.one", "show_action.when"):
        return None
    if message.has("list_actions.verb") and not pointed:
        return None
    where = asked.where
    narrows = where.mine or asked.of_my_unit or where.late or where.priority or where.kind
    if narrows and not message.has("show_action.when"):
        return None
    words = left
    return by_title(message, words, lambda ref: ShowAction(ref=ref), least=NEAR + 0.2 if pointed else SURE)


def _plural(message: Message) -> bool:
    return any(
        word in ("actions", "echeances", "deadlines", "taches", "tasks", "acties", "taken") for word in message.words
    )


def _many(message: Message, asked: Asked, left: list[int], said: Words) -> Request | None:
    counts = message.has("count_actions.has")
    strong = counts or message.has("list_actions.noun", "list_actions.verb")
    weak = strong or message.has("list_actions.may")
    topical = weak and message.has("slots.topic")
    where = asked.where
    known = [at for at in left if message.lexicon.titles.may_know(message.words[at]) or _glossed(message, at)]
    if (strong or topical or (asked.says_something and weak)) and left and (known or topical):
        span = _joined(message, left, set(known))
        if span[0] < span[1]:
            where = replace(where, words=message.said(span))
            said["words"] = message.said(span)
    unexplained = [at for at in left if at in known] if not strong and not topical else []
    leans = where.late or where.mine or asked.of_my_unit or where.kind is not None or where.status is not None
    something = asked.says_something or asked.periods or bool(where.words)
    told = message.has("mood.unsure", "mood.ahead", "mood.others") and not weak
    if not (strong or (something and not told and (weak or not left or (leans and not unexplained)))):
        return None
    if strong and not something and left and not known and not counts and not message.has("list_actions.noun"):
        return None
    kind = CountActions if counts else ListActions
    if asked.periods:
        options = tuple(kind(where=replace(where, due=period), of_my_unit=asked.of_my_unit) for period in asked.periods)
        return NeedsChoice(options=options[:MOST_OPTIONS], words=asked.unclear)
    return _chosen(message, asked, kind, where)


def _glossed(message: Message, at: int) -> bool:
    return bool(message.says.in_french) and message.in_french([at]) != message.words[at]


def _joined(message: Message, left: list[int], known: set[int]) -> tuple[int, int]:
    """The run of these words, small words between them allowed, that holds most words of titles."""
    if topics := [end for _, end in message.spans("slots.topic") if any(at >= end for at in left)]:
        left = [at for at in left if at >= topics[0]]
    elif nouns := message.spans("list_actions.noun", "list_actions.verb"):
        # What is said before "…, which actions …" is no part of the question.
        left = [at for at in left if at > nouns[0][0] or "," not in message.said((at, nouns[0][0] + 1))]
    if not left:
        return 0, 0
    runs = [[left[0]]]
    for before, at in pairwise(left):
        between = message.words[before + 1 : at]
        if len(between) <= 3 and all(word in message.says.small_words for word in between):
            runs[-1].append(at)
        else:
            runs.append([at])
    best = max(runs, key=lambda run: (len(known.intersection(run)), len(run)))
    start, end = best[0], best[-1] + 1
    # "e-learning", "co-construction"
    while start and message.text[message.ends[start - 1] : message.starts[start]] == "-":
        start -= 1
    return start, end


def _chosen(
    message: Message, asked: Asked, kind: type[ListActions] | type[CountActions] | type[ShowProgress], where: Selection
) -> Request:
    if len(asked.axes) > 1:
        choices = tuple(kind(where=replace(where, axis=axis), of_my_unit=asked.of_my_unit) for axis in asked.axes)
        return NeedsChoice(options=choices[:MOST_OPTIONS], words=message.original[:80])
    axis = asked.axes[0] if asked.axes else None
    return kind(where=replace(where, axis=axis), of_my_unit=asked.of_my_unit)


# Actions by their title


def by_title(
    message: Message, left: list[int], make: Callable[[str], Definite], *, least: float = SURE
) -> Request | None:
    """The action whose title these words are, or a choice among those that fit nearly as well."""
    words = message.in_french(left)
    hits = message.lexicon.titles.search(words, limit=MOST_OPTIONS + 1)
    if not hits or hits[0].score < least:
        return None
    clear = len(hits) == 1 or hits[0].score - hits[1].score > 2 * MARGIN
    if hits[0].score < SURE and clear:
        return make(hits[0].ref)
    if hits[0].score < SURE:
        close = tuple(make(hit.ref) for hit in hits[:3])
        return NeedsChoice(options=close, words=" ".join(message.words[at] for at in left), guess=True)
    return from_hits(hits, make, " ".join(message.words[at] for at in left))


def from_hits(hits: list[Hit], make: Callable[[str], Definite], words: str) -> Request:
    if is_sure(hits):
        return make(hits[0].ref)
    close = [hit for hit in hits if hit.score >= hits[0].score - MARGIN]
    return NeedsChoice(options=tuple(make(hit.ref) for hit in close[:MOST_OPTIONS]), words=words)


def lost(message: Message) -> NotUnderstood:
    hits = message.lexicon.titles.search(message.in_french(message.content()), limit=3)
    return NotUnderstood(near=tuple(hit.ref for hit in hits if hit.score >= NEAR))
