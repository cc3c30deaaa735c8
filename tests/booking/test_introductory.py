"""An introductory price: shown truthfully, had once by whoever is signed in,
and what the coach sees of a second time."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from coachapp import clock, db
from coachapp.booking import link_queries
from coachapp.booking.introductory import had_intro, second_uses
from coachapp.booking.inviting import invite
from coachapp.booking.models import Place, Purchase
from coachapp.clients.models import Client
from coachapp.payments.credit_rules import refund_by_rule
from coachapp.practice.operations import save_offering
from coachapp.practice.queries import offering
from tests.booking.lower import NORA_ID, PACKAGE, SINGLE, asked_for, introduce, noras_today, press
from tests.booking.sold import a_client, coach_at_desk, one_package, ref_of, sell, signed_in
from tests.booking.test_codes import to_words
from tests.booking.test_packages import hold_first
from tests.cast import ALEX, CHARLIE, MAYA
from tests.road import mostly_sqlite as databases  # noqa: F401  # a fixture

INTRO, REGULAR = 80_00, 95_00


@pytest.fixture
def maya(world):
    """A client, signed in."""
    world.maya = a_client(world, MAYA)
    return signed_in(world, MAYA)


def day_words(day):
    return f"{day.day} {day:%B}"


def book(walker, at=0):
    """On the way to paying a power hour, with details told or known; the price Stripe is asked for."""
    walker.hold(walker.morning()[at])
    walker.get("/book/details")
    typed = {"agree": "y"}
    if "inbox" in walker.page.get_data(as_text=True):
        typed |= {"name": walker.person.name, "email": walker.person.email, "inbox": "only_me"}
    walker.post("/book/details", typed)
    assert press(walker) == 303, walker.text
    return asked_for(walker.world, walker)


def records(world):
    with world.app.app_context():
        return list(db.session().scalars(sa.select(Client.id).order_by(Client.created_at)))


def seconds(world, client_id):
    with world.app.app_context():
        return [(use.title, list(use.others)) for use in second_uses(client_id)]


def test_the_regular_price_stands_beside_it(world, walker):
    introduce(world)
    until = noras_today(world) + timedelta(days=5)
    words = f"Introductory price until {day_words(until)}, once for each person. From {day_words(until + timedelta(days=1))} it is €95."
    for page in ("/", "/book", f"/book/{SINGLE}"):
        walker.get(page)
        assert words in walker.text and "€80" in walker.text, page
        assert "<s>" not in walker.page.get_data(as_text=True) and "<del" not in walker.page.get_data(
            as_text=True
        )
    walker.go_to_code()
    walker.get("/book/code")
    assert "€80 is the introductory price, once for each person. Otherwise it is €95." in walker.text


@pytest.mark.parametrize(("before", "after", "price"), [(0, 0, INTRO), (5, -1, REGULAR), (-1, 5, REGULAR)])
def test_its_days(world, walker, before, after, price):
    """Both days count, on the coach's clock."""
    introduce(world, before=before, after=after)
    assert book(walker) == price


def test_the_price_at_which_a_time_was_held_stays(world, walker):
    introduce(world)
    walker.go_to_code()
    introduce(world, before=9, after=-2)
    assert press(walker) == 303 and asked_for(world, walker) == INTRO


def test_from_on_the_pages_is_never_stale(world, walker):
    for minor, words in ((None, "from €70"), (60_00, "from €60"), (75_00, "from €70")):
        sell(world)
        if minor:
            introduce(world, minor=minor)
        for page in ("/", "/book"):
            walker.get(page)
            assert f"Sessions {words}." in walker.text, (minor, page)
    introduce(world, PACKAGE, 300_00)
    assert "from €50." in (walker.get("/"), walker.text)[1]
    with world.app.app_context():
        save_offering(offering(PACKAGE).id, slug=PACKAGE, listed=False)
        save_offering(offering(SINGLE).id, slug=SINGLE, active=False)
    walker.get("/")
    assert "Sessions from" not in walker.text


def test_signed_in_once(world, maya):
    introduce(world)
    assert book(maya) == INTRO
    maya.pay()
    with world.app.app_context():
        assert had_intro(world.maya, offering(SINGLE).id, now=clock.now())
    maya.get(f"/book/{SINGLE}")
    assert "€95" in maya.text and "Introductory" not in maya.text
    assert book(maya, 4) == REGULAR


def test_given_back_it_may_be_had_again(world, maya):
    introduce(world)
    book(maya)
    maya.pay()
    maya.fill(f"{maya.place_path}/cancel", {})
    assert book(maya, 4) == INTRO


def test_a_link_that_ended_unpaid_is_not_a_use(world, maya):
    introduce(world)
    book(maya)
    maya.get("/book/code")
    maya.post("/book/let-go")
    assert book(maya, 4) == INTRO


def test_on_two_devices_at_the_introductory_price(world, maya):
    """Both times were held at it. Who pays second is told the regular price before anything is charged."""
    introduce(world)
    other = signed_in(world, MAYA)
    for each, at in ((maya, 0), (other, 4)):
        each.hold(each.morning()[at])
        each.fill("/book/details", {"agree": "y"})
    assert press(maya) == 303
    assert press(other) == 409
    assert "The introductory price is for once, and you have had it. This costs €95." in other.text
    assert press(other) == 303 and asked_for(world, other) == REGULAR
    for each in (maya, other):
        each.pay()
    assert world.ledger()[2] == [INTRO, REGULAR]


