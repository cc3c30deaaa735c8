"""The coach's pages about her business: what she offers, and what the practice is called and says."""

from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from coachapp import clock, config
from coachapp.practice import operations, queries
from coachapp.practice.forms import OfferingForm
from coachapp.practice.parting import part_terms, save_with_parts
from coachapp.practice.parts_form import typed as typed_parts
from coachapp.practice.rules import (
    CoachRow,
    NoSuchOffering,
    OfferingRow,
    PracticeRow,
    SlugTaken,
    on_statement,
    private_slug,
)
from coachapp.practice.settings_form import SettingsForm
from coachapp.practice.telling import telling_word
from coachapp.web.guards import staff
from coachapp.zones import WELL_KNOWN, zone_choices

bp = Blueprint("practice_desk", __name__, url_prefix="/desk")

LIMITS = ("most_per_day", "most_per_week")
MEET = ("meet_phone", "meet_person")
_WATCHED = ("neutral_name", "mail_subject", "statement_text", "exit_to")


@bp.get("/offerings")
@staff
def offerings() -> ResponseReturnValue:
    me = current_user.coach_id
    mine = [row for row in queries.offerings(with_inactive=True) if row.coach_id == me]
    own = {row.id for row in mine}
    return render_template(
        "desk/offerings.html",
        offerings=mine,
        others=[row for row in queries.given_by(me, with_unlisted=True) if row.id not in own],
        givers={row.id: queries.givers(row) for row in mine},
        base_url=config.settings().base_url,
    )


@bp.get("/offerings/new")
@staff
def new_offering() -> ResponseReturnValue:
    form = _form(queries.practice().currency, formdata=None, data=_FRESH)
    return _offering_page(form, None)


@bp.post("/offerings/new")
@staff
def add_offering() -> ResponseReturnValue:
    form = _form(queries.practice().currency)
    return _save_offering(form, None)


@bp.get("/offerings/<slug>")
@staff
def offering(slug: str) -> ResponseReturnValue:
    row = _mine(slug)
    form = _form(row.price.currency, formdata=None, data=_typed(row))
    return _offering_page(form, row)


@bp.post("/offerings/<slug>")
@staff
def save_offering(slug: str) -> ResponseReturnValue:
    row = _mine(slug)
    return _save_offering(_form(row.price.currency, kept_kind=row.kind), row)


@bp.get("/settings")
@staff
def settings() -> ResponseReturnValue:
    data = _settings_data(queries.practice(), queries.coach(current_user.coach_id))
    return _settings_page(SettingsForm(own_hosts=_own_hosts(), formdata=None, data=data))


@bp.post("/settings")
@staff
def save_settings() -> ResponseReturnValue:
    form = SettingsForm(own_hosts=_own_hosts())
    form.who_books.data = form.who_books.data or queries.practice().who_books
    if not form.validate():
        return _settings_page(form), 422
    operations.save_settings(
        current_user.coach_id,
        practice={key: form[key].data for key in ("name", "who_books", *_WATCHED)}
        | {"reading_weekday": int(form.reading_weekday.data)}
        | {"page": form.page(queries.practice().page)},
        coach={key: form[key].data for key in ("first_name", "full_name", "zone")}
        | {key: form[key].data or None for key in ("email", "room_link", "room_pattern", *MEET, *LIMITS)}
        | {"early_notice_min": form.early_notice.data and form.early_notice.data * 60}
        | {"remind_min": int(form.remind.data) if form.remind.data else None},
    )
    flash(_("Your settings are saved."))
    return redirect(url_for("practice_desk.settings"), 303)


_FRESH = {
    "kind": "session",
    "sessions": 1,
    "months": 12,
    "letters": 1500,
    "answer_days": 3,
    "length": 60,
    "way": "video",
    "before": 15,
    "after": 15,
    "interval": 30,
    "notice": 24,
    "horizon": 60,
    "cutoff": 24,
    "position": 0,
    "listed": True,
    "active": True,
}


def _mine(slug: str) -> OfferingRow:
    try:
        row = queries.offering(slug, with_inactive=True)
    except NoSuchOffering:
        abort(404)
    if row.coach_id != current_user.coach_id:
        abort(404)
    return row


def _singles() -> list[tuple[str, str]]:
    """What the sessions of a package can be: id and title of what is booked one at a time."""
    mine = (row for row in queries.offerings(with_inactive=True) if row.coach_id == current_user.coach_id)
    return [(str(row.id), row.title) for row in mine if row.is_bookable and not row.is_group]


def _pays_for(form: OfferingForm) -> UUID | None:
    chosen = form.pays_for.data if form.kind.data == "package" else ""
    return UUID(chosen) if chosen else None


def _save_offering(form: OfferingForm, row: OfferingRow | None) -> ResponseReturnValue:
    if not form.validate():
        return _offering_page(form, row), 422
    try:
        save_with_parts(row.id if row else None, form.part_terms, further=form.further, **_facts(form, row))
    except SlugTaken:
        form.slug.errors = [_("Choose another address: this one leads to something else you offer")]
        return _offering_page(form, row), 422
    flash(_("“%(title)s” is saved.", title=form.title.data))
    return redirect(url_for("practice_desk.offerings"), 303)


