"""A draft names the page that wrote it last, so that a second window does not write over it.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("draft", sa.Column("page", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("draft", "page")
