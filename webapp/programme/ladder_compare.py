"""Two tables of a programme's ladders side by side: any two versions, or one and the reader's own draft."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template, request

from webapp.actor import desk
from webapp.guard import permission
from webapp.programme.ladder_change_words import compared, differences
from webapp.programme.room import room
from workflows.casework.errors import NotFound
from workflows.casework.ladder import NAMES, Ladder
from workflows.questions import ladders, programmes
from workflows.questions.ladder_drafts import draft_page
from workflows.questions.ladders import Version

DRAFT = "draft"


@dataclass(frozen=True)
class Side:
    """One of the two: how the address names it, what it is, and its ladder; None while a draft is not whole."""

    name: str
    words: str
    ladder: Ladder | None

    @property
    def title(self) -> str:
        """What it is, above its column."""
        return f"{self.words[:1].upper()}{self.words[1:]}"


@room.get("/<key>/reminders/compare")
@permission("programme.see")
def reminders_compared(key: str) -> str:
    """Show what differs between two tables: `one` and `other` in the address, a number or "draft"."""
    page, found = programmes.programme(desk(), key), ladders.versions(desk(), key)
    choices = _choices(found, page.may_change)
    other = _side(key, found, request.args.get("other", choices[0][0] if len(found) == 1 else str(found[0].number)))
    one = _side(key, found, request.args.get("one", _before(found, other)))
    tables = compared(one.ladder, other.ladder) if one.ladder and other.ladder else []
    return render_template(
        "programme/reminders_compared.html",
        page=page,
        one=one,
        other=other,
        choices=choices,
        differs=differences(one.ladder, other.ladder) if one.ladder and other.ladder else [],
        tables=tables,
        alike=[title for title in NAMES.values() if title not in [name for name, _ in tables]],
    )


def _side(key: str, found: Sequence[Version], name: str) -> Side:
    if name == DRAFT:
        return Side(DRAFT, "your draft", draft_page(desk(), key).ladder)
    for version in found:
        if str(version.number) == name:
            return Side(name, f"version {name}", version.ladder)
    raise NotFound("There is no such version.")


def _before(found: Sequence[Version], other: Side) -> str:
    """Name what something is compared with unless somebody says otherwise: a version with the one before it."""
    if other.name == DRAFT:
        return str(found[0].number)
    return str(max(int(other.name) - 1, 0))


def _choices(found: Sequence[Version], may_change: bool) -> list[tuple[str, str]]:
    today = found[0].number
    said = [(str(one.number), f"Version {one.number}{' (counts today)' * (one.number == today)}") for one in found]
    return [*([(DRAFT, "Your draft")] if may_change else []), *said]
