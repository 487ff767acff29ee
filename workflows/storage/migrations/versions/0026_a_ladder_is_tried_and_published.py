"""A draft of the ladders is tried on past tasks; an open task knows by which version its next rung was worked out.

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

from workflows.casework.base import UtcDateTime

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

OPEN, TO_MAKE = sa.text("status = 'open'"), sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.add_column("task", sa.Column("ladder_number", sa.Integer(), nullable=False, server_default="0"))
    op.create_index(
        "ix_task_by_ladder", "task", ["programme_id", "ladder_number"], sqlite_where=OPEN, postgresql_where=OPEN
    )
    op.create_table(
        "ladder_try",
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("id", "programme_id", "staff_id")),
        sa.Column("content", sa.String(), nullable=False),
        *(sa.Column(name, sa.Date(), nullable=False) for name in ("first", "last")),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("done", "in_all")),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("failed", sa.Boolean(), nullable=False),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_ladder_try_programme_id_programme")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_member.id"], name=op.f("fk_ladder_try_staff_id_staff_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ladder_try")),
    )
    op.create_index("ix_ladder_try_of", "ladder_try", ["programme_id", "staff_id"])
    op.create_index("ix_ladder_try_to_make", "ladder_try", ["asked_at"], sqlite_where=TO_MAKE, postgresql_where=TO_MAKE)


def downgrade() -> None:
    op.drop_table("ladder_try")
    op.drop_index("ix_task_by_ladder", "task")
    op.drop_column("task", "ladder_number")
