"""A draft of the ladders: changed a ladder at a time, tried by the worker, published only as it was tried."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import pytest

from tests.builders.small_town import SmallTown
from workers.jobs import try_ladders
from workflows.actions import ladder_drafts, ladder_tries, ladders
from workflows.assembly import Office
from workflows.casework.errors import AnswersRefused, NotAllowed, OutOfDate
from workflows.casework.ladder_rows import Row, numbered, rows_in
from workflows.casework.ladder_table import LadderRefused, read_ladder, standard, written
from workflows.desk import Desk
from workflows.questions.ladder_drafts import DraftPage, draft_page
from workflows.questions.ladders import ladder_today

NEW = {"ladder": "A", "level": "", "when": "+3WD", "only": "", "whom": "gp_lead", "how": "daily", "shown": "",
       "every": "", "times": "", "until": "done", "by": ""}  # fmt: skip
DAYS = date(2026, 8, 1), date(2026, 10, 31)


@pytest.fixture
def town(office: Office) -> SmallTown:
    return SmallTown(office)


@pytest.fixture
def desk(town: SmallTown) -> Desk:
    """The desk of the manager of the programme."""
    return town.desk(town.staff("Max Orr", "service_manager"))


def drafted(desk: Desk) -> DraftPage:
    return draft_page(desk, "acm")


def keep(desk: Desk, rows: Sequence[Row], seen: str = "") -> None:
    ladder_drafts.keep_ladder(desk, "acm", "A", seen or drafted(desk).draft.mark_of("A"), rows)


def add(desk: Desk) -> None:
    keep(desk, [*drafted(desk).draft.of("A"), NEW])


def of(desk: Desk, name: str) -> list[str]:
    ladder = drafted(desk).ladder
    assert ladder is not None
    return [f"{one.name} {one.when}" for one in ladder.of(name)]


def test_a_rung_stands_where_its_time_puts_it_and_those_after_it_move_up(desk: Desk) -> None:
    add(desk)
    assert of(desk, "A") == ["R1 -1WD", "L1 due", "L2 +2WD", "L3 +3WD", "L4 +5WD"]
    assert ladder_today(desk, "acm") == standard()


def test_a_rung_taken_out_closes_the_gap_and_what_is_no_ladder_is_not_kept(desk: Desk) -> None:
    rows = drafted(desk).draft.of("A")
    keep(desk, [row for row in rows if row["level"] != "L2"])
    assert of(desk, "A") == ["R1 -1WD", "L1 due", "L2 +5WD"]
    with pytest.raises(LadderRefused, match="there is no rung L1") as refused:
        keep(desk, [row for row in rows if row["level"] != "L1"])
    assert [(one.ladder, one.level, one.column) for one in refused.value.found] == [("A", "", "")]
    assert of(desk, "A") == ["R1 -1WD", "L1 due", "L2 +5WD"]


def test_every_fault_of_a_ladder_names_its_cell(desk: Desk) -> None:
    wrong = {"R1": {"whom": "the_boss"}, "L1": {"how": "at once"}, "L3": {"every": "1WD", "times": "often"}}
    rows = [{**row, **wrong.get(row["level"], {})} for row in drafted(desk).draft.of("A")]
    with pytest.raises(LadderRefused) as refused:
        keep(desk, rows)
    cells = [(one.level, one.column) for one in refused.value.found]
    assert cells == [("R1", "whom"), ("L1", "how"), ("L3", "times")]


def test_what_was_saved_in_another_window_is_not_written_over_and_the_same_twice_is_once(desk: Desk) -> None:
    seen, rows = drafted(desk).draft.mark_of("A"), drafted(desk).draft.of("A")
    keep(desk, [*rows, NEW], seen)
    keep(desk, [*rows, NEW], seen)
    with pytest.raises(OutOfDate):
        keep(desk, rows, seen)
    assert len(of(desk, "A")) == 5


def test_two_ladders_of_a_draft_are_changed_in_two_windows(desk: Desk) -> None:
    seen, rows = drafted(desk).draft.mark_of("B"), drafted(desk).draft.of("B")
    add(desk)
    ladder_drafts.keep_ladder(desk, "acm", "B", seen, [row for row in rows if row["level"] != "R1"])
    assert of(desk, "B") == ["L1 due", "L2 +5WD", "L3 +10WD"]
    assert len(of(desk, "A")) == 5


def test_more_reminders_than_a_ladder_holds_are_refused() -> None:
    rows = [{**row, "when": "-2WD"} for row in rows_in(written(standard())) if row["ladder"] == "A"]
    with pytest.raises(LadderRefused, match="two reminders before a task is due"):
        numbered(rows)


@pytest.mark.both_databases
def test_a_draft_is_published_only_as_it_was_tried(desk: Desk, office: Office) -> None:
    add(desk)
    with pytest.raises(AnswersRefused):
        ladder_drafts.publish_draft(desk, "acm", "The lead asked for it")
    ladder_tries.ask_to_try(desk, "acm", *DAYS)
    assert try_ladders.ITEMS.work(office) == (1, 0)
    assert try_ladders.ITEMS.work(office) == (0, 0)
    found = drafted(desk).found
    assert found is not None
    assert (found.tasks, found.first) == (0, DAYS[0])
    assert ladder_drafts.publish_draft(desk, "acm", "The lead asked for it") == 1
    assert [one.when for one in ladder_today(desk, "acm").of("A")] == ["-1WD", "due", "+2WD", "+3WD", "+5WD"]
    assert drafted(desk).draft.saved_at is None


def test_a_draft_that_changed_after_its_try_is_tried_again(desk: Desk, office: Office) -> None:
    add(desk)
    ladder_tries.ask_to_try(desk, "acm", *DAYS)
    try_ladders.ITEMS.work(office)
    keep(desk, drafted(desk).draft.of("A")[:-1])
    with pytest.raises(AnswersRefused):
        ladder_drafts.publish_draft(desk, "acm", "The lead asked for it")


def test_a_draft_that_began_with_an_older_version_does_not_undo_the_newer_one(desk: Desk, office: Office) -> None:
    add(desk)
    ladder_tries.ask_to_try(desk, "acm", *DAYS)
    try_ladders.ITEMS.work(office)
    sooner = read_ladder(written(standard()).replace("A,L2,+2WD", "A,L2,+1WD"))
    ladders.publish(desk, "acm", sooner, "Two days are too long")
    with pytest.raises(OutOfDate):
        ladder_drafts.publish_draft(desk, "acm", "The lead asked for it")


def test_whoever_does_not_manage_the_programme_drafts_and_tries_nothing(town: SmallTown) -> None:
    nurse = town.desk(town.staff("Nurse", "nurse east"))
    for act in (
        lambda: drafted(nurse),
        lambda: ladder_drafts.draft_from(nurse, "acm", standard()),
        lambda: ladder_tries.ask_to_try(nurse, "acm", *DAYS),
    ):
        with pytest.raises(NotAllowed):
            act()
