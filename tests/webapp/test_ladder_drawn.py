"""A ladder as a drawing: each rung in its place, words that do not lie on each other."""

from __future__ import annotations

from itertools import pairwise

import pytest

from webapp.programme.ladder_drawn import GAP, LINE, Drawn, drawn
from workflows.casework.ladder import NAMES
from workflows.casework.ladder_table import read_ladder, standard, written

TABLE = written(standard())


def of(name: str, was: str = "", now: str = "") -> Drawn:
    return drawn(NAMES[name], read_ladder(TABLE.replace(was, now)).of(name))


def test_lengths_of_time_are_drawn_on_one_scale() -> None:
    seven_before, due, two_after, five_after, ten_after = (one.y for one in of("review").marks)
    a_working_day = (five_after - due) / 5
    assert two_after - due == pytest.approx(2 * a_working_day, abs=0.1)
    assert ten_after - due == pytest.approx(10 * a_working_day, abs=0.1)
    assert due - seven_before == pytest.approx(5 * a_working_day, abs=0.1)


def test_a_share_of_the_time_is_drawn_as_that_share_of_the_way_from_asked_to_due() -> None:
    drawing = of("S", "S,R1,50%", "S,R1,25%")
    assert drawing.share == drawing.marks[0].y
    assert drawing.share - drawing.asked == pytest.approx((drawing.due - drawing.asked) / 4, abs=0.1)
    assert of("A").share is None


def test_what_is_said_again_is_drawn_until_the_next_rung_comes() -> None:
    once_more = of("A", "A,L2,+2WD,,team_manager,daily,,,,seen", "A,L2,+2WD,,team_manager,daily,,1WD,5,seen")
    *_, second, third = once_more.marks
    assert len(second.again) == 2
    assert second.y < second.again[0] < second.again[1] < third.y


@pytest.mark.parametrize("name", NAMES)
def test_no_words_lie_on_others_and_all_lie_within_the_drawing(name: str) -> None:
    drawing = of(name)
    lines = [line.y for mark in drawing.marks for line in mark.lines]
    assert all(below - above >= LINE for above, below in pairwise(lines))
    assert all(one.at + GAP / 2 <= two.at for one, two in pairwise(drawing.marks))
    assert lines[0] > drawing.asked
    assert lines[-1] < drawing.height
