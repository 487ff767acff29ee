"""Each person chooses by which ways they are told; a notice goes by email or as a text message.

Revision ID: 0029
Revises: 0028
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column, usual in (("mobile", ""), ("at_once_by", "email"), ("daily_by", "email")):
        op.add_column("staff_member", sa.Column(column, sa.String(), nullable=False, server_default=usual))
    op.add_column("notice", sa.Column("channel", sa.String(), nullable=False, server_default="email"))
    op.add_column("nudge", sa.Column("ways", sa.String(), nullable=False, server_default="email"))
    op.add_column("nudge", sa.Column("text_id", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_nudge_text_id"), "nudge", ["text_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_nudge_text_id"), table_name="nudge")
    for table, columns in (
        ("nudge", ("text_id", "ways")),
        ("notice", ("channel",)),
        ("staff_member", ("daily_by", "at_once_by", "mobile")),
    ):
        for column in columns:
            op.drop_column(table, column)
