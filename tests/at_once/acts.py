"""The acts that happen to one case at the same moment, and the traces that each leaves when it happened."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.builders.walked_case import Town, load_one_programme
from workflows.actions import buttons, companions, diagrams, moving_cases, tasks
from workflows.actions.messages import receive
from workflows.actions.paperwork import Raw
from workflows.actions.wakeups import wake_process
from workflows.assembly import Office
from workflows.casework.access import Actor, Post
from workflows.casework.audit import AuditEntry
from workflows.casework.diagram import MOVED, CaseRun, JourneyStep
from workflows.casework.errors import RuleBroken
from workflows.casework.message import Envelope

OPERATOR = Actor(None, "an operator", (Post("sysadmin", None, None),))
TRIAGE, DISCHARGE = "Triage the referral", "Plan the discharge with the person"
FASTER, OTHER = "Siobhan", "Blessing"  # both triage
PERSON, BORN = "9990000018", date(1941, 3, 27)


@dataclass(frozen=True)
class Scene:
    """A referral that has waited for triage so long that a date of its process is due; what people have typed."""

    number: str
    task: UUID
    run: UUID
    colleagues: tuple[UUID, UUID]
    triaged: Raw
    in_error: Raw
    now: datetime
    newer: int  # the release of the diagrams that came out since


def set_scene(office: Office) -> Scene:
    """Fill an office; its clock is left at the scene's time."""
    load_one_programme(office)
    town = Town(office)
    number = town.refer(nhs_number=PERSON)
    (task,) = town.open_tasks(number)
    due: datetime = town.ask(lambda session: session.get_one(CaseRun, task.run_id).next_due_at)
    office.clock.move_to(due)
    forms, case = office.desk().forms, town.case(number)
    triaged = town.answers(forms.form("F03"), case, {"verdict": "accept", "priority": "standard"}, task.run_id)
    button = buttons.BY_KEY["error"]
    newer = diagrams.publish_files(office.desk(OPERATOR), {"intake.bpmn": _relabelled("intake", TRIAGE)}, "other words")
    return Scene(
        number, task.id, task.run_id, (town.who(FASTER).id, town.who(OTHER).id), triaged,
        town.answers(forms.form(button.form), case, {}), due, newer.number,
    )  # fmt: skip


@dataclass(frozen=True)
class Act:
    """Something that happens to the case. `trace`: how often it stands in the history.

    do: second is true when the other act of the pair has begun before; then somebody else does it.
    commits: how many transactions it takes; the last is the one that counts.
    """

    name: str
    do: Callable[[Office, Scene, bool], object]
    trace: Callable[[Session], int]
    commits: int = 1


def _by(office: Office, name: str) -> Any:
    return office.desk(Town(office).who(name))


def _claim(office: Office, scene: Scene, second: bool) -> None:
    tasks.claim_task(_by(office, OTHER if second else FASTER), scene.task)


def _complete(office: Office, scene: Scene, second: bool) -> None:
    tasks.complete_task(_by(office, OTHER if second else FASTER), scene.task, scene.triaged)


def _reassign(office: Office, scene: Scene, second: bool) -> None:
    tasks.reassign_task(_by(office, "Ifeoma"), scene.task, scene.colleagues[second], "away from noon")


def _message(office: Office, scene: Scene, second: bool) -> None:
    source = "another hospital" if second else "a hospital"
    said = Envelope(f"from {source}", "hospital_admission", PERSON, BORN, scene.now, source, {"hospital": "North"})
    received = receive(_by(office, "Ifeoma"), said)
    if received.status == "parked":
        raise RuleBroken(received.parked_why)


def _timer(office: Office, scene: Scene, _: bool) -> None:
    wake_process(office.desk(), scene.run)


def _close(office: Office, scene: Scene, _: bool) -> None:
    companions.press(_by(office, "Shabana"), scene.number, "error", scene.in_error)


def _publish(office: Office, _scene: Scene, _: bool) -> None:
    diagrams.publish_shipped(_by(office, "Priya"))


def _move(office: Office, scene: Scene, _: bool) -> None:
    moving_cases.move_case(office.desk(OPERATOR), scene.number, moving_cases.Wanted(scene.newer))


def _told(act: str) -> Callable[[Session], int]:
    """How often an act stands in the trail."""
    return lambda session: session.scalar(select(func.count()).where(AuditEntry.act == act)) or 0


def _rung(session: Session) -> int:
    """How often the date has come; whoever acts after it lets it ring, be it the worker or not."""
    return session.scalar(select(func.count()).where(JourneyStep.key == "after_26_weeks")) or 0


def redrawn(folder: Path) -> dict[str, Path]:
    """The shipped diagrams and tables, one of them with another label."""
    for kind, shipped in diagrams.SHIPPED.items():
        shutil.copytree(shipped, folder / kind)
    (folder / "bpmn" / "discharge.bpmn").write_bytes(_relabelled("discharge", DISCHARGE))
    return {kind: folder / kind for kind in diagrams.SHIPPED}


def _relabelled(diagram: str, label: str) -> bytes:
    """A shipped diagram in which one label says something else."""
    drawn = (diagrams.SHIPPED["bpmn"] / f"{diagram}.bpmn").read_text("utf-8")
    assert label in drawn
    return drawn.replace(label, f"{label} now").encode()


ACTS = (
    Act("claim", _claim, _told("task claimed")),
    Act("complete", _complete, _told("task completed")),
    Act("reassign", _reassign, _told("task reassigned")),
    Act("message", _message, _told("message taken"), commits=2),
    Act("timer", _timer, _rung),
    Act("publish", _publish, _told("release published")),
    Act("migrate", _move, _told(MOVED)),
    Act("close", _close, _told("ending begun")),
)
BEGINS = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
