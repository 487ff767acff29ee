"""What an operator does to a process by hand is kept with the state before and after.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "intervention",
        *(sa.Column(name, sa.Uuid(), nullable=name == "staff_id") for name in ("id", "case_id", "run_id", "staff_id")),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("what", sa.JSON(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("why", "state_before", "state_after")),
        sa.Column("images", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_intervention_case_id_case")),
        sa.ForeignKeyConstraint(["run_id"], ["case_run.id"], name=op.f("fk_intervention_run_id_case_run")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_member.id"], name=op.f("fk_intervention_staff_id_staff_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intervention")),
    )
    for column in ("case_id", "run_id"):
        op.create_index(op.f(f"ix_intervention_{column}"), "intervention", [column])


def downgrade() -> None:
    for column in ("run_id", "case_id"):
        op.drop_index(op.f(f"ix_intervention_{column}"), "intervention")
    op.drop_table("intervention")
