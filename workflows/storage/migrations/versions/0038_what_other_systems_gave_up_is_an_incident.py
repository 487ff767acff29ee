"""A step that other systems gave up is an incident, and knows how often it may fail.

Revision ID: 0038
Revises: 0037
"""

import sqlalchemy as sa
from alembic import op

from workflows.casework.base import UtcDateTime, new_id

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

_TEXT = ("process", "step_id", "step_key", "step_name", "step_kind", "kind", "asks", "why", "fault", "closed_how")
JOB = sa.table(
    "outside_task",
    *(sa.column(name, sa.Uuid()) for name in ("case_id", "run_id")),
    *(sa.column(name, sa.String()) for name in ("step_id", "key", "name", "process", "topic", "status", "failed_why")),
    *(sa.column(name, sa.Integer()) for name in ("failures", "tries", "tries_left")),
    sa.column("opened_at", UtcDateTime()),
)
INCIDENT = sa.table(
    "incident",
    *(sa.column(name, sa.Uuid()) for name in ("id", "case_id", "run_id")),
    *(sa.column(name, sa.String()) for name in _TEXT),
    *(sa.column(name, UtcDateTime()) for name in ("began_at", "last_at")),
    *(sa.column(name, sa.Integer()) for name in ("tries", "version")),
    sa.column("inputs", sa.JSON()),
)
RUN = sa.table(
    "case_run", sa.column("id", sa.Uuid()), sa.column("failures", sa.Integer()), sa.column("failed_why", sa.String())
)


def upgrade() -> None:
    op.add_column("outside_task", sa.Column("tries", sa.Integer(), nullable=False, server_default="3"))
    op.execute(sa.update(JOB).where(JOB.c.failures > 0).values(tries=JOB.c.failures + JOB.c.tries_left))
    given_up = op.get_bind().execute(sa.select(JOB).where(JOB.c.status == "failed")).mappings().all()
    for job in given_up:
        op.execute(sa.insert(INCIDENT).values(**_incident(job)))
        stands = {"failures": job["failures"], "failed_why": job["failed_why"] or ""}
        op.execute(sa.update(RUN).where(RUN.c.id == job["run_id"], RUN.c.failures == 0).values(**stands))


def _incident(job: sa.RowMapping) -> dict[str, object]:
    return {
        "id": new_id(), "case_id": job["case_id"], "run_id": job["run_id"], "kind": "outside",
        "process": job["process"], "step_id": job["step_id"], "step_key": job["key"], "step_name": job["name"],
        "step_kind": "outside", "asks": job["topic"], "why": job["failed_why"] or "", "fault": "", "inputs": {},
        "tries": job["failures"], "began_at": job["opened_at"], "last_at": job["opened_at"],
        "closed_how": "", "version": 1,
    }  # fmt: skip


def downgrade() -> None:
    op.execute(sa.delete(INCIDENT).where(INCIDENT.c.kind == "outside"))
    op.drop_column("outside_task", "tries")
