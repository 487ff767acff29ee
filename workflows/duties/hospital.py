"""Hospital stays, which may come again and again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from workflows.casework.care import ADMITTED_AGAIN, NOT_KNOWN, HospitalEpisode
from workflows.casework.case import Case
from workflows.casework.diagram import CaseRun
from workflows.casework.errors import RuleBroken
from workflows.casework.task import Task
from workflows.desk import Work
from workflows.duties.ending_runs import cancel_run
from workflows.duties.hospital_names import another_hospital
from workflows.duties.overtaken import overtake
from workflows.duties.papers import Answers, merged
from workflows.duties.plans import bring_forward
from workflows.duties.register import Asking, Variables, duty
from workflows.duties.telling import tell
from workflows.storage import cases
from workflows.working_time import Duration

CONTACT = "contact_after_hospital"
PROCESS, DIED = "acm_hospital", "died"
FOLLOWS = "follows_stay"  # the stay that a process takes on


@duty("hospital.admit")
def admit(asking: Asking) -> Variables:
    """Write the admission down; a discharge that came first is kept with it."""
    said = _stay_form(asking)
    stay = _stay(asking) or _stay_to_follow(asking)
    if stay is None and said.get("admitted_at"):
        stay = HospitalEpisode(
            case_id=asking.case.id,
            run_id=asking.run.id,
            admitted_at=datetime.fromisoformat(said["admitted_at"]),
            hospital=str(said.get("hospital", "")),
            planned=str(said.get("planned", "unknown")),
            source=str(said.get("source", "told")),
        )
        stay.happened("admitted to hospital", planned=stay.planned)
        asking.work.session.add(stay)
        asking.work.session.flush()
        if not said.get("discharged_at"):
            _end_the_one_before(asking, stay)
    return {
        "admission_recorded": stay is not None,
        "already_discharged": bool(said.get("discharged_at") or (stay and stay.discharged_at)),
        "long_stay_at": _long_since(asking, stay.admitted_at if stay else asking.work.now),
    }


def _stay_to_follow(asking: Asking) -> HospitalEpisode | None:
    """Take on the stay that this process is begun for, where another one has ended over it."""
    named = asking.variables.get(FOLLOWS)
    stay = asking.work.session.get(HospitalEpisode, UUID(str(named))) if named else None
    if stay is not None:
        stay.run_id = asking.run.id
    return stay


def follow_who_is_alive(asking: Asking) -> None:
    """Look after a stay again that ended, it was said, with a death: the person is rung, and somebody finds them.

    Nobody knows where they are. What of that stay goes on by itself is left to go on.
    """
    for stay in cases.of_case(asking.work.session, HospitalEpisode, asking.case.id):
        if stay.destination == DIED:
            stay.went_to(NOT_KNOWN)
            run = asking.work.session.get(CaseRun, stay.run_id) if stay.run_id else None
            if run is None or run.status != "running":
                asking.start_later(PROCESS, {FOLLOWS: stay.id.hex})


def _end_the_one_before(asking: Asking, stay: HospitalEpisode) -> None:
    """Let one stay be open at a time: one whose end nobody told ends with the next admission, and somebody looks.

    Nobody has to be rung after it, nor after one that is over and was not followed up yet, for the person lies in
    hospital; the ward of now gets a letter of its own.
    """
    for earlier in cases.of_case(asking.work.session, HospitalEpisode, asking.case.id):
        if earlier is stay:
            continue
        if earlier.discharged_at is None:
            earlier.admitted_again(stay.admitted_at)
            _end_its_run(asking, earlier)
            overtake(asking.work.session, asking.case.id, "again")
            tell(asking, "admitted_again", "coordinator")
        elif _not_rung_yet(asking, earlier):
            _end_its_run(asking, earlier)
    asking.send_later("hospital_destination_told", {"destination": ADMITTED_AGAIN})  # nobody asks any more where from


def _end_its_run(asking: Asking, stay: HospitalEpisode) -> None:
    run = asking.work.session.get(CaseRun, stay.run_id) if stay.run_id else None
    if run is not None and run.status == "running":
        cancel_run(asking, run, "the person was admitted again")


def _not_rung_yet(asking: Asking, stay: HospitalEpisode) -> bool:
    here = (Task.run_id == stay.run_id, Task.key == CONTACT, Task.open)
    return asking.work.session.scalar(select(Task.id).where(*here).limit(1)) is not None


def stay_left_before(
    work: Work, case: Case, at: datetime, destination: str, hospital: str = ""
) -> HospitalEpisode | None:
    """Give a way out of hospital to the stay it ended, where the person was admitted again before we heard of it.

    None when it ends the stay that is open now; raises RuleBroken when it lies before that stay and ended none.
    `hospital`: which it names. Whoever is moved is often written down there before they are let go here.
    """
    stays = cases.of_case(work.session, HospitalEpisode, case.id)
    now_in = next((stay for stay in stays if stay.discharged_at is None), None)
    ended = [stay for stay in stays if stay.destination == ADMITTED_AGAIN and stay.admitted_at <= at]
    before = max(ended, key=lambda stay: stay.admitted_at, default=None)
    if now_in is None or not (
        at < now_in.admitted_at or (before and _moved_from(work, case, now_in, before, at, hospital))
    ):
        return None
    if before is None:
        raise RuleBroken(
            "The person was admitted to hospital after that time. Look at the day, and which stay is meant."
        )
    before.discharge(at, destination)
    return before


def _moved_from(
    work: Work, case: Case, now_in: HospitalEpisode, before: HospitalEpisode, at: datetime, hospital: str
) -> bool:
    """Whether somebody who was moved left the hospital before, and not the one they were moved to."""
    if at == now_in.admitted_at:
        return True
    window = Duration.parse(case.programme.setting("hospital_merge", work.today))
    names_the_one_before = another_hospital(hospital, now_in.hospital) and not another_hospital(
        hospital, before.hospital
    )
    return names_the_one_before and at <= case.calendar.due(now_in.admitted_at, window)


def known(way_out: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is known of a way out of hospital: what nobody told a diagram has somebody find out."""
    return {name: told for name, told in way_out.items() if told != NOT_KNOWN}


