"""create_app: the one composition root. Reading it shows how the house hangs together."""

from flask import Blueprint, Flask
from flask_babel import Babel
from flask_login import LoginManager
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from coachapp import cli, config, db, vault
from coachapp.accounts import presence
from coachapp.accounts import views as accounts_views
from coachapp.booking import offers, reminding
from coachapp.booking.around import ABSENCE, absence_still_stands
from coachapp.booking.confirming import payable
from coachapp.booking.outside.fetching import Fetcher
from coachapp.booking.package_money import payable as package_payable
from coachapp.booking.views import (
    absent,
    around,
    blocked,
    buying,
    calendars,
    changing,
    codes,
    crediting,
    details,
    feed,
    for_client,
    for_place,
    group_changes,
    groups,
    invitations,
    last_page,
    later,
    link,
    otherwise,
    place,
    requests,
    vouchers,
    waiting,
)
from coachapp.booking.views import coach as hours
from coachapp.booking.views import public as booking
from coachapp.config import PROJECT, Config
from coachapp.demo import views as demo_views
from coachapp.desk import views as desk_views
from coachapp.messages.views import coach as messages_desk
from coachapp.messages.views import public as messages
from coachapp.migrations import run as migrations
from coachapp.notifications.mailer import Mailer
from coachapp.payments import asking, part_rules, parts, pay_views
from coachapp.payments import views as payments_views
from coachapp.payments.gateway import StripeGateway
from coachapp.portal import views as portal_views
from coachapp.practice.queries import face_or_unnamed
from coachapp.practice.views import coach as practice_desk
from coachapp.practice.views import paying
from coachapp.practice.views import public as practice_views
from coachapp.questions.asking import payable as question_payable
from coachapp.questions.views import client as questions_client
from coachapp.questions.views import coach as questions_desk
from coachapp.questions.views import public as questions
from coachapp.web import assets, errors, guards, headers, icons, limits, logs, system, translating, words
from coachapp.web.uploads import InMemory
from coachapp.worksheets import views as worksheets

ROOMS: tuple[Blueprint, ...] = (
    system.bp,
    practice_views.bp,
    practice_desk.bp,
    paying.bp,
    accounts_views.bp,
    booking.bp,
    buying.bp,
    codes.bp,
    crediting.bp,
    details.bp,
    last_page.bp,
    otherwise.bp,
    vouchers.bp,
    place.bp,
    changing.bp,
    hours.bp,
    calendars.bp,
    feed.bp,
    for_client.bp,
    for_place.bp,
    groups.bp,
    group_changes.bp,
    messages.bp,
    messages_desk.bp,
    questions.bp,
    questions_client.bp,
    questions_desk.bp,
    absent.bp,
    around.bp,
    link.bp,
    later.bp,
    requests.bp,
    waiting.bp,
    invitations.bp,
    blocked.bp,
    desk_views.bp,
    portal_views.bp,
    *worksheets.BLUEPRINTS,
    payments_views.bp,
    pay_views.bp,
    demo_views.bp,
)


def create_app(settings: Config | None = None) -> Flask:
    """Build the app from its settings (by default those of the environment). ConfigError names a bad one."""
    settings = settings or config.from_environment()
    app = Flask("coachapp", template_folder=str(PROJECT / "templates"), static_folder=str(PROJECT / "static"))
    app.request_class = InMemory
    _configure(app, settings)
    logs.configure(settings.log_format)
    _storage(app, settings)
    _web(app, settings)
    for room in ROOMS:
        app.register_blueprint(room)
    cli.install(app)
    return app


def _configure(app: Flask, settings: Config) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_key,
        COACHAPP=settings,
        METRICS_TOKEN=settings.metrics_token,
        SESSION_COOKIE_NAME="__Host-v" if settings.secure else "v",
        SESSION_COOKIE_SECURE=settings.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        MAX_CONTENT_LENGTH=1024 * 1024,
        BABEL_DEFAULT_LOCALE="en_GB",
        TEMPLATES_AUTO_RELOAD=False,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def _storage(app: Flask, settings: Config) -> None:
    db.init_app(app, settings.database_url)
    vault.init_app(app, settings.keys_database_url, settings.vault_keys)
    limits.init_app(app, app.extensions["engine"], settings.redis_url)
    app.extensions["gateway"] = StripeGateway(settings)
    payables = app.extensions["payables"] = {
        "appointment": payable(settings.base_url),
        "package": package_payable(settings.base_url),
        "question": question_payable(settings.base_url),
        asking.KIND: asking.payable(settings.base_url),
    }
    payables[part_rules.KIND] = parts.payable(payables)
    app.extensions["further_words"] = questions.opened_by_words
    app.extensions["still_true"] = {
        **dict.fromkeys(reminding.KEYS, reminding.still_due),
        ABSENCE: absence_still_stands,
        offers.KEY: offers.still_kept,
    }
    app.extensions["mailer"] = Mailer(settings.smtp_url, settings.mail_from) if settings.smtp_url else None
    app.extensions["fetcher"] = Fetcher(settings.fetch_allow)
    app.extensions["is_migrated"] = lambda: migrations.is_current(app.extensions["engine"])


def _web(app: Flask, settings: Config) -> None:
    logs.install(app)
    Babel(app)
    translating.install(app)
    CSRFProtect(app).exempt(payments_views.webhook)
    login = LoginManager(app)
    login.session_protection = None
    presence.install(app, login)
    guards.install(app)
    headers.install(app, settings)
    assets.install(app)
    errors.install(app)
    words.install(app)
    app.jinja_env.globals["icon"] = icons.icon
    app.context_processor(lambda: {"practice": face_or_unnamed()})
