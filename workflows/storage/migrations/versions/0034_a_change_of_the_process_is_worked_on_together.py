"""A change of the process: its models, who edits them, what they saved.

Revision ID: 0034
Revises: 0033
"""

import sqlalchemy as sa
from alembic import op

from workflows.casework.base import UtcDateTime

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "process_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("title", "why", "status")),
        sa.Column("began_from", sa.Integer(), nullable=False),
        sa.Column("released_as", sa.Integer(), nullable=True),
        sa.Column("opened_by", sa.String(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=True) for name in ("sent_by", "decided_by")),
        *(sa.Column(name, UtcDateTime(), nullable=True) for name in ("sent_at", "decided_at")),
        sa.Column("comment", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_change")),
    )
    op.create_index(op.f("ix_process_change_status"), "process_change", ["status"])
    op.create_table(
        "change_editor",
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("id", "change_id", "staff_id")),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        *_of_change("change_editor"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_member.id"], name=op.f("fk_change_editor_staff_id_staff_member")),
        sa.UniqueConstraint("change_id", "staff_id", name=op.f("uq_change_editor_change_id_staff_id")),
    )
    op.create_index(op.f("ix_change_editor_staff_id"), "change_editor", ["staff_id"])
    _create_models()
    _create_saves()


def _of_change(table: str) -> tuple[sa.Constraint, sa.Constraint]:
    name = op.f(f"fk_{table}_change_id_process_change")
    key = sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))
    return sa.ForeignKeyConstraint(["change_id"], ["process_change.id"], name=name), key


def _create_models() -> None:
    holder = op.f("fk_changed_model_held_by_id_staff_member")
    op.create_table(
        "changed_model",
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("id", "change_id")),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("kind", "key")),
        sa.Column("base_version_id", sa.Uuid(), nullable=True),
        sa.Column("xml", sa.LargeBinary(), nullable=False),
        sa.Column("mark", sa.Integer(), nullable=False),
        sa.Column("edited_by", sa.String(), nullable=False),
        sa.Column("edited_at", UtcDateTime(), nullable=False),
        sa.Column("held_by_id", sa.Uuid(), nullable=True),
        sa.Column("held_by", sa.String(), nullable=False),
        sa.Column("held_until", UtcDateTime(), nullable=True),
        *_of_change("changed_model"),
        sa.ForeignKeyConstraint(
            ["base_version_id"], ["model_version.id"], name=op.f("fk_changed_model_base_version_id_model_version")
        ),
        sa.ForeignKeyConstraint(["held_by_id"], ["staff_member.id"], name=holder),
        sa.UniqueConstraint("change_id", "kind", "key", name=op.f("uq_changed_model_change_id_kind_key")),
    )


def _create_saves() -> None:
    op.create_table(
        "model_save",
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("id", "model_id")),
        sa.Column("mark", sa.Integer(), nullable=False),
        sa.Column("xml", sa.LargeBinary(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("aside", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["model_id"], ["changed_model.id"], name=op.f("fk_model_save_model_id_changed_model")),
        sa.ForeignKeyConstraint(["by_id"], ["staff_member.id"], name=op.f("fk_model_save_by_id_staff_member")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_save")),
    )
    op.create_index(op.f("ix_model_save_model_id"), "model_save", ["model_id"])


def downgrade() -> None:
    for table in ("model_save", "changed_model", "change_editor", "process_change"):
        op.drop_table(table)
