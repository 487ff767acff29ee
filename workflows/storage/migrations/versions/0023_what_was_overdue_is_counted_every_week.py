"""What is overdue is counted at the end of every week; what is late now is counted by the index of open tasks alone.

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

OPEN = sa.text("status = 'open'")
ASKED = ["due_at", "paused_at", "escalation", "level", "key", "form_key", "programme_id", "assignee_id", "id"]


def upgrade() -> None:
    op.create_table(
        "overdue_week",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("place_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("tasks", sa.Integer(), nullable=False),
        sa.Column("reckoned", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_overdue_week_programme_id_programme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overdue_week")),
        sa.UniqueConstraint("week", "place_id", "kind", name=op.f("uq_overdue_week_week_place_id_kind")),
    )
    _index(["case_id", *ASKED])


def _index(columns: list[str]) -> None:
    op.drop_index("ix_task_open_of_case", table_name="task")
    op.create_index("ix_task_open_of_case", "task", columns, sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade() -> None:
    _index(["case_id"])
    op.drop_table("overdue_week")
