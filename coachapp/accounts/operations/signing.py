"""Signing in, being seen, unlocking, signing out."""

import secrets
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import update
from sqlalchemy.orm import Session

from coachapp import vault
from coachapp.accounts import factors
from coachapp.accounts.hashing import Hasher
from coachapp.accounts.models import Account, SignIn
from coachapp.accounts.rules import (
    CLIENT,
    ENDED,
    HALF,
    LEFT,
    OPEN,
    PIN_TRIES,
    SEEN_EVERY,
    Next,
    NoMatch,
    Opened,
    Person,
    TriesOver,
)
from coachapp.audit import operations as audit
from coachapp.db import session, transaction


def sign_in(
    account_id: UUID, passphrase: str, *, now: datetime, hasher: Hasher, instead_of: UUID | None = None
) -> Opened:
    """Sign in with the passphrase, ending the sign-in `instead_of`. NoMatch, after the same work, for anyone else.

    A client is signed in at once; a coach gets half a sign-in and gives a code, or sets her second factor up.
    """
    row = session().get(Account, account_id)
    right = hasher.matches(row.passphrase_hash if row else None, passphrase)
    if row is None or not right:
        raise NoMatch
    with transaction() as db:
        end(db, instead_of, now)
        account = db.get_one(Account, account_id)
        return (open_fully if account.kind == CLIENT else open_half)(db, account, now)


def open_fully(db: Session, account: Account, now: datetime) -> Opened:
    """Begin a full sign-in, inside the caller's transaction."""
    audit.record("sign_in", now=now, role=account.kind, actor=account.id)
    return Opened(_begin(db, account.id, OPEN, now), account.id, account.kind, Next.HOME)


def open_half(db: Session, account: Account, now: datetime) -> Opened:
    """Begin a coach's sign-in up to the second factor; a secret is made if she has none."""
    cookie = _begin(db, account.id, HALF, now)
    if account.totp_confirmed_at is not None:
        return Opened(cookie, account.id, account.kind, Next.CODE)
    if account.totp_sealed is None:
        sealed = vault.seal(account.owner, "account.totp", account.id, factors.new_secret())
        db.execute(update(Account).where(Account.id == account.id).values(totp_sealed=sealed))
    return Opened(cookie, account.id, account.kind, Next.SET_UP)


def note_seen(person: Person, now: datetime) -> None:
    """Count a request as activity; written at most once a minute, by primary key."""
    if not person.is_active or person.seen_at is None or now < person.seen_at + SEEN_EVERY:
        return
    with transaction() as db:
        db.execute(
            update(SignIn).where(SignIn.id == person.sign_in_id, SignIn.state == OPEN).values(seen_at=now)
        )


def unlock(person: Person, pin: str, *, now: datetime, hasher: Hasher) -> None:
    """Open a covered page again. NoMatch for a wrong PIN; TriesOver after the fifth, which ends the sign-in."""
    count_try(person.sign_in_id, PIN_TRIES, now)
    row = session().get(Account, person.account_id)
    if not hasher.matches(row.pin_hash if row else None, pin):
        raise NoMatch
    with transaction() as db:
        db.execute(
            update(SignIn)
            .where(SignIn.id == person.sign_in_id, SignIn.state == OPEN)
            .values(seen_at=now, pin_tries=0)
        )


def sign_out(person: Person, now: datetime) -> None:
    """End this sign-in, and with it the PIN's two hours."""
    with transaction() as db:
        if end(db, person.sign_in_id, now, state=LEFT) and person.kind:
            audit.record("sign_out", now=now, role=person.kind, actor=person.account_id)


def leave(person: Person, now: datetime) -> None:
    """End this sign-in without a line in any log: leaving quickly is nobody's business."""
    with transaction() as db:
        end(db, person.sign_in_id, now, state=LEFT)


def sign_out_everywhere(
    account_id: UUID, now: datetime, *, role: str = CLIENT, but: UUID | None = None
) -> None:
    """End every sign-in of an account at once, except (if named) the one in hand."""
    with transaction() as db:
        others = update(SignIn).where(SignIn.account_id == account_id, SignIn.ended_at.is_(None))
        if but is not None:
            others = others.where(SignIn.id != but)
        db.execute(others.values(state=ENDED, ended_at=now))
        audit.record("sign_out_everywhere", now=now, role=role, actor=account_id)


def end(db: Session, sign_in_id: UUID | None, now: datetime, *, state: str = ENDED) -> bool:
    """End one sign-in, inside the caller's transaction; whether it was still open."""
    ended = (
        update(SignIn)
        .where(SignIn.id == sign_in_id, SignIn.ended_at.is_(None))
        .values(state=state, ended_at=now)
        .returning(SignIn.id)
    )
    return db.scalar(ended) is not None


def count_try(sign_in_id: UUID | None, most: int, now: datetime) -> None:
    """Count one try at a PIN or code before it is checked. TriesOver, and the sign-in ended, past `most`."""
    with transaction() as db:
        counted = (
            update(SignIn)
            .where(SignIn.id == sign_in_id, SignIn.ended_at.is_(None), SignIn.pin_tries < most)
            .values(pin_tries=SignIn.pin_tries + 1)
            .returning(SignIn.id)
        )
        over = db.scalar(counted) is None
        if over:
            end(db, sign_in_id, now)
    if over:
        raise TriesOver


def _begin(db: Session, account_id: UUID, state: str, now: datetime) -> str:
    """Write a sign-in and return its cookie, 256 random bits."""
    cookie = secrets.token_urlsafe(32)
    token_hash = vault.keyed_hash("sign_in", cookie)
    db.add(
        SignIn(
            id=uuid4(), account_id=account_id, token_hash=token_hash, state=state, created_at=now, seen_at=now
        )
    )
    return cookie
