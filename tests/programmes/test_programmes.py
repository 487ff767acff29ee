"""The programmes as shipped: complete, countable, and with nobody real in them."""

from __future__ import annotations

import re
from datetime import date

import pytest

from tests.programmes.shipped import PROGRAMMES, programme, settings, text
from workflows.actions.setting_values import checked_value
from workflows.casework.meeting_days import MOST_WEEKS, rhythms_of
from workflows.casework.quiet import BOUNDS
from workflows.casework.roles import in_a_sentence, names_in
from workflows.casework.sectors import SECTOR_NAMES
from workflows.questions.whom_to_call import PROFESSIONALS
from workflows.working_time import ENGLAND, Duration

ROLES = {
    *("referrer", "coordinator", "triage", "care_coordinator", "gp_lead", "nurse", "social_worker", "pharmacist"),
    *("mh_practitioner", "therapist", "wellbeing_adviser", "social_prescriber", "vcse_partner", "safeguarding_lead"),
    *("caldicott", "team_manager", "service_manager", "process_editor", "process_approver", "analyst", "sysadmin"),
}
TEXTS = {"key", "name", "about", "consent_model", "consent_rule", "phone", "how_to_come_back", "emergency_advice"}
ROWS = {
    "roles": {"role", "name", "about", "mdt_member"},
    "teams": {"key", "name", "mailbox_alias", "cover_team", "fictional", "from", "to"},
    "practices": {"code", "name", "teams", "from", "to"},
    "services": {"key", "name", "about", "contact", "sector", "from", "to"},
    "settings": {"key", "value", "label", "note", "source", "from"},
    "emergency_numbers": {"number", "name", "when", "for"},
    "exclusions": {"code", "text"},
}
WHERE_KNOWN = {"teams": {"meetings"}, "practices": {"address"}, "services": {"address"}}
LISTS = {"principles", "suitable_for", "identification", "closures"}
NAMED_BY = {"roles": "role", "teams": "key", "practices": "code", "services": "key", "settings": "key"}
FICTIONAL_PHONE = re.compile(r"0161 496 0\d{3}")  # numbers kept free for films and plays
NUMBER = re.compile(r"\d+(\.\d+)?")
every_programme = pytest.mark.parametrize("key", PROGRAMMES)


def test_the_two_programmes_of_the_seeds_are_shipped() -> None:
    assert {key: programme(key)["name"] for key in PROGRAMMES} == {
        "acm": "Active Case Management",
        "mcm": "Manchester Case Management",
    }


@every_programme
def test_a_programme_has_all_its_parts_and_no_others(key: str) -> None:
    content = programme(key)
    assert set(content) == TEXTS | LISTS | set(ROWS)
    assert all(isinstance(content[name], str) and content[name].strip() for name in TEXTS)
    assert content["key"] == key
    assert content["consent_model"] in {"explicit", "opt_out"}
    for part, columns in ROWS.items():
        assert all(set(row) - WHERE_KNOWN.get(part, set()) == columns for row in content[part]), part


@every_programme
def test_every_team_meets_and_first_on_a_day_on_which_it_is_open(key: str) -> None:
    for team in programme(key)["teams"]:
        (rhythm,) = rhythms_of(team)
        assert ENGLAND.is_working_day(rhythm.first), team["key"]
        assert 1 <= rhythm.weeks <= MOST_WEEKS


@every_programme
def test_nobody_lives_where_the_letters_to_made_up_practices_go(key: str) -> None:
    addresses = [row["address"].split("\n") for row in programme(key)["practices"] if "address" in row]
    assert addresses
    assert all(lines[-2:] == ["Exampleton", "ZZ99 3VZ"] for lines in addresses)


@every_programme
def test_every_service_works_for_a_kind_of_organisation_that_consent_knows(key: str) -> None:
    assert {row["sector"] for row in programme(key)["services"]} <= set(SECTOR_NAMES)


@every_programme
@pytest.mark.parametrize("part", sorted(NAMED_BY))
def test_nothing_is_listed_twice(key: str, part: str) -> None:
    names = [row[NAMED_BY[part]] for row in programme(key)[part]]
    assert len(names) == len(set(names))


@every_programme
def test_every_role_has_a_name(key: str) -> None:
    roles = programme(key)["roles"]
    assert {role["role"] for role in roles} == ROLES
    assert all(role["name"] and role["about"] for role in roles)


@pytest.mark.parametrize(
    ("key", "members"),
    [
        ("acm", {"gp_lead", "nurse", "social_worker", "mh_practitioner", "wellbeing_adviser", "pharmacist"}),
        ("mcm", {"gp_lead", "nurse", "social_worker", "wellbeing_adviser", "pharmacist"}),
    ],
)
def test_the_team_is_made_up_as_the_seeds_say(key: str, members: set[str]) -> None:
    in_team = {role["role"] for role in programme(key)["roles"] if role["mdt_member"]}
    beside = {"coordinator", "care_coordinator"} | ({"social_prescriber"} if key == "acm" else set())
    assert in_team == members | beside


