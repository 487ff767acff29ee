"""How long a step took the last times is read from an index, however many tasks were done.

Revision ID: 0027
Revises: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

DONE = sa.text("status = 'completed'")


def upgrade() -> None:
    op.create_index("ix_task_took", "task", ["key", "ended_at", "opened_at"], sqlite_where=DONE, postgresql_where=DONE)


def downgrade() -> None:
    op.drop_index("ix_task_took", table_name="task")
