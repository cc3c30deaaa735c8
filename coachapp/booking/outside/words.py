"""What the coach reads when a calendar could not be fetched or read."""

from flask_babel import lazy_gettext as _l

from coachapp.booking.outside.rules import Trouble

TROUBLES = {
    Trouble.NO_ANSWER: _l("It does not answer, or breaks off."),
    Trouble.TOO_SLOW: _l("It takes too long to answer."),
    Trouble.HURRIED: _l(
        "It was too slow while someone was booking. It is tried again within a minute or two."
    ),
    Trouble.REFUSED: _l(
        "There is nothing at this address, or it wants a sign-in. It may have a new address."
    ),
    Trouble.CERTIFICATE: _l("Its certificate is not in order, so nothing was fetched."),
    Trouble.UNSAFE: _l("Its address leads into a private network. Only public ones are fetched."),
    Trouble.TOO_BIG: _l("It is larger than 5 MB."),
    Trouble.NOT_A_CALENDAR: _l("What came is not a whole calendar file."),
    Trouble.TOO_MUCH: _l("It holds more than can be read in time."),
    Trouble.PARTLY: _l("Something in it could not be read. Everything else counts."),
}
