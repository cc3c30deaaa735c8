"""The outbox against a real mail server that misbehaves: nothing is lost, nothing is sent a third time."""

import dataclasses
import email.policy
import socket
from datetime import UTC, datetime, timedelta
from email.parser import BytesParser
from threading import Thread

import pytest
import sqlalchemy as sa

from coachapp import db
from coachapp.clients.operations import new_client
from coachapp.notifications.mailer import Mailer
from coachapp.notifications.models import OutboxMessage
from coachapp.notifications.operations import enqueue, enqueue_for_coach, forget_words, send_due
from coachapp.notifications.rules import LEASE, NotForClients, State, after_interruption, next_try
from coachapp.notifications.texts import Text
from coachapp.safe_contact.operations import set_contact, things_changed
from coachapp.safe_contact.rules import Inbox
from tests.apps import open_app
from tests.cast import ALEX, NORA
from tests.road import mostly_sqlite as databases  # noqa: F401  # a fixture
from tests.road import open_practice

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
SENDER = "Appointments <times@example.org>"


@pytest.fixture
def outbox(app):
    """An app context with Alex, who alone sees her inbox, as `outbox.alex`."""
    with app.app_context() as context:
        open_practice()
        context.alex = new_client(1, ALEX.zone, now=NOW, name=ALEX.name)
        set_contact(context.alex, Inbox.ONLY_ME, ALEX.email, now=NOW)
        yield context


@pytest.fixture
def mailer(mail_catcher):
    return Mailer(mail_catcher.url, SENDER)


def put(client_id, kind="booked", key="k", **more):
    enqueue(
        client_id,
        kind,
        lambda with_link: Text("Your update", "a link\n" if with_link else "no link\n"),
        key=key,
        now=NOW,
        **more,
    )


@pytest.mark.safety("D2")
def test_a_client_s_message_with_a_calendar_is_refused(outbox):
    with pytest.raises(NotForClients):
        enqueue(
            outbox.alex,
            "booked",
            lambda link: Text("Your update", "words", "BEGIN:VCALENDAR"),
            key="k",
            now=NOW,
        )
    assert db.session().scalars(sa.select(OutboxMessage)).all() == []


def test_a_calendar_in_a_client_s_row_would_not_leave_either(outbox, mailer, mail_catcher):
    """Whatever wrote it there: the sender does not read it."""
    put(outbox.alex)
    with db.transaction() as session:
        session.execute(sa.update(OutboxMessage).values(calendar_sealed=b"sealed by no one"))
    assert send_due(mailer, now=NOW) == 1
    [mail] = mail_catcher.mails()
    assert mail.header("Content-Type").startswith("text/plain")


def test_the_coach_s_message_carries_its_calendar_sealed_until_it_is_sent(outbox, mailer, mail_catcher):
    file = "BEGIN:VCALENDAR\r\nMETHOD:CANCEL\r\nSUMMARY:Termíč\r\nEND:VCALENDAR\r\n"
    enqueue_for_coach(NORA.email, "cancelled", Text("Your update", "words\n", file), key="k", now=NOW)
    assert b"VCALENDAR" not in row().calendar_sealed
    assert send_due(mailer, now=NOW) == 1
    [mail] = mail_catcher.mails()
    raw = (mail_catcher.folder / mail.file).read_bytes()
    parsed = BytesParser(policy=email.policy.default).parsebytes(raw)
    words, calendar = parsed.iter_parts()
    assert words.get_content().strip() == "words"
    assert (calendar.get_content_type(), calendar.get_param("method")) == ("text/calendar", "CANCEL")
    assert calendar.get_content().replace("\r\n", "\n") == file.replace("\r\n", "\n")
    forget_words(now=NOW + timedelta(hours=73))
    assert row().calendar_sealed is None


def row():
    db.session().rollback()
    return db.session().scalars(sa.select(OutboxMessage)).one()


def message_ids(catcher):
    return [mail.header("Message-ID") for mail in catcher.mails()]


def test_sent_once(outbox, mailer, mail_catcher):
    put(outbox.alex)
    put(outbox.alex)
    assert send_due(mailer, now=NOW) == 1
    assert send_due(mailer, now=NOW + MINUTE) == 0
    (mail,) = mail_catcher.mails()
    assert (mail.to, mail.sender) == ((ALEX.email,), "times@example.org")
    assert mail.header("Message-ID").endswith("@example.org>")
    assert (row().state, row().tries, row().sent_at) == (State.SENT, 1, NOW)


def test_without_a_mail_server_everything_waits(outbox, mailer, mail_catcher):
    put(outbox.alex)
    assert send_due(None, now=NOW) == 0
    assert (row().state, row().tries) == (State.WAITING, 0)
    assert send_due(mailer, now=NOW + 3 * MINUTE) == 1


def test_no_smtp_url_means_no_mailer(settings):
    with open_app(dataclasses.replace(settings, smtp_url=None)) as app:
        assert app.extensions["mailer"] is None


