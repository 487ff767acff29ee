"""One task: the form, what the case already knows, and nothing that was typed ever lost."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select

from tests.builders.filled_forms import filled
from tests.builders.small_town import SmallTown
from tests.builders.walked_case import Town
from tests.webapp.conftest import Browser
from tests.webapp.desk_work import SPOKE, at_work, said
from webapp import create_app
from workflows.actions import drafts
from workflows.actions.paperwork import file_document
from workflows.assembly import Office
from workflows.casework.audit import AuditEntry
from workflows.casework.care import Action, CarePlan
from workflows.casework.case import Case
from workflows.casework.document import Attachment, Document
from workflows.casework.errors import AnswersRefused
from workflows.casework.notice import Letter
from workflows.casework.staff import StaffMember
from workflows.casework.task import Draft, Task

Enter = Callable[[UUID], Browser]
PDF = b"%PDF-1.7 a letter"


@pytest.fixture
def town(office: Office) -> SmallTown:
    """A small service."""
    return SmallTown(office)


@pytest.fixture
def pages(town: SmallTown) -> Flask:
    """The application on it."""
    return create_app(town.office)


@pytest.fixture
def nurse(town: SmallTown) -> UUID:
    """A nurse in East."""
    return town.staff("Nia Nurse", "nurse east")


@pytest.fixture
def window(pages: Flask, nurse: UUID) -> Browser:
    """The nurse at work."""
    return at_work(pages, nurse)


def kept(town: SmallTown, task: UUID, staff_id: UUID) -> dict[str, list[str]]:
    """What lies in somebody's draft of a task; nothing when there is none."""
    draft = drafts.draft_for(town.desk(staff_id), f"task:{task}")
    return draft.raw if draft else {}


def rows(town: SmallTown, noun: Any) -> list[Any]:
    """Every row of a kind."""
    with town.office.desk().looking() as session:
        return list(session.scalars(select(noun)))


def test_beside_the_form_stands_what_the_case_knows(town: SmallTown, nurse: UUID, window: Browser) -> None:
    case = town.case(given="Ada", family="Khan", flags=["safeguarding_open"], sharing_scope="limited")
    town.paper(case, "F01", {"question": "Can she stay at home?", "views": "I want my own bed."})
    town.paper(case, "F05", {"choice": "partial", "limits": "Not to housing"})
    page = said(window.get(f"/tasks/{town.task(case, due='+2d')}"))
    for words in (
        "Ada Khan",
        "Born 1 March 1942 (84)",
        "Safeguarding concern open",
        "Due in 2 working days (Wed 18 Nov, 09:00)",
        "It is for the district nurse in East.",
        "Why am I asked this? The plan is looked at together with the person",
        "Can she stay at home?",
        "I want my own bed.",
        "Agreed in part",
        "Not agreed: Not to housing",
        "Nobody has been in contact yet.",
        "Referral to case management: form filled in",
    ):
        assert words in page


def test_opening_a_task_is_written_into_the_trail(town: SmallTown, nurse: UUID, window: Browser) -> None:
    case = town.case()
    window.get(f"/tasks/{town.task(case)}")
    seen = [entry for entry in rows(town, AuditEntry) if entry.act == "task seen"]
    assert [(entry.case_id, entry.actor) for entry in seen] == [(case, "Nia Nurse")]


def test_a_task_of_a_case_one_may_not_see_does_not_exist(town: SmallTown, nurse: UUID, window: Browser) -> None:
    case = town.case()
    task = town.task(case, assignee_id=nurse)
    town.shut_out(case, nurse)
    assert window.get(f"/tasks/{task}").status_code == 404
    assert window.post(f"/tasks/{task}/complete", SPOKE).status_code == 404
    assert window.get(f"/tasks/{town.task(town.case(team='north'))}").status_code == 404


@pytest.mark.parametrize(
    ("properties", "said"),
    [({}, "its clock never stops"), ({"pauses": "yes"}, "Its clock stops while the person is in hospital")],
)
def test_of_a_task_about_safety_the_page_says_whether_its_clock_ever_stops(
    town: SmallTown, nurse: UUID, window: Browser, properties: dict[str, str], said: str
) -> None:
    task = town.task(town.case(), escalation="S", properties=properties, assignee_id=nurse)
    assert said in window.get(f"/tasks/{task}").text


def test_a_free_task_is_claimed_with_what_was_typed_before(town: SmallTown, nurse: UUID, window: Browser) -> None:
    task = town.task(town.case())
    assert "Claim and start" in window.get(f"/tasks/{task}").text
    answer = window.post(f"/tasks/{task}/claim", {"notes": "Typed already"})
    assert answer.headers["Location"] == f"/tasks/{task}"
    page = window.get(f"/tasks/{task}").text
    assert "Claim and start" not in page
    assert "Typed already" in page


def test_a_colleagues_task_can_be_read_but_not_filled_in(town: SmallTown, nurse: UUID, window: Browser) -> None:
    colleague = town.staff("Cal League", "nurse east")
    answer = window.get(f"/tasks/{town.task(town.case(), assignee_id=colleague)}")
    assert "It is Cal League’s." in said(answer)
    assert "task-form" not in answer.text


