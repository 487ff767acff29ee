"""Instants as people say them."""

from __future__ import annotations

from datetime import UTC, datetime

from workflows.clock import LONDON


def london(text: str) -> datetime:
    """`2026-11-20 16:30` in London, as UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=LONDON).astimezone(UTC)
