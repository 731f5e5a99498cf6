"""From what a person wrote to the request it makes, without a language model: the request first, then what it is about.

Pure and deterministic. Changing the plan needs a plain statement or order: a question, a negation, a condition or
a doubt in the sentence never becomes a change.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from dialogs.dates import Found, Impossible, Unclear, find_period
from dialogs.names import MARGIN, NEAR, SURE, Hit, Lexicon
from dialogs.requests import (
    CountActions,
    Definite,
    Greet,
    Help,
    ListActions,
    ListSubscriptions,
    MarkDone,
    NeedsChoice,
    NotUnderstood,
    RecordMeasurement,
    Request,
    ShowAction,
    ShowProgress,
    Subscribe,
    Thanks,
    Undo,
    Unsubscribe,
    WhoIsResponsible,
)
from dialogs.sentences import LANGUAGES, Sentences, language_of, sentences_in
from dialogs.text import fold
from storage.calendar import AcademicCalendar
from storage.plan import Kind, Status
from storage.selection import Selection

MOST_OPTIONS = 5

_MENTION = re.compile(r"<at[^>]{0,200}>[^<]{0,200}</at>")
_REF_MARK = "@"
_NOT_PLAIN = re.compile(r"[^\w'@]+")
_STARTS_AS_QUESTION = {
    "fr": re.compile(
        r"(?:est ce|quand|qui|que|qu|quoi|combien|ou en|quel\w*|pourquoi|comment|sais tu si|savez vous si)\b"
    ),
    "en": re.compile(
        r"(?:is|are|was|were|has|have|had|did|do|does|what|when|who|which|how|why|where|do you know|any idea)\b"
    ),
}
_INVERTED = re.compile(r"\b(?:est|sont|a|ont|etait) (?:t )?(?:elle|il|elles|ils|on|ce|ca)\b")
_POLITE_ORDER = re.compile(
    r"\b(?:peux tu|peut tu|pourrais tu|pouvez vous|pourriez vous|tu peux|can you|could you|would you|will you|please)\b"
)
_QUOTED = re.compile(r'"[^"]{1,400}"')
_VALUE = r"(?P<value>[-+]?\d{1,12}(?:[ .]\d{3}){0,3}(?:[.,]\d{1,6})?) ?(?P<unit>%|pour ?cents?|per ?cent|procent)?"
_VALUE_AT_END = re.compile(rf"(?<![\w/.,-]){_VALUE}(?: (?:en|au|aux|maintenant|now|etudiants?|reponses?))?[ .!]*$")
_PLAN_UNKNOWN = re.compile(r"\bplan\s+(?:d'action\s+)?([A-Z][A-Z0-9]{1,11})\b")
_AXIS = re.compile(
    r"(?<!\w)(?:axes?|axis|strand|pillar|as) (?:n[o°]? ?|number )?"
    r"(?:(\d{1,2}|[ivx]{1,4})(?!\w)|(?:de |du |des |la |le |l'|of |the |on )*([^,;?!.]{3,80}))"
)
_STARS = re.compile(r"(?<!\*)(\*{1,3})(?!\*)")


@dataclass(frozen=True, kw_only=True)
class Understood:
    language: str
    request: Request


@dataclass(frozen=True, kw_only=True)
class Sentence:
    """A message made ready: `text` folded with references as marks, `plain` also without punctuation and hyphens."""

    original: str
    text: str
    plain: str
    refs: tuple[str, ...]
    language: str
    says: Sentences
    lexicon: Lexicon

    @property
    def is_question(self) -> bool:
        if _POLITE_ORDER.search(self.plain):
            return False
        starts = _STARTS_AS_QUESTION[self.language]
        return "?" in self.text or bool(starts.match(self.plain)) or bool(_INVERTED.search(self.plain))

    def has(self, cue: str) -> bool:
        return self.says.has(cue, self.plain) is not None


def understand(
    text: str, lexicon: Lexicon, today: date, calendar: AcademicCalendar, *, client_language: str = "fr"
) -> Understood:
    """What the message asks. `client_language` decides only where the words leave the language open.

    A message too short to tell its language may be understood in another than the likeliest one.
    """
    original = _MENTION.sub(" ", text[:8000]).strip()
    folded = fold(original)
    likeliest = language_of(folded, client_language)
    first: Understood | None = None
    for language in (likeliest, *(other for other in LANGUAGES if other != likeliest)):
        request = _request(_made_ready(original, folded, lexicon, language), today, calendar)
        if not isinstance(request, NotUnderstood) or request.reason:
            return Understood(language=language, request=request)
        first = first or Understood(language=language, request=request)
    assert first is not None
    return first


def _made_ready(original: str, folded: str, lexicon: Lexicon, language: str) -> Sentence:
    says = sentences_in(language)
    refs: list[str] = []
    pieces: list[str] = []
    end = 0
    for found in lexicon.find_refs(folded):
        pieces += [folded[end : found.start], _REF_MARK]
        refs.append(found.value)
        end = found.end
    marked = says.repaired("".join([*pieces, folded[end:]]), lexicon.is_name)
    plain = " ".join(_NOT_PLAIN.sub(" ", marked).split())
    return Sentence(
        original=original,
        text=marked,
        plain=plain,
        refs=tuple(dict.fromkeys(refs)),
        language=language,
        says=says,
        lexicon=lexicon,
    )


def _request(sentence: Sentence, today: date, calendar: AcademicCalendar) -> Request:
    if not sentence.plain:
        return Help() if not sentence.original else NotUnderstood()
    for request in (Greet(), Thanks(), Help(), Undo(), ListSubscriptions()):
        if sentence.says.is_whole(request.name, sentence.plain):
            return request
    if unknown := _unknown_plan(sentence):
        return NotUnderstood(reason="no_such_plan", words=unknown)
    return (
        _subscription(sentence)
        or _completion(sentence)
        or _measurement(sentence)
        or _question(sentence, today, calendar)
        or _by_title(sentence, lambda ref: ShowAction(ref=ref))
        or _lost(sentence)
    )


def _unknown_plan(sentence: Sentence) -> str:
    found = _PLAN_UNKNOWN.search(sentence.original)
    if not found or found[1] in sentence.lexicon.keys or sentence.lexicon.find_plan(sentence.text, sentence.original):
        return ""
    return found[1]


# Subscriptions


def _subscription(sentence: Sentence) -> Request | None:
    ends = sentence.has("unsubscribe.has")
    if not ends and not sentence.has("subscribe.has"):
        return None
    kind, target = _scope(sentence)
    if ends:
        return Unsubscribe(scope=kind, target=target)
    return Subscribe(scope=kind, target=target)


def _scope(sentence: Sentence) -> tuple[str, str]:
    """What a channel is to follow: an axis before the plan it is in, a unit only where no plan is named."""
    plan = sentence.lexicon.find_plan(sentence.text, sentence.original)
    axes = _axes(sentence, plan.value if plan else None)
    if len(axes) == 1:
        return "axis", axes[0]
    if plan:
        return "plan", plan.value
    unit = sentence.lexicon.find_unit(sentence.text)
    return ("unit", unit.value) if unit else ("", "")


# Saying that something is done


def _completion(sentence: Sentence) -> Request | None:
    ordered = sentence.has("mark_done.asks")
    if not ordered and not sentence.has("mark_done.says"):
        return None
    if sentence.is_question or (not sentence.refs and sentence.has("list_actions.has") and not ordered):
        return None
    quoted = _QUOTED.search(sentence.text) is not None and not ordered
    if sentence.has("mark_done.negated"):
        return NotUnderstood(reason="negated", near=sentence.refs[:1])
    if quoted or sentence.has("mark_done.unsure") or (sentence.has("mark_done.ahead") and not ordered):
        return NotUnderstood(reason="unsure", near=sentence.refs[:1])
    if len(sentence.refs) == 1:
        return MarkDone(ref=sentence.refs[0])
    if sentence.refs:
        options = tuple(MarkDone(ref=ref) for ref in sentence.refs[:MOST_OPTIONS])
        return NeedsChoice(options=options, words=sentence.original[:80])
    subject = sentence.says.without("mark_done.strip", sentence.says.without("mark_done.says", sentence.plain))
    return _target(sentence, subject, lambda ref: MarkDone(ref=ref)) or _lost(sentence)


# Giving an indicator a value


def _measurement(sentence: Sentence) -> Request | None:
    if sentence.is_question:
        return None
    found = _VALUE_AT_END.search(sentence.text)
    named = sentence.has("record_measurement.names")
    head, value, unit = sentence.text, "", ""
    if found:
        head = sentence.text[: found.start()].rstrip()
        value = _number(found["value"])
        unit = "%" if found["unit"] else ""
        joined = head.endswith((":", "="))
        if not joined and not _ends_with_verb(sentence, head):
            return None
    elif named or sentence.refs:
        head, colon, value = sentence.text.partition(":")
        if not colon or not value.strip() or not (named or _knows_indicator(sentence, head)):
            return None
        value = _as_written(sentence.original, value.strip())
    else:
        return None
    plain = " ".join(_NOT_PLAIN.sub(" ", head).split())
    name = _trimmed(sentence, _without_verb(sentence, plain))
    if not sentence.says.content(name) and not sentence.refs:
        return None
    if not named and not sentence.refs and not _knows_indicator(sentence, name) and _is_about_the_plan(sentence, name):
        return None
    known = sentence.lexicon.indicators.search(name, limit=2)
    indicator = known[0].ref if _is_sure(known) else _as_written(sentence.original, name)
    ref = sentence.refs[0] if sentence.refs else None
    return RecordMeasurement(indicator=indicator, value=value, unit=unit, ref=ref)


def _trimmed(sentence: Sentence, words: str) -> str:
    """The indicator's name: without the reference, and without the small words before and behind it."""
    cue = "record_measurement.strip"
    pieces = [piece.strip() for piece in words.split(_REF_MARK)]
    name = max(pieces, key=lambda piece: len(sentence.says.content(piece)))
    while name and (found := sentence.says.has(cue, name)) and found.start() == 0:
        name = name[found.end() :].lstrip(" '")
    while name and (found := sentence.says.at_end(cue, name)):
        name = name[: found.start()].rstrip()
    return name


