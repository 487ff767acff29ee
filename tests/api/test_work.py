"""What systems do: refer, read cases, work on tasks, send messages."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select

from tests.api.conftest import Systems
from tests.builders.walked_case import Town
from tests.builders.ways_in import System, referral_answers, triage_answers
from workflows.casework.audit import AuditEntry
from workflows.casework.consent import Exclusion
from workflows.casework.document import Document


@pytest.fixture
def number(town: Town) -> str:
    """A case that waits for triage."""
    return town.refer()


@pytest.fixture
def triage(system: Systems) -> System:
    """A system of the triage clinician."""
    return system(owner="Kelly")


def only_task(sender: System) -> dict[str, Any]:
    (task,) = sender.get("/tasks?view=pool").get_json()["items"]
    return dict(task)


def test_a_system_refers_somebody_and_follows_the_referral(town: Town, system: Systems) -> None:
    sender = system(owner="Brennan")
    made = sender.post("/referrals", {"programme": "acm", "answers": referral_answers(town)})
    assert made.status_code == 201
    found = sender.get(f"/referrals/{made.get_json()['reference']}").get_json()
    assert (found["stage"], found["case_number"]) == ("triage", made.get_json()["case_number"])


def test_the_same_referral_again_gets_the_first_reference(town: Town, system: Systems) -> None:
    sender, body = system(), {"programme": "acm", "answers": referral_answers(town)}
    first, again = sender.post("/referrals", body), sender.post("/referrals", body)
    assert (again.status_code, again.get_json()["again"]) == (200, True)
    assert again.get_json()["reference"] == first.get_json()["reference"]


@pytest.mark.parametrize("reference", ["R-AAAA-BBBB", "R-%00", "../../etc", "x" * 300])
def test_a_reference_that_is_not_ones_own_is_not_found(system: Systems, reference: str) -> None:
    assert system().get(f"/referrals/{reference}").status_code == 404


def test_a_list_of_cases_says_nothing_about_whom_they_are(system: Systems, number: str) -> None:
    (row,) = system().get("/cases").get_json()["items"]
    assert row["number"] == number
    assert "Example" not in str(row)


@pytest.mark.both_databases
def test_a_case_names_its_person_and_the_view_is_recorded(town: Town, system: Systems, number: str) -> None:
    found = system().get(f"/cases/{number}").get_json()
    assert found["person"]["nhs_number"] == "9990000018"
    assert [task["key"] for task in found["tasks"]] == ["triage_referral"]
    seen = town.ask(lambda s: s.scalars(select(AuditEntry).where(AuditEntry.act == "record seen")).one())
    assert "by “a system”" in seen.actor


def test_a_case_one_may_not_see_does_not_exist(town: Town, system: Systems, number: str) -> None:
    outsider = system(owner="Iqbal")  # works in the other programme
    assert outsider.get(f"/cases/{number}").status_code == 404
    assert outsider.get("/cases").get_json()["items"] == []
    assert outsider.get("/tasks").get_json()["items"] == []


def test_somebody_shut_out_finds_nothing_through_the_api_either(town: Town, system: Systems, number: str) -> None:
    reader, case = system(owner="Kelly"), town.case(number)
    claim = (f"/tasks/{only_task(reader)['id']}/claim", None, "the-key-of-a-claim")
    assert reader.post(*claim).get_json()["case_number"] == number
    session = town.office.database.writing()
    session.add(Exclusion(case_id=case.id, staff_id=town.who("Kelly").id, who="x", since=town.office.clock.now()))
    session.commit()
    session.close()
    assert reader.get(f"/cases/{number}").status_code == 404
    assert reader.get("/cases").get_json()["items"] == []
    again, missing = reader.post(*claim), reader.post(f"/tasks/{uuid4()}/claim")
    assert (again.status_code, again.get_json()["detail"]) == (404, missing.get_json()["detail"])


def test_cases_are_filtered(system: Systems, number: str) -> None:
    reader = system()
    for query, count in (("stage=triage", 1), ("stage=mdt", 0), ("open=true", 1), ("open=false", 0), ("team=west", 0)):
        assert len(reader.get(f"/cases?{query}").get_json()["items"]) == count, query


@pytest.mark.both_databases
def test_pages_follow_each_other_without_gap_or_double(town: Town, system: Systems) -> None:
    numbers = [town.refer(nhs_number=n) for n in ("9990000018", "9990001383", "9990002754", "9990004129", "9990005494")]
    for address, name in (("/cases", "number"), ("/tasks", "case_number")):
        reader, found, next_page = system(), [], f"{address}?limit=2"
        while next_page:
            page = reader.get(next_page.removeprefix("/api/v1")).get_json()
            found += [row[name] for row in page["items"]]
            next_page = page["next"]
        assert found == numbers, address


@pytest.mark.both_databases
def test_a_page_stays_right_when_its_last_task_is_done(town: Town, triage: System) -> None:
    numbers = [town.refer(nhs_number=n) for n in ("9990000018", "9990001383", "9990002754")]
    page = triage.get("/tasks?view=pool&limit=1").get_json()
    town.do(numbers[0], "triage_referral")
    following = triage.get(page["next"].removeprefix("/api/v1")).get_json()["items"]
    assert following[0]["case_number"] == numbers[1]


@pytest.mark.both_databases
def test_a_task_is_claimed_given_back_and_completed(town: Town, triage: System, number: str) -> None:
    task = only_task(triage)
    assert triage.post(f"/tasks/{task['id']}/claim").get_json()["mine"]
    assert triage.get("/tasks?view=mine").get_json()["items"][0]["id"] == task["id"]
    assert triage.post(f"/tasks/{task['id']}/release").get_json()["assignee"] is None
    done = triage.post(f"/tasks/{task['id']}/complete", {"answers": triage_answers(town, number)})
    assert done.status_code == 200, done.get_json()
    assert town.case(number).stage not in {"referred", "triage"}
    assert triage.get(f"/tasks/{task['id']}").get_json()["status"] == "completed"


def test_a_task_completed_before_takes_the_same_answers_and_refuses_others(
    town: Town, triage: System, number: str
) -> None:
    task, answers = only_task(triage), triage_answers(town, number)
    address = f"/tasks/{task['id']}/complete"
    triage.post(address, {"answers": answers})
    again = triage.post(address, {"answers": answers})
    assert (again.status_code, again.get_json()["again"]) == (200, True)
    for other in (answers | {"notes": "She has moved to her daughter’s"}, {}):
        refused = triage.post(address, {"answers": other})
        assert refused.status_code == 409
        assert "with other answers" in refused.get_json()["detail"]


def test_a_completed_task_is_taken_back_once_and_is_open_again(town: Town, triage: System, number: str) -> None:
    task = only_task(triage)["id"]
    triage.post(f"/tasks/{task}/complete", {"answers": triage_answers(town, number)})
    first, again = (triage.post(f"/tasks/{task}/take-back", key="the-same-key") for _ in range(2))
    assert (first.status_code, first.get_json()["status"]) == (200, "open")
    assert again.get_json() == first.get_json()
    assert triage.post(f"/tasks/{task}/take-back").status_code == 200  # twice is once


def test_what_stands_in_the_way_of_taking_back_is_a_problem_in_one_sentence(
    town: Town, triage: System, number: str
) -> None:
    task = only_task(triage)["id"]
    triage.post(f"/tasks/{task}/complete", {"answers": triage_answers(town, number)})
    town.do(number, "allocate_coordinator")
    refused = triage.post(f"/tasks/{task}/take-back")
    assert refused.status_code == 409
    assert refused.get_json()["detail"] == "Ifeoma Adeyemi has completed “Name a care coordinator” since, at 09:00."


def test_wrong_answers_to_a_task_are_told_by_question(town: Town, triage: System, number: str) -> None:
    answers = {**triage_answers(town, number), "verdict": "perhaps", "dance": "tango"}
    refused = triage.post(f"/tasks/{only_task(triage)['id']}/complete", {"answers": answers})
    assert refused.status_code == 422
    assert "dance" in refused.get_json()["errors"]
    del answers["dance"]
    refused = triage.post(f"/tasks/{only_task(triage)['id']}/complete", {"answers": answers})
    assert "verdict" in refused.get_json()["errors"]
    assert town.case(number).stage == "triage"


@pytest.mark.both_databases
def test_who_was_slower_is_told_so(town: Town, system: Systems, triage: System, number: str) -> None:
    task = only_task(triage)
    assert triage.post(f"/tasks/{task['id']}/claim").status_code == 200
    slower = system(owner="Okoro").post(f"/tasks/{task['id']}/claim")
    assert slower.status_code in {403, 409}
    assert "Siobhan Kelly" in slower.get_json()["detail"]


def test_a_task_of_another_role_is_not_ones_own_to_do(system: Systems, triage: System, number: str) -> None:
    assert system().post(f"/tasks/{only_task(triage)['id']}/claim").status_code == 403


def test_a_message_is_delivered_or_kept_and_never_an_error(system: Systems, number: str) -> None:
    sender = system("messages:write")
    told = {"type": "ed_attendance", "nhs_number": "9990000018", "occurred_at": "2026-11-16T08:00:00Z", "source": "A&E"}
    delivered = sender.post("/messages", {"message_id": "1", **told})
    assert (delivered.status_code, delivered.get_json()["case_number"]) == (200, number)
    parked = sender.post("/messages", {"message_id": "2", **told, "nhs_number": "nonsense"})
    assert (parked.status_code, parked.get_json()["status"]) == (202, "parked")


@pytest.mark.both_databases
def test_a_message_that_is_parked_has_changed_nothing(town: Town, system: Systems, number: str) -> None:
    told = {
        "message_id": "1", "type": "referrer_reply", "nhs_number": "9990000018", "payload": {"answer": "With her son."},
        "occurred_at": "2026-11-16T08:00:00Z", "source": "Practice",
    }  # fmt: skip
    assert system("messages:write").post("/messages", told).status_code == 202
    assert "F02" not in town.ask(lambda s: s.scalars(select(Document.form_key)).all())


def test_a_number_without_end_in_a_message_is_refused(system: Systems) -> None:
    sender = system("messages:write")
    told = {"message_id": "1", "type": "ed_attendance", "occurred_at": "2026-11-16T08:00:00Z", "source": "A&E"}
    body = json.dumps({**told, "payload": {"score": 0}}).replace("0}}", "1e400}}")
    headers = {**sender.headers, "Idempotency-Key": "a-new-key"}
    answer = sender.client.post("/api/v1/messages", data=body, headers=headers, content_type="application/json")
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, ["payload"])


def test_lines_may_break_in_a_message(system: Systems, number: str) -> None:
    told = {"message_id": "1", "type": "ed_attendance", "occurred_at": "2026-11-16T08:00:00Z", "source": "A&E"}
    said = {**told, "nhs_number": "9990000018", "payload": {"outcome": "Sent home.\nWill be seen again."}}
    assert system("messages:write").post("/messages", said).status_code == 200


@pytest.mark.both_databases
def test_a_message_with_the_same_number_is_one(system: Systems, number: str) -> None:
    sender = system("messages:write")
    told = {
        "message_id": "1", "type": "ed_attendance", "nhs_number": "9990000018",
        "occurred_at": "2026-11-16T08:00:00Z", "source": "A&E",
    }  # fmt: skip
    assert [sender.post("/messages", told).get_json()["again"] for _ in range(3)] == [False, True, True]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("type", "weather"),
        ("occurred_at", "2026-11-16T08:00:00"),
        ("occurred_at", "yesterday"),
        ("occurred_at", "0001-01-01T00:00:00+14:00"),
        ("message_id", ""),
        ("message_id", "a\u0000b"),
        ("source", "x" * 101),
        ("dob", "27/03/1941"),
        ("payload", []),
        ("payload", {"note": "half a character: \ud800"}),
        ("payload", {"notes": [{"what": "a NUL: \0"}]}),
        ("payload", {"\ud800": "x"}),
    ],
)
def test_an_envelope_that_cannot_be_read_is_told_by_field(system: Systems, field: str, value: Any) -> None:
    told = {"message_id": "1", "type": "ed_attendance", "occurred_at": "2026-11-16T08:00:00Z", "source": "A&E"}
    answer = system("messages:write").post("/messages", {**told, field: value})
    assert answer.status_code == 422
    assert list(answer.get_json()["errors"]) == [field]


def test_a_form_tells_what_may_be_answered(system: Systems) -> None:
    form = system().get("/forms/F03").get_json()
    questions = {one["id"]: one for part in form["sections"] for one in part["questions"]}
    assert "accept" in [choice["value"] for choice in questions["verdict"]["choices"]]
    assert system().get("/forms/F99").status_code == 404


def test_the_health_of_the_service_is_open_to_monitors(system: Systems) -> None:
    assert system().client.get("/api/v1/health").get_json()["status"] in {"ok", "degraded"}
