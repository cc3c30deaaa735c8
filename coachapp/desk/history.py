"""Everything that happened with one client, or will, as one list: sessions, notes, what she shared, money."""

from collections.abc import Iterator
from uuid import UUID

from flask_babel import gettext as _

from coachapp.booking.queries import places_of
from coachapp.booking.rules import AppointmentState, Outcome, PlaceRow
from coachapp.clients.queries import notes
from coachapp.clients.rules import ClientRow
from coachapp.desk.queries import orders_by_place
from coachapp.desk.rules import Entry, EntryKind, timeline
from coachapp.payments.ask_queries import AskedRow, asked_of
from coachapp.payments.asking import KIND
from coachapp.payments.credit_queries import packages_of
from coachapp.payments.credit_rules import PackageRow
from coachapp.payments.dispute_queries import of_orders
from coachapp.payments.part_queries import wholes_of
from coachapp.payments.queries import OrderRow, came_at, orders_of, went_back_at
from coachapp.worksheets.looking_back_queries import shared_pages_of
from coachapp.worksheets.queries import sheets_of


def of_client(client: ClientRow) -> list[Entry]:
    """Her history, latest first. Of worksheets only what she shared, by title."""
    places = places_of(client.id)
    orders = orders_by_place(places)
    packages = packages_of(client.id)
    return timeline(
        (_session(place) for place in places),
        _money(places, orders),
        _packages(packages),
        _asked([each for each in asked_of(client.id) if each.payable_kind == KIND]),
        (Entry(note.written_at, EntryKind.NOTE, text=note.text) for note in notes(client.id)),
        (
            Entry(sheet.shared_at, EntryKind.SHEET, sheet.template.title, number=sheet.number)
            for sheet in sheets_of(client.id)
            if sheet.shared_at
        ),
        (
            Entry(page.shared_at, EntryKind.PAGE, number=page.number)
            for page in shared_pages_of(client.id)
            if page.shared_at
        ),
    )


def _session(place: PlaceRow) -> Entry:
    kind = EntryKind.ABSENT if place.outcome == Outcome.ABSENT else EntryKind.BOOKED
    if place.state is AppointmentState.CANCELLED:
        kind = EntryKind.CANCELLED
    return Entry(place.starts_at, kind, place.title)


def _packages(packages: list[PackageRow]) -> Iterator[Entry]:
    orders = wholes_of([each.id for each in packages])
    for each in packages:
        order = orders.get(each.id)
        if order is None or order.paid.is_zero:
            yield Entry(each.made_at, EntryKind.GIVEN, each.title)
        else:
            yield Entry(order.created_at, EntryKind.PAID, each.title, amount=order.paid)
    yield from _lost(orders)


def _asked(requests: list[AskedRow]) -> Iterator[Entry]:
    """Money that was asked for by itself, and what came of it."""
    orders, ids = orders_of(each.payable_id for each in requests), [each.order_id for each in requests]
    came, back = came_at(ids), went_back_at(ids)
    for each in requests:
        order = orders[each.payable_id]
        yield Entry(each.made_at, EntryKind.ASKED, amount=each.amount)
        if order.id in came:
            yield Entry(came[order.id], EntryKind.PAID, _("as you asked"), amount=order.paid)
        if order.id in back:
            yield Entry(back[order.id], EntryKind.REFUNDED, amount=order.refunded)
    yield from _lost(orders)


def _money(places: list[PlaceRow], orders: dict[UUID, OrderRow]) -> Iterator[Entry]:
    went = went_back_at(order.id for order in orders.values())
    for place in places:
        order = orders.get(place.id)
        if order is None or order.paid.is_zero:
            continue
        yield Entry(order.created_at, EntryKind.PAID, place.title, amount=order.paid)
        if not order.refunded.is_zero:
            yield Entry(went[order.id], EntryKind.REFUNDED, place.title, amount=order.refunded)
    yield from _lost(orders)


def _lost(orders: dict[UUID, OrderRow]) -> Iterator[Entry]:
    """What a bank has taken back."""
    for each in of_orders(order.id for order in orders.values()):
        if each.is_lost and each.decided_at:
            yield Entry(each.decided_at, EntryKind.LOST, amount=each.amount)
