"""Answers are shown in words, and sensitive ones only to those who may see them."""

from __future__ import annotations

from forms import Catalogue, Choice, ShownRow, ShownSection
from tests.builders.written_forms import a_form, a_question


def rows(form: object, answers: dict[str, object], **more: object) -> list[tuple[str, str]]:
    return [(row.label, row.text) for section in form.show(answers, **more) for row in section.rows]  # type: ignore[attr-defined]  # any form


def test_dates_numbers_and_choices_are_shown_as_people_say_them() -> None:
    form = a_form(
        a_question("nhs_number", "nhs_number", label="NHS number"),
        a_question("dob", "date", label="Date of birth"),
        a_question("met", "datetime"),
        a_question("weight", "decimal", unit="kg"),
        a_question("agreed", "yes_no_unknown"),
        a_question("told", "bool"),
        a_question(
            "needs", "multichoice", choices=[{"value": "bsl", "label": "BSL"}, {"value": "easy", "label": "Easy read"}]
        ),
        a_question("team", "lookup", lookup="team"),
        a_question("pain", "scale"),
    )
    answers = {
        "nhs_number": "9990000018", "dob": "1941-03-27", "met": "2026-07-03T13:30:00+00:00", "weight": 72.0,
        "agreed": "unknown", "told": False, "needs": ["bsl", "easy"], "team": "n", "pain": 0,
    }  # fmt: skip
    assert rows(form, answers, lookups={"team": [Choice("n", "North")]}) == [
        ("NHS number", "999 000 0018"),
        ("Date of birth", "27 March 1941"),
        ("Met", "3 July 2026, 14:30"),
        ("Weight", "72 kg"),
        ("Agreed", "Not known"),
        ("Told", "No"),
        ("Needs", "BSL, Easy read"),
        ("Team", "North"),
        ("Pain", "0"),
    ]


def test_groups_and_rows_are_told_apart_by_their_labels() -> None:
    carer = a_question("carer", "group", fields=[a_question("name")])
    actions = a_question("actions", "repeating", item_label="Action", fields=[a_question("what")])
    answers: dict[str, object] = {"carer": {"name": "Ada"}, "actions": [{"what": "Call"}, {"what": "Visit"}]}
    assert rows(a_form(carer, actions), answers) == [
        ("Carer: Name", "Ada"),
        ("Action 1: What", "Call"),
        ("Action 2: What", "Visit"),
    ]


def test_an_instrument_is_shown_with_its_result_first() -> None:
    form = a_form(a_question("phq2", "instrument", instrument="PHQ2", label="PHQ-2"))
    assert rows(form, {"phq2": {"items": {"interest": 3, "down": 1}}})[:2] == [
        ("PHQ-2", "4: positive"),
        ("PHQ-2: Little interest or pleasure in doing things", "Nearly every day"),
    ]


def test_unanswered_questions_and_empty_sections_are_left_out() -> None:
    assert a_form(a_question("note")).show({}) == ()


def test_a_sensitive_answer_is_withheld_and_so_is_whether_there_is_one() -> None:
    form = a_form(a_question("violence", sensitive=True, label="Violence at home"), a_question("note"))
    withheld = (ShownSection("One", (ShownRow("Violence at home", "Restricted", sensitive=True),)),)
    assert form.show({"violence": "Yes, since May"}, may_see_sensitive=False) == withheld
    assert form.show({}, may_see_sensitive=False) == withheld
    assert rows(form, {"violence": "Yes, since May"}) == [("Violence at home", "Yes, since May")]


def test_all_of_a_sensitive_group_is_withheld() -> None:
    form = a_form(a_question("risks", "group", sensitive=True, fields=[a_question("dog")]))
    assert rows(form, {"risks": {"dog": "bites"}}, may_see_sensitive=False) == [("Risks", "Restricted")]
    assert form.show({"risks": {"dog": "bites"}})[0].rows[0].sensitive


def test_a_meeting_is_shown_by_its_day_when_that_day_is_past() -> None:
    form = a_form(a_question("meeting", "lookup", label="Which meeting?", lookup="meeting"))
    assert rows(form, {"meeting": "2026-11-05"}, lookups={"meeting": ()}) == [("Which meeting?", "5 November 2026")]


def test_a_part_in_which_nothing_stands_but_who_filled_it_in_reads_not_filled_in() -> None:
    form = Catalogue.shipped().form("F11")
    signed = {"physical_not_applicable": False, "physical_done_by": "ada", "physical_done_at": "2026-11-16"}
    assert rows(form, signed) == [("This part", "Not filled in")]
    assert ("Pain", "0") in rows(form, {**signed, "pain": 0})
    assert ("“Physical health” does not apply to this person", "Yes") in rows(
        form, {**signed, "physical_not_applicable": True}
    )
