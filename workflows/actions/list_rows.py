"""Checking the rows of a candidate list: each by itself, against the other rows, and against who is already here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, exists, select
from sqlalchemy.orm import Session

from forms import Choice
from forms.circumstances import Circumstances
from forms.days import MONTHS
from forms.schema import schema_of
from workflows.actions.list_files import HEADINGS, REQUIRED, Line
from workflows.actions.list_picks import PickedCells, says_yes
from workflows.actions.list_practices import PracticeRegister
from workflows.casework.case import Case
from workflows.casework.consent import Exclusion
from workflows.casework.person import Person, age_on
from workflows.casework.programme import Programme
from workflows.desk import Desk
from workflows.engine.decisions import DecisionTable
from workflows.storage import runs
from workflows.storage.lookups import practices_of

Problem = tuple[str, str]  # the column, and what is wrong with it in a sentence
FROM_F01 = (
    "nhs_number", "family_name", "given_name", "dob", "gp_practice", "preferred_name", "phone", "address", "postcode",
    "ed_12m", "em_adm_12m", "gp_contacts_12m", "nhs111_12m", "meds_count", "ltcs", "multi_ltc", "frailty_factors",
    "hiu_flag", "risk_admission", "risk_care_home", "preventable",
)  # fmt: skip
PICKED = ("ltcs", "multi_ltc", "frailty_factors", "hiu_flag", "risk_admission", "risk_care_home", "preventable")
FROM_F00 = {"score": "risk_score", "score_name": "score_name", "score_date": "score_date", "reason": "list_reason"}
MISSING = {
    "nhs_number": "Enter the NHS number",
    "family_name": "Enter the family name",
    "given_name": "Enter the first name",
    "dob": "Enter the date of birth, like 27/03/1941",
    "gp_practice": "Enter the GP practice: its code, or its name",
}
IS_GONE = re.compile(r" (?:closed|opens) on ")  # as `practices_of` says it behind the name
NOMINATED = "identified"  # the stage of a case at whose nomination nobody has looked yet
STANDS_ALREADY = "This person stands on a list that was taken in already: somebody has yet to look at the nomination"
HAS_A_CASE = "This person already has an open case here"
ASK_OTHERS = "This row cannot be taken in from your list. Ask a manager of the team"
OF_ANOTHER = "The same NHS number stands with another name or date of birth in row {}. Find out whose it is"
FOUR_DIGITS = "Write the year with four digits, like 27/03/1941"
AT_ONCE = 500  # values in one question to the database
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]00:00(?::00)?)?")
_SHORT_YEAR = re.compile(r"\d{1,2}[/.\- ](?:\d{1,2}|[A-Za-z]{3,9})[/.\- ]\d{2}")
_BRITISH = re.compile(r"(\d{1,2})[/.\- ](\d{1,2}|[A-Za-z]{3,9})[/.\- ](\d{4})")


@dataclass(frozen=True)
class Checked:
    """A row with the answers that could be read and what is wrong with it; good when nothing is."""

    line: Line
    answers: Mapping[str, Any]
    problems: tuple[Problem, ...]


def check_rows(desk: Desk, session: Session, programme: Programme, lines: Sequence[Line]) -> list[Checked]:
    """Check every row of a list; nothing is kept."""
    checking = _Checking(desk, session, programme)
    checked = [checking.row(line) for line in lines]
    numbers = (str(row.answers.get("nhs_number", "")) for row in checked)
    known = open_or_dead(session, programme.id, numbers, desk.actor.id)
    return [_against_known(row, known) for row in _against_each_other(checked)]


class _Checking:
    """Reads rows with the fields of the forms they will fill, so that the words of both are the same."""

    def __init__(self, desk: Desk, session: Session, programme: Programme) -> None:
        self._today = desk.today
        self._programme = programme.name
        known = practices_of(session, programme.id, desk.today)
        practices = known["practice"]
        self._register = PracticeRegister(practices)
        self._gone = {one.value: one.label for one in known["practice_gone"]}
        self._former = PracticeRegister([Choice(code, IS_GONE.split(told)[0]) for code, told in self._gone.items()])
        referral = {question.id: question for question in desk.forms.form("F01").definition.questions}
        review = {question.id: question for question in desk.forms.form("F00").definition.questions}
        asked = [referral[name] for name in FROM_F01] + [review[name] for name in FROM_F00.values()]
        circumstances = Circumstances(
            desk.today, desk.clock.now(), {"practice": practices}, desk.settings.demonstration
        )
        self._schema = schema_of(asked, circumstances)
        self._table = eligibility_table(desk, session)
        self._picked = PickedCells([referral[name] for name in PICKED])

    def row(self, line: Line) -> Checked:
        """Check one row by itself."""
        missing = [(name, MISSING[name]) for name in REQUIRED if not line.cells.get(name)]
        faults: dict[Any, Any] = self._schema.validate(typed := self._typed(line.cells))
        answers = {} if faults else self._schema.load(typed)
        unread = [(_column(name), self._worded(name, line, said)) for name, said in faults.items()]
        problems = (
            [("", line.torn)]
            if line.torn
            else [*missing, *unread, *self._picked.problems(line.cells), *_told_in_full(line.cells)]
        )
        if not problems:
            problems = list(self._refused_by_rule(answers))
        return Checked(line, answers, tuple(problems))

    def _typed(self, cells: Mapping[str, str]) -> dict[str, Any]:
        typed: dict[str, Any] = {}
        for heading in HEADINGS:
            cell = cells.get(heading, "")
            if cell:
                typed[FROM_F00.get(heading, heading)] = _day_parts(cell) if heading in ("dob", "score_date") else cell
        typed = {name: cell for name, cell in typed.items() if name not in PICKED} | self._picked.typed(cells)
        if "gp_practice" in typed:
            typed["gp_practice"] = self._register.look_up(typed["gp_practice"]).code or typed["gp_practice"]
        return typed

    def _worded(self, name: str, line: Line, said: Any) -> str:
        if name == "gp_practice":
            return self._no_practice(line.cells["gp_practice"])
        if _SHORT_YEAR.fullmatch(line.cells.get(_column(name), "")):
            return FOUR_DIGITS
        return str(said[0]) if isinstance(said, list) else "cannot be read"

    def _no_practice(self, cell: str) -> str:
        found = self._register.look_up(cell)
        meant = " or ".join(f"{practice.label} ({practice.value})" for practice in found.near)
        if found.several:
            return f"“{cell}” may be {meant}. Use the code"
        gone = self._gone.get(self._former.look_up(cell).code)
        if gone and not meant:
            return f"{gone}. Use the practice that the person is registered with now"
        told = f"“{cell}” is not a practice of {self._programme}. "
        return told + (f"Do you mean {meant}? Use the code" if meant else "Use the code or the name in its register")

    def _refused_by_rule(self, answers: Mapping[str, Any]) -> Iterator[Problem]:
        """Apply the programme's own table of who is eligible: a list is no way around it."""
        age = age_on(date.fromisoformat(answers["dob"]), self._today)
        facts = {"deceased": False, "age_years": age, "gp_reg": "local", "open_case": False}
        decided = self._table.decide(facts).outputs
        if decided["eligibility"] != "eligible":
            yield "dob", str(decided["explain"])


