"""What a search of the inbox reads stands in indexes: the names of people, and what open tasks are called.

Revision ID: 0028
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

OPEN = sa.text("status = 'open'")


def upgrade() -> None:
    op.create_index("ix_person_names", "person", ["family_name", "given_name", "preferred_name", "id"])
    op.create_index("ix_task_named", "task", ["name", "case_id"], sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade() -> None:
    op.drop_index("ix_task_named", table_name="task")
    op.drop_index("ix_person_names", table_name="person")
