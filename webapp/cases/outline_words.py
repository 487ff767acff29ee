"""The diagram in words: what each step is, who does it, and whether the case is there, was there, or never came."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from html import escape

from webapp.wording import counted, when
from workflows.casework.roles import ROLE_NAMES
from workflows.questions.process import ToldProcess, ToldStep

KINDS = {
    "user": "done by",
    "service": "done by Roundtable",
    "outside": "done by another system",
    "decision": "decided by a table",
    "call": "goes into",
    "start": "begin",
    "end": "end",
    "end of everything": "end, stops everything else in this process",
    "choice": "choice: one way on",
    "several": "choice: one or more ways on",
    "together": "side by side",
    "first to happen": "whichever comes first",
    "timer": "date",
    "message": "news",
    "error": "when something fails",
    "escalation": "when it takes too long",
    "event": "event",
}

# The processes as they are named within a sentence.
PROCESSES = {
    "acm_action": "an agreed action",
    "acm_assessment": "the assessment",
    "acm_care_home": "a move into a care home",
    "acm_care_plan": "the care plan",
    "acm_case": "the case",
    "acm_closing": "closing the case",
    "acm_consent": "consent",
    "acm_consent_change": "a change of consent",
    "acm_death": "what follows a death",
    "acm_delivery": "delivery and reviews",
    "acm_discharge": "discharge",
    "acm_entered_in_error": "what follows an entry in error",
    "acm_episode": "the episode of care",
    "acm_hospital": "a hospital stay",
    "acm_hospital_stay": "in hospital",
    "acm_intake": "intake",
    "acm_left_open": "a concern left open by an ending",
    "acm_mdt": "the MDT meeting",
    "acm_mdt_decision": "the decision of the meeting",
    "acm_moved_away": "what follows a move out of the area",
    "acm_new_information": "new information from a referral",
    "acm_nomination": "a nomination from a list",
    "acm_override_review": "the review of sharing without consent",
    "acm_promises": "what becomes of what was promised",
    "acm_reallocation": "naming another care coordinator",
    "acm_safeguarding": "a safeguarding concern",
    "acm_separated": "what a wrong join led to",
    "acm_service_referral": "a referral to a service",
    "acm_transfer": "a transfer to another team",
    "acm_urgent": "an urgent concern",
    "acm_withdrawal": "what follows a withdrawal of consent",
}
THEN = "then"  # where a step would stand after what is being looked at
LANE = re.compile(rb'(<(?:bpmn:)?lane\b[^>]*\bname=")([a-z_]+)(")')


def with_roles_named(drawing: bytes, names: Mapping[str, str] = ROLE_NAMES) -> bytes:
    """Name the lanes of a drawing as people do; in the diagram itself a lane bears the id of its role."""

    def named(lane: re.Match[bytes]) -> bytes:
        words = names.get(lane[2].decode(), lane[2].decode())
        return lane[1] + escape(words).encode() + lane[3]

    return LANE.sub(named, drawing)


def standing(told: ToldProcess) -> list[ToldStep]:
    """Return the steps at which the case stands, the innermost: those around them only point there."""
    found = []
    for step in told.steps:
        within = standing(step.inside) if step.inside else []
        found += within or ([step] if step.state == "here" else [])
    return found


def with_what_would_be(told: ToldProcess, after: Collection[str], before: Collection[str]) -> ToldProcess:
    """Tell a process as it would stand: `after`, `before`: the keys of the steps at which it would, and does, stand."""

    def would_be(step: ToldStep) -> ToldStep:
        left = step.key in before and step.key not in after
        state = THEN if step.key in after else ("done" if step.times else "ahead") if left else step.state
        inside = with_what_would_be(step.inside, after, before) if step.inside else None
        return replace(step, state=state, inside=inside)

    steps = tuple(would_be(step) for step in told.steps)
    here = any(step.state == THEN or (step.inside and step.inside.here) for step in steps)
    return replace(told, steps=steps, here=here)


def kind_words(step: ToldStep) -> str:
    """Say what a step is; for a person's step, whose it is, by all roles that may do it."""
    words = KINDS.get(step.kind, step.kind)
    return f"{words} the {step.whose}" if step.kind == "user" else words


def state_words(step: ToldStep) -> str:
    """Say where the case stands to a step."""
    times = f", {counted(step.times, 'time')}" if step.times > 1 else ""
    if step.state == THEN:
        return "The case would be here"
    if step.state == "here":
        held = f", held by {step.held_by}" if step.held_by else ""
        return f"Here now{held}{f' (passed before{times})' if step.times else ''}"
    if step.state == "done":
        return f"Done {when(step.last_at)}, by {step.last_by}{times}"
    return "Not reached"


def edges_words(step: ToldStep) -> str:
    """Introduce what may come between, at the edge of a step."""
    return "While this lasts, this may come between:" if step.edges else ""
