"""A task may wait for its referrer: its clock stands still until they answer, for some days at most.

Revision ID: 0033
Revises: 0032
"""

import sqlalchemy as sa
from alembic import op

from workflows.casework.base import UtcDateTime

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

TO_LOOK_AFTER = sa.text("next_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("task", sa.Column("referrer_asked_at", UtcDateTime(), nullable=True))
    op.create_table(
        "asked_referrer",
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("id", "case_id", "task_id")),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        *(sa.Column(name, UtcDateTime(), nullable=True) for name in ("next_at", "reminded_at", "ended_at")),
        sa.Column("came", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_asked_referrer_case_id_case")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_asked_referrer_task_id_task")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asked_referrer")),
    )
    op.create_index(op.f("ix_asked_referrer_case_id"), "asked_referrer", ["case_id"])
    op.create_index(op.f("ix_asked_referrer_task_id"), "asked_referrer", ["task_id"])
    op.create_index(
        "ix_asked_referrer_to_look_after",
        "asked_referrer",
        ["next_at"],
        sqlite_where=TO_LOOK_AFTER,
        postgresql_where=TO_LOOK_AFTER,
    )


def downgrade() -> None:
    op.drop_table("asked_referrer")
    op.drop_column("task", "referrer_asked_at")
