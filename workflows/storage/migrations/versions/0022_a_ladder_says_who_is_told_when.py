"""Reminders and escalation are a table of the programme; each rung that a task comes to, and whom it concerns, is kept.

What was set under "When to remind" becomes the first rungs of the programme's own ladder. A task counts the levels it
has climbed: 1 and 2 are reminders before it is due, 3 is the moment itself, which was 2.

Revision ID: 0022
Revises: 0021
"""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

OPEN = sa.text("status = 'open'")
UNTOLD = sa.text("told_at IS NULL")
WHEN = sa.DateTime(timezone=True)
USUAL = {"S": "-50%", "A": "-1WD", "B": "-1WD", "C": "none"}  # as they were shipped


def upgrade() -> None:
    _versions()
    _escalations()
    _nudges()
    for column in ("seen_at", "snoozed_until"):
        op.add_column("task", sa.Column(column, WHEN, nullable=True))
    op.add_column("task", sa.Column("seen_by_id", sa.Uuid(), nullable=True))
    for column in ("snoozes", "repeats", "turns"):
        op.add_column("task", sa.Column(column, sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE task SET level = 3 WHERE level = 2")
    # From now on it says when the next rung comes, be it the due time itself.
    op.execute("UPDATE task SET remind_at = due_at WHERE status = 'open' AND (level = 1 OR remind_at IS NULL)")
    op.execute("UPDATE task SET remind_at = NULL WHERE status = 'open' AND level = 3")
    _keep_what_was_set()
    op.drop_index(op.f("ix_task_remind_at"), table_name="task")
    op.create_index("ix_task_to_remind", "task", ["remind_at"], sqlite_where=OPEN, postgresql_where=OPEN)


def _versions() -> None:
    op.create_table(
        "ladder_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("programme_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("content", "published_by", "why")),
        sa.Column("published_at", WHEN, nullable=False),
        sa.ForeignKeyConstraint(
            ["programme_id"], ["programme.id"], name=op.f("fk_ladder_version_programme_id_programme")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ladder_version")),
        sa.UniqueConstraint("programme_id", "number", name=op.f("uq_ladder_version_programme_id_number")),
    )
    op.create_index(op.f("ix_ladder_version_programme_id"), "ladder_version", ["programme_id"])


def _escalations() -> None:
    op.create_table(
        "escalation",
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("id", "task_id", "case_id")),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("ladder", "slot", "shown")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("level", "version", "turn")),
        *(sa.Column(name, WHEN, nullable=False) for name in ("due_at", "came_at", "fired_at")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_escalation_task_id_task")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_escalation_case_id_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation")),
        sa.UniqueConstraint("task_id", "turn", "slot", name=op.f("uq_escalation_task_id_turn_slot")),
    )
    op.create_index(op.f("ix_escalation_case_id"), "escalation", ["case_id"])
    op.create_index(op.f("ix_escalation_fired_at"), "escalation", ["fired_at"])


def _nudges() -> None:
    op.create_table(
        "nudge",
        *(sa.Column(name, sa.Uuid(), nullable=False) for name in ("id", "staff_id", "case_id", "about")),
        *(sa.Column(name, sa.Uuid(), nullable=True) for name in ("task_id", "notice_id")),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("slot", "pace", "dropped")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("level", "turn")),
        *(sa.Column(name, WHEN, nullable=False) for name in ("made_at", "tell_at")),
        *(sa.Column(name, WHEN, nullable=True) for name in ("told_at", "seen_at")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff_member.id"], name=op.f("fk_nudge_staff_id_staff_member")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_nudge_case_id_case")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_nudge_task_id_task")),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_nudge_notice_id_notice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_nudge")),
        sa.UniqueConstraint("staff_id", "about", "turn", "slot", name=op.f("uq_nudge_staff_id_about_turn_slot")),
    )
    for column in ("staff_id", "case_id", "task_id", "notice_id"):
        op.create_index(op.f(f"ix_nudge_{column}"), "nudge", [column])
    op.create_index("ix_nudge_to_tell", "nudge", ["tell_at", "staff_id"], sqlite_where=UNTOLD, postgresql_where=UNTOLD)


def _keep_what_was_set() -> None:
    """A programme that had set other reminders than the usual ones begins with a ladder of its own."""
    setting = sa.table(
        "programme_setting", sa.column("programme_id", sa.Uuid()), sa.column("key"), sa.column("value"),
        sa.column("valid_to"),
    )  # fmt: skip
    programme = sa.table("programme", sa.column("id", sa.Uuid()), sa.column("content", sa.JSON()))
    connection = op.get_bind()
    now = connection.execute(sa.select(setting).where(setting.c.key.like("remind.%"), setting.c.valid_to.is_(None)))
    own: dict[object, dict[str, str]] = {}
    for row in now:
        if row.value != USUAL.get(row.key.partition(".")[2]):
            own.setdefault(row.programme_id, {})[row.key.partition(".")[2]] = row.value
    for key, rules in own.items():
        content = connection.execute(sa.select(programme.c.content).where(programme.c.id == key)).scalar_one()
        content = {**content, "ladder": {"number": 0, "table": _table(rules)}}
        connection.execute(sa.update(programme).where(programme.c.id == key).values(content=content))


def _table(rules: dict[str, str]) -> str:
    rows = []
    for line in (Path(__file__).parents[3] / "ladders" / "standard.csv").read_text("utf-8").splitlines():
        name, level = line.split(",")[:2]
        if name not in rules or not level.startswith("R"):
            rows.append(line)
        if name in rules and level == "L1" and rules[name] != "none":
            rule = rules[name]
            when = f"{100 - int(rule[1:-1])}%" if rule.endswith("%") else rule
            how = "at once" if name == "S" else "daily"
            rows.append(f"{name},R1,{when},,holder,{how},,,,done")
    return "\n".join(rows) + "\n"


def downgrade() -> None:
    op.drop_index("ix_task_to_remind", table_name="task")
    op.create_index(op.f("ix_task_remind_at"), "task", ["remind_at"])
    op.execute("UPDATE task SET level = 2 WHERE level > 2")
    for column in ("turns", "repeats", "snoozes", "snoozed_until", "seen_by_id", "seen_at"):
        op.drop_column("task", column)
    for table in ("nudge", "escalation", "ladder_version"):
        op.drop_table(table)
