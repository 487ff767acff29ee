"""A colleague left out by name whose account was not selected: the writer is asked whether they mean them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from forms import Choice, Form
from workflows.casework.case import Case
from workflows.desk import Work
from workflows.storage.lookups import lookups_for

CONSENT, LEFT_OUT = "F05", "exclusions"
TITLES = frozenset({"dr", "mr", "mrs", "ms", "miss", "mx", "prof", "nurse", "sister"})
MOST = 3


def colleague_named(work: Work, case: Case | None, form: Form, answers: Mapping[str, Any]) -> dict[str, str]:
    """Return what is unusual about each exclusion that names a colleague with an account and does not select it.

    Only the account keeps somebody out; a name in words does not. By the input of the account.
    """
    rows = answers.get(LEFT_OUT) or [] if form.key == CONSENT and case is not None else []
    if case is None or not any(row.get("name") and not row.get("user") for row in rows):
        return {}
    colleagues = lookups_for(work.session, case.programme, work.today, case, form)["staff"]
    found = {}
    for index, row in enumerate(rows):
        meant = _meant(row.get("name") or "", colleagues) if not row.get("user") else []
        if meant:
            found[f"{LEFT_OUT}.{index}.user"] = (
                f"Do you mean {' or '.join(meant)}, who has an account here? Select it: a name alone keeps nobody out"
            )
    return found


def _meant(name: str, colleagues: Sequence[Choice]) -> list[str]:
    """Return the colleagues whose names have every word that was written, or none but words that were."""
    written = _words(name)
    named = [(one.label, _words(one.label.partition(",")[0])) for one in colleagues]  # a profession follows the name
    return [label for label, theirs in named if written and (written <= theirs or theirs <= written)][:MOST]


def _words(name: str) -> set[str]:
    plain = "".join(letter if letter.isalpha() else " " for letter in name.casefold())
    return set(plain.split()) - TITLES
