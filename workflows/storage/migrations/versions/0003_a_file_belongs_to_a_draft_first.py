"""A file belongs to a draft until its form is completed; thrown away with the draft, it is gone.

Revision ID: 0003
Revises: 0002
"""

from uuid import UUID

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# As the tables are at this point of the history.
ATTACHMENT = sa.table(
    "attachment",
    sa.column("id", sa.Uuid()),
    sa.column("case_id", sa.Uuid()),
    sa.column("draft_id", sa.Uuid()),
    sa.column("referral_id", sa.Uuid()),
)
DRAFT = sa.table("draft", sa.column("id", sa.Uuid()), sa.column("about", sa.String()), sa.column("raw", sa.JSON()))
REFERRAL = sa.table(
    "referral", sa.column("id", sa.Uuid()), sa.column("status", sa.String()), sa.column("raw", sa.JSON())
)


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
    _find_their_drafts()


def downgrade() -> None:
    with op.batch_alter_table("attachment") as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_attachment_referral_id_referral"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_attachment_draft_id_draft"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_attachment_referral_id"))
        batch_op.drop_index(batch_op.f("ix_attachment_draft_id"))
        batch_op.drop_column("referral_id")
        batch_op.drop_column("draft_id")


def _find_their_drafts() -> None:
    """Until now only the answers of a referral that was not sent yet said which file is its own."""
    connection = op.get_bind()
    begun = sa.select(REFERRAL.c.id, REFERRAL.c.raw).where(REFERRAL.c.status == "draft")
    by_staff = sa.select(DRAFT.c.id, DRAFT.c.raw).where(DRAFT.c.about.like("referral:%"))
    for query, column in ((begun, ATTACHMENT.c.referral_id), (by_staff, ATTACHMENT.c.draft_id)):
        for owner, raw in connection.execute(query).all():
            for named in raw.get("attachments", ()):
                _give(ATTACHMENT.c.id == _id(named), column, owner)


def _give(file: sa.ColumnElement[bool], column: sa.ColumnClause[UUID], owner: UUID) -> None:
    nobodys = ATTACHMENT.c.case_id.is_(None)
    op.get_bind().execute(sa.update(ATTACHMENT).where(file, nobodys).values({column: owner}))


def _id(named: str) -> UUID | None:
    try:
        return UUID(named)
    except ValueError:
        return None