def test_the_task_of_a_colleague_on_leave_says_that_i_cover(town: SmallTown, nurse: UUID, window: Browser) -> None:
    away = town.staff("Ann Away", "nurse east")
    town.on_leave(away, nurse)
    task = town.task(town.case(), assignee_id=away)
    page = said(at_work(create_app(town.office), nurse).get(f"/tasks/{task}"))
    assert "It is Ann Away’s, whom you cover." in page


def test_whoever_did_the_first_of_two_steps_is_told_that_somebody_else_does_the_second(
    town: SmallTown, nurse: UUID, window: Browser
) -> None:
    case = town.case()
    town.task(case, key="request", name="Ask", status="completed", ended_by_id=nurse, ended_at=town.now)
    page = window.get(f"/tasks/{town.task(case, properties={'not_by': 'request'})}")
    assert "Somebody else has to do this: you did “Ask”" in said(page)
    assert "/complete" not in page.text


def test_what_is_typed_is_kept_without_being_asked_and_the_page_says_when(
    town: SmallTown, nurse: UUID, window: Browser
) -> None:
    task = town.task(town.case(), assignee_id=nurse)
    answer = window.post(f"/tasks/{task}/autosave", {"notes": "Half a sen"})
    assert answer.get_json() == {"saved_at": "09:00", "note": ""}
    assert kept(town, task, nurse) == {"notes": ["Half a sen"]}
    page = window.get(f"/tasks/{task}")
    assert "Half a sen" in page.text
    assert "Draft saved 09:00" in page.text


def test_save_and_close_works_without_a_script(town: SmallTown, nurse: UUID, window: Browser) -> None:
    task = town.task(town.case(), assignee_id=nurse)
    answer = window.post(f"/tasks/{task}/save", {"notes": "Later"})
    assert answer.headers["Location"] == "/inbox"
    assert "started, draft 09:00" in said(window.get("/inbox"))


def test_closing_an_untouched_form_leaves_no_draft(town: SmallTown, nurse: UUID, window: Browser) -> None:
    task = town.task(town.case(), assignee_id=nurse)
    window.post(f"/tasks/{task}/save", {"notes": " ", "route": ""})
    assert kept(town, task, nurse) == {}


def test_nobody_sees_a_colleagues_draft(town: SmallTown, nurse: UUID, window: Browser, pages: Flask) -> None:
    task = town.task(town.case())
    window.post(f"/tasks/{task}/autosave", {"notes": "My own thoughts"})
    colleague = at_work(pages, town.staff("Cal League", "nurse east"))
    assert "My own thoughts" not in colleague.get(f"/tasks/{task}").text


def test_a_draft_is_thrown_away_only_after_a_question(town: SmallTown, nurse: UUID, window: Browser) -> None:
    task = town.task(town.case(), assignee_id=nurse)
    window.post(f"/tasks/{task}/autosave", {"notes": "Not needed"})
    asked = said(window.get(f"/tasks/{task}/discard"))
    assert "Throw your draft away?" in asked
    assert "Notes Not needed" in asked
    window.post(f"/tasks/{task}/discard")
    assert kept(town, task, nurse) == {}


def test_what_no_longer_fits_a_newer_form_is_shown_to_be_copied(town: SmallTown, nurse: UUID, window: Browser) -> None:
    task = town.task(town.case(), assignee_id=nurse)
    raw = {"notes": ["Still fits"], "old_question": ["Typed last week"], "route": ["pigeon"]}
    town.add(Draft(staff_id=nurse, about=f"task:{task}", form_key="F10", form_version=0, raw=raw, saved_at=town.now))
    page = said(window.get(f"/tasks/{task}"))
    assert "The form has changed since you began" in page
    assert "Old question Typed last week" in page
    assert "Route pigeon" in page
    assert "Still fits" in window.get(f"/tasks/{task}").text


def test_a_row_is_added_and_removed_without_a_script(town: SmallTown, nurse: UUID, window: Browser) -> None:
    task = town.task(town.case(), form_key="F14", assignee_id=nurse)
    answer = window.post(f"/tasks/{task}/keep", {"risks.count": "1", "risks.0.risk": "Falls", "add": "risks"})
    assert answer.headers["Location"].endswith("#risks")
    page = window.get(f"/tasks/{task}").text
    assert 'name="risks.1.risk"' in page
    assert "Falls" in page
    window.post(f"/tasks/{task}/keep", {"risks.count": "2", "risks.1.risk": "Fire", "remove": "risks.0"})
    assert kept(town, task, nurse)["risks.0.risk"] == ["Fire"]


def test_wrong_answers_are_named_and_kept(town: SmallTown, nurse: UUID, window: Browser) -> None:
    task = town.task(town.case(), assignee_id=nurse)
    answer = window.post(f"/tasks/{task}/complete", {"notes": "All I know", "route": "phone"})
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert "<title>Error: " in answer.text
    assert "All I know" in answer.text
    assert kept(town, task, nurse)["notes"] == ["All I know"]


