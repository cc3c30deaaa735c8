"""The one place that speaks SMTP. Plain text, one address, no tracking, nothing that names the program.

Only a mail to the coach may carry more: an invitation for her own calendar.
"""

import smtplib
import ssl
from contextlib import closing
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from typing import Any
from urllib.parse import unquote, urlsplit

from coachapp.config import LOOPBACK
from coachapp.notifications.rules import MailRefused, MailTrouble, MailUnsure
from coachapp.notifications.texts import Text

TIMEOUT = 20


class Mailer:
    """Sends one message at a time through `smtp://user:pass@host:587` or `smtps://…`."""

    def __init__(self, smtp_url: str, mail_from: str) -> None:
        self._server = urlsplit(smtp_url)
        name, address = parseaddr(mail_from)
        self._from = Address(display_name=name, addr_spec=address)

    def __call__(self, address: str, text: Text, message_id: str, reply_to: str | None) -> None:
        """Send. MailRefused when the server will never take it, MailTrouble when it may later, MailUnsure when the
        line died on the way: only what happens before the handing over is known not to have left.
        """
        message = EmailMessage(policy=SMTP)
        message["From"], message["To"], message["Subject"] = self._from, address, text.subject
        message["Message-ID"] = message_id.replace("mail.invalid", self._from.domain)
        if reply_to:
            message["Reply-To"] = reply_to
        message.set_content(text.body)
        if text.calendar:
            _add_invitation(message, text.calendar)
        try:
            with closing(self._line()) as server:  # no QUIT: what is answered to it changes nothing any more
                self._introduce(server)
                server.send_message(message)
        except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
            raise _named(error) from error
        except OSError as error:  # every other answer is about us or the line, not about this message
            raise MailTrouble(type(error).__name__) from error

    def _line(self) -> smtplib.SMTP:
        host, port = self._server.hostname or "localhost", self._server.port
        if self._server.scheme == "smtps":
            return _SecretLine(host, port or 465, timeout=TIMEOUT, context=ssl.create_default_context())
        return _Line(host, port or 587, timeout=TIMEOUT)

    def _introduce(self, server: smtplib.SMTP) -> None:
        server.ehlo_or_helo_if_needed()
        if self._server.scheme == "smtp" and server.has_extn("starttls"):
            server.starttls(context=ssl.create_default_context())
        elif self._server.scheme == "smtp" and self._server.hostname not in LOOPBACK:
            raise MailTrouble("no TLS")
        if self._server.username:
            server.login(unquote(self._server.username), unquote(self._server.password or ""))


def _add_invitation(message: EmailMessage, calendar: str) -> None:
    """A second form of the same mail, which calendars take in by themselves; its method stands in the file too."""
    method = "CANCEL" if "\r\nMETHOD:CANCEL\r\n" in calendar else "REQUEST"
    message.add_alternative(calendar, subtype="calendar", charset="utf-8", params={"method": method})


class _Line(smtplib.SMTP):
    """A line that knows when it died while the message itself was handed over:
    then nobody can say what became of it."""

    def data(self, msg: Any) -> tuple[int, bytes]:
        try:
            return super().data(msg)
        except smtplib.SMTPServerDisconnected as error:
            raise MailUnsure("line died") from error


class _SecretLine(_Line, smtplib.SMTP_SSL):
    """The same over TLS from the first byte."""


def _named(error: smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError) -> MailTrouble:
    """5xx is for good, 4xx for now."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = next(iter(error.recipients.values()))[0]
    else:
        code = error.smtp_code
    return MailRefused(str(code)) if 500 <= code < 600 else MailTrouble(str(code))
