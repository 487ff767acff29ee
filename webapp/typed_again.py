"""What a page sent that could not be kept: said again, to be copied or sent once more. Nothing typed is lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flask import request

from forms import BEGUN_WITH, Form
from webapp import rescue
from webapp.sent_forms import answers

SECRETS = frozenset({"auth", "account"})  # rooms whose forms hold passwords: nothing of them is shown
CODES = frozenset({"referrals.open_again", "referrals.open_status"})  # nor of these, which hold a referral's code


@dataclass(frozen=True)
class TypedAgain:
    """The inputs as they were sent, and what somebody typed of them, in the words of the form."""

    inputs: tuple[tuple[str, str], ...]
    rows: tuple[tuple[str, str], ...]


def typed_again() -> TypedAgain | None:
    """Return what this request carries; None where nothing was typed that may be shown."""
    if request.method != "POST" or request.blueprint in SECRETS or request.endpoint in CODES:
        return None
    rows = tuple(_rows(rescue.form_shown()))
    return TypedAgain(tuple(_inputs()), rows) if rows else None


def _inputs() -> Iterator[tuple[str, str]]:
    for name, values in request.form.to_dict(flat=False).items():
        if name != "csrf_token":
            yield from ((name, value) for value in values)


def _rows(form: Form | None) -> Iterator[tuple[str, str]]:
    for name, values in answers().items():
        text = ", ".join(value.strip() for value in values if value.strip())
        if text and not name.endswith((".count", BEGUN_WITH)):
            yield _label(form, name), text


def _label(form: Form | None, name: str) -> str:
    question = ".".join(step for step in name.partition("[")[0].split(".") if not step.isdigit())
    words = form.label(question) if form else question
    return words if words != question else question[:1].upper() + question[1:].replace("_", " ").replace(".", ", ")
