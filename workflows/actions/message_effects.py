"""What each kind of message does to a case: one small function a kind, and one table of them all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import func, select

from forms.days import long_date
from workflows.actions.delivery import Delivery, Park, of_this_form
from workflows.actions.hospital_messages import admission, discharge, used
from workflows.actions.interrupting import interrupt
from workflows.actions.journey import deliver
from workflows.actions.referrals import accept_answers
from workflows.actions.told_answers import as_typed
from workflows.casework.diagram import CaseRun, Waiting
from workflows.casework.programme import PRACTICE_CODE, Practice
from workflows.clock import london_day
from workflows.duties.care_home import handover_under_way
from workflows.duties.narrowing import narrow_at_once
from workflows.duties.new_practice import hand_over_if_elsewhere
from workflows.duties.news import CHANGED_DETAILS, offer_told
from workflows.duties.onward_referrals import is_of
from workflows.storage import cases, runs

CHOICES = frozenset({"given", "partial", "refused"})
PARTIAL = frozenset({"partial", "limited"})  # of how far consent is withdrawn
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


def _hand_over(delivery: Delivery, only: CaseRun | None = None, **variables: str) -> None:
    """Give the message to whichever process of the case waits for it, or to one only; nobody waiting: somebody looks.

    Only the variables named here reach the diagram: a sender must not decide for the people of the service.
    """
    if not deliver(delivery.work, delivery.case, delivery.message.type, variables, only):
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
    """Tell the one referral to a service that waits for news; of several it has to be named, or a person says which."""
    waiting = runs.waiting_for(delivery.work.session, delivery.case.id, "service_update")
    named = str(delivery.payload.get("referral") or "")
    meant = [run for run in waiting if not named or is_of(delivery.work.session, run, named)]
    if len(meant) > 1:
        raise Park("Several services are at work in this case, and the message does not say which it means.")
    if named and not meant:
        raise Park("No referral of this case that waits for news is the one that the message names.")
    status, run = str(delivery.payload.get("status", "")), meant[0] if meant else None
    said = {"status": status, "outcome": delivery.payload.get("outcome")}
    delivery.file("F20b", said, ["progress"], run.id if run else None)
    _hand_over(delivery, run, service_update_status=status)


def _ending(delivery: Delivery) -> None:
    interrupt(delivery.work, delivery.case, delivery.message.type, {})
    if delivery.message.type == "person_died":
        _look_at_the_day(delivery)
    delivery.taken()


def _look_at_the_day(delivery: Delivery) -> None:
    """Say to whoever confirms a death that it is told of a day on which the person was not yet referred."""
    happened, case = london_day(delivery.message.occurred_at), delivery.case
    if happened < london_day(case.opened_at):
        case.happened("death told of before the case", on=long_date(happened))


def _withdrawn(delivery: Delivery) -> None:
    """Stop sharing first: the case goes on only where the withdrawal is called partial; a word nobody knows is full."""
    if _word(delivery.payload.get("scope")) in PARTIAL:
        _ask_again(delivery, "partial")
    else:
        _ending(delivery)


def _consent_changed(delivery: Delivery) -> None:
    """Hear what the person chose; a word nobody knows stops the sharing too, until they were asked."""
    said = _word(delivery.payload.get("choice", "partial"))
    _ask_again(delivery, said if said in CHOICES else "partial")


def _ask_again(delivery: Delivery, choice: str) -> None:
    """Share no further than was told, at once; what the person wants is then asked of them and recorded."""
    narrow_at_once(delivery.asking, choice)
    delivery.begin("acm_consent_change", {"ask_again": True})


def _moved(delivery: Delivery) -> None:
    """Follow a change of GP at once, and let somebody of the team take over what else is told, such as the new home."""
    if delivery.payload.get("care_home"):
        _into_a_care_home(delivery)
        return
    form, told = delivery.work.desk.forms.form(CHANGED_DETAILS), delivery.payload
    said = {name: answer for name, answer in of_this_form(form, told).items() if name != "gp_practice"}
    if told.get("practice") or not said:
        _follow_the_practice(delivery)
    if said:
        paper = delivery.file(CHANGED_DETAILS, said)
        offer_told(delivery.asking, paper)
    delivery.taken()


def _into_a_care_home(delivery: Delivery) -> None:
    """Let the case be handed to the care home's team, as the button does."""
    case, paper = delivery.case, delivery.file("F41", delivery.payload)
    if case.nominated or handover_under_way(delivery.work, case):
        delivery.taken()
    else:
        delivery.begin("acm_care_home", {"document_id": paper.id.hex})


def _follow_the_practice(delivery: Delivery) -> None:
    """Outside the register the case is handed over and ends, inside it may change team.

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
    else:
        hand_over_if_elsewhere(delivery.asking)


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


def _word(told: object) -> str:
    """Return a word of a list as we write it, whatever its capitals; nothing for what is no text."""
    return told.strip().casefold() if isinstance(told, str) else ""


def _concern(form_key: str, process: str) -> Callable[[Delivery], None]:
    def begin(delivery: Delivery) -> None:
        plain = _as_words(delivery.payload, "danger_to_life", "sent")
        paper = delivery.file(form_key, delivery.payload | plain, cut=True)
        said = str(paper.answers.get("danger_to_life") or plain.get("danger_to_life") or "no")
        delivery.begin(process, {"document_id": paper.id.hex, "danger_to_life": said})

    return begin


def _as_words(told: Mapping[str, Any], *names: str) -> dict[str, str]:
    """Return yes and no as the forms write them, however a message says them."""
    plain = {True: "yes", False: "no"}
    return {
        name: plain[v] if isinstance(v := told[name], bool) else _word(v)
        for name in names
        if told.get(name) is not None
    }


def _by_hand(delivery: Delivery) -> None:
    raise Park("Two people settle this by hand: one proposes how, another agrees.")


EFFECTS: dict[str, Callable[[Delivery], None]] = {
    "referral_received": _referral,
    "referrer_reply": _reply,
    "consent_withdrawn": _withdrawn,
    "consent_changed": _consent_changed,
    "hospital_admission": admission,
    "hospital_discharge": discharge,
    "ed_attendance": used,
    "nhs111_contact": used,
    "ambulance": used,
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
