"""What each kind of message does to a case: one small function a kind, and one table of them all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from workflows.actions.companions import interrupt
from workflows.actions.delivery import Delivery, Park, of_this_form
from workflows.actions.handing_over import TRANSFER
from workflows.actions.journey import deliver, start_process
from workflows.actions.referrals import accept_answers
from workflows.actions.told_answers import as_typed
from workflows.casework.care import UNNAMED, ServiceUse
from workflows.casework.diagram import Waiting
from workflows.casework.programme import PRACTICE_CODE, Practice
from workflows.duties import Asking
from workflows.duties.consent import narrow_at_once
from workflows.duties.decisions import decide
from workflows.duties.hospital import stay_left_before, stay_told_again
from workflows.duties.register import under_way
from workflows.duties.routes import route_of, taking_over
from workflows.duties.telling import tell
from workflows.storage import cases, runs

CHOICES = frozenset({"given", "partial", "refused"})
# What befalls the person, and so each of their cases, whatever the programme. What they no longer want shared is shared
# in none until they are asked, and of danger everybody hears: twice is better than never.
FOR_EVERY_CASE = frozenset(
    {
        "person_died",
        "consent_withdrawn",
        "consent_changed",
        "urgent_raised",
        "safeguarding_raised",
        "hospital_admission",
        "hospital_discharge",
        "ed_attendance",
        "nhs111_contact",
        "ambulance",
        "gp_changed",
        "moved",
    }
)


def _referral(delivery: Delivery) -> None:
    form, message = delivery.work.desk.forms.form("F01"), delivery.message
    said = dict(delivery.payload)
    if message.nhs_number:
        said |= {"nhs_number": message.nhs_number, "nhs_available": "yes"}
    if message.dob is not None:
        said["dob"] = message.dob.isoformat()
    raw = as_typed(form, of_this_form(form, said))
    done = accept_answers(delivery.work, str(delivery.payload.get("programme", "acm")), raw)
    message.deliver(done.case_id)


def _reply(delivery: Delivery) -> None:
    delivery.file("F02", {"state": "answered", **delivery.payload}, ["reply"])
    _hand_over(delivery)


def _hand_over(delivery: Delivery, **variables: str) -> None:
    """Give the message to whichever process of the case waits for it; nobody waiting is a reason to look.

    Only the variables named here reach the diagram: a sender must not decide for the people of the service.
    """
    if not deliver(delivery.work, delivery.case, delivery.message.type, variables):
        raise Park("Nothing in the case waits for this message now.")
    delivery.taken()


def _decided(delivery: Delivery) -> None:
    """Hand over what a meeting decided: the record that is named, made since the case waits for it."""
    session, named = delivery.work.session, str(delivery.payload.get("document") or "")
    since = session.scalar(
        select(func.max(Waiting.since)).where(
            Waiting.case_id == delivery.case.id, Waiting.message == delivery.message.type
        )
    )
    record = cases.newest_document(session, delivery.case.id, "F16")
    if since is None or record is None or record.id.hex != named.replace("-", "") or record.completed_at <= since:
        raise Park("The message names no decision that was recorded since the case waits for one.")
    _hand_over(delivery)


def _service(delivery: Delivery) -> None:
    """Tell the one referral to a service that waits for news; which of several is meant a person has to say."""
    waiting = runs.waiting_for(delivery.work.session, delivery.case.id, "service_update")
    if len(waiting) > 1:
        raise Park("Several services are at work in this case, and the message does not say which it means.")
    status = str(delivery.payload.get("status", ""))
    delivery.file("F20b", {"status": status, "outcome": delivery.payload.get("outcome")}, ["progress"])
    _hand_over(delivery, service_update_status=status)


def _ending(delivery: Delivery) -> None:
    interrupt(delivery.work, delivery.case, delivery.message.type, {})
    delivery.taken()


def _withdrawn(delivery: Delivery) -> None:
    if delivery.payload.get("scope", "full") == "full":
        _ending(delivery)
    else:
        _ask_again(delivery, "partial")


def _begin(delivery: Delivery, process: str, variables: Mapping[str, Any]) -> None:
    start_process(delivery.work, delivery.case, process, variables)
    delivery.taken()


def _consent_changed(delivery: Delivery) -> None:
    said = str(delivery.payload.get("choice", "partial"))
    if said not in CHOICES:
        raise Park("The message does not say what the person chose: given, partial or refused.")
    _ask_again(delivery, said)


def _ask_again(delivery: Delivery, choice: str) -> None:
    """Share no further than was told, at once; what the person wants is then asked of them and recorded."""
    narrow_at_once(delivery.asking, choice)
    _begin(delivery, "acm_consent_change", {"ask_again": True})


def _admission(delivery: Delivery) -> None:
    """Start a hospital stay; a second notice within the programme's time belongs to the same stay."""
    at = delivery.message.occurred_at
    if stay_told_again(delivery.work, delivery.case, at, delivery.payload) is not None:
        delivery.taken()
        return
    _start_stay(delivery, {"admitted_at": at.isoformat()})


