"""What a form may begin with: answers the case already holds, so that nobody types them a second time.

Only facts and words that are already on the record go in. A judgement, a decision or a consent is never answered
beforehand: whoever completes the form has to give it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from forms import BEGUN_WITH, Form
from workflows.casework.care import CarePlan
from workflows.casework.case import Case
from workflows.casework.signing import signature
from workflows.casework.task import Task
from workflows.desk import Desk
from workflows.duties.open_promises import begun_promises
from workflows.duties.papers import NOTHING_YET, merged
from workflows.questions.agreed_for_plan import agreed_for_plan
from workflows.questions.concern import document_of
from workflows.questions.handover import begun_handover
from workflows.questions.hospital_since import in_hospital
from workflows.questions.meeting_begun import begun_invitations, begun_preparation
from workflows.questions.risk_begun import begun_risk
from workflows.questions.service_use import counted_so_far
from workflows.questions.sight import opened
from workflows.questions.supervision_begun import begun_supervision
from workflows.storage import cases
from workflows.storage.routes import route_of_case

Answers = dict[str, Any]
# Of a plan that replaces one in force.
DATED_ANEW = ("valid_from", "next_review", "next_review_agreed_at", "change_note")
REPORTED_FACTS = ("moved_on", "new_address", "new_postcode", "new_practice", "withdrawn_on", "withdrawn_what")
GOALS_AT_THE_END = ("achieved", "partly", "abandoned")
GOES_ON = frozenset({"F11", "F18"})  # forms that begin with what they say already, whoever of the team said it
# The steps that ask for the measures, and when in the case each of them does.
OCCASIONS = {"measure_wellbeing": "baseline", "repeat_tools": "repeat", "measure_at_discharge": "discharge"}


@dataclass(frozen=True)
class Record:
    """What a form may draw on."""

    desk: Desk
    session: Session
    task: Task

    @property
    def case(self) -> Case:
        """The case."""
        return self.task.case

    def said(self, form_key: str) -> Answers:
        """What a form says now; empty when nobody has filled it in."""
        return merged(cases.documents_of(self.session, self.case.id, form_key))

    def me(self) -> Answers:
        """The actor, as a choice of colleague."""
        return {} if self.desk.actor.id is None else {"me": str(self.desk.actor.id)}


def starting_inputs(
    desk: Desk, session: Session, task: Task, form: Form, *, untold: bool = False
) -> dict[str, list[str]]:
    """Return what the form of a task begins with, as inputs by name; only for the sections the task fills.

    `untold`: its reader is told nothing of the record through the form; they only sign with their own name.
    """
    begin = None if untold else BEGINNINGS.get(form.key)
    signed = signature(desk.actor, task.key)
    if begin is None and not signed:
        return {}
    record = Record(desk, session, task)
    asked = {
        question.id
        for section in form.sections
        if task.sections is None or section.key in task.sections
        for question in section.fields
    }
    said = (begin(record) if begin else {}) | signed
    return form.inputs({name: value for name, value in said.items() if name in asked and value not in (None, "", [])})


def basis(session: Session, task: Task, *, blank: bool = False) -> dict[str, list[str]]:
    """Return, as an input, which paper of a form that goes on from its own papers the page begins with.

    What colleagues file after that one is joined in when the task is completed. `blank`: its reader is told nothing.
    """
    if task.form_key not in GOES_ON:
        return {}
    filed = () if blank else cases.documents_of(session, task.case_id, task.form_key)
    return {BEGUN_WITH: [filed[-1].id.hex if filed else NOTHING_YET]}


def _plan(record: Record) -> Answers:
    """The plan as it is, to be amended; the first one begins with the person's own words.

    What the meeting, or a review, has agreed since is taken over.
    """
    plan = record.said("F18")
    if plan and _not_yet_published(record):
        return plan
    agreed = agreed_for_plan(record.session, record.case.id, record.desk.today)
    if plan:
        known = {name: value for name, value in plan.items() if name not in DATED_ANEW}
        return known | agreed | {"actions": [*plan.get("actions", []), *agreed["actions"]]}
    assessment, referral = record.said("F11"), record.said("F01")
    return {
        "important_to_me": assessment.get("hopes") or referral.get("views"),
        "how_to_communicate": assessment.get("communication_note"),
        **agreed,
    }


def _not_yet_published(record: Record) -> bool:
    """Whether the plan is still being talked about: what was written minutes ago is not asked a second time."""
    draft = cases.newest_document(record.session, record.case.id, "F18")
    if draft is None:
        return False
    since = select(CarePlan.id).where(CarePlan.case_id == record.case.id, CarePlan.valid_from >= draft.completed_at)
    return record.session.scalar(since.limit(1)) is None


def _review(record: Record) -> Answers:
    """The goals of the plan in force, as they stood, and what is known of hospital since the last review."""
    goals = [_only(goal, "statement", "status", "status_why") for goal in _goals(record)]
    medicines = _newest(record, "meds_count", "F13", "F21", "F11")
    return {
        "goals": goals,
        "meds_count": medicines,
        **in_hospital(record.session, record.case, record.desk.clock.now()),
    }


def _discharge(record: Record) -> Answers:
    """The goals, with what became of them where the last review already says so."""
    reviewed = record.said("F21").get("goals") or _goals(record)
    goals = []
    for goal in reviewed:
        begun = _only(goal, "statement")
        if goal.get("status") in GOALS_AT_THE_END:
            begun["status"] = goal["status"]
        goals.append(begun)
    return {"goals": goals}


def _meeting(record: Record) -> Answers:
    """What was prepared for the meeting."""
    prepared, coordinator = record.said("F15"), record.case.coordinator_id
    return {
        "situation": prepared.get("summary"),
        "views_of_person": prepared.get("person_view"),
        "coordinator": str(coordinator) if coordinator else None,
        "scribe": record.me().get("me"),
    }


def _preparation(record: Record) -> Answers:
    """The referrer's question, what the record holds for any meeting, and whom to invite where that was said."""
    begun = begun_preparation(record.session, record.desk, record.case)
    return {"question": record.said("F01").get("question"), **begun, **begun_invitations(record.session, record.task)}


