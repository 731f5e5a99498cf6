"""Statements that give an indicator a value: "taux de réponse : 64 %", "l'indicateur X de TI-5 est à 64 %"."""

import re

from dialogs.aiming import Day
from dialogs.counting import in_digits
from dialogs.cut import Cut
from dialogs.message import Message
from dialogs.mood import in_the_way, is_asked, is_polite, is_wondered
from dialogs.requests import NotUnderstood, RecordMeasurement, Request
from dialogs.titles import is_sure

_NUMBER = r"[-+]?\d{1,12}(?:[ .]\d{3}){0,3}(?:[.,]\d{1,6})?"
_UNIT = r"(?:%|pour ?cents?\b|per ?cent\b|procent\b)"
_VALUE = re.compile(rf"(?<![\w/.,@-])({_NUMBER}) ?({_UNIT})?(?![\w/-]|[.,]\d)")
_OUT_OF = re.compile(r"(?<![\w/.,-])(\d{1,6}(?:[.,]\d+)?) ?(?:/|sur|out of|op) ?(\d{1,6})(?!\w)")
_SHARE_OF = re.compile(rf"({_NUMBER}) ?{_UNIT} (?:de|d'|des|du|of|van) ?")
_SETS = re.compile(r"(?<!https)(?<!http)\s?[:=](?!//)\s?")
_RATE = re.compile(
    r"(?:le |the |het |de )?(?:taux|pourcentage|nombre|rate|percentage|number|aantal|score)\b.{2,80}\d ?%?[ .!]*$"
)
_SHORT = 14
"""Words of a message that says no more than a number and what is counted."""
_LEADS = frozenset(["de", "d", "du", "des", "pour", "of", "for", "voor", "van"])


def measurement(message: Message, day: Day) -> Request | None:
    """The value that the message gives to an indicator; None where it gives none."""
    if message.has("list_actions.noun") and not message.has("record_measurement.names", "record_measurement.verb"):
        return None
    if not any(map(str.isdigit, message.words)) and (spelled := in_digits(message.original)) != message.original:
        message = Message(Cut(spelled, message.lexicon), message.language, message.lexicon)
    every = list(_SETS.finditer(message.text))
    sets = next((each for each in every if _gives_number(message.text[each.end() :])), every[0] if every else None)
    if sets and not message.refs and not _trimmed(message, _before(message, sets)):
        # "mise à jour : taux de réussite 63 %"
        sets = None
    asked = is_asked(message)
    if asked and not (is_polite(message) and message.has("record_measurement.verb") and not is_wondered(message)):
        return None
    return (_after_colon(message, sets) if sets else None) or _number_given(message) or _opened(message)


def _gives_number(tail: str) -> bool:
    return bool(_VALUE.match(tail) or _OUT_OF.match(tail))


def is_of_known_indicator(message: Message) -> bool:
    """ "Inventaire du matériel réalisé : 80 %": the whole name of an indicator stands before the colon."""
    if not message.refs and _RATE.match(message.text):
        return True
    sets = _SETS.search(message.text)
    return sets is not None and any(
        name.kind == "indicator"
        and message.ends[name.span[1] - 1] + 2 >= sets.start()
        and name.span[1] - name.span[0] > 1
        for name in message.names
    )


def _after_colon(message: Message, sets: re.Match[str]) -> Request | None:
    name = _trimmed(message, _before(message, sets))
    tail = message.text[sets.end() :]
    if not name and message.refs and (percent := _SHARE_OF.match(tail)):
        behind = [at for at in range(len(message.words)) if message.starts[at] >= sets.end() + percent.end()]
        return _made(message, _trimmed(message, behind), _plain_number(percent[1]), "%", from_=len(message.text))
    found = _VALUE.match(tail) or _OUT_OF.match(tail)
    named = _is_named(message)
    if found is None or (found.re is _VALUE and not _ends(message, tail[found.end() :])):
        first = _VALUE.search(tail)
        if first and first[2] and _only_fills(message, tail[: first.start()]):
            found = first
    if found is not None and found.re is _VALUE and _ends(message, tail[found.end() :]):
        value, unit = _plain_number(found[1]), "%" if found[2] else ""
    elif found is not None and found.re is _OUT_OF:
        value, unit = found[0].strip(), ""
    else:
        if not (named or _knows(message, name)):
            return None
        value, unit = message.rest_written(sets.end()), ""
        value = _without_ref(message, value)
    if not name and not message.refs:
        return None
    if not named and not message.refs and not _knows(message, name) and _is_about_the_plan(message, name):
        return None
    return _made(message, name, value, unit, from_=sets.end())


