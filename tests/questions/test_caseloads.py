"""What each care coordinator carries, and the limit of the programme from which on somebody is warned."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from tests.builders.small_town import SmallTown
from workflows.assembly import Office
from workflows.casework.care import Contact
from workflows.casework.case import Case
from workflows.casework.errors import NotFound
from workflows.casework.programme import ProgrammeSetting
from workflows.questions.case_form import case_form
from workflows.questions.caseload import Narrowed, caseload
from workflows.questions.caseloads import Carrying, Limits, Load, loads
from workflows.questions.inbox import inbox
from workflows.questions.inbox_filters import Filters
from workflows.questions.last_contact import last_contact
from workflows.questions.supervision_begun import Place, where_to_supervise
from workflows.questions.task_form import task_form
from workflows.storage import cases


@pytest.fixture
def town(office: Office) -> SmallTown:
    """A small service."""
    return SmallTown(office)


@pytest.fixture
def nurse(town: SmallTown) -> UUID:
    """A nurse of East."""
    return town.staff("Nia Nurse", "nurse east")


def limit(town: SmallTown, key: str, value: str) -> None:
    session = town.session()
    session.query(ProgrammeSetting).filter_by(key=key).one().value = value
    session.commit()
    session.close()


def test_the_tasks_of_a_colleague_are_counted_and_found_where_the_caseload_counts_them(
    town: SmallTown, nurse: UUID
) -> None:
    manager, other = town.staff("Mia Manager", "team_manager east"), town.staff("Ola Other", "nurse east")
    case = town.case()
    town.task(case, assignee_id=nurse, due="-1d")
    town.task(case, assignee_id=nurse)
    town.task(case, assignee_id=other)
    town.task(case)
    town.task(town.case(team="north"), assignee_id=nurse)
    seen = [(one.name, one.tasks, one.overdue) for one in caseload(town.desk(manager)).in_hand]
    assert seen == [("Nia Nurse", 2, 1), ("Ola Other", 1, 0)]
    found = inbox(town.desk(manager), "all", Filters.read({"holder": [str(nurse)]}))
    assert (len(found.rows), {row.assignee for row in found.rows}) == (2, {"Nia Nurse"})


@pytest.mark.both_databases
def test_supervision_begins_with_the_caseload_as_it_stands(town: SmallTown, nurse: UUID) -> None:
    manager = town.staff("Mia Manager", "team_manager east")
    calm = town.case(coordinator_id=nurse, risk_level="low", opened_at=town.now - timedelta(days=21))
    late = town.case(coordinator_id=nurse, risk_level="high", opened_at=town.now - timedelta(days=3))
    town.case(team="north", coordinator_id=nurse)
    town.case(coordinator_id=nurse, closed_at=town.now)
    town.task(late, due="-1d")
    paper = town.paper(calm, "F10", {})
    spoke = {"at": town.now - timedelta(days=8), "route": "phone", "outcome": "spoke", "by": "Nia Nurse"}
    town.add(Contact(case_id=calm, document_id=paper, **spoke))
    begun = case_form(town.desk(manager), "ACM-000001", "F28", "").raw
    rows = [
        [begun[f"cases.{place}.{name}"][0] for name in ("case_number", "risk", "overdue", "weeks_open")]
        for place in (0, 1)
    ]
    assert rows == [["ACM-000002", "high", "1", "0"], ["ACM-000001", "low", "0", "3"]]
    assert (begun["coordinator"], begun["cases.count"]) == ([str(nurse)], ["2"])
    assert begun["cases.1.last_contact[day]"] == ["8"]
    assert where_to_supervise(town.desk(manager), nurse) == Place(None, "ACM-000001")
    asked = town.task(late, "team_manager", key="supervise_coordinator", form_key="F28")
    assert where_to_supervise(town.desk(manager), nurse) == Place(asked, "ACM-000002")
    with pytest.raises(NotFound):
        where_to_supervise(town.desk(manager), manager)


def names_offered(town: SmallTown, nurse: UUID, form_key: str, case_id: UUID) -> list[str]:
    found = task_form(town.desk(nurse), town.task(case_id, form_key=form_key, assignee_id=nurse))
    return [choice.label for choice in found.lookups["care_coordinator"]]


def carried(town: SmallTown, nurse: UUID) -> tuple[Carrying, ...]:
    return caseload(town.desk(nurse)).carried


def test_a_load_counts_open_cases_and_the_weight_last_given_to_each(town: SmallTown, nurse: UUID) -> None:
    heavy, light, again = (town.case(coordinator_id=nurse) for _ in range(3))
    over = town.case(coordinator_id=nurse, closed_at=town.now)
    for case_id, weight in ((heavy, 4), (again, 5), (again, 2), (over, 5)):
        town.paper(case_id, "F09", {"weight": weight})
    town.paper(light, "F09", {"reason": "Known to the person"})
    with town.office.desk().looking() as session:
        assert loads(session, [nurse]) == {nurse: Load(3, 4 + 2 + 1)}


def test_the_caseload_knows_the_same_last_contact_as_the_case(town: SmallTown, nurse: UUID) -> None:
    def days_ago(days: int) -> datetime:
        return (town.now - timedelta(days=days)).replace(microsecond=0)

    logged, home, last, corrected, reviewed, silent = (town.case(coordinator_id=nurse) for _ in range(6))
    for case_id in (logged, home):
        first = town.paper(case_id, "F10", {"at": days_ago(8).isoformat()})
        spoke = {"at": days_ago(8), "route": "phone", "outcome": "spoke", "by": "Nia Nurse"}
        town.add(Contact(case_id=case_id, document_id=first, **spoke))
    town.paper(logged, "F20", {"at": days_ago(9).isoformat()})
    town.paper(home, "F24b", {"contacted_at": days_ago(2).isoformat()})
    town.paper(last, "F43", {"at": days_ago(1).isoformat()})
    first = town.paper(corrected, "F20", {"at": days_ago(3).isoformat()}, completed_at=days_ago(3))
    town.paper(corrected, "F20", {"at": days_ago(5).isoformat()}, amends_id=first)
    held = town.paper(reviewed, "F21", {"person_view": "Better"}, completed_at=days_ago(7))
    town.paper(reviewed, "F21", {"person_view": "Better, she says"}, amends_id=held)
    town.paper(silent, "F21", {"stable_weeks": 3})
    expected = {logged: days_ago(8), home: days_ago(2), corrected: days_ago(5), reviewed: days_ago(7), silent: None}
    expected[last] = days_ago(1)
    cards = {card.number: card.last_contact_at for one in caseload(town.desk(nurse)).columns for card in one.cards}
    with town.office.desk().looking() as session:
        for case_id, at in expected.items():
            told = last_contact(session, case_id, cases.documents_of(session, case_id))
            assert (told and told[0], cards[session.get_one(Case, case_id).number]) == (at, at)


def test_a_corrected_weight_stands_in_the_place_of_the_one_it_corrects(town: SmallTown, nurse: UUID) -> None:
    weighed_anew, mended_twice = (town.case(coordinator_id=nurse) for _ in range(2))
    for case_id in (weighed_anew, mended_twice):
        first = town.paper(case_id, "F09", {"weight": 5}, completed_at=town.now - timedelta(days=9))
        mended = town.paper(case_id, "F09", {"weight": 4}, amends_id=first, completed_at=town.now - timedelta(hours=2))
    town.paper(weighed_anew, "F09", {"weight": 2})
    town.paper(mended_twice, "F09", {"weight": 3}, amends_id=mended, completed_at=town.now)
    with town.office.desk().looking() as session:
        assert loads(session, [nurse]) == {nurse: Load(2, 2 + 3)}


@pytest.mark.parametrize(
    ("load", "words"),
    [
        (Load(30, 75), ""),
        (Load(31, 31), "above the limit of 30 cases"),
        (Load(20, 76), "above the limit of 75 in weight"),
    ],
)
def test_a_load_is_above_a_limit_only_beyond_it(load: Load, words: str) -> None:
    assert load.above(Limits(30, 75)) == words


@pytest.mark.parametrize("form_key", ["F09", "F16"])
def test_whoever_chooses_a_coordinator_is_warned_before_the_limit_is_passed(
    town: SmallTown, nurse: UUID, form_key: str
) -> None:
    limit(town, "caseload_limit", "2")
    town.case(coordinator_id=nurse)
    fresh = town.case()
    assert names_offered(town, nurse, form_key, fresh) == ["Nia Nurse (1 case, weight 1)"]
    town.case(coordinator_id=nurse)
    warned = "Nia Nurse (2 cases, weight 2; ▲ with this case above the limit of 2 cases)"
    assert names_offered(town, nurse, form_key, fresh) == [warned]


def test_a_case_that_is_theirs_already_is_not_counted_twice(town: SmallTown, nurse: UUID) -> None:
    limit(town, "caseload_limit", "1")
    own = town.case(coordinator_id=nurse)
    assert names_offered(town, nurse, "F09", own) == ["Nia Nurse (1 case, weight 1)"]
    town.case(coordinator_id=nurse)
    assert names_offered(town, nurse, "F09", own) == ["Nia Nurse (2 cases, weight 2; ▲ above the limit of 1 case)"]


def test_the_caseload_says_who_is_above_the_limit_of_cases_or_of_weight(town: SmallTown, nurse: UUID) -> None:
    other = town.staff("Otto Other", "nurse east")
    town.paper(town.case(coordinator_id=other), "F09", {"weight": 3})
    town.case(coordinator_id=nurse)
    assert [(one.name, str(one.load), one.above) for one in carried(town, nurse)] == [
        ("Otto Other", "1 case, weight 3", ""),
        ("Nia Nurse", "1 case, weight 1", ""),
    ]
    limit(town, "caseload_weight_limit", "2")
    assert [one.above for one in carried(town, nurse)] == ["above the limit of 2 in weight", ""]
    limit(town, "caseload_limit", "0")
    assert {one.above for one in carried(town, nurse)} == {"above the limit of 0 cases"}


def test_what_somebody_carries_in_another_team_counts_but_only_those_of_the_shown_cases_are_told(
    town: SmallTown, nurse: UUID
) -> None:
    north = town.staff("Nora North", "nurse north", "nurse east")
    town.case(team="north", coordinator_id=north)
    assert carried(town, nurse) == ()
    town.case(coordinator_id=north)
    assert [str(one.load) for one in carried(town, nurse)] == ["2 cases, weight 2"]
    assert caseload(town.desk(nurse), Narrowed(coordinator=str(nurse))).carried == ()
