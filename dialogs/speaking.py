"""Requests that are about the conversation rather than the plan: greetings, help, language, undo, subscriptions."""

from dialogs.asked import Asked
from dialogs.message import Message
from dialogs.mood import is_asked, is_quoted
from dialogs.people_requests import ShowMyData
from dialogs.phrases import Span
from dialogs.requests import (
    Greet,
    Help,
    ListSubscriptions,
    MakePublic,
    MarkDiscreet,
    Request,
    SetLanguage,
    Subscribe,
    Thanks,
    Undo,
    Unsubscribe,
    WhoAmI,
)
from dialogs.several_requests import Confirm, Decline

_WHOLE: tuple[Request, ...] = (Undo(), ShowMyData(), WhoAmI(), Help())
_COURTESY = ("greet.whole", "thanks.whole", "thanks.more")
_AROUND = (*_COURTESY, "mood.filler", "mood.polite", "mood.wishes", "mood.leads", "clauses.wants", "clauses.joins")
_LANGUAGES = ("fr", "en", "nl")


def small_talk(message: Message) -> Request | None:
    """Greetings, thanks, help, undo, who am I: where the message says nothing else."""
    if message.refs or message.names:
        return None
    around = message.own(message.spans(*_AROUND))
    for reply in (Confirm(), Decline()):
        spans = message.spans(f"{reply.name}.whole")
        if spans and len(message.own(spans)) == len(message.words) and not is_asked(message):
            return reply
    more = message.spans("undo.more")
    if more and not message.content(message.own(more) | around) and not _is_denied(message, more):
        return Undo(again=True)
    for request in _WHOLE:
        spans = message.spans(f"{request.name}.whole")
        if spans and not message.content(message.own(spans) | around) and _is_plain(message, request):
            return request
    if message.content(message.own(message.spans(*_COURTESY, "mood.leads"))) or any(map(str.isdigit, message.words)):
        return None
    greeted = message.spans("greet.whole")
    thanked = [
        span for span in message.spans("thanks.whole") if not any(s <= span[0] and span[1] <= e for s, e in greeted)
    ]
    if not (greeted or thanked) or _asks_for_actions(message):
        return None
    return Thanks() if thanked and not (greeted and greeted[0][0] < thanked[0][0]) else Greet()


def _is_plain(message: Message, request: Request) -> bool:
    """ "merci pour ton aide" asks for no help, and "annule pas" undoes nothing."""
    if isinstance(request, Help):
        own = message.own(message.spans("help.whole"))
        thanked = any(not own.intersection(range(*span)) for span in message.spans("thanks.whole"))
        return not thanked and not _asks_for_actions(message)
    return not isinstance(request, Undo) or not _is_denied(message, message.spans("undo.whole"))


def _is_denied(message: Message, spans: list[Span]) -> bool:
    own = message.own(spans)
    return any(not own.intersection(range(*span)) for span in message.spans("mood.negated"))


def _asks_for_actions(message: Message) -> bool:
    return message.has("list_actions.noun", "list_actions.verb", "count_actions.has", "slots.late", "slots.mine") and (
        not message.has("help.whole")
    )


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


def discretion(message: Message) -> Request | None:
    """ "ne pas annoncer TI-12", "TI-12 peut être annoncée"; a question, a condition or hearsay changes nothing."""
    if len(message.refs) != 1 or (is_asked(message) and not message.has("mood.polite")):
        return None
    if message.has("mood.condition") or message.cut.is_cut_short:
        return None
    for cue, request in (("make_public.has", MakePublic), ("mark_discreet.has", MarkDiscreet)):
        if any(not is_quoted(message, span) for span in message.spans(cue)):
            return request(ref=message.refs[0])
    return None
