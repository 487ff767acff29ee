"""What a referral says about the person beside what their record says: shown, and taken over only by somebody's word.

Anybody can send a referral. Of somebody we do not know it makes the record; of somebody we know it changes nothing
by itself, because letters go to the address of the record and its number is phoned.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from forms import Form, Lookups, ShownRow
from workflows.casework.person import Person

Answers = Mapping[str, Any]
UNSAID = frozenset({"", "unknown", "not_asked", "not_stated"})


@dataclass(frozen=True)
class Subject:
    """One thing a record says: the questions of the referral it stands in.

    `whole`: its answers belong together, so that nothing of the old ones stays when new ones take their place.
    """

    label: str
    names: tuple[str, ...]
    whole: bool = False
    sensitive: bool = False


# By the choices of form F38. Answers under these names are the person's details, but for those in COLUMNS.
SUBJECTS: Mapping[str, Subject] = {
    "name": Subject("Name", ("given_name", "family_name", "preferred_name")),
    "dob": Subject("Date of birth", ("dob",)),
    "nhs_number": Subject("NHS number", ("nhs_number",)),
    "about_person": Subject("Sex, gender and ethnic group", ("sex_recorded", "gender", "pronouns", "ethnicity")),
    "address": Subject("Address", ("home", "address", "postcode"), whole=True),
    "phone": Subject("Phone", ("phone", "message_safe"), whole=True),
    "email": Subject("Email", ("email",)),
    "other_contact": Subject("Another way to reach the person", ("alt_contact",)),
    "safe_contact": Subject("How to contact the person safely", ("safe_contact",), sensitive=True),
    "language": Subject("Language", ("language", "language_other", "interpreter"), whole=True),
    "support": Subject("Information and communication support", ("comm_needs", "comm_other"), whole=True),
    "gp_practice": Subject("GP practice", ("gp_practice",)),
    "carer": Subject("Carer", ("carer",)),
}
COLUMNS = {"nhs_number": "nhs_number", "gp_practice": "practice_code"} | {
    name: name for name in ("given_name", "family_name", "preferred_name", "dob")
}


@dataclass(frozen=True)
class Difference:
    """One thing in which a referral and the record differ, in words; `ours` is empty when the record says nothing."""

    key: str
    label: str
    ours: str
    theirs: str


def record_of(person: Person) -> dict[str, Any]:
    """Return what the record says, as answers of a referral."""
    columns = {name: getattr(person, column) for name, column in COLUMNS.items()}
    if person.dob is not None:
        columns["dob"] = person.dob.isoformat()
    return {**person.details, **{name: value for name, value in columns.items() if value}}


def carer_of(person: Person, referral: Answers) -> Mapping[str, Any]:
    """Return who cares for the person at home: as the record says, else as the referral of the case does."""
    return person.details.get("carer") or referral.get("carer") or {}


def differing(person: Person, said: Answers) -> list[str]:
    """Return the keys of the subjects in which a referral says something that the record does not."""
    ours = record_of(person)
    return [
        key
        for key, subject in SUBJECTS.items()
        if any(_told(said.get(name)) and _plain(said[name]) != _plain(ours.get(name)) for name in subject.names)
    ]


def compared(form: Form, person: Person, said: Answers, keys: Collection[str], lookups: Lookups) -> list[Difference]:
    """Put differences into the words of the referral form."""
    ours = record_of(person)
    return [
        Difference(key, subject.label, in_words(form, key, ours, lookups), in_words(form, key, said, lookups))
        for key, subject in SUBJECTS.items()
        if key in keys
    ]


def in_words(form: Form, key: str, answers: Answers, lookups: Lookups) -> str:
    """Say what answers say on one subject: an address and a name in one piece, several questions with their labels."""
    names = SUBJECTS[key].names
    given = {name: answers[name] for name in names if answers.get(name)}
    if given.get("address"):
        given.pop("home", None)  # that there is an address goes without saying
    rows = [row for section in form.show(given, lookups=lookups) for row in section.rows]
    if key in {"address", "name"}:
        return _in_one_piece(given, key) or "; ".join(map(_labelled, rows))
    first, *others = [row.text for row in rows[:1]] or [""], *rows[1:]
    return "; ".join([*first, *map(_labelled, others)])


def take_over(person: Person, said: Answers, keys: Sequence[str]) -> None:
    """Let the record say what the referral says on these subjects."""
    for key in keys:
        subject = SUBJECTS[key]
        new = {name: said[name] for name in subject.names if _told(said.get(name))}
        for name in subject.names:
            if name in COLUMNS:
                _set_column(person, name, new.get(name))
        kept = {name: value for name, value in person.details.items() if not (subject.whole and name in subject.names)}
        person.details = kept | {name: value for name, value in new.items() if name not in COLUMNS}


def _set_column(person: Person, name: str, value: Any) -> None:
    if value:
        setattr(person, COLUMNS[name], date.fromisoformat(str(value)) if name == "dob" else str(value))


def _told(answer: Any) -> bool:
    """Whether an answer says anything: neither empty nor “not known”."""
    if isinstance(answer, list):
        return any(_told(one) for one in answer)
    return bool(answer) and not (isinstance(answer, str) and answer in UNSAID)


def _plain(answer: Any) -> Any:
    """An answer without what makes no difference: capitals, spaces, the order of what was ticked."""
    if isinstance(answer, list):
        return sorted(str(one) for one in answer)
    if isinstance(answer, Mapping):
        return {name: _plain(value) for name, value in answer.items() if _told(value)}
    return "".join(str(answer or "").casefold().split())


def _labelled(row: ShownRow) -> str:
    return f"{row.label}{'' if row.label.endswith('?') else ':'} {row.text}"


def _in_one_piece(given: Answers, key: str) -> str:
    said = {name: str(given[name]).replace("\n", ", ") for name in SUBJECTS[key].names if given.get(name)}
    said.pop("home", None)
    if key == "name" and len(said) > 1 and "preferred_name" in said:
        said["preferred_name"] = f"({said['preferred_name']})"
    return (", " if key == "address" else " ").join(said.values())
