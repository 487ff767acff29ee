"""A file belongs to a draft until its form is completed; thrown away with the draft, it is gone.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("attachment") as batch_op:
        batch_op.add_column(sa.Column("draft_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("referral_id", sa.Uuid(), nullable=True))
        batch_op.create_index(batch_op.f("ix_attachment_draft_id"), ["draft_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_attachment_referral_id"), ["referral_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_attachment_draft_id_draft"), "draft", ["draft_id"], ["id"], ondelete="CASCADE"
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_attachment_referral_id_referral"), "referral", ["referral_id"], ["id"]
        )


def downgrade() -> None:
    with op.batch_alter_table("attachment") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_attachment_referral_id_referral"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_attachment_draft_id_draft"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_attachment_referral_id"))
        batch_op.drop_index(batch_op.f("ix_attachment_draft_id"))
        batch_op.drop_column("referral_id")
        batch_op.drop_column("draft_id")
