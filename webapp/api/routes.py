"""The API, version 1: everything below /api/v1."""

from __future__ import annotations

from webapp.api import cases, messages, metrics, outside, public, referrals, tasks
from webapp.api.description import describe
from webapp.api.room import room

__all__ = ["cases", "messages", "metrics", "outside", "public", "referrals", "room", "tasks"]

# These are read, not called: they stand outside the description.
room.record(lambda state: state.app.add_url_rule(f"{state.url_prefix}/openapi.json", "api.openapi", public.openapi))
room.record(lambda state: state.app.add_url_rule(f"{state.url_prefix}/docs", "api.docs", public.docs))
room.record(lambda state: state.app.add_url_rule(f"{state.url_prefix}/metrics", "api.metrics", metrics.metrics))
room.record(lambda state: describe(state.app))
