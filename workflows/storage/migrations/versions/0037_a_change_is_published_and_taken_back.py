"""A change is published, with some cases first or with open cases, and taken back.

Revision ID: 0037
Revises: 0036
"""

import sqlalchemy as sa
from alembic import op

from workflows.casework.base import UtcDateTime

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

TO_MAKE = sa.text("status = 'waits'")


def upgrade() -> None:
    op.add_column("release", sa.Column("standing", sa.String(), nullable=False, server_default="counts"))
    op.add_column("release", sa.Column("first_for", sa.JSON(), nullable=False, server_default="{}"))
    named = ("id", "change_id", "release_id", "before_id", "staff_id")
    op.create_table(
        "publication",
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in named),
        sa.Column("at", UtcDateTime(), nullable=False),
        *(sa.Column(name, UtcDateTime(), nullable=True) for name in ("widened_at", "taken_back_at")),
        sa.Column("taken_back_by", sa.String(), nullable=True),
        sa.Column("taken_back_why", sa.String(), nullable=False),
        *(_key("publication", *one) for one in (
            ("change_id", "process_change"), ("release_id", "release"), ("before_id", "release"),
            ("staff_id", "staff_member"),
        )),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publication")),
        sa.UniqueConstraint("change_id", name=op.f("uq_publication_change_id")),
    )  # fmt: skip
    op.create_table(
        "case_move",
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("id", "publication_id", "case_id")),
        sa.Column("back", sa.Boolean(), nullable=False),
        sa.Column("instead", sa.JSON(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("status", "why")),
        sa.Column("at", UtcDateTime(), nullable=True),
        *(_key("case_move", *one) for one in (("publication_id", "publication"), ("case_id", "case"))),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_move")),
        sa.UniqueConstraint("publication_id", "case_id", "back", name=op.f("uq_case_move_publication_id_case_id_back")),
    )
    op.create_index(op.f("ix_case_move_case_id"), "case_move", ["case_id"])
    op.create_index("ix_case_move_to_make", "case_move", ["id"], sqlite_where=TO_MAKE, postgresql_where=TO_MAKE)


def _key(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}_{to}"))


def downgrade() -> None:
    op.drop_table("case_move")
    op.drop_table("publication")
    op.drop_column("release", "first_for")
    op.drop_column("release", "standing")
