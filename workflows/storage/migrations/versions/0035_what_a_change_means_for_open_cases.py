"""What a change of the diagrams would mean for every open case is worked out and kept.

Revision ID: 0035
Revises: 0034
"""

import sqlalchemy as sa
from alembic import op

from workflows.casework.base import UtcDateTime

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

TO_WORK_OUT = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "impact",
        *(sa.Column(name, sa.Uuid(), nullable=name == "staff_id") for name in ("id", "change_id", "staff_id")),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("seal", sa.String(), nullable=False),
        sa.Column("release_number", sa.Integer(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("done", "in_all")),
        *(sa.Column(name, sa.Boolean(), nullable=False) for name in ("stopped", "failed")),
        sa.ForeignKeyConstraint(["change_id"], ["process_change.id"], name=op.f("fk_impact_change_id_process_change")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_member.id"], name=op.f("fk_impact_staff_id_staff_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_impact")),
    )
    op.create_index(op.f("ix_impact_change_id"), "impact", ["change_id"])
    op.create_index(
        "ix_impact_to_work_out", "impact", ["asked_at"], sqlite_where=TO_WORK_OUT, postgresql_where=TO_WORK_OUT
    )
    op.create_table(
        "impact_on_case",
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("id", "impact_id", "case_id")),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("verdict", "why")),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_impact_on_case_case_id_case")),
        sa.ForeignKeyConstraint(["impact_id"], ["impact.id"], name=op.f("fk_impact_on_case_impact_id_impact")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_impact_on_case")),
        sa.UniqueConstraint("impact_id", "case_id", name=op.f("uq_impact_on_case_impact_id_case_id")),
    )
    op.create_index(op.f("ix_impact_on_case_case_id"), "impact_on_case", ["case_id"])


def downgrade() -> None:
    op.drop_table("impact_on_case")
    op.drop_table("impact")