def _ends_with_verb(sentence: Sentence, head: str) -> bool:
    plain = " ".join(_NOT_PLAIN.sub(" ", head).split())
    return re.search(r"\b" + _verb(sentence) + r"$", plain) is not None


def _without_verb(sentence: Sentence, plain: str) -> str:
    return re.sub(r"(?:^| )" + _verb(sentence) + r"$", "", plain)


def _verb(sentence: Sentence) -> str:
    verbs = sentence.says.phrases("record_measurement.is")
    return "(?:" + "|".join(re.escape(verb) for verb in verbs) + ")"


def _knows_indicator(sentence: Sentence, name: str) -> bool:
    return _is_sure(sentence.lexicon.indicators.search(name, limit=2))


def _is_about_the_plan(sentence: Sentence, name: str) -> bool:
    """Words that ask about the plan ("axe", "échéance"), so that "axe : 2" is no measurement."""
    return bool(sentence.says.has("slots.axis", name) or sentence.says.has("list_actions.has", name)) or name in (
        "plan", "page", "priorite", "priority",
    )  # fmt: skip


def _number(written: str) -> str:
    """ "64,5" and "1 200" as 64.5 and 1200."""
    bare = re.sub(r"(?<=\d)[ .](?=\d{3}(?!\d))", "", written.lstrip("+")).replace(",", ".")
    number = float(bare)
    return str(int(number)) if number.is_integer() else str(number)


