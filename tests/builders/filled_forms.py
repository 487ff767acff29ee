"""A form filled in by an invented person, as the page would send it.

`filled(form)` answers every question of a quiet case: agreed, no crisis, nothing wrong. A test names only what
it is about: `filled(form, choice="refused", valid_from="2026-11-02", exclusions=[{"name": "A. Neighbour"}])`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from forms import Catalogue, Choice, Form, Lookups, Question, Reading
from tests.tables.shipped import thresholds
from workflows.casework.sectors import TEAM_SECTORS
from workflows.clock import LONDON

TODAY = date(2026, 11, 16)  # the day on which the clock of the tests stands

LOOKUPS: Lookups = {
    "practice": (Choice("P91001", "Elm Street Surgery"), Choice("P91002", "Canal Side Practice")),
    "team": (Choice("north", "North"), Choice("west", "West")),
    "staff": (Choice("ada", "Ada Example"), Choice("ben", "Ben Sample")),
    "care_coordinator": (Choice("ada", "Ada Example"), Choice("ben", "Ben Sample")),
    "staff_on_case": (Choice("ada", "Ada Example"), Choice("ben", "Ben Sample")),
    "service": (Choice("befriending", "Befriending"), Choice("falls", "Falls service")),
    "role": (Choice("gp_lead", "GP lead"), Choice("nurse", "District nurse")),
    "meeting": (Choice("meeting-1", "North, 18 November 2026"),),
    "open_actions": (Choice("action-1", "Arrange befriending"),),
    "joined_record": (Choice("ACM-000003", "ACM-000003, referred as Ada Example"),),
    "known_record": (Choice("ACM-000001", "Ada Example, born 27 March 1941"),),
    "previous_episode": (Choice("case-1", "Closed on 2 June 2026"),),
    "left_out": (Choice("A. Neighbour", "A. Neighbour"),),
}

_NO_REAL_ANSWER = ("none", "unknown", "not_asked", "other")
_SOMEBODY_ELSE = frozenset({"to_team"})  # must differ from the answer before it
_TYPED = {"nhs_number": "999 000 0018", "postcode": "ZZ99 3VZ", "phone": "0161 496 0000", "email": "ada@example.org"}

_BY_NAME: Mapping[str, Any] = {
    "given_name": "Ada",
    "family_name": "Example",
    "preferred_name": "Ada",
    "dob": "1941-03-27",
    "nhs_number_reason": "Not on the letter",
    "arrived": "14:05",
    "left": "15:10",
    "eq5d_profile": "21143",
    "cfs": "5",
    "cfs_suitable": "yes",
    "efi": "0.21",
    "meds_count": "8",
    "risk_override": None,
    "risk_changed": "same",
    "heating": "yes",
    "food_security": "yes",
    "postcode": "M13 9PL",
}


def _first_moment(day: str) -> str:
    """The first minute that is not before a day of the case, as clocks in London show it."""
    if "T" not in day:
        return f"{day}T00:00"
    return f"{datetime.fromisoformat(day).astimezone(LONDON):%Y-%m-%dT%H:%M}"


def _counted(start: str, end: str) -> dict[str, str]:
    return {"start": start, "end": end, "gp_contacts": "12", "source": "manual", "completeness": "partly"}


_REFERRAL = {
    "has_carer": "yes",
    "safe_contact": None,
    "risk_admission": True,
    "frailty_flag": True,
    "risks_visiting": ["dog"],
}
_BY_FORM: Mapping[str, Mapping[str, Any]] = {
    "F01": _REFERRAL,
    "F02": {"gp_registered": "yes"},
    "F03": {"priority": "standard", "changed_advice": "yes"},  # whatever the rules advise
    "F04": {"differing_fields": ["nothing"]},
    "F05": {
        "capacity_doubt": "no",
        "serious_harm": "no",
        "exclusions": None,
        "exclusions_ended": None,
        "share_with": sorted(TEAM_SECTORS),
        "purpose_contact_by": ["phone", "post"],
        "contact_note": None,
    },
    "F11": {"body": {"weight": "71.5", "height": "164", "weight_loss": "2.5"}},
    "F12": {"tools_used": ["ons4", "ucla3", "phq2", "gad2", "scores", "experience"]},
    "F13": {"problems": None, "next_due": None},
    "F16": {
        "present": [{"name": f"{name} Example"} for name in ("Ada", "Ben", "Cleo", "Dan", "Eva")],
        "roles_present": ["chair", "administrator", "care_coordinator"],
        "health_present": "1",
    },
    "F17": {"status": "done"},
    "F18": {"copies_to": None},
    "F20": {"type": "phone"},
    "F21": {"falls": "0", "admissions": "0", "ed_attendances": "0"},
    "F22": {"danger_to_life": "no", "advice_given": ["duty_line"]},
    "F14": {"risks_visiting": ["none"]},
    "F25": {"letters": None},  # to those who usually get one
    "F23": {"alleged_colleagues": None},
    "F24b": {"plan_understood": "yes", "support_in_place": "yes", "red_flags": ["none"]},
    "F28": {"cases": None},  # each names a case there is
    "F37": _REFERRAL,
    "F38": {"take_over": None, "checked_with": None, "tell_referrer": "no"},
    "F29": {"before": _counted("2025-08-01", "2026-07-31"), "during": _counted("2026-08-01", "2026-11-13")},
}


def filled(
    form: Form,
    today: date = TODAY,
    lookups: Lookups = LOOKUPS,
    known: Mapping[str, str] | None = None,
    **answers: Any,
) -> dict[str, list[str]]:
    """What the page of this form sends when all its questions are answered.

    `known` are the days of the case before which nothing may lie. `answers` replaces single answers by question id: a
    word, a list of words or of rows, a mapping for a group, True for a tick, "2026-11-16" or "2026-11-16T10:30"
    (London) for a date, None for an empty box.
    """
    questions = form.definition.questions
    strangers = answers.keys() - {question.id for question in questions}
    assert not strangers, f"{form.key} has no question {', '.join(sorted(strangers))}"
    during = {"during": _counted(known["opened"], str(today))} if form.key == "F29" and known else {}
    said = {**_BY_NAME, **_BY_FORM.get(form.key, {}), **during, **answers}
    filler = _Filler(today, lookups, known or {}, {one.id: one.not_before for one in questions})
    raw: dict[str, list[str]] = {}
    for question in questions:
        answer = said[question.id] if question.id in said else filler.answer(question)
        raw.update(_inputs(question, question.id, answer))
    return raw


@cache
def catalogue() -> Catalogue:
    """The forms that come with the product."""
    return Catalogue.shipped()


def read_filled(key: str, sections: tuple[str, ...] | None = None, **answers: Any) -> Reading:
    """What the quiet case of this form is read as, with some answers changed."""
    form = catalogue().form(key)
    return form.read(
        filled(form, **answers),
        today=TODAY,
        lookups=LOOKUPS,
        sections=sections,
        demonstration=True,
        settings=thresholds(),
    )


class _Filler:
    """Thinks of an answer to any question."""

    def __init__(self, today: date, lookups: Lookups, known: Mapping[str, str], not_before: Mapping[str, str]) -> None:
        """not_before: by question, the day before which its answer may not lie."""
        self.today = today
        self.lookups = lookups
        self.known = known
        self.not_before = not_before

    def answer(self, question: Question) -> Any:
        by_kind: Mapping[str, Callable[[Question], Any]] = {
            "group": self.row,
            "instrument": self.row,
            "repeating": lambda asked: [self.row(asked)] * max(1, asked.min_items),
            "date": self.day,
            "datetime": self.day,
            "int": self.number,
            "decimal": self.number,
            "scale": self.number,
            "bool": lambda asked: asked.required,
            "text": words,
            "name": "Ada",
            "longtext": words,
            "computed": lambda _: None,
            "info": lambda _: None,
        }
        return by_kind.get(question.kind, self.picked)(question)

    def row(self, question: Question) -> dict[str, Any]:
        return {
            inner.id: _BY_NAME[inner.id] if inner.id in _BY_NAME else self.answer(inner) for inner in question.fields
        }

    def day(self, question: Question) -> str:
        """A week ago, or in two weeks; later than that when it may not be before another day, or one of the case.

        A review is agreed for a far day: the rule decides, unless a test is about the agreement.
        """
        before = self.not_before.get(question.not_before, "") or question.not_before  # a question, or a day of the case
        # Nobody answers with the day on which the person was born, though it is the first that could be.
        first = "" if before == "case.born" else self.known.get(before.removeprefix("case."), "")
        if question.past and first:
            return _first_moment(first) if question.kind == "datetime" else first[:10]
        days = (-1 if question.not_before else -7) if question.past else 28 if question.not_before else 14
        days = 180 if question.id == "next_review" else 350 if question.id in ("review_by", "review_date") else days
        day = self.today + timedelta(days=days)
        return f"{day}T10:30" if question.kind == "datetime" else str(day)

    def number(self, question: Question) -> str:
        low = int(question.min or 0)
        if question.choices:
            return question.choices[0].value
        return str(low if question.max is not None and question.max <= low + 1 else low + 1)

    def picked(self, question: Question) -> Any:
        if question.kind in _TYPED:
            return _TYPED[question.kind]
        if question.kind == "file":
            return None  # a form names only files that were chosen in it
        offered = self.offered(question)
        real = [value for value in offered if value not in _NO_REAL_ANSWER]
        if question.kind == "multichoice":
            return real[:2]
        if question.id in _SOMEBODY_ELSE:
            return offered[-1]
        # an optional question that can be answered "no" asks whether something is wrong
        return "no" if "no" in offered and not question.required else next(iter(real or offered), None)

    def offered(self, question: Question) -> list[str]:
        if question.kind in ("yes_no", "yes_no_unknown"):
            return ["yes", "no"]
        choices = self.lookups.get(question.lookup, ()) if question.kind == "lookup" else question.choices
        return [choice.value for choice in choices]


def words(question: Question) -> str:
    """Some words of a length that the question accepts."""
    text = f"Example answer: {question.label}"
    while len(text) < question.min_length:
        text += ", and more of it"
    return text[: question.max_length or 200].strip()


def _inputs(question: Question, name: str, answer: Any) -> Iterator[tuple[str, list[str]]]:
    """The inputs that hold this answer; none when there is no answer."""
    if answer is None or answer is False:
        return
    match question.kind:
        case "date" | "datetime":
            yield from _date_inputs(name, answer)
        case "group" | "instrument":
            yield from _set_inputs(question, name, answer)
        case "repeating":
            yield f"{name}.count", [str(len(answer))]
            for number, row in enumerate(answer):
                yield from _set_inputs(question, f"{name}.{number}", row)
        case "multichoice":
            yield name, list(answer)
        case _:
            yield name, ["yes" if answer is True else str(answer)]


def _set_inputs(question: Question, name: str, row: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    for inner in question.fields:
        yield from _inputs(inner, f"{name}.{inner.id}", row.get(inner.id))


def _date_inputs(name: str, moment: str) -> Iterator[tuple[str, list[str]]]:
    day, _, time = moment.partition("T")
    year, month, number = day.split("-")
    yield f"{name}[day]", [str(int(number))]
    yield f"{name}[month]", [str(int(month))]
    yield f"{name}[year]", [year]
    if time:
        yield f"{name}[time]", [time]
