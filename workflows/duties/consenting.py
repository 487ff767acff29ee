"""What is known about consent: the person's choice, their capacity, who decides for them, and any override."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from workflows.casework.document import Document
from workflows.casework.sectors import CARE_SECTORS, TEAM_SECTORS
from workflows.duties.papers import answers, newest
from workflows.duties.register import Asking
from workflows.storage import cases

PERSON = "person"
OPT_OUT = "opt_out"  # the programme's consent model that asks nobody, and lets everybody opt out
REFERRAL_CHOICE = {"yes": "given", "partly": "partial"}

SCOPE = {"full": "full", "limited": "limited", "minimum": "minimum", "care_only": "care_professionals"}


def scope_decided(outputs: Mapping[str, Any]) -> str:
    """Return how far a case is shared by what the consent table answered."""
    return SCOPE.get(str(outputs.get("may_proceed")), "none")


def consent_facts(asking: Asking) -> dict[str, Any]:
    """Return the inputs of the consent table: capacity, choice, attorney, bi, override, model."""
    capacity = answers(asking, "F06")
    return {
        "capacity": capacity_now(asking),
        "choice": choice_now(asking),
        "attorney": _attorney(capacity),
        "bi": _best_interests(asking),
        "override": override_now(asking),
        "model": asking.case.programme.consent_model,
    }


def choice_now(asking: Asking) -> str:
    """Return what the person last said; the referrer's recent record counts until a conversation took place."""
    conversation = newest(asking, "F05")
    if conversation is not None:
        theirs = conversation.answers.get("given_by", PERSON) == PERSON  # what others decide rests on lost capacity
        return str(conversation.answers.get("choice", "not_sought")) if theirs else "not_sought"
    return REFERRAL_CHOICE[answers(asking, "F01")["consent_stage"]] if referral_counts(asking) else "not_sought"


def referral_counts(asking: Asking) -> bool:
    """Say whether the consent that the referrer recorded is recent enough to rely on."""
    said = answers(asking, "F01")
    if said.get("consent_stage") not in REFERRAL_CHOICE or not said.get("consent_date"):
        return False
    days = asking.case.programme.number("evidence_days", asking.work.today)
    return date.fromisoformat(said["consent_date"]) >= asking.work.today - timedelta(days=days)


def referral_is_enough(asking: Asking) -> bool:
    """Say whether nobody has to ask again: limits told in a referrer's words have to be recorded before they hold."""
    return referral_counts(asking) and answers(asking, "F01")["consent_stage"] == "yes"


def implied(asking: Asking) -> bool:
    """Say whether the programme relies on implied consent for direct care: nobody was asked, and nobody has to be."""
    return asking.case.programme.consent_model == OPT_OUT and choice_now(asking) == "not_sought"


def sectors_agreed(asking: Asking, scope: str) -> frozenset[str]:
    """Return the kinds of organisation that a case is shared with in this scope.

    The person's own list counts. Without one, whoever agreed to the referral agreed to the team it is made to, and
    where somebody else decided for the person (or consent is implied) it is those who give care.
    """
    if scope in {"none", "minimum"}:
        return frozenset()
    conversation = newest(asking, "F05")
    said = conversation.answers if conversation else {}
    if scope in {"full", "limited"} and said.get("share_with"):
        return frozenset(said["share_with"])
    if scope == "limited":
        return frozenset()
    return TEAM_SECTORS if scope == "full" and conversation is None else CARE_SECTORS


def conversation_counts(asking: Asking) -> bool:
    """Say whether a consent conversation is recent enough to rely on without asking again."""
    conversation = newest(asking, "F05")
    if conversation is None:
        return False
    days = asking.case.programme.number("evidence_days", asking.work.today)
    return _said_at(asking, conversation) >= asking.work.now - timedelta(days=days)


def harm_feared(asking: Asking) -> bool:
    """Say whether the last conversation fears serious harm without sharing, and nobody has asked for it since."""
    conversation, requested = newest(asking, "F05"), newest(asking, "F08")
    if conversation is None or not conversation_counts(asking):
        return False
    feared = conversation.answers.get("serious_harm") == "yes"
    return feared and (requested is None or _said_at(asking, requested) < _said_at(asking, conversation))


def capacity_now(asking: Asking) -> str:
    """Return has, lacks, doubt, or not_needed: capacity is presumed until somebody records a doubt."""
    assessed, conversation = newest(asking, "F06"), newest(asking, "F05")
    if assessed is not None and not _doubted_since(asking, conversation, assessed):
        return {"has": "has", "lacks": "lacks"}.get(str(assessed.answers.get("conclusion")), "doubt")
    if conversation is not None:
        return "doubt" if conversation.answers.get("capacity_doubt") == "yes" else "not_needed"
    return "doubt" if answers(asking, "F01").get("consent_stage") == "lacks_capacity" else "not_needed"


def _doubted_since(asking: Asking, conversation: Document | None, assessed: Document) -> bool:
    """Whether a doubt was recorded anew after the capacity assessment."""
    if conversation is None or _said_at(asking, conversation) <= _said_at(asking, assessed):
        return False
    return conversation.answers.get("capacity_doubt") == "yes"


def _said_at(asking: Asking, paper: Document) -> datetime:
    """Return when a paper was first completed: a correction of its words makes it no newer."""
    return cases.first_version(asking.work.session, paper).completed_at


def _attorney(capacity: dict[str, Any]) -> str:
    """What an attorney or deputy decides; that they agree counts once somebody has seen that they may decide."""
    if not capacity:
        return "unknown"
    if capacity.get("attorney_kind") == "none":
        return "none"
    decided = str(capacity.get("attorney_decision", "unknown"))
    return "unknown" if decided == "consents" and capacity.get("document_seen") != "yes" else decided


def _best_interests(asking: Asking) -> str:
    decided, assessed = newest(asking, "F07"), newest(asking, "F06")
    if decided is None or (assessed is not None and _said_at(asking, assessed) > _said_at(asking, decided)):
        return "none"
    return str(decided.answers.get("decision", "none"))


def override_now(asking: Asking) -> str:
    """Return approved, requested, rejected or none; one that ended or expired no longer counts.

    It counts as two people decided it and it was carried out, whatever its papers were corrected to since.
    """
    asked, kept = newest_part(asking, "request"), cases.newest_override(asking.work.session, asking.case.id)
    if asked is None:
        return "none"
    if kept is None or kept.requested_at < asked.completed_at:
        return "requested"
    over = kept.status == "ended" or (kept.expires_at is not None and kept.expires_at <= asking.work.now)
    return "none" if over else kept.status


def newest_part(asking: Asking, part: str) -> Document | None:
    """Return the newest paper that fills this part of a request to share without consent; not its corrections."""
    papers = cases.documents_of(asking.work.session, asking.case.id, "F08")
    return next((one for one in reversed(papers) if part in (one.sections or (part,)) and not one.amends_id), None)
