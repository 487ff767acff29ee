"""The agenda of a team's next meeting is sent round: by whom, when, and how much stood on it.

Revision ID: 0039
Revises: 0038
"""

import sqlalchemy as sa
from alembic import op

from workflows.casework.base import UtcDateTime

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agenda_round",
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("id", "team_id", "sent_by_id")),
        sa.Column("met_on", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("turn", "items")),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["sent_by_id"], ["staff_member.id"], name=op.f("fk_agenda_round_sent_by_id_staff_member")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_agenda_round_team_id_team")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_round")),
        sa.UniqueConstraint("team_id", "met_on", "turn", name=op.f("uq_agenda_round_team_id_met_on_turn")),
    )


def downgrade() -> None:
    op.drop_table("agenda_round")
