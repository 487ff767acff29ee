"""The exception report: what a manager has to answer for, in the cases they look after, without names."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.builders.small_town import SmallTown
from workflows.actions.putting_off import know_of
from workflows.actions.tasks import claim_task, reassign_task
from workflows.assembly import Office
from workflows.casework.care import Contact, HospitalEpisode
from workflows.casework.diagram import DecisionRecord, ModelVersion
from workflows.casework.escalation import Escalation, LadderVersion
from workflows.casework.ladder import NAMES
from workflows.casework.ladder_table import COLUMNS
from workflows.casework.notice import Notice
from workflows.questions.exception_rows import Row
from workflows.questions.exceptions import SECTIONS, exception_report


@pytest.fixture
def town(office: Office) -> SmallTown:
    """A small service, on Monday 16 November at nine."""
    return SmallTown(office)


@pytest.fixture
def manager(town: SmallTown) -> UUID:
    """The manager of East."""
    return town.staff("Mia Manager", "team_manager east")


def rows(town: SmallTown, staff_id: UUID, section: str, first: date | None = None, last: date | None = None) -> Any:
    found = exception_report(town.desk(staff_id), first, last).found
    return next(one.rows for one in found if one.section.key == section)


def whats(found: list[Row]) -> list[str]:
    return [row.what for row in found]


def test_reviews_are_reported_from_the_eleventh_working_day(town: SmallTown, manager: UUID) -> None:
    for name, due in (("eleven", "-17d"), ("ten", "-14d")):
        town.task(town.case(), key="review_person", name=name, escalation="A", due=due)
    done = {"status": "completed", "ended_at": town.at("-2d"), "ended_by_id": manager}
    town.task(town.case(), key="review_person", name="done very late", due="-20d", **done)
    town.task(town.case(), key="review_person", name="done in time", due="-20d", **done | {"ended_at": town.at("-19d")})
    town.task(town.case(), name="no review", due="-30d")
    found = rows(town, manager, "reviews")
    assert whats(found) == ["done very late", "eleven"]
    assert found[0].done.endswith("by Mia Manager")


def test_a_review_that_was_very_late_when_its_clock_stopped_is_reported_for_those_days(
    town: SmallTown, manager: UUID
) -> None:
    for name, due, paused in (("very late", "-20d", "-2d"), ("ten days", "-20d", "-6d"), ("before", "-40d", "-8d")):
        stands_still = {"paused_at": town.at(paused), "assignee_id": manager}
        town.task(town.case(), key="review_person", name=name, due=due, **stands_still)
    (found,) = rows(town, manager, "reviews")
    assert (found.what, found.done) == ("very late", "its clock stands still since Sat 14 Nov, 09:00")


def test_a_review_done_on_its_tenth_day_of_being_late_stands_with_what_came_to_the_last_rung(
    town: SmallTown, manager: UUID
) -> None:
    done = {"status": "completed", "ended_by_id": manager, "key": "review_person", "due": "-17d"}
    for name, ended in (("tenth day", "-3d"), ("eleventh day", "-1h")):
        task = town.task(town.case(), name=name, ended_at=town.at(ended), **done)
        town.came_to(task, " agenda report ", fired="-3d")
    assert whats(rows(town, manager, "ladder")) == ["tenth day"]
    assert whats(rows(town, manager, "reviews")) == ["eleventh day"]


def test_every_safety_task_that_was_late_in_the_period_is_reported_done_since_or_not(
    town: SmallTown, manager: UUID
) -> None:
    case = town.case()
    over = {"status": "completed", "ended_by_id": manager}
    town.task(case, name="late", escalation="S", due="-1h")
    town.task(case, name="done late", escalation="S", due="-3d", ended_at=town.at("-2d"), **over)
    town.task(case, name="done in time", escalation="S", due="-2d", ended_at=town.at("-3d"), **over)
    town.task(case, name="long ago", escalation="S", due="-30d", ended_at=town.at("-29d"), **over)
    town.task(case, name="stands still", escalation="S", due="-2d", paused_at=town.at("-3d"))
    town.task(case, name="not about safety", due="-3d")
    assert whats(rows(town, manager, "safety")) == ["done late", "late"]
    earlier = date(2026, 10, 17), date(2026, 10, 23)
    assert whats(rows(town, manager, "safety", *earlier)) == ["long ago"]


def test_what_was_done_about_a_task_is_told_with_its_reason(town: SmallTown, manager: UUID) -> None:
    nurse = town.staff("Nia Nurse", "nurse east")
    moved, claimed, _left, known = (town.task(town.case(), escalation="S", due="-1h", name=name) for name in "abcd")
    claim_task(town.desk(nurse), claimed)
    know_of(town.desk(nurse), known)
    reassign_task(town.desk(manager), moved, nurse, "Knows the family")
    found = {row.what: row for row in rows(town, manager, "safety")}
    assert (found["a"].done, found["a"].why) == ("handed to Nia Nurse Mon 16 Nov, 09:00", "Knows the family")
    assert found["b"].done == "taken on by Nia Nurse Mon 16 Nov, 09:00"
    assert (found["c"].done, found["c"].whose) == ("", "nobody’s yet, district nurse pool")
    assert found["d"].done == "Nia Nurse knows of it Mon 16 Nov, 09:00"


def test_what_was_done_about_one_task_is_not_told_of_another_of_the_same_name(town: SmallTown, manager: UUID) -> None:
    nurse, case = town.staff("Nia Nurse", "nurse east"), town.case()
    known, _left = (town.task(case, escalation="S", due=due, name="Do what was agreed") for due in ("-2h", "-1h"))
    know_of(town.desk(nurse), known)
    done = [row.done for row in rows(town, manager, "safety")]
    assert done == ["Nia Nurse knows of it Mon 16 Nov, 09:00", ""]


def test_what_came_to_the_rung_of_the_report_stands_in_it_once(town: SmallTown, manager: UUID) -> None:
    def came(name: str, shown: str, fired: str = "-1d", **given: Any) -> None:
        town.came_to(town.task(case, name=name, **{"due": "-30d", **given}), shown, fired, level=5)

    case = town.case()
    came("left", " agenda report ")
    came("since then", " report ", "-20d")
    came("put on another day since", " report ", due="+2d", turns=1)
    came("board only", " board ")
    came("done before", " report ", "-20d", status="completed", ended_at=town.at("-19d"))
    came("late for the first time since", " report ", "-20d", due="-1d", turns=1)
    came("safety", " report ", escalation="S")
    came("review", " report ", key="review_person", escalation="A")
    assert sorted(whats(rows(town, manager, "ladder"))) == ["left", "put on another day since", "since then"]


@pytest.mark.both_databases
def test_what_came_to_the_last_rung_of_its_ladder_stands_in_the_report_until_it_is_done(
    town: SmallTown, manager: UUID
) -> None:
    def came(name: str, ladder: str, level: int, version: int = 0) -> None:
        task = town.task(town.case(), name=name, due="-30d", escalation=ladder)
        town.came_to(task, " board ", "-20d", ladder=ladder, level=level, version=version)

    rung = "{0},L1,due,,holder,daily,,,,done,\n{0},L2,+1WD,,team_manager,daily,,,,done,\n"
    published = {"published_at": town.now, "published_by": "a test", "why": "to try"}
    table = ",".join(COLUMNS) + "\n" + "".join(rung.format(name) for name in NAMES)
    town.add(LadderVersion(programme_id=town.programme_id, number=1, content=table, **published))
    came("promised", "A", 5)
    came("low", "C", 4)
    came("has a rung to come", "A", 4)
    came("by a shorter ladder", "A", 4, version=1)
    assert sorted(whats(rows(town, manager, "ladder"))) == ["by a shorter ladder", "low", "promised"]


def test_silence_is_counted_by_how_far_apart_the_reviews_of_a_case_are(town: SmallTown, manager: UUID) -> None:
    def spoke(days: int, **given: Any) -> UUID:
        case = town.case(opened_at=town.now - timedelta(days=200), **given)
        said = {"at": town.now - timedelta(days=days), "route": "phone", "outcome": "spoke", "by": "Nia Nurse"}
        town.add(Contact(case_id=case, document_id=town.paper(case, "F10", {}), **said))
        return case

    apart(town, spoke(16), "14D")  # ACM-000001
    apart(town, spoke(16), "84D")
    spoke(29)  # ACM-000003: nothing was said, so four weeks
    spoke(27)
    spoke(90, clocks_paused_at=town.now)
    spoke(90, stage="referred")
    spoke(90, closed_at=town.now)
    town.case(opened_at=town.now - timedelta(days=40))  # ACM-000008: nobody has spoken to them at all
    found = rows(town, manager, "silence")
    assert [(row.case_number, row.what) for row in found] == [
        ("ACM-000008", "No contact yet"),
        ("ACM-000003", "No contact since then"),
        ("ACM-000001", "No contact since then"),
    ]


def apart(town: SmallTown, case_id: UUID, said: str) -> None:
    """The table of reviews said how far apart those of a case are."""
    version = ModelVersion(
        kind="dmn", key="review_interval", number=int(said[:-1]), xml=b"", sha256=said, author="a test", why="to try",
        made_at=town.now,
    )  # fmt: skip
    town.add(version)
    town.add(
        DecisionRecord(
            case_id=case_id, table="review_interval", table_version_id=version.id, inputs={}, rules=[1],
            outputs={"review_interval": said}, reason_code="", explain="", at=town.now,
        )
    )  # fmt: skip


def test_what_nobody_can_do_is_reported(town: SmallTown, manager: UUID) -> None:
    town.task(town.case(), role="pharmacist", name="no pharmacist here", due="+2d")
    town.staff("Nia Nurse", "nurse east")
    town.task(town.case(), due="+2d")
    assert whats(rows(town, manager, "nobody")) == ["no pharmacist here"]


def test_stays_beyond_four_weeks_are_reported_with_who_is_asked_about_them(town: SmallTown, manager: UUID) -> None:
    def stay(admitted: int, discharged: int | None = None) -> UUID:
        case, left = town.case(), None if discharged is None else town.now - timedelta(days=discharged)
        since = {"admitted_at": town.now - timedelta(days=admitted), "hospital": "Infirmary", "planned": "emergency"}
        town.add(HospitalEpisode(case_id=case, discharged_at=left, **since))
        return case

    asked = stay(40)
    stay(27)
    stay(60, 3)
    stay(60, 20)
    stay(30, 5)
    town.task(asked, key="decide_long_hospital_stay", due="+1d")
    found = rows(town, manager, "stays")
    assert [(row.case_number, row.what, row.done) for row in found] == [
        ("ACM-000003", "In hospital for 57 days", ""),
        ("ACM-000001", "In hospital for 40 days", "somebody is asked about it, due Tue 17 Nov, 09:00"),
    ]


def test_cases_open_for_long_are_told_apart_at_a_year(town: SmallTown, manager: UUID) -> None:
    for weeks, given in ((60, {}), (30, {}), (25, {}), (90, {"stage": "identified"})):
        town.case(opened_at=town.now - timedelta(weeks=weeks), **given)
    found = rows(town, manager, "length")
    assert whats(found) == ["Open for more than 52 weeks", "Open for more than 26 weeks"]


def test_emails_given_up_are_reported_to_those_who_look_after_the_case_or_the_colleague(
    town: SmallTown, manager: UUID
) -> None:
    nurse, other = town.staff("Nia Nurse", "nurse east"), town.staff("Nora North", "nurse north")
    for kind, about in (
        ("digest", {"staff_id": nurse}), ("digest", {"staff_id": other}), ("urgent", {"case_id": town.case()}),
        ("urgent", {"case_id": town.case(team="north")}), ("urgent", {"case_id": town.case(), "status": "sent"}),
    ):  # fmt: skip
        usual = {"address": "x@example.org", "status": "failed", "made_at": town.at("-1d"), "attempts": 8}
        town.add(Notice(kind=kind, once=f"{kind} {about}", **usual | about))
    found = rows(town, manager, "notices")
    assert [(row.case_number, row.what, row.whose) for row in found] == [
        ("", "digest", "Nia Nurse"),
        ("ACM-000001", "urgent", "somebody outside"),
    ]


@pytest.mark.parametrize("section", [one.key for one in SECTIONS])
def test_nobody_is_told_of_cases_that_are_not_theirs_to_see(town: SmallTown, manager: UUID, section: str) -> None:
    long_ago = {"opened_at": town.now - timedelta(weeks=60)}
    hidden = [
        town.case(team="north", **long_ago),
        town.case(sharing_scope="held_back", **long_ago),
        town.case(**long_ago),
    ]
    town.shut_out(hidden[-1], manager)
    for case in hidden:
        town.task(case, key="review_person", escalation="S", role="pharmacist", due="-40d")
        town.add(HospitalEpisode(case_id=case, admitted_at=town.at("-40d"), hospital="", planned=""))
        town.add(
            Notice(case_id=case, address="", kind="urgent", once=str(case), status="failed", made_at=town.at("-1h"))
        )
        left = town.task(case, due="-40d")
        at = dict.fromkeys(("due_at", "came_at", "fired_at"), town.at("-1h"))
        town.add(Escalation(task_id=left, case_id=case, ladder="B", level=5, slot="L3", shown=" report ", **at))
    assert list(rows(town, manager, section)) == []
    service = town.staff("Sam Service", "service_manager")
    assert len({row.case_number for row in rows(town, service, section)}) == 2


def test_days_to_come_are_not_asked_for_and_a_week_is_usual(town: SmallTown, manager: UUID) -> None:
    desk = town.desk(manager)
    assert exception_report(desk).period.first == date(2026, 11, 10)
    assert exception_report(desk, None, date(2030, 1, 1)).period.last == date(2026, 11, 16)


def test_the_page_shows_so_many_and_says_that_there_are_more(town: SmallTown, manager: UUID) -> None:
    for _ in range(3):
        town.case(opened_at=town.now - timedelta(weeks=30))
    desk = town.desk(manager)
    cut, whole = exception_report(desk, most=2).found[-1], exception_report(desk, most=None).found[-1]
    assert (len(cut.rows), cut.more, len(whole.rows), whole.more) == (2, True, 3, False)
