"""What an operator does by hand, read from its form and said in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from webapp.operations.presenters import plainly
from webapp.wording import counted
from workflows.actions.by_hand import Hand, Sketch, Token
from workflows.casework.errors import AnswersRefused
from workflows.casework.intervention import CANCEL, MOVE, RESTART, SET

SORTS = (("text", "Words or a code"), ("number", "A number"), ("yes", "Yes"), ("no", "No"), ("nothing", "Nothing"))
FIELDS = ("kind", "token", "to", "name", "sort", "value", "version")
KINDS = {
    "user": "a task",
    "service": "a step of Roundtable",
    "decision": "a decision table",
    "event": "a date or a message",
    "call": "a process of its own",
    "gateway": "a gateway",
    "outside": "a step of another system",
}


@dataclass(frozen=True)
class SentHand:
    """A hand as its form asks for it. fields: to be sent again with the reason."""

    hand: Hand
    version: int
    fields: Mapping[str, str]


def sent(form: Mapping[str, str]) -> SentHand:
    """Read what is asked for; AnswersRefused when a number is none."""
    given = {name: form.get(name, "").strip() for name in FIELDS}
    version = int(given["version"]) if given["version"].isdigit() else -1
    value = _value(given["sort"], given["value"]) if given["kind"] == SET else None
    return SentHand(Hand(given["kind"], given["token"], given["to"], given["name"], value), version, given)


def _value(sort: str, text: str) -> object:
    if sort == "number":
        try:
            return float(text) if "." in text else int(text)
        except ValueError:
            raise AnswersRefused({"value": "Enter a number, such as 3 or 0.5"}) from None
    return {"yes": True, "no": False, "nothing": None}.get(sort, text)


def part_of(shown: Sketch) -> str:
    """Return the drawing to show: the one in which the case would go on."""
    new = came_to(shown)
    return new[-1].process if new else ""


def came_to(shown: Sketch) -> list[Token]:
    """Return the places at which the case would stand newly."""
    before = {one.id for one in shown.before}
    return [one for one in shown.after if one.id not in before]


def said(what: Mapping[str, Any], kind: str) -> str:
    """Say what is, or was, done by hand."""
    if kind == SET:
        name, was, now = (plainly(what[part]) for part in ("variable", "value_before", "value_after"))
        before = "what it was is hidden" if was.startswith("hidden") else f"it was “{was}”"
        return f"Set “{name}” to “{now}” ({before})"
    return {
        MOVE: f"Move the case on from “{what.get('step')}” to “{what.get('to')}”",
        RESTART: f"Begin “{what.get('step')}” again",
        CANCEL: f"Take “{what.get('step')}” away",
    }.get(kind, kind)


def comes_of_it(shown: Sketch) -> Iterator[str]:
    """Say, one sentence each, what would come of it."""
    yield from _ways(shown)
    if shown.passed:
        yield f"On the way this happens by itself: {_quoted(shown.passed)}."
    if shown.held:
        yield f"This fails and is tried again: {_quoted(shown.held)}."
    if shown.no_longer:
        yield f"No longer asked: {_quoted(shown.no_longer)}."
    if shown.asked:
        yield f"Asked: {_quoted(shown.asked)}."
    if shown.letters or shown.notices:
        written = [counted(many, name) for many, name in ((shown.letters, "letter"), (shown.notices, "email")) if many]
        yield f"Written: {' and '.join(written)}."


def _ways(shown: Sketch) -> Iterator[str]:
    was, now = ({one.id for one in tokens} for tokens in (shown.before, shown.after))
    left, new = _quoted(one.name for one in shown.before if one.id not in now), came_to(shown)
    stays = [one.name for one in shown.after if one.id in was]
    if shown.ends:
        yield f"The process ends with it; it leaves {left}."
        return
    if was - now:
        yield f"The case leaves {left}{f' and goes on to {_quoted(one.name for one in new)}' if new else ''}."
    if stays:
        yield f"It goes on standing at {_quoted(stays)}."


def done(shown: Sketch) -> str:
    """Say that it was done, and where the case stands now."""
    if shown.ends:
        return "Done. The process has ended."
    return f"Done. The case stands at {_quoted(one.name for one in shown.after)} now."


def token_kind(kind: str, held: bool) -> str:
    """Say what sort of place it is."""
    return f"{KINDS.get(kind, 'a step')}{', which failed and is tried again' if held else ''}"


def _quoted(names: Any) -> str:
    found = [f"“{name}”" for name in dict.fromkeys(names)]
    return f"{', '.join(found[:-1])} and {found[-1]}" if len(found) > 1 else "".join(found) or "nothing"
