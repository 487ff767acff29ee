"""What should have happened by itself and did not is kept as an incident of its case.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "incident",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=True),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("kind", "process")),
        *(sa.Column(f"step_{name}", sa.String(), nullable=False) for name in ("id", "key", "name", "kind")),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("asks", "why", "fault")),
        sa.Column("inputs", sa.JSON(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_how", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_incident_case_id_case")),
        sa.ForeignKeyConstraint(["run_id"], ["case_run.id"], name=op.f("fk_incident_run_id_case_run")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident")),
    )
    for column in ("case_id", "run_id", "next_at", "closed_at"):
        op.create_index(op.f(f"ix_incident_{column}"), "incident", [column])


def downgrade() -> None:
    for column in ("closed_at", "next_at", "run_id", "case_id"):
        op.drop_index(op.f(f"ix_incident_{column}"), "incident")
    op.drop_table("incident")
