"""Cards about what is said unasked: what a channel gets, reminders kept and stopped, digests, what did not arrive."""

from datetime import date, datetime

from dialogs import answers
from dialogs.answers import Moment
from dialogs.digest_cards import digest_card
from dialogs.elements import Card, Element, banner, button, cut, facts, said, small, text, title
from dialogs.notice_cards import notice_card
from dialogs.requests import (
    Definite,
    DigestSettings,
    ListActions,
    ShowAction,
    ShowReminders,
    StartReminders,
    StopReminders,
    Unsubscribe,
)
from dialogs.wording import scope
from dialogs.words import Words
from storage.selection import Selection

MOST_NAMES = 12

Told = (
    answers.Subscriptions
    | answers.ReminderKept
    | answers.Snoozed
    | answers.RemindersSet
    | answers.RemindersShown
    | answers.DigestSet
    | answers.DigestShown
    | answers.DigestSent
    | answers.Undelivered
)


def told_card(answer: Told, moment: Moment, words: Words) -> Card:
    match answer:
        case answers.Subscriptions():
            return _subscriptions(answer, words)
        case answers.RemindersShown():
            return _reminders(answer, moment, words)
        case answers.DigestShown():
            return digest_card(answer.digest, moment, words, targets=answer.targets)
        case answers.Undelivered():
            return _undelivered(answer, words)
        case answers.ReminderKept():
            first = words("reminder.kept", ref=answer.action.ref, day=words.day(answer.on))
            more = [said(answer.action.title), "" if answer.reachable else words("reminder.unreachable")]
            return _said(words, first, more, [("button.details", ShowAction(ref=answer.action.ref))])
        case answers.Snoozed():
            first = words.count("reminder.snoozed", answer.number, day=words.day(answer.on))
            return _said(words, first, [], [("reminder.show", ShowReminders())])
        case answers.RemindersSet():
            first = words("reminder.started" if answer.on else "reminder.stopped")
            more = [words("reminder.how") if answer.on else words("reminder.stopped_how")]
            if answer.on and not answer.reachable:
                more.append(words("reminder.unreachable"))
            other: Definite = StopReminders() if answer.on else StartReminders()
            return _said(words, first, more, [("notice.stop" if answer.on else "notice.start", other)])
        case answers.DigestSet():
            more = [] if answer.reachable or answer.rhythm == "never" else [words("reminder.unreachable")]
            return _said(words, words(f"digest.set.{answer.rhythm}"), more, [("button.late", _LATE)])
        case answers.DigestSent():
            first = words("digest.sent_to", channel=said(answer.channel)) if answer.channel else words("digest.sent")
            return _said(words, first, [], [("button.late", _LATE)])


_LATE = ListActions(where=Selection(late=True))


def _said(words: Words, first: str, more: list[str], asks: list[tuple[str, Definite]]) -> Card:
    body = (text(first), *(small(line, spacing="Small") for line in more if line))
    buttons = tuple(button(words(label), request, words.language) for label, request in asks)
    return Card(language=words.language, summary=first, body=body, buttons=buttons)


def _subscriptions(answer: answers.Subscriptions, words: Words) -> Card:
    if not answer.scopes:
        hint = words("subscriptions.hint", plan=answer.example_plan)
        return _said(words, words("subscriptions.none"), [hint], [])
    lines: list[Element] = [banner(f"✓ {words('subscriptions.kept')}", "good")] if answer.kept else []
    lines.append(title(words("subscriptions.title")))
    lines += [text(f"• {said(scope(kind, target, words))}", spacing="Small") for kind, target in answer.scopes]
    lines.append(facts([(words(f"subscriptions.{name}"), value) for name, value in _how(answer, words)]))
    lines.append(small(words("subscriptions.add"), spacing="Medium"))
    summary = words.list(scope(kind, target, words) for kind, target in answer.scopes)
    return Card(language=words.language, summary=summary, body=tuple(lines), buttons=tuple(_choices(answer, words)))


