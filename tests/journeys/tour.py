"""The tour: every page of the service with somebody who may open it, in the order of the house's rooms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.journeys.street import Street
from workflows.casework.diagram import CaseRun
from workflows.casework.document import Document
from workflows.casework.staff import StaffMember
from workflows.casework.task import Task

NURSE = "Siobhan Kelly"  # also triage and care coordinator of East
COORDINATOR = "Ifeoma Adeyemi"
GP_LEAD = "Dr Tomasz Zielinski"
TEAM_MANAGER = "Adaeze Nwosu"
SERVICE_MANAGER = "Shabana Malik"
CALDICOTT = "Dr Emeka Obi"
REFERRER = "Dr Aoife Brennan"
SYSADMIN = "Robin Marsh"
PHARMACIST = "Rajesh Patel"
VISITOR = ""


@dataclass(frozen=True)
class Stop:
    """One page: who looks at it, where it is, and what is answered."""

    who: str
    path: str
    status: int = 200
    kind: str = "text/html"


PAGES = tuple(
    Stop(*stop)
    for stop in (
        # the way in
        (VISITOR, "/sign-in"),
        (VISITOR, "/password/forgotten"),
        (VISITOR, "/accessibility"),
        (VISITOR, "/privacy"),
        (NURSE, "/account"),
        (NURSE, "/account/leave"),
        # inbox and tasks
        (NURSE, "/inbox"),
        (NURSE, "/inbox?view=pool"),
        (NURSE, "/inbox?view=done"),
        (PHARMACIST, "/inbox?view=watching"),
        (COORDINATOR, "/inbox?view=waiting"),
        (NURSE, "/inbox?view=pool&sort=person&q=Root"),
        (NURSE, "/inbox/hand-over?task={triage}"),
        (NURSE, "/tasks/{triage}"),
        (NURSE, "/tasks/{assessment}"),
        (NURSE, "/tasks/{done}"),
        # the case
        (NURSE, "/cases/{edith}"),
        (NURSE, "/cases/{derek}"),
        (TEAM_MANAGER, "/cases/{walter}"),
        (NURSE, "/cases/{edith}/timeline"),
        (NURSE, "/cases/{edith}/documents"),
        (NURSE, "/cases/{edith}/documents/{document}"),
        (NURSE, "/cases/{edith}/documents/{document}/amend"),
        (NURSE, "/cases/{edith}/plan"),
        (NURSE, "/cases/{derek}/plan"),
        (NURSE, "/cases/{edith}/people"),
        (NURSE, "/cases/{edith}/process"),
        # the office
        (NURSE, "/programme"),
        (NURSE, "/programme/acm"),
        (NURSE, "/programme/acm/practices"),
        (SERVICE_MANAGER, "/programme/acm/services"),
        (SERVICE_MANAGER, "/programme/acm/settings"),
        (SERVICE_MANAGER, "/programme/acm/settings/{setting}"),
        (SYSADMIN, "/staff"),
        (SYSADMIN, "/staff?show=ended"),
        (SYSADMIN, "/staff/new"),
        (SYSADMIN, "/staff/{staff}"),
        (SYSADMIN, "/staff/{staff}/posts/{post}/end"),
        (SYSADMIN, "/operations"),
        # what is not there, and what is not for everybody
        (NURSE, "/cases/ACM-999999", 404),
        (NURSE, "/staff", 403),
    )
)
FILES = tuple(
    Stop(*stop)
    for stop in (
        (NURSE, "/cases/{edith}/process/{run}.bpmn", 200, "application/xml"),
        (NURSE, "/"),
        (VISITOR, "/health", 200, "application/json"),
        (VISITOR, "/static/dist/pages.css", 200, "text/css"),
    )
)


def addresses(known: dict[str, str]) -> Iterator[str]:
    """Yield the address of every stop."""
    for stop in (*PAGES, *FILES):
        if stop.status == 200:
            yield stop.path.format(**known)


def places(street: Street) -> dict[str, str]:
    """Return what stands in the addresses: case numbers by name, and ids of things there is one of to show."""
    numbers = {name: getattr(street, name) for name in ("edith", "derek", "amina", "walter")}
    return {**numbers, **street.town.ask(lambda session: _ids(session, street))}


def _ids(session: Session, street: Street) -> dict[str, str]:
    edith = street.town.case(street.edith)
    nurse = session.scalars(select(StaffMember).where(StaffMember.name == NURSE)).one()
    papers = select(Document.id).where(Document.case_id == edith.id, Document.form_key == "F16")
    run = select(CaseRun.id).where(CaseRun.case_id == edith.id, CaseRun.process == "acm_case")

    def task(number: str, key: str) -> str:
        case = street.town.case(number)
        return str(session.scalars(select(Task.id).where(Task.case_id == case.id, Task.key == key)).first())

    return {
        "triage": task(street.derek, "triage_referral"),
        "assessment": task(street.amina, "assess_physical"),
        "done": task(street.edith, "record_mdt_decision"),
        "document": str(session.scalars(papers).first()),
        "run": str(session.scalars(run).first()),
        "setting": "due.match_identity",
        "staff": str(nurse.id),
        "post": str(nurse.posts[0].id),
    }
