"""A task keeps what of its case decides who may know of it and where it stands in a list.

The inbox of a large service counts thousands of open tasks: with the sharing and the priority of its case beside each,
no case is read to count. The database itself keeps them the same, whoever writes to either. Tasks of one kind (the same
place, role, holder and sharing) stand together in the index of open tasks, so that each kind is found by one step.

Revision ID: 0020
Revises: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

OPEN = sa.text("status = 'open'")
KIND = (
    "coalesce(CAST(programme_id AS VARCHAR) || '/' || coalesce(CAST(team_id AS VARCHAR), '') || '/' || role || '/' || "
    "coalesce(CAST(assignee_id AS VARCHAR), '') || '/' || case_shared_with, '')"
)
MINE_BEFORE = ["assignee_id", "due_sort", "id"]
POOL_BEFORE = [
    "team_id", "role", "due_sort", "id", "assignee_id", "programme_id", "case_id", "form_key", "key", "due_at",
    "paused_at", "level", "not_by",
]  # fmt: skip
# What the inbox asks of all of them, so that rows are read for one page only.
ASKED = ["id", "programme_id", "case_id", "case_priority", "form_key", "due_at", "paused_at", "level", "not_by"]
DONE_BEFORE = ["ended_by_id", "ended_at", "id"]
HELD_BACK = sa.text("sharing_scope = 'held_back'")

FILL = """
UPDATE task SET (case_shared_with, case_priority) = (
    SELECT CASE WHEN its.sharing_scope = 'held_back' THEN NULL ELSE its.shared_with END, its.priority
    FROM "case" its WHERE its.id = task.case_id
)
"""
OPENS_ON_SQLITE = """
CREATE TRIGGER task_opens_as_its_case AFTER INSERT ON task BEGIN
    UPDATE task SET (case_shared_with, case_priority) = (
        SELECT CASE WHEN its.sharing_scope = 'held_back' THEN NULL ELSE its.shared_with END, its.priority
        FROM "case" its WHERE its.id = NEW.case_id
    ) WHERE id = NEW.id;
END
"""
FOLLOWS_ON_SQLITE = """
CREATE TRIGGER task_follows_its_case AFTER UPDATE OF sharing_scope, shared_with, priority ON "case" BEGIN
    UPDATE task SET
        case_shared_with = CASE WHEN NEW.sharing_scope = 'held_back' THEN NULL ELSE NEW.shared_with END,
        case_priority = NEW.priority
    WHERE case_id = NEW.id;
END
"""
# A case that somebody else shares differently at this moment is waited for: the task opens as the case is then.
ON_POSTGRESQL = (
    """
CREATE FUNCTION task_opens_as_its_case() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    SELECT CASE WHEN its.sharing_scope = 'held_back' THEN NULL ELSE its.shared_with END, its.priority
    INTO NEW.case_shared_with, NEW.case_priority
    FROM "case" its WHERE its.id = NEW.case_id FOR SHARE;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION task_follows_its_case() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE task SET
        case_shared_with = CASE WHEN NEW.sharing_scope = 'held_back' THEN NULL ELSE NEW.shared_with END,
        case_priority = NEW.priority
    WHERE case_id = NEW.id;
    RETURN NULL;
END $$
""",
    "CREATE TRIGGER task_opens_as_its_case BEFORE INSERT ON task "
    "FOR EACH ROW EXECUTE FUNCTION task_opens_as_its_case()",
    'CREATE TRIGGER task_follows_its_case AFTER UPDATE OF sharing_scope, shared_with, priority ON "case" '
    "FOR EACH ROW EXECUTE FUNCTION task_follows_its_case()",
)


def upgrade() -> None:
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    kind = sa.String() if on_sqlite else sa.String(collation="C")
    op.add_column("task", sa.Column("case_shared_with", sa.String(), nullable=True))
    op.add_column("task", sa.Column("case_priority", sa.String(), nullable=True))
    op.execute(FILL)
    op.add_column("task", sa.Column("kind", kind, sa.Computed(KIND, persisted=not on_sqlite), nullable=True))
    _index("ix_task_mine", ["assignee_id", "due_sort", *ASKED, "kind"], OPEN)
    _index("ix_task_pool", ["kind", *ASKED, "assignee_id"], OPEN)
    _index("ix_task_done", [*DONE_BEFORE, "status", "case_id", "form_key", "key"], None)
    op.create_index("ix_case_held_back", "case", ["id"], sqlite_where=HELD_BACK, postgresql_where=HELD_BACK)
    for statement in (OPENS_ON_SQLITE, FOLLOWS_ON_SQLITE) if on_sqlite else ON_POSTGRESQL:
        op.execute(statement)


def _index(name: str, columns: list[str], of: sa.TextClause | None) -> None:
    op.drop_index(name, table_name="task")
    op.create_index(name, "task", columns, sqlite_where=of, postgresql_where=of)


def downgrade() -> None:
    for name, table in (("task_opens_as_its_case", "task"), ("task_follows_its_case", '"case"')):
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"DROP TRIGGER {name}")
        else:
            op.execute(f"DROP TRIGGER {name} ON {table}")
            op.execute(f"DROP FUNCTION {name}")
    op.drop_index("ix_case_held_back", table_name="case")
    _index("ix_task_mine", MINE_BEFORE, OPEN)
    _index("ix_task_pool", POOL_BEFORE, OPEN)
    _index("ix_task_done", DONE_BEFORE, None)
    for column in ("kind", "case_priority", "case_shared_with"):
        op.drop_column("task", column)
