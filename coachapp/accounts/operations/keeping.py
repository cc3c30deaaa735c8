"""What people change about their way in, and what is forgotten in time."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, or_

from coachapp import vault
from coachapp.accounts.hashing import Hasher
from coachapp.accounts.models import Account, JoinToken, KnownDevice, RecoveryCode, SetUpToken, SignIn
from coachapp.accounts.operations import signing
from coachapp.accounts.queries import device_hash
from coachapp.accounts.rules import ABSOLUTE, DEVICE_LIVES, IDLE_LEAST, IDLE_MOST, NoMatch
from coachapp.audit import operations as audit
from coachapp.db import session, transaction

_KEPT = timedelta(days=30)


def set_pin(account_id: UUID, pin: str | None, passphrase: str, *, now: datetime, hasher: Hasher) -> None:
    """Set a PIN, or with None end it. NoMatch unless the passphrase is right."""
    prove(account_id, passphrase, hasher)
    kept = hasher.hash(pin) if pin else None
    with transaction() as db:
        row = db.get_one(Account, account_id)
        row.pin_hash = kept
        audit.record("pin_set" if pin else "pin_ended", now=now, role=row.kind, actor=account_id)


def set_idle_minutes(account_id: UUID, minutes: int) -> None:
    """How long a page stays open without activity. ValueError outside 5 to 60 minutes."""
    if not IDLE_LEAST <= minutes <= IDLE_MOST:
        raise ValueError("from 5 to 60 minutes")
    with transaction() as db:
        db.get_one(Account, account_id).idle_minutes = minutes


def change_passphrase(
    account_id: UUID,
    present: str,
    new: str,
    *,
    now: datetime,
    hasher: Hasher,
    keep: UUID | None = None,
) -> None:
    """Change the passphrase; every other sign-in than `keep` ends. NoMatch unless the present one is right."""
    prove(account_id, present, hasher)
    kept = hasher.hash(new)
    with transaction() as db:
        row = db.get_one(Account, account_id)
        row.passphrase_hash = kept
        signing.sign_out_everywhere(account_id, now, role=row.kind, but=keep)
        db.execute(delete(KnownDevice).where(KnownDevice.account_id == account_id))
        audit.record("passphrase_changed", now=now, role=row.kind, actor=account_id)


def know_device(account_id: UUID, cookie: str | None, now: datetime) -> str:
    """Remember the device that has just signed in, for 180 days; returns the value of its cookie."""
    token = cookie if cookie and len(cookie) <= 100 else vault.new_token()
    with transaction() as db:
        db.merge(
            KnownDevice(token_hash=device_hash(token, account_id), account_id=account_id, created_at=now)
        )
    return token


def forget_old(now: datetime) -> None:
    """Drop sign-ins that ended a month ago, devices not seen for half a year, links and codes long over."""
    month_ago = now - _KEPT
    with transaction() as db:
        db.execute(
            delete(SignIn).where(or_(SignIn.ended_at < month_ago, SignIn.created_at < month_ago - ABSOLUTE))
        )
        db.execute(delete(KnownDevice).where(KnownDevice.created_at < now - DEVICE_LIVES))
        db.execute(delete(SetUpToken).where(SetUpToken.expires_at < month_ago))
        db.execute(delete(RecoveryCode).where(RecoveryCode.expires_at < month_ago))
        db.execute(delete(JoinToken).where(JoinToken.expires_at < month_ago))


def prove(account_id: UUID, passphrase: str, hasher: Hasher) -> None:
    """Ask for the passphrase once more, before something that should not happen by a slip. NoMatch."""
    row = session().get(Account, account_id)
    if not hasher.matches(row.passphrase_hash if row else None, passphrase):
        raise NoMatch
