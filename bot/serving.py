"""Running the bot as a server until it is told to stop."""

import gc
import sys

import typer
from aiohttp import web

from bot.app import MESSAGES, application
from bot.house import Houses
from bot.playground import beside
from bot.settings import Settings


def serve(settings: Settings, houses: Houses, *, playground: bool = False) -> None:
    """Blocks until SIGINT or SIGTERM; a port that is taken ends in a sentence and exit code 1."""
    app = application(settings, houses)

    address = f"http://{settings.host}:{settings.port}{MESSAGES}"
    if playground:
        app.cleanup_ctx.append(beside(address))

    def say_where(_: str) -> None:
        """Called when the port is ours."""
        who = "from this machine only, without credentials" if settings.anonymous else f"for app {settings.app_id}"
        typer.echo(f"Boucle listens on {address}, {who}.")
        # What was made so far lives as long as the process: the collector need not look at it again.
        gc.freeze()
        sys.stdout.flush()

    try:
        web.run_app(app, host=settings.host, port=settings.port, print=say_where, access_log=None, shutdown_timeout=15)
    except OSError as problem:
        reason = problem.strerror or type(problem).__name__
        typer.echo(f"Cannot listen on {settings.host}:{settings.port}: {reason}. Set PORT to a free one.", err=True)
        raise typer.Exit(1) from None
