"""The command line: each command does one thing through the same house as the bot, and says what failed."""

import asyncio
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, NoReturn

import orjson
import typer
from sqlalchemy.exc import OperationalError

from bot.app import set_up_log, utc_now
from bot.asking import NOBODY, NobodyThere, ask, ask_each, asker, show
from bot.floors import too_old
from bot.house import House, Houses
from bot.readiness import why_not_ready
from bot.registers import body_line, operator, why_refused, wrong_lines
from bot.settings import Settings, WrongSettings, load_settings
from dialogs.words import LANGUAGES, Words, words_in
from storage.database import Database, DatabaseUnusable, TooLong, told_by
from storage.describing import describe_all
from storage.exports.content import read_content
from storage.exports.files import FORMATS, plan_as_file
from storage.exports.pack import papers_of
from storage.imports import NotAPlan
from storage.imports.confined import read_confined
from storage.imports.draft import DraftPlan
from storage.imports.register import NotARegister, read_bodies, read_register
from storage.loading import BadKey, PlanExists, load_plan
from storage.people import register
from storage.personal import erase as erase_person
from storage.personal import is_erased
from storage.refusals import Refusal
from storage.sight import EVERYTHING

cli = typer.Typer(
    help="Boucle keeps a quality action plan alive in Microsoft Teams.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


def main() -> None:
    cli(prog_name="boucle")


def fail(sentence: str) -> NoReturn:
    """One sentence on standard error, exit code 1."""
    typer.echo(sentence, err=True)
    raise typer.Exit(1)


def words() -> Words:
    """The words of the operator's own language, as the system has it; French where it is none of ours."""
    system = (os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or "")[:2]
    return words_in(system if system in LANGUAGES else LANGUAGES[0])


def settings() -> Settings:
    try:
        return load_settings()
    except WrongSettings as wrong:
        fail("\n".join(wrong.problems))


@contextmanager
def opened(tenant: str = "") -> Iterator[House]:
    """The house of this tenant, or of the only one, with its database at the newest schema."""
    served = settings().served_tenants
    if (tenant.lower() or served[0]) not in served or (not tenant and len(served) > 1):
        fail(f"Say which tenant is meant: --tenant with one of {', '.join(served)}.")
    with all_opened() as houses:
        yield houses.of(tenant.lower())


@contextmanager
def all_opened() -> Iterator[Houses]:
    """Every tenant's house."""
    chosen = settings()
    set_up_log(chosen.log_level)
    try:
        database = Database(chosen.database_url)
        try:
            database.migrate()
            yield Houses(
                database,
                chosen.served_tenants,
                closed=chosen.closed_days,
                directors=chosen.directors,
                kept_days=chosen.kept_days,
            )
        finally:
            database.close()
    except DatabaseUnusable as problem:
        fail(f"The database cannot be used: {problem}. Check DATABASE_URL.")
    except OperationalError as problem:
        fail(f"The database cannot be used: {told_by(problem)}. Try again in a moment.")


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise typer.BadParameter(f"{written} is no day; write it as 2026-03-18") from None


Tenant = Annotated[
    str, typer.Option("--tenant", metavar="ID", help="Whose: a directory id of BOUCLE_TENANTS, where it names several.")
]


def _language(written: str) -> str:
    if written not in LANGUAGES:
        raise typer.BadParameter(f"{written} is none of {', '.join(LANGUAGES)}")
    return written


Language = Annotated[
    str, typer.Option("--language", parser=_language, metavar="LANGUAGE", help="Of what is written: fr, en or nl.")
]
Today = Annotated[date | None, typer.Option(parser=_day, metavar="YYYY-MM-DD", help="Answer as if it were this day.")]


@cli.command()
def serve(
    playground: Annotated[
        bool, typer.Option("--playground", help="Also run the Agents Playground, if installed.")
    ] = False,
) -> None:
    """Run the bot at http://HOST:PORT/api/messages."""
    from bot.serving import serve as run

    with all_opened() as houses:
        run(settings(), houses, playground=playground)


@cli.command()
def chat(
    email: Annotated[str, typer.Option("--as", metavar="EMAIL", help="Who you are.")] = "",
    url: Annotated[str, typer.Option(help="A bot that is running; without it, one is started for you.")] = "",
    tenant: Tenant = "",
) -> None:
    """Talk with the bot in the terminal, through the same /api/messages as Teams."""
    from bot.chat import talk

    with opened(tenant) as house:
        asyncio.run(talk(settings(), house, email, url))


@cli.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help="The plan: .xlsx, .docx, .pdf, .ods or .csv.")],
    key: Annotated[str, typer.Option(help="What its references begin with: HEN gives HEN-1, HEN-2 …")],
    unit: Annotated[str, typer.Option(help='Whose plan it is, as a path: "Haute école/Techniques de l\'image".')] = "",
    title: Annotated[str, typer.Option(help="Its title; without it, the file's own.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and report, store nothing.")] = False,
    tenant: Tenant = "",
) -> None:
    """Put a plan in. What is read in doubt is stored and listed; a file that is no plan changes nothing."""
    say = words()
    places = {"file": file.name, "key": key.upper()}
    try:
        draft = read_confined(file)
    except NotAPlan as refusal:
        fail(f"{say(f'import.{refusal.code}', **places)} {say('import.nothing_kept')}")
    with opened(tenant) as house:
        try:
            transaction = house.database.rehearsing if dry_run else house.database.writing
            with transaction(house.tenant) as writing:
                number = load_plan(writing, draft, key=key.upper(), title=title or None, unit=unit or None)
        except PlanExists:
            fail(say("import.exists", **places))
        except BadKey:
            fail(say("import.bad_key", key=key))
        except TooLong as text:
            fail(f"{file.name} holds a text that is too long ({text.what}, {text.most} characters at most).")
    typer.echo(say.count("import.done", number, **places))
    if dry_run:
        typer.echo(say("import.dry"))
    _list_doubts(draft, key.upper(), say)


