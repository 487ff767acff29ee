"""A form is read as a whole: hidden questions do not count, required ones are asked for in the form's words."""

from __future__ import annotations

from typing import Any

from tests.builders.written_forms import a_date, a_form, a_question, read, typed

AGREED = a_question("agreed", "yes_no", required=True, required_message="Select whether the person agreed")
WHEN = a_question("agreed_on", "date", required=True, show_when="agreed == 'yes'", label="Date of consent")
ACTIONS = a_question(
    "actions",
    "repeating",
    item_label="Action",
    fields=[a_question("what", required=True), a_question("told", "bool"), a_question("due", "date")],
)


def test_what_is_left_out_is_asked_for_in_the_words_of_the_form() -> None:
    assert read(a_form(AGREED), {}).errors == {"agreed": "Select whether the person agreed"}
    assert read(a_form(a_question("dob", "date", required=True, label="Date of birth")), {}).errors == {
        "dob": "Enter the date of birth"
    }


def test_blank_inputs_are_no_answers() -> None:
    reading = read(a_form(AGREED, a_question("note")), typed(agreed="yes", note="  "))
    assert reading.answers == {"agreed": "yes"}


def test_none_of_something_is_an_answer() -> None:
    form = a_form(a_question("falls", "int", required=True, required_message="Enter how many falls"))
    assert (read(form, typed(falls="0")).answers, read(form, typed(falls="0")).errors) == ({"falls": 0}, {})
    assert read(form, {}).errors == {"falls": "Enter how many falls"}


def test_a_hidden_question_is_not_demanded_and_its_answer_is_dropped() -> None:
    form = a_form(AGREED, WHEN)
    reading = read(form, typed(agreed="no") | a_date("agreed_on", "3", "11", "2026"))
    assert (reading.answers, reading.errors) == ({"agreed": "no"}, {})
    assert read(form, typed(agreed="no") | a_date("agreed_on", "99", "", "")).errors == {}
    assert read(form, typed(agreed="yes")).errors == {"agreed_on": "Enter the date of consent"}


def test_what_depends_on_a_hidden_question_is_hidden_too_wherever_it_stands() -> None:
    form = a_form(
        a_question("third", show_when="second == 'yes'"),
        a_question("second", "yes_no", show_when="first == 'yes'"),
        a_question("first", "yes_no"),
    )
    assert read(form, typed(first="no", second="yes", third="x")).answers == {"first": "no"}
    assert read(form, typed(first="yes", second="yes", third="x")).answers.keys() == {"first", "second", "third"}


def test_a_hidden_section_asks_nothing() -> None:
    carer = {
        "key": "carer",
        "title": "Carer",
        "show_when": "has_carer == 'yes'",
        "fields": [a_question("name", required=True)],
    }
    first = {"key": "one", "title": "One", "fields": [a_question("has_carer", "yes_no")]}
    form = a_form(sections=[first, carer])
    assert read(form, typed(has_carer="no", name="Ada")).answers == {"has_carer": "no"}
    assert read(form, typed(has_carer="yes")).errors == {"name": "Enter the name"}


def test_an_answer_may_be_required_by_another() -> None:
    form = a_form(AGREED, a_question("why", required_when="agreed == 'no'", required_message="Enter why"))
    assert read(form, typed(agreed="yes")).errors == {}
    assert read(form, typed(agreed="no")).errors == {"why": "Enter why"}


def test_a_rule_across_answers_speaks_at_its_question_in_reading_order() -> None:
    rule = {"when": "not phone and not email", "field": "phone", "message": "Enter a phone number or an email address"}
    form = a_form(a_question("phone", "phone"), a_question("email", "email"), AGREED, rules=[rule])
    assert next(iter(read(form, {}).errors.items())) == ("phone", "Enter a phone number or an email address")
    assert read(form, typed(email="ada@example.org", agreed="no")).errors == {}
    assert read(form, typed(phone="12", agreed="no")).errors["phone"].startswith("Phone must be a phone number")