def _before(message: Message, sets: re.Match[str]) -> list[int]:
    return [at for at in range(len(message.words)) if message.starts[at] < sets.start()]


def _number_given(message: Message) -> Request | None:
    values = list(_VALUE.finditer(message.text))
    if not values:
        return None
    found = values[-1]
    at = message.span_of(*found.span())[0]
    tail = message.text[found.end() :]
    head = [here for here in range(len(message.words)) if message.ends[here] <= found.start()]
    verb = [span for span in message.spans("record_measurement.is") if span[1] == at]
    percent = bool(found[2])
    if not _ends(message, tail):
        # "64 % de taux de réponse"
        after = [here for here in range(len(message.words)) if message.starts[here] >= found.end()]
        if percent and after and message.words[after[0]] in _LEADS and not message.refs:
            name = _trimmed(message, after)
            if name and (_knows(message, name) or len(name) <= 4) and not message.has("list_actions.verb"):
                return _made(message, name, _plain_number(found[1]), "%", from_=len(message.text))
        if verb and (name := _is_all_that_follows(message, at + 1)):
            return _made(message, name, _plain_number(found[1]), "%" if percent else "", from_=len(message.text))
        if counted := _counted(message, at):
            return _made(message, counted, _plain_number(found[1]), "%" if percent else "", from_=len(message.text))
        if message.has("record_measurement.verb") and after_of(message, at):
            name = _trimmed(message, list(range(at + 1, len(message.words))))
            if name:
                return _made(message, name, _plain_number(found[1]), "%" if percent else "", from_=len(message.text))
        return None
    setting = message.has("record_measurement.verb")
    if not verb and not percent and not (_is_named(message) and setting):
        return None
    if verb:
        head = [here for here in head if here < min(span[0] for span in verb)]
    name = _trimmed(message, head)
    if not name or (not verb and not setting and not _knows(message, name) and not message.refs and not percent):
        return None
    if not _is_named(message) and not message.refs and not _knows(message, name) and _is_about_the_plan(message, name):
        return None
    weak = [span for span in verb if span[1] - span[0] == 1]
    if verb and len(weak) == len(verb) and not (percent or setting or _is_named(message) or _knows(message, name)):
        return None
    return _made(message, name, _plain_number(found[1]), "%" if percent else "", from_=found.start())


def _counted(message: Message, at: int) -> list[int]:
    """ "encode 14 master class pour TI-11", "TI-11 : 14 master class": what is counted, beside the reference."""
    if (
        len(message.refs) != 1
        or len(message.words) > _SHORT
        or not message.is_content(min(at + 1, len(message.words) - 1))
    ):
        return []
    end = next((here for here in range(at, len(message.words)) if message.words[here] == "@"), len(message.words))
    name = _trimmed(message, list(range(at + 1, end)))
    orders = message.has("record_measurement.verb") or message.words[at - 1 : at] == ["@"]
    known = message.lexicon.titles.knows(message.words[name[0]]) if name else False
    return name if orders and len(name) <= 4 and (known or message.has("record_measurement.units")) else []


def _is_all_that_follows(message: Message, start: int) -> list[int]:
    """ "on compte 12 master class": the indicator whose whole name ends the message."""
    end = len(message.words)
    named = any(name.kind == "indicator" and name.span == (start, end) for name in message.names)
    return list(range(start, end)) if named else []


def after_of(message: Message, at: int) -> bool:
    """ "encode 15 pour le nombre de conventions"."""
    return message.words[at + 1 : at + 2] in (["pour"], ["comme"], ["for"], ["as"], ["voor"], ["als"], ["%"])


def _opened(message: Message) -> Request | None:
    """ "mets à jour l'indicateur taux de réponse", without a value: it is asked."""
    if not message.has("record_measurement.verb") or not _is_named(message) or message.has("mood.negated"):
        return None
    start = message.spans("record_measurement.names")[0][1]
    name = _trimmed(message, list(range(start, len(message.words))))
    if not name or in_the_way(message, set(), []):
        return None
    hits = message.lexicon.indicators.search(message.in_french(name), limit=2)
    indicator = hits[0].ref if is_sure(hits) else message.written((name[0], name[-1] + 1))
    return RecordMeasurement(indicator=indicator, ref=message.refs[0] if message.refs else None)