@pytest.mark.both_databases
def test_a_colleague_who_completed_it_meanwhile_is_named_and_nothing_typed_is_lost(
    town: SmallTown, nurse: UUID, window: Browser
) -> None:
    colleague = town.staff("Fay Faster", "nurse east")
    task = town.task(town.case(), status="completed", ended_by_id=colleague, ended_at=town.at("-1h"))
    for answers in (SPOKE, {"notes": SPOKE["notes"]}):  # whether or not the form was complete
        answer = window.post(f"/tasks/{task}/complete", answers)
        page = said(answer)
        assert answer.status_code == 409
        assert "Somebody else was faster" in page
        assert "Fay Faster completed this task on Mon 16 Nov, 08:00." in page
        assert "Notes She is glad of the call." in page
        assert kept(town, task, nurse)["notes"] == [SPOKE["notes"]]
    again = said(window.get(f"/tasks/{task}"))
    assert "What you had typed" in again
    assert "She is glad of the call." in again


def test_what_was_typed_in_a_second_tab_after_one_had_completed_the_task_is_kept_and_shown(
    town: SmallTown, nurse: UUID, window: Browser
) -> None:
    case = town.case()
    task = town.task(case, status="completed", ended_by_id=nurse, ended_at=town.at("-1h"))
    said_before = {"at": "2026-11-16T08:30:00Z", "route": "phone", "outcome": "spoke", "safe_and_well": "yes"}
    paper = town.paper(case, "F10", {**said_before, "notes": SPOKE["notes"]}, task_id=task, author_id=nurse)
    assert (
        window.post(f"/tasks/{task}/autosave", {**SPOKE, "notes": "She is glad"}).status_code == 409
    )  # was on its way
    assert window.post(f"/tasks/{task}/complete", SPOKE).headers["Location"] == "/inbox"
    assert kept(town, task, nurse) == {}
    later = {**SPOKE, "notes": "She fell in the night."}
    saved = window.post(f"/tasks/{task}/autosave", later).get_json()
    assert saved == {"saved_at": "09:00", "note": "You completed this task on Mon 16 Nov, 08:00."}
    assert kept(town, task, nurse)["notes"] == ["She fell in the night."]
    answer = window.post(f"/tasks/{task}/complete", later)
    assert answer.status_code == 409
    for page in (answer, window.get(f"/tasks/{task}")):
        assert "Notes She fell in the night." in said(page)
        assert f"/cases/ACM-000001/documents/{paper}/amend" in page.text
    assert "You had completed this already" in said(answer)
    assert "What you typed Notes She fell in the night. " in said(answer)  # and not what the completed form says too


def test_a_colleague_who_claimed_it_meanwhile_is_named(town: SmallTown, nurse: UUID, window: Browser) -> None:
    colleague = town.staff("Fay Faster", "nurse east")
    task = town.task(town.case(), assignee_id=colleague)
    answer = window.post(f"/tasks/{task}/complete", SPOKE)
    assert answer.status_code == 409
    assert "Fay Faster has it now" in said(answer)
    assert "She is glad of the call." in answer.text


def test_whoever_loses_the_race_for_a_free_task_is_told_who_was_faster_and_is_led_on(
    town: SmallTown, nurse: UUID, window: Browser
) -> None:
    task = town.task(town.case(), assignee_id=town.staff("Fay Faster", "nurse east"))
    answer = window.post(f"/tasks/{task}/claim", {"notes": "Typed already"})
    assert answer.status_code == 409
    assert "Fay Faster has this now This task is not yours to do: Fay Faster has it now." in said(answer)
    assert "What you typed Notes Typed already" in said(answer)
    assert kept(town, task, nurse) == {"notes": ["Typed already"]}
    for address in (f"/tasks/{task}", "/inbox", "/cases/ACM-000001"):
        assert f'href="{address}"' in answer.text
    untouched = window.post(f"/tasks/{town.task(town.case(), assignee_id=town.staff('Gil', 'nurse east'))}/claim")
    assert "you typed" not in said(untouched)


def test_whoever_had_it_open_when_the_case_went_to_another_team_is_told_and_keeps_what_was_typed(
    town: SmallTown, pages: Flask
) -> None:
    here = town.staff("Tia Triage", "triage east")
    elsewhere = town.staff("Fay Faster", "triage north")
    case = town.case(team="", family="Secret")
    task = town.task(case, role="triage")
    window = at_work(pages, here)
    assert window.get(f"/tasks/{task}").status_code == 200
    session = town.session()
    done = session.get_one(Task, task)
    done.status, done.ended_by_id, done.ended_at = "completed", elsewhere, town.now
    done.case.team_id = town.teams["north"]
    session.commit()
    session.close()
    for answer in (window.post(f"/tasks/{task}/complete", SPOKE), window.get(f"/tasks/{task}")):
        assert answer.status_code == 409
        assert "Somebody else took this on; the case is now with another team." in said(answer)
        assert "Notes She is glad of the call." in said(answer)
        assert "Secret" not in answer.text
    assert kept(town, task, here)["notes"] == [SPOKE["notes"]]
    nurse = at_work(pages, town.staff("Nia Nurse", "nurse east"))
    assert nurse.get(f"/tasks/{task}").status_code == 404


