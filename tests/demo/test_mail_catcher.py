"""The mail catcher through real smtplib."""

import smtplib
import stat
import time
from email.message import EmailMessage

import pytest

from coachapp.demo.mail_catcher import MailCatcher, list_mails, read_mail


@pytest.fixture
def catcher(tmp_path):
    with MailCatcher(tmp_path / "mail") as running:
        yield running


def mail(subject="Your update", text="Your time is kept.\n", to="ana@example.com"):
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "Quiet Harbour <hello@example.com>", to, subject
    made["Message-ID"] = "<one@example.com>"
    made.set_content(text)
    return made


def send(catcher, message, timeout=5):
    with smtplib.SMTP("127.0.0.1", catcher.port, timeout=timeout) as line:
        return line.send_message(message)


def test_a_mail_can_be_read_back(catcher):
    send(catcher, mail(subject="Grüße · καλημέρα", text="Zoë, 14:30 to 15:30\n"))
    (kept,) = catcher.mails()
    assert (kept.number, kept.sender, kept.to) == (1, "hello@example.com", ("ana@example.com",))
    assert (kept.subject, kept.text) == ("Grüße · καλημέρα", "Zoë, 14:30 to 15:30\n")
    assert kept.header("message-id") == "<one@example.com>"
    assert kept.header("Delivered-To") is None


def test_mails_stand_in_order_of_arrival(catcher):
    for number in range(12):
        send(catcher, mail(subject=f"Number {number}"))
    assert [kept.subject for kept in list_mails(catcher.folder)] == [f"Number {n}" for n in range(12)]
    assert read_mail(catcher.folder, 3).subject == "Number 2"
    assert read_mail(catcher.folder, 99) is None


def test_files_are_for_the_owner_only(catcher):
    send(catcher, mail())
    (file,) = catcher.folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(catcher.folder.stat().st_mode) == 0o700
    assert file.name.startswith("000001-")


def test_several_recipients_and_a_reply_address(catcher):
    made = mail(to="ana@example.com, bo@example.com")
    made["Reply-To"] = "nora@example.com"
    send(catcher, made)
    (kept,) = catcher.mails()
    assert kept.to == ("ana@example.com", "bo@example.com")
    assert kept.header("Reply-To") == "nora@example.com"


def test_an_attachment_leaves_the_text_readable(catcher):
    made = mail()
    made.add_attachment(b"x", maintype="application", subtype="pdf", filename="notes-1.pdf")
    send(catcher, made)
    assert catcher.mails()[0].text == "Your time is kept.\n"


def test_a_refused_mail_is_not_kept_and_the_next_is(catcher):
    catcher.refuse_next(2)
    for _ in range(2):
        with pytest.raises(smtplib.SMTPDataError) as refused:
            send(catcher, mail())
        assert refused.value.smtp_code == 451
    send(catcher, mail())
    assert len(catcher.mails()) == 1


def test_the_line_can_die_after_the_mail_was_taken(catcher):
    catcher.drop_next()
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionResetError)):
        send(catcher, mail())
    assert len(catcher.mails()) == 1
    send(catcher, mail())
    assert [kept.number for kept in catcher.mails()] == [1, 2]


def test_a_stalled_answer_runs_into_the_time_limit(catcher):
    catcher.stall(20)
    with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
        send(catcher, mail(subject="Given up"), timeout=0.3)
    catcher.stall(0)
    send(catcher, mail(subject="Patient"))
    assert [kept.subject for kept in catcher.mails()] == ["Patient"]


def test_mails_stay_over_a_restart(tmp_path):
    for _ in range(2):
        with MailCatcher(tmp_path) as running:
            send(running, mail())
    assert [kept.number for kept in list_mails(tmp_path)] == [1, 2]


def test_stopping_does_not_wait_for_a_stalled_mail(tmp_path):
    with MailCatcher(tmp_path) as running:
        running.stall(20)
        with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
            send(running, mail(), timeout=0.2)
        began = time.monotonic()
    assert time.monotonic() - began < 2


def test_an_absent_folder_is_an_empty_one(tmp_path):
    assert list_mails(tmp_path / "none") == []


def test_it_listens_on_one_address_only(catcher):
    with pytest.raises(ConnectionRefusedError):
        smtplib.SMTP("127.0.0.2", catcher.port, timeout=2)
