"""The process: what it is today, what is being changed in it, and what the editor in the browser asks for."""

from __future__ import annotations

from webapp.process import approve, changes, draw, impact, keeping, models, published, saved, table_again, table_rules
from webapp.process.room import room

__all__ = [
    "approve",
    "changes",
    "draw",
    "impact",
    "keeping",
    "models",
    "published",
    "room",
    "saved",
    "table_again",
    "table_rules",
]