def _list_doubts(draft: DraftPlan, key: str, say: Words) -> None:
    if not draft.doubts:
        return
    typer.echo(say.count("import.doubts", len(draft.doubts)))
    for doubt in draft.doubts:
        refs = say.list(f"{key}-{number}" for number in doubt.numbers)
        line = say("import.doubt", place=doubt.place, refs=refs, words=doubt.words, reading=doubt.reading)
        typer.echo("  " + line.replace("\n", " "))


@cli.command()
def export(
    file: Annotated[
        Path, typer.Argument(help="Where to write; the ending says the format: .xlsx, .docx, .csv, .json.")
    ],
    key: Annotated[str, typer.Option(help="Which plan: HEN, TI …")],
    language: Language = LANGUAGES[0],
    tenant: Tenant = "",
) -> None:
    """Write a plan out, in document order."""
    say = words()
    ending = file.suffix.lower().removeprefix(".")
    if ending not in FORMATS:
        fail(say("export.unsupported"))
    with opened(tenant) as house:
        with house.database.reading(house.tenant, EVERYTHING) as reading:
            content = read_content(reading, key.upper(), house.zone)
            known = [plan.key for plan in house.lexicon(reading).vocabulary.plans]
        if content is None:
            fail(say("export.unknown", key=key.upper(), plans=say.list(known) or "–"))
        written = plan_as_file(content, ending, words_in(language), utc_now().astimezone(house.zone), house.calendar)
    _write(file, written)
    typer.echo(say("export.done", n=len(content.actions), key=key.upper(), file=file))


@cli.command()
def report(
    folder: Annotated[Path, typer.Argument(help="Where to write the documents; made where it is missing.")],
    key: Annotated[str, typer.Option(help="Which plan: HEN, TI …")],
    as_of: Annotated[
        date | None, typer.Option("--as-of", parser=_day, metavar="YYYY-MM-DD", help="As it stood on this day.")
    ] = None,
    language: Language = LANGUAGES[0],
    tenant: Tenant = "",
) -> None:
    """Write the papers of an interim evaluation: the updated plan, a progress report, the outline of a note."""
    say = words()
    with opened(tenant) as house:
        now = utc_now()
        on = as_of or house.today(now)
        if on > house.today(now):
            fail(say("report.future", day=say.day(on)))
        # What leaves the house holds nothing discreet.
        with house.database.reading(house.tenant) as reading:
            content = read_content(reading, key.upper(), house.zone)
            known = [plan.key for plan in house.lexicon(reading).vocabulary.plans]
        if content is None:
            fail(say("export.unknown", key=key.upper(), plans=say.list(known) or "–"))
        papers = papers_of(content, words_in(language), on, now.astimezone(house.zone), house.calendar)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        fail(say("export.unwritable", file=folder))
    for name, paper in papers.items():
        _write(folder / name, paper)
        typer.echo(str(folder / name))
    typer.echo(say("report.done", n=len(papers), key=key.upper(), day=say.day(on), folder=folder))


