"""Whether the audit trail is whole: each chain's seals worked out again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.casework.audit import AuditEntry, AuditHead, chain_of
from workflows.casework.case import Case
from workflows.casework.errors import NotFound
from workflows.desk import Desk

AT_A_TIME = 1_000  # entries in memory at once: a trail is long


@dataclass(frozen=True)
class Break:
    """The first entry of a chain that does not fit, and in which way."""

    chain: str
    seq: int
    why: str


@dataclass(frozen=True)
class Verified:
    """What the check found: how much was read, and where it broke (nowhere: it is whole)."""

    chains: int
    entries: int
    breaks: tuple[Break, ...]

    @property
    def whole(self) -> bool:
        """Whether nothing was changed, taken out or added."""
        return not self.breaks


def verify_chain(desk: Desk, chain: str | None = None) -> Verified:
    """Work every seal out again, for all chains or one; report the first break of each."""
    with desk.looking() as session:
        heads = _heads(session, chain)
        breaks: list[Break] = []
        seen: set[str] = set()
        total = 0
        for name, entries in groupby(_entries(session, chain), key=lambda entry: entry.chain):
            seen.add(name)
            count, found = _check(name, entries, heads.get(name))
            total += count
            breaks += [found] if found else []
        breaks += [Break(name, 1, "every entry is missing") for name in heads.keys() - seen if heads[name].seq]
    return Verified(len(seen | heads.keys()), total, tuple(breaks))


def chain_of_case(desk: Desk, number: str) -> str:
    """Return the chain of the case with this number."""
    with desk.looking() as session:
        case_id = session.scalar(select(Case.id).where(Case.number == number))
    if case_id is None:
        raise NotFound("There is no such case.")
    return chain_of(case_id)


def _check(name: str, entries: Iterable[AuditEntry], head: AuditHead | None) -> tuple[int, Break | None]:
    """Walk one chain to its end; the whole of it is read even after a break, to count it."""
    previous, expected, found = "", 1, None
    for expected, entry in enumerate(entries, start=1):
        found = found or _fault(name, entry, expected, previous)
        previous = entry.hash
    if found is None and (head is None or (head.seq, head.hash) != (expected, previous)):
        found = Break(name, expected + 1, "the end of the chain is missing")
    return expected, found


def _fault(name: str, entry: AuditEntry, expected: int, previous: str) -> Break | None:
    if entry.seq != expected:
        return Break(name, expected, "an entry is missing")
    if entry.previous != previous:
        return Break(name, entry.seq, "it does not follow the entry before it")
    if entry.seal() != entry.hash:
        return Break(name, entry.seq, "it was changed after it was written")
    return None


def _entries(session: Session, chain: str | None) -> Iterator[AuditEntry]:
    query = select(AuditEntry).order_by(AuditEntry.chain, AuditEntry.seq)
    if chain is not None:
        query = query.where(AuditEntry.chain == chain)
    for entry in session.scalars(query.execution_options(yield_per=AT_A_TIME)):
        yield entry
        session.expunge(entry)


def _heads(session: Session, chain: str | None) -> dict[str, AuditHead]:
    heads = session.scalars(select(AuditHead))
    return {head.chain: head for head in heads if chain in (None, head.chain)}
