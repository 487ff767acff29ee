"""The care plan in versions, reviews with their dates, and discharge."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from sqlalchemy import select

from workflows.casework.care import CarePlan, HospitalEpisode, Review
from workflows.casework.counted import counted_anew
from workflows.casework.document import Document, as_corrected
from workflows.casework.task import Task
from workflows.clock import at_london, london_day
from workflows.duties.copies import urgent_copies
from workflows.duties.correspondence import scope_allows, send_letter, tell_the_next_review
from workflows.duties.missed_reviews import move_open_review, review_begun
from workflows.duties.outcomes import current_plan, interval_said, open_review
from workflows.duties.overtaken import overtake
from workflows.duties.papers import answers, newest
from workflows.duties.register import Asking, Variables, duty, under_way
from workflows.storage import cases, runs
from workflows.working_time import Counted, Duration

# The forms on which a day for the next review is agreed.
NAMES_A_REVIEW = ("F16", "F18", "F21")
WITH_THE_PERSON = frozenset({"F18", "F21"})
LONG_STAY = "F21b"
CONSENT_AGAIN, ASKED_FOR = "acm_consent_change", frozenset({"full", "limited"})
CARE_HOME_HANDOVER = "hand_over_to_care_home"  # the step of a stay in hospital
USUALLY = "28D"  # where no table was asked


@duty("plan.begin")
def begin(asking: Asking) -> Variables:
    """Begin planning, and say since when the person waits for their plan: since the meeting or review that asked."""
    asking.case.enter("planning", asking.work.now)
    asked = [paper.completed_at for key in ("F16", "F21") if (paper := newest(asking, key))]
    return {"closure_reason": "", "plan_from": max(asked, default=asking.work.now).isoformat()}


@duty("plan.publish")
def publish(asking: Asking) -> Variables:
    """Make the newest plan the active version; the one before is kept and marked as superseded."""
    paper = newest(asking, "F18")
    before = current_plan(asking)
    if paper is None or (before is not None and before.document_id == paper.id):
        return {"plan_version": before.number if before else 0}
    if before is not None:
        before.supersede(asking.work.now)
    plan = CarePlan(
        case_id=asking.case.id,
        number=(before.number if before else 0) + 1,
        document_id=paper.id,
        valid_from=asking.work.now,
        goals=answers(asking, "F18").get("goals", []),
    )
    plan.happened("plan published", number=plan.number)
    asking.work.session.add(plan)
    return {"plan_version": plan.number}


@duty("plan.export_contingency")
def export_contingency(asking: Asking) -> None:
    """Put the contingency plan into the tray for the urgent services that the person agreed to share with."""
    wanted = urgent_copies(asking)
    allowed = [one for one in wanted if scope_allows(asking, one)]
    for recipient in allowed:
        send_letter(asking, "L14", recipient)
    if allowed:
        asking.case.happened("contingency plan ready for urgent services")
    elif wanted:
        asking.case.happened("contingency plan not shared: outside the scope", to=wanted)
    else:  # nothing about what the person agreed to
        asking.case.happened("contingency plan not shared: copies go to others")


@duty("review.schedule")
def schedule(asking: Asking) -> Variables:
    """Set the next review: the day that was agreed, but never later than the interval the table gives allows."""
    agreed = _agreed(asking)
    latest = _latest(asking, agreed)
    latest = min(latest, end_in_sight(asking) or latest)
    due = latest if agreed is None else min(agreed, latest)
    sooner = {} if agreed is None or agreed <= latest else {"agreed": agreed.isoformat()}
    dates = set_review(asking, due, _counted(asking, due), **sooner)
    tell_the_next_review(asking)
    return {**dates, "review_kind": _kind(asking, due)}


def set_review(asking: Asking, due: datetime, counted: Counted | None = None, **why: str) -> dict[str, str]:
    """Give the next review its date; returns when it is due and from when it can be done.

    `counted`: how the date came about, where nobody named it. While the clocks stand still the date is kept, and not
    told: nobody knows when they go on.
    """
    case, calendar = asking.case, asking.case.calendar
    waiting = open_review(asking)
    if waiting is None:
        waiting = Review(case_id=case.id, due_at=due, level=case.risk_level)
        asking.work.session.add(waiting)
    waiting.due_at, waiting.level = due, case.risk_level
    waiting.rest_on(counted, asking.work.now)
    waiting.happened("review set", due=due.isoformat())
    case.next_review_at = due if case.clocks_paused_at is None else None
    case.happened("next review set", due=due.isoformat(), **why)
    window = Duration.parse(case.programme.setting("review_window", asking.work.today))
    # A day named for it begins in the morning, not at the hour at which the review would be late.
    opens = max(min(calendar.opens(calendar.before(due, window)), due), asking.work.now)
    return {"next_review_at": due.isoformat(), "review_opens_at": opens.isoformat()}


def _latest(asking: Asking, agreed: datetime | None) -> datetime:
    """The last day the rule allows: the last completed review plus the interval of the table, on a working day.

    Near the end of life the person has a say: a day to come, agreed with them, counts until the full review.
    """
    told = asking.variables
    longest = str(told.get("review_interval", USUALLY))
    if agreed is not None and asking.case.risk_level == "palliative" and _named_in(asking) in WITH_THE_PERSON:
        longest = str(told.get("full_review", longest))
    return _after_the_last(asking, longest)


def _after_the_last(asking: Asking, interval_told: str) -> datetime:
    calendar, interval = asking.case.calendar, Duration.parse(interval_told)
    return calendar.roll_forward(max(calendar.due(_last_done(asking), interval), asking.work.now))


def _counted(asking: Asking, due: datetime) -> Counted | None:
    """How the date of a review was counted, where it is that of the interval of the table and nobody named it."""
    interval = Duration.parse(str(asking.variables.get("review_interval", USUALLY)))
    counted = Counted.promised(_last_done(asking), interval)
    return counted if asking.case.calendar.counted(counted) == due and _agreed(asking) != due else None


def end_in_sight(asking: Asking) -> datetime | None:
    """The day by which a case open for long is to end, as the manager agreed; None when nobody named one to come."""
    day = answers(asking, "F21b").get("end_date")
    if not day or date.fromisoformat(str(day)) <= asking.work.today:
        return None
    return at_london(date.fromisoformat(str(day)), time(17))


def review_by_the_end(asking: Asking, form_key: str) -> None:
    """Bring a review that comes later forward to the day by which a case open for long is to end."""
    if form_key != LONG_STAY:
        return
    end, review = end_in_sight(asking), open_review(asking)
    if end is None or review is None or review.due_at <= end:
        return
    asking.case.happened("review brought forward", due=end.isoformat())
    asking.send_later("review_set_anew", set_review(asking, end))
    move_open_review(asking, end)
    tell_the_next_review(asking)


def review_as_the_meeting_said(asking: Asking, day: str) -> None:
    """Put the awaited review on the day that a meeting beside it has just named, as far as the rule lets it be late."""
    review, agreed = open_review(asking), _by_the_end_of(asking, day)
    if review is None or agreed is None or not _may_move(asking, review):
        return
    latest = _latest_beside_it(asking, review)
    sooner = {} if agreed <= latest else {"agreed": agreed.isoformat()}
    due = min(agreed, latest)
    asking.send_later("review_set_anew", set_review(asking, due, None, **sooner))
    move_open_review(asking, due)
    tell_the_next_review(asking)


def count_review_anew(asking: Asking, **why: str) -> bool:
    """Put a review whose date was counted where the calendar leads now; one that is done or chased stays."""
    review = open_review(asking)
    counted = review.counted if review else None
    if review is None or counted is None or not _may_move(asking, review):
        return False
    was, due = review.due_at, counted_anew(counted, review.due_at, asking.case.calendar, asking.work.now)
    if due is None:
        return False
    told = {"task": "Next review", "was": was.isoformat(), "due": due.isoformat()}
    asking.case.happened("due date moved", **told, **why)
    asking.send_later("review_set_anew", set_review(asking, due, counted))
    move_open_review(asking, due)
    tell_the_next_review(asking)
    return True


def _may_move(asking: Asking, review: Review) -> bool:
    """Whether a review is still to come up, or can be done already and is not late; a late one is done or chased."""
    session, case = asking.work.session, asking.case
    begun = review_begun(asking) and review.due_at > asking.work.now
    return begun or bool(runs.waiting_for(session, case.id, "review_set_anew"))


def _latest_beside_it(asking: Asking, review: Review) -> datetime:
    """The last day for a review that is set already; one that a stay in hospital brought forward is not put off."""
    session, case = asking.work.session, asking.case
    latest = _after_the_last(asking, str(interval_said(asking).get("review_interval", USUALLY)))
    stays = cases.of_case(session, HospitalEpisode, case.id)
    since_hospital = any(one.discharged_at and one.discharged_at > _last_done(asking) for one in stays)
    return min(latest, end_in_sight(asking) or latest, review.due_at if since_hospital else latest)


def _agreed(asking: Asking) -> datetime | None:
    """The day that the meeting, the plan or the last review named, whichever spoke last; None when it has passed."""
    paper = _named_last(asking)
    return _by_the_end_of(asking, str(paper.answers["next_review"])) if paper else None


def _named_last(asking: Asking) -> Document | None:
    papers = as_corrected(cases.documents_of(asking.work.session, asking.case.id))  # oldest first
    named = [one for one in papers if one.form_key in NAMES_A_REVIEW and one.answers.get("next_review")]
    return named[-1] if named else None


def _named_in(asking: Asking) -> str:
    """Return the form that named a day for the next review last; empty where none did."""
    paper = _named_last(asking)
    return paper.form_key if paper else ""


def _by_the_end_of(asking: Asking, day: str) -> datetime | None:
    named = date.fromisoformat(day)
    end_of_day = at_london(named, time(17))
    return asking.case.calendar.roll_forward(end_of_day) if named > asking.work.today else None


def _last_done(asking: Asking) -> datetime:
    done = [one.done_at for one in cases.of_case(asking.work.session, Review, asking.case.id) if one.done_at]
    return max(done) if done else asking.work.now


def _kind(asking: Asking, due: datetime) -> str:
    """A full review of the plan is due when its own, longer interval has passed since the plan was made."""
    plan = current_plan(asking)
    longest = Duration.parse(str(asking.variables.get("full_review", "26W")))
    calendar = asking.case.calendar
    full_due = calendar.due(plan.valid_from if plan else asking.work.now, longest)
    return "full" if full_due <= calendar.roll_forward(due + timedelta(days=1)) else "routine"


def bring_forward(asking: Asking, latest: datetime) -> None:
    """Bring the next review forward to an instant; one that comes sooner, or has come up, stays as it is."""
    review = open_review(asking)
    if review is None or review.due_at <= latest:
        return
    asking.case.happened("review brought forward", due=latest.isoformat())
    dates = set_review(asking, latest)
    move_open_review(asking, latest)
    tell_the_next_review(asking)
    if runs.waiting_for(asking.work.session, asking.case.id, "review_set_anew"):
        asking.send_later("review_set_anew", dates)
    else:  # a case on older diagrams knows only a review that comes up at once
        asking.send_later("review_brought_forward", {"next_review_at": dates["next_review_at"]})


@duty("review.record")
def record(asking: Asking) -> None:
    """Record that the review took place and what came of it."""
    waiting, paper = open_review(asking), newest(asking, "F21")
    if waiting is not None and paper is not None:
        waiting.done(str(paper.answers.get("decision", "")), paper.id, asking.work.now)
    asking.case.next_review_at = None
    overtake(asking.work.session, asking.case.id, "review")
    asking.case.happened("review done", on=london_day(asking.work.now).isoformat())
    _ask_of_consent_where_nobody_did(asking)


def _ask_of_consent_where_nobody_did(asking: Asking) -> None:
    """Let consent be talked about beside the case, where the review did not ask: each review confirms it, or asks.

    What is shared without consent, and what nobody is asked for, has reviews of its own.
    """
    asked = answers(asking, "F21").get("consent_still_valid") != "not_asked"
    if asked or asking.case.sharing_scope not in ASKED_FOR or under_way(asking.work, asking.case, CONSENT_AGAIN):
        return
    asking.case.happened("consent not asked about at the review")
    asking.start_later(CONSENT_AGAIN, {"ask_again": True})


@duty("discharge.prepare")
def prepare(asking: Asking, short: bool) -> Variables:
    """Say whether the short form is enough; older diagrams ask too whether a care home team has the case in hand."""
    asked = select(Task.id).where(
        Task.case_id == asking.case.id, Task.key == CARE_HOME_HANDOVER, Task.status.in_(("open", "completed"))
    )
    told = asking.work.session.scalar(asked.limit(1)) is not None
    return {"short_discharge": short, "handed_to_care_home": told, "care_home_asked": False}


@duty("discharge.take_back")
def take_back(asking: Asking) -> None:
    """Let a case that was on its way out go on with its plan; the letters of a discharge that does not come stay."""
    overtake(asking.work.session, asking.case.id, "taken up again")
    asking.case.happened("work taken up again")


@duty("discharge.freeze")
def freeze(asking: Asking) -> None:
    """Note that the record is complete; closing the case freezes it."""
    asking.case.happened("record complete")
