"""The facts of a case that decision tables may ask for, by name. Unknown is "unknown" or -1, never a guess."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from forms import Section
from workflows.duties import outcomes, recent_use
from workflows.duties.consenting import consent_facts
from workflows.duties.papers import Said, answers, last_said, number, says_something, yes
from workflows.duties.register import Asking
from workflows.duties.routes import route_of
from workflows.duties.tools import tool_score
from workflows.storage import cases

Facts = dict[str, Any]

URGENCY = (
    "immediate_danger",
    "crisis_24h",
    "suicidal_now",
    "safeguarding_now",
    "admission_likely_7d",
    "carer_breakdown",
    "discharged_14d",
)


# What a referral says about the four groups; a list may say nothing of it.
GROUNDS = (
    "risk_admission", "risk_care_home", "hiu_flag", "multi_ltc", "frailty_flag", "frailty_factors", "ltcs",
    "ltcs_other", "ed_12m", "em_adm_12m", "gp_contacts_12m", "nhs111_12m",
)  # fmt: skip
# Having left hospital lately makes a referral a priority, not a concern of this hour.
OF_THIS_HOUR = tuple(sign for sign in URGENCY if sign != "discharged_14d")


def urgent_now(asking: Asking) -> list[str]:
    """Return what the referral says cannot wait, by the questions that were ticked."""
    said = answers(asking, "F01")
    return [sign for sign in OF_THIS_HOUR if yes(said.get(sign))]


def facts_for(asking: Asking, needed: Collection[str]) -> Facts:
    """Return the facts a table needs; times and thresholds of the programme are always among them."""
    found: Facts = asking.case.programme.limits(asking.work.today)
    for names, gather in GROUPS:
        if names & set(needed):
            found |= gather(asking)
    return found


def eligibility_facts(asking: Asking) -> Facts:
    """Who the person is to the programme: alive, how old, registered where, already with us."""
    person, work = asking.case.person, asking.work
    other = cases.open_case_of(work.session, person.id, asking.case.programme_id, asking.case.id)
    age = person.age(work.today)  # a referral may have waited for the eighteenth birthday
    return {
        "deceased": person.dead,
        "age_years": -1 if age is None else age,
        "gp_reg": _registered(asking),
        "open_case": other is not None and person.confirmed,
    }


def _registered(asking: Asking) -> str:
    said = answers(asking, "F01") | answers(asking, "F02", begins_with="ask")
    return gp_registration(said, route_of(asking).practice_status, bool(asking.case.person.practice_code))


def gp_registration(said: Mapping[str, Any], practice_status: str, practice_named: bool) -> str:
    """Return where somebody is registered, as the table of eligibility asks: local, other, none or unknown.

    `said` are a referral's answers; `practice_status` what the register says of the practice (found, closed, unknown).
    """
    registered = said.get("gp_registered", "unknown")
    if registered == "no":
        elsewhere = said.get("gp_elsewhere", "unknown")
        return str(elsewhere) if elsewhere in {"other", "none"} else "unknown"
    if registered == "unknown":
        return "unknown"
    return {"found": "local", "closed": "unknown"}.get(practice_status, "other" if practice_named else "unknown")


def suitability_facts(asking: Asking) -> Facts:
    """Why the person was referred, and how much they used services."""
    said = answers(asking, "F01")
    counts = {name: number(said.get(name)) for name in ("ed_12m", "em_adm_12m", "gp_contacts_12m", "nhs111_12m")}
    conditions = len(said.get("ltcs", [])) + bool(said.get("ltcs_other"))
    told = [said.get(name) for name in GROUNDS]
    return counts | {
        "risk_admission": yes(said.get("risk_admission")),
        "risk_care_home": yes(said.get("risk_care_home")),
        "preventable": said.get("preventable", "unknown"),
        "hiu_flag": yes(said.get("hiu_flag")),
        "ltc_count": conditions,
        "would_benefit_collab": yes(said.get("multi_ltc")),
        "frailty_factor_count": len(said.get("frailty_factors", [])),
        "grounds_told": any(says_something(answer) for answer in told),
    }


def priority_facts(asking: Asking) -> Facts:
    """What makes it urgent, and where the referral came from."""
    said = answers(asking, "F01")
    return {name: yes(said.get(name)) for name in URGENCY} | {
        "source": asking.case.source,
        "risk_level": asking.case.risk_level,
    }


def routing_facts(asking: Asking) -> Facts:
    """What the practice register says about the person's team."""
    route = route_of(asking)
    return {
        "practice_status": route.practice_status,
        "team_state": route.team_state,
        "team_count": len(route.teams),
        "practice_teams": " and ".join(team.name for team in route.teams),  # for the words of the reason
    }


