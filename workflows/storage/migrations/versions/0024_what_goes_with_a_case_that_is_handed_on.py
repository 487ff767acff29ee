"""What somebody who leaves says of each case goes with it; and whoever was away has read what happened meanwhile.

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("absence", sa.Column("read_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "passing_note",
        *(sa.Column(name, sa.Uuid(), nullable=name == "to_id") for name in ("id", "case_id", "from_id", "to_id")),
        sa.Column("text", sa.String(), nullable=False),
        *(
            sa.Column(name, sa.DateTime(timezone=True), nullable=name != "written_at")
            for name in ("written_at", "handed_at", "read_at")
        ),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_passing_note_case_id_case")),
        sa.ForeignKeyConstraint(["from_id"], ["staff_member.id"], name=op.f("fk_passing_note_from_id_staff_member")),
        sa.ForeignKeyConstraint(["to_id"], ["staff_member.id"], name=op.f("fk_passing_note_to_id_staff_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passing_note")),
    )
    for column in ("case_id", "from_id", "to_id"):
        op.create_index(op.f(f"ix_passing_note_{column}"), "passing_note", [column])


def downgrade() -> None:
    for column in ("to_id", "from_id", "case_id"):
        op.drop_index(op.f(f"ix_passing_note_{column}"), "passing_note")
    op.drop_table("passing_note")
    op.drop_column("absence", "read_at")
