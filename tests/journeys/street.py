"""A street of cases, each at another point of its way: what the journeys look at, and the pictures show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import UUID

from sqlalchemy import select

from tests.builders.walked_case import Town
from tests.builders.ways_in import COORDINATOR, a_list, a_message, csv_file, nhs_numbers, referral, take_in
from workflows import demonstration
from workflows.actions.accounts import enter_leave
from workflows.actions.attachments import keep_with_draft, looked_at
from workflows.actions.calendars import Whose, ask_to_close
from workflows.actions.drafts import save_draft
from workflows.actions.heartbeats import beat
from workflows.actions.lists import confirm_list
from workflows.actions.messages import receive
from workflows.actions.sign_in import reset_token, send_reset_link
from workflows.assembly import Office, open_office
from workflows.casework.errors import SetUpWrong
from workflows.casework.incident import Incident
from workflows.casework.message import Message
from workflows.casework.notice import Notice
from workflows.casework.passing import PassingNote
from workflows.casework.rounds import ROUNDS
from workflows.casework.staff import StaffMember
from workflows.clock import FixedClock
from workflows.duties import REGISTER
from workflows.questions.task_form import draft_name
from workflows.settings import Settings

Said = Mapping[str, Any]

BY_THE_GP = {
    "referrer_name": "Dr Aoife Brennan",
    "referrer_role": "GP",
    "referrer_org": "Copper Kettle Lane Surgery",
    "consent_by": "Dr Aoife Brennan",
}
EDITH = {
    "given_name": "Edith", "family_name": "Marland", "preferred_name": "Edie", "dob": "1942-03-27",
    "nhs_number": "999 000 0018", "address": "4 Sample Street, Exampleton", "sex_recorded": "female",
    "views": "I want to sleep in my own bed and see my sister again.",
    "expectations": "Fewer falls, and somebody who looks at all her medicines together.",
    "question": "Three falls since August and two nights in hospital. What would keep Edie safe at home?",
    **BY_THE_GP, "risk_admission": True, "frailty_flag": True, "language": "english", "interpreter": "no",
    "meds_count": 9, "comm_needs": ["large_print"], "safe_contact": None,
    "alt_contact": "Her sister Joan, 0161 496 0001",
}  # fmt: skip
DEREK = {
    "given_name": "Derek", "family_name": "Root", "preferred_name": None, "dob": "1964-10-02",
    "nhs_number": "999 000 0026", "address": "18 Specimen Road, Exampleton", "sex_recorded": "male",
    "views": "I only ring because nobody rings me back.", "language": "english", "interpreter": "no",
    "expectations": "One person he can call, and a plan that the out-of-hours doctor can read.",
    "question": "Eleven visits to the emergency department in a year, mostly at night. What is behind it?",
    "alt_contact": "His friend Kev, 0161 496 0004",
    **BY_THE_GP, "hiu_flag": True, "discharged_14d": True, "safe_contact": None,
}  # fmt: skip
AMINA = {
    "given_name": "Amina", "family_name": "Yusuf", "preferred_name": None, "dob": "1951-01-14",
    "nhs_number": "999 000 0034", "address": "2 Pattern Close, Exampleton", "sex_recorded": "female",
    "views": "I would like to cook for my grandchildren again.", "language": "somali", "interpreter": "yes",
    "expectations": "A way of taking her medicines that fits her day.",
    "alt_contact": "Her daughter Hodan, 0161 496 0002",
    "question": "Diabetes, heart failure and low mood. Who does what, and in which order?",
    "safe_contact": None, **BY_THE_GP,
}  # fmt: skip
WALTER = {
    "given_name": "Walter", "family_name": "Pike", "preferred_name": None, "dob": "1938-06-09",
    "nhs_number": "999 000 0042", "address": "7 Model Terrace, Exampleton", "sex_recorded": "male",
    "alt_contact": "His neighbour Ray, 0161 496 0003", "views": "I would rather stay with my dog.",
    "language": "english", "interpreter": "no", "safe_contact": None, **BY_THE_GP,
}  # fmt: skip
CHLOE = {
    "given_name": "Chloe", "family_name": "Garner", "preferred_name": None, "dob": "2008-12-14",
    "nhs_number": "999 000 0050", "address": "11 Template Lane, Exampleton", "sex_recorded": "female",
    "alt_contact": "Her mother Denise, 0161 496 0005", "views": "I want to manage my own appointments.",
    "language": "english", "interpreter": "no", "safe_contact": None,
    "source": "family_carer", "referrer_name": "Denise Garner", "referrer_role": "Her mother", "referrer_email": None,
}  # fmt: skip
HAROLD = {
    "given_name": "Harold", "family_name": "Byrne", "preferred_name": None, "dob": "1959-08-21",
    "nhs_number": "999 000 0069", "address": "30 Example Avenue, Exampleton", "sex_recorded": "male",
    "alt_contact": "His brother Sean, 0161 496 0006", "views": "I only need somebody to sort out the bathroom.",
    "question": "He slips in the bath. Who could fit rails?",
    "language": "english", "interpreter": "no", "safe_contact": None, **BY_THE_GP,
}  # fmt: skip
NOT_ACCEPTED = {"verdict": "signpost", "signpost_note": "The home safety team fits rails."}
# What is said at the steps that people read again later.
SAID: Mapping[str, Said] = {
    "first_contact": {"outcome": "spoke"},
    "triage_referral": {"verdict": "accept", "priority": "standard"},
    "prepare_mdt": {
        "question": "What would keep Edie safe at home, and who looks after her medicines?",
        "summary": "Lives alone on the first floor. Three falls since August, nine medicines, sleeps badly.",
        "person_view": "I want to sleep in my own bed and see my sister again.",
    },
    "record_mdt_decision": {
        "update": "Two falls were at night on the way to the bathroom.",
        "views_of_person": "Wants to stay at home; would accept a pendant alarm.",
        "rationale": "Falls and medicines belong together; the pharmacist looks first.",
        "reason_to_person": "Your falls may come from your tablets. We look at those first.",
        "decision": "case_manage",
    },
    "draft_plan": {"important_to_me": "Sleeping in my own bed, and seeing my sister on Sundays."},
    "plan_conversation": {"important_to_me": "Sleeping in my own bed, and seeing my sister on Sundays."},
}
SPOKE = {
    "at": "2026-11-16T08:40",
    "type": "phone",
    "with": ["person"],
    "purpose": "How the first nights with the new lamp were",
    "notes": "Edie slept through twice this week. Her sister comes on Sunday.",
}
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Street:
    """The office, its clock, and the numbers of the cases."""

    town: Town
    clock: FixedClock
    edith: str  # has a care plan; an action is open
    derek: str  # referred this morning
    amina: str  # is being assessed
    walter: str  # has died
    # Harold is not accepted; the letter that says so is to be checked.
    # Chloe waits for her 18th birthday; her mother, who referred her without an email, is to be told by phone or post.
    put_out: Mapping[str, str]  # ids of what else lies about, by what it is
    places: dict[str, str] = field(default_factory=dict)  # what the tour has put out besides, once

    @property
    def office(self) -> Office:
        """The installation."""
        return self.town.office


@contextmanager
def a_street(folder: Path, database_url: str, clock: FixedClock) -> Iterator[Street]:
    """Open an office in a folder and let the cases happen over two weeks that end at the clock's time."""
    given = {"DATA": str(folder / "data"), "DATABASE": database_url, "SECRET": "a secret for tests only"}
    office = open_office(Settings.from_environment({f"ROUNDTABLE_{key}": value for key, value in given.items()}), clock)
    try:
        yield _lived_in(office, clock)
    finally:
        office.close()


