"""`make run`: the app, its tick loop, the pretend Stripe and the mail catcher, with a filled demo practice."""

import argparse
import os
import signal
import sys
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from coachapp import clock
from coachapp.config import PROJECT
from coachapp.demo import practice
from coachapp.demo.children import Children, Trouble
from coachapp.demo.surroundings import Place, place, settings

TICK_SECONDS = 5
READY_SECONDS = 60
STRIPE, MAIL = "The pretend Stripe", "The mail catcher"
_PYTHON = [sys.executable, "-m"]
_FLASK = [*_PYTHON, "flask", "--app", "wsgi"]
_SERVER = [*_PYTHON, "gunicorn", "--config", "deploy/gunicorn.conf.py", "--preload"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until Ctrl-C or SIGTERM. Exit status 2 when it cannot start, 1 when a part of it stopped by itself."""
    parser = argparse.ArgumentParser(prog="make run", description=__doc__)
    parser.add_argument(
        "--instance", type=Path, default=PROJECT / "instance", help="folder for data and keys"
    )
    folder = parser.parse_args(arguments).instance.absolute()
    signal.signal(signal.SIGTERM, _stop)
    # A shell that starts us in the background has us ignore Ctrl-C; whoever sends it by hand means it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        here = place(os.environ)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with Children(folder / "run.log") as children:
            _serve(children, here, folder)
            print(f"{children.wait_for_one()} stopped by itself, so the rest was ended too.", file=sys.stderr)
            print(f"The last lines of {children.log} say why.", file=sys.stderr)
            return 1
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nClosed. Everything is kept for the next time.")
        return 0


def _serve(children: Children, here: Place, folder: Path) -> None:
    """Start all four, in the order they need each other, and say how to come in."""
    own = settings(os.environ, here, folder)
    children.start(STRIPE, _stripe_command(own, here, folder), own, speaks=True)
    children.start(
        MAIL, [*_PYTHON, "coachapp.demo.mail_catcher", "--folder", str(folder / "mail")], own, speaks=True
    )
    # `localhost` is another site than `127.0.0.1`: coming back from paying is then cross-site, as in life.
    pay = children.address(STRIPE).replace("127.0.0.1", "localhost")
    whole = own | {"STRIPE_API_BASE": pay, "SMTP_URL": children.address(MAIL)}
    children.start("The app", [*_SERVER, "--bind", here.bind, "wsgi:app"], whole)
    children.run("Filling the practice", [*_FLASK, "demo", "load"], whole)
    children.start("The tick loop", [*_FLASK, "tick", "--every", str(TICK_SECONDS)], whole)
    children.wait_until(lambda: _answers(f"{here.url}/readyz"), READY_SECONDS)
    print(_welcome(here), flush=True)


def _stripe_command(own: dict[str, str], here: Place, folder: Path) -> list[str]:
    options = {
        "--state": str(folder / "stripe.json"),
        "--webhook-url": f"{here.url}/webhooks/stripe",
        "--secret": own["STRIPE_WEBHOOK_SECRETS"],
        "--beside-key": own["STRIPE_API_KEY"],
    }
    return [*_PYTHON, "coachapp.demo.stripe_standin", *(word for pair in options.items() for word in pair)]


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  # our own address on loopback
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _welcome(here: Place) -> str:
    return f"""
Quiet Harbour is open at {here.url}

  Coach    {practice.COACH_NAME}
           {practice.COACH_PASSPHRASE}
           code now: {practice.code(clock.now())}   (the next: {_command()} demo code)
  Client   {practice.CLIENT_NAME}
           {practice.CLIENT_PASSPHRASE}
  Mail     {here.url}/demo/mail

Sign in at {here.url}/sign-in. Payments are pretend. Ctrl-C closes everything."""


def _command() -> str:
    return f"{Path(sys.prefix).name}/bin/flask --app wsgi"


def _stop(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