def _as_written(original: str, folded_words: str) -> str:
    """These folded words as the person wrote them, with capitals and accents, where they stand together."""
    wanted = _NOT_PLAIN.sub(" ", folded_words).split()
    spelled = re.findall(r"[\w%.,'’-]+", original)
    for start in range(len(spelled)):
        for end in range(start + 1, min(len(spelled), start + len(wanted)) + 1):
            if _NOT_PLAIN.sub(" ", fold(" ".join(spelled[start:end]))).split() == wanted:
                found = original.index(spelled[start])
                return original[found : original.index(spelled[end - 1], found) + len(spelled[end - 1])].strip(" .,'’")
    return folded_words


# Questions


def _question(sentence: Sentence, today: date, calendar: AcademicCalendar) -> Request | None:
    if len(sentence.refs) == 1:
        ref = sentence.refs[0]
        return WhoIsResponsible(ref=ref) if sentence.has("who_is_responsible.has") else ShowAction(ref=ref)
    if sentence.refs:
        options = tuple(ShowAction(ref=ref) for ref in sentence.refs[:MOST_OPTIONS])
        return NeedsChoice(options=options, words=sentence.original[:80])
    when = find_period(sentence.text, sentence.language, today, calendar, past=sentence.has("slots.late"))
    if isinstance(when, Impossible):
        return NotUnderstood(reason="impossible_day", words=when.words)
    rest = sentence.text if when is None else sentence.text[: when.start_at] + " , " + sentence.text[when.end_at :]
    selection, of_my_unit, axes, rest = _selection(sentence, rest)
    if isinstance(when, Found):
        selection = replace(selection, due=when.period)
    progress = sentence.has("show_progress.has")
    who = sentence.has("who_is_responsible.has")
    strong = sentence.has("list_actions.has") or sentence.has("count_actions.has")
    weak = strong or sentence.has("list_actions.may")
    left = [
        word for word in sentence.says.content(_without_cues(sentence, rest)) if not word.isdigit() and len(word) > 2
    ]
    if who and left and not selection.body:
        return _by_title(sentence, lambda ref: WhoIsResponsible(ref=ref), " ".join(left))
    says_something = not selection.is_everything or of_my_unit or len(axes) > 0
    if (
        progress
        and left
        and not says_something
        and (found := _by_title(sentence, lambda ref: ShowAction(ref=ref), " ".join(left)))
    ):
        return found
    asks = (
        strong or progress or ((weak or not left) and says_something) or selection.late or selection.mine or of_my_unit
    )
    if isinstance(when, Unclear) and (strong or weak or not left):
        readings = tuple(
            ListActions(where=replace(selection, due=period), of_my_unit=of_my_unit) for period in when.choices
        )
        return NeedsChoice(options=readings[:MOST_OPTIONS], words=when.words)
    if not asks:
        return None
    kind = CountActions if sentence.has("count_actions.has") else ShowProgress if progress else ListActions
    if len(axes) > 1:
        choices = tuple(kind(where=replace(selection, axis=axis), of_my_unit=of_my_unit) for axis in axes)
        return NeedsChoice(options=choices[:MOST_OPTIONS], words=sentence.original[:80])
    return kind(where=replace(selection, axis=axes[0] if axes else None), of_my_unit=of_my_unit)


