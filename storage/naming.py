"""Reading the names the plans use, and the revision that tells when they changed."""

from sqlalchemy import insert, select, update

from storage.bodies import list_names
from storage.conditions import visible
from storage.database import Reading, Writing
from storage.plan import Role
from storage.tables import action, action_indicator, indicator, member, plan, revision, unit
from storage.vocabulary import PlanName, Vocabulary


def get_revision(reading: Reading) -> int:
    query = select(revision.c.number).where(revision.c.tenant == reading.tenant)
    return reading.connection.execute(query).scalar() or 0


def list_discreet(reading: Reading) -> tuple[str, ...]:
    """The references of the discreet actions that there are for whoever looks."""
    query = select(action.c.ref).where(action.c.tenant == reading.tenant, visible(reading), action.c.discreet)
    return tuple(reading.connection.execute(query.order_by(action.c.ref)).scalars())


def bump_revision(writing: Writing) -> None:
    """To be called by whatever adds or renames something that has a name."""
    raised = update(revision).where(revision.c.tenant == writing.tenant).values(number=revision.c.number + 1)
    if writing.connection.execute(raised).rowcount == 0:
        writing.connection.execute(insert(revision).values(tenant=writing.tenant, number=1))


def read_vocabulary(reading: Reading) -> Vocabulary:
    """All the names of one tenant that whoever looks may know: one row per action, so ask only when they changed."""
    ask = reading.connection.execute
    tenant = reading.tenant
    called = list_names(reading)
    rows = ask(
        select(plan.c.key, action.c.axis, action.c.goal, action.c.ref, action.c.title)
        .join(plan, plan.c.id == action.c.plan)
        .where(action.c.tenant == tenant, visible(reading))
        .order_by(plan.c.id, action.c.number)
    ).all()
    measured = (
        select(indicator.c.name)
        .distinct()
        .join(action_indicator, action_indicator.c.indicator == indicator.c.id)
        .join(action, action.c.id == action_indicator.c.action)
        .where(indicator.c.tenant == tenant, visible(reading))
    )
    return Vocabulary(
        revision=get_revision(reading),
        plans=tuple(
            PlanName(key=row.key, title=row.title, unit=row.unit)
            for row in ask(select(plan).where(plan.c.tenant == tenant).order_by(plan.c.id))
        ),
        axes=tuple(dict.fromkeys((row.key, row.axis) for row in rows)),
        bodies=tuple(dict.fromkeys(name for _, name in called)),
        body_names=tuple(called),
        units=tuple(ask(select(unit.c.path).where(unit.c.tenant == tenant).order_by(unit.c.path)).scalars()),
        titles=tuple((row.ref, row.title) for row in rows),
        goals=tuple(dict.fromkeys((row.key, row.axis, row.goal) for row in rows if row.goal)),
        people=tuple(
            ask(
                select(member.c.name)
                .where(member.c.tenant == tenant, member.c.role != Role.READER)
                .order_by(member.c.name)
            ).scalars()
        ),
        indicators=tuple(ask(measured).scalars()),
    )