def test_the_first_of_two_broken_rules_is_told_and_none_at_a_hidden_question() -> None:
    rules = [
        {"when": "True", "field": "why", "message": "First"},
        {"when": "True", "field": "why", "message": "Second"},
    ]
    form = a_form(AGREED, a_question("why", show_when="agreed == 'no'"), rules=rules)
    assert read(form, typed(agreed="no", why="x")).errors == {"why": "First"}
    assert read(form, typed(agreed="yes")).errors == {}


def test_a_warning_does_not_stand_in_the_way() -> None:
    cfs = a_question("age", "int", warn_when="age < 65", warning="The scale is not made for people under 65")
    reading = read(a_form(cfs), typed(age="64"))
    assert (reading.answers, reading.errors) == ({"age": 64}, {})
    assert reading.warnings == {"age": "The scale is not made for people under 65"}
    assert read(a_form(cfs), typed(age="65")).warnings == {}


def test_some_sections_can_be_read_alone_and_still_see_the_others() -> None:
    first = {"key": "one", "title": "One", "fields": [AGREED]}
    second = {"key": "two", "title": "Two", "fields": [a_question("why", required=True, show_when="agreed == 'no'")]}
    form = a_form(sections=[first, second])
    assert read(form, {}, sections=("two",)).errors == {}
    assert read(form, typed(agreed="no"), sections=("two",)).errors == {"why": "Answer “Why”"}
    reading = read(form, typed(agreed="no", why="x"), sections=("two",))
    assert (reading.answers, reading.errors) == ({"why": "x"}, {})


def test_a_ticked_box_is_true_an_empty_one_false_and_a_required_one_must_be_ticked() -> None:
    form = a_form(a_question("told", "bool", required=True, label="The person was told"))
    assert read(form, typed(told="yes")).answers == {"told": True}
    assert read(form, {}).errors == {"told": "Confirm: the person was told"}
    assert read(a_form(a_question("told", "bool")), {}).answers == {"told": False}


def test_the_body_mass_index_is_computed_when_both_measures_are_there() -> None:
    bmi = a_question("bmi", "computed", computed="weight / (height / 100 * height / 100)", decimals=1)
    form = a_form(bmi, a_question("weight", "decimal"), a_question("height", "decimal"))
    assert read(form, typed(weight="72", height="170")).answers == {"bmi": 24.9, "weight": 72.0, "height": 170.0}
    assert read(form, typed(weight="72", bmi="99")).answers == {"weight": 72.0}


def test_a_group_is_one_answer_and_its_required_questions_are_demanded_when_it_is_shown() -> None:
    fields = [a_question("name", required=True), a_question("strain", "yes_no", show_when="agreed == 'yes'")]
    form = a_form(AGREED, a_question("carer", "group", fields=fields))
    raw = {"agreed": ["yes"], "carer.name": ["Ada"], "carer.strain": ["no"]}
    assert read(form, raw).answers == {"agreed": "yes", "carer": {"name": "Ada", "strain": "no"}}
    assert read(form, raw | typed(agreed="no")).answers["carer"] == {"name": "Ada"}
    assert read(form, typed(agreed="no")).errors == {"carer.name": "Enter the name"}


def rows(*whats: str, **more: list[str]) -> dict[str, list[str]]:
    raw = {f"actions.{row}.what": [what] for row, what in enumerate(whats)}
    return raw | {"actions.count": [str(len(whats))]} | more


def test_rows_are_kept_in_order_and_blank_ones_left_out() -> None:
    form = a_form(ACTIONS)
    assert read(form, rows("Call", "", "Visit")).answers == {
        "actions": [{"what": "Call", "told": False}, {"what": "Visit", "told": False}]
    }
    assert read(form, rows("", "")).answers == {}


