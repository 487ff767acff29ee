"""Words and numbers are taken as people type them, and refused with what is expected."""

from __future__ import annotations

from typing import Any

import pytest

from forms import Choice, file_fault
from tests.builders.written_forms import a_form, a_question, answer_to, read, typed


def nhs_number(text: str, demonstration: bool) -> Any:
    reading = read(
        a_form(a_question("it", "nhs_number", label="NHS number")), typed(it=text), demonstration=demonstration
    )
    return reading.errors.get("it") or reading.answers.get("it")


@pytest.mark.parametrize("text", ["999 000 0018", "9990000018", " 999-000-0018 "])
def test_a_demonstration_takes_an_nhs_number_of_the_test_range_however_it_is_spaced(text: str) -> None:
    assert nhs_number(text, demonstration=True) == "9990000018"


@pytest.mark.parametrize(
    ("text", "demonstration", "message"),
    [
        ("943 476 5919", True, "must start with 999"),
        ("999 000 0018", False, "numbers that start with 999 are for tests only"),
        ("943 476 5918", False, "is not a real NHS number"),
        ("1111111111", False, "is not a real NHS number"),
        ("0000000000", False, "is not a real NHS number"),
        ("9999999999", True, "is not a real NHS number"),
        ("94347659", False, "must have 10 digits"),
        ("٩٤٣٤٧٦٥٩١٩", False, "must have 10 digits"),
        ("not known", False, "must have 10 digits"),
    ],
)
def test_an_nhs_number_that_cannot_be_right_is_refused(text: str, demonstration: bool, message: str) -> None:
    assert message in nhs_number(text, demonstration)


@pytest.mark.parametrize("text", ["943 476 5919", "401 023 2137"])
def test_an_nhs_number_with_its_right_check_digit_is_kept_as_text(text: str) -> None:
    assert nhs_number(text, demonstration=False) == text.replace(" ", "")


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("m139pl", "M13 9PL"),
        ("BL9 0EJ", "BL9 0EJ"),
        ("w1a 1aa", "W1A 1AA"),
        ("zz993vz", "ZZ99 3VZ"),
        ("ec1a-1bb", "EC1A 1BB"),
    ],
)
def test_a_postcode_is_kept_in_capitals_with_its_space(text: str, kept: str) -> None:
    assert answer_to("postcode", text) == kept


@pytest.mark.parametrize("text", ["M13", "M13 9P", "M13 9PV", "1234 5AB", "M13 9PL Manchester"])
def test_half_a_postcode_is_refused(text: str) -> None:
    assert answer_to("postcode", text).startswith("It must be a full UK postcode")


@pytest.mark.parametrize("text", ["0161 496 0000", "+44 7700 900982", "(0161) 496-0000", "0161 496 0000 ext 12"])
def test_a_phone_number_is_kept_as_typed(text: str) -> None:
    assert answer_to("phone", text) == text


@pytest.mark.parametrize("text", ["0161", "ask the daughter", "0161 496 0000 and 0161 496 0001", "+" + "1" * 20])
def test_what_cannot_be_rung_is_refused(text: str) -> None:
    assert answer_to("phone", text).startswith("It must be a phone number")


def test_an_email_address_is_kept_and_half_of_one_refused() -> None:
    assert answer_to("email", "ada@example.org") == "ada@example.org"
    assert answer_to("email", "ada@example").startswith("It must be an email address")
    assert answer_to("email", f"{'a' * 250}@example.org").startswith("It must be an email address")


def test_text_keeps_its_lines_but_not_what_cannot_be_seen() -> None:
    assert answer_to("longtext", " one\r\n\x00two\ud800 ") == "one\ntwo"
    assert answer_to("text", " Anne  Marie\t O'Neill ") == "Anne Marie O'Neill"


def test_text_has_a_length() -> None:
    assert answer_to("text", "abcd", max_length=3) == "It must be 3 characters or fewer, it has 4"
    assert answer_to("text", "ab", min_length=3) == "It must be 3 characters or more"
    assert answer_to("text", "abc", min_length=3, max_length=3) == "abc"
    assert "200 characters or fewer" in answer_to("text", "a" * 201)


