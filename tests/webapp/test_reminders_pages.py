"""The pages on which managers read, draft, try and publish who is told when."""

from __future__ import annotations

import io

import pytest
from lxml import html as markup

from tests.webapp.conftest import Browser, SignedIn
from workers.jobs import try_ladders
from workflows.assembly import Office
from workflows.casework.ladder_table import standard, written

PAGE = "/programme/acm/reminders"
DRAFT, TRY = f"{PAGE}/draft", f"{PAGE}/try"
SOONER = written(standard()).replace("A,L2,+2WD", "A,L2,+1WD")
LADDER = f"{DRAFT}/ladder/A"


@pytest.fixture
def manager(as_role: SignedIn) -> Browser:
    """The manager of the programme."""
    return as_role("service_manager", name="Max Orr")


def shown(page: str) -> dict[str, str | list[str]]:
    """What a browser would send of the form of a ladder as a page holds it."""
    (form,) = markup.fromstring(page).xpath("//form[@id='rungs']")
    typed = dict(form.form_values())
    return {**typed, "row": [value for name, value in form.form_values() if name == "row"]}


def texts(page: str, path: str) -> list[str]:
    return [" ".join(one.text_content().split()) for one in markup.fromstring(page).xpath(path)]


def file_of(table: str) -> dict[str, object]:
    return {"file": (io.BytesIO(table.encode()), "reminders.csv")}


def test_everybody_reads_who_is_told_when_and_only_managers_change_it(as_role: SignedIn) -> None:
    nurse = as_role("nurse", "east")
    page = nurse.get(PAGE).text
    assert "2 working days after it was due" in page
    assert "Team manager: in the morning message. Not if somebody has said that they know of it." in page
    assert "go to your draft" not in page
    assert nurse.get(DRAFT).status_code == 403
    assert nurse.get(f"{PAGE}/0").status_code == 200
    assert nurse.get(f"{PAGE}/7").status_code == 404


def test_a_whole_ladder_is_changed_on_one_page(manager: Browser) -> None:
    typed = shown(manager.get(LADDER).text)
    assert [typed[f"{part}-2"] for part in ("amount", "unit", "side", "whom1", "how", "until")] == [
        "2", "WD", "after", "team_manager", "daily", "seen",
    ]  # fmt: skip
    typed = shown(manager.post(LADDER, {**typed, "amount-2": "3", "act": "add"}).text)
    assert (typed["row"], typed["amount-2"], typed["side-4"]) == (["0", "1", "2", "3", "4"], "3", "after")
    typed = shown(manager.post(LADDER, {**typed, "amount-4": "1", "whom1-4": "gp_lead", "act": "out-0"}).text)
    assert (typed["row"], typed["whom1-4"]) == (["1", "2", "3", "4"], "gp_lead")
    assert "You have not changed anything yet" in manager.get(DRAFT).text
    page = manager.post(LADDER, typed, follow_redirects=True).text
    assert "Promised to a person: kept in your draft." in page
    assert "Promised to a person, R1 is taken out." in page
    assert "Promised to a person, L2 is new: 1 working day after it was due. GP lead and MDT chair: " in page
    assert "Promised to a person, L3, was L2: goes to the team manager after 3 working days instead of 2." in page
    assert manager.get(f"{DRAFT}/ladder/D").status_code == 404


def test_every_fault_is_said_at_its_cell_and_what_was_typed_stays(manager: Browser) -> None:
    wrong = {"amount-0": "soon", "whom1-1": "", "again-2": "x", "until-3": "seen", "side-2": "before", "unit-2": "%"}
    answer = manager.post(LADDER, {**shown(manager.get(LADDER).text), **wrong, "amount-2": "120"})
    assert answer.status_code == 422
    said = markup.fromstring(answer.text).xpath("//*[contains(@class, 'error-summary__list')]//a/@href")
    assert said == ["#amount-0", "#whom1-1", "#amount-2", "#again-2", "#until-3"]
    assert "Say both whom to tell and how, or neither" in answer.text
    assert {name: shown(answer.text)[name] for name in wrong} == wrong


