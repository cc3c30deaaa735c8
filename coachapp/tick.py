"""The one background process: a list of steps, each safe to run on many machines at once,
none able to stop the rest."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import Flask, current_app

from coachapp import clock
from coachapp.accounts import operations as accounts
from coachapp.audit.operations import link_chain
from coachapp.booking.awaiting import warn_and_free
from coachapp.booking.holding import expire_holds
from coachapp.booking.offers import pass_on
from coachapp.booking.outside.operations import refresh_due
from coachapp.booking.reminding import make_reminders
from coachapp.booking.requests import end_unanswered
from coachapp.booking.waiting import forget_over
from coachapp.config import settings
from coachapp.notifications.operations import forget_words, send_due
from coachapp.payments import events
from coachapp.payments.disputes import say_if_overdrawn
from coachapp.payments.endings import say_if_disagreeing, tell_and_end
from coachapp.payments.fees import note_fees
from coachapp.payments.news import ask_for_news
from coachapp.payments.operations import reconcile
from coachapp.payments.papering import issue_missing
from coachapp.payments.refunds import ask_about_pending, send_waiting
from coachapp.payments.runtime import gateway, payables
from coachapp.payments.vouchers import say_if_vouchers_disagree
from coachapp.privacy.operations import forget_unfinished
from coachapp.web import limits, logs
from coachapp.worksheets.path_operations import give_what_has_come


@dataclass(frozen=True)
class Step:
    """One piece of upkeep: its name in the log, and what to do at a given moment."""

    name: str
    run: Callable[[datetime], object]


STEPS: tuple[Step, ...] = (
    Step("ask for news that never came", lambda now: _ask_for_news(now)),
    Step("act on stored events", lambda now: events.work_waiting(gateway(), payables(), now=now)),
    Step("ask about open payments", lambda now: reconcile(gateway(), payables(), now=now)),
    Step("send refunds", lambda now: send_waiting(gateway(), payables(), now=now)),
    Step("ask about pending refunds", lambda now: ask_about_pending(gateway(), payables(), now=now)),
    Step("issue missing receipts", lambda now: issue_missing(now=now)),
    Step("note fees", lambda now: note_fees(gateway(), now=now)),
    Step("free what nobody paid", lambda now: warn_and_free(settings().base_url, now=now)),
    Step("end old holds", lambda now: expire_holds(now=now)),
    Step("make reminders", lambda now: make_reminders(settings().base_url, now=now)),
    Step("end unanswered requests", lambda now: end_unanswered(settings().base_url, now=now)),
    Step("end packages", lambda now: tell_and_end(settings().base_url, now=now)),
    Step("end old lines of the waiting list", lambda now: forget_over(now=now)),
    Step("offer what came free", lambda now: pass_on(settings().base_url, now=now)),
    Step("give sheets that have come", lambda now: give_what_has_come(now=now)),
    Step("send the outbox", lambda now: send_due(current_app.extensions["mailer"], now=now)),
    Step("forget unfinished bookings", lambda now: forget_unfinished(now=now)),
    Step("forget old mail", lambda now: forget_words(now=now)),
    Step("see that payments agree", lambda now: say_if_overdrawn()),
    Step("see that packages agree", lambda now: say_if_disagreeing()),
    Step("see that vouchers agree", lambda now: say_if_vouchers_disagree()),
    Step("link the audit chain", lambda now: link_chain()),
    Step("forget old sign-ins", accounts.forget_old),
    Step("forget old counts", limits.forget_old),
    # Last, because others are waited for here.
    Step("fetch outside calendars", lambda now: refresh_due(now=now)),
)


def run_tick(app: Flask, now: datetime, steps: Iterable[Step] = STEPS) -> tuple[str, ...]:
    """Run every step in a context of its own; returns the names of those that failed (they are tried next time)."""
    return tuple(step.name for step in steps if not _went_well(app, step, now))


def tick_forever(app: Flask, every: float) -> None:
    """Tick again `every` so many seconds, until the process is ended; every step stands being cut off."""
    while True:
        run_tick(app, clock.now())
        time.sleep(every)


def _ask_for_news(now: datetime) -> None:
    """Without a key there is nobody to ask."""
    if settings().stripe_api_key:
        ask_for_news(gateway(), payables(), now=now)


def _went_well(app: Flask, step: Step, now: datetime) -> bool:
    try:
        with app.app_context():
            step.run(now)
    except Exception as error:
        logs.logger().error("tick", kind=step.name, **logs.describe(error))
        return False
    return True
