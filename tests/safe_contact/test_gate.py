"""The gate: for every answer a person can give there is one result, and most of them are silence."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coachapp.clients.operations import new_client
from coachapp.safe_contact.operations import renew, set_contact, things_changed
from coachapp.safe_contact.queries import contact, gate
from coachapp.safe_contact.rules import RENEWED_FOR, Contact, Inbox, Reason, Verdict, may_write
from tests.cast import ALEX
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name
from tests.road import open_practice

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ADDRESS = "alex@example.com"
SILENT = (Reason.NO_MAIL, Reason.STOPPED, Reason.LAPSED)


def asked(inbox, address, stopped, lapsed, booked):
    renewed = NOW - RENEWED_FOR if lapsed else NOW - RENEWED_FOR + timedelta(seconds=1)
    return may_write(
        Contact(inbox, address, renewed, NOW - timedelta(days=1) if stopped else None), booked=booked, now=NOW
    )


def expected(inbox, address, stopped, lapsed, booked):
    """Said once more in other words, as a table read from the top."""
    if inbox is Inbox.NONE or not address:
        return Verdict(None, False, Reason.NO_MAIL)
    if stopped:
        return Verdict(None, False, Reason.STOPPED)
    if lapsed and not booked:
        return Verdict(None, False, Reason.LAPSED)
    return {
        Inbox.ONLY_ME: Verdict(ADDRESS, True, Reason.OWN_INBOX),
        Inbox.SHARED: Verdict(ADDRESS, False, Reason.SHARED_INBOX),
    }[inbox]


@pytest.mark.safety("D2")
def test_every_combination_has_its_verdict():
    cases = list(product(Inbox, (ADDRESS, "", None), (False, True), (False, True), (False, True)))
    assert len(cases) == 72
    for case in cases:
        assert asked(*case) == expected(*case), case


def test_nobody_asked_means_no():
    for booked in (True, False):
        assert may_write(None, booked=booked, now=NOW) == Verdict(None, False, Reason.NO_MAIL)


@given(
    inbox=st.sampled_from(Inbox),
    address=st.sampled_from([ADDRESS, "", None]),
    renewed=st.datetimes(timezones=st.just(UTC)),
    stopped=st.none() | st.datetimes(timezones=st.just(UTC)),
    booked=st.booleans(),
)
def test_it_fails_closed(inbox, address, renewed, stopped, booked):
    if renewed > datetime(9990, 1, 1, tzinfo=UTC):
        return
    verdict = may_write(Contact(inbox, address, renewed, stopped), booked=booked, now=NOW)
    assert (verdict.address is None) == (verdict.reason in SILENT)
    assert not (verdict.address is None and verdict.with_link)
    assert not (verdict.with_link and inbox is not Inbox.ONLY_ME)
    if verdict.address is not None:
        assert stopped is None and inbox is not Inbox.NONE


@pytest.fixture
def alex(app):
    with app.app_context():
        open_practice()
        yield new_client(1, ALEX.zone, now=NOW, name=ALEX.name)


def test_unknown_people_are_not_written_to(alex):
    assert gate(alex, booked=True, now=NOW) == Verdict(None, False, Reason.NO_MAIL)


def test_no_mail_keeps_no_address(alex):
    set_contact(alex, Inbox.ONLY_ME, ADDRESS, now=NOW)
    set_contact(alex, Inbox.NONE, ADDRESS, now=NOW)
    assert contact(alex) == Contact(Inbox.NONE, None, NOW)
    set_contact(alex, Inbox.SHARED, None, now=NOW)
    assert contact(alex).inbox is Inbox.NONE


def test_things_changed_stops_all_and_only_a_new_answer_opens_again(alex):
    set_contact(alex, Inbox.ONLY_ME, ADDRESS, now=NOW)
    assert gate(alex, booked=True, now=NOW).address == ADDRESS
    things_changed(alex, now=NOW)
    renew(alex, now=NOW + timedelta(days=1))
    assert gate(alex, booked=True, now=NOW).reason is Reason.STOPPED
    set_contact(alex, Inbox.SHARED, ADDRESS, now=NOW)
    assert gate(alex, booked=True, now=NOW) == Verdict(ADDRESS, False, Reason.SHARED_INBOX)


def test_permission_lapses_after_sixty_days_and_a_visit_renews_it(alex):
    set_contact(alex, Inbox.ONLY_ME, ADDRESS, now=NOW)
    day_60 = NOW + timedelta(days=60)
    assert gate(alex, booked=False, now=day_60 - timedelta(seconds=1)).address == ADDRESS
    assert gate(alex, booked=False, now=day_60).reason is Reason.LAPSED
    assert gate(alex, booked=True, now=day_60).address == ADDRESS
    renew(alex, now=day_60)
    assert gate(alex, booked=False, now=day_60 + timedelta(days=59)).address == ADDRESS
