"""A draft of the ladders: changed a row at a time, tried by the worker, published only as it was tried."""

from __future__ import annotations

from datetime import date

import pytest

from tests.builders.small_town import SmallTown
from workers.jobs import try_ladders
from workflows.actions import ladder_drafts, ladder_tries, ladders
from workflows.assembly import Office
from workflows.casework.errors import AnswersRefused, NotAllowed, OutOfDate
from workflows.casework.ladder_rows import numbered, rows_in
from workflows.casework.ladder_table import LadderRefused, read_ladder, standard, written
from workflows.desk import Desk
from workflows.questions.ladder_drafts import DraftPage, draft_page
from workflows.questions.ladders import ladder_today

NEW = {"ladder": "A", "level": "", "when": "+3WD", "only": "", "whom": "gp_lead", "how": "daily", "shown": "",
       "every": "", "times": "", "until": "done"}  # fmt: skip
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


def add(desk: Desk) -> None:
    ladder_drafts.put_rung(desk, "acm", drafted(desk).draft.mark, NEW)


def of(desk: Desk, name: str) -> list[str]:
    ladder = drafted(desk).ladder
    assert ladder is not None
    return [f"{one.name} {one.when}" for one in ladder.of(name)]


def test_a_rung_stands_where_its_time_puts_it_and_those_after_it_move_up(desk: Desk) -> None:
    add(desk)
    assert of(desk, "A") == ["R1 -1WD", "L1 due", "L2 +2WD", "L3 +3WD", "L4 +5WD"]
    assert ladder_today(desk, "acm") == standard()


def test_a_rung_taken_out_closes_the_gap_and_a_table_that_is_none_says_so(desk: Desk) -> None:
    rows = drafted(desk).draft.rows
    gone = next(place for place, row in enumerate(rows) if (row["ladder"], row["level"]) == ("A", "L2"))
    ladder_drafts.remove_rung(desk, "acm", drafted(desk).draft.mark, gone)
    assert of(desk, "A") == ["R1 -1WD", "L1 due", "L2 +5WD"]
    ladder_drafts.remove_rung(desk, "acm", drafted(desk).draft.mark, gone - 1)
    assert drafted(desk).ladder is None
    assert drafted(desk).faults[0] == "A: there is no rung L1, at which somebody hears that a task is due."


def test_what_was_drafted_in_another_window_is_not_written_over(desk: Desk) -> None:
    seen = drafted(desk).draft.mark
    add(desk)
    with pytest.raises(OutOfDate):
        ladder_drafts.remove_rung(desk, "acm", seen, 0)


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
    add(desk)
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
