"""What this browser is about to pay at a price that something has lowered, and what is said when that is gone."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from flask.typing import ResponseReturnValue

from coachapp.booking.forms import PriceCodeForm
from coachapp.booking.rules import IntroHad, NotNow
from coachapp.payments.coupon_rules import CodeGone


@dataclass(frozen=True)
class AtPrice:
    """A time, or a package without one: the page before paying it and where that is, and what a code does to it."""

    id: UUID
    page: Callable[..., str]
    shown_at: str
    use: Callable[[str], bool]
    leave: Callable[[], None]
    leave_intro: Callable[[], None]

    def go(self, on: Callable[[], ResponseReturnValue]) -> ResponseReturnValue:
        """Go on at this price; where it is not to be had any more, the same page says so with the one that is."""
        try:
            return on()
        except CodeGone:  # used up, or put to rest, since it was typed
            with suppress(NotNow):
                self.leave()
            return self.page(PriceCodeForm(formdata=None).refused()), 422
        except IntroHad:
            with suppress(NotNow):
                self.leave_intro()
            return self.page(had_intro=True), 409
