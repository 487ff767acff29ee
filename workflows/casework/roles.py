"""What the roles are called, wherever people read of them: pages, choices in forms, letters."""

from __future__ import annotations

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


def in_a_sentence(role: str) -> str:
    """Name a role within a sentence: in lower case, except abbreviations such as GP and MDT."""
    words = ROLE_NAMES.get(role, role.replace("_", " "))
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]