def eligibility_table(desk: Desk, session: Session) -> DecisionTable:
    """Return the programme's table of who is eligible, in its present version."""
    return desk.tables.table(session, runs.current_release(session).id, "eligibility")[0]


def open_or_dead(
    session: Session, programme_id: UUID, nhs_numbers: Iterable[str], reader: UUID | None
) -> dict[str, str]:
    """Say about which NHS numbers something stands in the way today: an open case, or a death.

    `reader`: who reads it. Of a case whose person left them out they learn nothing here either.
    """
    found: dict[str, str] = {}
    wanted = sorted({number for number in nhs_numbers if number})
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        open_cases = (
            select(Person.nhs_number, Case.stage, _left_out(reader).label("left_out"))
            .join(Case, Case.person_id == Person.id)
            .where(Case.programme_id == programme_id, Case.closed_at.is_(None), Person.nhs_number.in_(some))
        )
        dead = select(Person.nhs_number).where(Person.deceased_on.is_not(None), Person.nhs_number.in_(some))
        rows = sorted(
            session.execute(open_cases), key=lambda row: (row.left_out, row.stage != NOMINATED)
        )  # the last told
        found |= {str(row.nhs_number): _open_case(row.stage, row.left_out) for row in rows}
        found |= dict.fromkeys(filter(None, session.scalars(dead)), "The record says that this person has died")
    return found


