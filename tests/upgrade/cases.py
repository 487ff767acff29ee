"""Cases that stand, together, at every place where one can wait: walked where the quiet way leads, else put by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from tests.builders.walked_case import Town, stepping_down
from tests.builders.ways_in import COORDINATOR, a_list, csv_file, nhs_numbers, take_in
from tests.upgrade.hand import put, say, start
from tests.upgrade.places import called_from, places, running, stood_at
from workers.rounds import run_everything
from workflows.actions.buttons import BUTTONS
from workflows.actions.lists import confirm_list
from workflows.casework.case import Case
from workflows.casework.ending import ENDINGS, PROCESSES

MAIN = "acm_case"
ENDS = frozenset(PROCESSES.values())
PRESSED = {button.starts: button.key for button in BUTTONS if button.starts} | {
    PROCESSES[ENDINGS[button.sends]]: button.key for button in BUTTONS if button.sends in ENDINGS
}
DAY = timedelta(days=1)
A_YEAR = 371 * DAY  # and some days, so that what is due after a year is due
ON_THE_WAY = ("assess_whole_person", "sign_assessment", "invite_to_mdt", "check_outcome_letters", "agree_plan")
NOT_ASKED = {"consent_stage": "no_not_asked", "not_asked_reason": "She had gone."}
# What a process is told that begins without its button, and what an operator says where a case was moved past it.
TOLD: Mapping[str, dict[str, object]] = {
    "acm_reallocation": {"priority": "standard"},
    "acm_left_open": {"concern": "urgent"},
    "acm_consent_change": {"ask_again": True},
}
SAID: Mapping[str, dict[str, object]] = {
    "acm_closing": {"closure_reason": "goals_met"},
    "acm_promises": {"closure_reason": "goals_met"},
    "close_case": {"closure_reason": "goals_met"},
    "close_long_stay": {"closure_reason": "long_hospital_stay"},
    "left_before_closed": {"closure_reason": "long_hospital_stay"},
    "assess_cognition_mood": {"residence": "home"},
    "consent_at_review": {"ask_again": True},
    "reconfirm_consent": {"ask_again": True},
}


@dataclass
class Everywhere:
    """Fills a town with cases until one stands at each place."""

    town: Town
    people: Iterator[str] = field(default_factory=nhs_numbers)
    hosts: list[str] = field(default_factory=list)  # cases that other processes may go on beside
    stood: set[str] = field(default_factory=set)
    old: str = ""  # the case that has been open for a year
    ended: str = ""  # the NHS number of somebody whose case has ended

    def walk(self) -> None:
        """Walk cases where people walk them: one for a year, one to its end, and some that stop on their way."""
        self.old, self.ended = self.refer(), next(self.people)
        while self.town.case(self.old).stage != "active":
            self.town.do(self.old, self.town.open_tasks(self.old)[0].key)
        self.town.do(stepping_down(self.town, nhs_number=self.ended), "step_down_contact")
        self.town.office.clock.move_to(self.town.case(self.old).opened_at + A_YEAR)
        run_everything(self.town.office)
        for place in ON_THE_WAY:
            self.town.walk_until(self.refer(), place)
        self._nominate()
        self._share_without_consent()
        self._refer_again()
        today = self.town.office.desk().today
        self.refer(dob=(today.replace(year=today.year - 18) + 28 * DAY).isoformat())

    def _nominate(self) -> None:
        """Two people from a list; of one, something pressing was told, so that the nomination does not lapse."""
        rows = [{"nhs_number": next(self.people)}, {"nhs_number": next(self.people), "family_name": "Told"}]
        found, desk = a_list(self.town, csv_file(*rows)), self.town.office.desk(self.town.who(COORDINATOR))
        confirm_list(desk, found)
        take_in(self.town, found)
        nominated = select(Case.number).where(Case.stage == "identified").order_by(Case.number.desc())
        number = self.town.ask(lambda session: session.scalars(nominated).first())
        self.town.press(number, "urgent", "Siobhan", danger_to_life="no")
        put(self.town, number, "settled_before_lapsing")

    def _share_without_consent(self) -> None:
        number = self._to_be_asked()
        town = self.town
        town.do(number, "record_consent", choice="refused", serious_harm="yes")
        told = {"name": "F. S.", "organisation": "Council", "user": str(town.who("Farah").id)}
        town.do(number, "request_override", recipients=[told])
        last_day = town.office.desk().today + 14 * DAY
        town.do(number, "approve_override", approval="approved", expires_at=last_day.isoformat())

    def _refer_again(self) -> None:
        """Further referrals of people whom we know: as new information, by another name, and after their case ended."""
        person = next(self.people)
        self.refer_to(person)
        self.refer_to(person, question="Second")
        third, _, fifth = (self.refer_to(person, question=word, family_name="Exemplar") for word in ("3", "4", "5"))
        for look in ("check_identity", "check_identity_again"):
            self.town.do(third, look, decision="same")
        self.town.do(fifth, "check_identity", decision="same")
        self.town.walk_until(self.refer_to(self.ended, question="Again"), "ask_what_changed")

    def _to_be_asked(self) -> str:
        number = self.refer(**NOT_ASKED)
        self.town.walk_until(number, "record_consent")
        return number

    def fill(self) -> None:
        """Put a case at each place at which none stands yet."""
        self.stood = stood_at(self.town)
        for place, process in places().items():
            if place in self.stood:
                continue
            number = self._begin(place, process)
            if place not in stood_at(self.town, number):
                say(self.town, number, SAID.get(place) or SAID.get(process, {}))
                put(self.town, number, place)
            self.stood |= stood_at(self.town, number)
            assert place in self.stood, place

    def refer(self, **said: Any) -> str:
        """Refer somebody whom nobody knew."""
        return self.refer_to(next(self.people), **said)

    def refer_to(self, person: str, **said: Any) -> str:
        """Refer somebody with this NHS number."""
        return self.town.refer(nhs_number=person, **said)

    def promised(self) -> str:
        """A case whose person is to be assessed, with an action that was agreed."""
        number = self.refer()
        self.town.walk_until(number, "allocate_coordinator")
        self.town.press(number, "action", "Adaeze")
        self.hosts.append(number)
        return number

    def _begin(self, place: str, process: str) -> str:
        """Return a case in which a process is under way, or the one that calls it."""
        if process in (MAIN, "acm_intake"):
            return self.refer()
        if process == "acm_consent":
            return self._to_be_asked()
        if process in ENDS:
            return self._ending(place, process)
        if called_from(process):
            return self._called(place, process)
        return self._beside(process)

    def _called(self, place: str, process: str) -> str:
        caller, call = called_from(process)[0]
        number = self.promised() if caller == "acm_episode" else self._begin(call, caller)
        if process in ("acm_closing", "acm_promises"):
            self.town.press(number, "urgent", "Siobhan")
        if call not in stood_at(self.town, number):
            say(self.town, number, SAID.get(process, {}))
            put(self.town, number, call)
        return number

    def _ending(self, place: str, process: str) -> str:
        """Walk an ending on as far as people do, with an action and a concern that it has to wait for."""
        number = self.promised()
        self.hosts.remove(number)
        self.town.press(number, "urgent", "Siobhan")
        self.town.press(number, PRESSED[process], "Adaeze")
        while place not in stood_at(self.town, number):
            mine = [task for task in self.town.open_tasks(number) if task.process == process]
            if not mine:
                break
            self.town.do(number, mine[0].key)
        return number

    def _beside(self, process: str) -> str:
        """Begin a process beside a case in which it is not under way."""
        if process == "acm_action":
            return self.hosts[0] if self.hosts else self.promised()
        number = next((one for one in self.hosts if all(run.process != process for run in running(self.town, one))), "")
        number = number or self.promised()
        if process in PRESSED and process not in TOLD:
            self.town.press(number, PRESSED[process], "Adaeze")
        else:
            start(self.town, number, process, TOLD.get(process, {}))
        return number
