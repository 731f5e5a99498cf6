"""Requests that are about the conversation rather than the plan: greetings, help, language, undo, subscriptions."""

from dialogs.asked import Asked
from dialogs.message import Message
from dialogs.mood import is_asked
from dialogs.requests import (
    Greet,
    Help,
    ListSubscriptions,
    Request,
    SetLanguage,
    Subscribe,
    Thanks,
    Undo,
    Unsubscribe,
    WhoAmI,
)

_WHOLE: tuple[Request, ...] = (Help(), WhoAmI(), Undo())
_COURTESY = ("greet.whole", "thanks.whole")
_LANGUAGES = ("fr", "en", "nl")


def _without_courtesy(message: Message, cues: tuple[str, ...]) -> tuple[int, int]:
    """The words that are left without a greeting before and thanks behind."""
    start, end = 0, len(message.words)
    spans = message.spans(*cues)
    moved = True
    while moved and start < end:
        moved = False
        for first, last in sorted(spans, key=lambda span: span[0] - span[1]):
            if first == start and last < end and (message.sentence_of[last] != message.sentence_of[first] or cues):
                start, moved = last, True
            elif last == end and first > start:
                end, moved = first, True
    return start, end


def small_talk(message: Message) -> Request | None:
    """Greetings, thanks, help, undo, who am I: where the message says nothing else."""
    count = len(message.words)
    trims = ("mood.polite", "mood.wishes", *_COURTESY)
    for start, end in dict.fromkeys(
        ((0, count), _without_courtesy(message, _COURTESY), _without_courtesy(message, trims))
    ):
        for request in _WHOLE:
            if message.is_whole(f"{request.name}.whole", start, end):
                return request
        if message.is_whole("greet.whole", start, end) and "@" not in message.words:
            return Greet()
        if message.is_whole("thanks.whole", start, end):
            return Thanks()
    around = message.own(message.spans(*_COURTESY, "mood.filler", "mood.polite"))
    for request in _WHOLE:
        said = message.own(message.spans(f"{request.name}.whole"))
        if said and len(said | around) == count and not message.refs:
            return request
    used = message.own(message.spans(*_COURTESY))
    if used and len(used) == count:
        return Thanks() if any(span[0] == 0 for span in message.spans("thanks.whole")) else Greet()
    return None


def undo_of_one(message: Message) -> Request | None:
    """ "annule la clôture de TI-12"."""
    spans = message.spans("undo.target")
    if len(message.refs) == 1 and spans and spans[0][0] <= 2 and not message.has("mood.negated"):
        return Undo(ref=message.refs[0])
    return None


def language_wanted(message: Message) -> Request | None:
    """ "parle-moi en anglais", "English please": short, and about the language only."""
    if len(message.words) > 12 or message.refs or message.has("list_actions.noun", "mood.negated"):
        return None
    for language in _LANGUAGES:
        for start, end in message.spans(f"set_language.{language}"):
            verbs = [span for span in message.spans("set_language.verb") if span[1] <= start]
            led = any(span[1] == start for span in message.spans("set_language.lead"))
            small = {at for span in message.spans("mood.polite", "mood.wishes", *_COURTESY) for at in range(*span)}
            rest = [at for at in message.content(small) if not start <= at < end]
            rest = [at for at in rest if not any(s <= at < e for s, e in (*verbs, *message.spans("set_language.lead")))]
            short = message.words[start] in ("fr", "en", "nl")
            if rest or (short and not (verbs and led)):
                continue
            asks = is_asked(message) and not message.has("mood.polite")
            if (verbs and (led or language != "")) or len(message.content(small)) <= 1:
                if asks or (not verbs and not led and len(message.words) > 4):
                    return Help() if asks else None
                return SetLanguage(language=language)
    return None


def subscription(message: Message, asked: Asked) -> Request | None:
    """What a channel is to follow, or no longer: an axis before the plan it is in, a unit where no plan is named."""
    if message.has("list_subscriptions.has") and (
        is_asked(message) or not message.has("unsubscribe.has", "subscribe.has")
    ):
        return ListSubscriptions()
    ends = message.has("unsubscribe.has")
    if not ends and not message.has("subscribe.has"):
        return None
    if message.refs or (is_asked(message) and not message.has("mood.polite")):
        return ListSubscriptions() if not message.refs else None
    if not ends and message.has("mood.negated"):
        return None
    if len(asked.axes) == 1:
        scope, where = "axis", asked.axes[0]
    elif asked.where.plan:
        scope, where = "plan", asked.where.plan
    elif asked.where.body:
        scope, where = "body", asked.where.body
    elif asked.where.unit:
        scope, where = "unit", asked.where.unit
    else:
        scope, where = "", ""
    return Unsubscribe(scope=scope, target=where) if ends else Subscribe(scope=scope, target=where)