def _write(file: Path, content: bytes) -> None:
    try:
        file.write_bytes(content)
    except OSError:
        fail(words()("export.unwritable", file=file))


@cli.command()
def people(
    file: Annotated[Path, typer.Argument(help="A .csv with the columns email,name,unit,bodies,role.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and report, store nothing.")] = False,
    tenant: Tenant = "",
) -> None:
    """Say who is who: unit as its path, bodies separated by |, role member, coordinator or admin."""
    say = words()
    try:
        entries = read_register(file)
    except NotARegister as refusal:
        fail("\n  ".join(wrong_lines(refusal, file, say, "people.no_header")))
    with opened(tenant) as house:
        transaction = house.database.rehearsing if dry_run else house.database.writing
        with transaction(house.tenant) as writing:
            result = register(writing, entries)
    typer.echo(say("people.done", added=result.added, changed=result.changed, unchanged=result.unchanged))
    if dry_run:
        typer.echo(say("import.dry"))


@cli.command()
def bodies(
    file: Annotated[Path, typer.Argument(help="A .csv with the columns name,full_name,initials,kind,parent,aliases.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read and report, store nothing.")] = False,
    tenant: Tenant = "",
) -> None:
    """Say what each body is: kind council, service, role, working_group or partner; other names separated by |."""
    say = words()
    try:
        entries = read_bodies(file)
    except NotARegister as refusal:
        fail("\n  ".join(wrong_lines(refusal, file, say, "bodies.no_header")))
    with opened(tenant) as house:
        transaction = house.database.rehearsing if dry_run else house.database.writing
        try:
            with transaction(house.tenant) as writing:
                changed = describe_all(writing, entries, operator(house, utc_now()))
        except Refusal as refusal:
            fail(f"{why_refused(refusal, say)} {say('import.nothing_kept')}")
    for each in changed:
        typer.echo("  " + body_line(each, say))
    typer.echo(say("bodies.done", changed=len(changed), unchanged=len(entries) - len(changed)))
    if dry_run:
        typer.echo(say("import.dry"))


