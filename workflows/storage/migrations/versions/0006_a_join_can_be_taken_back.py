"""What a referral said of somebody we knew is kept beside the join; a message says who proposed how to settle it.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

PROPOSED = (("proposed_by_id", sa.Uuid()), ("proposed_by", sa.String()), ("proposed_how", sa.String()))


def upgrade() -> None:
    op.create_table(
        "identity_join",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("known_id", sa.Uuid(), nullable=False),
        sa.Column("set_aside_id", sa.Uuid(), nullable=False),
        sa.Column("joined_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_identity_join_case_id_case")),
        sa.ForeignKeyConstraint(["known_id"], ["person.id"], name=op.f("fk_identity_join_known_id_person")),
        sa.ForeignKeyConstraint(["set_aside_id"], ["person.id"], name=op.f("fk_identity_join_set_aside_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_join")),
    )
    op.create_index(op.f("ix_identity_join_case_id"), "identity_join", ["case_id"])
    op.create_index(op.f("ix_identity_join_known_id"), "identity_join", ["known_id"])
    for name, kind in PROPOSED:
        op.add_column("message", sa.Column(name, kind, nullable=True))


def downgrade() -> None:
    for name, _ in PROPOSED:
        op.drop_column("message", name)
    op.drop_table("identity_join")
