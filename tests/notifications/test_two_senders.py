"""Several senders at the same moment, on both databases: every message leaves once."""

import threading
from collections import Counter
from datetime import UTC, datetime

import sqlalchemy as sa

from coachapp import db
from coachapp.clients.operations import new_client
from coachapp.notifications.models import OutboxMessage
from coachapp.notifications.operations import enqueue, send_due
from coachapp.notifications.texts import Text
from coachapp.safe_contact.operations import set_contact
from coachapp.safe_contact.rules import Inbox
from tests.cast import ALEX
from tests.road import open_practice

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SENDERS = 4


def fill(app, messages):
    with app.app_context():
        open_practice()
        alex = new_client(1, ALEX.zone, now=NOW)
        set_contact(alex, Inbox.ONLY_ME, ALEX.email, now=NOW)
        for number in range(messages):
            enqueue(alex, "booked", lambda with_link: Text("s", "b\n"), key=f"k{number}", now=NOW)


def test_each_message_is_claimed_by_one_sender(app, proof):
    messages = proof(20, 200)
    fill(app, messages)
    sent: Counter[str] = Counter()
    together, lock = threading.Barrier(SENDERS), threading.Lock()

    def note(address, text, message_id, reply_to):
        with lock:
            sent[message_id] += 1

    def work():
        together.wait()
        with app.app_context():
            while send_due(note, now=NOW):
                pass

    threads = [threading.Thread(target=work) for _ in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(sent) == messages
    assert set(sent.values()) == {1}
    with app.app_context():
        assert set(db.session().execute(sa.select(OutboxMessage.state, OutboxMessage.tries))) == {("sent", 1)}