def _discharge(delivery: Delivery) -> None:
    """End the running stay; a discharge that comes before its admission starts and ends one."""
    at = delivery.message.occurred_at.isoformat()
    destination = str(delivery.payload.get("destination", "usual_home"))
    if stay_left_before(delivery.work, delivery.case, delivery.message.occurred_at, destination) is not None:
        delivery.taken()
        return
    if deliver(delivery.work, delivery.case, "hospital_discharge", {"destination": destination, "discharged_at": at}):
        delivery.taken()
        return
    if runs.running(delivery.work.session, delivery.case.id, "acm_hospital"):
        raise Park("A hospital stay of this case is already being followed up.")
    admitted = str(delivery.payload.get("admitted_at") or at)
    _start_stay(delivery, {"admitted_at": admitted, "discharged_at": at, "destination": destination})


def _start_stay(delivery: Delivery, times: Mapping[str, Any]) -> None:
    said = {"hospital": UNNAMED, "planned": "unknown", "source": "feed", **delivery.payload, **times}
    sections = ["admission", "discharge"] if "discharged_at" in times else ["admission"]
    paper = delivery.file("F24", said, sections)
    _begin(delivery, "acm_hospital", {"document_id": paper.id.hex})


def _used(delivery: Delivery) -> None:
    """Count a use of A&E, 111 or an ambulance; several in a short time are told to the coordinator."""
    work, case, kind = delivery.work, delivery.case, delivery.message.type
    use = ServiceUse(case_id=case.id, kind=kind, at=delivery.message.occurred_at, source=delivery.message.source)
    use.details = dict(delivery.payload)
    use.happened("service used", kind=kind)
    work.session.add(use)
    work.session.flush()
    since = delivery.message.occurred_at - timedelta(days=case.programme.number("service_use_days", work.today))
    recent = [one for one in cases.of_case(work.session, ServiceUse, case.id) if one.at >= since]
    if len(recent) >= case.programme.number("service_use_alert", work.today):
        _tell(delivery, "frequent_use")
    delivery.taken()


def _tell(delivery: Delivery, kind: str) -> None:
    running = runs.running(delivery.work.session, delivery.case.id)
    if running:
        tell(Asking(delivery.work, delivery.case, running[0], {}), kind, "coordinator")


def _moved(delivery: Delivery) -> None:
    """Follow a change of GP: outside the register the case is handed over and ends, inside it may change team.

    The team is asked of the routing table again, and what it said stands with the other decisions.
    """
    work, case = delivery.work, delivery.case
    code = _new_practice(delivery)
    practice = work.session.scalar(
        select(Practice).where(Practice.programme_id == case.programme_id, Practice.code == code)
    )
    if practice is not None and not practice.counts_on(work.today):
        raise Park("The new practice is closed in the register.")
    case.person.practice_code = code
    case.person.happened("practice changed")
    if practice is None:
        interrupt(work, case, "moved_out_of_area", {})
    elif (
        case.team_id is not None and case.team_id not in _routed_again(delivery) and not under_way(work, case, TRANSFER)
    ):
        start_process(work, case, TRANSFER, {})
    delivery.taken()


def _new_practice(delivery: Delivery) -> str:
    """Return the code of the new practice as registers write it: what is no code is no practice elsewhere."""
    told = delivery.payload.get("practice")
    if not told:
        raise Park("The message does not name the new practice.")
    code = told.strip().upper() if isinstance(told, str) else ""
    if not PRACTICE_CODE.fullmatch(code):
        raise Park(
            "The message does not say which practice is the new one: what it gives is not the code of a practice."
        )
    return code


def _routed_again(delivery: Delivery) -> set[UUID]:
    """Ask the routing table once more, keep what it says, and return the teams that may have the case."""
    asking = delivery.asking
    decide(asking, "routing")
    return {team_id for team in route_of(asking).teams for team_id in (team.id, taking_over(team))}


def _concern(form_key: str, process: str) -> Callable[[Delivery], None]:
    def begin(delivery: Delivery) -> None:
        paper = delivery.file(form_key, delivery.payload)
        danger = str(delivery.payload.get("danger_to_life", "no"))
        _begin(delivery, process, {"document_id": paper.id.hex, "danger_to_life": danger})

    return begin


def _by_hand(delivery: Delivery) -> None:
    raise Park("Two people settle this by hand: one proposes how, another agrees.")


EFFECTS: dict[str, Callable[[Delivery], None]] = {
    "referral_received": _referral,
    "referrer_reply": _reply,
    "consent_withdrawn": _withdrawn,
    "consent_changed": _consent_changed,
    "hospital_admission": _admission,
    "hospital_discharge": _discharge,
    "ed_attendance": _used,
    "nhs111_contact": _used,
    "ambulance": _used,
    "person_died": _ending,
    "gp_changed": _moved,
    "moved": _moved,
    "urgent_raised": _concern("F22", "acm_urgent"),
    "safeguarding_raised": _concern("F23", "acm_safeguarding"),
    "mdt_case_decided": _decided,
    "service_update": _service,
    "carer_changed": _by_hand,
    "merge_identity": _by_hand,
    "split_identity": _by_hand,
}