def test_a_task_the_case_moved_past_says_so(town: SmallTown, nurse: UUID, window: Browser) -> None:
    task = town.task(town.case(), status="cancelled", ended_at=town.now, ended_why="the case moved on")
    assert "no longer needed since Mon 16 Nov, 09:00: the case moved on" in said(window.get(f"/tasks/{task}"))


def test_a_form_of_a_lost_session_becomes_a_draft(town: SmallTown, nurse: UUID, window: Browser) -> None:
    task = town.task(town.case(), assignee_id=nurse)
    page = window.get(f"/tasks/{task}").text
    token = re.search(r'name="draft_token" value="([^"]+)"', page)
    assert token
    window.forget_session()
    window.post(f"/tasks/{task}/complete", {"draft_token": token[1], "notes": "An hour of typing"})
    assert kept(town, task, nurse)["notes"] == ["An hour of typing"]


def test_whoever_cannot_do_a_task_gives_it_back_with_a_reason_or_names_a_colleague(
    town: SmallTown, nurse: UUID, window: Browser
) -> None:
    task = town.task(town.case(), assignee_id=nurse)
    assert "Can’t do this…" in window.get(f"/tasks/{task}").text
    asked = window.post(f"/tasks/{task}/hand-over?cannot=yes", {"notes": "For whoever goes on"}).headers["Location"]
    page = window.get(asked).text
    assert "You cannot do this task" in page
    assert re.search(r'value="pool"[^>]* checked', page)
    assert f'value="{nurse}"' not in page
    window.post("/inbox/hand-over", {"task": str(task), "to": "pool", "why": "Claimed by mistake"})
    assert kept(town, task, nurse)["notes"] == ["For whoever goes on"]
    assert [each.assignee_id for each in rows(town, Task)] == [None]


def test_handing_over_keeps_what_was_typed(town: SmallTown, nurse: UUID, window: Browser) -> None:
    task = town.task(town.case(), assignee_id=nurse)
    asked = window.post(f"/tasks/{task}/hand-over", {"notes": "For whoever goes on"})
    assert asked.headers["Location"] == f"/inbox/hand-over?task={task}"
    assert window.get(asked.headers["Location"]).status_code == 200
    assert kept(town, task, nurse)["notes"] == ["For whoever goes on"]


@pytest.mark.both_databases
def test_a_case_is_watched_from_its_task(town: SmallTown, nurse: UUID, window: Browser) -> None:
    task = town.task(town.case())
    window.post(f"/tasks/{task}/watch")
    assert "Watching 1" in said(window.get("/inbox"))
    assert "Stop watching this case" in window.get(f"/tasks/{task}").text
    window.post(f"/tasks/{task}/watch?stop=yes")
    assert "Watching 0" in said(window.get("/inbox"))


