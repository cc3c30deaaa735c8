"""A booking nobody finished is forgotten by itself; what was paid, or may still be, is not."""

from datetime import timedelta

import pytest

from coachapp import vault
from coachapp.booking.models import Appointment, Place
from coachapp.clients.models import Client
from coachapp.intake.models import IntakeAnswer
from coachapp.payments.models import Attempt, Order
from coachapp.safe_contact.models import SafeContact
from tests.road import both_databases
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name

A_DAY = timedelta(hours=25)
TABLES = (Client.id, Place.id, Appointment.id, IntakeAnswer.id, SafeContact.client_id, Order.id, Attempt.id)


def left(world):
    return [len(world.rows(column)) for column in TABLES]


def test_details_typed_and_left_are_forgotten_with_their_key(world, walker):
    walker.go_to_code()
    [(client_id,)] = world.rows(Client.id)
    world.tick(timedelta(hours=23))
    assert left(world)[0] == 1, "not before a day"
    world.tick(A_DAY)
    assert left(world) == [0] * len(TABLES)
    with world.app.app_context(), pytest.raises(vault.KeyGone):
        vault.seal(client_id, "client.name", client_id, "Alex")


def test_a_time_let_go_without_a_word_is_forgotten(world, walker):
    walker.hold()
    world.tick(timedelta(hours=1))
    assert left(world)[2] == 1
    world.tick(timedelta(hours=27))
    assert left(world) == [0] * len(TABLES)


def test_who_came_as_far_as_stripe_and_did_not_pay_is_forgotten_once_the_link_has_ended(world, walker):
    walker.to_payment()
    world.tick(A_DAY)
    assert left(world)[0] == 1, "Stripe has not said that the link ended"
    world.stripe.lever(clock_offset=int(A_DAY.total_seconds()))
    world.tick(A_DAY + timedelta(minutes=10))
    world.tick(A_DAY + timedelta(minutes=20))
    assert left(world) == [0] * len(TABLES)


def test_who_booked_is_not_forgotten(world):
    world.paid()
    before = left(world)
    world.tick(timedelta(days=40))
    assert left(world) == before and before[0] == 1


def test_money_that_does_not_fit_waits_for_the_coach_however_long(world, walker):
    walker.to_payment()
    world.change(Attempt, amount_minor=94_00)
    walker.pay()
    assert world.ledger() == (["held"], ["alarm"], [], [])
    for hours in (2, 25, 50):
        world.tick(timedelta(hours=hours))
    assert world.ledger()[1] == ["alarm"] and len(world.rows(Client.id)) == 1


@both_databases
def test_an_interrupted_round_is_finished_by_the_next(world, walker):
    walker.go_to_code()
    [(client_id,)] = world.rows(Client.id)
    with world.app.app_context():
        vault.destroy_key(client_id)
    world.tick(A_DAY)
    assert left(world) == [0] * len(TABLES)
