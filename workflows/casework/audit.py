"""The audit trail: append-only, one hash chain per case, views included."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workflows.casework.base import Base, new_id

OFFICE = "office"
CHAINS_OF_LISTS = "lists:"


class AuditHead(Base):
    """The end of a chain; holding its row is what keeps a chain in one line."""

    __tablename__ = "audit_head"

    chain: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(default=0)
    hash: Mapped[str] = mapped_column(default="")


class AuditEntry(Base):
    """Who did or saw what, when, and what it changed."""

    __tablename__ = "audit_entry"
    __table_args__ = (UniqueConstraint("chain", "seq"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    chain: Mapped[str]
    seq: Mapped[int]
    case_id: Mapped[UUID | None] = mapped_column(ForeignKey("case.id"), index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    actor: Mapped[str]
    actor_id: Mapped[UUID | None]
    act: Mapped[str]
    subject: Mapped[str]
    detail: Mapped[dict[str, Any]]
    previous: Mapped[str]
    hash: Mapped[str]

    def seal(self) -> str:
        """Return the hash over everything the entry says and the entry before it."""
        return sealed({name: getattr(self, name) for name in SEALED})


SEALED = ("chain", "seq", "at", "actor", "actor_id", "act", "subject", "detail", "previous")
_WRITTEN = json.JSONEncoder(sort_keys=True, ensure_ascii=False)


def sealed(entry: Mapping[str, Any]) -> str:
    """Return the hash over what an entry says; `previous` is that of the entry before it."""
    said = [entry[name] for name in SEALED]
    said[SEALED.index("at")] = entry["at"].isoformat()
    said[SEALED.index("actor_id")] = str(entry["actor_id"] or "")
    return hashlib.sha256(_WRITTEN.encode(said).encode()).hexdigest()


def chain_of_lists(staff_id: UUID | None) -> str:
    """Name the chain of the lists somebody opened: a chain for each, so that no two readers wait for each other."""
    return OFFICE if staff_id is None else f"{CHAINS_OF_LISTS}{staff_id.hex}"


def chain_of(case_id: UUID | None) -> str:
    """Name the chain an entry belongs to."""
    return OFFICE if case_id is None else case_id.hex