def docx(*parts: str) -> bytes:
    """A Word document of these parts."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        for part in ("[Content_Types].xml", *parts):
            archive.writestr(part, "<x/>")
    return held.getvalue()


def with_letter(**said: str) -> dict[str, Any]:
    """What the page of the preparation sends, with a letter chosen in it."""
    return {"documents": (io.BytesIO(PDF), "../../Letter from Dr Ö. <b>.pdf"), **said}


def test_a_file_is_kept_with_its_writers_draft_and_shown_to_nobody_else(
    town: SmallTown, nurse: UUID, window: Browser, pages: Flask
) -> None:
    task = town.task(town.case(), form_key="F15")
    answer = window.post(f"/tasks/{task}/complete", with_letter(question="Why?"))
    (file,) = rows(town, Attachment)
    assert (file.case_id, file.media_type, file.name) == (None, "application/pdf", "Letter from Dr Ö. _b.pdf")
    for page in (answer.text, window.get(f"/tasks/{task}").text):
        assert f'type="hidden" name="documents" value="{file.id}"' in page
        assert f"{file.name}, 17 bytes" in page
    assert window.get(f"/attachments/{file.id}").data == PDF
    colleague = at_work(pages, town.staff("Ned Nurse", "nurse east"))
    assert colleague.get(f"/attachments/{file.id}").status_code == 404
    taken = colleague.post(f"/tasks/{task}/save", {"documents": str(file.id), "question": "Mine now?"})
    assert taken.status_code == 303
    assert file.name not in colleague.get(f"/tasks/{task}").text


@pytest.mark.both_databases
def test_a_file_goes_to_the_case_with_its_form(town: SmallTown, nurse: UUID, window: Browser, pages: Flask) -> None:
    case = town.case()
    task = town.task(case, form_key="F15", assignee_id=nurse)
    window.post(f"/tasks/{task}/save", with_letter())
    (file,) = rows(town, Attachment)
    give_to_case(town, nurse, case, str(file.id))
    answer = window.get(f"/attachments/{file.id}")
    assert (answer.data, answer.mimetype) == (PDF, "application/pdf")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert "file seen" in [entry.act for entry in rows(town, AuditEntry)]
    colleague = at_work(pages, town.staff("Ned Nurse", "nurse east"))
    assert colleague.get(f"/attachments/{file.id}").status_code == 200
    stranger = at_work(pages, town.staff("Far Away", "nurse north"))
    assert stranger.get(f"/attachments/{file.id}").status_code == 404
    window.post(f"/tasks/{task}/discard")
    assert len(rows(town, Attachment)) == 1, "what is the case's stays"


def give_to_case(town: SmallTown, staff_id: UUID, case_id: UUID, file_id: str) -> None:
    """File the preparation that names a file, as completing its task does."""
    desk = town.desk(staff_id)
    with desk.work() as work:
        case = work.session.get_one(Case, case_id)
        file_document(work, case, desk.forms.form("F15"), {"documents": [file_id]})
        work.commit()


def test_a_file_can_be_taken_out_and_another_takes_its_place(town: SmallTown, nurse: UUID, window: Browser) -> None:
    task = town.task(town.case(), form_key="F19", assignee_id=nurse)
    window.post(f"/tasks/{task}/save", {"signed_copy": (io.BytesIO(PDF), "page 1.pdf")})
    (first,) = rows(town, Attachment)
    photo = (io.BytesIO(b"\x89PNG\r\n\x1a\n photo"), "stairs.png")
    window.post(f"/tasks/{task}/keep", {"signed_copy": [str(first.id), photo]})
    (second,) = rows(town, Attachment)
    assert second.name == "stairs.png"
    answer = window.post(f"/tasks/{task}/keep", {"signed_copy": str(second.id), "remove": "signed_copy"})
    assert answer.location.endswith("#signed_copy")
    assert rows(town, Attachment) == []
    assert "stairs.png" not in window.get(f"/tasks/{task}").text


def test_a_draft_that_is_thrown_away_takes_its_file_with_it(town: SmallTown, nurse: UUID, window: Browser) -> None:
    task = town.task(town.case(), form_key="F15", assignee_id=nurse)
    window.post(f"/tasks/{task}/save", with_letter())
    window.post(f"/tasks/{task}/discard")
    assert rows(town, Attachment) == []


def test_a_file_of_a_button_s_form_need_not_be_chosen_again(town: SmallTown, nurse: UUID, window: Browser) -> None:
    case = town.case()
    address = "/cases/ACM-000001/do/consent"
    scan = (io.BytesIO(PDF), "signed.pdf")
    answer = window.post(address, {"how": "signed_file", "signed_form": scan})
    assert answer.status_code == 422
    (file,) = rows(town, Attachment)
    assert f'type="hidden" name="signed_form" value="{file.id}"' in answer.text
    assert "signed.pdf, 17 bytes" in answer.text
    answer = window.post(address, {"signed_form": str(file.id), "remove": "signed_form"})
    assert "signed.pdf" not in answer.text
    assert rows(town, Attachment) == []
    assert case is not None


def test_a_file_survives_the_end_of_the_session(town: SmallTown, nurse: UUID, window: Browser) -> None:
    task = town.task(town.case(), form_key="F15", assignee_id=nurse)
    unseen = dict(re.findall(r'name="(csrf_token|draft_token)" value="([^"]+)"', window.get(f"/tasks/{task}").text))
    window.forget_session()
    assert window.client.post(f"/tasks/{task}/complete", data={**unseen, **with_letter()}).status_code == 303
    (file,) = rows(town, Attachment)
    assert kept(town, task, nurse)["documents"] == [str(file.id)]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"MZ a program", "letter.pdf"),
        (b"<html><script>", "picture.png"),
        (docx("word/document.xml", "word/vbaProject.bin"), "macros.docx"),
        (docx("xl/workbook.xml"), "table.docx"),
        (b"PK\x03\x04 broken", "broken.docx"),
        (PDF, "letter.exe"),
        (b"", "empty.pdf"),
        (PDF + b"0" * 10 * 1024 * 1024, "big.pdf"),
    ],
)
def test_a_file_that_is_not_what_it_says_is_refused_and_the_rest_is_kept(
    town: SmallTown, nurse: UUID, window: Browser, content: bytes, name: str
) -> None:
    task = town.task(town.case(), form_key="F15", assignee_id=nurse)
    given = {"documents": (io.BytesIO(content), name), "question": "Why?"}
    answer = window.post(f"/tasks/{task}/complete", given, content_type="multipart/form-data")
    answer.request.environ["wsgi.input"].close()  # the test's own client keeps a big request in a file
    assert answer.status_code == 422
    assert "The file " in answer.text
    assert rows(town, Attachment) == []
    assert kept(town, task, nurse)["question"] == ["Why?"]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"\xff\xd8\xff\xe0 photo", "photo.jpeg"),
        (b"\x89PNG\r\n\x1a\n photo", "x.png"),
        (docx("word/document.xml"), "a.docx"),
    ],
)
def test_photos_and_documents_are_taken(
    town: SmallTown, nurse: UUID, window: Browser, content: bytes, name: str
) -> None:
    task = town.task(town.case(), form_key="F15", assignee_id=nurse)
    given = {"documents": (io.BytesIO(content), name)}
    window.post(f"/tasks/{task}/save", given, content_type="multipart/form-data")
    assert len(rows(town, Attachment)) == 1


def test_the_file_of_another_case_cannot_be_slipped_in(town: SmallTown, nurse: UUID, window: Browser) -> None:
    foreign = Attachment(
        case_id=town.case(team="north"), name="x.pdf", media_type="application/pdf", size=3, content=PDF,
        added_at=town.now,
    )  # fmt: skip
    town.add(foreign)
    case = town.case()
    task = town.task(case, form_key="F15", assignee_id=nurse)
    window.post(f"/tasks/{task}/save", {"documents": str(foreign.id), "question": "Why?"})
    assert str(foreign.id) not in window.get(f"/tasks/{task}").text
    with pytest.raises(AnswersRefused) as refused:
        give_to_case(town, nurse, case, str(foreign.id))
    assert refused.value.errors == {"documents": "The file is not kept any more. Choose it again"}


def test_a_review_begins_with_the_goals_of_the_plan(town: SmallTown, nurse: UUID, window: Browser) -> None:
    case = town.case()
    goals = [{"statement": "See my sister", "status": "on_track"}, {"statement": "Sleep in my own bed"}]
    plan = town.paper(case, "F18", {"goals": goals})
    town.add(CarePlan(case_id=case, number=1, document_id=plan, valid_from=town.now, goals=goals))
    page = window.get(f"/tasks/{town.task(case, form_key='F21', assignee_id=nurse)}").text
    assert "See my sister" in page
    assert "Sleep in my own bed" in page
    assert "Some answers are filled in from the record: check them." in page


def test_what_is_filled_in_out_of_sight_is_not_said_to_be_checked(
    town: SmallTown, nurse: UUID, window: Browser
) -> None:
    """The team of a triage stands behind a verdict that nobody has given yet."""
    page = window.get(f"/tasks/{town.task(town.case(), form_key='F03', assignee_id=nurse)}").text
    assert re.search(r'<option value="east"[^>]* selected', page)
    assert "filled in from the record" not in page


def test_the_summary_for_the_meeting_is_drafted_from_the_assessment(
    town: SmallTown, nurse: UUID, window: Browser
) -> None:
    case = town.case()
    town.paper(case, "F01", {"question": "Is home care enough?"})
    town.paper(case, "F11", {"hopes": "To garden again", "symptoms": "Breathless", "sleep": "not_asked"})
    page = window.get(f"/tasks/{town.task(case, form_key='F15', assignee_id=nurse)}").text
    assert "What symptoms trouble the person: Breathless" in page
    assert ">Is home care enough?</textarea>" in page
    assert ">To garden again</textarea>" in page
    assert "Sleep: Not asked" not in page


def test_whoever_signs_the_assessment_sees_the_level_and_what_it_rests_on(
    town: SmallTown, nurse: UUID, window: Browser
) -> None:
    case = town.case()
    town.paper(case, "F14", {"visit_rule": "two_staff"})
    signing = town.task(case, form_key="F11", assignee_id=nurse, properties={"sections": "summary"})
    town.decided(signing, "risk_level", "very_high", "Three admissions in a year.")
    page = " ".join(window.get(f"/tasks/{signing}").text.split())
    assert "Risk level: very high." in page
    assert "Three admissions in a year." in page
    assert "Risk assessment" in page


def test_the_record_of_the_meeting_begins_with_what_was_prepared(town: SmallTown, nurse: UUID, window: Browser) -> None:
    case = town.case(coordinator_id=nurse)
    town.paper(case, "F15", {"summary": "Three falls this month", "person_view": "I manage"})
    page = window.get(f"/tasks/{town.task(case, form_key='F16', assignee_id=nurse)}").text
    assert ">Three falls this month</textarea>" in page
    assert f'<option value="{nurse}" selected>' in page


def test_the_next_plan_begins_with_the_present_one_and_asks_for_its_dates_anew(
    town: SmallTown, nurse: UUID, window: Browser
) -> None:
    case = town.case()
    plan = town.paper(case, "F18", {"important_to_me": "My garden", "valid_from": "2026-05-05"})
    town.add(CarePlan(case_id=case, number=1, document_id=plan, valid_from=town.now, goals=[]))
    page = window.get(f"/tasks/{town.task(case, form_key='F18', assignee_id=nurse)}").text
    assert ">My garden</textarea>" in page
    assert 'value="2026"' not in page


def test_a_plan_that_is_still_talked_about_keeps_its_dates(town: SmallTown, nurse: UUID, window: Browser) -> None:
    case = town.case()
    town.paper(case, "F18", {"important_to_me": "My garden", "valid_from": "2026-05-05"})
    page = window.get(f"/tasks/{town.task(case, form_key='F18', assignee_id=nurse)}").text
    assert 'value="2026"' in page


def test_the_end_begins_with_the_goals_of_the_last_review(town: SmallTown, nurse: UUID, window: Browser) -> None:
    case = town.case()
    town.paper(case, "F21", {"goals": [{"statement": "Walk to the shop", "status": "achieved"}]})
    page = window.get(f"/tasks/{town.task(case, form_key='F25', assignee_id=nurse)}").text
    assert "Walk to the shop" in page
    assert re.search(r'value="achieved"[^>]*checked', page)


def test_whoever_allocates_sees_what_each_colleague_carries(town: SmallTown, nurse: UUID, window: Browser) -> None:
    town.staff("Free Hand", "nurse east")
    weighty = town.case(coordinator_id=nurse)
    town.case(coordinator_id=nurse)
    town.paper(weighty, "F09", {"weight": 4})
    page = said(window.get(f"/tasks/{town.task(town.case(), form_key='F09', assignee_id=nurse)}"))
    assert "Nia Nurse (2 cases, weight 5)" in page
    assert "Free Hand (0 cases, weight 0)" in page


def test_whoever_is_to_do_what_was_agreed_reads_what_it_is_by_when_and_where_it_was_agreed(
    town: SmallTown, nurse: UUID, window: Browser
) -> None:
    case = town.case()
    row = {"what": "Ring the housing officer", "owner": str(nurse), "due": "2026-11-20", "tell_person": "yes"}
    paper = town.paper(case, "F16", {"actions": [{"what": "Something else"}, row]})
    action = Action(
        case_id=case, what=row["what"], owner_id=nurse, due_on=date(2026, 11, 27), promised=True, postponed=1
    )
    town.add(action)
    given = {"form_key": "F17", "assignee_id": nurse, "variables": {"action_id": action.id.hex}}
    page = window.get(f"/tasks/{town.task(case, **given)}")
    assert "What was agreed Ring the housing officer" in said(page)
    assert "Who does it Nia Nurse" in said(page)
    assert "By when 27 November 2026, put off once " in said(page)
    assert "Promised to the person Yes" in said(page)
    assert f'href="/cases/ACM-000001/documents/{paper}"' in page.text
    assert "15 November 2026, Sam Reed" in said(page)
    assert "What was agreed" not in said(window.get(f"/tasks/{town.task(case, assignee_id=nurse)}"))


def test_whoever_agrees_the_plan_reads_the_plan_above_the_form(town: SmallTown, nurse: UUID, window: Browser) -> None:
    case = town.case()
    town.paper(case, "F18", {"important_to_me": "My garden"})
    town.paper(case, "F18", {"important_to_me": "My garden, and the cat"}, number=2)
    town.paper(
        case,
        "F18",
        {"support": [{"what": "Meals", "who": "Speak slowly"}]},
        number=3,
        sections=["support"],
        author="Nia Nurse",
    )
    page = said(window.get(f"/tasks/{town.task(case, form_key='F19', assignee_id=nurse)}"))
    assert "what Sam Reed, Nia Nurse wrote on 15 November 2026" in page
    for words in ("My garden, and the cat", "Speak slowly"):
        assert page.index(words) < page.index("Is the plan agreed?")
    assert page.count("What is important to me") == 1
    joined = {"important_to_me": "Only the cat", "support": [{"what": "Meals", "who": "Speak slowly"}]}
    town.paper(case, "F18", joined, number=4, author="Fay Faster")  # and of Sam Reed's words none is left
    page = said(window.get(f"/tasks/{town.task(case, form_key='F19', assignee_id=nurse)}"))
    assert "what Nia Nurse, Fay Faster wrote on" in page


def test_lately_names_the_tasks_that_share_one_form(town: SmallTown, nurse: UUID, window: Browser) -> None:
    case = town.case()
    for name in ("Say what you know", "Check the medicines"):
        done = town.task(case, name=name, form_key="F11", status="completed", ended_at=town.now)
        town.paper(case, "F11", {"hopes": "Home"}, task_id=done)
    page = said(window.get(f"/tasks/{town.task(case, assignee_id=nurse)}"))
    assert "“Say what you know” completed" in page
    assert "“Check the medicines” completed" in page


def test_whoever_approves_reads_the_request_above_the_form(town: SmallTown, nurse: UUID, window: Browser) -> None:
    case = town.case()
    town.paper(case, "F08", {"harm": "He may be harmed within days"}, sections=["request"])
    task = town.task(case, form_key="F08", properties={"sections": "approval"}, assignee_id=nurse)
    page = said(window.get(f"/tasks/{task}"))
    assert "what Sam Reed wrote on 15 November 2026" in page
    assert "He may be harmed within days" in page
    assert page.index("He may be harmed") < page.index("Who decides?")
    assert "What serious harm may happen?" in page  # as what was answered,
    assert 'name="harm"' not in window.get(f"/tasks/{task}").text  # not as a question


def a_letter(town: SmallTown, case: UUID, title: str, **given: Any) -> UUID:
    """A letter of a case, a draft unless the test says otherwise."""
    usual = {
        "template": "L06", "title": title, "audience": "person", "recipient": "person",
        "text": f"Subject: About {title}\n\nDear Mrs Khan\n\nWords of {title}.", "status": "draft",
        "written_at": town.now,
    }  # fmt: skip
    letter = Letter(case_id=case, **{**usual, **given})
    town.add(letter)
    return letter.id


def test_whoever_checks_letters_reads_the_drafts_in_full_and_is_led_to_change_them(
    town: SmallTown, nurse: UUID, window: Browser
) -> None:
    case = town.case()
    first = a_letter(town, case, "the plan")
    a_letter(town, case, "the meeting", recipient="gp", audience="professional")
    a_letter(town, case, "the past", status="sent")
    task = town.task(case, form_key="F32", assignee_id=nurse)
    page = window.get(f"/tasks/{task}")
    assert "The letters to check the plan To the person, written 16 November 2026." in said(page)
    assert "About the plan Dear Mrs Khan Words of the plan." in said(page)
    assert "the meeting To the GP practice" in said(page)
    assert f'href="/letters/{first}"' in page.text
    assert "the past" not in said(page)
    assert "Words of" not in said(window.get(f"/tasks/{town.task(case, assignee_id=nurse)}"))


def test_a_partner_organisation_reads_beside_its_task_only_what_was_shared(town: SmallTown, pages: Flask) -> None:
    partner = at_work(pages, town.staff("Vi Partner", "vcse_partner"))
    case = town.case()
    town.paper(case, "F01", {"question": "Between professionals", "views": "Said to the referrer"})
    town.paper(case, "F11", {"hopes": "Told in confidence"})
    town.paper(case, "F18", {"important_to_me": "My garden"})
    page = said(partner.get(f"/tasks/{town.task(case, role='vcse_partner', form_key='F15')}"))
    assert "My garden" in page
    for withheld in ("Between professionals", "Said to the referrer", "Told in confidence", "What the rules say"):
        assert withheld not in page
    assert partner.get(f"/tasks/{town.task(case)}").status_code == 404


# With the shipped diagrams: completing a task moves the case on.


@pytest.fixture
def real(one_programme: Town) -> Town:
    """The demonstration with its diagrams."""
    return one_programme


def staff_id(real: Town, name: str) -> UUID:
    """Somebody of the demonstration."""
    found = real.ask(lambda session: session.scalars(select(StaffMember).where(StaffMember.name.contains(name))).one())
    identity: UUID = found.id
    return identity


def test_after_completing_the_page_says_what_happens_next_and_twice_is_once(real: Town) -> None:
    number = real.refer()
    (task,) = real.open_tasks(number)
    window = at_work(create_app(real.office), staff_id(real, "Siobhan"))
    page = window.get(f"/tasks/{task.id}")
    assert page.status_code == 200
    form = real.office.desk().forms.form("F03")
    answers = filled(form, verdict="accept", priority="standard", changed_advice="no", override_reason=None)
    answers |= {"team": ["east"], "signpost_to": []}
    window.post(f"/tasks/{task.id}/autosave", answers)
    answer = window.post(f"/tasks/{task.id}/complete", answers)
    assert answer.headers["Location"] == "/inbox", said(answer)
    told = said(window.get("/inbox"))
    assert f"Done: “{task.name}”. Next in this case: " in told
    window.post(f"/tasks/{task.id}/complete", answers)
    assert "You had already completed" in said(window.get("/inbox"))
    papers = real.ask(lambda session: session.scalars(select(Document).where(Document.form_key == "F03")).all())
    assert len(papers) == 1
    assert drafts.draft_for(real.office.desk(real.who("Siobhan")), f"task:{task.id}") is None
    late = window.post(f"/tasks/{task.id}/autosave", answers)  # one that was still on its way
    assert late.status_code == 409
    done = said(window.get(f"/tasks/{task.id}"))
    assert "You completed this task on Mon 16 Nov, 09:00." in done
    assert "What should happen with this referral?" in done


def test_the_reason_of_the_rules_and_the_next_own_task_are_offered(real: Town) -> None:
    number = real.refer()
    real.walk_until(number, "first_contact")
    task = next(each for each in real.open_tasks(number) if each.key == "first_contact")
    assert task.assignee_id is not None
    window = at_work(create_app(real.office), task.assignee_id)
    page = said(window.get(f"/tasks/{task.id}"))
    assert "Priority: standard. Nothing urgent is known." in page
    assert re.search(r"The practice belongs to the team [A-Z]\w+\.", page)
    assert "Show its place in the process" in page
    real.office.clock.advance(timedelta(minutes=5))  # type: ignore[attr-defined]
    answer = window.post(f"/tasks/{task.id}/complete", SPOKE | {"at[day]": "16"})
    assert answer.headers["Location"] == "/inbox", said(answer)
    told = window.get("/inbox")
    assert "same case" in said(told)
    assert re.search(r'Next: <a href="/tasks/[0-9a-f-]+">', told.text)
