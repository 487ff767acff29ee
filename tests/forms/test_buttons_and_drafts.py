"""Rows are added and removed without a check, and a draft outlives a new version of its form."""

from __future__ import annotations

from datetime import date

from forms import FILES, Choice
from tests.builders.written_forms import a_date, a_form, a_question, typed

ACTIONS = a_question("actions", "repeating", fields=[a_question("what"), a_question("due", "date")])
FORM = a_form(ACTIONS)
TWO = {"actions.count": ["2"], "actions.0.what": ["Call"], "actions.1.what": ["Visit"]} | a_date(
    "actions.1.due", "3", "11", "2026"
)


def test_adding_gives_one_more_row_and_keeps_what_was_typed() -> None:
    assert FORM.apply_button(TWO | typed(add="actions")) == TWO | {"actions.count": ["3"]}


def test_the_first_press_adds_to_the_one_row_that_an_empty_page_shows() -> None:
    assert FORM.apply_button(typed(add="actions")) == {"actions.count": ["2"]}


def test_removing_a_row_moves_the_later_ones_up() -> None:
    assert FORM.apply_button(TWO | typed(remove="actions.0")) == {
        "actions.count": ["1"],
        "actions.0.what": ["Visit"],
        **a_date("actions.0.due", "3", "11", "2026"),
    }


def test_a_button_for_something_else_changes_nothing() -> None:
    for strange in (
        typed(add="cats"),
        typed(remove="cats.0"),
        typed(remove="actions.9"),
        typed(remove="actions.x"),
        {},
    ):
        assert FORM.apply_button(TWO | strange) == TWO


def test_rows_inside_a_row_can_be_added_and_removed() -> None:
    form = a_form(
        a_question("goals", "repeating", fields=[a_question("steps", "repeating", fields=[a_question("who")])])
    )
    raw = {
        "goals.count": ["1"],
        "goals.0.steps.count": ["2"],
        "goals.0.steps.0.who": ["a"],
        "goals.0.steps.1.who": ["b"],
    }
    assert form.apply_button(raw | typed(add="goals.0.steps"))["goals.0.steps.count"] == ["3"]
    removed = form.apply_button(raw | typed(remove="goals.0.steps.0"))
    assert removed == {"goals.count": ["1"], "goals.0.steps.count": ["1"], "goals.0.steps.0.who": ["b"]}


def test_nobody_can_ask_for_a_million_rows() -> None:
    raw = {"actions.count": ["999999999"], "actions.0.what": ["Call"], "actions.88888888.what": ["x"]}
    assert FORM.apply_button(raw | typed(add="actions"))["actions.count"] == ["2"]
    assert len(FORM.page({"actions.count": ["9999"]})[0].asked[0].rows) == 100


def test_a_draft_of_the_same_version_comes_back_as_it_was() -> None:
    carried = FORM.carry_over(TWO, from_version=1)
    assert (carried.raw, carried.left_over) == (TWO, {})


def test_a_question_named_like_a_part_of_the_language_is_empty_when_nobody_answered_it() -> None:
    form = a_form(a_question("items", "repeating", fields=[a_question("values")]), a_question("update", "longtext"))
    assert form.inputs({}) == {}
    assert form.inputs({"items": [{}], "update": "Better"})["update"] == ["Better"]


def test_what_no_longer_fits_a_newer_version_is_set_aside_and_not_lost() -> None:
    old = TWO | typed(note="Rang twice", cohort="b", letters=["gp", "fax"], blank=" ") | {"actions.0.owner": ["Ada"]}
    cohort = a_question("cohort", "choice", choices=[{"value": "a", "label": "A"}])
    letters = a_question("letters", "multichoice", choices=[{"value": "gp", "label": "GP"}])
    carried = a_form(ACTIONS, cohort, letters, version=2).carry_over(old, from_version=1)
    assert carried.raw == TWO | typed(letters=["gp"])
    assert carried.left_over == {
        "note": ["Rang twice"],
        "cohort": ["b"],
        "letters": ["fax"],
        "actions.0.owner": ["Ada"],
    }


LETTERS = a_form(
    a_question("scan", "file"),
    a_question("letters", "files", max_items=2),
    a_question("visits", "repeating", fields=[a_question("photo", "file")]),
)


def test_a_form_says_which_files_its_answers_name() -> None:
    answers = {"scan": "a", "letters": ["b", "c"], "visits": [{"photo": "d"}]}
    named = [("scan", "a"), ("letters", "b"), ("letters", "c"), ("visits.0.photo", "d")]
    assert LETTERS.files(answers) == named
    assert LETTERS.files_typed(LETTERS.inputs(answers)) == ["a", "b", "c", "d"]


def test_an_answer_from_when_a_question_took_one_file_still_counts() -> None:
    assert LETTERS.files({"letters": "b"}) == [("letters", "b")]
    assert LETTERS.inputs({"letters": "b"}) == {"letters": ["b"]}
    (shown,) = LETTERS.show({"letters": "b"}, lookups={FILES: [Choice("b", "letter.pdf, 64 KB")]})
    assert [row.text for row in shown.rows] == ["letter.pdf, 64 KB"]


def test_no_more_files_are_taken_than_the_question_asks_for() -> None:
    raw = typed(letters=["a", "b", "c"])
    (message,) = LETTERS.read(raw, today=date(2026, 11, 16)).errors.values()
    assert message == "Letters may have up to 2 files, not 3"


def test_another_file_replaces_the_one_before_where_only_one_is_asked_for() -> None:
    raw = LETTERS.with_files(typed(scan="a", letters=["b"]), {"scan": ["x"], "letters": ["y"]})
    assert raw == typed(scan="x", letters=["b", "y"])
