"""What is told of hospital before the team takes somebody on: kept for whoever decides, and begun as a stay after that.

Nobody has spoken with them yet: no stay is begun, no letter is written and nobody phones them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from itertools import groupby
from typing import Any

from workflows.casework.care import UNNAMED, HospitalEpisode, ServiceUse
from workflows.casework.case import Case
from workflows.clock import at_london
from workflows.desk import Work
from workflows.duties.papers import file_paper, newest, yes
from workflows.duties.register import Asking
from workflows.duties.telling import tell
from workflows.storage import cases
from workflows.working_time import Duration

ADMISSION, DISCHARGE = "hospital_admission", "hospital_discharge"
STAY = "acm_hospital"
PLANNED = ("elective", "emergency")


def keep_for_the_review(asking: Asking, kind: str, at: datetime, source: str, details: Mapping[str, Any]) -> None:
    """Keep it, mark who lies in hospital, and tell whoever decides whether to offer the person help."""
    use = ServiceUse(case_id=asking.case.id, kind=kind, at=at, source=source, details=dict(details))
    use.happened("service used", kind=kind)
    asking.work.session.add(use)
    asking.work.session.flush()
    if _admission_without_end(asking.work, asking.case) is None:
        asking.case.lower_flag("in_hospital")
    else:
        asking.case.raise_flag("in_hospital")
    tell(asking, "hospital_while_nominated", "triage")


def begin_stay_told(asking: Asking, nominated: Case) -> None:
    """Begin, in the case that goes on, the stay told of while the person was only nominated, if nobody told its end.

    Once: what was told of hospital since then began a stay of its own.
    """
    use = _admission_without_end(asking.work, nominated)
    if use is None or _in_hospital_since(asking, use.at):
        return
    said = {name: value for name in ("hospital", "ward", "reason") if isinstance(value := use.details.get(name), str)}
    planned = use.details.get("planned")
    _begin(asking, use.at, use.source, said | {"planned": planned if planned in PLANNED else "unknown"})


def begin_stay_referred(asking: Asking) -> None:
    """Begin, once the team takes a person on, the stay in hospital in which their referrer said they are."""
    referral = newest(asking, "F01")
    said = referral.answers if referral is not None else {}
    if referral is None or not yes(said.get("in_hospital_now")):
        return
    since = said.get("hospital_since")
    began = at_london(date.fromisoformat(str(since)), time(0)) if since else referral.completed_at
    if _in_hospital_since(asking, min(began, referral.completed_at)):
        return  # somebody told of the stay, or of its end, since then
    where = {"hospital": said["hospital_now"]} if said.get("hospital_now") else {}
    _begin(asking, began, referral.author, where | {"planned": "unknown", "source": "told"})


def _begin(asking: Asking, at: datetime, author: str, said: Mapping[str, Any]) -> None:
    """Begin a stay in hospital with what its paper says, as the button of an admission does."""
    told = {"hospital": UNNAMED, **said, "admitted_at": at.isoformat()}
    paper = file_paper(asking, asking.case, "F24", told, author, ["admission"])
    asking.start_later(STAY, {"document_id": paper.id.hex})


def _in_hospital_since(asking: Asking, told_at: datetime) -> bool:
    stays = cases.of_case(asking.work.session, HospitalEpisode, asking.case.id)
    return any(stay.discharged_at is None or stay.discharged_at >= told_at for stay in stays)


def _admission_without_end(work: Work, nominated: Case) -> ServiceUse | None:
    """Return the admission after which no way out was told; of several notices of one stay the first.

    Of a way out and an admission of the same minute the admission counts where the person was in hospital before that:
    they were moved, in whatever order it was told.
    """
    setting = nominated.programme.setting("hospital_merge", work.today)
    window, calendar = Duration.parse(setting), nominated.calendar
    told = [use for use in cases.of_case(work.session, ServiceUse, nominated.id) if use.kind in (ADMISSION, DISCHARGE)]
    began: ServiceUse | None = None
    for _, same_minute in groupby(sorted(told, key=lambda one: one.at), key=lambda one: one.at):
        uses = list(same_minute)
        for use in sorted(uses, key=lambda one: one.kind == ADMISSION) if began else uses:
            if use.kind == DISCHARGE:
                began = None
            elif began is None or use.at > calendar.due(began.at, window):
                began = use
    return began
