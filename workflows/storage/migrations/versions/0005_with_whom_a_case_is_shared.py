"""A case says with which kinds of organisation it is shared, an override whom it names, an account whom it works for.

What stands in the consent forms of existing cases is worked out once, as recording consent does from now on.

Revision ID: 0005
Revises: 0004
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from uuid_utils.compat import uuid7

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

CARE = ("gp", "community_health", "hospital", "ambulance_111", "mental_health", "adult_social_care")
WITH_PARTNERS = (*CARE, "vcse")

CASE = sa.table(
    "case",
    sa.column("id", sa.Uuid()),
    sa.column("sharing_scope", sa.String()),
    sa.column("shared_with", sa.String()),
    sa.column("partners_in_scope", sa.Boolean()),
)
CONSENT = sa.table("consent", sa.column("case_id", sa.Uuid()))
DOCUMENT = sa.table(
    "document",
    sa.column("case_id", sa.Uuid()),
    sa.column("form_key", sa.String()),
    sa.column("answers", sa.JSON()),
    sa.column("completed_at", sa.DateTime(timezone=True)),
)
OVERRIDE = sa.table(
    "sharing_override",
    sa.column("id", sa.Uuid()),
    sa.column("case_id", sa.Uuid()),
    sa.column("status", sa.String()),
    sa.column("requested_by_id", sa.Uuid()),
    sa.column("requested_at", sa.DateTime(timezone=True)),
)
NAMED = sa.table(
    "named_in_override",
    sa.column("id", sa.Uuid()),
    sa.column("case_id", sa.Uuid()),
    sa.column("override_id", sa.Uuid()),
    sa.column("staff_id", sa.Uuid()),
    sa.column("part", sa.String()),
    sa.column("since", sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    op.create_table(
        "named_in_override",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("override_id", sa.Uuid(), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.String(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_named_in_override_case_id_case")),
        sa.ForeignKeyConstraint(
            ["override_id"], ["sharing_override.id"], name=op.f("fk_named_in_override_override_id_sharing_override")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff_member.id"], name=op.f("fk_named_in_override_staff_id_staff_member")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_named_in_override")),
    )
    with op.batch_alter_table("named_in_override") as batch_op:
        batch_op.create_index(batch_op.f("ix_named_in_override_case_id"), ["case_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_named_in_override_staff_id"), ["staff_id"], unique=False)
    _add_text("staff_member", "works_for")
    _add_text("case", "shared_with")
    _work_out_sharing(op.get_bind())
    op.drop_column("case", "partners_in_scope")


def _add_text(table: str, column: str) -> None:
    """Add a column in place: a table that others point to cannot be copied and dropped while it holds rows."""
    op.add_column(table, sa.Column(column, sa.String(), nullable=False, server_default=""))


def _work_out_sharing(bind: sa.Connection) -> None:
    asked = set(bind.scalars(sa.select(CONSENT.c.case_id).distinct()))
    said: dict[Any, Any] = {}
    papers = sa.select(DOCUMENT.c.case_id, DOCUMENT.c.answers).where(DOCUMENT.c.form_key == "F05")
    for case_id, answers in bind.execute(papers.order_by(DOCUMENT.c.completed_at)):
        said[case_id] = {**said.get(case_id, {}), **answers}
    for case_id, scope in bind.execute(sa.select(CASE.c.id, CASE.c.sharing_scope)).all():
        sectors = _sectors(scope, said.get(case_id), case_id in asked)
        bind.execute(sa.update(CASE).where(CASE.c.id == case_id).values(shared_with=f" {' '.join(sectors)} "))
    standing = sa.select(OVERRIDE).where(OVERRIDE.c.status == "approved", OVERRIDE.c.requested_by_id.is_not(None))
    minimum = set(bind.scalars(sa.select(CASE.c.id).where(CASE.c.sharing_scope == "minimum")))
    for row in bind.execute(standing).all():
        if row.case_id in minimum:
            named = {"case_id": row.case_id, "override_id": row.id, "staff_id": row.requested_by_id}
            bind.execute(sa.insert(NAMED).values(id=uuid7(), part="asked", since=row.requested_at, **named))


def _sectors(scope: str, said: dict[str, Any] | None, asked: bool) -> tuple[str, ...]:
    if scope == "minimum" or (scope == "none" and asked):
        return ()
    if scope in {"full", "limited"}:
        usual = () if scope == "limited" else WITH_PARTNERS if said is None else CARE
        return tuple((said or {}).get("share_with") or usual)
    return CARE


def downgrade() -> None:
    op.add_column("case", sa.Column("partners_in_scope", sa.Boolean(), nullable=False, server_default=sa.false()))
    with_partners = CASE.c.shared_with.contains(" vcse ")
    op.get_bind().execute(sa.update(CASE).where(with_partners).values(partners_in_scope=True))
    op.drop_column("case", "shared_with")
    op.drop_column("staff_member", "works_for")
    op.drop_table("named_in_override")
