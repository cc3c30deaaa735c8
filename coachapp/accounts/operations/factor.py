"""The coach's second factor: setting it up, giving a code, and the ways round a lost telephone."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, or_, update
from sqlalchemy.orm import Session

from coachapp import vault
from coachapp.accounts import factors
from coachapp.accounts.hashing import Hasher
from coachapp.accounts.models import Account, RecoveryCode
from coachapp.accounts.operations import signing
from coachapp.accounts.queries import NOBODY, account_id_for, factor_secret
from coachapp.accounts.rules import (
    CODE_TRIES,
    RECOVERY_CODES,
    STAFF,
    UNLOCK_LIVES,
    NoMatch,
    NoSuchCoach,
    Opened,
    Person,
)
from coachapp.audit import operations as audit
from coachapp.db import session, transaction


def give_code(person: Person, typed: str, *, now: datetime) -> Opened:
    """Turn half a sign-in into a full one with a code from the app, or a recovery code. NoMatch, TriesOver."""
    account_id = _count_try(person, now)
    with transaction() as db:
        account = db.get_one(Account, account_id)
        if factors.is_six_figures(typed):
            _use_step(db, account, typed, now)
        else:
            _use_recovery_code(db, account, typed, now)
        signing.end(db, person.sign_in_id, now)
        return signing.open_fully(db, account, now)


def confirm_factor(person: Person, typed: str, *, now: datetime) -> tuple[Opened, list[str]]:
    """Finish setting a second factor up with its first code; returns the recovery codes, to be shown once."""
    account_id = _count_try(person, now)
    with transaction() as db:
        account = db.get_one(Account, account_id)
        if account.totp_confirmed_at is not None:
            raise NoMatch
        _use_step(db, account, typed, now)
        db.execute(update(Account).where(Account.id == account.id).values(totp_confirmed_at=now))
        codes = _new_recovery_codes(db, account.id)
        signing.end(db, person.sign_in_id, now)
        audit.record("factor_set", now=now, role=STAFF, actor=account.id)
        return signing.open_fully(db, account, now), codes


def renew_factor(account_id: UUID, passphrase: str, *, now: datetime, hasher: Hasher) -> Opened:
    """Begin a new second factor, as for a new telephone: the old one ends, and so does every sign-in. NoMatch."""
    row = session().get(Account, account_id)
    if not hasher.matches(row.passphrase_hash if row else None, passphrase):
        raise NoMatch
    with transaction() as db:
        account = db.get_one(Account, account_id)
        account.totp_sealed = account.totp_confirmed_at = None
        db.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
        signing.sign_out_everywhere(account_id, now, role=STAFF)
        audit.record("factor_renewed", now=now, role=STAFF, actor=account_id)
        db.flush()
        return signing.open_half(db, account, now)


def issue_unlock_code(email: str, *, now: datetime) -> str:
    """A code that stands in for a lost second factor once, within an hour. NoSuchCoach for an unknown address."""
    account_id = account_id_for(email)
    with transaction() as db:
        account = db.get(Account, account_id) if account_id != NOBODY else None
        if account is None or account.kind != STAFF:
            raise NoSuchCoach
        audit.record("unlock_issued", now=now, role="operator", subject=account.id)
        return _add_code(db, account.id, expires_at=now + UNLOCK_LIVES)


def _count_try(person: Person, now: datetime) -> UUID:
    """Count one try before it is checked; returns whose half sign-in it is."""
    signing.count_try(person.sign_in_id, CODE_TRIES, now)
    if person.account_id is None or not person.half:
        raise NoMatch
    return person.account_id


def _use_step(db: Session, account: Account, typed: str, now: datetime) -> None:
    """Take a code of the app; its half minute, and any before it, is refused from then on."""
    secret = factor_secret(account.id)
    step = None
    if secret is not None and factors.is_six_figures(typed):
        step = factors.matching_step(secret, typed, now, account.totp_last_step)
    if step is None or not _taken(db, account.id, step):
        raise NoMatch


def _taken(db: Session, account_id: UUID, step: int) -> bool:
    """Mark a half minute as used; False when another request was quicker."""
    fresh = (Account.id == account_id, Account.totp_last_step < step)
    taken = update(Account).where(*fresh).values(totp_last_step=step).returning(Account.id)
    return db.scalar(taken) is not None


def _use_recovery_code(db: Session, account: Account, typed: str, now: datetime) -> None:
    used = (
        update(RecoveryCode)
        .where(
            RecoveryCode.code_hash == _code_hash(account.id, typed),
            RecoveryCode.used_at.is_(None),
            or_(RecoveryCode.expires_at.is_(None), RecoveryCode.expires_at > now),
        )
        .values(used_at=now)
        .returning(RecoveryCode.account_id)
    )
    if db.scalar(used) is None:
        raise NoMatch
    audit.record("recovery_used", now=now, role=STAFF, actor=account.id)


def _new_recovery_codes(db: Session, account_id: UUID) -> list[str]:
    db.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    return [_add_code(db, account_id) for _ in range(RECOVERY_CODES)]


def _add_code(db: Session, account_id: UUID, expires_at: datetime | None = None) -> str:
    code = factors.new_recovery_code()
    db.add(RecoveryCode(code_hash=_code_hash(account_id, code), account_id=account_id, expires_at=expires_at))
    return code


def _code_hash(account_id: UUID, typed: str) -> bytes:
    return vault.keyed_hash("recovery", f"{account_id}|{factors.normal_recovery_code(typed)}")
