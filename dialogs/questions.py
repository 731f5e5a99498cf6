"""Questions about the plan, which change nothing: which actions, how many, how far, who answers for them."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

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
from dialogs.titles import MARGIN, NEAR, SURE, Hit, is_sure, stands_out
from dialogs.topics import announced, topic
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
    whose = message.spans("who_is_responsible.has")
    changed = message.spans("list_changes.has", "changed.who")
    # "par qui est portée TI-40 ?" says more than "par qui".
    if asks_what_changed(message) and not any(s <= c[0] and c[1] < e for s, e in whose for c in changed):
        return ListChanges(ref=ref, change=kind_asked(message))
    if whose:
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
    over = message.has("slots.late") or (message.has("slots.done") and not message.has("slots.undone"))
    asked = read_selection(message, today, calendar, past=over or changes)
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
    if (message.has("count_actions.has", "list_changes.has") or announced(message)) and not message.quoted:
        return None
    if message.has("list_actions.noun") and not message.quoted:
        return None
    quoted = [at for at in message.content() if at in message.quoted]
    if quoted and any(name.whole and set(quoted) <= set(range(*name.span)) for name in message.names):
        # A goal or an indicator, not a title.
        return None
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
    used: set[int] = set()
    for cue in message.shown_cues():
        if cue.startswith(_ASKING) and not cue.startswith("mood.order"):
            used |= message.own(message.spans(cue))
    used = used - message.quoted | asked.taken
    return [at for at in message.content(used) if message.words[at] not in message.says.chatter]


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
    return by_title(message, words, lambda ref: WhoIsResponsible(ref=ref), least=NEAR + 0.04)


def _progress(message: Message, asked: Asked, left: list[int]) -> Request | None:
    begun = message.spans("slots.in_progress")
    heard = [s for s in message.spans("show_progress.has") if not any(b[0] <= s[0] < b[1] for b in begun)]
    counted = [s for s in message.spans("count_actions.has") if not any(b[0] <= s[0] < b[1] for b in heard)]
    if not heard or counted:
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
    # "qu'est-ce que la CQI a terminé ?" asks for many.
    whether = asked.where.body and message.has("show_action.whether") and not _asks_what(message)
    if not (left or whether) or message.has("count_actions.has"):
        return None
    if message.has("list_actions.noun") and not (message.has("list_actions.single") and not _plural(message)):
        return None
    pointed = message.has("show_action.has", "list_actions.single", "list_actions.one")
    if announced(message) and not message.has("list_actions.one", "show_action.when"):
        return None
    if message.has("list_actions.verb") and not pointed:
        return None
    where = asked.where
    narrows = where.mine or asked.of_my_unit or where.late or where.priority or where.kind or where.goal
    if narrows and not message.has("show_action.when"):
        return None
    if whether:
        # "le GT Alumni a-t-il été mis sur pied ?"
        left = [at for at in message.content() if at in left or message.said((at, at + 1)) in asked.said["body"]]
    found = by_title(message, left, lambda ref: ShowAction(ref=ref), least=NEAR + 0.08 if pointed else SURE)
    one_word = len(left) < 2 and asked.says_something and not pointed
    return None if one_word else found


def _asks_what(message: Message) -> bool:
    """ "qu'est-ce que", "what has", and not "est-ce que", which asks whether."""
    words = message.words
    return any(
        words[start - 1 : start] != ["est"] or words[start - 2 : start] == ["qu", "est"]
        for start, _ in message.spans("list_actions.those")
    )


def _plural(message: Message) -> bool:
    return any(
        word in ("actions", "echeances", "deadlines", "taches", "tasks", "acties", "taken") for word in message.words
    )


def _many(message: Message, asked: Asked, left: list[int], said: Words) -> Request | None:
    counts = message.has("count_actions.has")
    strong = counts or message.has("list_actions.noun", "list_actions.verb")
    weak = strong or message.has("list_actions.may")
    topical = weak and bool(announced(message))
    where = asked.where
    known = [at for at in left if message.lexicon.titles.may_know(message.words[at]) or _glossed(message, at)]
    if (strong or topical or (asked.says_something and weak)) and (span := topic(message, asked, left)):
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


def _chosen(
    message: Message, asked: Asked, kind: type[ListActions] | type[CountActions] | type[ShowProgress], where: Selection
) -> Request:
    if len(asked.axes) > 1:
        choices = tuple(kind(where=replace(where, axis=axis), of_my_unit=asked.of_my_unit) for axis in asked.axes)
        return NeedsChoice(options=choices[:MOST_OPTIONS], words=message.original[:80])
    axis = asked.axes[0] if asked.axes else None
    if len(asked.bodies) > 1:
        choices = tuple(kind(where=replace(where, body=body, axis=axis)) for body in asked.bodies)
        return NeedsChoice(options=choices[:MOST_OPTIONS], words=message.original[:80])
    return kind(where=replace(where, axis=axis), of_my_unit=asked.of_my_unit)


# Actions by their title


def by_title(
    message: Message, left: list[int], make: Callable[[str], Definite], *, least: float = SURE
) -> Request | None:
    """The action whose title these words are, or a choice among those that fit nearly as well.

    Whoever asks for one action by its words may mean the nearest: `least` says how near it must be.
    """
    head = -1 if message.language == "en" else 0
    hits = message.lexicon.titles.search(message.in_french(left), limit=MOST_OPTIONS + 1, head=head)
    if not hits:
        return None
    words = " ".join(message.words[at] for at in left)
    if is_sure(hits) or hits[0].score >= SURE:
        return from_hits(hits, make, words)
    if hits[0].score < least:
        return None
    clear = len(hits) == 1 or hits[0].score - hits[1].score > 2 * MARGIN or stands_out(hits)
    if clear:
        return make(hits[0].ref)
    return NeedsChoice(options=tuple(make(hit.ref) for hit in hits[:3]), words=words, guess=True)


def from_hits(hits: list[Hit], make: Callable[[str], Definite], words: str) -> Request:
    if is_sure(hits):
        return make(hits[0].ref)
    close = [hit for hit in hits if hit.score >= hits[0].score - MARGIN]
    return NeedsChoice(options=tuple(make(hit.ref) for hit in close[:MOST_OPTIONS]), words=words)


def lost(message: Message) -> NotUnderstood:
    hits = message.lexicon.titles.search(message.in_french(message.content()), limit=3)
    return NotUnderstood(near=tuple(hit.ref for hit in hits if hit.score >= NEAR))
