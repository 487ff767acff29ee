"""The tour: every page of the service with somebody who may open it, in the order of the house's rooms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from tests.journeys.approved_process import APPROVER, approved
from tests.journeys.street import Street
from workflows.actions import process_changes, process_saves
from workflows.actions.calendar_feed import make_feed
from workflows.actions.calendars import Whose
from workflows.actions.duty_rota import Turn, name_on_duty
from workflows.actions.webhooks import NewWebhook, register
from workflows.casework.case import Case
from workflows.casework.diagram import CaseRun
from workflows.casework.document import Document
from workflows.casework.incident import Incident
from workflows.casework.notice import Letter
from workflows.casework.process_change import ChangedMeanwhile, Place
from workflows.casework.programme import Programme, Team
from workflows.casework.referral import Referral
from workflows.casework.staff import StaffMember
from workflows.casework.task import Task
from workflows.questions.process_changes import content

NURSE = "Siobhan Kelly"  # also triage and care coordinator of East
COORDINATOR = "Ifeoma Adeyemi"
GP_LEAD = "Dr Tomasz Zielinski"
TEAM_MANAGER = "Adaeze Nwosu"
SERVICE_MANAGER = "Shabana Malik"
CALDICOTT = "Dr Emeka Obi"
REFERRER = "Dr Aoife Brennan"
SYSADMIN = "Robin Marsh"
PROCESS_EDITOR = "Joanna Whitworth"
PHARMACIST = "Rajesh Patel"
VISITOR = ""


@dataclass(frozen=True)
class Stop:
    """One page: who looks at it, where it is, and what is answered."""

    who: str
    path: str
    status: int = 200
    kind: str = "text/html"


WAYS_IN = (
    (VISITOR, "/sign-in"),
    (VISITOR, "/password/forgotten"),
    (VISITOR, "/password/new/{token}"),
    (VISITOR, "/accessibility"),
    (VISITOR, "/privacy"),
    (VISITOR, "/refer"),
    (VISITOR, "/refer/acm"),
    (VISITOR, "/refer/return"),
    (VISITOR, "/refer/status"),
    (VISITOR, "/api/v1/docs"),
)
DESK_WORK = (
    (NURSE, "/inbox"),
    (NURSE, "/inbox?view=pool"),
    (NURSE, "/inbox?view=done"),
    (COORDINATOR, "/inbox?view=overdue"),
    (COORDINATOR, "/inbox?view=waiting"),
    (PHARMACIST, "/inbox?view=watching"),
    (NURSE, "/inbox?view=pool&sort=person"),
    (NURSE, "/inbox/hand-over?task={triage}"),
    (NURSE, "/inbox/hand-over?task={assessment}&cannot=yes"),
    (NURSE, "/tasks/{triage}"),
    (NURSE, "/tasks/{assessment}"),
    (NURSE, "/tasks/{assessment}/discard"),
    (NURSE, "/tasks/{assessment}/put-off"),
    (NURSE, "/tasks/{triage}/referrer"),
    (NURSE, "/told"),
    (TEAM_MANAGER, "/told?show=all"),
    (COORDINATOR, "/tasks/{letters}"),  # with the letters to check
    (NURSE, "/tasks/{done}"),
    (NURSE, "/tasks/{just_done}"),  # which she can still take back
    (GP_LEAD, "/tasks/{done}"),
    (NURSE, "/caseload"),
    (SERVICE_MANAGER, "/caseload"),
    (TEAM_MANAGER, "/overdue"),
    (SERVICE_MANAGER, "/overdue?kind=A&age=1-2"),
    (TEAM_MANAGER, "/overdue/report"),
    (SERVICE_MANAGER, "/overdue/reminders"),
    (NURSE, "/overdue", 403),
    (SERVICE_MANAGER, "/agenda"),
    (GP_LEAD, "/agenda/{east}"),
    (TEAM_MANAGER, "/agenda/{east}?day=2026-11-10"),
    (GP_LEAD, "/agenda/{east}/2026-11-10/{assessment}"),
    (NURSE, "/caseload/out-of-hours"),
    (NURSE, "/handing-on/{staff}"),
    (TEAM_MANAGER, "/handing-on/{staff}"),
    (PHARMACIST, "/handing-on/received"),
    (NURSE, "/find"),
    (COORDINATOR, "/letters"),
    (REFERRER, "/referrals"),
    (COORDINATOR, "/referrals"),
    (REFERRER, "/referrals/new/acm"),
    (GP_LEAD, "/referrals/new/acm"),  # one is begun there
    (GP_LEAD, "/referrals/new/acm/check"),
    (COORDINATOR, "/referrals/sent/{reference}"),
    (COORDINATOR, "/lists"),
    (COORDINATOR, "/lists/{list}"),
    (COORDINATOR, "/messages"),
    (COORDINATOR, "/messages/{message}"),
)
CASES = (
    (NURSE, "/cases/{edith}"),
    (NURSE, "/cases/{derek}"),
    (CALDICOTT, "/cases/{edith}"),
    (TEAM_MANAGER, "/cases/{walter}"),
    (NURSE, "/cases/{edith}/timeline"),
    (NURSE, "/cases/{edith}/timeline?kind=contacts"),
    (NURSE, "/cases/{edith}/documents"),
    (NURSE, "/cases/{edith}/documents/{document}"),
    (NURSE, "/cases/{edith}/documents/{paper}/amend"),
    (NURSE, "/cases/{edith}/plan"),
    (NURSE, "/cases/{derek}/plan"),
    (NURSE, "/cases/{edith}/people"),
    (NURSE, "/cases/{edith}/letters"),
    (NURSE, "/cases/{edith}/process"),
    (CALDICOTT, "/cases/{edith}/looked"),
    (TEAM_MANAGER, "/cases/{edith}/looked?first[day]=1&first[month]=1&first[year]=2026"),
    (NURSE, "/cases/{edith}/looked", 403),
    (COORDINATOR, "/cases/{edith}/do/somebody_else"),
    (COORDINATOR, "/cases/{edith}/do/same_person"),
    (COORDINATOR, "/cases/{edith}/do/details"),
    (NURSE, "/cases/{edith}/do/contact"),
    (NURSE, "/cases/{edith}/do/urgent"),
    (TEAM_MANAGER, "/cases/{edith}/do/death"),
    (COORDINATOR, "/letters/{letter}"),
    (COORDINATOR, "/letters/{letter}/text"),  # too late to reword
    (COORDINATOR, "/letters/{draft}"),
    (COORDINATOR, "/letters/{draft}/text"),
    (COORDINATOR, "/letters/{before_theirs}"),  # the person's own has not gone
    (COORDINATOR, "/letters/{to_tell}"),  # how somebody was told by phone or post is noted there
)
OFFICE = (
    (NURSE, "/account"),
    (NURSE, "/account/leave"),
    (NURSE, "/account/calendar"),
    (NURSE, "/account/told"),
    (PHARMACIST, "/account/leave"),
    (PHARMACIST, "/account/leave/{leave}/cover"),
    (PHARMACIST, "/account/leave/{back}/while-away"),
    (COORDINATOR, "/account/tokens"),
    (NURSE, "/programme"),
    (NURSE, "/programme/acm"),
    (NURSE, "/programme/acm/practices"),
    (SERVICE_MANAGER, "/programme/acm/practices"),
    (SERVICE_MANAGER, "/programme/acm/practices/new"),
    (NURSE, "/programme/acm/practices/ZZ011"),
    (SERVICE_MANAGER, "/programme/acm/practices/ZZ011"),
    (SERVICE_MANAGER, "/programme/acm/practices/ZZ012"),
    (NURSE, "/programme/acm/closed-days"),
    (SERVICE_MANAGER, "/programme/acm/closed-days"),
    (NURSE, "/programme/acm/teams/east/closed-days"),
    (TEAM_MANAGER, "/programme/acm/teams/east/closed-days"),
    (TEAM_MANAGER, "/programme/acm/teams/east/hours"),
    (NURSE, "/programme/acm/teams/east/meetings"),
    (TEAM_MANAGER, "/programme/acm/teams/east/meetings"),
    (NURSE, "/programme/acm/duty"),
    (SERVICE_MANAGER, "/programme/acm/duty"),
    (NURSE, "/programme/acm/teams/east/duty"),
    (COORDINATOR, "/programme/acm/teams/east/duty"),
    (COORDINATOR, "/programme/duty/{duty}/end"),
    (SERVICE_MANAGER, "/programme/acm/hours"),
    (SERVICE_MANAGER, "/programme/calendar-changes/{change}"),
    (NURSE, "/programme/acm/teams/east"),
    (SERVICE_MANAGER, "/programme/acm/teams/east"),
    (SERVICE_MANAGER, "/programme/acm/services"),
    (NURSE, "/programme/acm/services/befriending"),
    (SERVICE_MANAGER, "/programme/acm/services/befriending"),
    (NURSE, "/programme/acm/reminders"),
    (SERVICE_MANAGER, "/programme/acm/reminders/0"),
    (SERVICE_MANAGER, "/programme/acm/reminders/draft"),
    (SERVICE_MANAGER, "/programme/acm/reminders/draft/ladder/S"),
    (SERVICE_MANAGER, "/programme/acm/reminders/compare?one=0&other=draft"),
    (SERVICE_MANAGER, "/programme/acm/reminders/try"),
    (SERVICE_MANAGER, "/programme/acm/webhooks"),
    (SERVICE_MANAGER, "/programme/acm/webhooks/{webhook}"),
    (SERVICE_MANAGER, "/programme/acm/settings"),
    (SERVICE_MANAGER, "/programme/acm/settings/due.match_identity.standard"),
    (PROCESS_EDITOR, "/process"),
    (NURSE, "/process?sort=tables&words=how"),
    (NURSE, "/process/diagrams/intake"),
    (PROCESS_EDITOR, "/process/tables/priority"),
    (PROCESS_EDITOR, "/process/diagrams/action/compare"),
    (PROCESS_EDITOR, "/process/changes"),
    (PROCESS_EDITOR, "/process/changes/new?sort=diagrams&key=action"),
    (NURSE, "/process/changes/new", 403),
    (PROCESS_EDITOR, "/process/changes/{process_change}"),
    (PROCESS_EDITOR, "/process/changes/{process_change}/check"),
    (PROCESS_EDITOR, "/process/changes/{process_change}/diagrams/action"),
    (NURSE, "/process/changes/{process_change}/diagrams/action", 403),
    (SERVICE_MANAGER, "/process/changes/{process_change}/diagrams/action/saved"),
    (SERVICE_MANAGER, "/process/changes/{process_change}/diagrams/action/compare"),
    (SERVICE_MANAGER, "/process/changes/{process_change}/tables/priority/compare"),
    (PROCESS_EDITOR, "/process/changes/{process_change}/tables/priority/saved"),
    (PROCESS_EDITOR, "/process/changes/{process_change}/tables/priority/rules/1"),
    (PROCESS_EDITOR, "/process/changes/{process_change}/tables/priority/try"),
    (PROCESS_EDITOR, "/process/changes/{process_change}/tables/priority/again?months=12"),
    (SERVICE_MANAGER, "/process/changes/{process_change}/diagrams/action/beside/{kept_beside}"),
    (PROCESS_EDITOR, "/process/changes/{change_sent}/impact"),
    (APPROVER, "/process/changes/{change_sent}/approve"),
    (APPROVER, "/process/changes/{change_published}/published"),
    (SYSADMIN, "/staff"),
    (SYSADMIN, "/staff?show=ended"),
    (SYSADMIN, "/staff/new"),
    (SYSADMIN, "/staff/{staff}"),
    (SYSADMIN, "/staff/{staff}/posts/{post}/end"),
    (SYSADMIN, "/operations"),
    (SYSADMIN, "/operations/incidents"),
    (SERVICE_MANAGER, "/operations/incidents?show=tried"),
    (SYSADMIN, "/operations/incidents/{incident}"),
    (SYSADMIN, "/operations/incidents/progress?process=acm_intake&step={failed}&since=2026-11-16T09:00:00%2B00:00"),
    (SYSADMIN, "/operations/waiting"),
    (SERVICE_MANAGER, "/operations/waiting?process=acm_case&event=told_person_died"),
    (SYSADMIN, "/operations/processes/{run}"),
    (SYSADMIN, "/operations/messages"),
    (SERVICE_MANAGER, "/operations/stalled"),
    (NURSE, "/cases/ACM-999999", 404),
    (NURSE, "/staff", 403),
)
PAGES = tuple(Stop(*stop) for stop in (*WAYS_IN, *DESK_WORK, *CASES, *OFFICE))
JSON = "application/json"
REFUSAL = "application/problem+json"
FILES = tuple(
    Stop(*stop)
    for stop in (
        (NURSE, "/"),
        (NURSE, "/handing-on/own"),
        (VISITOR, "/health", 200, JSON),
        (NURSE, "/inbox/new?view=pool", 200, JSON),
        (VISITOR, "/static/dist/pages.css", 200, "text/css"),
        (NURSE, "/cases/{edith}/process/{run}.bpmn", 200, "application/xml"),
        (SYSADMIN, "/operations/processes/{run}.bpmn", 200, "application/xml"),
        (NURSE, "/process/diagrams/intake/versions/1/drawing", 200, "application/xml"),
        (NURSE, "/process/diagrams/intake/versions/1/file", 200, "application/xml"),
        (PROCESS_EDITOR, "/process/changes/{process_change}/diagrams/action/drawing", 200, "application/xml"),
        (PROCESS_EDITOR, "/process/changes/{process_change}/diagrams/action/file", 200, "application/xml"),
        (PROCESS_EDITOR, "/process/changes/{process_change}/diagrams/action/content", 200, JSON),
        (PROCESS_EDITOR, "/process/words", 200, JSON),
        (PROCESS_EDITOR, "/process/changes/{change_sent}/impact/progress", 200, JSON),
        (PROCESS_EDITOR, "/process/changes/{change_published}/published/progress", 200, JSON),
        (NURSE, "/attachments/{attachment}", 200, "application/pdf"),
        (COORDINATOR, "/lists/{list}/progress", 200, JSON),
        (COORDINATOR, "/lists/{list}/to-mend.csv", 200, "text/csv"),
        (NURSE, "/programme/acm/reminders/0.csv", 200, "text/csv"),
        (SERVICE_MANAGER, "/programme/acm/reminders/draft.csv", 200, "text/csv"),
        (SERVICE_MANAGER, "/programme/acm/reminders/try/progress", 200, JSON),
        (SERVICE_MANAGER, "/programme/calendar-changes/{change}/progress", 200, JSON),
        (VISITOR, "/calendar/{calendar}.ics", 200, "text/calendar"),
        (TEAM_MANAGER, "/overdue/report.csv", 200, "text/csv"),
        (TEAM_MANAGER, "/overdue/reminders.csv", 200, "text/csv"),
        (VISITOR, "/api/v1/health", 200, JSON),
        (VISITOR, "/api/v1/openapi.json", 200, JSON),
        (VISITOR, "/api/v1/forms/F01", 200, JSON),
        # The rest of the API wants a token, whoever is signed in.
        (NURSE, "/api/v1/cases", 401, REFUSAL),
        (NURSE, "/api/v1/cases/{edith}", 401, REFUSAL),
        (NURSE, "/api/v1/tasks", 401, REFUSAL),
        (NURSE, "/api/v1/tasks/{triage}", 401, REFUSAL),
        (NURSE, "/api/v1/referrals/{reference}", 401, REFUSAL),
        (NURSE, "/api/v1/metrics", 401, REFUSAL),
    )
)
# Pages that only somebody in the middle of a referral sees: tests/journeys/test_outside_referral.py
SEEN_ELSEWHERE = frozenset(
    f"referrals.{name}" for name in ("code", "section", "not_eligible", "later", "check_all", "sent_all")
) | {"caseload.supervise"}  # which is no page: it leads to a button of a case


def addresses(known: dict[str, str]) -> Iterator[str]:
    """Yield the address of every stop that leads somewhere."""
    for stop in PAGES:
        if stop.status == 200:
            yield stop.path.format(**known)
    for stop in FILES:
        yield stop.path.format(**known)


def places(street: Street) -> dict[str, str]:
    """Return what stands in the addresses: case numbers by name, and ids of things there is one of to show.

    What has to be put out for that is put out once, however many ask.
    """
    if not street.places:
        street.places.update(_put_out(street))
    return dict(street.places)


def _put_out(street: Street) -> dict[str, str]:
    numbers = {name: getattr(street, name) for name in ("edith", "derek", "amina", "walter")}
    calendar = make_feed(street.office.desk(street.town.who(NURSE)))
    hub = NewWebhook("Dashboard of the hub", "https://hooks.example.org/roundtable", ("S", "review"), "L2")
    webhook = register(street.office.desk(street.town.who(SERVICE_MANAGER)), "acm", hub)
    ids = street.town.ask(lambda session: _ids(session, street))
    today = street.office.desk().today
    turn = Turn(UUID(ids["staff"]), today, today + timedelta(days=6))
    duty = name_on_duty(street.office.desk(street.town.who(COORDINATOR)), Whose("acm", "east"), turn)
    made = {"calendar": calendar, "webhook": str(webhook.id), "duty": str(duty)}
    return {**numbers, **street.put_out, **ids, **made, **approved(street), **_process_change(street)}


def _process_change(street: Street) -> dict[str, str]:
    """Let two people change the process; what one wrote last is kept beside what the other saved."""
    editor, other = (street.office.desk(street.town.who(name)) for name in (PROCESS_EDITOR, SERVICE_MANAGER))
    change_id = process_changes.open_change(editor, "Sooner decisions", "Two actions were put off four times")
    drawn, table = Place(change_id, "bpmn", "action"), Place(change_id, "dmn", "priority")
    for place in (drawn, table):
        process_changes.take_in(editor, place)
    xml = content(editor, drawn).xml
    process_saves.save_model(editor, drawn, xml.replace(b"due.postponed_action", b"due.handover"), 1)
    rules = content(editor, table).xml.replace(b"<text>true</text>", b"<text>false</text>", 1)
    process_saves.save_model(editor, table, rules, 1)
    try:
        process_saves.save_model(other, drawn, xml.replace(b"put off too often", b"put off again"), 1)
    except ChangedMeanwhile as meanwhile:
        return {"process_change": str(change_id), "kept_beside": str(meanwhile.copy_id)}
    raise AssertionError("what was written on an older save has to be kept beside")


def just_done(street: Street) -> str:
    """Let the nurse complete a task now; returns its id."""
    number = street.town.refer(nhs_number="9990041016")
    (task,) = street.town.open_tasks(number)
    street.town.do(number, task.key)
    return str(task.id)


def _ids(session: Session, street: Street) -> dict[str, str]:
    def task(number: str, key: str) -> str:
        return _id(session, select(Task.id).join(Case).where(Case.number == number, Task.key == key))

    of_edith = select(Case.id).where(Case.number == street.edith).scalar_subquery()
    nurse = session.scalars(select(StaffMember).where(StaffMember.name == NURSE)).one()
    before_theirs = select(Letter.id).where(Letter.template == "L04", Letter.recipient == "gp")
    to_tell = select(Letter.id).where(Letter.status == "ready", Letter.route == "tell")
    derek = select(Case.id).where(Case.number == street.derek).scalar_subquery()
    return {
        "triage": task(street.derek, "triage_referral"),
        "assessment": task(street.amina, "assess_physical"),
        "letters": _id(session, select(Task.id).where(Task.key == "check_rejection_letter")),
        "done": task(street.edith, "record_mdt_decision"),
        "paper": _id(session, select(Document.id).where(Document.case_id == of_edith, Document.form_key == "F15")),
        "document": _id(session, select(Document.id).where(Document.case_id == of_edith, Document.form_key == "F16")),
        "letter": _id(session, select(Letter.id).where(Letter.case_id == of_edith, Letter.status == "ready")),
        "to_tell": _id(session, to_tell),
        "draft": _id(session, select(Letter.id).where(Letter.status == "draft")),
        "before_theirs": _id(session, before_theirs),
        "run": _id(session, select(CaseRun.id).where(CaseRun.case_id == of_edith, CaseRun.process == "acm_case")),
        "failed": _id(session, select(Incident.step_key)),
        "reference": _id(session, select(Referral.reference).where(Referral.case_id == derek)),
        "east": _id(session, select(Team.id).join(Programme).where(Team.key == "east", Programme.key == "acm")),
        "staff": str(nurse.id),
        "post": str(nurse.posts[0].id),
    }


def _id(session: Session, query: Select[Any]) -> str:
    return str(session.scalars(query.limit(1)).one())
