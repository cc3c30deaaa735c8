"""Reads of accounts and sign-ins, as frozen rows."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from coachapp import vault
from coachapp.accounts.models import Account, JoinToken, KnownDevice, LoginName, SetUpToken, SignIn
from coachapp.accounts.rules import (
    DEVICE_LIVES,
    OPEN,
    SIGNED_OUT,
    AlreadyJoined,
    LinkEnded,
    Person,
    SignInRow,
    Times,
    normal_name,
    period,
    person_at,
)
from coachapp.db import session

NOBODY = UUID(int=0)


@dataclass(frozen=True)
class AccountRow:
    """What an account's owner may see and set: her PIN (whether there is one) and the idle time in minutes."""

    id: UUID
    kind: str
    has_pin: bool
    has_factor: bool
    idle_minutes: int


def person(cookie: str | None, now: datetime) -> Person:
    """Who holds this cookie, as they stand now; one statement, none without a cookie."""
    if not cookie:
        return SIGNED_OUT
    found = session().execute(
        select(SignIn, Account)
        .join(Account, Account.id == SignIn.account_id)
        .where(SignIn.token_hash == vault.keyed_hash("sign_in", cookie))
    )
    row = found.first()
    return _person(row[0], row[1], now) if row else SIGNED_OUT


def account_id_for(name: str) -> UUID:
    """The account that answers to this name or e-mail; NOBODY for an unknown one."""
    name_hash = vault.keyed_hash("login_name", normal_name(name))
    found = session().scalar(select(LoginName.account_id).where(LoginName.name_hash == name_hash))
    return found or NOBODY


def knows_device(cookie: str | None, account_id: UUID, now: datetime) -> bool:
    """Whether this device has signed in to this account within the last half year."""
    if not cookie:
        return False
    found = session().scalar(
        select(KnownDevice.created_at).where(KnownDevice.token_hash == device_hash(cookie, account_id))
    )
    return found is not None and now < found + DEVICE_LIVES


def device_hash(cookie: str, account_id: UUID) -> bytes:
    """What a device is found by: cookie and account together."""
    return vault.keyed_hash("device", f"{cookie}|{account_id}")


def account(account_id: UUID) -> AccountRow:
    """One account; LookupError if there is none."""
    row = session().get(Account, account_id)
    if row is None:
        raise LookupError(account_id)
    return AccountRow(
        row.id, row.kind, row.pin_hash is not None, row.totp_confirmed_at is not None, row.idle_minutes
    )


def account_of_client(client_id: UUID) -> UUID | None:
    """The account of a client who joined, or None."""
    return session().scalar(select(Account.id).where(Account.client_id == client_id))


def has_joined(client_id: UUID) -> bool:
    """Whether this client has an account of her own."""
    return account_of_client(client_id) is not None


def join_path(client_id: UUID, now: datetime | None = None) -> str | None:
    """`/join/<token>` while it can be used, to be shown again; None once she has joined or it has ended."""
    if has_joined(client_id):
        return None
    wanted = select(JoinToken).where(JoinToken.client_id == client_id, JoinToken.used_at.is_(None))
    row = session().scalar(wanted.order_by(JoinToken.expires_at.desc()).limit(1))
    if row is None or (now is not None and now >= row.expires_at):
        return None
    return f"/join/{vault.open_(client_id, 'join_token.token', row.id, row.token_sealed)}"


def check_join_token(token: str, now: datetime) -> UUID:
    """The client this link was made for. LinkEnded; AlreadyJoined when it leads to signing in."""
    row = session().scalar(select(JoinToken).where(JoinToken.token_hash == vault.keyed_hash("join", token)))
    if row is None:
        raise LinkEnded
    if row.used_at is not None or has_joined(row.client_id):
        raise AlreadyJoined
    if now >= row.expires_at:
        raise LinkEnded
    return row.client_id


def check_set_up_token(token: str, now: datetime) -> UUID:
    """The account a coach's set-up link was made for. LinkEnded when unknown, used or too old."""
    row = session().get(SetUpToken, vault.keyed_hash("set_up", token))
    if row is None or row.used_at is not None or now >= row.expires_at:
        raise LinkEnded
    return row.account_id


def name_is_taken(name: str) -> bool:
    """Whether an account answers to this name already."""
    return account_id_for(name) != NOBODY


def factor_secret(account_id: UUID) -> str | None:
    """The secret of a second factor, base32: for its set-up page only (and the demo's codes)."""
    row = session().get(Account, account_id)
    if row is None or row.totp_sealed is None:
        return None
    return vault.open_(row.owner, "account.totp", row.id, row.totp_sealed)


def sign_ins(account_id: UUID, now: datetime) -> list[SignInRow]:
    """The sign-ins of the last 30 days, newest first, with coarse dates."""
    rows = session().execute(
        select(SignIn, Account)
        .join(Account, Account.id == SignIn.account_id)
        .where(SignIn.account_id == account_id, SignIn.created_at > now - timedelta(days=30))
        .order_by(SignIn.created_at.desc())
    )
    return [
        SignInRow(
            sign_in.id,
            period(sign_in.created_at.date(), now.date()),
            sign_in.state == OPEN and _person(sign_in, owner, now).is_authenticated,
        )
        for sign_in, owner in rows
    ]


def _person(sign_in: SignIn, owner: Account, now: datetime) -> Person:
    idle = timedelta(minutes=owner.idle_minutes)
    known = Person(
        kind=owner.kind,
        account_id=owner.id,
        client_id=owner.client_id,
        coach_id=owner.coach_id,
        sign_in_id=sign_in.id,
        has_pin=owner.pin_hash is not None,
        has_factor=owner.totp_confirmed_at is not None,
        idle_seconds=int(idle.total_seconds()),
        seen_at=sign_in.seen_at,
    )
    times = Times(owner.kind, sign_in.state, sign_in.created_at, sign_in.seen_at, idle, known.has_pin)
    return person_at(known, times, sign_in.ended_at, now)
