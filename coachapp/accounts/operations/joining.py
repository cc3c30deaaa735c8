"""How accounts begin: a client joins by her link, a coach by the link the operator hands her."""

import secrets
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from coachapp import vault
from coachapp.accounts.hashing import Hasher
from coachapp.accounts.models import Account, JoinToken, LoginName, SetUpToken
from coachapp.accounts.operations import signing
from coachapp.accounts.queries import (
    NOBODY,
    account_id_for,
    check_join_token,
    check_set_up_token,
    name_is_taken,
)
from coachapp.accounts.rules import (
    CLIENT,
    IDLE_MINUTES,
    JOIN_LIVES,
    RESERVED,
    SET_UP_LIVES,
    STAFF,
    AlreadyJoined,
    LinkEnded,
    NameNotFree,
    Opened,
    normal_name,
)
from coachapp.audit import operations as audit
from coachapp.db import transaction
from coachapp.practice import operations as practice
from coachapp.practice.queries import coaches


def make_join_token(client_id: UUID, now: datetime) -> str:
    """The client's way to an account of her own, for 30 days; one that still stands is handed out again."""
    with transaction() as db:
        standing = db.scalar(
            select(JoinToken)
            .where(JoinToken.client_id == client_id, JoinToken.used_at.is_(None), JoinToken.expires_at > now)
            .order_by(JoinToken.expires_at.desc())
            .limit(1)
        )
        if standing is not None:
            return vault.open_(client_id, "join_token.token", standing.id, standing.token_sealed)
        token, row_id = vault.new_token(), uuid4()
        db.add(
            JoinToken(
                id=row_id,
                client_id=client_id,
                token_hash=vault.keyed_hash("join", token),
                token_sealed=vault.seal(client_id, "join_token.token", row_id, token),
                expires_at=now + JOIN_LIVES,
            )
        )
        return token


def join(token: str, name: str, passphrase: str, pin: str | None, *, now: datetime, hasher: Hasher) -> Opened:
    """Make the client's account and sign her in. LinkEnded, AlreadyJoined, or NameNotFree for this name."""
    hashes = hasher.hash(passphrase), hasher.hash(pin) if pin else None
    try:
        with transaction() as db:
            client_id = check_join_token(token, now)
            account = _new_client_account(client_id, hashes, now)
            db.add(account)
            db.flush()
            _add_name(db, account.id, name)
            _use_join_token(db, token, now)
            audit.record("join", now=now, role=CLIENT, actor=account.id, subject=client_id)
            return signing.open_fully(db, account, now)
    except IntegrityError as error:  # the name, or the link, was taken in this very moment
        raise NameNotFree from error


def add_coach(email: str, name: str, zone: str, *, now: datetime) -> str:
    """Add a coach and return the single-use token of her set-up link; a new one if she has not used the last.

    AlreadyJoined once she has a passphrase.
    """
    token = secrets.token_urlsafe(24)
    token_hash = vault.keyed_hash("set_up", token)
    with transaction() as db:
        account_id = account_id_for(email)
        if account_id == NOBODY:
            account_id = _new_coach_account(_coach(email, name, zone), email, now)
        elif db.get_one(Account, account_id).passphrase_hash is not None:
            raise AlreadyJoined
        db.add(SetUpToken(token_hash=token_hash, account_id=account_id, expires_at=now + SET_UP_LIVES))
        audit.record("set_up_issued", now=now, role="operator", subject=account_id)
    return token


def add_ready_coach(
    coach_id: int, email: str, passphrase: str, totp_secret: str, *, now: datetime, hasher: Hasher
) -> UUID:
    """An account whose passphrase and second factor (base32) are known beforehand: for the demo practice."""
    kept = hasher.hash(passphrase)
    account_id = _new_coach_account(coach_id, email, now)
    with transaction() as db:
        account = db.get_one(Account, account_id)
        account.passphrase_hash, account.totp_confirmed_at = kept, now
        account.totp_sealed = vault.seal(account_id, "account.totp", account_id, totp_secret)
    return account_id


def set_up(token: str, passphrase: str, *, now: datetime, hasher: Hasher) -> Opened:
    """The coach chooses her passphrase; half a sign-in leads on to the second factor. LinkEnded."""
    kept = hasher.hash(passphrase)
    with transaction() as db:
        account = db.get_one(Account, check_set_up_token(token, now))
        unused = (SetUpToken.account_id == account.id, SetUpToken.used_at.is_(None))
        used = update(SetUpToken).where(*unused).values(used_at=now).returning(SetUpToken.account_id)
        if not db.scalars(used).all():
            raise LinkEnded
        account.passphrase_hash = kept
        db.flush()
        return signing.open_half(db, account, now)


def _new_client_account(client_id: UUID, hashes: tuple[str, str | None], now: datetime) -> Account:
    return Account(
        id=uuid4(),
        kind=CLIENT,
        owner=client_id,
        client_id=client_id,
        passphrase_hash=hashes[0],
        pin_hash=hashes[1],
        idle_minutes=IDLE_MINUTES[CLIENT],
        created_at=now,
    )


def _coach(email: str, name: str, zone: str) -> int:
    """The coach the practice knows by this address, or a new one."""
    for known in coaches():
        if normal_name(known.email or "") == normal_name(email):
            return known.id
    return practice.add_coach(first_name=name.split()[0], full_name=name, zone=zone, email=email)


def _new_coach_account(coach_id: int, email: str, now: datetime) -> UUID:
    """An account with a key of its own, committed before the row that will use it."""
    account_id = uuid4()
    vault.make_key(account_id)
    with transaction() as db:
        db.add(
            Account(
                id=account_id,
                kind=STAFF,
                owner=account_id,
                coach_id=coach_id,
                idle_minutes=IDLE_MINUTES[STAFF],
                created_at=now,
            )
        )
        db.flush()
        _add_name(db, account_id, email)
    return account_id


def _add_name(db: Session, account_id: UUID, name: str) -> None:
    plain = normal_name(name)
    if plain in RESERVED or name_is_taken(plain):
        raise NameNotFree
    db.add(LoginName(name_hash=vault.keyed_hash("login_name", plain), account_id=account_id))
    db.flush()


def _use_join_token(db: Session, token: str, now: datetime) -> None:
    found = (JoinToken.token_hash == vault.keyed_hash("join", token), JoinToken.used_at.is_(None))
    used = update(JoinToken).where(*found).values(used_at=now).returning(JoinToken.id)
    if db.scalar(used) is None:
        raise LinkEnded
