"""The `flask …` commands: thin, each calls one operation."""

import click
from flask import Flask, current_app
from flask.cli import AppGroup

from coachapp import clock, tick, vault
from coachapp.db import Base, engine
from coachapp.demo import practice as demo_practice
from coachapp.migrations import run as migrations


def install(app: Flask) -> None:
    """Add every command to the app."""
    for command in (migrate, run_tick, demo):
        app.cli.add_command(command)


@click.command()
def migrate() -> None:
    """Bring the database and the keys database to the present shape."""
    migrations.upgrade(engine(), Base.metadata)
    vault.present().prepare()
    click.echo("The database is up to date.")


@click.command("tick")
@click.option(
    "--every", type=click.FloatRange(min=0.1), help="Go on for ever, waiting so many seconds in between."
)
def run_tick(every: float | None) -> None:
    """Do what is due: link the audit log and the like. Once, for a timer to call, or --every so many seconds."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # Flask's own documented way
    if every:
        tick.tick_forever(app, every)
    elif failed := tick.run_tick(app, clock.now()):
        raise click.ClickException(f"Not done, to be tried again next time: {', '.join(failed)}.")


demo = AppGroup("demo", help="The demo practice: made-up people on this machine alone.")


@demo.command("load")
@click.pass_context
def demo_load(context: click.Context) -> None:
    """Fill an empty database with the demo practice; where a practice exists, nothing is touched."""
    if not current_app.config["COACHAPP"].demo:
        raise click.ClickException("The demo's passphrases are known to all: it is only for `make run`.")
    context.invoke(migrate)
    done = demo_practice.load(clock.now())
    click.echo("The demo practice is filled." if done else "A practice is here already; nothing was changed.")


@demo.command("code")
def demo_code() -> None:
    """Print the demo coach's present six-digit code."""
    click.echo(demo_practice.code(clock.now()))
