"""Forms and answers drawn by chance, for the properties that hold for all of them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st

from forms import Choice
from forms.days import MONTHS
from forms.definition import every_question
from forms.form import Form
from forms.inputs import names_of
from forms.instruments import instrument
from forms.settling import with_score
from forms.words import cleaned
from tests.builders.written_forms import a_form, a_question

LOOKUPS = {"team": [Choice("north", "North"), Choice("south", "South")]}
CHOICES = [{"value": value, "label": value.upper()} for value in ("a", "b", "c")]
MORE: dict[str, dict[str, Any]] = {
    "choice": {"choices": CHOICES},
    "select": {"choices": CHOICES},
    "multichoice": {"choices": CHOICES},
    "lookup": {"lookup": "team"},
    "instrument": {"instrument": "PHQ2"},
    "decimal": {"decimals": 3},
}
NHS_NUMBERS = ("9990000018", "9990001383", "9990002754")
WORDS = st.text(min_size=1, max_size=40).map(cleaned).filter(bool)
ANSWERS: dict[str, st.SearchStrategy[Any]] = {
    "name": st.sampled_from(["Zoë", "O’Neill", "Anne-Marie", "李娜", "José A. Núñez"]),
    "text": WORDS.map(lambda text: " ".join(text.split())).filter(bool),
    "longtext": WORDS,
    "int": st.integers(-999_999_999, 999_999_999),
    "decimal": st.integers(-999_999_999, 999_999_999).map(lambda number: number / 1000),
    "date": st.dates(date(1900, 1, 1), date(2036, 12, 31)).map(date.isoformat),
    "datetime": st.integers(0, 35_000_000).map(lambda minute: datetime.fromtimestamp(minute * 60, UTC).isoformat())
    | st.sampled_from(["2026-10-25T00:30:00+00:00", "2026-10-25T01:30:00+00:00", "2026-03-29T01:00:00+00:00"]),
    "yes_no": st.sampled_from(["yes", "no"]),
    "yes_no_unknown": st.sampled_from(["yes", "no", "unknown"]),
    "choice": st.sampled_from("abc"),
    "select": st.sampled_from("abc"),
    "multichoice": st.sets(st.sampled_from("abc"), min_size=1).map(sorted),
    "bool": st.booleans(),
    "nhs_number": st.sampled_from(NHS_NUMBERS),
    "postcode": st.sampled_from(["M13 9PL", "ZZ99 3VZ", "W1A 1AA"]),
    "phone": st.sampled_from(["0161 496 0000", "+44 7700 900982"]),
    "email": st.sampled_from(["ada@example.org"]),
    "lookup": st.sampled_from(["north", "south"]),
    "file": st.from_regex(r"[A-Za-z0-9_-]{1,64}", fullmatch=True),
    "scale": st.integers(0, 10),
    "instrument": st.dictionaries(st.sampled_from(["interest", "down"]), st.integers(0, 3), min_size=1).map(
        lambda items: with_score("PHQ2", {q.id: items[q.id] for q in _phq2() if q.id in items})
    ),
}


def _phq2() -> tuple[Any, ...]:
    tool = instrument("PHQ2")
    return tool.questions if tool else ()


@st.composite
def questions(draw: st.DrawFn, depth: int = 2) -> list[dict[str, Any]]:
    """Up to five questions of any kind; groups and rows hold questions of their own."""
    kinds = sorted(ANSWERS) + (["group", "repeating"] if depth else [])
    drawn: list[dict[str, Any]] = []
    for number, kind in enumerate(draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=5))):
        more = dict(MORE.get(kind, {}))
        if kind in ("group", "repeating"):
            more["fields"] = draw(questions(depth - 1))
        earlier = [each["id"] for each in drawn if each["kind"] == "yes_no"]
        if earlier and draw(st.booleans()):
            more["show_when"] = f"{draw(st.sampled_from(earlier))} == 'yes'"
        drawn.append(a_question(f"q{depth}{number}", kind, **more))
    return drawn


@st.composite
def answers(draw: st.DrawFn, asked: list[dict[str, Any]]) -> dict[str, Any]:
    """Answers to some of these questions, as a reading would give them."""
    found: dict[str, Any] = {}
    for question in asked:
        name, kind = question["id"], question["kind"]
        condition = question.get("show_when", "")
        if condition and found.get(condition.split(" ")[0]) != "yes":
            continue
        if kind == "bool" or draw(st.booleans()):
            value = draw(_answer(question))
            if value not in ({}, []):
                found[name] = value
        elif kind == "group":
            found |= {name: value} if (value := _only_boxes(question["fields"])) else {}
    return found


def _answer(question: dict[str, Any]) -> st.SearchStrategy[Any]:
    if question["kind"] == "group":
        return answers(question["fields"])
    if question["kind"] == "repeating":
        filled = answers(question["fields"]).filter(lambda row: any(_told(value) for value in row.values()))
        return st.lists(filled, max_size=3)
    return ANSWERS[question["kind"]]


def _told(value: Any) -> bool:
    """Whether anything on the page says so; an empty box says nothing."""
    return any(_told(inner) for inner in value.values()) if isinstance(value, dict) else value is not False


def _only_boxes(asked: list[dict[str, Any]]) -> dict[str, Any]:
    """What a group left blank comes to: its boxes are not ticked."""
    found: dict[str, Any] = {}
    for question in asked:
        if "show_when" in question:
            continue
        if question["kind"] == "bool":
            found[question["id"]] = False
        elif question["kind"] == "group" and (inner := _only_boxes(question["fields"])):
            found[question["id"]] = inner
    return found


@st.composite
def answered_forms(draw: st.DrawFn) -> tuple[Form, dict[str, Any]]:
    """A form and answers to it."""
    asked = draw(questions())
    return a_form(*asked), draw(answers(asked))


TYPED = st.text(max_size=20) | st.sampled_from(
    ["yes", "no", "0", "99", "-1", "1e9", "29", "2", "2026", "01:30", "9990000018", "a", *MONTHS, "north"]
)


@st.composite
def forms_with_anything_typed(draw: st.DrawFn) -> tuple[Form, dict[str, list[str]]]:
    """A form, and inputs as nobody should send them."""
    form = a_form(*draw(questions()))
    known = [name.replace("#", "0") for name, _ in names_of(form.definition.questions)]
    strange = ["add", "remove", "q20.999.q10", "q20[day]", "q20.count", "", "q20.", "[day]", "q20.0"]
    names = st.sampled_from(known + strange) | st.text(max_size=8)
    raw = draw(st.dictionaries(names, st.lists(TYPED, max_size=3), max_size=12))
    assert list(every_question(form.definition.questions))
    return form, raw
