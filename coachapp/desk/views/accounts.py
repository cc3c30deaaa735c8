"""For the accountant: a month or a year of money, and the same as a list to save. What was sold, not to whom."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import tzinfo
from itertools import chain

from flask import Response, abort, render_template, stream_with_context
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coachapp import clock
from coachapp.audit.operations import record
from coachapp.clients.rules import ClientRow
from coachapp.desk import account_queries
from coachapp.desk.views.room import account, bp, host
from coachapp.money import Money
from coachapp.papers import queries as papers
from coachapp.payments.account_queries import count_unfit
from coachapp.payments.account_rules import (
    Account,
    Line,
    Period,
    Sums,
    Way,
    accounts,
    cell,
    figure,
    month_of,
    read_period,
)
from coachapp.payments.dispute_queries import open_between
from coachapp.practice.queries import face
from coachapp.web.guards import staff
from coachapp.zones import local_days, zone

_WHAT = {Way.IN: "payment", Way.BACK: "refund", Way.LOST: "lost dispute"}
_HEAD = ("date", "what", "sold", "method", "amount", "currency", "fee", "reference")


@bp.get("/accounts")
@staff
def accounts_now() -> ResponseReturnValue:
    """The present month of the practice's calendar."""
    return _page(month_of(clock.now().astimezone(_where()).date()))


@bp.get("/accounts/<period>")
@staff
def accounts_of(period: str) -> ResponseReturnValue:
    return _page(_read(period))


@bp.get("/accounts/<period>/list.csv")
@staff
def accounts_list(period: str) -> ResponseReturnValue:
    """Every payment and refund, one a line; nothing in it says who paid."""
    shown = _read(period)
    rows = account_queries.with_titles(*local_days(shown.first, shown.last, _where()))
    return _csv(_HEAD, (_cells(line, title) for line, title in rows), f"list-{shown.key}.csv")


@bp.post("/accounts/<period>/names.csv")
@staff
def accounts_with_names(period: str) -> ResponseReturnValue:
    """The same with names, where that is asked for; the audit log says who has asked."""
    shown, me = _read(period), host().id
    record("names_in_accounts", now=clock.now(), role="staff", actor=account())
    rows = account_queries.with_names(*local_days(shown.first, shown.last, _where()))
    cells = ((*_cells(line, title), *_whose(person, me)) for line, title, person in rows)
    return _csv((*_HEAD, "client", "name"), cells, f"list-{shown.key}-full.csv")


def _page(shown: Period) -> ResponseReturnValue:
    start, end = local_days(shown.first, shown.last, _where())
    titles: dict[object, str] = {}
    lines = []
    for line, title in account_queries.with_titles(start, end):
        titles[line.payable_id] = title
        lines.append(line)
    return render_template(
        "desk/accounts.html",
        period=shown,
        today=month_of(clock.now().astimezone(_where()).date()),
        accounts=accounts(lines, lambda line: _sold(line, titles[line.payable_id]) or _("Other")),
        open_amounts=_summed(account_queries.open_amounts(start, end)),
        open_parts=_summed(account_queries.open_part_amounts(shown.first, shown.last)),
        looked_into=_summed([each.amount for each in open_between(start, end)]),
        unfit=count_unfit(start, end),
        where=face().coach_zone,
        method_names=_by_method,
        says_tax=_says_tax(),
        by_voucher=_by_voucher,
    )


def _says_tax() -> bool:
    """Whether receipts say a tax; where they say none, and none ever did, none is shown."""
    terms = papers.terms()
    return terms is not None and terms.tax_rate is not None


def _by_method(found: Account) -> list[tuple[str, Sums]]:
    """(what people call it, sums) for each way of paying."""
    names = {
        "card": _("By card"),
        "transfer": _("By bank transfer"),
        "cash": _("In cash"),
        "other": _("In another way"),
    }
    return [(names.get(key, key), sums) for key, sums in sorted(found.by_method.items())]


def _by_voucher(found: Account) -> list[tuple[str, Sums]]:
    """The same for what was paid with vouchers, and is no money of this time."""
    both = ((_("That were sold"), found.redeemed), (_("That were given away"), found.gifts))
    return [(name, sums) for name, sums in both if sums.number]


def _summed(amounts: list[Money]) -> list[tuple[int, Money]]:
    """(how many, sum) for each currency."""
    by_currency: dict[str, list[int]] = {}
    for each in amounts:
        by_currency.setdefault(each.currency, []).append(each.minor)
    return [(len(minors), Money(sum(minors), currency)) for currency, minors in by_currency.items()]


def _where() -> tzinfo:
    """The practice's calendar is its first coach's, for all who work there."""
    return zone(face().coach_zone)


def _read(period: str) -> Period:
    return read_period(period) or abort(404)


def _cells(line: Line, title: str) -> tuple[str, ...]:
    return (
        line.at.astimezone(_where()).date().isoformat(),
        _WHAT[line.way],
        cell(_sold(line, title)),
        line.method,
        figure(line.amount),
        line.amount.currency,
        figure(line.fee) if line.fee is not None else "",
        line.order_ref,
    )


def _sold(line: Line, title: str) -> str:
    """What was sold by name; a voucher is known for nothing more."""
    return _("Voucher") if line.is_voucher else title


def _whose(person: ClientRow | None, coach_id: int) -> tuple[str, str]:
    """Reference and name; a colleague's client by reference alone."""
    if person is None:
        return "", ""
    return person.ref, cell(person.name) if person.coach_id == coach_id else ""


def _csv(head: Iterable[str], rows: Iterable[Iterable[str]], name: str) -> Response:
    answer = Response(stream_with_context(_written(head, rows)), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _written(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    for row in chain([head], rows):
        yield _line_of(row)


def _line_of(row: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(row)
    return out.getvalue()
