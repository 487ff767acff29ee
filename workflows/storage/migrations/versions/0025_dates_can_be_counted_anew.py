"""What falls due knows how its date was counted; a team keeps hours and closed days; a change of them is followed.

Of what is open already nobody knows how its date came about: it keeps its date, whatever the calendar says.

Revision ID: 0025
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

DATED = ("task", "review", "waiting")


def upgrade() -> None:
    op.add_column("team", sa.Column("content", sa.JSON(), nullable=False, server_default="{}"))
    for table in DATED:
        op.add_column(table, sa.Column("due_since", sa.DateTime(timezone=True), nullable=True))
        op.add_column(table, sa.Column("due_amount", sa.Integer(), nullable=True))
        if table != "task":  # which has said so since the first version
            op.add_column(table, sa.Column("due_unit", sa.String(), nullable=False, server_default="WD"))
    _followed()


def _followed() -> None:
    op.create_table(
        "calendar_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("week", sa.JSON(), nullable=True),
        sa.Column("asked_by_id", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_case_id", sa.Uuid(), nullable=True),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.Column("failed", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_calendar_change_programme_id_programme")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_calendar_change_team_id_team")),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["staff_member.id"], name=op.f("fk_calendar_change_asked_by_id_staff_member")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_change")),
    )
    for column in ("programme_id", "status"):
        op.create_index(op.f(f"ix_calendar_change_{column}"), "calendar_change", [column])


def downgrade() -> None:
    op.drop_table("calendar_change")
    for table in reversed(DATED):
        for column in ("due_unit", "due_amount", "due_since") if table != "task" else ("due_amount", "due_since"):
            op.drop_column(table, column)
    op.drop_column("team", "content")
