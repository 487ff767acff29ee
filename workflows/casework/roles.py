"""What the roles are called, wherever people read of them: pages, choices in forms, letters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ROLE_NAMES = {
    "referrer": "Referrer",
    "coordinator": "MDT coordinator",
    "triage": "Triage clinician",
    "care_coordinator": "Care coordinator",
    "gp_lead": "GP lead and MDT chair",
    "nurse": "District nurse",
    "social_worker": "Social worker",
    "pharmacist": "Pharmacist",
    "mh_practitioner": "Mental health practitioner",
    "therapist": "Therapist",
    "wellbeing_adviser": "Wellbeing adviser",
    "social_prescriber": "Social prescriber",
    "vcse_partner": "Voluntary sector partner",
    "safeguarding_lead": "Safeguarding lead",
    "caldicott": "Caldicott lead",
    "team_manager": "Team manager",
    "service_manager": "Service manager",
    "process_editor": "Process editor",
    "process_approver": "Process approver",
    "analyst": "Analyst",
    "sysadmin": "System administrator",
}


def one_of(role: str, also: str) -> str:
    """Spell whose step it is: its own role, and the further roles that may do it (a comma list)."""
    others = [other.strip() for other in also.split(",") if other.strip()]
    return f",{','.join(dict.fromkeys((role, *others)))}," if others else role


def each_of(spelled: str) -> tuple[str, ...]:
    """Return the roles that are spelled, the step's own first; one role is spelled as itself."""
    return tuple(role for role in spelled.split(",") if role)


def names_in(content: Mapping[str, Any]) -> Mapping[str, str]:
    """Return what a programme calls the roles; where it says nothing, what they are called everywhere."""
    own = {str(row["role"]): str(row["name"]) for row in content.get("roles", ()) if row.get("name")}
    return ROLE_NAMES | own


def named(spelled: str, names: Mapping[str, str] = ROLE_NAMES) -> str:
    """Name a role, or the several that may do one task."""
    return " or ".join(names.get(one, one.replace("_", " ").capitalize()) for one in each_of(spelled))


def in_a_sentence(spelled: str, names: Mapping[str, str] = ROLE_NAMES) -> str:
    """Name a role, or several, within a sentence: in lower case, except GP and MDT, and the name of Caldicott."""
    words = [_within(role, names) for role in each_of(spelled)]
    return " or ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words)


def _within(role: str, names: Mapping[str, str]) -> str:
    words = names.get(role, role.replace("_", " "))
    return words if words[1:2].isupper() or role == "caldicott" else words[:1].lower() + words[1:]
