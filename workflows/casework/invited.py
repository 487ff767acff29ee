"""Whom a meeting invites from elsewhere: recipients of what is told by hand, whom no register knows.

The name of such a recipient holds what decides whether they may be told, and what whoever tells them needs.
"""

from __future__ import annotations

from dataclasses import dataclass

INVITED = "invited"


@dataclass(frozen=True)
class FromElsewhere:
    """Somebody whom a meeting invites. sector: a kind of organisation. known_as: name, organisation, email address."""

    sector: str
    known_as: tuple[str, ...]

    @property
    def words(self) -> str:
        """Who it is, in a line."""
        return ", ".join(self.known_as)

    @property
    def recipient(self) -> str:
        """The recipient of a letter."""
        return f"{INVITED}:{self.sector}:{'; '.join(self.known_as)}"


def from_elsewhere(recipient: str) -> FromElsewhere | None:
    """Return who stands behind a recipient; None: it is one of those whom every case has, such as the GP."""
    mark, _, rest = recipient.partition(":")
    if mark != INVITED or not rest:
        return None
    sector, _, known_as = rest.partition(":")
    return FromElsewhere(sector, tuple(known_as.split("; ")))
