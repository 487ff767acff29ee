"""The day by which a letter goes is known to have been counted, and how: it follows a calendar that changes.

Revision ID: 0032
Revises: 0031
"""

import sqlalchemy as sa
from alembic import op

from workflows.casework.base import UtcDateTime

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("letter", sa.Column("due_since", UtcDateTime(), nullable=True))
    op.add_column("letter", sa.Column("due_amount", sa.Integer(), nullable=True))
    op.add_column("letter", sa.Column("due_unit", sa.String(), nullable=False, server_default="WD"))


def downgrade() -> None:
    for name in ("due_unit", "due_amount", "due_since"):
        op.drop_column("letter", name)
