"""What messages about hospital, A&E, 111 and ambulances do to a case."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from workflows.actions.delivery import Delivery, Park
from workflows.actions.interrupting import interrupt
from workflows.actions.journey import deliver
from workflows.actions.late_messages import HOSPITAL
from workflows.casework.care import NOT_KNOWN, UNNAMED, HospitalEpisode, ServiceUse
from workflows.duties import Asking
from workflows.duties.hospital import known, open_stay, stay_left_before, stay_told_again, way_out_told_again
from workflows.duties.hospital_told import keep_for_the_review
from workflows.duties.telling import tell
from workflows.storage import cases, runs

NOT_SAID = frozenset({"not_known", "unknown"})
DIED = frozenset({"died", "dead", "death", "deceased"})  # nobody must be rung at home over a word


def admission(delivery: Delivery) -> None:
    """Start a hospital stay; a second notice within the programme's time belongs to the same stay."""
    if delivery.case.nominated:
        _keep_for_the_review(delivery)
        return
    at = delivery.message.occurred_at
    if stay_told_again(delivery.work, delivery.case, at, delivery.payload) is not None:
        delivery.taken()
        return
    _start_stay(delivery, {"admitted_at": at.isoformat()})


def discharge(delivery: Delivery) -> None:
    """End the running stay; a discharge that comes before its admission starts and ends one."""
    at, destination = delivery.message.occurred_at, _destination(delivery.payload)
    if delivery.case.nominated:
        _keep_for_the_review(delivery)
        if destination == "died":
            interrupt(delivery.work, delivery.case, "person_died", {})
        return
    way_out = {"destination": destination, "discharged_at": at.isoformat()}
    # What it says has to be as sound as what a colleague writes: where to decides what follows.
    hospital = str(delivery.payload.get("hospital") or "")
    if (earlier := stay_left_before(delivery.work, delivery.case, at, destination, hospital)) is not None:
        delivery.file("F24", {**delivery.payload, **way_out}, ["discharge"], earlier.run_id)
        delivery.taken()
        return
    if (stay := open_stay(delivery.work, delivery.case)) is not None:
        delivery.file("F24", {**delivery.payload, **way_out}, ["discharge"], stay.run_id)
    elif (over := way_out_told_again(delivery.work, delivery.case, at, destination)) is not None:
        _learn_where_to(delivery, over, destination)
        delivery.taken()
        return
    if deliver(delivery.work, delivery.case, "hospital_discharge", known(way_out)):
        delivery.taken()
        return
    if runs.running(delivery.work.session, delivery.case.id, "acm_hospital"):
        raise Park("A hospital stay of this case is already being followed up.")
    admitted = str(delivery.payload.get("admitted_at") or at.isoformat())
    _start_stay(delivery, {"admitted_at": admitted, **way_out})


def _learn_where_to(delivery: Delivery, over: HospitalEpisode, destination: str) -> None:
    """Take from a second notice where the person went, if the first did not say it."""
    if destination in {over.destination, NOT_KNOWN}:
        return
    said = {**delivery.payload, "destination": destination, "discharged_at": delivery.message.occurred_at.isoformat()}
    delivery.file("F24", said, ["discharge"], over.run_id)
    if deliver(delivery.work, delivery.case, "hospital_destination_told", {"destination": destination}):
        return
    over.went_to(destination)
    if destination == "died":
        interrupt(delivery.work, delivery.case, "person_died", {})


def _destination(said: Mapping[str, Any]) -> Any:
    """Return where the person went, in the word of the list where another word means the same."""
    told = said.get("destination") or NOT_KNOWN
    if not isinstance(told, str):
        return told
    word = "_".join(told.casefold().split())
    return "died" if word in DIED else NOT_KNOWN if word in NOT_SAID else word


def _start_stay(delivery: Delivery, times: Mapping[str, Any]) -> None:
    said = {"hospital": UNNAMED, "planned": "unknown", "source": "feed", **delivery.payload, **times}
    sections = ["admission", "discharge"] if "discharged_at" in times else ["admission"]
    paper = delivery.file("F24", said, sections)
    delivery.begin("acm_hospital", {"document_id": paper.id.hex})


def used(delivery: Delivery) -> None:
    """Count a use of A&E, 111 or an ambulance; several in a short time are told to the coordinator."""
    work, case, use = delivery.work, delivery.case, _kept(delivery)
    window = timedelta(days=case.programme.number("service_use_days", work.today))
    # One that is told late may stand between others: some window of that length around it holds so many.
    uses = [one.at for one in cases.of_case(work.session, ServiceUse, case.id) if one.kind not in HOSPITAL]
    near = [at for at in uses if abs(at - use.at) <= window]
    alert = case.programme.number("service_use_alert", work.today)
    if any(sum(first <= at <= first + window for at in near) >= alert for first in near if first <= use.at):
        _tell(delivery, "frequent_use", "coordinator")
    delivery.taken()


def _keep_for_the_review(delivery: Delivery) -> None:
    message = delivery.message
    keep_for_the_review(delivery.asking, message.type, message.occurred_at, message.source, delivery.payload)
    delivery.taken()


def _kept(delivery: Delivery) -> ServiceUse:
    case, message = delivery.case, delivery.message
    use = ServiceUse(case_id=case.id, kind=message.type, at=message.occurred_at, source=message.source)
    use.details = dict(delivery.payload)
    use.happened("service used", kind=message.type)
    delivery.work.session.add(use)
    delivery.work.session.flush()
    return use


def _tell(delivery: Delivery, kind: str, whom: str) -> None:
    running = runs.running(delivery.work.session, delivery.case.id)
    if running:
        tell(Asking(delivery.work, delivery.case, running[0], {}), kind, whom)
