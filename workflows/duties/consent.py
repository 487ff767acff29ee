"""Consent: what was decided, how far it reaches, who is left out; and sharing without consent, which ends by itself."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select

from workflows.casework.consent import ASKED, RECEIVES, WITHDREW, Consent, NamedInOverride, SharingOverride
from workflows.casework.diagram import DecisionRecord
from workflows.casework.sectors import in_order
from workflows.casework.staff import StaffMember
from workflows.clock import at_london
from workflows.duties.clocks import counted_since
from workflows.duties.consent_dates import ask_again_by, day_has_come, wait_until_then
from workflows.duties.consenting import (
    consent_facts,
    conversation_counts,
    harm_feared,
    implied,
    newest_part,
    override_now,
    referral_is_enough,
    scope_decided,
    sectors_agreed,
)
from workflows.duties.correspondence import hold_back_what_may_not_go, let_go_what_may_again
from workflows.duties.exclusions import keep_out
from workflows.duties.papers import answers, newest
from workflows.duties.register import Asking, Variables, duty
from workflows.duties.standing_in import let_stand_in
from workflows.duties.telling import tell
from workflows.storage import cases
from workflows.working_time import Counted, Duration

# The levels at which a review is a matter of safety.
CANNOT_WAIT = frozenset({"very_high", "palliative"})


@duty("consent.evidence")
def evidence(asking: Asking) -> Variables:
    """Say whether a recent record of consent can be relied on, and whether the referral speaks of high risk."""
    doubt = consent_facts(asking)["capacity"] == "doubt"
    asked = answers(asking, "F01").get("consent_stage") == "no_high_risk" and override_now(asking) == "none"
    recent = conversation_counts(asking) or (newest(asking, "F05") is None and referral_is_enough(asking))
    recent = (recent or implied(asking)) and not day_has_come(asking)
    feared = not asking.variables.get("ask_again") and harm_feared(asking)
    talked = conversation_counts(asking)  # a doubt that was told in it is what comes next: nobody is asked twice
    return {
        "evidence_accepted": recent and (talked or not doubt) and not feared,
        "high_risk": feared or (asked and newest(asking, "F08") is None),
        **_talk_by(asking),
    }


def _talk_by(asking: Asking) -> Variables:
    """Return by when to talk about consent, and how that is counted."""
    counted = _time_to_talk(asking)
    due = asking.case.calendar.counted(counted)
    return {"consent_talk_by": due.isoformat(), "consent_talk_by_counted": counted.written}


def _time_to_talk(asking: Asking) -> Counted:
    """Return how long there is to talk about it: at first until the first contact, whose time runs since acceptance."""
    work, case = asking.work, asking.case
    at_a_review = asking.variables.get("consent_still_valid") in {"no", "changed"}
    if at_a_review and case.risk_level in CANNOT_WAIT:  # what the review says is decided about after it
        return work.time_of(case, "due.decide_after_review", work.now)
    if case.stage != "consent" or case.accepted_at is None or newest(asking, "F05") is not None:
        return work.time_of(case, "due.consent_conversation", work.now)
    rule = case.programme.setting(f"due.first_contact.{asking.variables.get('priority', 'standard')}", work.today)
    return counted_since(work, case, Duration.parse(rule), case.accepted_at)


@duty("consent.state")
def state(asking: Asking) -> Variables:
    """Return what the consent table is asked with, and by when to talk again should that be needed."""
    return consent_facts(asking) | _talk_by(asking)


@duty("consent.record")
def record(asking: Asking) -> Variables:
    """Write down the basis that the consent table found, its scope and the people left out."""
    decided = _last_decision(asking)
    scope = scope_decided(decided)
    sectors = sectors_agreed(asking, scope)
    conversation = newest(asking, "F05")
    said = conversation.answers if conversation else {}
    before = cases.consent_in_force(asking.work.session, asking.case.id)
    if before is not None:
        before.end("a newer decision took its place", asking.work.now)
    consent = Consent(
        case_id=asking.case.id,
        basis=str(decided.get("consent_basis", "none")),
        may_proceed=str(decided.get("may_proceed", "no")),
        discuss_mdt=str(said.get("discuss_mdt", "unknown")),
        share_with=in_order(sectors),
        details={name: said.get(name) for name in ("purpose_eval", "purpose_contact_by", "no_message", "limits")},
        valid_from=asking.work.now,
        review_by=ask_again_by(asking),
    )
    consent.happened("consent recorded", basis=consent.basis, may_proceed=consent.may_proceed)
    asking.work.session.add(consent)
    if conversation is not None:
        keep_out(asking.work, asking.case, said)
    share(asking, scope, sectors)
    wait_until_then(asking, consent.review_by)
    discuss = "no" if scope == "minimum" else consent.discuss_mdt  # then only those who are named hear of it
    if discuss == "no":
        asking.send_later("discussion_refused")  # nobody is invited any more
    return {"sharing_scope": scope, "discuss_mdt": discuss}


def share(asking: Asking, scope: str, sectors: Iterable[str] = ()) -> None:
    """Set how far the case is shared. Only sharing without consent names people, for as long as it is the basis."""
    asking.case.share(scope, sectors)
    _name(asking, cases.newest_override(asking.work.session, asking.case.id) if scope == "minimum" else None)
    if scope in {"limited", "minimum", "care_professionals"}:
        asking.case.raise_flag("limited_sharing")
    else:
        asking.case.lower_flag("limited_sharing")
    let_stand_in(asking.work, asking.case)
    hold_back_what_may_not_go(asking)
    if let_go_what_may_again(asking):
        tell(asking, "letters_may_go", "coordinator")


def _last_decision(asking: Asking) -> Variables:
    record = asking.work.session.scalar(
        select(DecisionRecord)
        .where(DecisionRecord.case_id == asking.case.id, DecisionRecord.table == "consent_basis")
        .order_by(DecisionRecord.id.desc())
        .limit(1)
    )
    return record.outputs if record else {}


def _day(text: object) -> date | None:
    return date.fromisoformat(str(text)) if text else None


def _name(asking: Asking, override: SharingOverride | None) -> None:
    """Bring the people who are named in sharing without consent to what the decision says; None: nobody any more."""
    wanted = {} if override is None else _meant_by(override)
    standing = [
        one for one in cases.of_case(asking.work.session, NamedInOverride, asking.case.id) if one.ended_at is None
    ]
    for one in standing:
        if wanted.get(one.staff_id) != one.part:
            one.ended_at = asking.work.now
            one.happened("no longer named in sharing without consent", who=_name_of(asking, one.staff_id))
    kept = {one.staff_id for one in standing if one.ended_at is None}
    for staff_id, part in wanted.items():
        if override is not None and staff_id not in kept:
            named = NamedInOverride(
                case_id=asking.case.id, override_id=override.id, staff_id=staff_id, part=part, since=asking.work.now
            )
            named.happened("named in sharing without consent", who=_name_of(asking, staff_id))
            asking.work.session.add(named)


def _name_of(asking: Asking, staff_id: UUID) -> str:
    return asking.work.session.get_one(StaffMember, staff_id).name


def _meant_by(override: SharingOverride) -> dict[UUID, str]:
    """Return who of those with an account is named: the recipients, and whoever asked, who carries it."""
    found = {UUID(row["user"]): RECEIVES for row in override.recipients if isinstance(row, dict) and row.get("user")}
    return found | ({override.requested_by_id: ASKED} if override.requested_by_id else {})


@duty("consent.stop_sharing")
def stop_sharing(asking: Asking) -> None:
    """Stop sharing at once, without consent too; the paperwork follows."""
    share_no_more(asking)
    override = cases.newest_override(asking.work.session, asking.case.id)
    if override is not None and override.status == "approved":
        override.end(WITHDREW, asking.work.now)


def as_shared_before(asking: Asking) -> Variables:
    """Note how far a case is shared, and on what basis, before a withdrawal stops it."""
    consent = cases.consent_in_force(asking.work.session, asking.case.id)
    override = cases.newest_override(asking.work.session, asking.case.id)
    counts = override is not None and override.status == "approved"
    return {
        "scope_before": asking.case.sharing_scope,
        "sectors_before": in_order(asking.case.sectors),
        "consent_before": consent.id.hex if consent else "",
        "override_before": override.id.hex if override is not None and counts else "",
    }


def share_as_before(asking: Asking) -> None:
    """Share again as before a withdrawal that was a mistake.

    Where the refusal stands in a record of the conversation itself, nothing was shared before it either: consent is
    talked about and recorded anew.
    """
    told, session = asking.variables, asking.work.session
    consent = session.get(Consent, UUID(told["consent_before"])) if told.get("consent_before") else None
    override = session.get(SharingOverride, UUID(told["override_before"])) if told.get("override_before") else None
    for one in (consent, override):
        if one is not None:
            one.count_again()
    share(asking, str(told.get("scope_before", "none")), told.get("sectors_before", ()))
    if consent is not None and consent.may_proceed == "no":
        asking.start_later("acm_consent_change", {"ask_again": True})


def share_no_more(asking: Asking) -> None:
    """Share with nobody, and let what was agreed count no longer."""
    consent = cases.consent_in_force(asking.work.session, asking.case.id)
    if consent is not None:
        consent.end(WITHDREW, asking.work.now)
    share(asking, "none")


@duty("consent.apply_override")
def apply_override(asking: Asking) -> None:
    """Write down the second person's decision about sharing without consent."""
    said = answers(asking, "F08", begins_with="request")
    kept = cases.newest_override(asking.work.session, asking.case.id)
    requested, decided = newest_part(asking, "request"), newest_part(asking, "approval")
    if override_now(asking) != "requested":
        return
    if kept is not None and kept.status == "approved":
        kept.end("a newer decision took its place", asking.work.now)
    approved = said.get("approval") == "approved"
    override = SharingOverride(
        case_id=asking.case.id,
        requested_by_id=requested.author_id if requested else None,
        items=said.get("items", []),
        recipients=said.get("recipients", []),
        requested_at=requested.completed_at if requested else asking.work.now,
    )
    asking.work.session.add(override)
    asking.work.session.flush()
    override.decide(approved, decided.author_id if decided else None, _last_day(asking, said.get("expires_at")))


