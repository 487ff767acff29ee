"""Indexes by which a case of thousands of tasks and documents is as quick to work on as a young one.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_document_of_form", "document", ["case_id", "form_key", "number"], unique=False)
    op.create_index(
        "ix_task_open_of_case",
        "task",
        ["case_id"],
        unique=False,
        sqlite_where=sa.text("status = 'open'"),
        postgresql_where=sa.text("status = 'open'"),
    )


def downgrade() -> None:
    op.drop_index("ix_task_open_of_case", table_name="task")
    op.drop_index("ix_document_of_form", table_name="document")