def way_out_told_again(work: Work, case: Case, at: datetime, destination: str) -> HospitalEpisode | None:
    """Return the stay that is over, of whose end a notice tells once more; None when it is none that we know of.

    One of the two may leave out where to. Raises RuleBroken when the person has been in hospital since, or went
    elsewhere according to the first notice.
    """
    window, calendar = Duration.parse(case.programme.setting("hospital_merge", work.today)), case.calendar
    ended = [stay for stay in cases.of_case(work.session, HospitalEpisode, case.id) if stay.discharged_at]
    for stay in ended:
        over = stay.discharged_at or at
        if at <= calendar.due(over, window) and stay.admitted_at <= calendar.due(at, window):
            if stay.destination != destination and NOT_KNOWN not in (stay.destination, destination):
                raise RuleBroken("This way out of hospital is known already, to another place. Look which is right.")
            return stay
    if any(stay.discharged_at and at < stay.discharged_at for stay in ended):
        raise RuleBroken("The person has been in hospital since. Look at the day, and which stay is meant.")
    return None


def open_stay(work: Work, case: Case) -> HospitalEpisode | None:
    """Return the stay that nobody has told the end of, if there is one."""
    return next(iter(_open_stays(work.session, case.id)), None)


def _open_stays(session: Session, case_id: UUID) -> list[HospitalEpisode]:
    return [stay for stay in cases.of_case(session, HospitalEpisode, case_id) if stay.discharged_at is None]


def stay_told_again(work: Work, case: Case, at: datetime, said: Mapping[str, Any]) -> HospitalEpisode | None:
    """Return the stay that a notice of an admission at an instant tells of once more; None when it is a new one.

    Raises RuleBroken when the person has been in hospital and left it again since, and it does not belong to that stay.
    """
    window, calendar = Duration.parse(case.programme.setting("hospital_merge", work.today)), case.calendar
    stay = _left_since(work.session, case.id, at)
    if stay is None:
        # One from before the stay began comes late: a new stay after it could not have begun earlier.
        unended = _open_stays(work.session, case.id)
        stay = next((one for one in unended if at <= calendar.due(one.admitted_at, window)), None)
        if stay is not None and at > stay.admitted_at and another_hospital(str(said.get("hospital")), stay.hospital):
            return None  # moved to another hospital: whoever looks after them there is written to
    elif stay.admitted_at == stay.discharged_at:
        stay.began(at)
    elif calendar.due(at, window) < stay.admitted_at:
        raise RuleBroken(
            "The person has been in hospital since, and left it again. Look at the day, and which stay is meant."
        )
    if stay is not None:
        stay.told_again(str(said.get("hospital") or ""), str(said.get("planned") or ""))
    return stay