def _how(answer: answers.Subscriptions, words: Words) -> list[tuple[str, str]]:
    def on(day: date | None) -> str:
        return words("subscriptions.on", day=words.day(day), hour=answer.hour) if day else ""

    form = words(f"subscriptions.threads.{answer.story}") if answer.threads else words("subscriptions.no_threads")
    rhythm = words(f"subscriptions.rhythm.{answer.rhythm}")
    digest = words(f"subscriptions.digest.{answer.digest}")
    following = on(answer.next_post) or words("subscriptions.as_it_happens")
    if answer.waiting:
        following = words.parts((following, words.count("subscriptions.waiting", answer.waiting)))
    return [
        ("posts", words.parts((rhythm, form))),
        ("last", words.moment(answer.last) if answer.last else words("subscriptions.nothing_yet")),
        ("next", following),
        ("digests", words.parts((digest, on(answer.next_digest)))),
    ]


def _choices(answer: answers.Subscriptions, words: Words) -> list[Element]:
    """What else it could be; at most six."""
    asks: list[tuple[str, Definite]] = [
        (f"subscriptions.choose.{rhythm}", DigestSettings(rhythm=rhythm))
        for rhythm in ("at_once", "daily", "weekly")
        if rhythm != answer.rhythm
    ]
    threads = "off" if answer.threads else "on"
    asks.append((f"subscriptions.choose.threads_{threads}", DigestSettings(threads=threads)))
    following = {"never": "monthly", "monthly": "weekly", "weekly": "never"}[answer.digest]
    asks.append((f"subscriptions.choose.digest_{following}", DigestSettings(digest=following)))
    asks.append(("subscriptions.stop", Unsubscribe()))
    return [button(words(label), request, words.language) for label, request in asks]


def _reminders(answer: answers.RemindersShown, moment: Moment, words: Words) -> Card:
    notice = answer.notice
    if not answer.reachable:
        return _said(words, words("reminder.unreachable"), [], [("button.mine", _MINE)])
    if not (notice.groups or notice.owed):
        first = words("reminder.none")
        if not answer.on:
            return _said(words, first, [words("reminder.stopped_how")], [("notice.start", StartReminders())])
        return _said(words, first, [words("reminder.how")], [("button.mine", _MINE)])
    return notice_card(notice, moment, words)


_MINE = ListActions(where=Selection(mine=True))


def _undelivered(answer: answers.Undelivered, words: Words) -> Card:
    if not answer.failures and not answer.unreachable:
        return _said(words, words("undelivered.none"), [words("undelivered.none_how")], [("button.late", _LATE)])
    first = words.count("undelivered.posts", len(answer.failures)) if answer.failures else words("undelivered.none")
    body: list[Element] = [title(first)]
    for each in answer.failures[:8]:
        what = cut(each.summary, 120) or words(f"undelivered.kind.{each.kind}")
        body.append(text(said(what), separator=True, spacing="Small"))
        why = words("undelivered.uncertain") if each.is_uncertain else reason(each.problem, words)
        body.append(small(words.parts((said(each.where), _moment(each.at, words), why))))
    if answer.unreachable:
        body.append(title(words.count("undelivered.people", len(answer.unreachable)), spacing="Large"))
        names = list(answer.unreachable[:MOST_NAMES])
        left = len(answer.unreachable) - len(names)
        told = words.list(names) + (words("undelivered.more", n=left) if left else "")
        body += [text(said(told), spacing="Small"), small(words("undelivered.people_how"), spacing="Small")]
    return Card(language=words.language, summary=first, body=tuple(body))


def _moment(at: datetime | None, words: Words) -> str:
    return words.moment(at) if at else ""


def reason(problem: str, words: Words) -> str:
    """Why a post did not arrive, in words."""
    kind = problem.partition(" ")[0]
    return (
        words(f"undelivered.why.{kind}") if kind in ("gone", "closed", "refused") else words("undelivered.why.waiting")
    )
