"""Every name a sentence can mean: plans, axes, bodies, units, titles. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class PlanName:
    key: str
    title: str
    unit: str | None


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """Every name a sentence can mean, in document order. `titles` maps a reference to its title."""

    revision: int
    plans: tuple[PlanName, ...] = ()
    axes: tuple[tuple[str, str], ...] = ()
    """(plan key, axis)"""
    bodies: tuple[str, ...] = ()
    body_names: tuple[tuple[str, str], ...] = ()
    """(what it may be called, the body's name)"""
    units: tuple[str, ...] = ()
    titles: tuple[tuple[str, str], ...] = ()
    """(reference, title)"""
    indicators: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    """Whoever the register names; readers that only once wrote are not known by name."""
    goals: tuple[tuple[str, str, str], ...] = ()
    """(plan key, axis, goal)"""