def test_bury_has_its_five_teams_each_with_a_mailbox_of_its_name() -> None:
    mailboxes = {team["name"]: team["mailbox_alias"] for team in programme("acm")["teams"]}
    assert list(mailboxes) == ["North", "East", "West", "Whitefield", "Prestwich"]
    assert all(address == f"{name.lower()}@example.org" for name, address in mailboxes.items())


def test_manchester_has_twelve_teams_of_which_six_are_invented() -> None:
    teams = programme("mcm")["teams"]
    assert [team["fictional"] for team in teams].count(True) == 6
    assert len(teams) == 12


@every_programme
def test_under_18_and_not_registered_are_excluded(key: str) -> None:
    assert [row["code"] for row in programme(key)["exclusions"]] == ["E_UNDER_18", "E_NOT_LOCAL_GP"]


@every_programme
def test_every_team_has_another_team_that_covers_it(key: str) -> None:
    teams = {team["key"]: team["cover_team"] for team in programme(key)["teams"]}
    assert all(cover in teams and cover != team for team, cover in teams.items())


@every_programme
def test_every_practice_belongs_to_a_team_and_every_team_has_an_open_practice(key: str) -> None:
    content = programme(key)
    teams = {team["key"] for team in content["teams"]}
    assert all(practice["teams"] and set(practice["teams"]) <= teams for practice in content["practices"])
    assert {team for practice in content["practices"] if not practice["to"] for team in practice["teams"]} == teams


def test_one_practice_of_bury_has_closed_and_one_has_two_teams() -> None:
    practices = programme("acm")["practices"]
    assert [p["code"] for p in practices if p["to"]] == ["ZZ012"]
    assert [p["code"] for p in practices if len(p["teams"]) == 2] == ["ZZ011"]


@every_programme
def test_dates_are_dates_in_order(key: str) -> None:
    for part in ("teams", "practices", "services", "settings"):
        for row in programme(key)[part]:
            first = date.fromisoformat(row["from"])
            assert row.get("to") is None or first <= date.fromisoformat(row["to"])


@every_programme
def test_every_setting_can_be_counted(key: str) -> None:
    for name, value in settings(key).items():
        if name in BOUNDS:
            assert checked_value(name, value, value) == value
        elif name.startswith(("due.", "wait.")) or not NUMBER.fullmatch(value):
            assert str(Duration.parse(value)) == value, name


@every_programme
def test_every_setting_is_named_in_words_and_says_where_it_comes_from(key: str) -> None:
    for setting in programme(key)["settings"]:
        assert re.fullmatch(r"[a-z0-9_]+(\.[A-Za-z0-9_]+)*", setting["key"])
        assert setting["label"][0].isupper()
        assert re.fullmatch(r"A|[RS]\d+", setting["source"])
        assert (setting["source"] == "A") == (setting["note"] == "Default, not national policy"), setting["key"]
        published = setting["note"].startswith("As published") and setting["note"].endswith("the programme may set it")
        assert setting["note"].startswith("Default, not national policy") or published, setting["key"]


def test_both_programmes_have_the_same_settings() -> None:
    assert list(settings("acm")) == list(settings("mcm"))


@every_programme
def test_the_emergency_numbers_are_999_111_urgent_community_response_and_a_line_of_the_team(key: str) -> None:
    content = programme(key)
    rows = content["emergency_numbers"]
    assert [row["number"] for row in rows[:2]] == ["999", "111"]
    assert [row["name"] for row in rows[2:]] == ["Urgent community response", "Adult social care duty", "Duty line"]
    contacts = {row["contact"] for row in content["services"]}
    for row in rows:
        of_professionals = row["for"] == PROFESSIONALS
        assert of_professionals == (row["number"] in contacts)  # the same number as in the list of services
        assert of_professionals != (row["number"] in content["emergency_advice"])


@every_programme
def test_nobody_real_is_in_a_programme(key: str) -> None:
    content = programme(key)
    assert set(re.findall(r"[\w.+-]+@[\w.-]+", text(key))) == {team["mailbox_alias"] for team in content["teams"]}
    assert all(team["mailbox_alias"].endswith("@example.org") for team in content["teams"])
    assert all(re.fullmatch(r"ZZ\d{3}", practice["code"]) for practice in content["practices"])
    phones = [content["phone"], *(row["contact"] for row in content["services"])]
    phones += [row["number"] for row in content["emergency_numbers"][2:]]
    assert all(FICTIONAL_PHONE.fullmatch(phone) for phone in phones)
    assert "http" not in text(key)


def test_a_role_is_called_what_its_programme_calls_it() -> None:
    names = names_in(programme("mcm"))
    assert in_a_sentence("nurse", names) == "nurse"
    assert in_a_sentence(",nurse,gp_lead,", names_in(programme("acm"))) == "district nurse or GP lead and MDT chair"
    assert names_in({})["nurse"] == "District nurse"