def _last_day(asking: Asking, day: object) -> datetime | None:
    """Return when an override ends: on the day that was chosen, but never later than the programme allows."""
    chosen, today = _day(day), asking.work.today
    if chosen is None:
        return None
    longest = today + timedelta(days=int(asking.case.programme.setting("override_days", today)))
    return at_london(min(chosen, longest), time(17))


@duty("consent.override_terms")
def override_terms(asking: Asking) -> Variables:
    """Return when the override ends by itself."""
    kept = cases.newest_override(asking.work.session, asking.case.id)
    if kept is None or kept.expires_at is None:
        return {"override_expires_at": asking.work.now.isoformat()}
    return {"override_expires_at": kept.expires_at.isoformat()}


@duty("consent.end_override")
def end_override(asking: Asking, outcome: str) -> None:
    """Carry out the review of an override: it ends, is narrowed, or goes on to a new last day."""
    kept = cases.newest_override(asking.work.session, asking.case.id)
    if kept is None or kept.status == "ended":
        return
    if outcome == "expired" and kept.expires_at is not None and kept.expires_at > asking.work.now:
        return  # the last day was an earlier one's, whose place this one took
    said = answers(asking, "F08", begins_with="request")
    if outcome == "continue":
        kept.expires_at = _last_day(asking, said.get("new_expires_at")) or kept.expires_at
        kept.happened("override continued")
    elif outcome == "narrow":
        kept.items = [{"item": said.get("narrowed_to", "")}]
        kept.recipients = said.get("still_with", kept.recipients)
        kept.expires_at = _last_day(asking, said.get("new_expires_at")) or kept.expires_at
        kept.happened("override narrowed")
        if asking.case.sharing_scope == "minimum":
            _name(asking, kept)
    else:
        kept.end(outcome, asking.work.now)
        consent = cases.consent_in_force(asking.work.session, asking.case.id)
        if consent is not None and consent.basis == "public_interest_or_legal":
            consent.end(f"the override {outcome}", asking.work.now)
            share(asking, "none")
