"""A decision table is changed and tried on pages, without a script."""

from __future__ import annotations

import pytest
from lxml import html as markup
from werkzeug.test import TestResponse

from tests.webapp.conftest import Browser, SignedIn
from tests.webapp.test_process_pages import published, said  # noqa: F401 - what is shipped counts here, too


@pytest.fixture
def editor(as_role: SignedIn) -> Browser:
    """Who changes the table."""
    return as_role("process_editor")


@pytest.fixture
def table(editor: Browser) -> str:
    """The address of the table “priority” in a change."""
    begun = editor.post("/process/changes/new", {"title": "Sooner", "sort": "tables", "key": "priority"})
    return f"{begun.location}/tables/priority"


def typed(page: TestResponse) -> dict[str, str]:
    """What stands in the form of a rule."""
    (form,) = markup.fromstring(page.text).xpath("//form[@id='cells']")
    return {one.name: one.value for one in form.inputs if one.name and one.name != "csrf_token"}


def rules(editor: Browser, table: str) -> list[str]:
    """The rules of the table as they stand in the change, each as the page says it."""
    page = markup.fromstring(editor.get(f"{table}/saved").text)
    return [" ".join(row.text_content().split()) for row in page.xpath("//table[1]/tbody/tr")]


def test_a_rule_is_changed_and_stands_in_the_change(editor: Browser, table: str) -> None:
    form = typed(editor.get(f"{table}/rules/1"))
    assert editor.post(f"{table}/rules/1", {**form, "note": "Danger first"}).status_code == 303
    assert rules(editor, table)[0].endswith("Danger first")


def test_a_new_rule_is_put_before_another_moved_and_taken_out(editor: Browser, table: str) -> None:
    before = len(rules(editor, table))
    form = typed(editor.get(f"{table}/rules/1?new=yes"))
    editor.post(f"{table}/rules/1", {**form, "note": "The new one"})
    assert (len(rules(editor, table)), "The new one" in rules(editor, table)[0]) == (before + 1, True)
    seen = typed(editor.get(f"{table}/rules/1"))["seen"]
    editor.post(f"{table}/rules/1/move", {"seen": seen, "to": "2"})
    assert "The new one" in rules(editor, table)[1]
    seen = typed(editor.get(f"{table}/rules/2"))["seen"]
    editor.post(f"{table}/rules/2/remove", {"seen": seen})
    assert len(rules(editor, table)) == before


def test_what_somebody_else_saved_meanwhile_is_said_and_nothing_typed_is_lost(editor: Browser, table: str) -> None:
    form = typed(editor.get(f"{table}/rules/1"))
    editor.post(f"{table}/rules/2", {**typed(editor.get(f"{table}/rules/2")), "note": "Saved meanwhile"})
    late = editor.post(f"{table}/rules/1", {**form, "note": "Typed in vain?"})
    assert late.status_code == 422
    assert "Somebody saved another version meanwhile" in said(late)
    assert typed(late)["note"] == "Typed in vain?"
    assert "Typed in vain?" not in " ".join(rules(editor, table))


def test_the_table_is_tried_with_made_up_facts_that_stand_in_no_address(editor: Browser, table: str) -> None:
    page = editor.get(f"{table}/try")
    assert "Made-up facts" in said(page)
    told = said(editor.post(f"{table}/try", {"immediate_danger": "true"}))
    assert "Yes, and it counts" in told
    assert "priority: emergency" in told


def test_a_rule_that_does_not_exist_has_no_page(editor: Browser, table: str) -> None:
    assert editor.get(f"{table}/rules/99").status_code == 404


def test_who_does_not_draft_changes_no_rule(as_role: SignedIn, table: str) -> None:
    assert as_role("nurse", name="Nia Nurse").get(f"{table}/rules/1").status_code == 403


def test_past_decisions_are_made_again_under_the_draft(editor: Browser, table: str) -> None:
    assert "This table has decided nothing since" in said(editor.get(f"{table}/again?months=12"))
    assert editor.get(f"{table}/again?months=5").status_code == 422