def risk_facts(asking: Asking) -> Facts:
    """What the assessment, the tools and the record say about risk."""
    referral, assessment = answers(asking, "F01"), answers(asking, "F11")
    told = last_said(asking, ("F21", "F12", "F13", "F11", "F01"))  # whichever paper gives it last knows best
    at_referral = referral.get("carer", {}).get("strain")
    nothing = Said(None, asking.work.now)

    return {
        "cfs": number(told.get("cfs", nothing).answer),
        "efi": number(told.get("efi", nothing).answer),
        "falls_12m": recent_use.falls(asking),
        "ed_12m": recent_use.ed_attendances(asking),
        "em_adm_12m": recent_use.admissions(asking),
        "ltc_count": max(len(assessment.get("conditions", [])), suitability_facts(asking)["ltc_count"]),
        "meds": number(told.get("meds_count", nothing).answer),
        "phq2": tool_score(asking, "PHQ2"),
        "ucla3": tool_score(asking, "UCLA3"),
        "carer_strain": yes(told["carer_strain"].answer if "carer_strain" in told else at_referral),
        "safeguarding_open": "safeguarding_open" in asking.case.flags,
        "assessment_complete": _assessed(asking, assessment),
        "care_home": assessment.get("lives_with") == "care_home" or bool(answers(asking, "F41")),
    }


def _assessed(asking: Asking, assessment: Facts) -> bool:
    """Whether every section says something about the person, or why it does not apply; the summary follows later.

    A section that somebody sent in without an answer was not assessed, and a risk that nobody looked at is not low.
    """
    sections = asking.work.desk.forms.form("F11").definition.sections
    return all(_says_something(section, assessment) for section in sections if section.key != "summary")


def _says_something(section: Section, assessment: Facts) -> bool:
    if assessment.get(f"{section.key}_not_applicable"):
        return True
    about_the_form = {f"{section.key}_{name}" for name in ("not_applicable", "na_reason", "done_by", "done_at")}
    asked = {question.id for question in section.fields} - about_the_form
    return any(says_something(assessment.get(name)) for name in asked)


def review_facts(asking: Asking) -> Facts:
    """How risky the situation is, and whether the person has just come home from hospital."""
    return {
        "risk_level": asking.case.risk_level,
        "days_since_hospital_discharge": outcomes.days_since_hospital(asking),
    }


def discharge_facts(asking: Asking) -> Facts:
    """What speaks for and against letting go."""
    return outcomes.discharge_facts(asking)


_CONSENT = frozenset({"capacity", "choice", "attorney", "bi", "override", "model"})
_ELIGIBILITY = frozenset({"deceased", "age_years", "gp_reg", "open_case"})
_SUITABILITY = frozenset(
    {
        "risk_admission", "risk_care_home", "preventable", "hiu_flag", "gp_contacts_12m", "nhs111_12m",
        "ltc_count", "would_benefit_collab", "frailty_factor_count", "ed_12m", "em_adm_12m",
        "grounds_told",
    }
)  # fmt: skip
_PRIORITY = frozenset({*URGENCY, "source"})
_ROUTING = frozenset({"practice_status", "team_state", "team_count"})
_RISK = frozenset(
    {"cfs", "efi", "carer_strain", "falls_12m", "assessment_complete", "meds", "phq2", "ucla3", "care_home"}
)
_REVIEW = frozenset({"risk_level", "days_since_hospital_discharge"})
_DISCHARGE = frozenset(
    {
        "goals_met_pct", "stable_weeks", "open_actions", "open_s_task", "person_wants_end", "ongoing_service",
        "weeks_open", "unchanged_reviews", "safeguarding_open", "reviews_unchanged",
    }
)  # fmt: skip
GROUPS: tuple[tuple[frozenset[str], Callable[[Asking], Facts]], ...] = (
    (_ELIGIBILITY, eligibility_facts),
    (_CONSENT, consent_facts),
    (_PRIORITY, priority_facts),
    (_ROUTING, routing_facts),
    (_REVIEW, review_facts),
    (_DISCHARGE, discharge_facts),
    (_SUITABILITY, suitability_facts),
    (_RISK, risk_facts),
)