def _lived_in(office: Office, clock: FixedClock) -> Street:
    today = clock.now()
    clock.move_to(today - 20 * DAY)
    demonstration.load(office.desk())
    town = Town(office)
    back, leave = _leave_of_the_pharmacist(town, today.date())
    edith = _planned(town, clock)
    amina = town.refer(**AMINA)
    _until(town, amina, "assess_whole_person")
    clock.move_to(today - 2 * DAY)
    walter = town.refer(**WALTER)
    clock.advance(DAY)
    town.press(walter, "death", "Adaeze")
    clock.move_to(today)
    town.refer(**CHLOE)
    town.do(town.refer(**HAROLD), "triage_referral", **NOT_ACCEPTED)
    derek = town.refer(**DEREK)
    _pressing(town, edith, amina)
    for name in ROUNDS:
        beat(office.desk(), name, "1 done, 0 failed")
    put_out = {
        "attachment": _file_of(town, edith),
        "list": str(_list_of(town)),
        "change": str(_closed_day(town)),
        "message": _parked_message(town),
        "token": _link_for_password(town),
        "incident": _failed_letter(town),
        "back": back,
        "leave": leave,
    }
    _handed_on(town, edith)
    _drafts(town, amina)
    return Street(town, clock, edith, derek, amina, walter, put_out)


def _leave_of_the_pharmacist(town: Town, today: date) -> list[str]:
    """One leave that is over, with cover, and one to come."""
    pharmacist, cover = town.who("Rajesh"), town.who("Campbell")
    desk, days = (
        town.office.desk(pharmacist),
        ((today - 10 * DAY, today - 3 * DAY), (today + 30 * DAY, today + 40 * DAY)),
    )
    assert pharmacist.id is not None
    return [str(enter_leave(desk, pharmacist.id, first, last, cover.id)) for first, last in days]


