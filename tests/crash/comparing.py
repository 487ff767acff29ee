"""What a database says, without what differs from one run to the next: keys, times, hashes."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Column, LargeBinary, Table, Uuid, literal, select

from tests.crash.other_side import taken
from tests.crash.sendings import sent_again
from workflows.assembly import Office
from workflows.casework.base import Base, UtcDateTime
from workflows.questions.audit import verify_chain

# Chains of hashes and beats of the worker are never the same twice; what a retry leaves in a row is no second act.
NOT_COMPARED = frozenset({"audit_head", "heartbeat", "alembic_version"})
OF_RETRIES = frozenset({"seq", "hash", "previous", "failures", "failed_why", "attempts", "version", "order"})
TOLD_OF_RETRIES = frozenset({"notice taken for sending", "notice failed", "waking failed"})
KEYS = re.compile(
    r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}|R-\w{4}-\w{4}"
    r"|\b[0-9a-f]{24}\b"  # marks of rows, which hold keys
    r"|\d{4}-\d\d-\d\d[T ]\d\d:\d\d[0-9:.+Z]*"
)

Told = Counter[str]


@dataclass(frozen=True)
class Outcome:
    """What is there afterwards, one line for each row, mail, text and call; whether every audit chain holds.

    `sent_again`: how often something went out that had gone out before; the lines show it once.
    """

    told: Told
    sealed: bool
    sent_again: int

    def lost(self, other: Outcome) -> list[str]:
        """What is here and not in the other, line by line."""
        return sorted((self.told - other.told).elements())


def outcome_of(office: Office, place: Path) -> Outcome:
    """Read everything that an office holds, and what others were told from its place."""
    mail = office.settings.mail_folder
    told: Told = Counter()
    with office.desk().looking() as session:
        for table in Base.metadata.sorted_tables:
            if table.name not in NOT_COMPARED:
                columns = [column for column in table.columns if _compared(column)]
                rows = session.execute(select(literal(table.name).label("in"), *columns)).mappings()
                told.update(_line(table, row) for row in rows if _an_act(row))
    told.update(f"mail: {KEYS.sub('…', file.read_text())}" for file in sorted(mail.glob("*.eml")))
    told.update({one.id: f"{one.sort}: {KEYS.sub('…', one.said)}" for one in taken(place)}.values())
    return Outcome(told, verify_chain(office.desk()).whole, sent_again(mail, place))


def _compared(column: Column[Any]) -> bool:
    return column.name not in OF_RETRIES and not isinstance(column.type, Uuid | UtcDateTime | LargeBinary)


def _line(table: Table, row: Any) -> str:
    shown = {
        name: json.dumps(value, sort_keys=True, default=str) if _structured(table, name) else str(value)
        for name, value in row.items()
    }
    return KEYS.sub("…", str(shown))


def _structured(table: Table, name: str) -> bool:
    return name in table.c and isinstance(table.c[name].type, JSON)


def _an_act(row: Any) -> bool:
    return row.get("act") not in TOLD_OF_RETRIES
