"""Until when Stripe was asked for news, and what can no longer be had."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from coachapp.db import Base, UtcDateTime


class NewsMarker(Base):
    """The one row: everything up to `asked_at` was asked for and stored.

    `gap_from` and `gap_until` are the last stretch of which Stripe had no news any more when it was asked again.
    """

    __tablename__ = "news_marker"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    gap_from: Mapped[datetime | None] = mapped_column(UtcDateTime)
    gap_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
