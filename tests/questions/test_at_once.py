"""Two at the same moment, on both databases: she and the coach, two desks, two devices, two webhooks."""

import threading
from collections import Counter
from datetime import timedelta
from functools import partial

import pytest

from coachapp import clock, db
from coachapp.booking.admission import Guest
from coachapp.booking.holding import hold_time
from coachapp.booking.models import Place, Reduction
from coachapp.booking.operations import Details
from coachapp.booking.queries import free_days
from coachapp.clients.models import Client
from coachapp.money import Money
from coachapp.notifications.models import OutboxMessage
from coachapp.payments.models import Payment, Refund
from coachapp.payments.operations import settle
from coachapp.payments.rules import SessionFacts
from coachapp.payments.runtime import payables
from coachapp.practice.operations import save_offering
from coachapp.practice.queries import offering
from coachapp.questions import asking, operations, queries
from coachapp.questions.models import Question
from coachapp.questions.rules import NotNow, OtherWords, Standing
from coachapp.safe_contact.rules import Inbox
from coachapp.zones import zone
from tests.road import both_databases, open_practice

pytestmark = [both_databases, pytest.mark.long]
BASE = "http://127.0.0.1"


@pytest.fixture
def practice(app):
    with app.app_context():
        open_practice()
        facts = {"slug": "one-question", "title": "One", "price_minor": 25_00, "length_min": 60}
        save_offering(None, coach_id=1, kind="question", text="", points=[], **facts)
    return app


