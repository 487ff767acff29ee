"""Nothing typed is lost when a session ends or a page is old."""

from __future__ import annotations

import io
import re
from uuid import UUID

import pytest
from flask import Blueprint, Flask, render_template_string
from itsdangerous import TimestampSigner, URLSafeTimedSerializer

from tests.builders.colleagues import desk_of, hire
from tests.webapp.conftest import Browser
from webapp import create_app, guard, rescue
from workflows.actions.drafts import discard_draft, draft_for, save_draft
from workflows.assembly import Office

TYPED = {"what": "She wants to sleep in her own bed", "agrees": ["yes", "in writing"]}
FORM = """{% from "parts/form.html" import csrf, rescuable %}
<form method="post">{{ csrf() }}{{ rescuable("task:1", "F03", 2) }}<textarea name="what"></textarea></form>"""


@pytest.fixture
def nurse_id(office: Office) -> UUID:
    """A nurse in East."""
    return hire(office, "Anna Bell", "nurse", "east")


@pytest.fixture
def nurse(office: Office, nurse_id: UUID) -> Browser:
    """The nurse, signed in, in an application with a room that holds a long form."""
    app = create_app(office)
    room = Blueprint("long", __name__)
    room.add_url_rule("/long", "form", guard.permission("inbox")(lambda: render_template_string(FORM)))
    room.add_url_rule("/long", "send", guard.permission("inbox")(lambda: "sent"), methods=["POST"])
    app.register_blueprint(room)
    browser = Browser(app.test_client())
    browser.sign_in("Anna Bell")
    return browser


def fields(browser: Browser) -> dict[str, str]:
    """What the form carries unseen."""
    return dict(re.findall(r'name="(csrf_token|draft_token)" value="([^"]+)"', browser.get("/long").text))


def kept(office: Office, staff_id: UUID) -> dict[str, list[str]] | None:
    """The draft, if there is one."""
    draft = draft_for(desk_of(office, staff_id), "task:1")
    return draft.raw if draft else None


@pytest.mark.both_databases
def test_a_form_sent_after_the_session_ended_becomes_a_draft(nurse: Browser, office: Office, nurse_id: UUID) -> None:
    unseen = fields(nurse)
    nurse.forget_session()
    answer = nurse.client.post("/long", data={**unseen, **TYPED}, headers={"Referer": "http://localhost/long"})
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/sign-in?next=/long&kept=yes"
    assert kept(office, nurse_id) == {"what": [TYPED["what"]], "agrees": ["yes", "in writing"]}


def fields_of_old(browser: Browser, days: int) -> dict[str, str]:
    """What a form carries unseen that was opened days ago."""

    class Before(TimestampSigner):
        def get_timestamp(self) -> int:
            return super().get_timestamp() - days * 24 * 60 * 60

    secret = str(browser.client.application.secret_key)
    with pytest.MonkeyPatch.context() as then:
        then.setattr(rescue, "signer", lambda purpose: URLSafeTimedSerializer(secret, salt=purpose, signer=Before))
        return fields(browser)


@pytest.mark.parametrize("days", [3, 21])
def test_a_form_left_open_over_a_weekend_or_a_holiday_becomes_a_draft(
    nurse: Browser, office: Office, nurse_id: UUID, days: int
) -> None:
    unseen = fields_of_old(nurse, days)
    nurse.forget_session()
    assert nurse.client.post("/long", data={**unseen, **TYPED}).status_code == 303
    assert kept(office, nurse_id) is not None


def test_what_comes_too_late_to_be_kept_is_said_again_and_can_be_sent(
    nurse: Browser, office: Office, nurse_id: UUID
) -> None:
    sent = {**fields_of_old(nurse, 100), "csrf_token": "of another day", **TYPED}
    late = nurse.client.post("/long", data=sent)
    assert late.status_code == 400
    assert kept(office, nurse_id) is None
    assert "<dd>She wants to sleep in her own bed</dd>" in late.text
    assert "Send it again" in late.text
    nurse.post("/sign-out")
    nobody = nurse.client.post("/long", data=sent)
    assert nobody.status_code == 401
    assert "<dd>She wants to sleep in her own bed</dd>" in nobody.text
    hire(office, "Ben Carr", "nurse", "east")
    nurse.sign_in("Ben Carr")
    assert "her own bed" not in nurse.client.post("/long", data=sent).text


