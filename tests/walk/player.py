"""The player: goes through a scenario step by step and compares what follows with what the scenario states."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.crash.other_side import HOOKS
from tests.walk import candidates, looking, moments
from tests.walk.browser import Refused
from tests.walk.comparing import Comparison
from tests.walk.hands import Hands
from tests.walk.looking import Mail, Seen
from tests.walk.pen import Pen
from tests.walk.people import Staff
from tests.walk.scenario import Scenario, Step
from tests.walk.stage import Stage
from webapp import create_app
from workflows.actions.ladders import publish
from workflows.casework.ladder_table import read_ladder, standard, written

# What the usual way is where the first answer of a form would lead elsewhere.
USUAL: Mapping[str, Mapping[str, Any]] = {
    "triage_referral": {"verdict": "accept", "priority": "standard"},
    "record_consent": {"choice": "given", "capacity_doubt": "no"},
    "first_contact": {"outcome": "spoke", "safe_and_well": "yes"},
    "assess_whole_person": {"high_risk_medicines": ["none"]},
    "record_mdt_decision": {"decision": "case_manage", "coordinator": "Siobhan Kelly", "actions": []},
    "allocate_coordinator": {"coordinator": "Siobhan Kelly"},
    "agree_plan": {"agreement": "agrees"},
}
MOST_USUAL_STEPS = 40
OUTSIDE = "somebody without an account"


class Difference(AssertionError):
    """What happened is not what the scenario says."""


def _differs(words: str) -> None:
    raise Difference(words)


@dataclass
class Walk:
    """A walk under way: its cases by name, and what has been told so far."""

    scenario: Scenario
    stage: Stage
    tell: Callable[[str], None] = field(default=lambda _: None)
    differ: Callable[[str], None] = field(default=_differs)

    def __post_init__(self) -> None:
        office = self.stage.office
        self.staff = Staff(office)
        self.pen = Pen(office, self.scenario.programme)
        self.hands = Hands(create_app(office), office, self.staff, self.pen)
        self.cases: dict[str, str] = {}
        self.latest = ""
        self.messages = 0

    def play(self) -> None:
        """Play every step."""
        for step in self.scenario.steps:
            self._play(step)

    def case_of(self, name: str = "") -> str:
        """Return the number of a case by its name in the scenario; the latest when none is named."""
        name = name or self.latest
        if name not in self.cases:
            raise Difference(f"there is no case “{name}” yet")
        return self.cases[name]

    def _play(self, step: Step) -> None:
        office = self.stage.office
        before, mail_before, told_before = (
            self._seen(step),
            len(looking.mailbox(office)),
            len(looking.others_told(office)),
        )
        if step.time:
            self._move(*step.time)
        self._act(step)
        self.stage.send()
        after = self._seen(step)
        mail, told = looking.mailbox(office)[mail_before:], looking.others_told(office)[told_before:]
        self._tell(step, before, after, mail)
        found = Comparison(self.hands, self.staff, self.cases, before, after, mail, told)
        wrong = found.differences(step.expects)
        if after is not None and after.failures:
            wrong.append(f"a process cannot go on: {'; '.join(after.failures)}")
        for one in wrong:
            self.differ(f"step {step.number} ({_words(step)}): {one}")

    def _seen(self, step: Step) -> Seen | None:
        name = step.case or self.latest
        return looking.look(self.stage.office, self.cases[name]) if name in self.cases else None

    def _move(self, word: str, text: str) -> None:
        now = self.stage.clock.now()
        self.stage.move_to(moments.after(now, text) if word == "after" else moments.moment(text))

    def _act(self, step: Step) -> None:
        """Let somebody act; a step may say that it is refused, and with which words."""
        if not step.act:
            return
        try:
            getattr(self, f"_{step.act}")(step)
        except Refused as refusal:
            if not step.refused or step.refused not in str(refusal):
                raise Difference(f"step {step.number} ({_words(step)}) was refused: {refusal}") from refusal
            return
        if step.refused:
            raise Difference(f"step {step.number} ({_words(step)}) was not refused")

    def _refers(self, step: Step) -> None:
        name = step.what
        answers = {**self.scenario.people[name], **step.answers}
        if step.who == OUTSIDE:
            number = self.hands.refer_from_outside(answers)
        else:
            number = self.hands.refer(self.staff.find(step.who), answers)
        self.latest = step.case or name
        self.cases[self.latest] = number

    def _does(self, step: Step) -> None:
        number = self.case_of(step.case)
        self.hands.do(self.staff.find(step.who, number), number, step.what, step.answers)

    def _usual(self, step: Step) -> None:
        """Let everybody do in the usual way what is asked of them, until the step named here is asked."""
        number = self.case_of(step.case)
        waiting: tuple[looking.OpenTask, ...] = ()
        for _ in range(MOST_USUAL_STEPS):
            waiting = looking.look(self.stage.office, number).tasks
            if any(task.key == step.what for task in waiting):
                return
            if not waiting:
                break
            task = waiting[0]
            self.hands.do(self.staff.find(task.holder or task.role, number), number, task.key, USUAL.get(task.key, {}))
        raise Difference(f"step {step.number}: {step.what} was never asked; open: {[task.key for task in waiting]}")

    def _presses(self, step: Step) -> None:
        number = self.case_of(step.case)
        self.hands.press(self.staff.find(step.who, number), number, step.what, step.answers)

    def _message(self, step: Step) -> None:
        people = self.scenario.people
        person = people[step.case] if step.case in people else next(iter(people.values()))
        payload = dict(step.answers)
        self.messages += 1
        at = payload.pop("occurred_at", "")
        told = self.hands.message(
            {
                "message_id": payload.pop("message_id", f"walk-{self.scenario.key}-{self.messages}"),
                "type": step.what,
                "nhs_number": str(payload.pop("nhs_number", person["nhs_number"])).replace(" ", ""),
                "dob": payload.pop("dob", person["dob"]),
                "occurred_at": (moments.moment(at) if at else self.stage.clock.now()).isoformat(),
                "source": payload.pop("source", "hospital feed"),
                "payload": payload,
            }
        )
        wanted = step.expects.get("message", "delivered")
        if told["status"] != wanted:
            self.differ(f"step {step.number}: the message was {told['status']} ({told.get('parked_why')})")

    def _leaves(self, step: Step) -> None:
        who = self.staff.find(step.who, self.cases.get(step.case or self.latest, ""))
        cover = self.staff.find(step.what["cover"]) if step.what.get("cover") else None
        self.hands.leave(who, step.what["from"], step.what["to"], cover)

    def _imports(self, step: Step) -> None:
        """Bring a list, and let the worker take it in."""
        content = candidates.list_of(int(step.what["rows"]), self.stage.office.desk().today)
        self.hands.bring_list(self.staff.find(step.who), step.what["source"], "people-at-risk.csv", content)
        self.stage.round()

    def _reviews(self, step: Step) -> None:
        """Look at the first so many people of a list; the first who is offered help is the case told further on."""
        who, waiting = self.staff.find(step.who), looking.waiting_for(self.stage.office, "review_nomination")
        for verdict, many in step.what.items():
            for _ in range(int(many)):
                number = waiting.pop(0)
                self.hands.do(
                    who, number, "review_nomination", {"nominate": verdict, "reason": "Known to the practice."}
                )
                if not self.cases:
                    self.latest = "person"
                    self.cases["person"] = number

    def _sends(self, step: Step) -> None:
        number = self.case_of(step.case)
        self.hands.post_letters(self.staff.find(step.who, number), number)

    def _publishes(self, step: Step) -> None:
        """Let some rungs of the usual reminders say something else."""
        table = written(standard())
        for line, instead in step.what.items():
            if line not in table:
                raise Difference(f"no rung of the usual reminders is {line}")
            table = table.replace(line, instead)
        actor = self.staff.actor(self.staff.find(step.who))
        publish(self.stage.office.desk(actor), self.scenario.programme, read_ladder(table), "As the scenario says")

    def _chooses(self, step: Step) -> None:
        self.hands.choose_ways(self.staff.find(step.who), step.what)

    def _registers(self, step: Step) -> None:
        """Let the other system of the walk be told of rungs."""
        address = f"{self.stage.others}{HOOKS}"
        self.hands.register_address(self.staff.find(step.who), {**step.what, "address": address})

    def _tell(self, step: Step, before: Seen | None, after: Seen | None, mail: list[Mail]) -> None:
        self.tell(f"{step.number:3} {moments.said(self.stage.clock.now())}  {_words(step)}")
        if after is None:
            return
        flags = f" [{', '.join(after.flags)}]" if after.flags else ""
        review = f", review {moments.said(after.next_review)}" if after.next_review else ""
        self.tell(f"      {after.stage}{flags} scope {after.scope} risk {after.risk}{review} {after.reason}")
        for task in after.tasks:
            due = moments.said(task.due_at) if task.due_at else "-"
            self.tell(f"        open: {task.key} ({task.role}{', ' + task.holder if task.holder else ''}) due {due}")
        old = before.letters if before else Counter()
        for letter in (after.letters - old).elements():
            self.tell(f"        letter: {letter}")
        for letter in (after.withheld - (before.withheld if before else Counter())).elements():
            self.tell(f"        withheld: {letter}")
        for one in mail:
            self.tell(f"        mail: {one.kind} to {one.to}")


def _words(step: Step) -> str:
    if not step.act:
        return f"{step.time[0]} {step.time[1]}" if step.time else "look"
    what = step.what if isinstance(step.what, str) else ""
    return " ".join(word for word in (step.who, step.act, what) if word)