def test_a_link_made_for_her_tells_nothing_of_her(world, maya):
    """Whoever holds it is shown the introductory price; only the coach learns that it was a second time."""
    introduce(world)
    book(maya)
    maya.pay()
    with world.app.app_context():
        until = clock.now() + timedelta(days=3)
        link = invite(1, world.maya, None, until, by=NORA_ID, now=clock.now())
        token = link_queries.token_of(link)
    someone = world.walker(CHARLIE)
    someone.get(f"/i/{token}")
    someone.post(f"/i/{token}")
    assert book(someone, 4) == INTRO
    someone.pay()
    assert seconds(world, world.maya) == [("Power hour", [])]


def test_signed_out_a_second_time_is_for_the_coach_alone(world):
    introduce(world)
    for at, address in enumerate(("alex@example.com", "Alex+2@example.com ", "charlie@example.com")):
        someone = world.walker(ALEX)
        someone.hold(someone.morning()[at * 4])
        someone.tell(email=address.strip())
        assert press(someone) == 303 and asked_for(world, someone) == INTRO
        someone.pay()
    first, second, third = records(world)
    assert seconds(world, first) == [("Power hour", [second])]
    assert seconds(world, second) == [("Power hour", [first])]
    assert seconds(world, third) == []
    nora = coach_at_desk(world)
    nora.get(f"/desk/clients/{ref_of(world, first)}")
    assert "perhaps had at the introductory price twice" in nora.text
    assert f"/desk/clients/{ref_of(world, second)}" in nora.page.get_data(as_text=True)
    nora.get(f"/desk/clients/{ref_of(world, third)}")
    assert "Introductory price" not in nora.text


def test_nothing_readable_is_kept(world, walker):
    introduce(world)
    book(walker)
    ((mark,),) = world.rows(Place.intro_mark)
    assert len(mark) == 32 and b"alex" not in mark
    with world.app.app_context():
        save_offering(offering(SINGLE).id, slug=SINGLE, title="Other")
    assert not any("alex@" in row for rows in world.everything("outbox_message").values() for row in rows)


def test_nobody_is_marked_without_an_address_or_at_the_regular_price(world):
    introduce(world)
    for at in (0, 4):
        someone = world.walker(CHARLIE)
        someone.hold(someone.morning()[at])
        someone.tell(email=None, inbox="none")
        press(someone)
        someone.pay()
    introduce(world, before=9, after=-2)
    book(world.walker(ALEX), 8)
    assert [mark for (mark,) in world.rows(Place.intro_mark)] == [None] * 3
    assert all(seconds(world, each) == [] for each in records(world))


def test_a_package_has_one_too(world, walker):
    """With a first time; what is paid back by rule counts from what was paid, at the single session's regular price."""
    sell(world)
    introduce(world, SINGLE, 60_00)
    introduce(world, PACKAGE, 300_00)
    walker.get(f"/book/{PACKAGE}")
    assert "€300" in walker.text and "From" in walker.text and "it is €420" in walker.text
    hold_first(walker)
    walker.tell()
    assert press(walker) == 303 and asked_for(world, walker) == 300_00
    walker.pay()
    mine = one_package(world)
    assert (mine.price.minor, mine.single.minor, mine.used) == (300_00, 95_00, 1)
    assert refund_by_rule(mine, mine.price - mine.price).minor == 205_00


def test_a_package_without_a_time_once(world, maya):
    sell(world)
    introduce(world, PACKAGE, 300_00)
    other = signed_in(world, MAYA)
    for each in (maya, other):
        each.fill(f"/book/{PACKAGE}/buy", {"agree": "y"})
        each.follow()
        assert "€300 is the introductory price" in each.text
    assert press(maya, "/book/words") == 303
    assert press(other, "/book/words") == 409 and "This costs €420" in other.text
    maya.pay()
    assert press(other, "/book/words") == 303 and asked_for(world, other) == 420_00
    maya.get(f"/book/{PACKAGE}")
    assert "€420" in maya.text and "€300" not in maya.text


def test_a_package_without_a_time_is_marked(world):
    sell(world)
    introduce(world, PACKAGE, 300_00)
    for person in (ALEX, ALEX):
        someone = world.walker(person)
        to_words(someone)
        press(someone, "/book/words")
        someone.pay()
    marks = {mark for (mark,) in world.rows(Purchase.intro_mark)}
    assert len(marks) == 1 and None not in marks
    first, second = records(world)
    assert seconds(world, first) == [("Steady ground", [second])]


def test_the_days_follow_the_coachs_clock(world):
    """Where it is tomorrow already for her, tomorrow's price holds."""
    introduce(world, before=0, after=0)
    with world.app.app_context():
        row = offering(SINGLE)
        assert row.on(row.intro.first).price.minor == INTRO and row.on(row.intro.over_on) is row
        assert row.on(row.intro.first).on(row.intro.first).regular.minor == REGULAR
