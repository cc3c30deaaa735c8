"""The `flask …` commands: thin, each calls one operation."""

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from coachapp import clock, tick, vault
from coachapp.accounts import operations as accounts
from coachapp.accounts.rules import AlreadyJoined, NoSuchCoach
from coachapp.db import Base, engine
from coachapp.demo import practice as demo_practice
from coachapp.migrations import run as migrations


def install(app: Flask) -> None:
    """Add every command to the app."""
    for command in (migrate, run_tick, coach, demo):
        app.cli.add_command(command)


@click.command()
@with_appcontext
def migrate() -> None:
    """Bring the database and the keys database to the present shape."""
    migrations.upgrade(engine(), Base.metadata)
    vault.present().prepare()
    click.echo("The database is up to date.")


@click.command("tick")
@click.option(
    "--every", type=click.FloatRange(min=0.1), help="Go on for ever, waiting so many seconds in between."
)
@with_appcontext
def run_tick(every: float | None) -> None:
    """Do what is due: link the audit log and the like. Once, for a timer to call, or --every so many seconds."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]  # Flask's own documented way
    if every:
        tick.tick_forever(app, every)
    elif failed := tick.run_tick(app, clock.now()):
        raise click.ClickException(f"Not done, to be tried again next time: {', '.join(failed)}.")


coach = AppGroup("coach", help="Coaches' ways in.")


@coach.command("add")
@click.argument("email")
@click.option("--name", help="The name people know her by; by default the first part of the address.")
@click.option("--zone", default="UTC", show_default=True, help="Her time zone, such as Europe/Madrid.")
def coach_add(email: str, name: str | None, zone: str) -> None:
    """Add a coach and print the single-use address where she chooses passphrase and second factor."""
    try:
        token = accounts.add_coach(email, name or email.partition("@")[0].title(), zone, now=clock.now())
    except AlreadyJoined:
        raise click.ClickException("This coach is set up already.") from None
    click.echo(f"{current_app.config['COACHAPP'].base_url}/sign-in/set-up/{token}")
    click.echo("Works once, for 24 hours. Hand it to her in a way only she can read.")


@coach.command("unlock")
@click.argument("email")
def coach_unlock(email: str) -> None:
    """Print a code that stands in for a lost second factor, once and within an hour; it is written down."""
    try:
        click.echo(accounts.issue_unlock_code(email, now=clock.now()))
    except NoSuchCoach:
        raise click.ClickException("No coach signs in with this address.") from None


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
