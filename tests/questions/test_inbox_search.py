"""Looking for tasks: a word means a case, a person, a step or a colleague, and every word has to mean the task."""

from __future__ import annotations

from uuid import UUID

import pytest

from tests.builders.small_town import SmallTown
from workflows.assembly import Office
from workflows.questions import inbox as question
from workflows.questions.inbox_filters import Filters


@pytest.fixture
def town(office: Office) -> SmallTown:
    """A small service."""
    return SmallTown(office)


@pytest.fixture
def nurse(town: SmallTown) -> UUID:
    """A nurse in East."""
    return town.staff("Nia Nurse", "nurse east")


def look(town: SmallTown, who: UUID, words: str, view: str = "all", **given: str) -> question.Inbox:
    """A view as somebody sees it who looks for words."""
    filters = Filters.read({"q": [words], **{name: [value] for name, value in given.items()}})
    return question.inbox(town.desk(who), view, filters)


def names(found: question.Inbox) -> list[str]:
    """What is listed; the count never says anything else."""
    assert found.found == len(found.rows)
    return sorted(row.name for row in found.rows)


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("khan", ["Call", "Visit"]),
        ("visit", ["Visit", "Visit them"]),
        ("khan visit", ["Visit"]),
        ("visit khan", ["Visit"]),
        ("farah visit", ["Visit them"]),
        ("FARAH özLEM acm- them", ["Visit them"]),
        ("acm", ["Call", "Visit", "Visit them"]),
        ("000002", ["Visit them"]),
        ("cm-000002", ["Visit them"]),
        ("farah khan", []),
        ("khan özlem", []),
        ("khan nobody", []),
    ],
)
def test_every_word_has_to_mean_the_task(town: SmallTown, nurse: UUID, words: str, meant: list[str]) -> None:
    farah = town.staff("Farah Siddiqui", "social_worker east")
    khan, other = town.case(given="Ada", family="Khan"), town.case(given="Özlem", family="Aydin")
    town.task(khan, name="Visit", role="social_worker")
    town.task(khan, name="Call")
    town.task(other, name="Visit them", assignee_id=farah)
    town.task(town.case(team="north", family="Khan"), name="Not theirs to see")
    assert names(look(town, nurse, words)) == meant


def test_a_task_of_another_teams_case_that_one_is_asked_to_do_is_found_as_well(town: SmallTown, nurse: UUID) -> None:
    elsewhere = town.case(team="north", family="Stone")
    town.task(elsewhere, name="asked of East", team_id=town.teams["east"])
    town.task(elsewhere, name="asked of North")
    assert names(look(town, nurse, "stone")) == ["asked of East"]


@pytest.mark.parametrize("view", ["mine", "pool", "waiting", "overdue", "watching", "done", "all"])
def test_words_leave_in_every_view_what_they_mean(town: SmallTown, nurse: UUID, view: str) -> None:
    for family in ("Stone", "Wood"):
        case = town.case(family=family, coordinator_id=nurse)
        town.watches(nurse, case)
        town.task(case, name=f"held by {family}", assignee_id=nurse, due="-1h")
        town.task(case, name=f"free of {family}", due="-1h")
        town.task(case, name=f"of others for {family}", role="pharmacist")
        ended = {"status": "completed", "ended_by_id": nurse, "ended_at": town.at("-1d")}
        town.task(case, name=f"ended with {family}", **ended)
    everything = [row.name for row in question.inbox(town.desk(nurse), view).rows]
    left = sorted(name for name in everything if "Stone" in name)
    assert left
    assert names(look(town, nurse, "stone", view)) == left  # by the person
    name = left[0].removesuffix(" Stone")
    assert names(look(town, nurse, f"stone {name}", view)) == left[:1]  # and by the step


def test_the_forms_on_offer_are_those_of_what_was_found_whichever_is_chosen(town: SmallTown, nurse: UUID) -> None:
    case = town.case(family="Stone")
    town.task(case, name="first", form_key="F10")
    town.task(case, name="second", form_key="F11")
    town.task(town.case(), name="another's", form_key="F12")
    hidden = town.case(family="Stone")
    town.task(hidden, name="hidden", form_key="F13")
    town.shut_out(hidden, nurse)
    found = look(town, nurse, "stone", form="F11")
    assert names(found) == ["second"]
    assert found.forms == {"F10", "F11"}
    assert look(town, nurse, "nobody").forms == frozenset()


@pytest.mark.parametrize("sort", ["", "due", "opened", "person"])
def test_what_was_found_comes_page_by_page_once_and_in_order(
    town: SmallTown, nurse: UUID, sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        case = town.case(family=f"Stone {number % 2}", priority=("urgent", "standard")[number % 2])
        town.task(case, due=("", "-1h", "+2d")[number % 3], level=number % 2)
        town.task(case, assignee_id=nurse)
    filters, desk = Filters.read({"q": ["stone"]}), town.desk(nurse)
    whole = [row.id for row in question.inbox(desk, "all", filters, sort).rows]
    monkeypatch.setattr(question, "PAGE", 4)
    paged, after = list[UUID](), None
    while after or not paged:
        page = question.inbox(desk, "all", filters, sort, after)
        assert page.found == len(whole) == 10
        paged, after = [*paged, *(row.id for row in page.rows)], page.more
    assert paged == whole
