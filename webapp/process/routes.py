"""The process: what it is today, what is being changed in it, and what the editor in the browser asks for."""

from __future__ import annotations

from webapp.process import changes, keeping, models, saved
from webapp.process.room import room

__all__ = ["changes", "keeping", "models", "room", "saved"]
