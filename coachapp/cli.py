"""The `flask …` commands: thin, each calls one operation."""

import click
from flask import Flask

from coachapp import vault
from coachapp.db import Base, engine
from coachapp.migrations import run as migrations


def install(app: Flask) -> None:
    """Add every command to the app."""
    for command in (migrate,):
        app.cli.add_command(command)


@click.command()
def migrate() -> None:
    """Bring the database and the keys database to the present shape."""
    migrations.upgrade(engine(), Base.metadata)
    vault.present().prepare()
    click.echo("The database is up to date.")
