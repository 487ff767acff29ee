"""Reporting: how a walk ended, against what its scenario says, in one line a case."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.walk import looking
from tests.walk.player import Walk
from workflows.questions.audit import verify_chain

SHORT = {"mdt_decision": "decision", "service_referral": "service", "override_review": "override"}


@dataclass(frozen=True)
class Ended:
    """How one case stood when its scenario was over."""

    name: str
    number: str
    state: str
    tasks_done: int
    days: int
    path: tuple[str, ...]

    def as_said(self) -> dict[str, Any]:
        """The same, as a scenario says it."""
        return {
            "state": self.state,
            "tasks_done": str(self.tasks_done),
            "days": str(self.days),
            "path": list(self.path),
        }

    @property
    def way(self) -> str:
        """The processes in their order, each stretch once."""
        names = [stretch.partition(":")[0] for stretch in self.path]
        return " > ".join(SHORT.get(name, name).replace("_", " ") for name in names)


def endings(walk: Walk) -> tuple[Ended, ...]:
    """Return how every case of a walk stands now."""
    return tuple(_ended(walk, name, number) for name, number in walk.cases.items())


def differences(walk: Walk, ended: tuple[Ended, ...]) -> list[str]:
    """Return every difference between the end of a walk and what its scenario says, and every broken rule."""
    found: list[str] = []
    wanted = walk.scenario.ends
    for one in ended:
        said = wanted.get(one.name, {}) if len(ended) > 1 else wanted
        found.extend(_compared(one, said))
    return [*found, *_left_over(walk), *_told_too_much(walk), *_untrue_record(walk)]


def line(letter: str, title: str, ended: Ended, seconds: float) -> str:
    """Tell one case in one line: who, tasks, days, state, and the way it took."""
    told = f"{letter:2} {title:38.38} {ended.tasks_done:3} tasks {ended.days:4} days  {ended.state:34}"
    return f"{told} {seconds:5.1f} s  {ended.way}"


def _ended(walk: Walk, name: str, number: str) -> Ended:
    seen = looking.look(walk.stage.office, number)
    until = seen.closed_at or walk.stage.clock.now()
    state = f"closed: {seen.reason}" if seen.closed_at else f"open: {seen.stage}"
    return Ended(
        name=name,
        number=number,
        state=state,
        tasks_done=looking.tasks_done(walk.stage.office, number),
        days=(until - seen.opened_at).days,
        path=tuple(looking.path(walk.stage.office, number)),
    )


def _compared(ended: Ended, said: Mapping[str, Any]) -> list[str]:
    found = []
    for name, value in ended.as_said().items():
        if name not in said:
            found.append(f"{ended.name}: the scenario does not say {name}; it is {value}")
        elif said[name] != value:
            found.append(f"{ended.name}, {name}: {_told(value)} instead of {_told(said[name])}")
    return found


def _told(value: Any) -> str:
    return "\n      ".join(["", *value]) if isinstance(value, list) else str(value)


def _left_over(walk: Walk) -> list[str]:
    """A closed case leaves nothing in anybody's inbox and waits for nothing."""
    found = []
    for number in walk.cases.values():
        seen = looking.look(walk.stage.office, number)
        if seen.closed_at and (seen.tasks or seen.waits_for):
            found.append(f"{number} is closed and still has {[task.key for task in seen.tasks]} {seen.waits_for}")
    return found


def _told_too_much(walk: Walk) -> list[str]:
    """No email, text or call names the person, their NHS number or their date of birth."""
    names = [
        str(person[word]).replace(" ", "")
        for person in walk.scenario.people.values()
        for word in ("given_name", "family_name", "nhs_number", "dob")
        if word in person
    ]
    office = walk.stage.office
    mails = [(f"mail “{mail.kind}” to {mail.to}", mail.words) for mail in looking.mailbox(office)]
    told = [*mails, *((one.channel, one.words) for one in looking.others_told(office))]
    return [
        f"the {what} says “{name}”"
        for what, words in told
        for name in names
        if re.search(rf"\b{re.escape(name)}\b", words.replace(" ", "") if name.isdigit() else words)
    ]


def _untrue_record(walk: Walk) -> list[str]:
    """What was written down about each case is still as it was written."""
    breaks = verify_chain(walk.stage.office.desk()).breaks
    return [f"the trail of {one.chain} is broken at {one.seq}: {one.why}" for one in breaks]