def _form(currency: str, **more: Any) -> OfferingForm:
    return OfferingForm(currency=currency, colleagues=_colleagues(), singles=_singles(), **more)


def _colleagues() -> list[CoachRow]:
    """Every other coach of the practice: the one whose offering it is ticks who gives it too."""
    return [each for each in queries.coaches() if each.id != current_user.coach_id]


def _slug(form: OfferingForm, row: OfferingRow | None) -> str:
    """The address as typed; for an offering on no public page one of ours, which stays while it is so."""
    if form.listed.data:
        typed: str = form.slug.data
        return typed
    return private_slug() if row is None or row.listed else row.slug


def _facts(form: OfferingForm, row: OfferingRow | None) -> dict[str, Any]:
    return {
        "coach_id": current_user.coach_id,
        "title": form.title.data,
        "slug": _slug(form, row),
        "text": form.text.data,
        "points": form.lines,
        "kind": form.kind.data,
        "sessions": form.sessions.data if form.kind.data == "package" else 1,
        "seats": form.seats.data if form.kind.data == "group" else None,
        "pays_for_id": _pays_for(form),
        "valid_months": form.months.data or 12,
        "most_letters": form.letters.data or 1500,
        "answer_days": form.answer_days.data or 3,
        "length_min": form.length.data,
        "way": form.way.data,
        "price_minor": form.amount.minor,
        **_intro_facts(form),
        "before_min": form.before.data,
        "after_min": form.after.data,
        "interval_min": form.interval.data,
        "notice_min": form.notice.data * 60,
        "horizon_days": form.horizon.data,
        "cutoff_min": form.cutoff.data * 60,
        **{key: form[key].data for key in LIMITS},
        "position": form.position.data,
        "lifted": form.lifted.data,
        "listed": form.listed.data,
        "active": form.active.data,
    }


def _intro_facts(form: OfferingForm) -> dict[str, Any]:
    """Without a price its days mean nothing."""
    price = form.intro_amount
    return {
        "intro_minor": price and price.minor,
        "intro_from": price and form.intro_from.data,
        "intro_until": price and form.intro_until.data,
    }


def _typed(row: OfferingRow) -> dict[str, Any]:
    return {
        "title": row.title,
        "slug": row.slug,
        "text": row.text,
        "points": "\n".join(row.points),
        "kind": row.kind,
        "sessions": row.sessions,
        "seats": row.seats,
        "pays_for": str(row.pays_for_id or ""),
        "months": row.valid_months,
        "letters": row.most_letters,
        "answer_days": row.answer_days,
        "length": row.length_min,
        "way": row.way,
        "price": row.price.plain(),
        "intro": row.intro.price.plain() if row.intro else "",
        "intro_from": row.intro and row.intro.first,
        "intro_until": row.intro and row.intro.last,
        "before": row.before_min,
        "after": row.after_min,
        "interval": row.interval_min,
        "notice": row.notice_min // 60,
        "horizon": row.horizon_days,
        "cutoff": row.cutoff_min // 60,
        **{key: getattr(row, key) for key in LIMITS},
        "position": row.position,
        "lifted": row.lifted,
        "listed": row.listed,
        "active": row.active,
        **typed_parts(part_terms(row.id)),
        "others": [each.short_id for each in queries.givers(row) if each.id != row.coach_id],
    }


def _offering_page(form: OfferingForm, row: OfferingRow | None) -> str:
    warning = telling_word(form.slug.data or "")
    return render_template(
        "desk/offering.html", form=form, offering=row, warning=warning, base_url=config.settings().base_url
    )


def _settings_data(practice: PracticeRow, coach: CoachRow) -> dict[str, Any]:
    page = practice.page
    texts = {
        "about": "\n\n".join(page.get("about_paragraphs") or []),
        "faq": "\n\n".join(f"{question}\n{answer}" for question, answer in page.get("faq") or []),
    }
    names = {key: getattr(practice, key) for key in ("name", "who_books", *_WATCHED)}
    plain = ("first_name", "full_name", "zone", "email", "room_link", "room_pattern", *MEET, *LIMITS)
    hers = {key: getattr(coach, key) for key in plain} | {"remind": str(coach.remind_min or "")}
    early = coach.early_notice_min and coach.early_notice_min // 60
    mixed = {"reading_weekday": str(practice.reading_weekday), "early_notice": early}
    return {**page, **texts, **names, **hers, **mixed}


def _settings_page(form: SettingsForm) -> str:
    warnings = {name: word for name in _WATCHED if (word := telling_word(form[name].data or ""))}
    known = queries.coach(current_user.coach_id).zone
    return render_template(
        "desk/settings.html",
        form=form,
        warnings=warnings,
        statement="" if form.statement_text.errors else on_statement(form.statement_text.data or ""),
        zones=zone_choices(WELL_KNOWN, clock.now(), known),
    )


def _own_hosts() -> frozenset[str]:
    ours = config.settings()
    return frozenset(urlsplit(url).hostname or "" for url in (ours.base_url, ours.public_url) if url)
