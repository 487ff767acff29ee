"""The pages of those who run the service: what failed, tried again one or many, with a result for each."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.builders.given_up import given_up
from tests.builders.walked_case import Town, walked_to
from tests.webapp.conftest import Browser
from tests.webapp.desk_work import said
from tests.webapp.referral_work import application, signed_in
from workers.jobs import try_again, write_downtime_packs
from workflows.actions import mending
from workflows.casework.audit import AuditEntry
from workflows.casework.diagram import CaseRun
from workflows.casework.errors import NotAllowed
from workflows.casework.incident import Incident
from workflows.clock import FixedClock
from workflows.duties import REGISTER


@pytest.fixture
def two(town: Town, monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
    """The incidents of two cases that stand at the same step, because no letter can be written just now."""
    numbers = [str(town.once(walked_to, "allocate_coordinator")), town.refer(nhs_number="9990041016")]
    town.walk_until(numbers[1], "allocate_coordinator")

    def fail(asking: Any, **given: Any) -> None:
        raise KeyError("x")

    monkeypatch.setitem(REGISTER, "letters.send", replace(REGISTER["letters.send"], perform=fail))
    for number in numbers:
        town.do(number, "allocate_coordinator")
    found: list[UUID] = town.ask(lambda session: session.scalars(select(Incident.id).order_by(Incident.id)).all())
    return found


def administrator(town: Town) -> Browser:
    return signed_in(application(town), town, "Robin")


def test_ticked_incidents_are_tried_again_with_a_result_for_each(
    town: Town, two: list[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = administrator(town)
    page = said(admin.get("/operations/incidents?show=tried"))
    assert "“Write to the person” in the assessment" in page
    assert "Ada" not in page
    again = {"incident": [str(one) for one in two]}
    tried = said(admin.post("/operations/incidents/again", again))
    assert "0 of 2 have happened now" in tried
    assert "It failed again. The program failed" in tried
    monkeypatch.undo()
    assert "1 of 1 has happened now" in said(admin.post("/operations/incidents/again", {"incident": str(two[0])}))
    both = said(admin.post("/operations/incidents/again", again))
    assert "2 of 2 have happened now" in both
    assert "It had happened already." in both
    acts = town.ask(lambda s: s.scalars(select(AuditEntry.actor).where(AuditEntry.act.contains("by hand"))).all())
    assert set(acts) == {"Robin Marsh"}


def test_all_that_stand_at_one_step_are_left_to_the_worker_and_the_page_shows_how_far_it_is(
    town: Town, two: list[UUID], monkeypatch: pytest.MonkeyPatch, clock: FixedClock
) -> None:
    admin = administrator(town)
    with town.office.desk().looking() as session:
        one = session.get_one(Incident, two[0])
        alike = {"process": one.process, "step": one.step_key}
    address = admin.post("/operations/incidents/all-again", alike).location
    assert "0 of 2 tried" in said(admin.get(address))
    clock.advance(timedelta(seconds=1))
    assert try_again.work(town.office) == (2, 0)
    failed = said(admin.get(address))
    assert "2 incidents that failed again" in failed
    assert "The program failed" in failed
    monkeypatch.undo()
    admin.post("/operations/incidents/all-again", alike)
    assert try_again.work(town.office) == (2, 0)
    shown = said(admin.get(address))
    assert "2 of 2 tried" in shown
    assert "2 have happened now" in shown
    assert admin.get("/operations/incidents/progress?since=tomorrow").status_code == 404


def test_an_incident_tells_with_which_input_and_hides_what_is_about_the_person(town: Town, two: list[UUID]) -> None:
    admin = administrator(town)
    page = said(admin.get(f"/operations/incidents/{two[0]}"))
    assert "a duty of Roundtable: letters.send" in page
    assert "With which input" in page
    assert "hidden: " in page
    seen = select(AuditEntry.actor).where(AuditEntry.act == "record seen")
    assert "Robin Marsh" in town.ask(lambda session: session.scalars(seen).all())


def test_only_those_who_run_the_service_try_again(town: Town, two: list[UUID]) -> None:
    nurse = signed_in(application(town), town, "Siobhan")
    for path in ("", "/incidents", f"/incidents/{two[0]}", "/waiting", "/messages", "/stalled"):
        assert nurse.get(f"/operations{path}").status_code == 403
    with pytest.raises(NotAllowed):
        mending.try_again(town.office.desk(town.who("Siobhan")), two)


def test_what_somebody_has_to_repeat_is_closed_with_a_reason(town: Town, two: list[UUID]) -> None:
    with town.office.desk().work() as work:
        one = work.session.get_one(Incident, two[0])
        one.kind, one.next_at = "act", None
        one.happened("automatic step failed again")
        work.commit()
    admin = administrator(town)
    page = f"/operations/incidents/{two[0]}"
    assert "Say what was done about it" in said(admin.post(f"{page}/settle", {"why": " "}))
    assert admin.post(f"{page}/settle", {"why": "Done anew by phone"}).status_code == 303
    assert "not needed any more" in said(admin.get("/operations/incidents?show=closed"))


def test_every_page_of_the_room_opens(town: Town, two: list[UUID]) -> None:
    admin = administrator(town)
    assert "2 tried again" in said(admin.get("/operations"))
    waiting = admin.get("/operations/waiting")
    assert "Date" in said(waiting)
    first = waiting.text.partition('href="/operations/waiting?')[2].partition('"')[0].replace("&amp;", "&")
    assert "the next due first" in said(admin.get(f"/operations/waiting?{first}"))
    assert "not told here" not in said(waiting)
    assert "Every message has found its case." in said(admin.get("/operations/messages"))
    assert "Every process has somebody or something that moves it on." in said(admin.get("/operations/stalled"))


def fields(page: str) -> dict[str, str]:
    """The hidden fields of the form that carries it out."""
    form = page.partition("/carry-out")[2]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', form))


def test_a_hand_is_shown_drawn_and_in_words_then_done_with_a_reason_once(town: Town) -> None:
    town.once(walked_to, "allocate_coordinator")
    admin = administrator(town)
    run = town.ask(lambda session: session.scalars(select(CaseRun.id)).one())
    address = f"/operations/processes/{run}"
    page = admin.get(address)
    assert "Name a care coordinator" in said(page)
    assert "Example" not in page.text.replace("Example answer", "")
    assert admin.get(f"{address}.bpmn?part=acm_assessment").mimetype == "application/xml"
    token = page.text.partition("Name a care coordinator</h3>")[0].rpartition('name="token" value="')[2][:32]
    version = page.text.partition('name="version" value="')[2].partition('"')[0]
    asked = {"kind": "move", "token": token, "to": "invite_person", "version": version}
    shown = admin.post(f"{address}/preview", asked)
    assert "On the way this happens by itself: “Write to the person”" in said(shown)
    assert "The case would be here" in said(shown)
    assert "data-then=" in shown.text
    sent = fields(shown.text)
    assert "Say why this is done by hand" in said(admin.post(f"{address}/carry-out", sent))
    answers = [admin.post(f"{address}/carry-out", sent | {"why": "Named by phone"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    after = said(admin.get(address))
    assert "Move the case on from “Name a care coordinator” to “Write to the person”. Why: Named by phone" in after
    assert admin.post(f"{address}/preview", asked).status_code == 409
    assert len(town.open_tasks("ACM-000001")) == 2


def test_a_variable_is_set_on_its_page(town: Town) -> None:
    town.once(walked_to, "allocate_coordinator")
    admin = administrator(town)
    run = town.ask(lambda session: session.scalars(select(CaseRun.id)).one())
    address = f"/operations/processes/{run}"
    version = admin.get(address).text.partition('name="version" value="')[2].partition('"')[0]
    wrong = {"kind": "set", "name": "Priority!", "sort": "text", "value": "urgent", "version": version}
    assert "Name the variable as the diagram does" in said(admin.post(f"{address}/preview", wrong))
    number = {**wrong, "name": "priority", "sort": "number"}
    assert "Enter a number" in said(admin.post(f"{address}/preview", number))
    shown = admin.post(f"{address}/preview", {**wrong, "name": "priority"})
    assert "Set “priority” to “urgent” (what it was is hidden)" in said(shown)
    assert admin.post(f"{address}/carry-out", fields(shown.text) | {"why": "Triage asked for it"}).status_code == 303
    manager = signed_in(application(town), town, "Shabana")
    assert "Set “priority” to “urgent” (it was “standard”)" in said(manager.get(address))
    nurse = signed_in(application(town), town, "Siobhan")
    assert nurse.get(address).status_code == 403
    assert nurse.post(f"{address}/preview", wrong).status_code == 403


def test_the_last_downtime_pack_is_told_and_missed_when_it_is_late(town: Town, clock: FixedClock) -> None:
    def told() -> str:
        return said(administrator(town).get("/operations"))

    clock.move_to(datetime(2026, 11, 17, 6, 29, tzinfo=UTC))
    assert "Downtime pack Well None was ever written." in told()
    clock.advance(timedelta(minutes=1))
    assert "Downtime pack Look here None was ever written. It is written at 06:00. Today’s is late" in told()
    write_downtime_packs.work(town.office)
    assert "Downtime pack Well Written Tue 17 Nov, 06:30, for every team. Messages" in told()
    clock.advance(timedelta(days=1))
    assert "Written Tue 17 Nov, 06:30, for every team. Today’s is late" in told()


def test_what_another_system_gave_up_is_given_back_with_a_result_for_each(town: Town) -> None:
    number = given_up(town)
    admin = administrator(town)
    page = said(admin.get("/operations/incidents"))
    assert all(words in page for words in ("“Work out the risk score”", "in asks another system", number))
    assert "none is left" in page
    (one,) = town.ask(lambda session: session.scalars(select(Incident.id)).all())
    page = said(admin.get(f"/operations/incidents/{one}"))
    assert "Step Work out the risk score, another system: risk-score" in page
    assert "Worker that gave it up a scorer" in page
    run = town.ask(lambda session: session.scalars(select(CaseRun.id)).one())
    process = said(admin.get(f"/operations/processes/{run}"))
    assert "It stands at what failed: Work out the risk score" in process
    assert "A step of another system, in asks another system." in process
    tried = said(admin.post("/operations/incidents/again", {"incident": [str(one)]}))
    assert "0 of 1 have happened now. 1 is with other systems again. What has not" in tried
    assert "Given back" in tried
    assert mending.GIVEN_BACK in tried
    assert "as soon as the other system fetches it" in said(admin.get("/operations/incidents?show=tried"))
    assert "Incidents Look here 1 tried again by itself." in said(admin.get("/operations"))
