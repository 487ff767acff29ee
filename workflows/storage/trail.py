"""Writing the audit trail: entries are sealed one after the other and put down past the session, which keeps none."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from workflows.casework.access import Actor
from workflows.casework.audit import AuditEntry, AuditHead, sealed
from workflows.casework.base import Happening, new_id

CHAINS_AT_ONCE = 500  # held in one question to the database
Told = tuple[Happening, str]  # what happened, and to which kind of noun

_HOLD = (
    select(AuditHead.chain, AuditHead.seq, AuditHead.hash)
    .where(AuditHead.chain.in_(bindparam("chains", expanding=True)))
    .order_by(AuditHead.chain)
    .with_for_update()
)
_BEGIN, _ADD = insert(AuditHead), insert(AuditEntry)
_GO_ON = update(AuditHead).where(AuditHead.chain == bindparam("of")).values(seq=bindparam("to"), hash=bindparam("by"))


def append(connection: Connection, actor: Actor, now: datetime, chains: Mapping[str, Sequence[Told]]) -> dict[str, int]:
    """Lengthen each of these chains by what happened; returns the number of the last entry of each."""
    ends = _held(connection, sorted(chains))
    entries: list[dict[str, Any]] = []
    for chain in sorted(chains):
        seq, seal = ends.get(chain, (0, ""))
        entries.extend(_sealed(chain, seq, seal, actor, now, chains[chain]))
    _write(connection, ends, entries)
    return {entry["chain"]: entry["seq"] for entry in entries}


def _held(connection: Connection, chains: list[str]) -> dict[str, tuple[int, str]]:
    """Hold the ends of these chains, always in the same order so that two acts never wait for each other."""
    found: dict[str, tuple[int, str]] = {}
    for start in range(0, len(chains), CHAINS_AT_ONCE):
        rows = connection.execute(_HOLD, {"chains": chains[start : start + CHAINS_AT_ONCE]})
        found |= {row.chain: (row.seq, row.hash) for row in rows}
    return found


def _sealed(
    chain: str, seq: int, seal: str, actor: Actor, now: datetime, told: Sequence[Told]
) -> Iterator[dict[str, Any]]:
    for number, (happening, subject) in enumerate(told, seq + 1):
        entry: dict[str, Any] = {
            "chain": chain, "seq": number, "at": now, "actor": actor.name, "actor_id": actor.id,
            "act": happening.act, "subject": subject, "detail": happening.detail, "previous": seal,
        }  # fmt: skip
        seal = sealed(entry)
        yield entry | {"id": new_id(), "case_id": happening.case_id, "hash": seal}


def _write(connection: Connection, ends: Mapping[str, tuple[int, str]], entries: list[dict[str, Any]]) -> None:
    if not entries:
        return
    last = {entry["chain"]: entry for entry in entries}
    begun = [entry for chain, entry in last.items() if chain not in ends]
    if begun:
        rows = [{"chain": entry["chain"], "seq": entry["seq"], "hash": entry["hash"]} for entry in begun]
        connection.execute(_BEGIN, rows)
    connection.execute(_ADD, entries)
    longer = [entry for chain, entry in last.items() if chain in ends]
    if longer:
        rows = [{"of": entry["chain"], "to": entry["seq"], "by": entry["hash"]} for entry in longer]
        connection.execute(_GO_ON, rows)
