"""Everything that happened with one client, or will, as one list: sessions, notes, what she shared, money."""

from collections.abc import Iterator
from uuid import UUID

from coachapp.booking.queries import places_of
from coachapp.booking.rules import AppointmentState, Outcome, PlaceRow
from coachapp.clients.queries import notes
from coachapp.clients.rules import ClientRow
from coachapp.desk.queries import orders_by_place
from coachapp.desk.rules import Entry, EntryKind, timeline
from coachapp.payments.credit_queries import packages_of
from coachapp.payments.credit_rules import PackageRow
from coachapp.payments.part_queries import wholes_of
from coachapp.payments.queries import OrderRow
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
        (Entry(note.written_at, EntryKind.NOTE, text=note.text) for note in notes(client.id)),
        (
            Entry(sheet.shared_at, EntryKind.SHEET, sheet.template.title, number=sheet.number)
            for sheet in sheets_of(client.id)
            if sheet.shared_at
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


def _money(places: list[PlaceRow], orders: dict[UUID, OrderRow]) -> Iterator[Entry]:
    for place in places:
        order = orders.get(place.id)
        if order is None or order.paid.is_zero:
            continue
        yield Entry(order.created_at, EntryKind.PAID, place.title, amount=order.paid)
        if not order.refunded.is_zero:
            yield Entry(place.changed_at, EntryKind.REFUNDED, place.title, amount=order.refunded)