def test_451_waits_and_goes_later(outbox, mailer, mail_catcher):
    put(outbox.alex)
    mail_catcher.refuse_next()
    assert send_due(mailer, now=NOW) == 0
    assert (row().state, row().not_before) == (State.WAITING, NOW + MINUTE)
    assert send_due(mailer, now=NOW + MINUTE - timedelta(seconds=1)) == 0
    assert send_due(mailer, now=NOW + MINUTE) == 1
    assert len(mail_catcher.mails()) == 1


def test_it_is_tried_less_and_less_often_and_given_up_after_three_days():
    assert [(next_try(n, NOW) - NOW) // MINUTE for n in range(1, 9)] == [1, 2, 5, 15, 30, 60, 60, 60]


def test_given_up_after_three_days(outbox, mailer, mail_catcher):
    put(outbox.alex)
    mail_catcher.refuse_next()
    assert send_due(mailer, now=NOW + timedelta(hours=72, seconds=1)) == 0
    assert row().state == State.FAILED


class Grumpy:
    """A mail server that says hello, listens, and answers one command by its own words (None: hangs up)."""

    def __init__(self, command: bytes, answer: bytes | None) -> None:
        self._command, self._answer = command, answer
        self._door = socket.create_server(("127.0.0.1", 0))
        self.url = f"smtp://127.0.0.1:{self._door.getsockname()[1]}"
        self.heard: list[bytes] = []
        self._thread = Thread(target=self._serve, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        self._thread.join()

    def _serve(self):
        while True:
            try:
                line, _address = self._door.accept()
            except OSError:
                return
            with line, line.makefile("rb") as said:
                self._talk(line, said)

    def _talk(self, line, said):
        line.sendall(b"220 here\r\n")
        in_data = False
        for words in said:
            if in_data and words != b".\r\n":
                continue
            name = b"." if in_data else words[:4].upper().strip()
            self.heard.append(name)
            in_data = name == b"DATA" and self._command != b"DATA"
            if name == self._command:
                if self._answer is None:
                    return
                line.sendall(self._answer + b"\r\n")
            else:
                line.sendall(b"354 go on\r\n" if name == b"DATA" else b"250 fine\r\n")


@pytest.mark.parametrize("command", [b"RCPT", b"."])
def test_550_is_for_good(outbox, command):
    put(outbox.alex)
    with Grumpy(command, b"550 no such person") as server:
        assert send_due(Mailer(server.url, SENDER), now=NOW) == 0
        assert row().state == State.FAILED
        assert send_due(Mailer(server.url, SENDER), now=NOW + timedelta(hours=1)) == 0
        assert server.heard.count(command) == 1


@pytest.mark.parametrize(
    ("command", "answer"), [(b"MAIL", b"530 sign in first"), (b"EHLO", None), (b"RCPT", b"450 later")]
)
def test_what_is_wrong_with_us_or_the_line_loses_no_mail(outbox, mailer, mail_catcher, command, answer):
    put(outbox.alex)
    with Grumpy(command, answer) as server:
        for number in range(3):
            assert send_due(Mailer(server.url, SENDER), now=NOW + number * 5 * MINUTE) == 0
    assert (row().state, row().tries, row().sent_again) == (State.WAITING, 3, False)
    assert send_due(mailer, now=NOW + 30 * MINUTE) == 1


def test_a_rude_goodbye_changes_nothing(outbox):
    put(outbox.alex)
    with Grumpy(b"QUIT", b"421 go away") as server:
        assert send_due(Mailer(server.url, SENDER), now=NOW) == 1
    assert row().state == State.SENT


def test_nobody_there_waits(outbox):
    put(outbox.alex)
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"smtp://127.0.0.1:{closed.getsockname()[1]}"
    assert send_due(Mailer(url, SENDER), now=NOW) == 0
    assert row().state == State.WAITING


def test_a_line_that_dies_is_tried_once_more_with_the_same_id_and_never_again(outbox, mailer, mail_catcher):
    put(outbox.alex)
    mail_catcher.drop_next(2)
    assert send_due(mailer, now=NOW) == 0
    assert (row().state, row().sent_again) == (State.WAITING, True)
    assert send_due(mailer, now=NOW + MINUTE) == 0
    assert row().state == State.UNSURE
    for hours in range(1, 5):
        assert send_due(mailer, now=NOW + timedelta(hours=hours)) == 0
    first, second = message_ids(mail_catcher)
    assert first == second


def test_a_line_that_dies_once_is_no_matter(outbox, mailer, mail_catcher):
    put(outbox.alex)
    mail_catcher.drop_next()
    assert send_due(mailer, now=NOW) == 0
    assert send_due(mailer, now=NOW + MINUTE) == 1
    assert len(set(message_ids(mail_catcher))) == 1
    assert row().state == State.SENT


def test_a_reminder_whose_line_died_is_not_repeated(outbox, mailer, mail_catcher):
    put(outbox.alex, kind="reminder")
    mail_catcher.drop_next()
    send_due(mailer, now=NOW)
    assert send_due(mailer, now=NOW + timedelta(hours=1)) == 0
    assert row().state == State.UNSURE
    assert len(mail_catcher.mails()) == 1


class Killed(BaseException):
    """What a SIGKILL looks like from inside: nothing after it runs."""


def killed_after_sending(mailer):
    def send(*message):
        mailer(*message)
        raise Killed

    return send


@pytest.mark.parametrize("kind", ["booked", "reminder"])
def test_killed_while_sending(outbox, mailer, mail_catcher, kind):
    put(outbox.alex, kind=kind)
    with pytest.raises(Killed):
        send_due(killed_after_sending(mailer), now=NOW)
    assert (row().state, row().lease_until) == (State.SENDING, NOW + LEASE)
    assert send_due(mailer, now=NOW + LEASE) == 0, "its sender may still be alive"
    after = NOW + LEASE + timedelta(seconds=1)
    assert send_due(mailer, now=after) == (kind != "reminder")
    assert row().state == (State.UNSURE if kind == "reminder" else State.SENT)
    assert len(message_ids(mail_catcher)) == (1 if kind == "reminder" else 2)
    assert len(set(message_ids(mail_catcher))) == 1


def test_killed_twice_is_the_end(outbox, mailer, mail_catcher):
    put(outbox.alex)
    for number in range(2):
        with pytest.raises(Killed):
            send_due(killed_after_sending(mailer), now=NOW + number * 2 * LEASE)
    assert send_due(mailer, now=NOW + 6 * LEASE) == 0
    assert row().state == State.UNSURE
    assert len(mail_catcher.mails()) == 2


def test_after_an_interruption():
    found = {
        (kind, again): after_interruption(kind, again)
        for kind in ("booked", "reminder")
        for again in (False, True)
    }
    assert found == {
        ("booked", False): State.WAITING,
        ("booked", True): State.UNSURE,
        ("reminder", False): State.UNSURE,
        ("reminder", True): State.UNSURE,
    }


@pytest.mark.safety("D2")
def test_things_changed_stops_what_is_already_waiting(outbox, mailer, mail_catcher):
    put(outbox.alex)
    things_changed(outbox.alex, now=NOW)
    assert send_due(mailer, now=NOW) == 0
    assert (row().state, row().reason) == (State.REFUSED, "things changed")
    assert mail_catcher.mails() == []


@pytest.mark.safety("D2")
def test_a_link_written_for_her_alone_does_not_go_to_an_inbox_that_is_shared_now(
    outbox, mailer, mail_catcher
):
    put(outbox.alex)
    set_contact(outbox.alex, Inbox.SHARED, ALEX.email, now=NOW)
    assert send_due(mailer, now=NOW) == 0
    assert mail_catcher.mails() == []
    assert row().state == State.REFUSED


@pytest.mark.safety("D2")
def test_what_waits_goes_to_the_address_she_has_now_never_to_the_one_she_left(outbox, mailer, mail_catcher):
    put(outbox.alex)
    set_contact(outbox.alex, Inbox.ONLY_ME, "new@example.com", now=NOW)
    assert send_due(mailer, now=NOW) == 1
    assert [mail.to for mail in mail_catcher.mails()] == [("new@example.com",)]


def test_the_coach_gets_ordinary_mail(outbox, mailer, mail_catcher):
    enqueue_for_coach(NORA.email, "booked", Text("s", "b\n"), key="c", now=NOW)
    enqueue_for_coach(None, "booked", Text("s", "b\n"), key="d", now=NOW)
    assert send_due(mailer, now=NOW) == 1
    assert mail_catcher.mails()[0].to == (NORA.email,)


@pytest.mark.safety("D14")
@pytest.mark.parametrize("sent", [True, False])
def test_words_are_forgotten_after_three_days(outbox, mailer, sent):
    put(outbox.alex, reply_to=NORA.email)
    if sent:
        send_due(mailer, now=NOW)
    forget_words(now=NOW + timedelta(hours=72))
    assert row().body_sealed is not None
    forget_words(now=NOW + timedelta(hours=72, seconds=1))
    kept = row()
    assert (kept.address_sealed, kept.subject_sealed, kept.body_sealed, kept.reply_to) == (None,) * 4
    assert (kept.kind, kept.reason) == ("booked", "own inbox")
    assert kept.state == (State.SENT if sent else State.FAILED)
    assert send_due(mailer, now=NOW + timedelta(hours=80)) == 0


def test_no_plain_words_in_the_table(outbox):
    put(outbox.alex)
    kept = row()
    for sealed in (kept.address_sealed, kept.subject_sealed, kept.body_sealed):
        assert b"alex" not in sealed and b"update" not in sealed and b"link" not in sealed
