"""A definition that cannot be used is refused with a sentence that says where and what."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from forms import Catalogue, DefinitionError
from tests.builders.written_forms import a_question, defined, written

CHOICES = [{"value": "a", "label": "A"}]


def faults(*questions: dict[str, Any], **more: Any) -> str:
    with pytest.raises(DefinitionError) as refused:
        defined(*questions, **more)
    return "\n".join(refused.value.faults)


@pytest.mark.parametrize(
    ("question", "fault"),
    [
        (a_question("x", hnit="?"), "a form: one, x, “hnit” is not something a definition may say here."),
        ({"id": "x", "kind": "text"}, "a form: one, x, “label” is missing."),
        (a_question("x", "txt"), "a form: one, x, “kind” txt is not a kind of question."),
        (a_question("Big"), "a form: one, Big, “id” must be small letters, digits and underscores."),
        (a_question("x", required="yes"), "a form: one, x, “required” must be true or false."),
        (a_question("x", "int", min="1900"), "a form: one, x, “min” must be a number."),
        (a_question("x", show_when="y ="), "a form: one, x, “show_when” cannot be used as a condition"),
        (a_question("x", show_when="y == 1"), "“show_when” of x asks about y, which is no question it can see."),
        (a_question("x", "choice"), "x needs “choices”."),
        (a_question("x", "choice", choices=CHOICES * 2), "choice a appears 2 times."),
        (a_question("x", choices=CHOICES), "x says “choices”, which means nothing for the kind text."),
        (a_question("x", "lookup", lookup="cats"), "x needs a “lookup” that is one of"),
        (a_question("x", "instrument", instrument="PHQ3"), "x needs an “instrument” that is one of"),
        (a_question("x", "computed"), "x is computed, but “computed” does not say how."),
        (a_question("x", "group"), "x needs “fields”."),
        (a_question("x", warning="Check"), "x needs both “warn_when” and “warning”, or neither."),
        (a_question("x", "int", min=3, max=2), "x has a “min” above its “max”."),
        (a_question("x", "date", past=True, future=True), "x cannot be both “past” and “future”."),
        (a_question("x", "date", not_before="y"), "x may not be before y, which is no date of the form"),
        (a_question("x", "date", not_before="case.lost"), "x may not be before case.lost, which is no date"),
        (a_question("x", show_when="case.lost"), "“show_when” of x asks about case.lost, which is no"),
        (a_question("count"), "count has an id that the page needs for itself."),
        (a_question("x", "scale", choices=CHOICES), "x is a scale: the values of its choices must be whole numbers."),
    ],
)  # fmt: skip
def test_a_fault_of_one_question_is_named(question: dict[str, Any], fault: str) -> None:
    assert fault in faults(question)


def test_all_faults_are_told_at_once() -> None:
    assert len(faults(a_question("x", "choice"), a_question("y", "group"), a_question("y", "group")).split("\n")) == 4


def test_questions_that_wait_for_each_other_are_refused() -> None:
    first, second = a_question("x", show_when="y == 'a'"), a_question("y", show_when="x == 'a'")
    assert "these questions wait for each other: x, y." in faults(first, second)


def test_a_section_cannot_be_shown_by_what_it_asks() -> None:
    section = {"key": "one", "title": "One", "show_when": "x == 'a'", "fields": [a_question("x")]}
    assert "these questions wait for each other: x." in faults(sections=[section])


def test_a_rule_speaks_of_questions_of_the_form() -> None:
    found = faults(a_question("x"), rules=[{"when": "y == 1", "field": "z", "message": "No"}])
    assert "the rule for z asks about y" in found
    assert "a rule puts its message at z, which is no question of the form." in found


def test_a_question_inside_a_group_sees_its_neighbours_and_the_form_around_it() -> None:
    inner = [a_question("strain"), a_question("why", show_when="strain == 'yes' and agreed == 'yes'")]
    assert defined(a_question("agreed"), a_question("carer", "group", fields=inner))
    assert "asks about strain" in faults(
        a_question("carer", "group", fields=inner[:1]), a_question("x", show_when="strain == 'yes'")
    )


def test_a_folder_is_loaded_with_the_newest_version_first_in_use(tmp_path: Path) -> None:
    for version in (1, 2):
        text = json.dumps(written(a_question("x"), version=version))
        (tmp_path / f"f99_test_{version}.json").write_text(text, encoding="utf-8")
    catalogue = Catalogue.load(tmp_path)
    assert catalogue.form("F99").version == 2
    assert catalogue.form("F99", 1).version == 1
    with pytest.raises(KeyError):
        catalogue.form("F98")


def test_a_form_may_ask_what_another_one_asks_under_a_name_of_its_own(tmp_path: Path) -> None:
    for version in (1, 2):
        text = json.dumps(written(a_question("x"), version=version))
        (tmp_path / f"f99_test_{version}.json").write_text(text, encoding="utf-8")
    alike = {"key": "F98", "title": "The same again", "like": "F99"}
    (tmp_path / "f98_again.json").write_text(json.dumps(alike), encoding="utf-8")
    catalogue = Catalogue.load(tmp_path)
    for version in (1, 2):
        assert catalogue.form("F98", version).sections == catalogue.form("F99", version).sections
    assert catalogue.form("F98").title == "The same again"


@pytest.mark.parametrize(
    ("name", "text", "fault"),
    [
        ("f98_x.json", '{"key": "F98", "title": "X", "like": "F99"}', "it is like “F99”, which is no form."),
        ("f98_x.json", '{"key": "F98", "like": "F99"}', "“title” is missing."),
        ("f98_x.json", '{"key": "F98", "title": "X", "like": "F99", "rules": []}', "“rules” is not something it may"),
        ("f97_x.json", '{"key": "F98", "title": "X", "like": "F99"}', "the file of F98 must be named f98_<clinical"),
        ("f99_x.json", "{", "this is not JSON that can be read"),
        ("f99_x.json", '{"key": "F99", "key": "F98"}', "an entry is written twice among key, key"),
        ("f99_x.json", "[]", "a form is written as one JSON object."),
        ("f98_x.json", json.dumps(written(a_question("x"))), "the file of F99 must be named f99_<clinical word>.json."),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_a_form_is_named(tmp_path: Path, name: str, text: str, fault: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(DefinitionError, match=name) as refused:
        Catalogue.load(tmp_path)
    assert fault in str(refused.value)


def test_two_files_cannot_hold_the_same_version(tmp_path: Path) -> None:
    for name in ("f99_a.json", "f99_b.json"):
        (tmp_path / name).write_text(json.dumps(written(a_question("x"))), encoding="utf-8")
    with pytest.raises(DefinitionError, match=r"F99 has two definitions of version 1\."):
        Catalogue.load(tmp_path)
