"""A rota says who is on duty on which days, for a team or for a whole programme.

Revision ID: 0036
Revises: 0035
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "duty_days",
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("id", "programme_id", "staff_id")),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        *(sa.Column(name, sa.Date(), nullable=False) for name in ("first_day", "last_day")),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_duty_days_programme_id_programme")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_member.id"], name=op.f("fk_duty_days_staff_id_staff_member")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_duty_days_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_days")),
    )
    op.create_index(op.f("ix_duty_days_programme_id"), "duty_days", ["programme_id"])
    op.create_index(op.f("ix_duty_days_staff_id"), "duty_days", ["staff_id"])


def downgrade() -> None:
    op.drop_table("duty_days")
