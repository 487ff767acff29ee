"""A step that another system does is a row it fetches, with a lease and a fence.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

from workflows.casework.base import UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TABLE = "outside_task"
OPEN = sa.text("status = 'open'")


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("step_id", "key", "name", "process", "topic")),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("decides", sa.JSON(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("free_at", UtcDateTime(), nullable=False),
        sa.Column("worker", sa.String(), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("fence", "failures", "tries_left")),
        sa.Column("failed_why", sa.String(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("answer", sa.JSON(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_outside_task_case_id_case")),
        sa.ForeignKeyConstraint(["run_id"], ["case_run.id"], name=op.f("fk_outside_task_run_id_case_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outside_task")),
        sa.UniqueConstraint("run_id", "step_id", name=op.f("uq_outside_task_run_id_step_id")),
    )
    for column in ("case_id", "run_id"):
        op.create_index(op.f(f"ix_outside_task_{column}"), TABLE, [column])
    op.create_index("ix_outside_task_to_fetch", TABLE, ["topic", "free_at"], sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade() -> None:
    op.drop_table(TABLE)
