"""The page that says who has looked at a case; to open it is a look, too."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from flask import render_template, request, url_for

from webapp.actor import desk
from webapp.cases import looked_words
from webapp.cases.frame import frame, seen
from webapp.cases.room import room
from webapp.guard import permission
from webapp.typed_days import boxes, read_period
from workflows.questions.looked import Lookers, who_looked

PAGE = "who has looked at the case"


@room.get("/cases/<number>/looked")
@permission("audit.see")
def looked(number: str) -> str | tuple[str, int]:
    """Say who has looked at the case, newest first, and whether its record is complete."""
    (first, last), errors = read_period(request.args)
    who = request.args.get("who", type=UUID)
    found = who_looked(desk(), number, first, last, who, request.args.get("after", ""))
    seen(found.head, PAGE)
    shown = render_template(
        "cases/looked.html",
        found=found,
        errors=errors,
        typed=_typed(found, errors),
        whole=looked_words.whole_words(found.whole),
        words=looked_words.looked_words,
        following=_address(found, found.after),
        everything=_address(found, None, found.begun_on),
        **frame(found.head),
    )
    return (shown, 422) if errors else shown


def _typed(found: Lookers, errors: dict[str, str]) -> dict[str, str]:
    return {
        **boxes("first", found.period.first),
        **boxes("last", found.period.last),
        **(request.args if errors else {}),
    }


def _address(found: Lookers, after: str | None, first: date | None = None) -> str:
    """The same question further down, or from an earlier day."""
    asked = {**boxes("first", first or found.period.first), **boxes("last", found.period.last)}
    asked |= {name: str(value) for name, value in (("who", found.period.who), ("after", after)) if value}
    return f"{url_for('cases.looked', number=found.head.number)}?{urlencode(asked)}"
