"""The cards of a change of several actions: the preview with one press to confirm, the receipt with one to undo."""

from dialogs.answers import Moment
from dialogs.elements import Card, Element, banner, button, said, small, text, title
from dialogs.requests import ListActions, Undo
from dialogs.several_answers import SeveralAsked, SeveralChanged, SeveralUndone
from dialogs.several_requests import ConfirmSeveral, Decline
from dialogs.wording import deadline
from dialogs.words import Words
from storage.plan import Action
from storage.selection import Selection

MOST_LINES = 10


def preview_card(answer: SeveralAsked, moment: Moment, words: Words) -> Card:
    day = words.day(answer.to) if answer.to else ""
    key = f"several.ask_{answer.what}" if answer.to or answer.what != "postpone" else "several.ask_postpone_when"
    first = words.count(key, len(answer.able), day=day)
    body: list[Element] = [banner(words(answer.note, ref=answer.about), "attention")] if answer.note else []
    body.append(title(first))
    body += [_line(action, moment, words) for action in answer.able[:MOST_LINES]]
    if len(answer.able) > MOST_LINES:
        body.append(small(words("several.others", n=words.number(len(answer.able) - MOST_LINES)), spacing="Small"))
    if answer.unable:
        body.append(small(words("several.not"), spacing="Medium", weight="Bolder"))
        body += [small(words(why, ref=ref), spacing="None") for ref, why in answer.unable[:MOST_LINES]]
    if answer.what == "postpone":
        when: Element = {"type": "Input.Date", "id": "to", "label": words("form.to"), "isRequired": True}
        body.append(
            {**when, "errorMessage": words("form.required")} | ({"value": answer.to.isoformat()} if answer.to else {})
        )
    if answer.what in ("abandon", "postpone"):
        why = {"type": "Input.Text", "id": "reason", "label": words("form.reason"), "maxLength": 400}
        body.append({**why, "isRequired": True, "value": answer.reason, "errorMessage": words("form.required")})
    buttons = []
    if answer.able:
        which = " ".join(f"{action.ref}:{action.version}" for action in answer.able)
        confirm = ConfirmSeveral(which=which, what=answer.what, to=answer.to, reason=answer.reason)
        sure = words.count("several.confirm", len(answer.able))
        buttons.append(button(sure, confirm, words.language, style="positive", saves=True))
        buttons.append(button(words("several.no"), Decline(), words.language))
    else:
        buttons.append(button(words("button.mine"), ListActions(where=Selection(mine=True)), words.language))
    return Card(language=words.language, summary=first, body=tuple(body), buttons=tuple(buttons))


def _line(action: Action, moment: Moment, words: Words) -> Element:
    how = words.parts((words(f"status.{action.status}"), deadline(action, moment, words)))
    return text(f"**{action.ref}** {said(action.title)}\n\n{how}", spacing="Small", separator=True)


def several_receipt(answer: SeveralChanged, words: Words) -> Card:
    first = words.count(f"several.done_{answer.what}", len(answer.actions))
    body: list[Element] = [banner(f"✓ {first}", "good")]
    body += [small(f"**{action.ref}** {said(action.title)}", spacing="Small") for action in answer.actions[:MOST_LINES]]
    if len(answer.actions) > MOST_LINES:
        rest = words.list(action.ref for action in answer.actions[MOST_LINES:])
        body.append(small(words("posts.and", refs=rest), spacing="Small"))
    if answer.reason:
        body.append(small(words("receipt.why", why=said(answer.reason)), spacing="Small"))
    if answer.announced:
        body.append(small(words.count("receipt.announced", answer.announced), spacing="Small"))
    buttons = (button(words("button.undo"), Undo(event=answer.event), words.language),)
    return Card(language=words.language, summary=first, body=tuple(body), buttons=buttons)


def nothing_card(words: Words) -> Card:
    mine = button(words("button.mine"), ListActions(where=Selection(mine=True)), words.language)
    return Card(
        language=words.language,
        summary=words("several.nothing"),
        body=(text(words("several.nothing")),),
        buttons=(mine,),
    )


def several_undone(answer: SeveralUndone, words: Words) -> Card:
    first = words.count("several.undone", len(answer.actions))
    refs = words.list(action.ref for action in answer.actions)
    body: list[Element] = [text(first), small(refs, spacing="Small")]
    if answer.corrected:
        body.append(small(words.count("receipt.corrected", answer.corrected), spacing="Small"))
    return Card(language=words.language, summary=first, body=tuple(body))
