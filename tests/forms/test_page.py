"""Every question of a page has a label, every error leads to its input, and what was typed is still there."""

from __future__ import annotations

import json

import lxml.html
import pytest

from forms import FILES, Catalogue, Choice
from forms.kinds import LOOKUPS
from tests.builders.written_forms import a_date, a_form, a_question, read, typed
from tests.forms.rendering import page_of

CATALOGUE = Catalogue.shipped()
OFFERED = {name: [Choice("a", "Ada"), Choice("b", "Bea")] for name in LOOKUPS}
FOCUSABLE = ("input", "select", "textarea", "button")
CHOICES = [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]


def inputs(page: lxml.html.HtmlElement) -> list[lxml.html.HtmlElement]:
    return [each for each in page.xpath("//input | //select | //textarea") if each.get("type") != "hidden"]


@pytest.mark.parametrize("key", CATALOGUE.keys())
def test_every_input_of_a_shipped_form_has_one_label_and_its_own_id(key: str) -> None:
    page = page_of(CATALOGUE.form(key), lookups=OFFERED)
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    for each in inputs(page):
        labels = page.xpath("//label[@for=$id]", id=each.get("id"))
        assert len(labels) == 1, each.get("name")
        assert labels[0].text_content().strip()


@pytest.mark.parametrize("key", CATALOGUE.keys())
def test_every_error_of_a_shipped_form_leads_to_its_input(key: str) -> None:
    form = CATALOGUE.form(key)
    errors = read(form, {}, lookups=OFFERED).errors
    page = page_of(form, errors=errors, lookups=OFFERED)
    links = page.xpath("//div[contains(@class, 'nhsuk-error-summary')]//a")
    assert [link.text_content().strip() for link in links] == list(errors.values())
    for link in links:
        (target,) = page.xpath("//*[@id=$id]", id=link.get("href").removeprefix("#"))
        assert target.tag in FOCUSABLE or target.get("tabindex") == "-1"
    told = page.xpath("//span[contains(@class, 'nhsuk-error-message')]")
    assert len(told) == len(errors)


@pytest.mark.parametrize("key", CATALOGUE.keys())
def test_a_page_holds_no_script_or_style_of_its_own(key: str) -> None:
    page = page_of(CATALOGUE.form(key), lookups=OFFERED)
    assert page.xpath("//script | //style | //@style | //@*[starts-with(name(), 'on')]") == []


@pytest.mark.parametrize("key", CATALOGUE.keys())
def test_what_a_page_sends_is_what_the_form_reads(key: str) -> None:
    form = CATALOGUE.form(key)
    raw = {each.get("name"): ["x"] for each in inputs(page_of(form, lookups=OFFERED))}
    carried = form.carry_over(raw, from_version=0)
    assert raw.keys() == carried.raw.keys() | carried.left_over.keys()
    assert all(values == ["x"] for values in carried.left_over.values())


KINDS = a_form(
    a_question("line"),
    a_question("lines", "longtext", max_length=90),
    a_question("free", "longtext"),
    a_question("one", "choice", choices=CHOICES),
    a_question("several", "multichoice", choices=CHOICES),
    a_question("picked", "select", choices=CHOICES),
    a_question("day", "date"),
    a_question("moment", "datetime"),
    a_question("told", "bool"),
    a_question("file", "file"),
    a_question("scans", "files"),
    a_question("actions", "repeating", item_label="Action", fields=[a_question("what")]),
    a_question("carer", "group", fields=[a_question("notes", "longtext")]),
    a_question("phq2", "instrument", instrument="PHQ2"),
)
TYPED = {
    **typed(line='<b>"Ada"</b>', lines="one\ntwo", free="  three", one="b", several=["a", "b"]),
    **typed(picked="b", told="yes", file="f1", scans=["f2", "f3"]),
    **a_date("day", "3", "nov", "2026"),
    **a_date("moment", "25", "10", "2026", "01:30 BST"),
    "actions.count": ["2"], "actions.0.what": ["Call"], "actions.1.what": ["Visit"],
    "carer.notes": ["a\n  b"],
    "phq2.interest": ["0"],
}  # fmt: skip
FILES_KEPT = {FILES: [Choice(f"f{number}", f"letter {number}.pdf, 64 KB") for number in (1, 2, 3)]}


def test_files_chosen_before_are_named_and_each_can_be_taken_out() -> None:
    page = page_of(KINDS, TYPED, lookups=FILES_KEPT)
    assert "letter 1.pdf, 64 KB" in page.text_content()
    buttons = {each.get("value"): each.get("aria-label") for each in page.xpath("//button[@name='remove']")}
    assert buttons["file"] == "Remove letter 1.pdf, 64 KB"
    assert buttons["scans.f3"] == "Remove letter 3.pdf, 64 KB"
    assert "file" not in KINDS.apply_button(TYPED | typed(remove="file"))
    assert KINDS.apply_button(TYPED | typed(remove="scans.f3"))["scans"] == ["f2"]
    assert KINDS.apply_button(TYPED | typed(remove="scans.f1")) == TYPED


def test_a_file_that_is_not_kept_any_more_is_not_sent_on() -> None:
    assert page_of(KINDS, TYPED).xpath("//input[@type='hidden'][@name='file' or @name='scans']") == []


