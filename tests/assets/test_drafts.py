"""What a person has typed is kept without being asked, and the page says truthfully whether it is."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.assets.site import Site
from tests.browser import Axe
from tests.web_server import Serve

pytestmark = pytest.mark.journey

FORM = """<form data-draft-url="/draft" method="post" action="/">
<input type="hidden" name="seen" value="1">
<label for="note">Note</label> <input id="note" name="note">
<label for="file">File</label> <input id="file" name="file" type="file">
<p class="app-draft" data-draft-state></p><button>Complete</button></form>"""


def opened(page: Page, serve: Serve, site: Site) -> None:
    """Open the site with the browser's time in the test's hand."""
    page.clock.install()
    page.goto(serve(site))


def typed(page: Page, text: str) -> None:
    page.get_by_label("Note").fill(text)
    page.clock.run_for(3_100)


def test_a_change_is_saved_a_few_seconds_later_and_the_page_says_when(page: Page, serve: Serve, axe: Axe) -> None:
    site = Site(FORM, answer=("200 OK", '{"saved_at": "09:12"}'))
    opened(page, serve, site)
    typed(page, "Seen at home")
    expect(page.locator("[data-draft-state]")).to_have_text("Draft saved 09:12")
    assert site.drafts == [{"seen": ["1"], "note": ["Seen at home"]}]
    assert site.tokens == ["a-token"]
    assert axe(page) == []


def test_the_next_draft_names_the_one_it_follows(page: Page, serve: Serve) -> None:
    site = Site(FORM, answer=("200 OK", '{"saved_at": "09:12", "seen": 7}'))
    opened(page, serve, site)
    typed(page, "first")
    expect(page.locator("[data-draft-state]")).to_have_text("Draft saved 09:12")
    with page.expect_response("**/draft"):
        typed(page, "second")
    assert [draft["seen"] for draft in site.drafts] == [["1"], ["7"]]


def test_without_a_connection_the_page_does_not_claim_to_have_saved_and_tries_again(page: Page, serve: Serve) -> None:
    site = Site(FORM, answer=("200 OK", '{"saved_at": "09:13"}'))
    opened(page, serve, site)
    page.context.set_offline(True)
    typed(page, "Seen at home")
    expect(page.locator("[data-draft-state]")).to_have_text("Not saved: no connection")
    page.context.set_offline(False)
    expect(page.locator("[data-draft-state]")).to_have_text("Draft saved 09:13")


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        ("409 Conflict", "Not saved: somebody else has changed this"),
        ("401 Unauthorized", "Not saved: sign in again"),
        ("302 Found", "Not saved: sign in again"),
        ("500 Internal Server Error", "Not saved: something went wrong here, trying again"),
    ],
)
def test_a_refused_draft_says_why(page: Page, serve: Serve, status: str, sentence: str) -> None:
    opened(page, serve, Site(FORM, answer=(status, "{}")))
    typed(page, "Seen at home")
    expect(page.locator("[data-draft-state]")).to_have_text(sentence)


def test_a_draft_of_a_task_that_is_over_says_so_in_the_words_of_the_service(page: Page, serve: Serve) -> None:
    site = Site(FORM, answer=("409 Conflict", '{"detail": "You completed this task on Monday."}'))
    opened(page, serve, site)
    typed(page, "Seen at home")
    expect(page.locator("[data-draft-state]")).to_have_text("You completed this task on Monday.")
    site.answer = ("200 OK", '{"saved_at": "09:14", "note": "Fay completed this task on Monday."}')
    typed(page, "Seen at home, and well")
    page.clock.run_for(10_000)
    expect(page.locator("[data-draft-state]")).to_have_text("Draft saved 09:14. Fay completed this task on Monday.")


def test_files_that_are_too_big_are_held_back_and_what_is_typed_beside_them_is_still_kept(
    page: Page, serve: Serve, axe: Axe
) -> None:
    site = Site(FORM, answer=("200 OK", '{"saved_at": "09:12"}'))
    opened(page, serve, site)
    page.get_by_label("Note").fill("Seen at home")
    page.get_by_label("File").set_input_files(
        {"name": "f.pdf", "mimeType": "application/pdf", "buffer": bytes(900_000)}
    )
    page.get_by_role("button", name="Complete").click()
    expect(page.get_by_role("alert")).to_have_text("The file chosen has 0.9 MB. Send no more than 1 MB at once")
    expect(page.get_by_label("Note")).to_have_value("Seen at home")
    page.clock.run_for(3_100)
    expect(page.locator("[data-draft-state]")).to_have_text("Draft saved 09:12")
    assert [draft["note"] for draft in site.drafts] == [["Seen at home"]]
    assert axe(page) == []


def test_a_page_that_answered_a_form_is_gone_back_to_without_sending_the_form_again(page: Page, serve: Serve) -> None:
    site = Site('<form method="post" action="/complete" data-own-address="/task"><button>Complete</button></form>')
    address = serve(site)
    page.goto(address)
    page.get_by_role("button", name="Complete").click()
    page.wait_for_url("**/task")
    page.reload()
    assert site.asked.count("POST /complete") == 1
    assert "GET /task" in site.asked


def test_nothing_is_sent_while_nothing_changes(page: Page, serve: Serve) -> None:
    site = Site(FORM)
    opened(page, serve, site)
    page.clock.run_for(60_000)
    assert site.drafts == []
