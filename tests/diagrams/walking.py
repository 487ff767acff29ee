"""Walking a diagram without an office: what people, duties and tables answer is said by the test."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from tests.diagrams.reading import FILES, asked_duties, drawings
from workflows.engine import Asked, Library, OpenStep, Outcome, Run

MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
LONG_WAITS = {"wait.long_stay_alert": 182, "wait.long_stay_decision": 364, "wait.consent_anniversary": 364}
USUAL_WAIT = 30  # days, for every other timer
# The dates that duties work out: as far away as every other wait, unless a test says otherwise.
DATES_OF = {
    "mdt.promise": ("mdt_late_at",),
    "mdt.list_on_agenda": ("mdt_late_at",),
    "hospital.admit": ("long_stay_at",),
    "hospital.ask_later": ("long_stay_at",),
    "discharge.step_down": ("step_down_over_at",),
}
# What is answered unless a test says otherwise: the quiet way through.
USUAL: dict[str, dict[str, Any]] = {
    "case.enter": {"closure_reason": ""},
    "intake.match_identity": {"identity": "new", "haste": "standard"},
    "intake.open_case_check": {"open_case": False, "near_birthday": False},
    "intake.raise_concern": {"concern_open": True},
    "consent.evidence": {"evidence_accepted": True, "high_risk": False},
    "consent.override_terms": {"override_expires_at": (MONDAY + timedelta(days=28)).isoformat()},
    "contact.count": {"contact_attempts": 1, "contact_reached": True, "attempts_enough": False},
    "assessment.needs": {
        "needs_nurse": False, "needs_therapist": False, "needs_mental_health": False, "needs_social_care": False,
        "needs_medication_review": False, "medication_review_due": False, "residence": "home",
    },
    "plan.contributors": {
        "needs_nurse": False, "needs_therapist": False, "needs_mental_health": False, "needs_social_care": False,
        "needs_medication_review": False, "needs_wellbeing": False,
    },
    "mdt.record_decision": {"mdt_decision": "case_manage", "deferrals": 0, "deferred_too_often": False},
    "hospital.admit": {"admission_recorded": True, "already_discharged": False},
    "hospital.discharge": {"destination": "usual_home", "risk_level": "medium", "left_hospital_at": MONDAY.isoformat()},
    "care_home.begin": {"handed_to_care_home": False, "moved_at": MONDAY.isoformat()},
    "care_home.hand_over": {"care_home_to_come": False},
    "safeguarding.open": {"concern_recorded": True},
    "actions.refresh": {"action_status": "done", "postponements": 0, "postponed_too_often": False, "open_actions": 0},
    "services.refresh": {"service_status": "completed", "service_finished": True},
    "supervision.due": {"supervision_due_now": True},
    "tools.due": {"tools_due": True},
    "case.stage": {"stage": "active"},
    "case.concerns": {"concern_open": False},
    "case.promises": {"promises_open": False},
    "eligibility": {"eligibility": "eligible", "reason_code": "E_OK"},
    "suitability": {"suitability": ["BASE", "D_FRAILTY"]},
    "suitability_verdict": {"suitability_verdict": "suitable"},
    "priority": {"priority": "standard"},
    "routing": {"routing": "team"},
    "consent_basis": {"consent_basis": "explicit", "may_proceed": "full"},
    "risk_level": {"risk_level": "medium"},
    "review_interval": {"review_interval": "56D", "full_review": "26W", "missed_contact": "5WD"},
    "discharge_readiness": {"discharge_readiness": "continue"},
}  # fmt: skip


@cache
def _library() -> Library:
    return Library(lambda _: [path.read_bytes() for path in FILES])


class Walk:
    """One run of a process. It is saved and taken up again after every act, as in the office."""

    def __init__(self, process: str, variables: Mapping[str, Any] | None = None, **answers: Any) -> None:
        """Start; an answer is a mapping, or a list of mappings for one time after the other."""
        self.now = MONDAY
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.passed: list[str] = []
        self._answers = {**USUAL, **{name.replace("__", "."): given for name, given in answers.items()}}
        self._spec = _library().spec("shipped", process)
        self._keep(Run.start(self._spec, self._office(), dict(variables or {})))

    # What happens ------------------------------------------------------------------------------

    def do(self, key: str, **decisions: Any) -> Walk:
        """Let somebody do an open step."""
        step = next((one for one in self.outcome.open_steps if one.key == key), None)
        assert step is not None, f"{key} is not open; open: {self.open}"
        run = self._resumed()
        run.complete(step.id, decisions)
        return self._keep(run)

    def wait(self, days: float) -> Walk:
        """Let time pass; whatever comes due on the way happens on its day."""
        until = self.now + timedelta(days=days)
        while self.outcome.next_due_at is not None and self.outcome.next_due_at <= until:
            self.now = max(self.now, self.outcome.next_due_at)
            run = self._resumed()
            run.wake()
            self._keep(run)
        self.now = until
        return self

    def tell(self, message: str, **payload: Any) -> Walk:
        """Deliver a message that is waited for."""
        run = self._resumed()
        assert run.deliver(message, payload), f"nobody waits for {message}"
        return self._keep(run)

    def answer(self, name: str, *given: Mapping[str, Any]) -> Walk:
        """Change what a duty or table answers from now on."""
        self._answers[name] = given[0] if len(given) == 1 else list(given)
        return self

    # What can be seen --------------------------------------------------------------------------

    @property
    def open(self) -> set[str]:
        """Return the keys of the open steps."""
        return {step.key for step in self.outcome.open_steps}

    @property
    def finished(self) -> bool:
        """Return whether the whole process has ended."""
        return self.outcome.finished

    def step(self, key: str) -> OpenStep:
        """Return an open step."""
        return next(step for step in self.outcome.open_steps if step.key == key)

    def given(self, duty: str) -> list[dict[str, Any]]:
        """Return what a duty was asked with, each time."""
        return [parameters for name, parameters in self.asked if name == duty]

    # How ---------------------------------------------------------------------------------------

    def _resumed(self) -> Run:
        return Run.resume(self.outcome.state, self._spec, self._office())

    def _keep(self, run: Run) -> Walk:
        self.outcome: Outcome = run.outcome()
        self.passed += [step.key for step in self.outcome.done]
        return self

    def _office(self) -> Asked:
        return Asked(call=self._call, decide=self._decide, due=self._due, now=lambda: self.now)

    def _call(self, name: str, parameters: Mapping[str, object], variables: Mapping[str, object]) -> dict[str, Any]:
        self.asked.append((name, dict(parameters)))
        if name == "case.plan_closure":
            return {"closure_reason": parameters["reason"]}
        if name == "discharge.prepare":
            return {"short_discharge": parameters["short"]} | self._next(name)
        day = (self.now + timedelta(days=USUAL_WAIT)).isoformat()
        if name == "review.schedule":
            return {"review_opens_at": day, "next_review_at": day, "review_kind": "routine"}
        new_here = {"with_us_before": False} if name == "assessment.needs" else {}
        return dict.fromkeys(DATES_OF.get(name, ()), day) | new_here | self._next(name)

    def _decide(self, table: str, variables: Mapping[str, object]) -> dict[str, Any]:
        return self._next(table)

    def _next(self, name: str) -> dict[str, Any]:
        found = self._answers.get(name, {})
        if isinstance(found, list):
            found = found.pop(0) if len(found) > 1 else found[0]
        return dict(found)

    def _due(self, key: str, variables: Mapping[str, object]) -> datetime:
        began = MONDAY if key.startswith("person.") else self.now  # a date of the person stays where it is
        return began + timedelta(days=LONG_WAITS.get(key, USUAL_WAIT))


def every_duty() -> set[str]:
    """Return the duties that the shipped diagrams ask for."""
    return {name for drawing in drawings() for _, name, _ in asked_duties(drawing)}
