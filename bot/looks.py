"""Answers that only look: each takes a request and a `Reading`, and gives what is seen. Changes nothing."""

from dataclasses import replace
from datetime import date, timedelta
from typing import assert_never

from bot.asker import Asker as Asker
from bot.asker import resolved, titled
from bot.bodies import show_people
from bot.history import changes, last_notes
from bot.house import House
from bot.offering import offered
from bot.several import MOST, preview, several_shown
from bot.told import channel_shown, reminders_shown, undelivered
from dialogs import answers
from dialogs.action_cards import PAGE
from dialogs.answers import Answer
from dialogs.people_requests import LooksAtPeople, ShowBody, ShowMyData, ShowPerson, ShowUnit
from dialogs.requests import (
    ChangeAll,
    CountActions,
    ExportPlan,
    ExportReport,
    Greet,
    Help,
    ListActions,
    ListChanges,
    ListSubscriptions,
    ListUndelivered,
    NeedsChoice,
    NotUnderstood,
    ShowAction,
    ShowProgress,
    ShowReminders,
    Thanks,
    WhoAmI,
    WhoIsResponsible,
)
from dialogs.several_requests import ChangeSeveral, Confirm, Decline, LooksAtSeveral
from dialogs.wording import period
from dialogs.words import words_in
from storage.calendar import Period
from storage.database import Reading
from storage.indicators import list_indicators
from storage.plan import Action, unit_holds
from storage.queries import (
    count_actions,
    get_action,
    list_actions_by_ref,
    list_body_names,
    list_page,
    list_people_of,
    list_progress,
    list_refs,
)
from storage.rights import Act, may

Look = (
    ListActions
    | CountActions
    | ShowProgress
    | ShowAction
    | WhoIsResponsible
    | ListSubscriptions
    | ListChanges
    | WhoAmI
    | ShowReminders
    | ListUndelivered
    | Help
    | Greet
    | Thanks
    | NeedsChoice
    | NotUnderstood
    | ExportPlan
    | ExportReport
    | LooksAtPeople
    | LooksAtSeveral
    | ChangeAll
)


def look(reading: Reading, house: House, request: Look, asker: Asker) -> Answer:
    match request:
        case ListActions() | CountActions() | ShowProgress():
            return _selecting(reading, house, request, asker)
        case ShowAction():
            return shown(reading, house, request.ref, asker)
        case WhoIsResponsible():
            action = get_action(reading, request.ref)
            if action is None:
                return no_such_action(request.ref)
            return answers.Responsible(action=action, people=_people(reading, action, asker.today))
        case ListChanges():
            return changes(reading, house, request, asker)
        case WhoAmI():
            return _you(reading, asker)
        case ListSubscriptions():
            return _subscriptions(reading, house, asker)
        case ExportPlan() | ExportReport():
            return offered(reading, house, request, asker)
        case ShowReminders():
            return reminders_shown(reading, house, asker)
        case ListUndelivered():
            return undelivered(reading, house, asker)
        case Help():
            plan, ref = example(reading, house)
            bodies = house.lexicon(reading).vocabulary.bodies
            body = next((name for name in bodies if name.isupper()), bodies[0] if bodies else "Direction")
            return answers.HelpShown(example_plan=plan, example_ref=ref, example_body=body)
        case Greet():
            return answers.Greeted(name=asker.member.name.split(" ")[0])
        case Thanks():
            return answers.Thanked()
        case NeedsChoice():
            return _choice(reading, house, request, asker)
        case ShowBody() | ShowPerson() | ShowUnit() | ShowMyData():
            return show_people(reading, house, request, asker)
        case ChangeAll():
            return _all_of(reading, house, request, asker)
        case ChangeSeveral() | Confirm() | Decline():
            return several_shown(reading, house, request, asker)
        case NotUnderstood():
            near = tuple(list_actions_by_ref(reading, request.near))
            return answers.Lost(request=request, near=near, example_ref=example(reading, house)[1])
        case _ as unknown:
            assert_never(unknown)


def _all_of(reading: Reading, house: House, asked: ChangeAll, asker: Asker) -> Answer:
    """The preview of one change of a whole selection; what cannot be changed any more is no part of it."""
    if asked.of_my_unit and asker.member.asks_for is None:
        return answers.UnitAsked(units=house.lexicon(reading).vocabulary.units)
    request = resolved(asked, asker.member)
    titles = titled(reading, house, request.where)
    refs = list_refs(reading, request.where, asker.member, asker.today, house.calendar, titles)
    if not refs:
        return answers.Refused(code="refused.nothing_fits", places={}, hint="refused.nothing_asked_hint")
    if len(refs) > MOST:
        return answers.Refused(code="refused.too_many", places={"n": str(len(refs)), "most": str(MOST)})
    several = ChangeSeveral(refs=" ".join(refs), what=request.what, to=request.to, reason=request.reason)
    return preview(reading, house, several, asker)