def test_what_was_typed_stands_on_the_page_again() -> None:
    sent: dict[str, list[str]] = {}
    page = page_of(KINDS, TYPED, lookups=FILES_KEPT)
    for name, value in page.forms[0].form_values():
        sent.setdefault(name, []).append(value.replace("\r\n", "\n").removeprefix("\n"))
    assert {name: values for name, values in sent.items() if values != [""]} == TYPED


def test_hints_and_errors_are_told_with_their_input() -> None:
    form = a_form(a_question("line", hint="As on the letter"))
    (each,) = inputs(page_of(form, errors={"line": "Enter the line"}))
    page = each.getroottree()
    told = " ".join(page.xpath(f"//*[@id='{name}']")[0].text_content() for name in each.get("aria-describedby").split())
    assert "As on the letter" in told
    assert "Enter the line" in told


def test_the_hint_of_a_single_box_stands_below_it() -> None:
    page = page_of(a_form(a_question("crisis", "bool", hint="Call 999 first")))
    (box,) = page.xpath("//input[@type='checkbox']")
    (hint,) = box.xpath("following-sibling::*[contains(@class, 'nhsuk-hint')]")
    assert hint.text_content().strip() == "Call 999 first"
    assert box.get("aria-describedby") == hint.get("id")


def test_how_much_is_asked_for_is_said_beforehand() -> None:
    form = a_form(a_question("why", "longtext", hint="What you saw", min_length=20))
    assert "What you saw. At least 20 characters." in page_of(form).text_content()


def test_a_few_short_choices_stand_beside_each_other_and_many_boxes_in_columns() -> None:
    short = [{"value": word, "label": word} for word in ("Independent", "Needs help", "Unable", "Not known")]
    long = [{"value": f"{number}", "label": f"A rather long answer {number}"} for number in range(13)]
    form = a_form(
        a_question("few", "choice", choices=short),
        a_question("said", "choice", choices=short, columns=1),
        a_question("many", "choice", choices=long),
        a_question("boxes", "multichoice", choices=long),
    )
    asked = {one.name: one for one in form.page({})[0].asked}
    assert [name for name, one in asked.items() if one.in_one_line] == ["few"]
    assert [name for name, one in asked.items() if one.in_columns] == ["boxes"]


def test_a_warning_stands_at_its_question_and_on_top_and_comes_again_with_the_form() -> None:
    form = a_form(a_question("at", "date"), a_question("note"))
    page = page_of(form, warnings={"at": "This date has passed"})
    assert page.xpath("//a[@href='#at']")[0].text_content() == "This date has passed"
    (warned,) = page.xpath("//p[contains(@class, 'app-warned')]")
    assert warned.getparent().xpath(".//input[@name='at[day]']")
    assert page.xpath("//input[@name='seen']/@value") == ["at: This date has passed"]


def test_an_earlier_choice_that_is_no_longer_offered_is_not_lost() -> None:
    form = a_form(a_question("team", "lookup", lookup="team"))
    page = page_of(form, typed(team="closed"), lookups={"team": [Choice("n", "North")]})
    assert page.xpath("//option[@selected]/@value") == ["closed"]
    page = page_of(form, typed(team="2026-10-29"), lookups={"team": [Choice("n", "North")]})
    assert page.xpath("//option[@selected]/text()") == ["29 October 2026 (no longer offered)"]


def test_only_the_chosen_sections_are_asked() -> None:
    sections = [{"key": key, "title": key.title(), "fields": [a_question(f"in_{key}")]} for key in ("one", "two")]
    page = page_of(a_form(sections=sections), sections=("two",))
    assert [each.get("name") for each in inputs(page)] == ["in_two"]
    assert [each.text_content() for each in page.xpath("//h2")] == ["Two"]


def test_enter_never_presses_the_button_that_removes_a_row() -> None:
    first = page_of(KINDS, TYPED).xpath("//form//button")[0]
    assert first.get("name") is None
    assert [button.get("value") for button in page_of(KINDS, TYPED).xpath("//button[@name]")] == [
        "scans",
        "actions.0",
        "actions.1",
        "actions",
    ]


def conditions(page: lxml.html.HtmlElement) -> list[object]:
    return [json.loads(each) for each in page.xpath("//@data-show-when")]


def test_a_condition_travels_to_the_page_with_the_inputs_it_asks_about() -> None:
    inner = [a_question("who", "select", choices=CHOICES), a_question("role", show_when="who == 'a' and not agreed")]
    form = a_form(a_question("agreed", "bool"), a_question("present", "repeating", fields=inner))
    who = {"op": "==", "of": [{"input": "present.0.who", "as": "word"}, {"value": "a"}]}
    agreed = {"op": "not", "of": [{"input": "agreed", "as": "tick"}]}
    assert conditions(page_of(form)) == [{"op": "and", "of": [who, agreed]}]


def test_a_condition_that_only_the_server_can_judge_leaves_its_question_visible() -> None:
    form = a_form(
        a_question("start", "date"),
        a_question("bmi", "computed", computed="1 + 1"),
        a_question("late", show_when="days_between(start, today) > 3"),
        a_question("heavy", show_when="bmi > 30"),
    )
    assert conditions(page_of(form)) == []


def test_a_sensitive_question_says_that_it_is() -> None:
    page = page_of(a_form(a_question("violence", sensitive=True, hint="In their words")))
    assert "In their words. Restricted: only people who need it will see this." in page.text_content()