def _selection(sentence: Sentence, text: str) -> tuple[Selection, bool, list[str], str]:
    """What is asked of: (the selection but for its period and axis, "my unit", the axes that fit, what is left)."""
    lexicon, says = sentence.lexicon, sentence.says
    plan = lexicon.find_plan(text, sentence.original)
    if plan:
        text = text[: plan.start] + " , " + text[plan.end :]
    axes = _axes(sentence, plan.value if plan else None)
    if axes:
        text = _AXIS.sub(" , ", text)
    of_my_unit = says.has("slots.my_unit", text.replace("-", " ")) is not None
    unit = None if of_my_unit else lexicon.find_unit(text)
    if unit:
        text = text[: unit.start] + " , " + text[unit.end :]
    body = lexicon.find_body(text)
    if body:
        text = text[: body.start] + " , " + text[body.end :]
    stars = _STARS.search(text)
    priority = len(stars[1]) if stars else next((n for n in (3, 2, 1) if sentence.has(f"slots.priority_{n}")), None)
    late = sentence.has("slots.late")
    status = None
    if not late:
        for cue, value in (("done", Status.DONE), ("in_progress", Status.IN_PROGRESS), ("abandoned", Status.ABANDONED)):
            if sentence.has(f"slots.{cue}") and not sentence.has("mark_done.negated"):
                status = value
                break
    return (
        Selection(
            plan=plan.value if plan else None,
            body=body.value if body else None,
            unit=unit.value if unit else None,
            late=late,
            status=status,
            priority=priority,
            kind=Kind.ONGOING if sentence.has("slots.ongoing") else None,
            mine=not of_my_unit and sentence.has("slots.mine"),
        ),
        of_my_unit,
        axes,
        text,
    )