def _handed_on(town: Town, number: str) -> None:
    """A colleague has handed Edith's case to the pharmacist, with what only she knew."""
    marta, rajesh = (town.who(name).id for name in ("Marta", "Rajesh"))
    assert marta is not None
    with town.office.desk().work() as work:
        said = "She opens the door only after three rings. Her sister has a key."
        note = PassingNote(case_id=town.case(number).id, from_id=marta, text=said, written_at=work.now)
        work.session.add(note)
        note.hand(work.session.get(StaffMember, rajesh), work.now)
        work.commit()


def _planned(town: Town, clock: FixedClock) -> str:
    """Edith's way to her plan; an action and a contact afterwards."""
    number = town.refer(**EDITH)
    for key in ("first_contact", "sign_assessment", "draft_plan"):
        _until(town, number, key)
        clock.advance(DAY)
    _until(town, number, "")
    return number


def _pressing(town: Town, edith: str, amina: str) -> None:
    """What makes this a Monday: an action that is due today, a worry about Amina, a talk with Edith."""
    town.press(edith, "contact", "Siobhan", **SPOKE)
    nurse, today = str(town.who("Siobhan").id), str(town.office.desk().today)
    town.press(edith, "action", "Ifeoma", what="Ask for a pendant alarm", owner=nurse, due=today, tell_person="yes")
    town.press(amina, "urgent", "Marta", what="Her daughter rang: confused since the weekend, drinks little.")


def _until(town: Town, number: str, key: str) -> None:
    """Complete what is open until a step of this key is asked; "" until nothing is."""
    nurse = {"coordinator": str(town.who("Siobhan").id)}
    named = {"allocate_coordinator": nurse, "record_mdt_decision": nurse}
    while waiting := town.open_tasks(number):
        if any(task.key == key for task in waiting):
            return
        step = waiting[0].key
        town.do(number, step, **SAID.get(step, {}), **named.get(step, {}))


def _file_of(town: Town, number: str) -> str:
    nurse, form = town.office.desk(town.who("Siobhan")), town.office.desk().forms.form("F05")
    diary = looked_at("falls diary.pdf", b"%PDF-1.4\n%%EOF\n")
    return keep_with_draft(nurse, f"case:{number}:F05", form, {}, {"signed_form": [diary]})["signed_form"][0]


def _closed_day(town: Town) -> UUID:
    """Ask what it would move to close the day after tomorrow."""
    desk = town.office.desk(town.who("Shabana"))
    return ask_to_close(desk, Whose("acm"), desk.today + 2 * DAY, "Training of all teams")


def _list_of(town: Town) -> UUID:
    """One list taken in, and one that was looked through, with a row to mend."""
    rows = ({"family_name": "Lister", "given_name": "Ann"}, {"family_name": "Grey", "given_name": "Tom"})
    found = a_list(town, csv_file(*rows, {"dob": "31/02/1941"}))
    confirm_list(town.office.desk(town.who(COORDINATOR)), found)
    take_in(town, found)
    numbers = islice(nhs_numbers(), 5, None)
    rows_now = [{"nhs_number": next(numbers), **row} for row in rows]
    return a_list(town, csv_file(*rows_now, {"nhs_number": "999 000 0000", "family_name": "Reid"}))


def _parked_message(town: Town) -> str:
    unknown = a_message("hospital_admission", nhs_number=next(islice(nhs_numbers(), 40, None)), dob=date(1950, 5, 5))
    receive(town.office.desk(town.who(COORDINATOR)), unknown)
    return str(town.ask(lambda session: session.scalars(select(Message.id)).one()))


def _failed_letter(town: Town) -> str:
    """One referral is not acknowledged yet: its letter could not be written."""

    def fail(asking: Any, **given: Any) -> None:
        raise SetUpWrong("There is no letter template “L99”.")

    with patch.dict(REGISTER, {"letters.send": replace(REGISTER["letters.send"], perform=fail)}):
        town.refer(nhs_number=next(islice(nhs_numbers(), 45, None)), given_name="Vera", family_name="Latch")
    return str(town.ask(lambda session: session.scalars(select(Incident.id)).one()))


def _link_for_password(town: Town) -> str:
    send_reset_link(town.office.desk(), "siobhan.kelly@example.org")
    newest = select(Notice).where(Notice.kind == "password_reset")
    words = town.ask(lambda session: session.scalars(newest).one().words)
    return reset_token(town.office.settings, UUID(words["reset"]))


def _drafts(town: Town, number: str) -> None:
    """A form half filled in at a task, and a referral that only has to be checked and sent."""
    nurse, doctor = (town.office.desk(town.who(name)) for name in ("Siobhan", "Zielinski"))
    task = next(one for one in town.open_tasks(number) if one.key == "assess_physical")
    save_draft(nurse, draft_name(task.id), "F11", 1, {"symptoms": ["Short of breath on the stairs"]})
    about_walter = {**WALTER, "nhs_number": next(nhs_numbers()), "family_name": "Unsent"}
    save_draft(doctor, "referral:acm", "F01", 1, referral(town, **about_walter))