@cli.command()
def erase(
    email: Annotated[str, typer.Argument(help="Whose data: the e-mail address the register has.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
    tenant: Tenant = "",
) -> None:
    """Replace a person by a pseudonym in the record, and remove the rest of their data. It cannot be taken back."""
    say = words()
    with opened(tenant) as house:
        today = house.today(utc_now())
        try:
            person = asker(house, email, today)
        except NobodyThere:
            fail(say("erase.nobody", email=email))
        if is_erased(person.email):
            fail(say("erase.nobody", email=email))
        if not yes and sys.stdin.isatty():
            typer.confirm(say("erase.sure", name=person.name, email=person.email), abort=True)
        with house.database.writing(house.tenant) as writing:
            pseudonym = erase_person(writing, person.id, today)
    typer.echo(say("erase.done", email=person.email, pseudonym=pseudonym))


@cli.command("ask")
def ask_(
    text: Annotated[str | None, typer.Argument(help="The question, as one would write it in Teams.")] = None,
    email: Annotated[str | None, typer.Option("--as", metavar="EMAIL", help="Who asks.")] = None,
    today: Today = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
    batch: Annotated[Path | None, typer.Option(help="A .jsonl file: one object a line with text, as, today.")] = None,
    tenant: Tenant = "",
) -> None:
    """Show what would be understood and answered. Never changes or stores anything."""
    if (text is None) == (batch is None):
        raise typer.BadParameter('give a question, or --batch FILE.jsonl: boucle ask "les actions en retard"')
    with opened(tenant) as house:
        now = utc_now()
        on = today or house.today(now)
        if batch is not None:
            try:
                # Not splitlines(): a JSON text may hold other separators as they are.
                lines = batch.read_text("utf-8-sig").split("\n")
            except (OSError, UnicodeDecodeError):
                fail(f"{batch} cannot be read as UTF-8 text. Check the path.")
            for answer in ask_each(house, lines, on, now):
                sys.stdout.buffer.write(answer + b"\n")
            return
        try:
            member = asker(house, email, on) if email else NOBODY
        except NobodyThere:
            fail(f"Nobody here has the e-mail address {email}. Add them with `boucle people FILE.csv`.")
        # An argument that was not UTF-8 comes with halves of characters, which no answer can hold.
        asked = (text or "").encode("utf-8", "replace").decode()
        if as_json:
            answered = ask(house, asked, member, on, now, words().language)
            typer.echo(orjson.dumps(answered, option=orjson.OPT_INDENT_2).decode())
        else:
            typer.echo(show(house, asked, member, on, now, words().language))


@cli.command()
def manifest(
    file: Annotated[Path, typer.Argument(help="The package to write (.zip), to be uploaded to Teams.")],
) -> None:
    """Write the Teams app package for the app id in MicrosoftAppId."""
    from manifest.package import EXAMPLE_URL, WrongPackage, build_package

    chosen = settings()
    addresses = {
        "BOUCLE_PUBLIC_URL": chosen.public_url or EXAMPLE_URL,
        "BOUCLE_PRIVACY_URL": chosen.privacy_url or f"{EXAMPLE_URL}/privacy",
        "BOUCLE_TERMS_URL": chosen.terms_url or f"{EXAMPLE_URL}/terms",
    }
    public, privacy, terms = addresses.values()
    try:
        build_package(
            file,
            app_id=chosen.app_id,
            public_url=public,
            version=version("boucle"),
            privacy_url=privacy,
            terms_url=terms,
        )
    except WrongPackage as wrong:
        fail(str(wrong))
    except OSError:
        fail(f"{file} cannot be written. Check the folder and the rights.")
    typer.echo(f"{file} is ready: upload it in the Teams admin centre.")
    if unset := [name for name, address in addresses.items() if address.startswith(EXAMPLE_URL)]:
        typer.echo(f"It still names example addresses: set {', '.join(unset)} before colleagues get it.", err=True)


@cli.command()
def check() -> None:
    """Say in plain sentences whether settings, database and schema are in order."""
    chosen = settings()
    typer.echo("Settings: in order.")
    if problems := too_old():
        fail("\n".join(problems))
    if chosen.anonymous:
        typer.echo("Credentials: none; the bot answers anonymous calls from this machine only.")
    else:
        typer.echo(f"Credentials: app {chosen.app_id} ({chosen.app_type}).")
        if not chosen.allowed_tenants:
            typer.echo("Tenants: any may speak to the bot and shares one plan; set MicrosoftAppTenantId to your own.")
    with all_opened() as houses:
        problem = why_not_ready(houses.database, writes=True)
        if problem:
            fail(f"Database: {problem}. Check DATABASE_URL.")
        kind = "SQLite" if houses.database.is_sqlite else "PostgreSQL"
        typer.echo(f"Database: {kind}, reached; its schema is the newest.")
        for house in houses:
            with house.database.reading(house.tenant) as reading:
                plans = [plan.key for plan in house.lexicon(reading).vocabulary.plans]
            whose = f" of {house.tenant}" if len(chosen.served_tenants) > 1 else ""
            told = ", ".join(plans) + "." if plans else "none yet; `boucle import PLAN.xlsx --key KEY`."
            typer.echo(f"Plans{whose}: {told}")


@cli.command()
def status() -> None:
    """Say how delivery stands: last and next post per channel and kind, what waits, what failed and why."""
    from bot.standing import status_lines

    with all_opened() as houses:
        for house in houses:
            for line in (f"Tenant {house.tenant}", *status_lines(house, utc_now())):
                typer.echo(line)


@cli.command()
def examples(tenant: Tenant = "") -> None:
    """Load the two example plans and their people into an empty database; does nothing where there are plans."""
    from storage.examples import BODIES, PEOPLE, example_plans

    with opened(tenant) as house:
        with house.database.reading(house.tenant) as reading:
            if house.lexicon(reading).keys:
                return
        today = house.today(utc_now())
        with house.database.writing(house.tenant) as writing:
            for example in example_plans(today):
                number = load_plan(writing, example.plan, key=example.key, title=example.title, unit=example.unit)
                typer.echo(f"Example plan {example.key}, {example.title}: {number} actions.")
            register(writing, read_register(PEOPLE))
            describe_all(writing, read_bodies(BODIES), None)


if __name__ == "__main__":
    main()
