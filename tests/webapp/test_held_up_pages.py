"""What whoever acts reads when something that should follow by itself fails: what they did is kept."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from tests.builders.walked_case import Town, walked_to
from tests.webapp.desk_work import said
from tests.webapp.referral_work import application, signed_in
from workflows.casework.incident import Incident
from workflows.casework.signing import signature
from workflows.duties import REGISTER


@pytest.fixture
def number(town: Town, monkeypatch: pytest.MonkeyPatch) -> str:
    """A case in which nothing can be told and no letter written just now."""
    found = str(town.once(walked_to, "allocate_coordinator"))

    def fail(asking: Any, **given: Any) -> None:
        raise KeyError("x")

    for name in ("letters.send", "case.raise_flag"):
        monkeypatch.setitem(REGISTER, name, replace(REGISTER[name], perform=fail))
    return found


def standing(town: Town) -> list[str]:
    found: list[str] = town.ask(lambda session: session.scalars(select(Incident.step_key)).all())
    return found


def test_a_completed_task_says_what_has_not_followed_yet(town: Town, number: str) -> None:
    (task,) = town.open_tasks(number)
    browser = signed_in(application(town), town, "Ifeoma")
    raw = town.answers(town.office.desk().forms.form(task.form_key), town.case(number), {}, task.run_id)
    answer = browser.post(f"/tasks/{task.id}/complete", dict(raw) | signature(town.who("Ifeoma"), task.key))
    assert answer.status_code == 303
    told = said(browser.get("/inbox"))
    assert "What should follow by itself could not be done yet: “Write to the person”" in told
    assert standing(town) == ["invite_person"]
    assert "This has not happened by itself yet: “Write to the person”." in said(browser.get(f"/cases/{number}"))
    assert "could not go on by itself" in said(browser.get(f"/cases/{number}/process"))


def test_a_page_that_is_acted_on_once_is_done_without_what_fails(town: Town, number: str) -> None:
    browser = signed_in(application(town), town, "Ifeoma")
    page = f"/cases/{number}/do/urgent"
    form = town.office.desk().forms.form("F22")
    raw = dict(town.answers(form, town.case(number), {"danger_to_life": "yes", "advice_given": ["called_999"]}))
    mark = browser.get(page).text.partition('name="page_mark" value="')[2][:16]
    for _ in range(2):
        answer = browser.post(page, raw | {"page_mark": mark, "confirmed": "yes"})
        assert answer.status_code == 303, said(answer)
        told = said(browser.get(f"/cases/{number}"))
        assert "could not be done yet" in told
        assert "is asked to acknowledge" not in told
    assert len(standing(town)) == 1
