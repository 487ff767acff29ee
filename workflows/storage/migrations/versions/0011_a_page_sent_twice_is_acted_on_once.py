"""A page that was acted on is remembered for a while: sent again, it is answered and nothing is done twice.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

from workflows.casework.base import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sent_page",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sent_page")),
        sa.UniqueConstraint("key", name=op.f("uq_sent_page_key")),
    )
    op.create_index(op.f("ix_sent_page_at"), "sent_page", ["at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_sent_page_at"), "sent_page")
    op.drop_table("sent_page")