@pytest.mark.parametrize(("text", "kept"), [("0", 0), ("60", 60), ("1,200", 1200), ("-3", -3)])
def test_a_whole_number_is_kept(text: str, kept: int) -> None:
    assert answer_to("int", text) == kept


@pytest.mark.parametrize(
    ("text", "limits", "message"),
    [
        ("61", {"min": 0, "max": 60}, "It must be between 0 and 60"),
        ("-1", {"min": 0, "max": 60}, "It must be between 0 and 60"),
        ("-1", {"min": 0}, "It must be 0 or more"),
        ("6", {"max": 5}, "It must be 5 or less"),
        ("many", {}, "It must be a whole number, like 12"),
        ("2.5", {}, "It must be a whole number, like 12"),
        ("9" * 5000, {}, "It must be a whole number, like 12"),
    ],
)
def test_a_whole_number_outside_its_limits_is_refused(text: str, limits: dict[str, int], message: str) -> None:
    assert answer_to("int", text, **limits) == message


def test_a_decimal_has_no_more_digits_than_asked_for() -> None:
    assert answer_to("decimal", "72.5", decimals=1, min=20, max=300) == 72.5
    assert answer_to("decimal", "72.55", decimals=1) == "It must have no more than 1 digit after the point"
    assert answer_to("decimal", "300.1", decimals=1, min=20, max=300) == "It must be between 20 and 300"
    for text in ("nan", "inf", "1e3", "."):
        assert answer_to("decimal", text) == "It must be a number, like 12.5"


def test_not_known_is_an_answer_of_its_own() -> None:
    assert answer_to("yes_no_unknown", "unknown") == "unknown"
    assert answer_to("yes_no", "unknown") == "Select the it from the list"
    assert answer_to("yes_no", "") is None


def test_several_choices_are_kept_in_the_order_of_the_form() -> None:
    choices = [{"value": value, "label": value} for value in "abc"]
    raw = {"it": ["c", "a", "c"]}
    assert answer_to("multichoice", raw, choices=choices) == ["a", "c"]
    assert answer_to("multichoice", {"it": ["d"]}, choices=choices) == "Select the it from the list"
    assert answer_to("multichoice", raw, choices=choices, max_items=1).endswith("no more than 1")
    assert answer_to("multichoice", raw, choices=choices, min_items=3).endswith("at least 3")


def test_a_lookup_takes_only_what_is_offered_now() -> None:
    teams = {"team": [Choice("n", "North")]}
    assert answer_to("lookup", "n", teams, lookup="team") == "n"
    assert answer_to("lookup", "s", teams, lookup="team") == "Select the it from the list"
    assert answer_to("lookup", "n", None, lookup="team") == "Select the it from the list"


def test_a_mark_on_a_scale_is_a_number_and_zero_is_an_answer() -> None:
    assert answer_to("scale", "0") == 0
    assert answer_to("scale", "10") == 10
    assert answer_to("scale", "11") == "Select the it from the list"
    assert answer_to("scale", "0", min=1, max=5) == "Select the it from the list"


def test_a_file_is_known_by_its_id() -> None:
    assert answer_to("file", "0192f0c4-aa") == "0192f0c4-aa"
    assert "choose the file again" in answer_to("file", "../../etc/passwd")


@pytest.mark.parametrize(
    ("name", "size", "fault"),
    [
        ("a.PDF", 10_485_760, ""),
        ("a.docx", 1, ""),
        ("a.pdf", 10_485_761, "10 MB"),
        ("a.exe", 5, "PDF, JPG"),
        ("a.pdf", 0, "empty"),
    ],
)
def test_a_file_is_of_a_known_kind_and_not_too_large(name: str, size: int, fault: str) -> None:
    found = file_fault(name, size)
    assert fault in found if fault else found == ""


@pytest.mark.parametrize("text", ["O'Neill", "Zoë", "Anne-Marie", "St. John", "D’Souza", "李娜", "मीरा", "María José"])
def test_a_name_is_taken_in_the_letters_of_any_script(text: str) -> None:
    assert answer_to("name", text) == text


@pytest.mark.parametrize("text", ["R2D2", "<b>Ada</b>", "12345", "Ada@example", "'-", "Ada; Bea"])
def test_what_is_no_name_is_refused(text: str) -> None:
    assert "must be letters" in answer_to("name", text)
