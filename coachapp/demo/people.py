"""Six invented clients in different states, and a fortnight of their appointments, notes, payments and worksheets."""

import http.client
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from urllib.parse import urlencode, urlsplit
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from coachapp.accounts.hashing import hasher
from coachapp.accounts.operations import join, make_join_token
from coachapp.booking import queries
from coachapp.booking.desk_operations import block_time, book_for_client
from coachapp.booking.rules import PlaceRow
from coachapp.clients.operations import agree_words, new_client, set_state, wish, write_note
from coachapp.clients.queries import client
from coachapp.clients.rules import DAY_BEFORE, Absence, State, WishesRow
from coachapp.config import settings
from coachapp.intake.operations import save_answer
from coachapp.intake.rules import HOPE
from coachapp.payments import operations as payments
from coachapp.payments import packages
from coachapp.payments.rules import AttemptRow, GatewayAway, SessionFacts
from coachapp.payments.runtime import gateway, payables
from coachapp.practice.queries import coach, offering, offering_by_id
from coachapp.safe_contact.operations import set_contact, things_changed
from coachapp.safe_contact.rules import Inbox
from coachapp.worksheets import path_operations as paths
from coachapp.worksheets.answers import Value
from coachapp.worksheets.looking_back_operations import look_back, share_page
from coachapp.worksheets.looking_back_queries import page
from coachapp.worksheets.margin_operations import write_beside
from coachapp.worksheets.operations import assign, done, save_answers, share
from coachapp.worksheets.own_words_queries import own_words_of
from coachapp.worksheets.path_queries import coming_places
from coachapp.worksheets.path_rules import Rule
from coachapp.worksheets.queries import template
from coachapp.worksheets.ready_paths import ready_paths


@dataclass(frozen=True)
class Session:
    """One appointment: days from today, the time on the coach's clock, what was booked, how it is paid."""

    days: int
    at: str
    slug: str = "single-session"
    paid: bool = True
    by_session: bool = False


@dataclass(frozen=True)
class Someone:
    """One invented client."""

    name: str
    zone: str
    inbox: Inbox
    email: str | None
    sessions: tuple[Session, ...]
    hope: str = ""
    notes: tuple[tuple[int, str], ...] = ()
    login: tuple[str, str] | None = None
    state: State = State.ACTIVE
    stopped: bool = False
    wishes: WishesRow | None = None
    package: str | None = None


MAYA = Someone(
    name="Maya Rios",
    zone="Europe/Lisbon",
    inbox=Inbox.SHARED,
    email="maya@quietharbour.example",
    sessions=(
        Session(-20, "14:30"),
        Session(-13, "14:30"),
        Session(-6, "14:30", paid=False, by_session=True),
        Session(0, "14:30"),
        Session(7, "14:30"),
    ),
    package="steady-ground",
    hope="To have my evenings back, and to stop rehearsing answers.",
    notes=(
        (-13, "Noticed how quickly guilt turns into planning the reply. Practised “not today”."),
        (-6, "Agreed to wait a day before any reply. She wants a plan for the week of the 29th."),
    ),
    login=("maya", "willow teapot gravel morning"),
    wishes=WishesRow(Absence.MAIL, agreed="Did you see the weather?", remind_min=DAY_BEFORE),
)
OTHERS = (
    Someone(
        name="Tom Okafor",
        zone="Europe/London",
        inbox=Inbox.NONE,
        email=None,
        sessions=(Session(-7, "10:00"), Session(0, "10:00"), Session(8, "10:00", paid=False)),
        hope="A way to leave family calls before they run on.",
        notes=((-7, "Keeps the phone in the hall at night now. Next: who can open the post."),),
        wishes=WishesRow(Absence.CALL, "+44 20 7946 0123", "weekdays from 9 to 17"),
    ),
    Someone(
        name="Inês Barros",
        zone="Europe/Lisbon",
        inbox=Inbox.ONLY_ME,
        email="ines@quietharbour.example",
        sessions=(Session(0, "17:00", "first-conversation"),),
        hope="I am not sure yet whether I want distance or a different kind of contact.",
    ),
    Someone(
        name="Dana Keller",
        zone="America/New_York",
        inbox=Inbox.ONLY_ME,
        email="dana@quietharbour.example",
        sessions=(Session(-9, "16:00"), Session(1, "16:00", "power-hour"), Session(9, "16:00")),
        notes=((-9, "Two calls in one week, both left to ring. Proud and shaky. Slept badly once."),),
    ),
    Someone(
        name="Leo Petersen",
        zone="Europe/Copenhagen",
        inbox=Inbox.SHARED,
        email="leo@quietharbour.example",
        sessions=(Session(-12, "15:00"), Session(-5, "15:00")),
        notes=(
            (-5, "Things at home have changed; he asked for no mail at all. Will come back in the new year."),
        ),
        state=State.RESTING,
        stopped=True,
    ),
    Someone(
        name="Ana Vidal",
        zone="Europe/Madrid",
        inbox=Inbox.ONLY_ME,
        email="ana@quietharbour.example",
        sessions=(Session(-14, "11:30"), Session(2, "16:30"), Session(4, "10:00", "first-conversation")),
        notes=((-14, "The birthday passed quietly. She kept the card unopened; her sister looked inside."),),
    ),
)


