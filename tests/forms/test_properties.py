"""What holds for every form and whatever is typed into it."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings

from forms import Form
from tests.builders.drawn_forms import LOOKUPS, answered_forms, forms_with_anything_typed
from tests.builders.written_forms import read

QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@QUICK
@given(answered_forms())
def test_answers_put_on_the_page_are_read_as_the_same_answers(drawn: tuple[Form, dict[str, Any]]) -> None:
    form, answers = drawn
    reading = read(form, form.inputs(answers), lookups=LOOKUPS, demonstration=True)
    assert reading.errors == {}
    assert reading.answers == answers


@QUICK
@given(answered_forms())
def test_answers_are_plain_json_and_can_be_shown(drawn: tuple[Form, dict[str, Any]]) -> None:
    form, answers = drawn
    assert json.loads(json.dumps(answers)) == answers
    shown = form.show(answers, lookups=LOOKUPS)
    assert all(isinstance(row.text, str) and row.text for section in shown for row in section.rows)


@QUICK
@given(forms_with_anything_typed())
def test_nothing_that_is_sent_makes_a_form_fail(drawn: tuple[Form, dict[str, list[str]]]) -> None:
    form, raw = drawn
    reading = read(form, raw, lookups=LOOKUPS)
    assert all(reading.errors.values())
    assert json.dumps(reading.answers).encode()
    form.apply_button(raw)
    form.carry_over(raw, from_version=2)
    form.page(raw, reading.errors, LOOKUPS)
    form.show(reading.answers)


@QUICK
@given(forms_with_anything_typed())
def test_answers_that_were_read_are_read_again_the_same(drawn: tuple[Form, dict[str, list[str]]]) -> None:
    form, raw = drawn
    first = read(form, raw, lookups=LOOKUPS, demonstration=True)
    again = read(form, form.inputs(first.answers), lookups=LOOKUPS, demonstration=True)
    assert again.errors == {} or first.errors
    if not first.errors:
        assert again.answers == first.answers


@QUICK
@given(forms_with_anything_typed())
def test_carrying_a_draft_over_loses_nothing(drawn: tuple[Form, dict[str, list[str]]]) -> None:
    form, raw = drawn
    carried = form.carry_over(raw, from_version=2)
    for name, values in raw.items():
        kept = carried.raw.get(name, []) + carried.left_over.get(name, [])
        assert {value for value in values if value.strip()} <= set(kept)
