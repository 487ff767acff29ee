"""What people see: pages over verbs and questions. `create_app` is the only way in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from webapp.app import Roundtable, create_app

__all__ = ["Roundtable", "create_app"]


def __getattr__(name: str) -> Any:
    """Load the application when it is asked for: a command that shows no page does not wait for it."""
    if name not in __all__:
        raise AttributeError(name)
    from webapp import app

    return getattr(app, name)