def _allocation(record: Record) -> Answers:
    """Whoever coordinates the case already."""
    coordinator = record.case.coordinator_id
    return {"coordinator": str(coordinator) if coordinator else None}


def _list_review(record: Record) -> Answers:
    """Which list the person stood on, and the score there: the list said so when it was taken in."""
    return record.said("F00")


def _triage(record: Record) -> Answers:
    """The team the case was passed to, or the one team of its practice; verdict and priority are the clinician's."""
    theirs = route_of_case(record.session, record.case, record.desk.today).teams
    likely = record.case.team or (theirs[0] if len(theirs) == 1 else None)
    return {"team": likely.key if likely else None}


def _assessment(record: Record) -> Answers:
    """Who fills in each section, today, and what the referral already counts."""
    referral, today = record.said("F01"), record.desk.today.isoformat()
    form = record.desk.forms.form("F11")
    done: Answers = {}
    for section in form.sections:
        done |= {f"{section.key}_done_by": record.me().get("me"), f"{section.key}_done_at": today}
    offered = _choices(form, "conditions")
    conditions = [each for each in referral.get("ltcs", []) if each in offered]
    return {"conditions": conditions, "meds_count": referral.get("meds_count")} | record.said("F11") | done


def _measures(record: Record) -> Answers:
    """Who asks, when in the case it is, and the language: that of last time, else the one the referral names."""
    return {
        "assessor": record.me().get("me"),
        "occasion": OCCASIONS.get(record.task.key),
        "language": record.said("F12").get("language") or _main_language(record),
    }


def _main_language(record: Record) -> str:
    """The person's language in words; empty where the referrer did not know it."""
    referral = record.said("F01")
    chosen = referral.get("language")
    if chosen == "other":
        return str(referral.get("language_other", ""))
    return "" if chosen == "unknown" else _choices(record.desk.forms.form("F01"), "language").get(str(chosen), "")


def _service(record: Record) -> Answers:
    """The referral to a service as it stands."""
    return record.said("F20b")


def _concern(record: Record) -> Answers:
    """What was written when the concern was raised; whether it is sent by now, whoever sends it says."""
    papers = cases.documents_of(record.session, record.case.id, "F23")
    raised = next((one.answers for one in papers if one.id == document_of(record.task.variables)), {})
    return {name: answer for name, answer in raised.items() if name != "sent"}


def _service_use(record: Record) -> Answers:
    """The two periods, who counts, and what the referral and other systems have told."""
    told = counted_so_far(record.session, record.case, record.said("F01"), record.desk.today)
    return {**told, "entered_by": record.me().get("me")}


def _handover(record: Record) -> Answers:
    """Open actions, risks and the plan as they stand in the case."""
    found = opened(record.session, record.desk, record.case.number, for_task=True)
    return begun_handover(record.session, record.desk, found, record.task.key)


def _ending(record: Record) -> Answers:
    """Where the person has gone, or what they withdrew from, as whoever reported it, or another system, told it."""
    told, reported = record.said("F42"), _only(record.said("F26"), *REPORTED_FACTS)
    return {f"new_{name}": told.get(name) for name in ("address", "postcode")} | reported


BEGINNINGS: Mapping[str, Callable[[Record], Answers]] = {
    "F00": _list_review,
    "F03": _triage,
    "F09": _allocation,
    "F11": _assessment,
    "F12": _measures,
    "F14": lambda record: begun_risk(record.session, record.case),
    "F15": _preparation,
    "F16": _meeting,
    "F18": _plan,
    "F20b": _service,
    "F21": _review,
    "F22b": lambda record: {"ack_at": record.desk.clock.now().replace(second=0, microsecond=0).isoformat()},
    "F23": _concern,
    "F25": _discharge,
    "F26": _ending,
    "F27": _handover,
    "F28": lambda record: begun_supervision(record.session, record.desk, record.case.coordinator_id),
    "F40": lambda record: begun_promises(record.session, record.case),
    "F29": _service_use,
}


def _goals(record: Record) -> list[Answers]:
    plan = record.session.scalar(
        select(CarePlan)
        .where(CarePlan.case_id == record.case.id, CarePlan.superseded_at.is_(None))
        .order_by(CarePlan.number.desc())
        .limit(1)
    )
    return list(plan.goals) if plan else list(record.said("F18").get("goals", []))


def _newest(record: Record, name: str, *form_keys: str) -> Any:
    return next((said[name] for said in map(record.said, form_keys) if name in said), None)


def _only(answers: Answers, *names: str) -> Answers:
    return {name: answers[name] for name in names if name in answers}


def _choices(form: Form, name: str) -> dict[str, str]:
    """What a question offers: labels by value."""
    return {
        choice.value: choice.label
        for section in form.sections
        for question in section.fields
        if question.id == name
        for choice in question.choices
    }
