"""Addresses of other systems are told of rungs: where, of what, and how they answer.

Revision ID: 0031
Revises: 0030
"""

import sqlalchemy as sa
from alembic import op

from workflows.casework.base import UtcDateTime

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "webhook",
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("id", "programme_id")),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("name", "url", "ladders", "paused_why")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("from_level", "turn")),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        *(sa.Column(name, UtcDateTime(), nullable=True) for name in ("paused_at", "ended_at")),
        sa.ForeignKeyConstraint(["programme_id"], ["programme.id"], name=op.f("fk_webhook_programme_id_programme")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
    )
    op.create_index(op.f("ix_webhook_programme_id"), "webhook", ["programme_id"])
    op.create_table(
        "webhook_answers",
        sa.Column("webhook_id", sa.Uuid(), nullable=False),
        sa.Column("last_said", sa.String(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        *(
            sa.Column(name, UtcDateTime(), nullable=True)
            for name in ("last_at", "taken_at", "failing_since", "waits_until")
        ),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhook.id"], name=op.f("fk_webhook_answers_webhook_id_webhook")),
        sa.PrimaryKeyConstraint("webhook_id", name=op.f("pk_webhook_answers")),
    )
    op.add_column("notice", sa.Column("webhook_id", sa.Uuid(), nullable=True))
    op.create_index(op.f("ix_notice_webhook_id"), "notice", ["webhook_id"])


def downgrade() -> None:
    op.execute("DELETE FROM notice WHERE webhook_id IS NOT NULL")
    op.drop_index(op.f("ix_notice_webhook_id"), table_name="notice")
    op.drop_column("notice", "webhook_id")
    op.drop_table("webhook_answers")
    op.drop_table("webhook")
