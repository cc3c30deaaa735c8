"""Links to choose a time: for one client or whoever holds them, used once, telling nothing; and times by invitation."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa

from coachapp import clock, db
from coachapp.booking import inviting, link_queries
from coachapp.booking.admission import NoSuchInvitation
from coachapp.booking.models import Appointment, Invitation, Place
from coachapp.clients.models import Client
from coachapp.clients.queries import client
from coachapp.clients.rules import NoSuchClient, State
from coachapp.intake.models import IntakeAnswer
from coachapp.intake.queries import answers
from coachapp.practice.operations import save_offering
from coachapp.practice.queries import offering
from coachapp.safe_contact.queries import contact
from coachapp.safe_contact.rules import Inbox
from tests.booking.whobooks import (
    SOMEBODY,
    add_maya,
    coach_id,
    link_for,
    nora_at_desk,
    open_link,
    sign_in_as,
    who_books,
)
from tests.cast import CHARLIE, MAYA, NORA
from tests.road import mostly_sqlite as databases  # noqa: F401  # pytest finds fixtures by name

FREE = "first-conversation"
ENDED = "This link leads nowhere now"


def book_known(walker, slug=FREE, **typed):
    """The shorter road of someone we know; the address of the place."""
    walker.hold(slug=slug)
    assert walker.page.status_code == 303, walker.text
    walker.fill("/book/details", {"agree": "y", **typed})
    assert walker.page.status_code == 303, walker.text
    walker.get("/book/code")
    walker.press_pay()
    return walker.place_path


# What counts or notes a visit, and nothing else.
OF_VISITS = ("rate_count", "sign_in", "audit_entry")


@pytest.mark.safety("R53")
@pytest.mark.parametrize("slug", [FREE, "power-hour"])
def test_by_invitation_no_times_are_shown_to_anyone(world, slug):
    who_books(world, "invited")
    walker = world.walker()
    assert walker.free(slug) == []
    walker.get(f"/book/{slug}")
    assert walker.page.status_code == 200
    page = walker.page.get_data(as_text=True)
    assert "Times are given by invitation" in walker.text and 'href="/write"' in page
    assert 'name="slot"' not in page and not re.search(r"\d\d:\d\d", walker.text)
    assert "Times are given by invitation" in (walker.get("/book") and walker.text)
    walker.get("/b")
    walker.post(f"/book/{slug}", {"slot": str(int(clock.now().timestamp()) // 60 + 3000)})
    assert walker.page.headers["Location"] == f"/book/{slug}"
    assert world.ledger()[0] == []


def test_a_client_who_is_signed_in_needs_no_invitation(world):
    maya = add_maya(world)
    walker = sign_in_as(world, maya)
    who_books(world, "invited")
    assert walker.free(FREE)
    book_known(walker)
    assert world.walker().place().client_id == maya
    world.change(Client, state=State.ENDED)
    assert walker.free(FREE) == []


def test_a_link_for_whoever_holds_it(world):
    who_books(world, "invited")
    path, walker = link_for(world), world.walker()
    walker.get(path)
    assert walker.page.status_code == 200 and "It is good for one time" in walker.text
    assert walker.free() == [], "looking at it lets nobody in"
    open_link(walker, path)
    assert walker.page.headers["Location"] == "/book"
    assert walker.free() and walker.get("/book/power-hour").status_code == 200
    walker.to_payment()
    assert world.rows(Invitation.used_at) == [(None,)]
    assert world.walker().get(path).status_code == 200
    walker.pay()
    assert world.ledger()[0] == ["confirmed"]
    assert world.rows(Invitation.used_at) != [(None,)]
    assert world.walker().get(path).status_code == 404
    assert walker.free() == [], "used once"


def test_in_approved_mode_a_link_for_whoever_holds_it_still_asks(world):
    who_books(world, "approved")
    walker = world.walker()
    open_link(walker, path := link_for(world, slug=FREE))
    assert walker.page.headers["Location"] == f"/book/{FREE}"
    walker.go_to_code(slug=FREE)
    walker.press_pay()
    assert world.ledger()[0] == ["requested"]
    assert world.walker().get(path).status_code == 404, "used by asking"


@pytest.mark.parametrize("who", ["open", "approved", "invited"])
@pytest.mark.parametrize("inbox", [Inbox.ONLY_ME, Inbox.SHARED, Inbox.NONE])
def test_a_link_for_a_client_books_into_her_record_and_tells_nothing_of_her(world, who, inbox):
    who_books(world, who)
    maya = add_maya(world, inbox, State.RESTING)
    holder = world.walker(CHARLIE)
    path = link_for(world, maya, FREE)
    seen = [holder.get(path).get_data(as_text=True)]
    open_link(holder, path)
    seen.append(holder.get(f"/book/{FREE}").get_data(as_text=True))
    holder.hold(slug=FREE)
    seen.append(holder.get("/book/details").get_data(as_text=True))
    holder.post("/book/details", {"agree": "", "hope": "x" * 4001})
    assert holder.page.status_code == 422
    seen.append(holder.page.get_data(as_text=True))
    holder.post("/book/details", {"agree": "y", "hope": "A plan.", "name": "Eve", "email": "eve@example.com"})
    seen.append(holder.get("/book/code").get_data(as_text=True))
    assert "Book this time" in holder.text, "no approval"
    holder.press_pay()
    place_path = holder.place_path
    seen.append(holder.get(place_path).get_data(as_text=True))
    elsewhere = world.walker(CHARLIE)
    seen.append(elsewhere.get(place_path).get_data(as_text=True))
    for page in seen:
        assert not any(
            word in page for word in ("Maya", "Rios", MAYA.email, "/join/", "Open my space", "no mail")
        )
    assert holder.get(f"{place_path}/cancel").status_code == 200
    assert holder.post(f"{place_path}/space").status_code == 404
    place = world.walker().place()
    assert (place.state.value, place.client_id, place.booked_by) == ("confirmed", maya, "link")
    assert world.rows(Client.id) == [(maya,)], "no record beside hers"
    assert world.walker().get(path).status_code == 404, "used once"
    with world.app.app_context():
        known = contact(maya)
        assert (known.inbox, known.address) == (inbox, None if inbox is Inbox.NONE else MAYA.email)
    world.send_mail()
    assert len(world.mails_to(MAYA.email)) == (inbox is not Inbox.NONE)


def test_signed_in_she_sees_all_of_what_her_link_booked(world):
    maya = add_maya(world)
    holder = world.walker(CHARLIE)
    open_link(holder, link_for(world, maya, FREE))
    path = book_known(holder)
    own = sign_in_as(world, maya)
    assert "Maya Rios" in (own.get(path) and own.text)


@pytest.mark.safety("D5")
def test_a_scanner_that_follows_the_link_changes_nothing(world):
    path = link_for(world, add_maya(world))
    before = world.everything(*OF_VISITS)
    scanner = world.walker(CHARLIE)
    for _ in range(2):
        assert scanner.get(path).status_code == 200
        for cookie in ("v", "r"):
            scanner.client.delete_cookie(cookie)
    assert scanner.client.head(path).status_code == 200
    assert world.everything(*OF_VISITS) == before


@pytest.mark.parametrize("ending", ["unknown", "over", "used", "revoked", "put away"])
def test_a_link_that_leads_nowhere(world, ending):
    path = link_for(world, slug=FREE)
    opened = world.walker()
    who_books(world, "invited")
    open_link(opened, path)
    if ending == "unknown":
        path = "/i/unknown"
    elif ending == "over":
        world.change(Invitation, ends_at=clock.now() - timedelta(seconds=1))
    elif ending == "used":
        world.change(Invitation, used_at=clock.now())
    elif ending == "revoked":
        revoke(world)
    else:
        with world.app.app_context():
            save_offering(offering(FREE).id, slug=FREE, active=False)
    walker = world.walker()
    answers = [walker.client.get(path), walker.fill("/b", {}) and walker.post(path)]
    for answer in answers:
        assert answer.status_code == 404 and ENDED in answer.get_data(as_text=True)
    if ending not in ("unknown", "put away"):
        assert opened.free(FREE) == []


def revoke(world):
    with world.app.app_context():
        [row] = link_queries.invitations(coach_id(world))
        inviting.revoke(row, by=SOMEBODY, now=clock.now())


def test_a_hold_that_lapses_gives_the_link_back(world):
    who_books(world, "invited")
    walker = world.walker()
    open_link(walker, path := link_for(world))
    walker.go_to_code()
    world.change(Appointment, hold_until=clock.now() - timedelta(seconds=1))
    world.tick()
    assert world.ledger()[0] == ["released"]
    again = world.walker(CHARLIE)
    open_link(again, path)
    again.go_to_code(slug=FREE)
    again.press_pay()
    assert world.ledger()[0] == ["confirmed", "released"]


def test_one_link_holds_one_time(world):
    """In two browsers: the second choice lets the first go, unless that is being paid."""
    who_books(world, "invited")
    first, second, path = world.walker(), world.walker(CHARLIE), link_for(world)
    open_link(first, path)
    open_link(second, path)
    start = first.hold()
    later = second.free()[-1]
    second.hold(later)
    assert (second.page.status_code, world.ledger()[0]) == (303, ["held", "released"])
    first.hold(start)
    first.tell()
    first.get("/book/code")
    first.press_pay()
    first.session_id = first.page.headers["Location"].rpartition("/")[2]
    second.hold(later - 30)
    assert second.page.status_code == 409 and "One link keeps one time" in second.text
    assert sorted(world.ledger()[0]) == ["held", "released", "released"]
    first.pay()
    second.get("/book/power-hour")
    assert "Times are given by invitation" in second.text
    assert world.ledger()[0].count("confirmed") == 1


def test_a_link_is_never_used_twice(world):
    """Not even by a page that was left open while another browser used it."""
    path = link_for(world, slug=FREE)
    walker = world.walker()
    open_link(walker, path)
    walker.go_to_code(slug=FREE)
    walker.get("/book/code")
    world.change(Invitation, used_at=clock.now())
    walker.post("/book/code")
    assert (walker.page.status_code, world.ledger()[0]) == (409, ["held"])


def test_revoking_frees_what_is_held_with_it(world):
    who_books(world, "invited")
    walker = world.walker()
    open_link(walker, link_for(world))
    walker.go_to_code(slug=FREE)
    revoke(world)
    assert world.ledger()[0] == ["released"]
    assert walker.get("/book/code").status_code == 409
    with world.app.app_context(), pytest.raises(NoSuchInvitation):
        link_queries.invitation(SOMEBODY, coach_id=coach_id(world))


def test_a_link_is_good_for_its_own_service_only(world):
    who_books(world, "invited")
    walker = world.walker()
    open_link(walker, link_for(world, slug=FREE))
    assert walker.free(FREE) and walker.free("power-hour") == []


def test_leaving_the_site_leaves_the_link_behind(world):
    who_books(world, "invited")
    walker = world.walker()
    open_link(walker, link_for(world))
    assert walker.free()
    walker.get("/leave")
    assert walker.free() == []


def test_words_a_stranger_typed_stay_out_of_a_clients_record(world):
    """One browser: she begins as anyone, then opens the link made for a client."""
    maya = add_maya(world)
    walker = world.walker(CHARLIE)
    walker.hold(slug=FREE)
    walker.tell(hope="Only mine.")
    open_link(walker, link_for(world, maya))
    book_known(walker)
    with world.app.app_context():
        found = sa.select(IntakeAnswer.client_id).join(Place, Place.id == IntakeAnswer.place_id)
        owners = set(db.session().scalars(found.where(Place.client_id == maya)))
    assert owners == {maya}
    world.tick(timedelta(hours=25))
    assert world.rows(Client.id) == [(maya,)]


def test_what_a_client_began_and_left_is_forgotten_but_not_what_may_be_paid(world):
    maya = add_maya(world)
    holder = world.walker(CHARLIE)
    open_link(holder, link_for(world, maya))
    holder.hold()
    holder.fill("/book/details", {"agree": "y", "hope": "Left behind."})
    holder.get("/book/code")
    assert holder.post("/book/let-go").headers["Location"] == "/book/gone"
    payer = world.walker()
    open_link(payer, link_for(world, maya))
    payer.hold()
    payer.fill("/book/details", {"agree": "y", "hope": "On its way."})
    payer.get("/book/code")
    payer.press_pay()
    assert len(world.rows(Place.id)) == 2
    world.tick(timedelta(hours=23))
    assert len(world.rows(Place.id)) == 2
    assert world.tick(timedelta(hours=25)) == ()
    [(left,)] = world.rows(Place.id)
    with world.app.app_context():
        assert answers(left)["hope"] == "On its way."
    assert {place for (place,) in world.rows(IntakeAnswer.place_id)} == {left}
    world.stripe.lever(clock_offset=26 * 3600)
    world.tick(timedelta(hours=26))
    assert world.ledger()[:2] == (["released"], ["expired"])
    world.tick(timedelta(hours=52))
    assert world.rows(Place.id) == [(left,)], "its order names it"
    assert world.rows(Client.id) == [(maya,)]


# ---- at the desk ----


def test_a_link_is_made_shown_again_and_ended_at_the_desk(world):
    nora, maya = nora_at_desk(world), add_maya(world, Inbox.SHARED)
    with world.app.app_context():
        ref = client(maya).ref
    nora.get(f"/desk/clients/{ref}")
    assert f"/desk/links/for/{ref}" in nora.page.get_data(as_text=True)
    nora.get(f"/desk/links/for/{ref}")
    assert f'value="{ref}" selected' in nora.page.get_data(as_text=True)
    last = re.search(
        r'name="last"[^>]*value="([^"]+)"|value="([^"]+)"[^>]*name="last"', nora.page.get_data(as_text=True)
    )
    nora.post("/desk/links", {"who": ref, "what": FREE, "last": last[1] or last[2]})
    assert nora.page.status_code == 303, nora.text
    shown = nora.page.headers["Location"]
    for _ in range(2):
        nora.get(shown)
        assert "A link for Maya R." in nora.text and "Give the link in a way that is safe" in nora.text
    address = re.search(r'value="(http[^"]+/i/[^"]+)"', nora.page.get_data(as_text=True))[1]
    path = address.partition(":")[2].partition("/i/")[2]
    assert world.walker().get(f"/i/{path}").status_code == 200
    nora.post(f"{shown}/mail")
    nora.follow()
    assert "Nothing was sent" in nora.text and world.outbox() == []
    nora.post(f"{shown}/end")
    assert nora.page.status_code == 303
    assert world.walker().get(f"/i/{path}").status_code == 404
    assert nora.get(shown).status_code == 404


def test_a_link_is_mailed_only_into_an_inbox_that_is_hers_alone(world):
    nora, maya = nora_at_desk(world), add_maya(world)
    path = link_for(world, maya)
    with world.app.app_context():
        [row] = link_queries.invitations(coach_id(world))
    nora.get(f"/desk/links/{row.id}")
    assert "Here you can choose a time." in nora.text
    for _ in range(2):
        nora.get(f"/desk/links/{row.id}")
        nora.post(f"/desk/links/{row.id}/mail")
    world.send_mail()
    [mail] = world.mails_to(MAYA.email)
    assert mail.subject == "Your update" and mail.text.strip().endswith(path)
    assert "Maya" not in mail.text and "Nora" not in mail.text
    assert world.mails_to(NORA.email) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"who": "C-00000"}, "Choose a client, or whoever holds the link"),
        ({"what": "nothing"}, "Choose what it is for"),
        ({"last": "2020-01-01"}, "Choose a day from today on, within a year"),
        ({"last": "2199-01-01"}, "Choose a day from today on, within a year"),
        ({"last": "soon"}, "Enter a day"),
        ({"who": "\0", "what": "\0"}, "Choose a client"),
    ],
)
def test_what_no_link_can_be_made_of(world, change, said):
    nora = nora_at_desk(world)
    nora.fill(
        "/desk/links",
        {"who": "", "what": "", "last": "", **change}
        | ({} if "last" in change else {"last": str(clock.now().date() + timedelta(days=3))}),
    )
    assert nora.page.status_code == 422 and said in nora.text
    assert world.rows(Invitation.id) == []


def test_nobody_who_never_booked_gets_a_link_into_a_record(world):
    maya = add_maya(world, state=State.ASKED)
    with pytest.raises(NoSuchClient):
        link_for(world, maya)


def test_others_links_are_not_found(world):
    link_for(world)
    nora = nora_at_desk(world)
    with world.app.app_context(), pytest.raises(NoSuchInvitation):
        [row] = link_queries.invitations(coach_id(world))
        link_queries.invitation(row.id, coach_id=coach_id(world) + 1)
    assert nora.get(f"/desk/links/{SOMEBODY}").status_code == 404
    nora.get("/desk/links")
    assert nora.post(f"/desk/links/{SOMEBODY}/end").status_code == 404
    assert nora.get("/desk/links/for/C-00000").status_code == 404


def test_old_links_are_forgotten(world):
    link_for(world)
    world.tick(timedelta(days=43))
    assert len(world.rows(Invitation.id)) == 1
    world.tick(timedelta(days=45))
    assert world.rows(Invitation.id) == []