def _made(message: Message, name: list[int], value: str, unit: str, *, from_: int) -> Request:
    skip = {at for at in range(len(message.words)) if message.starts[at] >= from_}
    stopped = in_the_way(message, skip, message.spans("record_measurement.is"))
    aims = [span for span in message.spans("record_measurement.target") if span[0] not in skip]
    if stopped or aims:
        return NotUnderstood(reason=stopped or "unsure", near=message.refs[:1])
    hits = message.lexicon.indicators.search(message.in_french(name), limit=2) if name else []
    indicator = hits[0].ref if is_sure(hits) else message.written((name[0], name[-1] + 1)) if name else ""
    return RecordMeasurement(indicator=indicator, value=value, unit=unit, ref=message.refs[0] if message.refs else None)


def _is_named(message: Message) -> bool:
    return message.has("record_measurement.names")


def _knows(message: Message, name: list[int]) -> bool:
    return bool(name) and is_sure(message.lexicon.indicators.search(message.in_french(name), limit=2))


def _trimmed(message: Message, positions: list[int]) -> list[int]:
    """The indicator's name among these words: the longest stretch beside a reference, without small words around it."""
    strip = {at for span in message.spans("record_measurement.strip") for at in range(*span)}
    polite = {at for span in message.spans("mood.polite", "greet.whole") for at in range(*span)}
    pieces: list[list[int]] = [[]]
    for at in positions:
        if message.words[at] in "@=":
            pieces.append([])
        else:
            pieces[-1].append(at)
    best: list[int] = []
    for piece in pieces:
        while piece and (piece[0] in strip or piece[0] in polite):
            piece = piece[1:]
        while piece and piece[-1] in strip:
            piece = piece[:-1]
        if sum(map(message.is_content, piece)) > sum(map(message.is_content, best)):
            best = piece
    return best


_DATED = re.compile(
    r"\b(?:20\d\d|janv\w*|fev\w*|mars|avril|mai|juin|juil\w*|aout|sept\w*|oct\w*|nov\w*|dec\w*|annee|mois|semaine|jan\w*|feb\w*"
    r"|march|april|may|june|july|aug|august|year|month|week|jaar|maand|hui|today|vandaag|trimestre|quadri\w*|now|maintenant)\b"
)


def _ends(message: Message, tail: str) -> bool:
    """Whether nothing of weight follows the value: a stop, a reference, what is counted, a day, a courtesy."""
    if re.match(r" ?[.;!,)](?:\s|$)", tail):
        return True
    words = re.findall(r"[a-z]+", tail.replace("@", " "))
    if len(words) > 9:
        return False
    if words and _DATED.search(tail):
        return True
    found = message.says.phrases.find(words)[0]
    fill = ("record_measurement.units", "record_measurement.verb", "mood.polite", "thanks.whole", "thanks.more")
    filled = {at for cue in fill for start, end in found.get(cue, ()) for at in range(start, end)}
    return all(
        at in filled or word in message.says.small_words or word in ("maintenant", "now", "nu", "actuellement")
        for at, word in enumerate(words)
    )


def _only_fills(message: Message, words: str) -> bool:
    return all(
        word in message.says.small_words or word in ("environ", "actuellement", "passe")
        for word in re.findall(r"[a-z]+", words)
    )


def _without_ref(message: Message, value: str) -> str:
    return re.sub(r"\s*(?:pour|sur|de|for|on|voor|van) \S+-\d+\s*$", "", value)


def _is_about_the_plan(message: Message, name: list[int]) -> bool:
    """Words that ask about the plan ("axe", "échéance"), so that "axe : 2" is no measurement."""
    words = {message.words[at] for at in name}
    spans = message.spans("slots.axis", "list_actions.noun", "list_actions.single", "slots.goal", "slots.late")
    spans = [span for span in spans if any(at in name for at in range(*span))]
    return bool(spans) or bool(words & {"plan", "page", "priorite", "priority", "version", "numero", "heure"})


def _plain_number(written: str) -> str:
    """ "64,5" and "1 200" as 64.5 and 1200."""
    bare = re.sub(r"(?<=\d)[ .](?=\d{3}(?!\d))", "", written.lstrip("+")).replace(",", ".")
    number = float(bare.replace(" ", ""))
    return str(int(number)) if number.is_integer() else str(number)
