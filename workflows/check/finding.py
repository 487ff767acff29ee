"""What is found, as the engine says it; whoever asks for a check needs no other door."""

from __future__ import annotations

from workflows.check.families import UNREADABLE
from workflows.engine.outcome import ERROR, WARNING, Finding, Fix

__all__ = ["ERROR", "UNREADABLE", "WARNING", "Finding", "Fix"]
