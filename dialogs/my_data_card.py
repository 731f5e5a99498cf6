"""The card on which people read what is kept of them, and how it can be erased."""

from dialogs.elements import Card, button, facts, said, small, title
from dialogs.people_answers import MyData
from dialogs.requests import ListActions
from dialogs.wording import unit_name
from dialogs.words import Words
from storage.personal_data import PersonalData
from storage.selection import Selection

MOST_REFS = 12


def my_data_card(answer: MyData, words: Words) -> Card:
    data = answer.data
    pairs = [
        ("name", said(data.name)),
        ("email", said(data.email)),
        ("role", words(f"role.{data.role}")),
        ("unit", said(unit_name(unit)) if (unit := data.unit or data.chosen_unit) else ""),
        ("bodies", said(words.list(data.bodies))),
        ("actions", _refs(data.actions, words)),
        ("account", words("my_data.tied" if data.is_tied else "my_data.untied")),
        ("settings", _settings(data, words)),
        ("record", _record(answer, words)),
    ]
    told = [(words(f"my_data.{label}"), value) for label, value in pairs if value]
    who = words.list(answer.admins) or words("my_data.nobody")
    kept = words("my_data.kept", n=words.number(answer.kept_days))
    erase = words("my_data.erase", who=said(who))
    body = (title(words("my_data.title")), facts(told), small(kept, spacing="Medium"), small(erase, spacing="Small"))
    mine = button(words("button.mine"), ListActions(where=Selection(mine=True)), words.language)
    return Card(language=words.language, summary=words("my_data.title"), body=body, buttons=(mine,))


def _refs(refs: tuple[str, ...], words: Words) -> str:
    more = f" … ({words.number(len(refs))})" if len(refs) > MOST_REFS else ""
    return words.list(refs[:MOST_REFS]) + more


def _settings(data: PersonalData, words: Words) -> str:
    language = words(f"my_data.language_of.{data.language}") if data.language else ""
    return words.parts((language, words("my_data.reminded" if data.reminded else "my_data.not_reminded"), data.zone))


def _record(answer: MyData, words: Words) -> str:
    data = answer.data
    changes = words("my_data.no_changes")
    if data.first_change and data.last_change:
        first, last = (words.day(at.astimezone(answer.zone).date()) for at in (data.first_change, data.last_change))
        when = words("my_data.on", day=first) if first == last else words("my_data.between", first=first, last=last)
        changes = words.count("my_data.changes", data.changes, when=when)
    counted = {
        "values": data.values,
        "notices": data.notices,
        "reminders": data.reminders,
        "subscriptions": data.subscriptions,
    }
    return words.parts((changes, *(words.count(f"my_data.{name}", n) for name, n in counted.items() if n)))
