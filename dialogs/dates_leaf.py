"""Asks the date library for a single day where our own grammar has none."""


def warm_up() -> None:
    pass
