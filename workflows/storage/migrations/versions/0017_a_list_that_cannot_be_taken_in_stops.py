"""A list of candidates knows how often it could not be taken in, when it is tried next, and why it stopped.

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("candidate_list", sa.Column("tries", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("candidate_list", sa.Column("next_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("candidate_list", sa.Column("refused_why", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    for column in ("refused_why", "next_at", "tries"):
        op.drop_column("candidate_list", column)
