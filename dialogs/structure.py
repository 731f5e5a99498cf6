"""Which part of which plan a sentence speaks of: its plan, axis and goal, by number, name or words."""

import re
from dataclasses import replace

from dialogs.asked import Asked, is_cue
from dialogs.message import Message
from dialogs.names import Name
from dialogs.phrases import Span

_NUMBER = re.compile(r"\d{1,2}|[ivx]{1,4}")
_JOINED = frozenset(
    ["actions", "action", "echeances", "echeance", "taches", "deadlines", "deadline", "tasks", "acties"]
)
_OF = frozenset(["de", "d", "des", "du", "la", "le", "les", "l", "of", "the", "van", "het"])
_CAPITALS = re.compile(r"\b[A-Z]{2,6}\b")
_BEFORE_PLAN = frozenset(["plan", "plans", "plannen"])
_ORDINALS = {
    word: str(number)
    for number, words in enumerate(
        (
            "premier premiere first eerste un une one een",
            "deuxieme second seconde tweede deux two twee",
            "troisieme third derde trois three drie",
            "quatrieme fourth vierde quatre four vier",
            "cinquieme fifth vijfde cinq five vijf",
            "sixieme sixth zesde six zes",
        ),
        start=1,
    )
    for word in words.split()
}
_LINKS = frozenset(
    [
        "de",
        "du",
        "des",
        "d",
        "l",
        "la",
        "le",
        "les",
        "n",
        "no",
        "numero",
        "strategique",
        "the",
        "of",
        "on",
        "number",
        "van",
        "de",
        "het",
    ]
)


_OF_A_PLAN = ("strategique", "action", "actions", "qualite", "suivi")
"""Words between "plan" and whose it is."""


def read_plan(message: Message, asked: Asked) -> None:
    lexicon = message.lexicon
    keys = {key.lower(): key for key in lexicon.keys}
    small = message.says.small_words
    for at, word in enumerate(message.words):
        if word not in keys or at in asked.taken:
            continue
        after_plan = at > 0 and (
            message.words[at - 1] in _BEFORE_PLAN or message.words[max(0, at - 3) : at][:1] == ["plan"]
        )
        capital = message.written((at, at + 1)) == keys[word]
        if after_plan or capital or word not in small:
            start = at - 1 if at > 0 and message.words[at - 1] in _BEFORE_PLAN else at
            end = at + 2 if message.words[at + 1 : at + 2] in (["plan"], ["actieplan"]) else at + 1
            _set_plan(message, asked, keys[word], (start, end))
            return
    for at, word in enumerate(message.words):
        if word not in _BEFORE_PLAN:
            continue
        for name in message.names:
            if at < name.span[0] <= at + 5 and name.kind in ("plan", "unit"):
                key = name.value if name.kind == "plan" else lexicon.plan_of_unit(name.value)
                if key:
                    _set_plan(message, asked, key, (at, name.span[1]))
                    return
        for end in range(at + 1, min(at + 5, len(message.words))):
            following = message.words[end]
            if key := next((k for k in keys if len(k) > 2 and following.startswith(k)), None):
                # "plan Hénallux", "le plan stratégique de l'Hénallux" for HEN
                _set_plan(message, asked, keys[key], (at, end + 1))
                return
            if message.is_content(end) and following not in _OF_A_PLAN:
                break
        _plan_by_words(message, asked, at)
        if asked.where.plan or asked.unknown_plan:
            return


def _set_plan(message: Message, asked: Asked, key: str, span: Span) -> None:
    asked.where = replace(asked.where, plan=key)
    asked.take(message, "plan", span)


def _plan_by_words(message: Message, asked: Asked, at: int) -> None:
    """ "le plan de l'évaluation institutionnelle"; "plan XYZ" in capitals is a plan we do not have."""
    following = list(range(at + 1, min(at + 9, len(message.words))))
    if message.words[at + 1 : at + 3] in (["d", "action"], ["d", "actions"]):
        following = following[2:]
    content = [here for here in following if message.is_content(here) and here not in asked.taken]
    if content and content[0] - at <= 5:
        written = message.written((content[0], content[0] + 1))
        hits = message.lexicon.plan_titles.search(message.in_french(content[:3]), limit=2)
        if hits and hits[0].score > 0.55 and (len(hits) == 1 or hits[0].score - hits[1].score > 0.3):
            _set_plan(message, asked, hits[0].ref, (at, content[0] + 1))
            for here in content[:3]:
                if message.lexicon.plan_titles.knows(message.words[here]):
                    asked.taken.add(here)
        elif _CAPITALS.fullmatch(written) and content[0] - at <= 3 and not message.lexicon.is_name(written.lower()):
            asked.unknown_plan = written


