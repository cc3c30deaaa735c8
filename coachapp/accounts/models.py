"""Accounts, the names they sign in with, their factors, and their sign-ins."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from coachapp.db import Base, UtcDateTime


class Account(Base):
    """A way in for one client or one coach. `owner` is whose vault key seals its secrets."""

    __tablename__ = "account"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[str] = mapped_column(String(10))
    owner: Mapped[UUID]
    client_id: Mapped[UUID | None] = mapped_column(ForeignKey("client.id"), unique=True)
    coach_id: Mapped[int | None] = mapped_column(ForeignKey("coach.id"))
    passphrase_hash: Mapped[str | None] = mapped_column(String(200))
    totp_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    totp_last_step: Mapped[int] = mapped_column(default=0)
    pin_hash: Mapped[str | None] = mapped_column(String(200))
    idle_minutes: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class LoginName(Base):
    """A name or e-mail an account answers to, as a keyed hash only."""

    __tablename__ = "login_name"

    name_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)


class RecoveryCode(Base):
    """A single-use code that stands in for the second factor."""

    __tablename__ = "recovery_code"

    code_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SetUpToken(Base):
    """The way a coach who was just added chooses her passphrase; used once, by POST."""

    __tablename__ = "set_up_token"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class SignIn(Base):
    """One sign-in: found by the keyed hash of its cookie, ended by the server at any time.

    `state` is `half` (passphrase given, second factor not yet), `open`, `left` (by its owner) or `ended`.
    """

    __tablename__ = "sign_in"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    state: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    pin_tries: Mapped[int] = mapped_column(default=0)


class KnownDevice(Base):
    """A device that signed in before: exempt from the throttle, never from the passphrase.

    The hash is over cookie and account, so that one device may be known to several accounts.
    """

    __tablename__ = "known_device"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class JoinToken(Base):
    """The way from a booking to an account of one's own; used once, by POST."""

    __tablename__ = "join_token"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    client_id: Mapped[UUID] = mapped_column(ForeignKey("client.id"), index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    token_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