def _left_since(session: Session, case_id: UUID, at: datetime) -> HospitalEpisode | None:
    """Return the first stay that ended after an instant: an admission of then that we hear of now led to it."""
    ended = [stay for stay in cases.of_case(session, HospitalEpisode, case_id) if stay.discharged_at]
    later = [stay for stay in ended if stay.discharged_at and stay.discharged_at > at]
    return min(later, key=lambda stay: stay.discharged_at or at, default=None)


def _long_since(asking: Asking, began: datetime) -> str:
    """Return from when a stay that began then counts as long."""
    work, case = asking.work, asking.case
    return work.wait_for(case, work.time_of(case, "wait.long_hospital_stay", began)).isoformat()


@duty("hospital.ask_later")
def ask_later(asking: Asking) -> Variables:
    """Keep the case open through a long stay, and say when to ask about it again."""
    return {"long_stay_at": _long_since(asking, asking.work.now)}


def _stay_form(asking: Asking) -> Answers:
    """Return the answers of F24 for this stay: what its own process asked, and what started it."""
    papers = cases.documents_of(asking.work.session, asking.case.id, "F24")
    mine = [paper for paper in papers if paper.run_id == asking.run.id]
    started_with = asking.variables.get("document_id")
    first = [paper for paper in papers if started_with and paper.id.hex == started_with]
    return merged([*first, *mine])


def _stay(asking: Asking) -> HospitalEpisode | None:
    stays = cases.of_case(asking.work.session, HospitalEpisode, asking.case.id)
    return next((stay for stay in stays if stay.run_id == asking.run.id), None)


@duty("hospital.stay")
def stay(asking: Asking) -> Variables:
    """Say whether the person is still in hospital."""
    found = _stay(asking)
    return {"in_hospital": found is not None and found.discharged_at is None}


@duty("hospital.discharge")
def discharge(asking: Asking) -> Variables:
    """Write down that the person left hospital, and where to."""
    said = _stay_form(asking)
    found = _stay(asking)
    destination = str(said.get("destination") or asking.variables.get("destination") or NOT_KNOWN)
    told_at = said.get("discharged_at") or asking.variables.get("discharged_at")
    if found is not None and found.discharged_at is None:
        found.discharge(datetime.fromisoformat(str(told_at)) if told_at else asking.work.now, destination)
        overtake(asking.work.session, asking.case.id, "home")
    if asking.variables.get("closure_reason"):  # the case was given up, and not closed yet
        overtake(asking.work.session, asking.case.id, "kept")
    left_at = found.discharged_at if found is not None and found.discharged_at else asking.work.now
    # What is owed after hospital counts from the day of leaving, not from the day somebody wrote it down.
    since = min(left_at, asking.work.now).isoformat()
    return {"destination": destination, "risk_level": asking.case.risk_level, "left_hospital_at": since}


@duty("hospital.went_to")
def went_to(asking: Asking) -> Variables:
    """Write down where the person went from hospital, of which nobody had told; or that it is still not known."""
    found, destination = _stay(asking), str(asking.variables.get("destination") or NOT_KNOWN)
    if found is not None and destination != NOT_KNOWN:
        found.went_to(destination)
    return {"destination": destination}


@duty("hospital.bring_review_forward")
def bring_review_forward(asking: Asking) -> None:
    """Bring the next review forward after a stay in hospital: at most the programme's time from the day of leaving."""
    stay, now = _stay(asking), asking.work.now
    left_at = stay.discharged_at if stay and stay.discharged_at else now
    bring_forward(asking, max(asking.work.due(asking.case, "due.review_after_hospital", left_at), now))
