"""A draft of the ladders, tried on the tasks of the past weeks beside what counts today."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.builders.small_town import SmallTown
from tests.webapp.test_serving import environment, run
from workflows.assembly import Office
from workflows.casework.case import Case
from workflows.casework.consent import Exclusion
from workflows.casework.errors import AnswersRefused, NotAllowed
from workflows.casework.ladder_table import read_ladder, standard, written
from workflows.casework.programme import Programme
from workflows.clock import FixedClock
from workflows.questions.ladder_found import Tried, as_told, read_told
from workflows.questions.ladder_tried import Asked, try_ladder

__all__ = ["environment"]  # a fixture
NOW = datetime.fromisoformat("2026-11-16T09:05:00+00:00")
SOON = written(standard()).replace("review,L2,+2WD", "review,L2,+1WD").replace("B,L2,+5WD,,team_m", "B,L2,+1WD,,team_m")
WEEKS = ("--from", "2026-10-19", "--to", "2026-11-15")


@pytest.fixture
def town(office: Office, clock: FixedClock) -> SmallTown:
    """A nurse with eleven safety tasks of one morning, and a review that was done a week late."""
    clock.move_to(NOW)
    town = SmallTown(office)
    nurse, _ = town.staff("Nurse", "nurse east"), town.staff("Manager", "team_manager east")
    town.staff("Head", "service_manager")
    case, asked = town.case(), NOW - timedelta(days=14)
    for _ in range(11):
        town.task(
            case, escalation="S", assignee_id=nurse, due="-332h", due_unit="H", opened_at=asked,
            ended_at=asked + timedelta(hours=3), status="completed",
        )  # fmt: skip
    town.task(
        case, escalation="A", properties={"ladder": "review"}, assignee_id=nurse, due="-14d", status="completed",
        opened_at=asked - timedelta(days=20), ended_at=asked + timedelta(days=7), name="Review",
    )  # fmt: skip
    return town


def tried(town: SmallTown, table: str, who: str = "service_manager") -> Tried:
    somebody = town.staff(f"Asking {who}", who)
    return try_ladder(town.desk(somebody), Asked("acm", read_ladder(table), date(2026, 10, 19), date(2026, 11, 15)))


@pytest.mark.both_databases
def test_it_tells_who_would_have_had_too_much_and_which_review_reaches_a_manager_earlier(town: SmallTown) -> None:
    found = tried(town, SOON)
    assert (found.tasks, found.today.messages, found.draft.messages) == (12, 14, 14)
    assert (found.today.at_once, found.today.texts) == (11, 11)
    assert [(one.name, one.today, one.draft) for one in found.heard] == [("Nurse", 13, 13), ("Manager", 1, 1)]
    assert found.draft.weeks == ((date(2026, 10, 26), 1), (date(2026, 11, 2), 13))
    assert found.draft.times == ((0, "day", 11), (1, "morning", 2), (2, "morning", 1))
    assert [(one.name, one.most, one.on) for one in found.today.busy] == [("Nurse", 11, date(2026, 11, 2))]
    assert (found.reviews_earlier, found.reviews_later) == (1, 0)
    (moved,) = found.earlier
    assert moved.case_number == "ACM-000001"
    assert [one and f"{one:%d %b}" for one in (moved.was, moved.now)] == ["04 Nov", "03 Nov"]


def test_a_review_of_somebody_who_left_the_manager_out_is_not_listed(town: SmallTown) -> None:
    manager = town.staff("Asking service_manager", "service_manager")
    with town.office.desk().looking() as session:
        case = session.scalars(select(Case).where(Case.number == "ACM-000001")).one()
    town.add(Exclusion(case_id=case.id, staff_id=manager, who="Asking service_manager", since=town.now))
    weeks = (date(2026, 10, 19), date(2026, 11, 15))
    found = try_ladder(town.desk(manager), Asked("acm", read_ladder(SOON), *weeks))
    assert (found.reviews_earlier, found.earlier, found.draft.messages) == (0, (), 14)


def test_what_was_found_can_be_kept_and_read_again(town: SmallTown) -> None:
    found = tried(town, SOON)
    assert read_told(json.loads(json.dumps(as_told(found)))) == found


def test_only_who_manages_the_programme_tries_and_a_time_has_an_order(town: SmallTown) -> None:
    with pytest.raises(NotAllowed):
        tried(town, SOON, "nurse")
    manager = town.desk(town.staff("Max", "service_manager"))
    for first, last in ((date(2026, 11, 15), date(2026, 11, 14)), (date(2030, 1, 1), date(2030, 1, 2))):
        with pytest.raises(AnswersRefused):
            try_ladder(manager, Asked("acm", standard(), first, last))


def test_the_command_tries_each_programme_where_none_is_named(
    town: SmallTown, environment: dict[str, str], tmp_path: Path
) -> None:
    town.add(Programme(key="ben", name="Benefits", consent_model="consent", content={}))
    (tmp_path / "draft.csv").write_text(run(environment, "ladder", "show", "--programme", "acm").stdout)
    asked = ("ladder", "simulate", "--ladder", str(tmp_path / "draft.csv"))
    assert "Programme ben\n0 tasks" in run(environment, *asked, *WEEKS).stdout
    assert set(json.loads(run(environment, *asked, *WEEKS, "--json").stdout)) == {"acm", "ben"}
    refused = run(environment, *asked, "--from", "2030-01-01", "--to", "2030-01-02")
    assert (refused.exit_code, "must not be after today" in refused.output) == (1, True)


def test_the_command_says_it_in_sentences_and_as_one_object(
    town: SmallTown, environment: dict[str, str], tmp_path: Path
) -> None:
    draft = tmp_path / "draft.csv"
    draft.write_text(run(environment, "ladder", "show").stdout.replace("review,L2,+2WD", "review,L2,+1WD"))
    said = run(environment, "ladder", "simulate", "--ladder", str(draft), *WEEKS)
    assert said.exit_code == 0
    assert "12 tasks from 19 October 2026 to 15 November 2026." in said.stdout
    assert "Earlier: ACM-000001: on 3 November 2026, today on 4 November 2026." in said.stdout
    assert "Nurse: 13 today, 13 in the draft." in said.stdout
    assert "Week from 2 November 2026: 13 today, 13 in the draft." in said.stdout
    assert "Mondays, at once, from 8 in the morning to 7 in the evening: 11 today, 11 in the draft." in said.stdout
    told = json.loads(run(environment, "ladder", "simulate", "--ladder", str(draft), *WEEKS, "--json").stdout)
    assert (told["tasks"], told["reviews_earlier"]) == (12, 1)


def test_what_an_older_release_has_found_can_still_be_read(town: SmallTown) -> None:
    kept = as_told(tried(town, SOON))
    kept["today"]["busiest"] = [["Nurse", 13]]
    for newer, of in (("heard", kept), ("weeks", kept["today"]), ("times", kept["draft"])):
        del of[newer]
    assert read_told(kept).today.weeks == ()


def test_a_file_that_is_no_ladder_is_refused_with_every_fault(
    town: SmallTown, environment: dict[str, str], tmp_path: Path
) -> None:
    draft = tmp_path / "draft.csv"
    draft.write_text(SOON.replace("A,L3,+5WD", "A,L3,5WD").replace("C,L2,+10WD", "C,L3,+10WD"))
    said = run(environment, "ladder", "simulate", "--ladder", str(draft), *WEEKS)
    assert said.exit_code == 1
    assert "A L3: after a task is due write a time such as +2WD." in said.output
    assert "C: after L1 come L2, L3 and so on, without a gap." in said.output
