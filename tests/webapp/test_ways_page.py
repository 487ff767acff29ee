"""The page on which everybody chooses how they are told, and the number to which texts go."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.webapp.conftest import Browser, SignedIn, staff_id_of
from workflows.assembly import Office
from workflows.casework.audit import AuditEntry
from workflows.casework.errors import AnswersRefused
from workflows.casework.staff import StaffMember
from workflows.casework.ways import as_dialled, mobile_number

PAGE = "/account/told"
BOTH = {"at_once": ["email", "text"], "daily": ["email"], "mobile": "07700 900 123"}


@pytest.fixture
def nurse(as_role: SignedIn) -> Browser:
    return as_role("nurse", "east")


def kept(office: Office, browser: Browser) -> StaffMember:
    with office.desk().looking() as session:
        return session.get_one(StaffMember, staff_id_of(browser))


def test_who_never_chose_is_told_by_email_and_sees_of_what(nurse: Browser, office: Office) -> None:
    page = nurse.get(PAGE).text
    assert "Email or text message" in page
    assert "In the morning message" in page
    assert (kept(office, nurse).at_once_by, kept(office, nurse).daily_by) == ("email", "email")


def test_a_choice_is_kept_and_the_number_stays_out_of_the_trail(nurse: Browser, office: Office) -> None:
    page = nurse.post(PAGE, BOTH, follow_redirects=True).text
    assert 'value="07700 900123"' in page
    assert (kept(office, nurse).at_once_by, kept(office, nurse).mobile) == ("email text", "+447700900123")
    with office.desk().looking() as session:
        (entry,) = session.scalars(select(AuditEntry).where(AuditEntry.act == "account told by"))
        assert entry.detail["at_once"] == "email text"
        assert "7700900123" not in str(entry.detail)


@pytest.mark.parametrize(
    ("changed", "place", "said"),
    [
        ({"at_once": []}, "at_once", "Keep at least one way by which you hear at once of what is about safety"),
        ({"mobile": ""}, "mobile", "Enter the mobile number to which your text messages go"),
        ({"mobile": "0161 496 0000"}, "mobile", "Enter a mobile number, such as 07911 123456"),
    ],
)
def test_a_choice_that_would_leave_somebody_untold_is_refused_and_stays_typed(
    nurse: Browser, office: Office, changed: dict[str, object], place: str, said: str
) -> None:
    answer = nurse.post(PAGE, BOTH | changed)
    assert answer.status_code == 422
    assert f'<a href="#{place}">{said}</a>' in answer.text
    assert str(changed.get("mobile", "07700 900 123")) in answer.text
    assert kept(office, nurse).at_once_by == "email"


@pytest.mark.parametrize(
    ("typed", "number"),
    [("07911 123456", "+447911123456"), ("+44 (0) 7911-123456", "+447911123456"), ("+33 6 12 34 56 78", "+33612345678"),
     (" ", "")],
)  # fmt: skip
def test_a_mobile_number_is_read_as_people_write_it(typed: str, number: str) -> None:
    assert mobile_number(typed, made_up=False) == number


@pytest.mark.parametrize("typed", ["07700 900123", "0161 496 0000", "07911 12345", "ring me"])
def test_a_number_that_gets_no_texts_is_refused(typed: str) -> None:
    with pytest.raises(AnswersRefused):
        mobile_number(typed, made_up=False)


def test_numbers_are_shown_as_people_write_them() -> None:
    assert [as_dialled(one) for one in ("+447911123456", "+33612345678", "")] == [
        "07911 123456",
        "+33 6 12 34 56 78",
        "",
    ]
