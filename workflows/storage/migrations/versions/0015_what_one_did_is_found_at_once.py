"""What somebody did is found by who did it, and a step that needs a second person without reading every task.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

SECOND = sa.text("not_by IS NOT NULL")


def upgrade() -> None:
    op.add_column("task", sa.Column("not_by", sa.String(), nullable=True))
    task = sa.table("task", sa.column("not_by", sa.String()), sa.column("properties", sa.JSON()))
    first = task.c.properties["not_by"].as_string()
    op.execute(task.update().where(first.is_not(None), first != "").values(not_by=first))
    op.create_index("ix_task_done", "task", ["ended_by_id", "ended_at", "id"])
    op.create_index("ix_task_second", "task", ["status", "not_by"], sqlite_where=SECOND, postgresql_where=SECOND)


def downgrade() -> None:
    op.drop_index("ix_task_second", "task")
    op.drop_index("ix_task_done", "task")
    op.drop_column("task", "not_by")
