"""What was agreed, as it stands before the reason of a task that does it: so that two of them are told apart."""

from __future__ import annotations

_BEGINS, _ENDS = "“", "”. "


def agreed_first(agreed: str, why: str) -> str:
    """Say what was agreed, then why somebody is asked."""
    return f"{_BEGINS}{agreed}{_ENDS}{why}"


def agreed_in(why: str) -> str:
    """Return what was agreed; empty where a task does no agreed action."""
    begun, end, _ = why.rpartition(_ENDS)
    return begun.removeprefix(_BEGINS) if end and why.startswith(_BEGINS) else ""


def named_by_it(name: str, why: str) -> str:
    """Return what a task is called, with what was agreed where it does that."""
    return ": ".join(filter(None, (name, agreed_in(why))))
