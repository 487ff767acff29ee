"""A move into a care home: its team takes the lead and is handed what we know, once, from wherever we hear of it."""

from __future__ import annotations

from datetime import datetime, time
from uuid import UUID

from sqlalchemy import select

from workflows.casework.care import HospitalEpisode
from workflows.casework.case import Case
from workflows.casework.document import Document
from workflows.casework.task import Task
from workflows.clock import as_utc, at_london, london_day
from workflows.desk import Work
from workflows.duties.plans import bring_forward
from workflows.duties.register import Asking, Variables, duty, under_way
from workflows.storage import cases

PROCESS = "acm_care_home"
# The step that hands over, and the one that older diagrams of a discharge asked in its place.
HANDS_OVER = ("hand_over_to_care_home", "hand_over_on_discharge")
BEGINS = time(9)  # what is told by its day counts from the morning
HOME_AGAIN = ("usual_home", "temporary")


@duty("care_home.begin")
def begin(asking: Asking) -> Variables:
    """Say since when the person lives in a care home, and whether its team was handed the case since."""
    moved_at = _moved_at(asking)
    done = _last_handed_over(asking)
    handed = done is not None and london_day(done) >= london_day(moved_at)
    return {"moved_at": moved_at.isoformat(), "handed_to_care_home": handed}


@duty("care_home.bring_review_forward")
def bring_review_forward(asking: Asking) -> None:
    """Bring the next review forward after a move into a care home: much of the plan was made for another home."""
    latest = asking.work.due(asking.case, "due.review_after_care_home_move", _moved_at(asking))
    bring_forward(asking, max(latest, asking.work.now))


@duty("care_home.hand_over")
def hand_over(asking: Asking) -> Variables:
    """Let the case be handed to the care home's team, unless that is done or under way; say whether it is to come."""
    if handed_over(asking):
        return {"care_home_to_come": False, "care_home_asked": True}
    if handover_under_way(asking.work, asking.case):
        return {"care_home_to_come": True, "care_home_asked": True}
    asked = bool(asking.variables.get("care_home_asked"))  # an operator has taken it away since
    if not asked:
        asking.start_later(PROCESS)
    return {"care_home_to_come": not asked, "care_home_asked": True}


def handover_under_way(work: Work, case: Case) -> bool:
    """Say whether somebody is asked, or is about to be, to hand the case to the team of a care home."""
    query = select(Task.id).where(Task.case_id == case.id, Task.open, Task.key.in_(HANDS_OVER))
    return under_way(work, case, PROCESS) or work.session.scalar(query.limit(1)) is not None


def handed_over(asking: Asking) -> bool:
    """Say whether the case was handed over, and the person has not come home from hospital since."""
    done = _last_handed_over(asking)
    stays = cases.of_case(asking.work.session, HospitalEpisode, asking.case.id)
    home = [stay.discharged_at for stay in stays if stay.discharged_at and stay.destination in HOME_AGAIN]
    return done is not None and all(at <= done for at in home)


def _last_handed_over(asking: Asking) -> datetime | None:
    done = (Task.case_id == asking.case.id, Task.key.in_(HANDS_OVER), Task.status == "completed")
    return asking.work.session.scalar(select(Task.ended_at).where(*done).order_by(Task.ended_at.desc()).limit(1))


def _moved_at(asking: Asking) -> datetime:
    """Return when the person moved: as the button's form says, or whoever began the process; now where nobody did."""
    told = asking.variables.get("document_id")
    paper = asking.work.session.get(Document, UUID(str(told))) if told else None
    said = str(asking.variables.get("moved_at") or "")
    if paper is not None:
        return min(at_london(datetime.fromisoformat(paper.answers["moved_on"]).date(), BEGINS), asking.work.now)
    return min(as_utc(datetime.fromisoformat(said)), asking.work.now) if said else asking.work.now
