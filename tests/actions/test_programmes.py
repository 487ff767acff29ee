"""Setting a programme up, and changing its times and thresholds."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.builders.colleagues import administration, desk_of, hire, programme_data, set_up
from workflows.actions import programmes as changes
from workflows.assembly import Office
from workflows.casework.audit import AuditEntry
from workflows.casework.errors import AnswersRefused, NotAllowed, NotFound
from workflows.casework.programme import Programme, ProgrammeSetting
from workflows.clock import FixedClock
from workflows.questions import programmes


def value(office: Office, key: str = "due.triage") -> str:
    """The value of a setting today."""
    row, _ = programmes.setting_history(administration(office), "acm", key)
    assert row
    return row.value


def entries(office: Office) -> int:
    """How much stands in the audit trail."""
    with office.desk().looking() as session:
        return session.query(AuditEntry).count()


def test_a_programme_is_loaded_with_all_that_belongs_to_it(office: Office) -> None:
    set_up(office)
    page = programmes.programme(administration(office), "acm")
    assert [(team.name, team.cover) for team in page.teams] == [("East", "North"), ("North", "East")]
    assert [(row.code, row.teams_today[0].team) for row in page.practices] == [("ZZ002", "East"), ("ZZ001", "North")]
    assert [row.name for row in page.services] == ["Befriending"]
    assert len(page.settings) == 3


def test_loading_again_changes_nothing(office: Office) -> None:
    set_up(office)
    before = entries(office)
    set_up(office)
    assert entries(office) == before


def test_what_a_manager_has_set_survives_a_new_version_of_the_file(office: Office) -> None:
    set_up(office)
    changes.change_setting(administration(office), "acm", "due.triage", "3WD")
    extra = {"key": "due.new_step", "value": "1WD", "label": "New"}
    set_up(office, settings=[*programme_data()["settings"], extra])
    assert (value(office), value(office, "due.new_step")) == ("3WD", "1WD")


def test_a_new_value_counts_from_today_and_the_old_one_stays_in_the_record(office: Office, clock: FixedClock) -> None:
    set_up(office)
    clock.advance(timedelta(days=1))
    changes.change_setting(administration(office), "acm", "due.triage", "3wd")
    _, history = programmes.setting_history(administration(office), "acm", "due.triage")
    told = [(row.value, row.valid_from, row.valid_to, row.by) for row in history]
    assert told == [
        ("3WD", date(2026, 11, 17), None, "an administrator"),
        ("2WD", None, date(2026, 11, 16), ""),
    ]


def test_a_second_change_on_the_same_day_leaves_one_value_for_the_day(office: Office) -> None:
    set_up(office)
    changes.change_setting(administration(office), "acm", "due.triage", "3WD")
    changes.change_setting(administration(office), "acm", "due.triage", "4WD")
    _, history = programmes.setting_history(administration(office), "acm", "due.triage")
    assert [row.value for row in history] == ["4WD", "2WD"]
    assert value(office) == "4WD"


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        ("due.triage", "soon"),
        ("due.triage", "2"),
        ("hiu_ed", "2WD"),
        ("hiu_ed", "2.5"),
        ("hiu_ed", "-1"),
        ("efi_mild", "a third"),
    ],
)
def test_a_value_of_another_kind_is_refused_with_a_sentence(office: Office, key: str, wrong: str) -> None:
    set_up(office)
    before = value(office, key)
    with pytest.raises(AnswersRefused) as refused:
        changes.change_setting(administration(office), "acm", key, wrong)
    assert refused.value.errors["value"]
    assert value(office, key) == before


@pytest.mark.parametrize(("key", "right"), [("hiu_ed", "6"), ("efi_mild", "0.15")])
def test_a_value_of_the_same_kind_is_taken(office: Office, key: str, right: str) -> None:
    set_up(office)
    changes.change_setting(administration(office), "acm", key, right)
    assert value(office, key) == right


@pytest.mark.parametrize(
    ("key", "nothing", "kept"),
    [
        ("due.triage", "0WD", "0WD"),  # at the close of the same working day
        ("due.triage", "0D", None),  # overdue at birth after five
        ("due.triage", "0WH", None),
        ("wait.referrer_return", "0WD", None),
        ("override_days", "0", None),
        ("review_window", "0D", "0D"),
    ],
)
def test_no_time_at_all_is_taken_only_where_it_says_something(
    office: Office, key: str, nothing: str, kept: str | None
) -> None:
    more = {"wait.referrer_return": "10WD", "override_days": "28", "review_window": "7D"}
    rows = [{"key": name, "value": usual, "label": name} for name, usual in more.items()]
    set_up(office, settings=[*programme_data()["settings"], *rows])
    before = value(office, key)
    if kept is None:
        with pytest.raises(AnswersRefused):
            changes.change_setting(administration(office), "acm", key, nothing)
    else:
        changes.change_setting(administration(office), "acm", key, nothing)
    assert value(office, key) == (kept or before)


def test_a_setting_nobody_knows_is_not_found(office: Office) -> None:
    set_up(office)
    with pytest.raises(NotFound):
        changes.change_setting(administration(office), "acm", "due.nothing", "1WD")


@pytest.mark.parametrize("role", ["nurse", "team_manager", "process_editor"])
def test_only_managers_of_the_service_change_it(office: Office, role: str) -> None:
    desk = desk_of(office, hire(office, "Anna Bell", role, password=""))
    with pytest.raises(NotAllowed):
        changes.change_setting(desk, "acm", "due.triage", "1WD")
    with pytest.raises(NotAllowed):
        changes.load_programme(desk, programme_data())


def test_a_manager_of_one_programme_has_no_say_in_another(office: Office) -> None:
    desk = desk_of(office, hire(office, "Max Orr", "service_manager", password=""))
    other: dict[str, Any] = programme_data(key="mcm", name="Another")
    changes.load_programme(administration(office), other)
    with pytest.raises(NotAllowed):
        changes.change_setting(desk, "mcm", "due.triage", "1WD")
    with pytest.raises(NotAllowed):
        programmes.programme(desk, "mcm")


def test_a_suspended_team_names_who_covers(office: Office) -> None:
    set_up(office)
    desk = administration(office)
    with pytest.raises(AnswersRefused):
        changes.suspend_team(desk, "acm", "north", "north")
    changes.suspend_team(desk, "acm", "north", "east")
    north = next(team for team in programmes.programme(desk, "acm").teams if team.key == "north")
    assert (north.suspended, north.cover) == (True, "East")
    with pytest.raises(AnswersRefused):
        changes.suspend_team(desk, "acm", "east", "north")
    changes.suspend_team(desk, "acm", "north", None)
    assert not any(team.suspended for team in programmes.programme(desk, "acm").teams)


def an_earlier_version(office: Office) -> None:
    """A programme as an earlier version of Roundtable kept it: with settings that nothing reads."""
    set_up(office)
    session = office.database.writing()
    programme = session.query(Programme).one()
    changed = ProgrammeSetting(key="escalate.S.2", value="3H", valid_to=date(2026, 6, 30))
    idle = [ProgrammeSetting(key=key, value=value) for key, value in (("escalate.S.2", "2H"), ("digest_at", "09:00"))]
    programme.settings += [changed, *idle]
    session.commit()
    session.close()


def keys(office: Office) -> set[str]:
    return {row.key for row in programmes.programme(administration(office), "acm").settings}


def test_settings_of_an_earlier_version_that_nothing_reads_end_and_stay_in_the_record(office: Office) -> None:
    an_earlier_version(office)
    used = keys(office) - {"escalate.S.2", "digest_at"}
    changes.end_idle_settings(office.desk())
    assert keys(office) == used
    today, history = programmes.setting_history(administration(office), "acm", "escalate.S.2")
    assert today is None
    assert [(row.value, row.valid_to) for row in history] == [("3H", date(2026, 6, 30)), ("2H", date(2026, 11, 15))]
    before = entries(office)
    changes.end_idle_settings(office.desk())
    assert entries(office) == before


def test_a_file_of_an_earlier_version_brings_no_such_setting_back(office: Office) -> None:
    set_up(office)
    before = keys(office)
    idle = {"key": "snooze_limit", "value": "2", "label": "Reminders put off at most"}
    set_up(office, settings=[*programme_data()["settings"], idle])
    assert keys(office) == before


def test_a_setting_that_had_ended_comes_back_with_a_file_that_has_it_again(office: Office) -> None:
    set_up(office)
    session = office.database.writing()
    session.query(ProgrammeSetting).filter_by(key="hiu_ed").one().valid_to = date(2026, 11, 15)
    session.commit()
    session.close()
    assert "hiu_ed" not in keys(office)
    set_up(office)
    assert value(office, "hiu_ed") == "5"
