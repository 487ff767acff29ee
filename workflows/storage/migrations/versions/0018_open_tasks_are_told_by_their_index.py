"""The index of open tasks holds what the inbox asks of all of them, so that their rows are read for one page only.

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

IN_ORDER = ["team_id", "role", "due_sort", "id"]
BESIDES = [
    "assignee_id", "programme_id", "case_id", "form_key", "key", "due_at", "paused_at", "level", "not_by"
]  # fmt: skip
OPEN = sa.text("status = 'open'")


def upgrade() -> None:
    op.drop_index("ix_task_pool", table_name="task")
    op.create_index("ix_task_pool", "task", [*IN_ORDER, *BESIDES], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index("ix_case_run_started_at", "case_run", ["started_at"])


def downgrade() -> None:
    op.drop_index("ix_case_run_started_at", table_name="case_run")
    op.drop_index("ix_task_pool", table_name="task")
    op.create_index("ix_task_pool", "task", IN_ORDER, sqlite_where=OPEN, postgresql_where=OPEN)
