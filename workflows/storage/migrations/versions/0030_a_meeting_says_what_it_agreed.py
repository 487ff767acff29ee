"""What a meeting agreed about something overdue on its agenda is kept.

Revision ID: 0030
Revises: 0029
"""

import sqlalchemy as sa
from alembic import op

from workflows.casework.base import UtcDateTime

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

NAMES = {"case_id": "case", "task_id": "task", "said_by_id": "staff_member"}


def upgrade() -> None:
    op.create_table(
        "agenda_note",
        *(sa.Column(name, sa.Uuid(), nullable=name == "said_by_id") for name in ("id", *NAMES)),
        *(sa.Column(name, sa.Date(), nullable=False) for name in ("met_on", "until")),
        sa.Column("agreed", sa.String(), nullable=False),
        sa.Column("said_at", UtcDateTime(), nullable=False),
        *(
            sa.ForeignKeyConstraint([name], [f"{table}.id"], name=op.f(f"fk_agenda_note_{name}_{table}"))
            for name, table in NAMES.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_note")),
    )
    for column in ("case_id", "task_id"):
        op.create_index(op.f(f"ix_agenda_note_{column}"), "agenda_note", [column])


def downgrade() -> None:
    for column in ("task_id", "case_id"):
        op.drop_index(op.f(f"ix_agenda_note_{column}"), "agenda_note")
    op.drop_table("agenda_note")