def _axes(sentence: Sentence, plan: str | None) -> list[str]:
    found = _AXIS.search(sentence.text)
    if not found:
        return []
    if found[1]:
        return sentence.lexicon.find_axes(found[1], "", plan)
    words = found[2].strip()
    longest = sentence.lexicon.longest_axis(words, plan)
    if longest:
        return [longest.value]
    # The name ends somewhere before the sentence does: take the longest beginning that fits.
    tokens = words.split()
    for count in range(min(len(tokens), 8), 0, -1):
        fitting = sentence.lexicon.find_axes("", " ".join(tokens[:count]), plan)
        if fitting:
            return fitting
    return []


def _without_cues(sentence: Sentence, text: str) -> str:
    plain = " ".join(_NOT_PLAIN.sub(" ", text).split())
    for cue in sentence.says.names():
        if cue.startswith(("slots.", "list_actions.", "count_actions.", "show_progress.", "show_action.", "who_")):
            plain = sentence.says.without(cue, plain)
    return plain


# Actions by their title


def _by_title(sentence: Sentence, make: Callable[[str], Definite], subject: str | None = None) -> Request | None:
    """Only where a title clearly fits: a message that merely shares a word with one is not about it."""
    words = subject if subject is not None else _without_cues(sentence, sentence.plain)
    hits = sentence.lexicon.titles.search(words, limit=MOST_OPTIONS + 1)
    content = sentence.says.content(words)
    if not hits or hits[0].score < SURE or not content:
        return None
    return _from_hits(hits, make, words)


def _target(sentence: Sentence, subject: str, make: Callable[[str], Definite]) -> Request | None:
    """The action a change is about: the one that fits, a choice among several, or the nearest as a guess."""
    hits = sentence.lexicon.titles.search(subject, limit=MOST_OPTIONS + 1)
    if not hits or hits[0].score < NEAR:
        return None
    if hits[0].score < SURE:
        near = tuple(make(hit.ref) for hit in hits[:3])
        return NeedsChoice(options=near, words=subject, guess=True)
    return _from_hits(hits, make, subject)


def _from_hits(hits: list[Hit], make: Callable[[str], Definite], words: str) -> Request:
    if _is_sure(hits):
        return make(hits[0].ref)
    close = [hit for hit in hits if hit.score >= hits[0].score - MARGIN]
    return NeedsChoice(options=tuple(make(hit.ref) for hit in close[:MOST_OPTIONS]), words=words)


def _is_sure(hits: list[Hit]) -> bool:
    return bool(hits) and hits[0].score >= SURE and (len(hits) == 1 or hits[0].score - hits[1].score > MARGIN)


def _lost(sentence: Sentence) -> NotUnderstood:
    hits = sentence.lexicon.titles.search(_without_cues(sentence, sentence.plain), limit=3)
    return NotUnderstood(near=tuple(hit.ref for hit in hits if hit.score >= NEAR))