def load_people(coach_id: int, account_id: UUID, now: datetime) -> None:
    """Fill the practice with everybody above. Mail is allowed only at the end, so that the past announces nothing."""
    for someone in (MAYA, *OTHERS):
        client_id = _arrive(coach_id, account_id, someone, now)
        if someone is MAYA:
            _worksheets_of_maya(client_id, now)
        elif someone.name.startswith("Dana"):
            assign(template("a-message-came").id, client_id, now=now - timedelta(days=2), by=account_id)
        elif someone.name.startswith("Ana"):
            assign(template("our-door").id, client_id, now=now - timedelta(days=6), by=account_id)
    here = ZoneInfo(coach(coach_id).zone)
    for days, start, length, label in ((1, "09:00", 3, "Supervision"), (3, "08:00", 2, "Dentist")):
        begins = _at(now, here, days, start)
        block_time(coach_id, begins, begins + timedelta(hours=length), label, now=now)


def pay_at_stand_in(now: datetime) -> None:
    """Pay what is to come at the pretend payment page, as a person would; while it is away nothing is paid."""
    for place in _to_come(now):
        try:
            _pay(place, now)
        except GatewayAway:
            return


def _arrive(coach_id: int, account_id: UUID, someone: Someone, now: datetime) -> UUID:
    here = ZoneInfo(coach(coach_id).zone)
    first = min(session.days for session in someone.sessions)
    since = now - timedelta(days=max(-first, 0) + 3)
    client_id = new_client(coach_id, someone.zone, now=since, name=someone.name, state=State.ACTIVE)
    if someone.package:
        _buy(client_id, someone.package, since)
    for session in someone.sessions:
        _book(client_id, someone, session, _at(now, here, session.days, session.at), now)
    for days, text in someone.notes:
        write_note(client_id, text, by=account_id, now=_at(now, here, days, "18:20"))
    if someone.login:
        join(make_join_token(client_id, now), *someone.login, None, now=now, hasher=hasher())
    set_contact(client_id, someone.inbox, someone.email, now=now)
    if someone.wishes:
        wish(client_id, someone.wishes, now=now)
        agree_words(client_id, someone.wishes.agreed, now=now)
    if someone.stopped:
        things_changed(client_id, now=now)
    set_state(client_id, someone.state)
    return client_id


def _book(client_id: UUID, someone: Someone, session: Session, starts_at: datetime, now: datetime) -> None:
    booked_at = min(now, starts_at) - timedelta(days=3)
    what = offering(session.slug)
    place_id = book_for_client(
        what,
        client_id,
        someone.zone,
        starts_at,
        settings().base_url,
        now=booked_at,
        by_session=session.by_session,
    )
    if someone.hope and session is someone.sessions[0]:
        save_answer(client_id, place_id, HOPE, someone.hope, now=booked_at)
    if session.paid and not what.is_free and starts_at < now:
        _paid_long_ago(queries.place(place_id), booked_at)


def _buy(client_id: UUID, slug: str, when: datetime) -> None:
    """A package that was bought before this database was filled."""
    sold = offering(slug)
    assert sold.pays_for_id is not None
    package_id = packages.begin(client_id, sold, offering_by_id(sold.pays_for_id), None, now=when)
    order_id = payments.open_order(client_id, packages.KIND, package_id, sold.price, now=when)
    _settled(payments.begin_attempt(order_id, f"{settings().base_url}/paid/", now=when), when)


def _paid_long_ago(place: PlaceRow, when: datetime) -> None:
    _settled(_attempt(place, when), when)


def _settled(attempt: AttemptRow, when: datetime) -> None:
    """Money that came before this database was filled: written down as Stripe would have told it."""
    reference = uuid4().hex
    facts = SessionFacts(
        id=f"cs_demo_{reference}",
        reference=attempt.id.hex,
        status="complete",
        payment_status="paid",
        amount=attempt.amount,
        intent_id=f"pi_demo_{reference}",
        url=None,
    )
    payments.settle(attempt.id, facts, payables(), now=when)


def _pay(place: PlaceRow, now: datetime) -> None:
    attempt = payments.open_checkout(_attempt(place, now), gateway(), payables(), now=now)
    assert attempt.checkout_url and attempt.session_id, "an opened attempt can be paid"
    _press_pay(attempt.checkout_url)
    payments.settle(attempt.id, gateway().retrieve(attempt.session_id), payables(), now=now)


def _attempt(place: PlaceRow, when: datetime) -> AttemptRow:
    assert place.client_id is not None
    order_id = payments.open_order(place.client_id, "appointment", place.id, place.price, now=when)
    return payments.begin_attempt(order_id, f"{settings().base_url}/paid/", now=when)