def race(app, *works):
    """Run these together, each in a context of its own; what they returned, by the name of errors."""
    together, results, lock = threading.Barrier(len(works)), [], threading.Lock()

    def run(work):
        with app.app_context():
            together.wait()
            try:
                result = work()
            except Exception as error:
                result = type(error).__name__
            with lock:
                results.append(result)

    threads = [threading.Thread(target=run, args=[work]) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def begun(app):
    with app.app_context():
        told = Details("Alex", Inbox.ONLY_ME, "alex@example.com", "")
        road = asking.begin(offering("one-question"), "UTC", told, None, now=clock.now())
        return queries.by_road(road)


def attempt(app, row):
    with app.app_context():
        return asking.go_to_pay(row, f"{BASE}/paid/", now=clock.now())


def facts(row, name):
    return SessionFacts(f"cs_{name}", row.id.hex, "complete", "paid", Money(25_00, "EUR"), f"pi_{name}", None)


def sent(app, *, opened=True):
    """A question that is paid and sent, and opened."""
    row = begun(app)
    with app.app_context():
        now = clock.now()
        settle(attempt(app, row).id, facts(attempt(app, row), row.id.hex), payables(), now=now)
        operations.send(row.id, row.client_id, "May I?", 0, BASE, now=now)
        if opened:
            operations.open_it(row.id, 1, by=row.id, now=now)
        return queries.question(row.id)


def now_is(app, row):
    with app.app_context():
        return queries.question(row.id)


def payables_of(app):
    with app.app_context():
        return payables()


def counted(app, column):
    with app.app_context():
        return db.session().query(column).count()


def test_two_webhooks_at_once_are_one_payment(practice, proof):
    for number in range(proof(5, 100)):
        row = begun(practice)
        mine = attempt(practice, row)
        news = facts(mine, str(number))
        again = partial(settle, mine.id, news, payables_of(practice), now=clock.now())
        assert race(practice, again, again, again) == [[], [], []]
        assert now_is(practice, row).standing is Standing.TO_WRITE
        assert counted(practice, Payment.id) == number + 1
    assert counted(practice, Refund.id) == 0


def test_two_presses_of_the_pay_button_open_one_order(practice, proof):
    for _ in range(proof(5, 100)):
        row = begun(practice)
        press = partial(asking.go_to_pay, row, f"{BASE}/paid/", now=clock.now())
        assert len({each.id for each in race(practice, press, press, press)}) == 1


def test_two_desks_answer_and_one_answer_goes_out(practice, proof):
    for _ in range(proof(5, 100)):
        row = sent(practice)
        with practice.app_context():
            operations.keep_answer(row.id, 1, "You may.")
            seen = operations.mark_of(row)
        send = partial(operations.send_answer, row.id, 1, seen, BASE, by=row.id, now=clock.now())
        assert Counter(race(practice, send, send)) == {None: 1, "NotNow": 1}
        assert now_is(practice, row).standing is Standing.ANSWERED


def test_an_answer_changed_at_another_desk_is_looked_at_again(practice):
    row = sent(practice)
    with practice.app_context():
        operations.keep_answer(row.id, 1, "You may.")
        seen = operations.mark_of(row)
        operations.keep_answer(row.id, 1, "You may not.")
        with pytest.raises(OtherWords):
            operations.send_answer(row.id, 1, seen, BASE, by=row.id, now=clock.now())
        with pytest.raises(NotNow):
            operations.take_session(row.id, row.client_id, now=clock.now())


def test_answered_declined_turned_taken_at_once_it_ends_in_one_way(practice, proof):
    ends = Counter()
    for _ in range(proof(8, 200)):
        row = sent(practice)
        with practice.app_context():
            hour = offering("power-hour")
            operations.offer_session(row.id, 1, hour, by=row.id, now=clock.now())
            operations.keep_answer(row.id, 1, "You may.")
            seen, now = operations.mark_of(row), clock.now()
        found = race(
            practice,
            lambda: operations.send_answer(row.id, 1, seen, BASE, by=row.id, now=now),
            lambda: operations.decline(row.id, 1, "", BASE, by=row.id, now=now) and None,
            lambda: operations.turn(row.id, 1, hour, BASE, by=row.id, now=now),
            lambda: operations.take_session(row.id, row.client_id, now=now),
        )
        end = now_is(practice, row)
        # Taken by her after the coach turned it is the same thing twice.
        assert found.count(None) == 1 or (end.standing is Standing.TURNED and found.count(None) == 2), found
        assert sum(each is not None for each in (end.answered_at, end.back_at, end.turned_at)) == 1
        ends[end.standing] += 1
        with practice.app_context():
            assert db.session().query(Reduction).count() == ends[Standing.TURNED]
            assert db.session().query(Refund).count() == ends[Standing.REFUNDED]


def test_opened_and_taken_back_at_once_one_of_them_holds(practice, proof):
    for _ in range(proof(8, 100)):
        row = sent(practice, opened=False)
        race(
            practice,
            lambda: operations.open_it(row.id, 1, by=row.id, now=clock.now()),
            lambda: operations.take_to_change(row.id, row.client_id),
        )
        end = now_is(practice, row)
        assert (end.standing is Standing.WAITING) is (end.opened_at is not None)


def test_the_database_itself_refuses_two_ends(practice):
    row = sent(practice)
    with (
        practice.app_context(),
        pytest.raises(Exception, match="ck_question_one_end"),
        db.transaction() as session,
    ):
        mine = session.get_one(Question, row.id)
        mine.answered_at = mine.back_at = clock.now()


def test_one_reduction_two_times_held_at_once_one_is_cheaper(practice, proof):
    with practice.app_context():
        now, hour = clock.now(), offering("power-hour")
        days = free_days([hour], now, now + timedelta(days=40), zone("UTC"), now=now)
        starts = [start for day in days for start in day.starts[::4]]
    for number in range(proof(4, 20)):
        row = sent(practice)
        with practice.app_context():
            operations.turn(row.id, 1, hour, BASE, by=row.id, now=clock.now())
        two = starts[2 * number : 2 * number + 2]
        guest = Guest(row.client_id)
        hold = [
            lambda start=start: hold_time(hour, start, "UTC", None, now=clock.now(), guest=guest) and None
            for start in two
        ]
        assert race(practice, *hold) == [None, None]
        with practice.app_context():
            mine = db.session().query(Place.price_minor).filter(Place.client_id == row.client_id)
            assert sorted(minor for (minor,) in mine) == [70_00, 95_00]


def test_told_once_however_many_tried(practice):
    row = sent(practice)
    with practice.app_context():
        operations.turn(row.id, 1, offering("power-hour"), BASE, by=row.id, now=clock.now())
        rows = db.session().query(OutboxMessage.kind).filter(OutboxMessage.client_id == row.client_id)
        assert [kind for (kind,) in rows] == ["answer"]
        assert db.session().query(Client.id).count() == 1
