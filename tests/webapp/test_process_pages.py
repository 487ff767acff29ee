"""The pages on which people read the process and work on changes of it."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from lxml import html as markup
from werkzeug.test import TestResponse

from tests.webapp.conftest import Browser, SignedIn
from workflows.actions.diagrams import SHIPPED, publish_files, publish_shipped
from workflows.actions.programmes import load_programme
from workflows.assembly import Office
from workflows.casework.access import ROLES, Actor, Post

OPERATOR = Actor(None, "an operator", (Post("sysadmin", None, None),))
ACTION = (SHIPPED["bpmn"] / "action.bpmn").read_bytes()
OURS = ACTION.replace(b'name="Action"', b'name="Our action"', 1)
CHANGED = OURS.replace(b'value="due.postponed_action"', b'value="due.handover"')
BROKEN = OURS.replace(b"bpmn:userTask", b"bpmn:scriptTask")


@pytest.fixture(autouse=True)
def published(app: Flask, office: Office) -> None:
    """What is shipped counts, with the times that it names."""
    acm = Path(SHIPPED["bpmn"]).parent / "programmes" / "acm.json"
    load_programme(office.desk(OPERATOR), json.loads(acm.read_text(encoding="utf-8")))
    publish_shipped(office.desk())


@pytest.fixture
def editor(as_role: SignedIn) -> Browser:
    """A process editor."""
    return as_role("process_editor")


@pytest.fixture
def other(as_role: SignedIn) -> Browser:
    """Another person who edits."""
    return as_role("service_manager", name="Max Orr")


@pytest.fixture
def change(editor: Browser) -> str:
    """The address of a change that holds the diagram “action”."""
    begun = editor.post("/process/changes/new", {"title": "Sooner", "sort": "diagrams", "key": "action"})
    assert begun.status_code == 303
    return str(begun.location)


def said(page: TestResponse) -> str:
    return " ".join(markup.fromstring(page.text).text_content().split())


def mark(page: TestResponse) -> str:
    """The mark that the forms of a page send."""
    return re.findall(r'name="seen" value="(\d+)"', page.text)[0]


def upload(browser: Browser, change: str, xml: bytes, **given: Any) -> TestResponse:
    """Bring a file back into a change."""
    seen = mark(browser.get(f"{change}/diagrams/action/saved"))
    sent = {"file": (io.BytesIO(xml), "action.bpmn"), "seen": seen, **given}
    return browser.post(f"{change}/diagrams/action/file", sent, follow_redirects=True)


def ask(browser: Browser, address: str, **sent: Any) -> TestResponse:
    """Ask as the editor in the browser does."""
    token = {"X-CSRFToken": browser.token(), "Accept": "application/json"}
    return browser.client.post(address, json=sent, headers=token)


@pytest.mark.parametrize("role", sorted(ROLES))
def test_care_and_process_staff_read_and_only_some_change(as_role: SignedIn, change: str, role: str) -> None:
    browser = as_role(role, name="Bo Lane")
    reads = role not in ("analyst", "referrer", "sysadmin")
    for address in ("/process", "/process/diagrams/action", "/process/tables/priority", "/process/changes", change):
        assert browser.get(address).status_code == (200 if reads else 403)
    drafts = role in ("process_editor", "service_manager")
    assert browser.get("/process/changes/new").status_code == (200 if drafts else 403)
    assert browser.post(f"{change}/withdraw").status_code == (303 if drafts else 403)
    in_menu = 'href="/process"' in browser.get("/account").text
    assert in_menu == (drafts or role == "process_approver")


def test_what_counts_today_is_found_by_name_and_kind(editor: Browser) -> None:
    assert "tables, by name" in said(editor.get("/process?sort=tables"))
    assert "1 diagram or table, by name" in said(editor.get("/process?words=how+soon"))
    assert "has this in its name" in said(editor.get("/process?words=nothing+of+that+name"))
    assert editor.get("/process?sort=forms").status_code == 404


def test_a_diagram_is_drawn_and_told_with_its_versions(editor: Browser) -> None:
    page = editor.get("/process/diagrams/action")
    assert 'data-diagram="/process/diagrams/action/versions/1/drawing"' in page.text
    assert "done by the" in said(page)
    assert "Version 1 (counts today)" in said(page)
    assert editor.get("/process/diagrams/action/versions/1/file").data == ACTION
    assert b'name="Care coordinator"' in editor.get("/process/diagrams/action/versions/1/drawing").data
    assert editor.get("/process/diagrams/action/versions/2/file").status_code == 404
    assert editor.get("/process/diagrams/nothing").status_code == 404


def test_a_table_is_shown_rule_by_rule(editor: Browser) -> None:
    page = said(editor.get("/process/tables/priority"))
    assert "hit policy FIRST" in page
    assert "Immediate danger" in page


def test_a_change_begins_with_what_was_looked_at(editor: Browser, change: str) -> None:
    page = said(editor.get(change))
    assert "Being drafted" in page
    assert "Nothing yet" in page
    assert "Sooner" in said(editor.get("/process/diagrams/action"))
    assert "1 change, newest first" in said(editor.get("/process/changes"))


def test_a_change_needs_a_title_and_what_was_typed_stays(editor: Browser) -> None:
    answer = editor.post("/process/changes/new", {"title": " ", "why": "because", "sort": "diagrams", "key": "action"})
    assert answer.status_code == 422
    assert "Say in a few words" in answer.text
    assert "because" in answer.text
    assert 'value="action"' in answer.text


def test_a_file_changed_elsewhere_is_brought_back_and_told_in_words(editor: Browser, change: str) -> None:
    assert editor.get(f"{change}/diagrams/action/file").data == ACTION
    page = said(upload(editor, change, CHANGED))
    assert "The file is saved in this change." in page
    assert "Everything in this change would run." in page
    differs = said(editor.get(f"{change}/diagrams/action/compare"))
    assert (
        "time it is due from Decide about an action put off too often to Hand over to another team or area" in differs
    )
    assert "Reads otherwise" in differs


def test_what_is_wrong_in_a_file_is_said_and_the_file_is_kept(editor: Browser, change: str) -> None:
    page = said(upload(editor, change, BROKEN))
    assert "This cannot be published as it is." in page
    sent = editor.post(f"{change}/send", {"why": "to try"})
    assert sent.status_code == 422
    assert "Problem" in said(sent)
    no_file = upload(editor, change, b"no xml at all")
    assert no_file.status_code == 422
    assert "action.bpmn" in said(no_file)
    assert editor.get(f"{change}/diagrams/action/file").data == BROKEN


def test_two_people_met_and_one_version_is_taken(editor: Browser, other: Browser, change: str) -> None:
    seen = mark(editor.get(f"{change}/diagrams/action/saved"))
    upload(editor, change, CHANGED)
    page = upload(other, change, OURS, seen=seen)
    assert "Nothing is lost" in said(page)
    assert "Take mine" in said(page)
    settled = other.post(page.request.path, {"take": "copy", "seen": mark(page)}, follow_redirects=True)
    assert "It stands now." in said(settled)
    assert editor.get(f"{change}/diagrams/action/file").data == OURS


def test_an_earlier_save_is_looked_at_and_stands_again(editor: Browser, change: str) -> None:
    upload(editor, change, CHANGED)
    page = editor.get(f"{change}/diagrams/action/saved")
    (link,) = re.findall(r'href="(/process/changes/[^"]+/beside/[^"]+)"', page.text)
    look = editor.get(link)
    restored = editor.post(
        link.replace("/beside/", "/saves/") + "/restore", {"seen": mark(look)}, follow_redirects=True
    )
    assert "stands again" in said(restored)
    assert editor.get(f"{change}/diagrams/action/file").data == ACTION


def test_who_has_it_in_hand_is_said_and_can_be_taken_over_from(editor: Browser, other: Browser, change: str) -> None:
    upload(editor, change, CHANGED)
    assert "Anna Bell is editing it now" in said(other.get(f"{change}/diagrams/action/saved"))
    page = other.post(f"{change}/diagrams/action/take-over", follow_redirects=True)
    assert "It is in your hands now." in said(page)


def test_a_change_is_sent_taken_back_and_withdrawn(editor: Browser, change: str) -> None:
    upload(editor, change, CHANGED)
    assert editor.post(f"{change}/send", {"why": ""}).status_code == 422
    assert "Waiting for approval" in said(editor.post(f"{change}/send", {"why": "sooner"}, follow_redirects=True))
    assert "Being drafted" in said(editor.post(f"{change}/take-back", follow_redirects=True))
    assert "Withdrawn" in said(editor.post(f"{change}/withdraw", follow_redirects=True))
    assert "Sooner" in said(editor.get("/process/changes?show=ended"))


def test_more_is_taken_in_begun_and_left_out(editor: Browser, change: str) -> None:
    taken = said(editor.post(f"{change}/take-in", {"model": "tables/priority"}, follow_redirects=True))
    assert "2 diagrams and tables" in taken
    new = {"sort": "diagrams", "key": "pharmacy check", "name": "Pharmacy"}
    assert "Use small letters" in said(editor.post(f"{change}/begin-new", new))
    begun = editor.post(f"{change}/begin-new", {**new, "key": "pharmacy"}, follow_redirects=True)
    assert "All of it is new" in said(begun)
    assert editor.get(f"{change}/diagrams/pharmacy/saved").status_code == 200
    assert "All of it is new" in said(editor.get(f"{change}/diagrams/pharmacy/compare"))
    left = editor.post(f"{change}/diagrams/pharmacy/leave-out", follow_redirects=True)
    assert "Pharmacy" not in said(left)
    assert editor.post(f"{change}/take-in", {"model": ""}).status_code == 422


def test_what_others_published_since_is_brought_up_by_choice(editor: Browser, change: str, office: Office) -> None:
    upload(editor, change, CHANGED)
    publish_files(office.desk(OPERATOR), {"action.bpmn": OURS}, "meanwhile")
    assert "Others have published since" in said(editor.get(change))
    refused = editor.post(f"{change}/bring-up")
    assert refused.status_code == 422
    assert "Say which of the two is to stand" in said(refused)
    editor.post(f"{change}/bring-up", {"bpmn:action": "theirs"})
    assert editor.get(f"{change}/diagrams/action/file").data == OURS
    compared = said(editor.get("/process/diagrams/action/compare"))
    assert "version 1 beside version 2" in compared
    assert "Reads otherwise" in compared


def test_the_editor_in_the_browser_reads_saves_and_checks(editor: Browser, change: str) -> None:
    here = f"{change}/diagrams/action"
    found = editor.get(f"{here}/content").get_json()
    assert (found["xml"].encode(), found["mark"], found["may_edit"], found["held_by"]) == (ACTION, 1, True, "")
    assert ask(editor, f"{here}/hold").get_json()["until"] == "09:05"
    saved = ask(editor, f"{here}/content", xml=CHANGED.decode(), seen=1).get_json()
    assert saved == {"mark": 2, "saved_at": "09:00"}
    assert ask(editor, f"{here}/check").get_json()["runnable"] is True
    drawn = ask(editor, f"{here}/check", xml=BROKEN.decode()).get_json()
    assert drawn["runnable"] is False
    assert {"element", "rule", "severity", "message", "fix"} <= set(drawn["answers"][0]["findings"][0])
    assert ask(editor, f"{here}/let-go").status_code == 204
    assert ask(editor, f"{here}/content", xml="no", seen=2).status_code == 422
    assert ask(editor, f"{here}/content", xml=7).status_code == 422


def test_the_editor_in_the_browser_is_told_of_others(editor: Browser, other: Browser, change: str) -> None:
    here = f"{change}/diagrams/action"
    ask(editor, f"{here}/hold")
    held = ask(other, f"{here}/hold")
    assert (held.status_code, held.get_json()["by"]) == (409, "Anna Bell")
    assert ask(other, f"{here}/hold", over=True).status_code == 200
    late = ask(editor, f"{here}/content", xml=CHANGED.decode(), seen=1)
    assert (late.status_code, late.get_json()["by"], late.get_json()["saved"]) == (409, "Max Orr", False)
    assert editor.get(late.get_json()["look"]).status_code == 200


def test_without_the_token_of_the_page_nothing_is_saved(editor: Browser, change: str) -> None:
    sent = json.dumps({"xml": CHANGED.decode(), "seen": 1})
    answer = editor.client.post(f"{change}/diagrams/action/content", data=sent, content_type="application/json")
    assert answer.status_code == 400