def test_a_form_of_an_old_page_becomes_a_draft(nurse: Browser, office: Office, nurse_id: UUID) -> None:
    unseen = fields(nurse) | {"csrf_token": "of another day"}
    answer = nurse.client.post("/long", data={**unseen, **TYPED})
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/long"
    assert kept(office, nurse_id) is not None
    told = nurse.get("/account").text
    assert "kept as a draft" in told
    assert ">Important</h2>" in told  # what was not taken is not called done


def test_what_was_typed_beside_files_that_are_too_big_becomes_a_draft(
    nurse: Browser, office: Office, nurse_id: UUID
) -> None:
    film = {"film": (io.BytesIO(b"0" * 13 * 1024 * 1024), "film.mov")}
    answer = nurse.client.post("/long", data={**fields(nurse), **TYPED, **film})
    answer.request.environ["wsgi.input"].close()  # the test's own client keeps a big request in a file
    assert answer.status_code == 303
    assert answer.headers["Location"] == "/long"
    assert kept(office, nurse_id) == {"what": [TYPED["what"]], "agrees": ["yes", "in writing"]}
    told = nurse.get("/account").text
    assert "more than 12 MB at once. What you typed is kept as a draft." in told
    assert ">Important</h2>" in told


def test_a_token_that_was_tampered_with_keeps_nothing(nurse: Browser, office: Office, nurse_id: UUID) -> None:
    unseen = fields(nurse)
    nurse.forget_session()
    answer = nurse.client.post("/long", data={"draft_token": unseen["draft_token"] + "x", **TYPED})
    assert answer.status_code == 401
    assert kept(office, nurse_id) is None


def test_a_page_left_open_on_a_computer_where_a_colleague_signed_in_is_kept_for_its_writer(
    nurse: Browser, office: Office, nurse_id: UUID
) -> None:
    unseen = fields(nurse)
    colleague_id = hire(office, "Ben Carr", "nurse", "east")
    nurse.post("/sign-out")
    nurse.sign_in("Ben Carr")
    answer = nurse.client.post("/long", data={**unseen, **TYPED})
    assert answer.status_code == 403
    assert "You are signed in as Ben Carr now" in answer.text
    assert TYPED["what"] not in answer.text
    assert kept(office, colleague_id) is None
    assert kept(office, nurse_id) == {"what": [TYPED["what"]], "agrees": ["yes", "in writing"]}


def test_a_room_may_bring_its_own_way_of_keeping(app: Flask, visitor: Browser) -> None:
    rescue.rescue_with(app, lambda request: request.form.get("code") == "a code")
    answer = visitor.client.post("/account/password", data={"code": "a code"})
    assert answer.status_code == 303


@pytest.mark.both_databases
def test_a_second_draft_takes_the_place_of_the_first(office: Office, nurse_id: UUID) -> None:
    desk = desk_of(office, nurse_id)
    save_draft(desk, "task:1", "F03", 1, {"what": ["first"]})
    save_draft(desk, "task:1", "F03", 2, {"what": ["second"]})
    draft = draft_for(desk, "task:1")
    assert draft is not None
    assert (draft.raw, draft.form_version) == ({"what": ["second"]}, 2)


def test_a_draft_is_its_writers_alone(office: Office, nurse_id: UUID) -> None:
    other = desk_of(office, hire(office, "Ben Carr", "nurse", "east"))
    save_draft(desk_of(office, nurse_id), "task:1", "F03", 1, {"what": ["mine"]})
    assert draft_for(other, "task:1") is None
    assert not discard_draft(other, "task:1")
    assert discard_draft(desk_of(office, nurse_id), "task:1")
    assert kept(office, nurse_id) is None
