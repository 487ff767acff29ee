"""Who was shown whom in a list is in the trail: one entry a page, with the numbers shown and nothing else."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select

from tests.builders.walked_case import Town
from tests.builders.ways_in import a_system, csv_file
from tests.webapp.referral_work import application, signed_in
from workflows.casework.audit import AuditEntry
from workflows.casework.referral import Referral
from workflows.questions.audit import verify_chain


@pytest.fixture
def number(town: Town) -> str:
    """A case that waits for triage, and its referrer for a letter."""
    by = {"source": "family_carer", "referrer_name": "Denise Garner", "referrer_email": None}
    return str(town.refer(family_name="Example", address="14 Lark Hill", postcode="ZZ99 3WZ", **by))


def seen(town: Town) -> Sequence[dict[str, Any]]:
    """What was written about lists, and about tasks read one by one."""
    wanted = select(AuditEntry).where(AuditEntry.act.in_(["list seen", "task seen"])).order_by(AuditEntry.at)
    return [dict(entry.detail) for entry in town.ask(lambda session: session.scalars(wanted).all())]


@pytest.mark.both_databases
@pytest.mark.parametrize(
    ("who", "address", "page"),
    [
        ("Ifeoma", "/find example", "search"),
        ("Ifeoma", "/caseload", "caseload"),
        ("Ifeoma", "/letters", "letters to send"),
        ("Kelly", "/inbox?view=pool", "inbox, pool"),
        ("Kelly", "/inbox", "inbox, mine"),
    ],
)
def test_a_list_of_cases_leaves_one_entry(town: Town, number: str, who: str, address: str, page: str) -> None:
    browser = signed_in(application(town), town, who)
    address, _, words = address.partition(" ")
    browser.post(address, {"q": words}) if words else browser.get(address)
    browser.post(address, {"q": "nobody"}) if words else browser.get("/privacy")
    assert seen(town) == [{"page": page, "shown": [number]}]
    assert verify_chain(town.office.desk()).whole


def test_a_referral_of_ones_own_leaves_an_entry_by_its_reference(town: Town, number: str) -> None:
    reference = town.ask(lambda session: session.scalars(select(Referral.reference)).one())
    signed_in(application(town), town, "Ifeoma").get(f"/referrals/sent/{reference}")
    assert seen(town) == [{"page": "referral", "shown": [reference]}]


def test_the_rows_of_a_candidate_list_are_named_by_their_place_in_the_file(town: Town) -> None:
    staff = signed_in(application(town), town, "Ifeoma")
    given = {"programme": "acm", "source": "efi_search", "file": (io.BytesIO(csv_file({}, {"dob": "never"})), "a.csv")}
    page = staff.post("/lists", given).location
    staff.get(page)
    staff.get(f"{page}/to-mend.csv")
    key = page.rpartition("/")[2]
    assert seen(town) == [
        {"page": f"candidate list {key}", "shown": ["row 2", "row 3"]},
        {"page": f"rows to mend, as a file {key}", "shown": ["row 3"]},
    ]


def test_other_systems_leave_the_same_entries(town: Town, number: str) -> None:
    reader = a_system(application(town), town, owner="Kelly")
    reader.get("/cases")
    (task,) = reader.get("/tasks?view=pool").get_json()["items"]
    reader.get(f"/tasks/{task['id']}")
    assert seen(town) == [
        {"page": "cases (API)", "shown": [number]},
        {"page": "tasks (API)", "shown": [number]},
        {"task": "Triage the referral (API)"},
    ]