def _left_out(reader: UUID | None) -> ColumnElement[bool]:
    standing = (Exclusion.case_id == Case.id, Exclusion.staff_id == reader, Exclusion.ended_at.is_(None))
    return exists().where(*standing)


def _open_case(stage: str, left_out: bool) -> str:
    if left_out:
        return ASK_OTHERS
    return STANDS_ALREADY if stage == NOMINATED else HAS_A_CASE


def _against_each_other(checked: Sequence[Checked]) -> Iterator[Checked]:
    """Say where a number stands twice: one row of a person is enough; of two people nobody knows whose it is."""
    first: dict[str, Checked] = {}
    another: dict[str, Checked] = {}
    for row in checked:
        number = str(row.answers.get("nhs_number", ""))
        if number and _who(first.setdefault(number, row)) != _who(row):
            another.setdefault(number, row)
    for row in checked:
        number = str(row.answers.get("nhs_number", ""))
        before = first.get(number, row)
        if number in another:
            other = before if _who(before) != _who(row) else another[number]
            yield _with(row, OF_ANOTHER.format(other.line.row))
        else:
            yield row if before is row else _with(row, f"The same NHS number stands in row {before.line.row}. Keep one")


def _who(row: Checked) -> tuple[str, ...]:
    return tuple(str(row.answers.get(name, "")).casefold() for name in ("family_name", "given_name", "dob"))


def _against_known(row: Checked, known: Mapping[str, str]) -> Checked:
    trouble = known.get(str(row.answers.get("nhs_number", "")))
    return _with(row, trouble) if trouble else row


def _with(row: Checked, problem: str) -> Checked:
    return replace(row, problems=(*row.problems, ("nhs_number", problem)))


def _told_in_full(cells: Mapping[str, str]) -> Iterator[Problem]:
    at_risk = any(says_yes(cells.get(name, "")) for name in ("risk_admission", "risk_care_home"))
    if at_risk and not cells.get("preventable"):
        yield "preventable", "Say whether support could prevent it: yes, possibly, no or unknown"
    if cells.get("score"):
        if not cells.get("score_name"):
            yield "score_name", "Enter the name of the score"
        if not cells.get("score_date"):
            yield "score_date", "Enter when the score was worked out"


def _column(question: str) -> str:
    return {name: heading for heading, name in FROM_F00.items()}.get(question, question)


def _day_parts(cell: str) -> dict[str, str]:
    """The parts of a date as spreadsheets write it; something else is put where the form will refuse it."""
    if iso := _ISO.fullmatch(cell):
        return {"day": iso[3], "month": iso[2], "year": iso[1]}
    if british := _BRITISH.fullmatch(cell):
        return {"day": british[1], "month": _month(british[2]), "year": british[3]}
    return {"day": cell[:10], "month": "0", "year": "1900"}


def _month(text: str) -> str:
    if text.isdecimal():
        return text
    matches = [number for number, name in enumerate(MONTHS, 1) if name.lower().startswith(text.lower())]
    return str(matches[0]) if matches else "0"
