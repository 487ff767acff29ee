"""Several people fill in the same form at the same time: what each of them wrote stands, whoever is last."""

from __future__ import annotations

from functools import reduce
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from forms import BEGUN_WITH, Form
from tests.builders.drawn_forms import CHOICES, answers, questions
from tests.builders.written_forms import a_form, a_question

SUPPORT = a_question(
    "support", "repeating", fields=[a_question("what"), a_question("often"), a_question("paid", "bool")]
)
HOME = a_question("home", "group", fields=[a_question("tenure", "choice", choices=CHOICES), a_question("heating")])
PLAN = a_form(
    SUPPORT, HOME, a_question("signs", "longtext"), a_question("letter", "choice", choices=CHOICES),
    a_question("papers", "files"), a_question("plan_done_by"),
)  # fmt: skip
WEEKLY, DAILY, NIGHTLY = {"what": "Nurse", "often": "Weekly"}, {"what": "Carer", "often": "Daily"}, {"what": "Sitter"}
Answers = dict[str, Any]


def joined(begun: Answers, theirs: Answers, mine: Answers) -> Answers:
    return PLAN.join(begun, theirs, mine).answers


def test_what_i_did_not_change_is_as_others_left_it() -> None:
    begun = {"signs": "Sleeps badly", "letter": "a", "support": [WEEKLY]}
    theirs = {"signs": "Sleeps well", "support": [WEEKLY, DAILY]}
    assert joined(begun, theirs, begun) == theirs
    assert joined(begun, begun, theirs) == theirs


def test_rows_of_both_stand_theirs_first_and_a_removed_one_stays_away() -> None:
    assert joined({"support": [WEEKLY]}, {"support": [WEEKLY, DAILY]}, {"support": [WEEKLY, NIGHTLY]}) == {
        "support": [WEEKLY, DAILY, NIGHTLY]
    }
    assert joined({"support": [WEEKLY]}, {"support": [WEEKLY, DAILY]}, {}) == {"support": [DAILY]}
    assert joined({"support": [WEEKLY]}, {}, {"support": [WEEKLY, DAILY]}) == {"support": [DAILY]}


def test_the_same_row_changed_by_both_stands_in_both_wordings_in_its_place() -> None:
    begun = {"support": [WEEKLY, DAILY]}
    theirs, mine = WEEKLY | {"often": "Monthly"}, WEEKLY | {"often": "Twice a week"}
    assert joined(begun, {"support": [theirs, DAILY]}, {"support": [mine, DAILY]})["support"] == [theirs, mine, DAILY]


def test_the_same_row_added_by_both_stands_once_whatever_empty_boxes_it_has() -> None:
    assert joined({}, {"support": [DAILY]}, {"support": [DAILY | {"paid": False}, NIGHTLY]}) == {
        "support": [DAILY, NIGHTLY]
    }


def test_long_texts_of_both_stand_theirs_first_and_nothing_twice() -> None:
    begun = {"signs": "Sleeps badly"}
    assert (
        joined(begun, {"signs": "Stays in bed"}, {"signs": "Does not eat"})["signs"] == "Stays in bed\n\nDoes not eat"
    )
    added = joined(begun, {"signs": "Sleeps badly\nStays in bed"}, {"signs": "Sleeps badly\nDoes not eat"})
    assert added["signs"] == "Sleeps badly\nStays in bed\n\nDoes not eat"
    assert joined(begun, {"signs": "Stays in bed"}, {})["signs"] == "Stays in bed"


def test_an_answer_that_can_stand_once_only_is_asked_also_inside_a_group() -> None:
    begun = {"letter": "a", "home": {"tenure": "a"}}
    theirs = {"letter": "b", "home": {"tenure": "b", "heating": "Gas"}}
    found = PLAN.join(begun, theirs, {"letter": "c", "home": {"tenure": "c"}})
    assert found.answers == {"letter": "c", "home": {"tenure": "c", "heating": "Gas"}}
    assert found.asked == ("home.tenure", "letter")


def test_files_of_both_are_kept() -> None:
    assert joined({"papers": ["1"]}, {"papers": ["1", "2"]}, {"papers": ["3"]}) == {"papers": ["2", "3"]}


def test_whoever_wrote_in_a_section_has_signed_it() -> None:
    theirs = {"signs": "Sleeps badly", "plan_done_by": "ada"}
    assert joined({}, theirs, {"plan_done_by": "ben"}) == theirs
    assert joined({}, theirs, {"letter": "a", "plan_done_by": "ben"})["plan_done_by"] == "ben"


def test_a_draft_still_says_what_it_began_with_in_a_newer_form() -> None:
    carried = PLAN.carry_over({BEGUN_WITH: ["1"], "signs": ["Tired"]}, from_version=2)
    assert carried.raw == {BEGUN_WITH: ["1"], "signs": ["Tired"]}
    assert carried.left_over == {}


QUICK = settings(max_examples=100, deadline=None)
ROWS = st.lists(st.sampled_from([WEEKLY, DAILY, NIGHTLY, {"what": "Gym"}, {"what": "Choir"}]), unique_by=str)
LINES = st.lists(st.sampled_from(["Tired", "Cold", "In pain", "Sad"]), unique=True).map("\n".join)
FILLED = st.fixed_dictionaries({"support": ROWS, "signs": LINES, "letter": st.sampled_from("abc")})


def stands(answers: Answers) -> set[str]:
    """Everything that stands in an answered form, row by row and line by line."""
    return {str(row) for row in answers.get("support", [])} | set(answers.get("signs", "").splitlines())


@QUICK
@given(FILLED, FILLED, FILLED)
def test_nothing_that_anybody_typed_disappears(begun: Answers, theirs: Answers, mine: Answers) -> None:
    found = PLAN.join(begun, theirs, mine)
    for one in (theirs, mine):
        assert stands(one) - stands(begun) <= stands(found.answers)
    assert stands(begun) & stands(theirs) & stands(mine) <= stands(found.answers)
    assert found.answers["letter"] in (theirs["letter"], mine["letter"])
    both = mine["letter"] != begun["letter"] != theirs["letter"] != mine["letter"]
    assert found.asked == (("letter",) if both else ())


@QUICK
@given(ROWS, st.permutations(range(3)), st.tuples(ROWS, ROWS, ROWS))
def test_whoever_comes_first_the_same_rows_stand_in_the_end(
    begun: list[Any], order: list[int], written: tuple[list[Any], ...]
) -> None:
    def end(people: list[int]) -> set[str]:
        start = {"support": begun}
        return stands(reduce(lambda so_far, each: joined(start, so_far, {"support": written[each]}), people, start))

    assert end(order) == end([0, 1, 2])


@st.composite
def forms_filled_in_twice(draw: st.DrawFn) -> tuple[Form, Answers, Answers]:
    asked = draw(questions())
    return a_form(*asked), draw(answers(asked)), draw(answers(asked))


@QUICK
@given(forms_filled_in_twice())
def test_of_any_form_what_one_alone_changed_stands(drawn: tuple[Form, Answers, Answers]) -> None:
    form, begun, later = drawn
    for found in (form.join(begun, later, begun), form.join(begun, begun, later), form.join(begun, later, later)):
        assert not form.changed(later, found.answers)
        assert found.asked == ()