def test_a_row_whose_only_answer_is_hidden_is_no_row() -> None:
    inner = [a_question("told", "bool"), a_question("how", show_when="told")]
    fields = [a_question("way", "group", fields=inner), a_question("n", "computed", computed="1 + 1")]
    form = a_form(a_question("letters", "repeating", fields=fields))
    assert read(form, {"letters.0.way.how": ["x"]}).answers == {}
    ticked = {"letters.1.way.told": ["yes"]}
    assert read(form, ticked).answers == {"letters": [{"way": {"told": True}, "n": 2}]}


def test_an_error_in_a_row_is_told_at_its_input() -> None:
    raw = rows("", "", "Visit") | {"actions.1.told": ["yes"]} | a_date("actions.2.due", "31", "2", "2026")
    assert read(a_form(ACTIONS), raw).errors == {
        "actions.1.what": "Answer “What”",
        "actions.2.due": "Due must be a real date",
    }


def test_there_may_be_too_few_rows_or_too_many() -> None:
    form = a_form(ACTIONS | {"min_items": 2, "max_items": 3, "label": "Actions"})
    assert read(form, rows("a")).errors == {"actions": "Actions: add at least 2"}
    assert read(form, rows("a", "b")).errors == {}
    assert read(form, rows("a", "b", "c")).errors == {}
    assert read(form, rows("a", "b", "c", "d")).errors == {"actions": "Actions: add no more than 3"}


def test_a_row_hides_its_own_questions_only() -> None:
    fields = [a_question("who"), a_question("role", show_when="who == 'other'")]
    form = a_form(a_question("present", "repeating", fields=fields))
    raw = {
        f"present.{row}.{name}": [value]
        for row, who in enumerate(("gp", "other"))
        for name, value in (("who", who), ("role", "x"))
    }
    assert read(form, raw).answers == {"present": [{"who": "gp"}, {"who": "other", "role": "x"}]}


def phq2(**more: Any) -> Any:
    return a_question("phq2", "instrument", instrument="PHQ2", label="PHQ-2", **more)


def test_an_instrument_keeps_its_items_and_its_score() -> None:
    raw = {"phq2.interest": ["3"], "phq2.down": ["0"]}
    form = a_form(phq2(), a_question("plan", show_when="phq2.total >= 3"))
    answer = {"items": {"interest": 3, "down": 0}, "version": 1, "complete": True, "total": 3, "band": "positive"}
    assert read(form, raw | typed(plan="GP")).answers == {"phq2": answer, "plan": "GP"}
    assert form.inputs({"phq2": answer}) == raw


def test_an_instrument_may_be_left_incomplete_unless_it_is_required() -> None:
    raw = {"phq2.interest": ["3"]}
    assert read(a_form(phq2()), raw).answers == {"phq2": {"items": {"interest": 3}, "version": 1, "complete": False}}
    assert read(a_form(phq2(required=True)), raw).errors == {"phq2": "Answer every question of PHQ-2"}
    assert read(a_form(phq2(required=True)), {}).errors == {"phq2": "Answer “PHQ-2”"}
    assert read(a_form(phq2()), {}).answers == {}


def test_a_condition_may_ask_for_a_number_of_the_programme_and_its_sentence_may_say_it() -> None:
    until = a_question(
        "until",
        "date",
        warn_when="days_between(today, until) > setting.override_days",
        warning="This is more than {setting.override_days} days away",
    )
    rule = {
        "when": "days_between(today, until) > 2 * setting.override_days",
        "field": "until",
        "message": "Twice {setting.override_days} days is the end of it",
    }
    form = a_form(until, rules=[rule])
    away = {days: a_date("until", *days) for days in (("26", "11", "2026"), ("27", "11", "2026"), ("7", "12", "2026"))}
    near, far, farthest = (read(form, raw, settings={"override_days": 10}) for raw in away.values())
    assert (near.warnings, near.errors) == ({}, {})
    assert (far.warnings, far.errors) == ({"until": "This is more than 10 days away"}, {})
    assert farthest.errors == {"until": "Twice 10 days is the end of it"}
    assert read(form, a_date("until", "7", "12", "2026")).warnings == {}  # a number nobody set limits nothing