def test_what_somebody_saved_meanwhile_is_shown_and_not_written_over(manager: Browser) -> None:
    typed = shown(manager.get(LADDER).text)
    manager.post(LADDER, {**typed, "amount-2": "3"})
    late = manager.post(LADDER, {**typed, "amount-2": "4"})
    assert late.status_code == 409
    assert "goes to the team manager after 4 working days instead of 3." in late.text
    assert "after 3 working days instead of 2." in manager.get(DRAFT).text
    manager.post(LADDER, shown(late.text))
    assert "after 4 working days instead of 2." in manager.get(DRAFT).text


def test_any_two_versions_and_the_draft_are_compared_in_words_and_side_by_side(
    manager: Browser, as_role: SignedIn
) -> None:
    manager.post(f"{DRAFT}/file", file_of(SOONER.replace("C,L2,+10WD,,team_manager,weekly,,,,done,\n", "")))
    page = manager.get(f"{PAGE}/compare?one=0&other=draft").text
    assert "Promised to a person, L2: goes to the team manager after 1 working day instead of 2." in page
    assert texts(page, "//td//strong") == ["Changed", "Taken out"]
    assert texts(page, "//ins") == ["1 working day after it was due."]
    assert texts(page, "//del")[0] == "2 working days after it was due."
    assert "The same in both: Safety, Internal, Review of the plan." in page
    assert "Both say the same." in manager.get(f"{PAGE}/compare?one=0&other=0").text
    assert manager.get(f"{PAGE}/compare?one=0&other=9").status_code == 404
    nurse = as_role("nurse", "east")
    assert "Both say the same." in nurse.get(f"{PAGE}/compare").text
    assert nurse.get(f"{PAGE}/compare?one=0&other=draft").status_code == 403


def test_a_table_from_a_spreadsheet_becomes_the_draft_or_every_fault_is_said(manager: Browser) -> None:
    handed = manager.get(f"{PAGE}/0.csv")
    assert handed.mimetype == "text/csv"
    table = handed.data.decode("utf-8-sig").replace("A,L2,'+2WD", "A,L2,'+1WD")
    page = manager.post(f"{DRAFT}/file", file_of(table), follow_redirects=True).text
    assert "Promised to a person, L2: goes to the team manager after 1 working day instead of 2." in page
    broken = manager.post(f"{DRAFT}/file", file_of(table.replace("C,L1,due", "C,L1,later")))
    assert broken.status_code == 422
    assert "C L1: L1 is the moment at which a task is due" in broken.text
    assert manager.post(f"{DRAFT}/file", {"file": (io.BytesIO(b"\xff\xfe\x00"), "x.xlsx")}).status_code == 422
    assert manager.post(f"{DRAFT}/discard", follow_redirects=True).status_code == 200
    assert "You have not changed anything yet" in manager.get(DRAFT).text


def test_a_draft_is_tried_then_published_and_can_be_gone_back_from(manager: Browser, office: Office) -> None:
    manager.post(f"{DRAFT}/file", file_of(SOONER))
    assert "Publish your draft" not in manager.get(TRY).text
    assert manager.post(f"{PAGE}/publish", {"why": "Sooner"}).status_code == 422
    days = {"first[day]": "1", "first[month]": "8", "first[year]": "2026"}
    assert manager.post(TRY, days).status_code == 422
    days |= {"last[day]": "31", "last[month]": "10", "last[year]": "2026"}
    assert "Being tried" in manager.post(TRY, days, follow_redirects=True).text
    assert manager.get(f"{TRY}/progress").json == {
        "going_on": True, "done": 0, "good": 1, "words": "Your draft is about to be tried",
    }  # fmt: skip
    try_ladders.ITEMS.work(office)
    assert manager.get(f"{TRY}/progress").json == {"going_on": False}
    page = manager.get(TRY).text
    assert "0 tasks from 1 August 2026 to 31 October 2026." in page
    assert manager.post(f"{PAGE}/publish", {"why": " "}).status_code == 422
    page = manager.post(f"{PAGE}/publish", {"why": "Two days are too long"}, follow_redirects=True).text
    assert "Version 1 counts from now on." in page
    assert "Max Orr" in page
    assert (
        "Promised to a person, L2: goes to the team manager after 1 working day instead of 2."
        in manager.get(f"{PAGE}/1").text
    )
    page = manager.post(f"{PAGE}/0/again", follow_redirects=True).text
    assert "Your draft is now version 0." in page
