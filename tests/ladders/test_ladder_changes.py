"""What differs between two tables of ladders: which rung is which, and what of it is other."""

from __future__ import annotations

import pytest

from webapp.programme.ladder_change_words import differences
from workflows.casework.ladder import Ladder
from workflows.casework.ladder_changes import pairs
from workflows.casework.ladder_table import read_ladder, standard, written

TABLE = written(standard())


def changed(was: str, now: str) -> Ladder:
    assert was in TABLE
    return read_ladder(TABLE.replace(was, now))


def test_a_rung_put_between_two_others_is_new_and_those_above_it_only_have_another_number() -> None:
    between = changed("A,L3,+5WD", "A,L3,+3WD,,gp_lead,daily,,,,done\nA,L4,+5WD")
    of_a = [pair for pair in pairs(standard(), between) if pair.rung.ladder == "A"]
    assert [(pair.rung.name, pair.kind) for pair in of_a] == [
        ("R1", "same"), ("L1", "same"), ("L2", "same"), ("L3", "added"), ("L4", "moved"),
    ]  # fmt: skip


def test_a_rung_taken_out_is_gone_though_another_has_its_number_now() -> None:
    without = changed("A,L2,+2WD,,team_manager,daily,,,,seen,\nA,L3", "A,L2")
    of_a = [pair for pair in pairs(standard(), without) if pair.rung.ladder == "A"]
    assert [(pair.rung.name, pair.kind) for pair in of_a] == [
        ("R1", "same"), ("L1", "same"), ("L2", "gone"), ("L2", "moved"),
    ]  # fmt: skip


A_L2 = "A,L2,+2WD,,team_manager,daily,,,,seen"


@pytest.mark.parametrize(
    ("now", "said"),
    [
        ("A,L2,+3WD,,team_manager,daily,,,,seen", "goes to the team manager after 3 working days instead of 2."),
        ("A,L2,+3D,,team_manager,daily,,,,seen",
         "goes to the team manager after 3 days instead of after 2 working days."),
        ("A,L2,+2WD,,team_manager gp_lead,daily,,,,seen", "goes to the GP lead and MDT chair as well."),
        ("A,L2,+2WD,,duty,daily,,,,seen", "goes to whoever is on duty instead of the team manager."),
        ("A,L2,+2WD,,,nobody,board,,,seen",
         "goes to nobody any more, before to the team manager; stands red on the board."),
        ("A,L2,+2WD,,team_manager,weekly,,,,seen",
         "is told in the first morning message of a week instead of in the morning message."),
        ("A,L2,+2WD,,team_manager,daily,,1WD,2,seen", "is said again after 1 working day, 2 times at most."),
        ("A,L2,+2WD,,team_manager,daily,,,,done", "comes even if somebody has said that they know of it."),
        ("A,L2,+3WD,,gp_lead,daily,,,,seen",
         "goes to the GP lead and MDT chair instead of the team manager; comes after 3 working days instead of 2."),
    ],
)  # fmt: skip
def test_what_is_other_about_a_rung_is_said_in_a_sentence(now: str, said: str) -> None:
    assert differences(standard(), changed(A_L2, now)) == [f"Promised to a person, L2: {said}"]


def test_tables_that_say_the_same_differ_in_nothing() -> None:
    assert differences(standard(), read_ladder(TABLE)) == []
