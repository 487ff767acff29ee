"""The register of practices: entered, given to another team and ended with days, so that the past stays as it was."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.builders.colleagues import administration, desk_of, hire, programme_data, set_up
from tests.builders.walked_case import PRACTICE_IN_EAST, Town
from workflows.actions import practices as changes
from workflows.actions.practices import NewPractice
from workflows.actions.programmes import load_programme
from workflows.assembly import Office
from workflows.casework.audit import AuditEntry
from workflows.casework.errors import AnswersRefused, NotAllowed, NotFound
from workflows.casework.programme import ADDRESSES
from workflows.clock import FixedClock
from workflows.questions import programmes
from workflows.questions.known import known_for
from workflows.questions.practices import PracticeRow

TODAY, TOMORROW = date(2026, 11, 16), date(2026, 11, 17)
HERON = "ZZ001"  # of North


def practice(office: Office, code: str = HERON) -> PracticeRow:
    page = programmes.programme(administration(office), "acm")
    return next(row for row in page.practices if row.code == code)


def addresses(office: Office) -> dict[str, str]:
    content = programmes.programme(administration(office), "acm").content
    return dict(content.get(ADDRESSES, {}))


def told_teams(office: Office, code: str = HERON) -> list[tuple[str, date | None, date | None]]:
    return [(team.team, team.valid_from, team.valid_to) for team in practice(office, code).teams]


def test_a_practice_is_entered_with_its_teams_from_its_first_day(office: Office) -> None:
    set_up(office)
    given = NewPractice(" zz003", " Copper Kettle Lane Surgery ", ["north", "east"], TOMORROW)
    changes.add_practice(administration(office), "acm", given)
    found = practice(office, "ZZ003")
    assert (found.name, found.valid_from, found.today) == ("Copper Kettle Lane Surgery", TOMORROW, False)
    assert sorted(told_teams(office, "ZZ003")) == [("East", TOMORROW, None), ("North", TOMORROW, None)]
    assert [team.team for team in found.teams_to_come] == ["North", "East"]


def test_without_a_first_day_it_counts_from_today(office: Office) -> None:
    set_up(office)
    changes.add_practice(administration(office), "acm", NewPractice("ZZ003", "Copper Kettle", ["east"]))
    assert (practice(office, "ZZ003").valid_from, practice(office, "ZZ003").today) == (TODAY, True)


def test_an_address_is_kept_until_it_is_changed_and_a_file_does_not_bring_it_back(office: Office) -> None:
    with_address = programme_data(
        practices=[{"code": HERON, "name": "Heron Pool Surgery", "teams": ["north"], "address": "1 Pool Row\nBury"}]
    )
    load_programme(administration(office), with_address)
    assert addresses(office) == {HERON: "1 Pool Row\nBury"}
    changes.change_address(administration(office), "acm", HERON, " 2 Pool Row \r\n")
    changes.change_address(administration(office), "acm", HERON, "2 Pool Row")  # nothing changes
    load_programme(administration(office), with_address)
    assert addresses(office) == {HERON: "2 Pool Row"}
    with pytest.raises(AnswersRefused) as refused:
        changes.change_address(administration(office), "acm", HERON, "\n".join("1234567"))
    assert "6 lines" in refused.value.errors["address"]
    with pytest.raises(NotFound):
        changes.change_address(administration(office), "acm", "ZZ999", "Somewhere")


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        (NewPractice("?", "Copper Kettle", ["east"]), "code", "letters and figures"),
        (NewPractice("zz001", "Copper Kettle", ["east"]), "code", "in the register already: Heron Pool Surgery"),
        (NewPractice("ZZ003", " ", ["east"]), "name", "Enter the name"),
        (NewPractice("ZZ003", "x" * 121, ["east"]), "name", "120 characters"),
        (NewPractice("ZZ003", "Copper Kettle", []), "teams", "Choose the team"),
        (NewPractice("ZZ003", "Copper Kettle", ["east", "moon"]), "teams", "Choose the team"),
        (NewPractice("ZZ003", "Copper Kettle", ["east"], date(2026, 3, 31)), "teams", "on that day"),
    ],
)
def test_what_is_wrong_with_a_practice_is_said_at_its_question(
    office: Office, given: NewPractice, field: str, words: str
) -> None:
    set_up(office)
    with pytest.raises(AnswersRefused) as refused:
        changes.add_practice(administration(office), "acm", given)
    assert list(refused.value.errors) == [field]
    assert words in refused.value.errors[field]


def test_a_practice_goes_to_another_team_from_a_day_and_the_one_before_stays_in_the_record(office: Office) -> None:
    set_up(office)
    changes.change_teams(administration(office), "acm", HERON, ["east"], TOMORROW)
    assert told_teams(office) == [("East", TOMORROW, None), ("North", date(2026, 4, 1), TODAY)]
    assert [team.team for team in practice(office).teams_today] == ["North"]


def test_what_was_planned_can_be_planned_otherwise(office: Office) -> None:
    set_up(office)
    desk = administration(office)
    changes.change_teams(desk, "acm", HERON, ["east"], TODAY + timedelta(days=9))
    changes.change_teams(desk, "acm", HERON, ["north", "east"], TOMORROW)
    assert told_teams(office) == [
        ("North", TOMORROW, None),
        ("East", TOMORROW, None),
        ("North", date(2026, 4, 1), TODAY),
    ]


@pytest.mark.parametrize(
    ("teams", "day", "field"),
    [
        (["north"], TOMORROW, "teams"),
        ([], TOMORROW, "teams"),
        (["east"], TODAY - timedelta(days=1), "from_day"),
        (["east"], date(2026, 12, 1), "from_day"),
    ],
)
def test_a_change_that_changes_nothing_or_rewrites_the_past_is_refused(
    office: Office, teams: list[str], day: date, field: str
) -> None:
    set_up(office)
    changes.end_practice(administration(office), "acm", HERON, date(2026, 11, 30))
    with pytest.raises(AnswersRefused) as refused:
        changes.change_teams(administration(office), "acm", HERON, teams, day)
    assert field in refused.value.errors
    assert told_teams(office) == [("North", date(2026, 4, 1), None)]


def test_a_practice_ends_with_its_last_day_and_can_go_on_after_all(office: Office, clock: FixedClock) -> None:
    set_up(office)
    desk = administration(office)
    with pytest.raises(AnswersRefused) as refused:
        changes.end_practice(desk, "acm", HERON, date(2026, 3, 31))
    assert "last_day" in refused.value.errors
    changes.end_practice(desk, "acm", HERON, TODAY)
    assert practice(office).today
    clock.advance(timedelta(days=1))
    assert not practice(office).today
    changes.keep_practice(desk, "acm", HERON)
    assert (practice(office).today, practice(office).valid_to) == (True, None)


def test_a_referral_whose_practice_closes_while_it_is_looked_at_says_so(town: Town, clock: FixedClock) -> None:
    town.refer()
    clock.advance(timedelta(days=1))
    number = town.refer(family_name="Otherwise")  # the same number, another name: somebody looks who it is
    changes.end_practice(administration(town.office), "acm", PRACTICE_IN_EAST, TOMORROW)
    clock.advance(timedelta(days=1))
    town.do(number, "check_identity", decision="different")
    (asked,) = town.open_tasks(number)
    assert asked.key == "ask_referrer"
    reasons = [(each.table, each.explain) for each in known_for(town.office.desk(town.who("Ifeoma")), asked.id).reasons]
    assert reasons[0][0] == "eligibility"
    assert "the one named has closed" in reasons[0][1]


def test_every_change_of_the_register_stands_in_the_trail(office: Office) -> None:
    set_up(office)
    desk = administration(office)
    changes.change_teams(desk, "acm", HERON, ["east"], TODAY)
    changes.end_practice(desk, "acm", HERON, TOMORROW)
    changes.keep_practice(desk, "acm", HERON)
    with desk.looking() as session:
        told = [(entry.act, entry.actor) for entry in session.query(AuditEntry).order_by(AuditEntry.seq)][-4:]
    acts = ["practice taken from a team", "practice given to a team", "practice ended", "practice goes on"]
    assert sorted(told) == sorted((act, "an administrator") for act in acts)


def test_only_those_who_manage_this_programme_change_its_register(office: Office) -> None:
    nurse = desk_of(office, hire(office, "Anna Bell", "nurse", password=""))
    manager = desk_of(office, hire(office, "Max Orr", "service_manager", password=""))
    load_programme(administration(office), programme_data(key="mcm", name="Another"))
    for desk, key in ((nurse, "acm"), (manager, "mcm")):
        with pytest.raises(NotAllowed):
            changes.add_practice(desk, key, NewPractice("ZZ003", "Copper Kettle", ["east"]))
        with pytest.raises(NotAllowed):
            changes.change_teams(desk, key, HERON, ["east"], TODAY)
        with pytest.raises(NotAllowed):
            changes.end_practice(desk, key, HERON, TODAY)
        with pytest.raises(NotAllowed):
            changes.keep_practice(desk, key, HERON)
    with pytest.raises(NotFound):
        changes.end_practice(manager, "acm", "ZZ999", TODAY)