def _selecting(
    reading: Reading, house: House, asked: ListActions | CountActions | ShowProgress, asker: Asker
) -> Answer:
    if not house.lexicon(reading).keys:
        return answers.Refused(code="refused.no_plan", places={}, hint="refused.no_plan_hint")
    if asked.of_my_unit and asker.member.asks_for is None:
        return answers.UnitAsked(units=house.lexicon(reading).vocabulary.units)
    request = resolved(asked, asker.member)
    context = (asker.member, asker.today, house.calendar, titled(reading, house, request.where))
    if isinstance(request, ShowProgress):
        return _progress(reading, house, request, asker)
    late_before = 0
    if request.where.due and request.where.due.start and not request.where.late and request.where.status is None:
        before = Period(start=None, end=request.where.due.start - timedelta(days=1))
        late_before = count_actions(reading, replace(request.where, due=before, late=True), *context)
    if isinstance(request, CountActions):
        total = count_actions(reading, request.where, *context)
        return answers.ActionCount(request=request, total=total, late_before=late_before)
    page = request.page
    found, total = list_page(reading, request.where, *context, limit=PAGE, offset=(page - 1) * PAGE)
    if not found and page > 1:
        # Fewer than when the button was drawn: the last page there is.
        total = count_actions(reading, request.where, *context)
        page = max(1, -(-total // PAGE))
        found, total = list_page(reading, request.where, *context, limit=PAGE, offset=(page - 1) * PAGE)
    first = (page - 1) * PAGE
    return answers.ActionList(
        request=replace(request, page=page),
        groups=_groups(found, request.where.unit),
        total=total,
        first=first + 1,
        late_before=late_before,
        without_bodies=request.where.mine and not asker.member.bodies,
    )


def _you(reading: Reading, asker: Asker) -> Answer:
    member = asker.member
    bodies = tuple(list_body_names(reading, member.bodies))
    return answers.You(name=member.name, role=member.role, unit=member.asks_for, bodies=bodies)


def _groups(found: list[Action], unit: str | None) -> tuple[answers.Group, ...]:
    """What is the unit's own, or below it, apart from what stands above it."""
    if unit is None:
        return (answers.Group(heading="", actions=tuple(found)),)
    own = tuple(action for action in found if action.unit is not None and unit_holds(unit, action.unit))
    above = tuple(action for action in found if action not in own)
    return (answers.Group(heading=unit, actions=own), answers.Group(heading="/", actions=above))


def _progress(reading: Reading, house: House, request: ShowProgress, asker: Asker) -> Answer:
    words = titled(reading, house, request.where)
    axes = list_progress(reading, request.where, asker.member, asker.today, house.calendar, words)
    standings = tuple(
        answers.Standing(
            label=axis.label,
            total=axis.total,
            done=axis.done,
            abandoned=axis.abandoned,
            late=axis.late,
            share=axis.share_done,
        )
        for axis in axes
    )
    total, done, abandoned, late = (
        sum(getattr(axis, name) for axis in axes) for name in ("total", "done", "abandoned", "late")
    )
    share = 100 * done // (total - abandoned) if total > abandoned else 0
    overall = answers.Standing(label="", total=total, done=done, abandoned=abandoned, late=late, share=share)
    return answers.ProgressShown(request=request, overall=overall, axes=standings)


def shown(reading: Reading, house: House, ref: str, asker: Asker, note: str = "") -> Answer:
    """One action with its indicators, and the form for those who may use it."""
    action = get_action(reading, ref)
    if action is None:
        return no_such_action(ref)
    return answers.ActionShown(
        action=action,
        indicators=tuple(list_indicators(reading, ref)),
        people=_people(reading, action, asker.today),
        may_change=may(asker.member, Act.CHANGE, action),
        notes=last_notes(reading, house, ref, asker),
        note=note,
    )


def no_such_action(ref: str) -> answers.Refused:
    return answers.Refused(code="refused.no_such_action", places={"ref": ref})


def _people(reading: Reading, action: Action, today: date) -> dict[str, list[str]]:
    people = list_people_of(reading, [body.id for body in action.bodies], today)
    return {body.name: people[body.id] for body in action.bodies if body.id in people}


def _subscriptions(reading: Reading, house: House, asker: Asker) -> Answer:
    plan = example(reading, house)[0]
    if asker.kind != "channel":
        return answers.Refused(code="refused.only_channel", places={"plan": plan})
    return channel_shown(reading, house, asker)


def _choice(reading: Reading, house: House, request: NeedsChoice, asker: Asker) -> Answer:
    refs = [ref for option in request.options if (ref := getattr(option, "ref", None))]
    titles = {action.ref: action.title for action in list_actions_by_ref(reading, refs)}
    words = words_in(asker.language)
    options = []
    sentence = "choice.guess" if request.guess else "choice.which"
    for option in request.options:
        if isinstance(option, ListActions | CountActions | ShowProgress):
            by_axis = option.where.axis is not None
            sentence = "choice.axis" if by_axis else "choice.period"
            due = option.where.due
            beside = option.where.axis or (period(due, house.calendar, words) if due else "")
        else:
            beside = titles.get(getattr(option, "ref", ""), "")
        if beside:
            options.append((beside, option))
    return answers.Choice(sentence=sentence, places={"words": request.words}, options=tuple(options))


def example(reading: Reading, house: House) -> tuple[str, str]:
    """A plan's key and an action's reference that exist here, for examples that work."""
    vocabulary = house.lexicon(reading).vocabulary
    plan = vocabulary.plans[-1].key if vocabulary.plans else "TI"
    ref = next((ref for ref, _ in vocabulary.titles if ref.startswith(f"{plan}-")), f"{plan}-1")
    return plan, ref
