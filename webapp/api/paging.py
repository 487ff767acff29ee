"""Links to the next page: a place in the list, not a number, so that nothing is skipped when things change."""

from __future__ import annotations

from uuid import UUID

from flask import request, url_for


def next_link(after: UUID | None) -> str | None:
    """Return the address of the next page with the same filters; None on the last one."""
    if after is None:
        return None
    asked = {name: value for name, value in request.args.items() if name != "after"}
    return url_for(str(request.endpoint), **asked, after=after)  # type: ignore[arg-type] # the filters by name
