"""The demo's own pages: mails the catcher kept. Outside the demo there is no such page."""

from pathlib import Path

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue

from coachapp.config import settings
from coachapp.demo.mail_catcher import list_mails
from coachapp.web.guards import public

bp = Blueprint("demo", __name__)


@bp.get("/demo/mail")
@public
def mail() -> ResponseReturnValue:
    """Every mail sent so far, newest first."""
    return render_template("demo/mail.html", mails=list_mails(_folder())[::-1])


def _folder() -> Path:
    if not settings().demo:
        abort(404)
    return settings().instance / "mail"
