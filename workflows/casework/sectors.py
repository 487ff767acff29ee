"""The kinds of organisation a person may agree to share with, and for which kind each role works.

Consent is given to kinds of organisation, posts are held in roles: this is where the two meet. Which role belongs to
which organisation is the usual case; where somebody works for another one, their account says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

SECTOR_NAMES = {
    "gp": "GP practice",
    "community_health": "Community health services",
    "hospital": "Hospital",
    "ambulance_111": "Ambulance service and NHS 111",
    "mental_health": "Mental health services",
    "adult_social_care": "Adult social care",
    "vcse": "Voluntary and community organisations",
    "housing": "Housing",
    "police_fire": "Police and fire service",
    "other": "Someone else",
}
# Organisations whose staff care for the person: between them consent to direct care may be implied. Voluntary
# organisations, housing and the police need the person's explicit word.
CARE_SECTORS = frozenset({"gp", "community_health", "hospital", "ambulance_111", "mental_health", "adult_social_care"})
# Who a referral to the team speaks of: "health, social, voluntary and community professionals".
TEAM_SECTORS = CARE_SECTORS | {"vcse"}
# The professions. A role of more than one kind is employed here by the one, there by the other.
SECTORS_OF_ROLE: dict[str, frozenset[str]] = {
    "gp_lead": frozenset({"gp"}),
    "nurse": frozenset({"community_health"}),
    "therapist": frozenset({"community_health"}),
    "pharmacist": frozenset({"gp", "community_health"}),
    "mh_practitioner": frozenset({"mental_health"}),
    "social_worker": frozenset({"adult_social_care"}),
    "wellbeing_adviser": frozenset({"community_health", "adult_social_care"}),
    "social_prescriber": frozenset({"gp"}),
    "vcse_partner": frozenset({"vcse"}),
}
# Whoever holds none of the professions, for example a key worker only, is taken to work for the service's own trust.
USUAL_SECTORS = frozenset({"community_health"})
# A role whose holder belongs to a partner organisation says nothing about their other work.
PARTNER_ROLES = frozenset({"vcse_partner"})


def sectors_of(role: str, all_roles: Collection[str], works_for: str = "") -> frozenset[str]:
    """Return for which kinds of organisation somebody acts in one of their roles.

    A profession speaks for itself. Anything else, such as being a care coordinator, is done on behalf of the
    profession one has. `works_for` (of the account) goes before both.
    """
    if works_for:
        return frozenset({works_for})
    if role in SECTORS_OF_ROLE:
        return SECTORS_OF_ROLE[role]
    professions = [SECTORS_OF_ROLE[one] for one in all_roles if one in SECTORS_OF_ROLE and one not in PARTNER_ROLES]
    return frozenset().union(*professions) or USUAL_SECTORS


def in_order(sectors: Iterable[str]) -> list[str]:
    """Return kinds of organisation in the order in which the consent form names them."""
    given = set(sectors)
    return [sector for sector in SECTOR_NAMES if sector in given]