def _press_pay(checkout_url: str) -> None:
    page = urlsplit(checkout_url)
    line = http.client.HTTPConnection(page.hostname or "localhost", page.port, timeout=30)
    try:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        line.request("POST", page.path, urlencode({"act": "pay"}), form)
        line.getresponse().read()
    finally:
        line.close()


def _to_come(now: datetime) -> list[PlaceRow]:
    wanted = {
        (session.days, session.at) for one in (MAYA, *OTHERS) for session in one.sessions if session.paid
    }
    here = ZoneInfo(coach(1).zone)
    starts = {_at(now, here, days, at) for days, at in wanted}
    places = queries.places_between(1, now, now + timedelta(days=15))
    return [place for place in places if place.starts_at in starts and not place.is_free]


def _worksheets_of_maya(client_id: UUID, now: datetime) -> None:
    message = assign(template("a-message-came").id, client_id, now=now - timedelta(days=12))
    answers: dict[str, Value] = {
        "came_when": "Tuesday, 21:10",
        "came_how": "A text from a new number",
        "decide_after": "Wednesday, 21:10",
        "facts": "Asks to meet on Saturday, and why I am silent. There is no date and no duty in it.",
        "pressures": ["guilt", "silence", "hope"],
        "fear": 4,
        "obligation": 6,
        "guilt": 8,
        "waiting": [],
        "my_person": "Sam",
        "instead": "A walk along the river",
        "keep_words": "I am allowed to take a day before I answer anyone.",
    }
    save_answers(message, client_id, answers, 0, set(answers), now=now - timedelta(days=11))
    done(message, client_id, now=now - timedelta(days=11))
    share(message, client_id, now=now - timedelta(days=11))
    words = "A day of your own before any answer: that is yours to keep."
    write_beside(message, 1, "keep_words", words, "", now=now - timedelta(days=3))
    door = assign(
        template("our-door").id,
        client_id,
        "For you and Sam, whenever it suits you.",
        now=now - timedelta(days=6),
    )
    first: dict[str, Value] = {"sentence": "Not today."}
    save_answers(door, client_id, first, 0, set(first), now=now - timedelta(days=5))
    household: list[dict[str, str | bool]] = [{"name": "Maya"}, {"name": "Sam"}]
    begun: dict[str, Value] = {
        "sentence": "We are not opening the door today. Please leave.",
        "safe_room": "The kitchen",
        "household": household,
    }
    save_answers(door, client_id, begun, 1, set(begun), now=now - timedelta(days=2))
    _more_of_maya(client_id, now)
    _path_of_maya(client_id, now)


def _path_of_maya(client_id: UUID, now: datetime) -> None:
    """The first thirty days, from the day after tomorrow, and two sheets that hang on something else."""
    by = paths.By("staff")
    begins = now.astimezone(ZoneInfo(MAYA.zone)).date() + timedelta(days=2)
    paths.begin_ready(client_id, ready_paths()[0], begins, by=by, now=now)
    steps = [paths.Wanted(template("practice-lines").id, Rule.DONE, 1)]
    for place in coming_places(client_id, now)[:1]:
        words = "Whatever is still in your head from our talk."
        steps.append(paths.Wanted(template("when-i-doubt").id, Rule.SINCE, 1, words, place.id))
    for step in steps:
        paths.add_step(client_id, step, by=by, now=now)


def _more_of_maya(client_id: UUID, now: datetime) -> None:
    """The same sheet again a week later, words for doubtful days, and a page that looks back."""
    again = assign(template("a-message-came").id, client_id, now=now - timedelta(days=4))
    answers: dict[str, Value] = {"fear": 3, "obligation": 6, "guilt": 5, "keep_words": "Nothing was on fire."}
    save_answers(again, client_id, answers, 0, set(answers), now=now - timedelta(days=4))
    done(again, client_id, now=now - timedelta(days=4))
    share(again, client_id, now=now - timedelta(days=4))
    doubt = assign(template("when-i-doubt").id, client_id, now=now - timedelta(days=3))
    clear: dict[str, Value] = {
        "fault": "I was a child. It was not mine to carry.",
        "doubts": ["good", "love"],
    }
    save_answers(doubt, client_id, clear, 0, set(clear), now=now - timedelta(days=3))
    words = {each.id for each in own_words_of(client_id)}
    number = look_back(client(client_id), words, numbers=True, counts=True, now=now - timedelta(days=1))
    share_page(page(client_id, number)[0].id, client_id, now=now - timedelta(days=1))


def _at(now: datetime, zone: ZoneInfo, days: int, clock_time: str) -> datetime:
    day = now.astimezone(zone).date() + timedelta(days=days)
    hour, minute = map(int, clock_time.split(":"))
    return datetime.combine(day, time(hour, minute), zone).astimezone(ZoneInfo("UTC"))
