"""A message is known by its source, its number and what it says; a number alone may come from anybody.

Revision ID: 0009
Revises: 0008
"""

import hashlib
import json
from datetime import UTC, date, datetime

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

# As the table is at this point of the history.
MESSAGE = sa.table(
    "message",
    sa.column("id", sa.Uuid()),
    sa.column("content_hash", sa.String()),
    sa.column("type", sa.String()),
    sa.column("nhs_number", sa.String()),
    sa.column("dob", sa.Date()),
    sa.column("occurred_at", sa.DateTime(timezone=True)),
    sa.column("payload", sa.JSON()),
)
OLD, NEW = "uq_message_message_id", "uq_message_source_message_id_content_hash"


def upgrade() -> None:
    op.add_column("message", sa.Column("content_hash", sa.String(), nullable=True))
    _hash_what_came_before(op.get_bind())
    with op.batch_alter_table("message") as table:
        table.alter_column("content_hash", existing_type=sa.String(), nullable=False)
        table.drop_constraint(OLD, type_="unique")
        table.create_unique_constraint(NEW, ["source", "message_id", "content_hash"])


def _hash_what_came_before(bind: sa.Connection) -> None:
    for row in bind.execute(sa.select(MESSAGE)).all():
        told = _hash(row.type, row.nhs_number, row.dob, row.occurred_at, row.payload)
        bind.execute(sa.update(MESSAGE).where(MESSAGE.c.id == row.id).values(content_hash=told))


def _hash(kind: str, number: str, dob: date | None, at: datetime, payload: object) -> str:
    """As `casework.message` makes it: a message that was kept before is known when it is sent again."""
    instant = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    said = json.dumps([kind, number, dob and dob.isoformat(), instant.isoformat(), payload], sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()


def downgrade() -> None:
    with op.batch_alter_table("message") as table:
        table.drop_constraint(NEW, type_="unique")
        table.create_unique_constraint(OLD, ["message_id"])
        table.drop_column("content_hash")
