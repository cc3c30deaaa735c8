"""The `flask …` commands: thin, each calls one operation."""

from pathlib import Path
from zoneinfo import available_timezones

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext

from coachapp import clock, tick, vault
from coachapp.accounts import operations as accounts
from coachapp.accounts.rules import AlreadyJoined, NoSuchCoach
from coachapp.config import settings
from coachapp.db import Base, engine
from coachapp.demo import practice as demo_practice
from coachapp.doctor.checks import examine
from coachapp.doctor.rules import Level
from coachapp.migrations import run as migrations
from coachapp.worksheets import publishing as sheets
from coachapp.worksheets.queries import newest_templates
from coachapp.worksheets.rules import VersionTaken
from coachapp.worksheets.template import Template
from coachapp.worksheets.template_file import read_template, write_template
from coachapp.worksheets.yaml_source import TemplateError, decoded


def install(app: Flask) -> None:
    """Add every command to the app."""
    for command in (migrate, run_tick, doctor, keys, coach, worksheets, demo):
        app.cli.add_command(command)


@click.command()
@with_appcontext
def migrate() -> None:
    """Bring the database and the keys database to the present shape."""
    migrations.upgrade(engine(), Base.metadata)
    vault.present().prepare()
    sheets.publish_library(clock.now())
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


@click.command()
@click.pass_context
@with_appcontext
def doctor(context: click.Context) -> None:
    """Look over this installation and say what is not in order; exit status 1 where something needs doing now."""
    findings = examine(settings(), clock.now())
    for finding in findings:
        click.echo(f"{finding.level:<8} {finding.says}")
    if any(finding.level is Level.FAULT for finding in findings):
        context.exit(1)


keys = AppGroup("keys", help="The keys that wrap everyone's own.")


@keys.command("rotate")
def rotate_keys() -> None:
    """Wrap every key anew with the first of VAULT_KEYS; the app may go on running meanwhile."""
    changed = vault.present().rotate()
    click.echo(f"Wrapped anew: {changed}.")


coach = AppGroup("coach", help="Coaches' ways in.")


@coach.command("add")
@click.argument("email")
@click.option("--name", help="The name people know her by; by default the first part of the address.")
@click.option("--zone", default="UTC", show_default=True, help="Her time zone, such as Europe/Madrid.")
def coach_add(email: str, name: str | None, zone: str) -> None:
    """Add a coach and print the single-use address where she chooses passphrase and second factor."""
    if zone not in available_timezones():
        raise click.BadParameter("A zone is named like Europe/Madrid.", param_hint="--zone")
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


worksheets = AppGroup("worksheets", help="Templates of worksheets and household plans, as files.")
_PATH = click.Path(exists=True, path_type=Path)


@worksheets.command("check")
@click.argument("path", type=_PATH)
def check_templates(path: Path) -> None:
    """Read one template file, or every one in a folder, and name every mistake with its line."""
    found = _read_templates(path)
    click.echo(f"Good: {', '.join(template.key for template in found)}.")


@worksheets.command("import")
@click.argument("path", type=_PATH)
def import_templates(path: Path) -> None:
    """Publish one template file, or every one in a folder; all or none."""
    try:
        fresh = sheets.publish_all(_read_templates(path), clock.now())
    except VersionTaken as error:
        raise click.ClickException(
            f"This version is published with other words: {error}. Raise its number."
        ) from error
    click.echo(f"Published: {fresh}.")


@worksheets.command("export")
@click.argument("path", type=click.Path(path_type=Path))
def export_templates(path: Path) -> None:
    """Write every published template into a folder, or into KEY.yaml only the one of that key."""
    one = path.stem if path.suffix == ".yaml" else None
    found = [row.template for row in newest_templates() if one in (None, row.template.key)]
    if not found:
        raise click.ClickException("There is no such template.")
    folder = path.parent if one else path
    folder.mkdir(parents=True, exist_ok=True)
    for template in found:
        (folder / f"{template.key}.yaml").write_text(write_template(template), encoding="utf-8")
    click.echo(f"Written: {len(found)}.")


def _read_templates(path: Path) -> list[Template]:
    files = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    if not files:
        raise click.ClickException("There is no .yaml file in this folder.")
    found, mistakes = [], []
    for file in files:
        try:
            found.append(read_template(decoded(file.read_bytes(), file.name), file.name))
        except TemplateError as error:
            mistakes.append(str(error))
    if mistakes:
        raise click.ClickException("\n".join(mistakes))
    return found


demo = AppGroup("demo", help="The demo practice: made-up people on this machine alone.")


@demo.command("load")
@click.pass_context
def demo_load(context: click.Context) -> None:
    """Fill an empty database with the demo practice; where a practice exists, nothing is touched."""
    if not settings().demo:
        raise click.ClickException("The demo's passphrases are known to all: it is only for `make run`.")
    context.invoke(migrate)
    done = demo_practice.load(clock.now())
    click.echo("The demo practice is filled." if done else "A practice is here already; nothing was changed.")


@demo.command("code")
def demo_code() -> None:
    """Print the demo coach's present six-digit code."""
    click.echo(demo_practice.code(clock.now()))
