"""What a diagram may name in this service: forms, duties, tables, roles, and the times of the programmes.

Plain texts only: whoever reads a file that somebody brought is told this, and knows nothing else of the service.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class KnownForm:
    """A form as diagrams see it: the keys of its sections, the ids of its questions."""

    sections: tuple[str, ...]
    questions: tuple[str, ...]


@dataclass(frozen=True)
class KnownDuty:
    """A duty as diagrams see it: the parameters it takes, those it needs, and whether it passes on any other."""

    parameters: tuple[str, ...]
    needs: tuple[str, ...]
    open_ended: bool


@dataclass(frozen=True)
class Known:
    """All that may be named."""

    forms: Mapping[str, KnownForm] = field(default_factory=dict)
    duties: Mapping[str, KnownDuty] = field(default_factory=dict)
    tables: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()

    def told(self) -> dict[str, Any]:
        """It in plain JSON."""
        return asdict(self)

    @classmethod
    def heard(cls, told: Mapping[str, Any]) -> Known:
        """It from what `told` gave."""
        return cls(
            forms={
                key: KnownForm(tuple(one["sections"]), tuple(one["questions"])) for key, one in told["forms"].items()
            },
            duties={
                key: KnownDuty(tuple(one["parameters"]), tuple(one["needs"]), one["open_ended"])
                for key, one in told["duties"].items()
            },
            tables=tuple(told["tables"]),
            roles=tuple(told["roles"]),
            settings=tuple(told["settings"]),
        )
