"""Where an indicator is going, in words: from its first value to its last. Pure."""

from storage.exports.wording import Wording
from storage.plan import Indicator, IndicatorKind


def trend(indicator: Indicator, say: Wording) -> str:
    """Up, down or steady where the values are numbers; changed or unchanged where they are states."""
    values = indicator.measurements
    if len(values) < 2:
        return say("report.trend.single")
    first, last = values[-1], values[0]
    if first.number is None or last.number is None:
        return say("report.trend.same" if first.value == last.value else "report.trend.changed")
    moved = round(last.number - first.number, 2)
    if not moved:
        return say("report.trend.steady")
    unit = "report.trend.points" if indicator.kind is IndicatorKind.PERCENTAGE else "report.trend.number"
    return say("report.trend.up" if moved > 0 else "report.trend.down", by=say(unit, n=say.number(abs(moved))))
