"""What the command line says of registers of people and bodies: wrong lines, differences, refusals. Changes nothing."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from bot.house import House
from dialogs.people_cards import kind_of
from dialogs.words import Words
from storage.describing import AlreadyCalled, BelongsToItself, Described
from storage.imports.register import NotARegister
from storage.plan import Body, Member, Role
from storage.record import By
from storage.refusals import NoSuchBody, Refusal


def operator(house: House, now: datetime) -> By:
    """Whoever runs the command: nobody of the register, and allowed everything."""
    nobody = Member(id=0, name="", email="", role=Role.ADMIN)
    return By(member=nobody, at=now, today=house.today(now), through="cli")


def wrong_lines(refusal: NotARegister, file: Path, say: Words, no_header: str) -> list[str]:
    """A sentence, and one for each line; `no_header` is the key of what to say of a file without its columns."""
    lines = [say("people.line", line=line, column=column) for line, column in refusal.lines]
    sentence = no_header if refusal.code == "no_header" else f"people.{refusal.code}"
    return [say(sentence, file=file.name), *lines]


def why_refused(refusal: Refusal, say: Words) -> str:
    match refusal:
        case NoSuchBody():
            return say("refused.no_such_body", name=refusal.name)
        case AlreadyCalled():
            return say("refused.body_called", name=refusal.name, body=refusal.body)
        case BelongsToItself():
            return say("refused.belongs_to_itself", name=refusal.name)
        case _:
            raise refusal


def body_line(each: Described, say: Words) -> str:
    """The body, and what is known of it now that was not before."""
    told = dict(_told(each.after, say))
    before = dict(_told(each.before, say)) if each.before else {}
    new = [f"{say(f'body.{name}')} : {value}" for name, value in told.items() if value and before.get(name) != value]
    return say.parts((f"{'~' if each.before else '+'} {each.after.name}", *new))


def _told(body: Body, say: Words) -> Iterator[tuple[str, str]]:
    yield "full_name", body.full_name
    yield "initials", body.initials
    yield "kind", kind_of(body, say) if body.kind else ""
    yield "parent", body.parent
    yield "aliases", say.list(body.aliases)
