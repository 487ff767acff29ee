"""A letter has a day by which it goes and a way in which it goes; whom we cannot e-mail is told by one of them.

What lies ready in an existing tray gets the usual two working days from when it was written (bank holidays are not
asked for here: a day too early does no harm).

Revision ID: 0008
Revises: 0007
"""

from datetime import date, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

WORKING_DAYS = 2
SATURDAY = 5
LETTER = sa.table(
    "letter",
    sa.column("id", sa.Uuid()),
    sa.column("status", sa.String()),
    sa.column("written_at", sa.DateTime(timezone=True)),
    sa.column("send_by", sa.Date()),
)
NEW = (
    ("send_by", sa.Date()),
    ("reminded_at", sa.DateTime(timezone=True)),
    ("sent_how", sa.String()),
    ("once", sa.String()),
)


def upgrade() -> None:
    for name, kind in NEW:
        op.add_column("letter", sa.Column(name, kind, nullable=True))
    op.add_column("letter", sa.Column("route", sa.String(), nullable=False, server_default="post"))
    op.create_index(op.f("ix_letter_once"), "letter", ["once"], unique=True)
    op.create_index(op.f("ix_letter_status"), "letter", ["status"])
    _give_days(op.get_bind())


def _give_days(bind: sa.Connection) -> None:
    ready = sa.select(LETTER.c.id, LETTER.c.written_at).where(LETTER.c.status == "ready")
    for key, written_at in bind.execute(ready).all():
        day = _working_days_after(written_at.date(), WORKING_DAYS)
        bind.execute(sa.update(LETTER).where(LETTER.c.id == key).values(send_by=day))


def _working_days_after(day: date, days: int) -> date:
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < SATURDAY
    return day


def downgrade() -> None:
    op.drop_index(op.f("ix_letter_status"), "letter")
    op.drop_index(op.f("ix_letter_once"), "letter")
    for name in (*(name for name, _ in NEW), "route"):
        op.drop_column("letter", name)
