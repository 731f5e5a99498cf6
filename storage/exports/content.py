"""What is written out of a plan: its actions in document order with their indicators and record. Changes nothing."""

from dataclasses import dataclass, field, replace
from datetime import tzinfo

from sqlalchemy import select

from storage.database import Reading
from storage.indicators import list_indicators_of_plan
from storage.plan import Action, Indicator
from storage.prebuilt import ACTIONS
from storage.queries import read_actions
from storage.record import Recorded, list_record
from storage.tables import action as actions
from storage.tables import plan as plans


@dataclass(frozen=True, kw_only=True)
class Content:
    """A plan as it stands, or as it stood on the day that is asked for."""

    key: str
    title: str
    unit: str | None
    actions: tuple[Action, ...]
    indicators: dict[int, tuple[Indicator, ...]] = field(default_factory=dict)
    """By the number of the action; values newest first."""
    record: tuple[Recorded, ...] = ()
    """Oldest first; what was taken back is there too."""

    def indicators_of(self, action: Action) -> tuple[Indicator, ...]:
        return self.indicators.get(action.id, ())


def read_content(reading: Reading, key: str, zone: tzinfo, *, record: bool = True) -> Content | None:
    """The plan with this key, moments in this time zone; None where there is no such plan.

    However large it is, the number of queries is the same.
    """
    known = select(plans).where(plans.c.tenant == reading.tenant, plans.c.key == key)
    plan = reading.connection.execute(known).first()
    if plan is None:
        return None
    here = (actions.c.tenant == reading.tenant, actions.c.plan == plan.id)
    found = read_actions(reading, ACTIONS.where(*here).order_by(actions.c.number))
    indicators = list_indicators_of_plan(reading, plan.id)
    told = list_record(reading, plan.id) if record else []
    return Content(
        key=plan.key,
        title=plan.title,
        unit=plan.unit,
        actions=tuple(found),
        indicators={number: tuple(theirs) for number, theirs in indicators.items()},
        record=tuple(replace(event, at=event.at.astimezone(zone)) for event in told),
    )