def read_axis(message: Message, asked: Asked) -> None:
    lexicon, words, plan = message.lexicon, message.words, asked.where.plan
    for start, end in message.spans("slots.axis")[:3]:
        at = end
        while at < len(words) and words[at] in _LINKS:
            at += 1
        before = words[start - 1] if start else ""
        if at < len(words) and (number := _ORDINALS.get(words[at], words[at])) and _NUMBER.fullmatch(number):
            axes = lexicon.numbered_axes(number, plan)
            span = (start, at + 1)
        elif (
            before.rstrip("e") in _ORDINALS
            or before in _ORDINALS
            or re.fullmatch(r"\d(?:e|er|eme|nd|rd|th|st|de|ste)", before)
        ):
            number = _ORDINALS.get(before) or _ORDINALS.get(before.rstrip("e")) or before[0]
            axes, span = lexicon.numbered_axes(number, plan), (start - 1, end)
        else:
            axes, span = _axis_by_words(message, asked, start, at, plan)
        if axes:
            asked.axes = axes
            asked.take(message, "axis", span)
            return
    exact = [name for name in message.names if name.kind == "axis" and not asked.taken & set(range(*name.span))]
    if plan:
        exact = [name for name in exact if lexicon.axis_is_of(name.value, plan)] or exact
    fitting = [name for name in exact if _is_free(message, name)]
    if fitting:
        first = fitting[0].span
        asked.axes = list(dict.fromkeys(name.value for name in fitting if name.span == first))
        asked.take(message, "axis", first)


def _is_free(message: Message, name: Name) -> bool:
    """A name of an axis that is not part of what a title or a body is called ("service qualité", "charte qualité")."""
    start, end = name.span
    if end - start > 1:
        return True
    before = start - 1
    while before >= 0 and message.words[before] in _OF:
        before -= 1
    return name.whole and not _belongs_to_it(message, before) and not _belongs_to_it(message, end)


def _belongs_to_it(message: Message, at: int) -> bool:
    return at >= 0 and message.is_content(at) and message.words[at] not in _JOINED and not is_cue(message, at)


def _axis_by_words(message: Message, asked: Asked, start: int, at: int, plan: str | None) -> tuple[list[str], Span]:
    """The longest run of words after "axe" that fits an axis, or the name that stands before it ("quality axis")."""
    words, lexicon = message.words, message.lexicon
    for end in range(min(at + 8, len(words)), at, -1):
        if any(here in asked.taken for here in range(at, end)):
            continue
        plain = [word for word in words[at:end] if word not in message.says.small_words]
        said = message.in_french(
            [here for here in range(at, end) if words[here] not in message.says.small_words]
        ).split()
        if plain and words[end - 1] not in message.says.small_words and (axes := lexicon.axes_with(said, plan)):
            return axes, (start, end)
        exact = [name for name in message.names if name.kind == "axis" and name.span == (at, end)]
        if exact:
            return list(dict.fromkeys(name.value for name in exact)), (start, end)
    for begin in range(max(0, start - 4), start):
        said = message.in_french([h for h in range(begin, start) if words[h] not in message.says.small_words]).split()
        foreign = message.language != "fr" and said and words[begin] not in message.says.small_words
        if foreign and (axes := lexicon.axes_with(said, plan)):
            return axes, (begin, start + 1)
    return [], (start, at)


def read_goal(message: Message, asked: Asked) -> None:
    lexicon, words = message.lexicon, message.words
    for name in message.names:
        if name.kind == "goal":
            asked.where = replace(asked.where, goal=name.value)
            asked.take(message, "goal", name.span)
            return
    axis = asked.axes[0] if len(asked.axes) == 1 else None
    for start, end in message.spans("slots.goal")[:2]:
        at = end
        while at < len(words) and words[at] in _LINKS:
            at += 1
        if at < len(words) and words[at].isdigit() and len(words[at]) < 3:
            goal = lexicon.goal_numbered(int(words[at]), axis, asked.where.plan)
            if goal:
                asked.where = replace(asked.where, goal=goal)
                asked.take(message, "goal", (start, at + 1))
                return
            continue
        free = [here for here in message.content(asked.taken) if at <= here < at + 10 and not is_cue(message, here)]
        hits = lexicon.goal_titles.search(message.in_french(free), limit=2) if free else []
        if hits and hits[0].score >= 0.72 and (len(hits) == 1 or hits[0].score - hits[1].score > 0.05):
            asked.where = replace(asked.where, goal=hits[0].ref)
            asked.take(message, "goal", (start, free[-1] + 1))
            return
