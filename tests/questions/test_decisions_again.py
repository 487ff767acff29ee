"""Past decisions made again under a draft of their table: which come out differently, and what is not known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.builders.small_town import SmallTown
from tests.engine.dmn import Row, dmn
from workflows.assembly import Office
from workflows.casework.consent import Exclusion
from workflows.casework.diagram import DecisionRecord, ModelVersion
from workflows.casework.errors import NotAllowed
from workflows.casework.programme import ProgrammeSetting
from workflows.engine import TableRefused
from workflows.questions.decisions_again import DecidedAgain, Instance, Shift, decide_again

OLD: list[Row] = [(("< 65",), ('"low"',)), (("-",), ('"high"',))]
SINCE = date(2026, 8, 16)


def draft(rows: list[Row], *inputs: str) -> bytes:
    return dmn(inputs or ["age"], ["t"], rows, "FIRST")


class Decided:
    """A small service in which a table has decided by age: below 65 low, otherwise high."""

    def __init__(self, office: Office) -> None:
        self.town = SmallTown(office)
        self.version = ModelVersion(
            kind="dmn", key="t", number=90, xml=draft(OLD), sha256="", author="a test", why="", made_at=self.town.now
        )
        self.town.add(self.version)

    def once(self, age: int | None, case_id: UUID | None = None, days_ago: int = 1, **more: Any) -> UUID:
        case_id = case_id or self.town.case()
        said = "low" if age is not None and age < 65 else "high"
        outputs: Mapping[str, Any] = {"t": said, "reason_code": "R"}
        self.town.add(
            DecisionRecord(
                case_id=case_id, table="t", table_version_id=self.version.id, inputs={"age": age, **more}, rules=[1],
                outputs=outputs, reason_code="R", explain="", at=self.town.now - timedelta(days=days_ago),
            )
        )  # fmt: skip
        return case_id

    def again(self, xml: bytes, who: str = "service_manager", staff_id: UUID | None = None) -> DecidedAgain:
        staff_id = staff_id or self.town.staff(f"Asking {who}", who)
        return decide_again(self.town.desk(staff_id), xml, SINCE)


@pytest.fixture
def past(office: Office) -> Decided:
    """A table that has decided nothing yet."""
    return Decided(office)


@pytest.mark.both_databases
def test_what_comes_out_differently_is_counted_by_outcome(past: Decided) -> None:
    for age in (40, 66, 70, 80):
        past.once(age)
    past.once(66, days_ago=300)
    found = past.again(draft([(("< 75",), ('"low"',)), (("-",), ('"high"',))]))
    assert (found.table, found.decisions, found.different, found.refused) == ("t", 4, 2, 0)
    assert found.shifts == (Shift("high", "low", 2),)
    assert [(one.was, one.now, one.rules) for one in found.instances] == [("high", "low", (1,))] * 2


def test_the_same_table_decides_the_same(past: Decided) -> None:
    past.once(40)
    past.once(None)
    found = past.again(draft(OLD))
    assert (found.decisions, found.different, found.shifts, found.instances) == (2, 0, (), ())


def test_a_decision_to_which_the_draft_has_no_answer_is_told(past: Decided) -> None:
    past.once(40)
    past.once(None)
    found = past.again(draft([(("< 65",), ('"low"',))]))
    assert (found.different, found.refused) == (1, 1)
    assert found.shifts == (Shift("high", "no rule applies", 1),)


def test_a_fact_that_was_not_kept_counts_as_not_known_and_that_is_said(past: Decided) -> None:
    past.once(40)
    past.once(50, alone=True)
    rows: list[Row] = [(("< 65", "true"), ('"medium"',)), (("< 65", "-"), ('"low"',)), (("-", "-"), ('"high"',))]
    found = past.again(draft(rows, "age", "alone"))
    assert found.not_kept == (("alone", 1),)
    assert found.shifts == (Shift("low", "medium", 1),)


def test_a_threshold_that_is_read_anew_counts_as_it_is_today(past: Decided) -> None:
    programme_id = past.town.programme_id
    past.town.add(ProgrammeSetting(programme_id=programme_id, key="meds.flag", value="10", valid_from=date(2026, 1, 1)))
    past.once(40, meds=99)
    found = past.again(draft([((">= meds_flag",), ('"many"',)), (("-",), ('"few"',))], "meds"))
    assert (found.shifts, found.not_kept) == ((Shift("low", "many", 1),), ())


def test_cases_are_named_only_to_whom_they_open(past: Decided) -> None:
    drafts: list[Row] = [(("-",), ('"none"',))]
    case_id = past.once(40)
    past.once(40)
    manager = past.town.staff("Max", "service_manager")
    past.town.add(Exclusion(case_id=case_id, staff_id=manager, who="Max", since=past.town.now))
    assert [one.case_number for one in past.again(draft(drafts), staff_id=manager).instances] == ["ACM-000002"]
    editor = past.again(draft(drafts), "process_editor")
    assert (editor.different, editor.instances) == (2, ())


def test_few_of_a_kind_are_shown_the_newest_first(past: Decided) -> None:
    for days_ago in range(9, 0, -1):
        past.once(40, days_ago=days_ago)
    found = past.again(draft([(("-",), ('"none"',))]))
    assert found.different == 9
    assert [one.case_number for one in found.instances] == [f"ACM-00000{number}" for number in (9, 8, 7, 6, 5)]
    assert all(isinstance(one, Instance) for one in found.instances)


def test_progress_is_told_to_the_end(past: Decided) -> None:
    past.once(40)
    told: list[tuple[int, int]] = []
    asking = past.town.desk(past.town.staff("Max", "service_manager"))
    decide_again(asking, draft(OLD), SINCE, lambda done, every: told.append((done, every)))
    assert (told[0], told[-1]) == ((0, 1), (1, 1))


def test_only_who_changes_the_process_asks_and_only_of_a_table(past: Decided) -> None:
    with pytest.raises(NotAllowed):
        past.again(draft(OLD), "nurse")
    with pytest.raises(TableRefused):
        past.again(dmn(["age"], ["t"], [(("5-10",), ('"x"',))]))
