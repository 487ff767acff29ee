"""What somebody keeps for themselves in the inbox: ways of looking with a name, and cases to keep an eye on."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, select

from workflows.actions.tasks import must_see
from workflows.casework.errors import AnswersRefused, NotAllowed, NotFound
from workflows.casework.staff import SavedFilter, Watch
from workflows.desk import Desk, Work
from workflows.storage import cases

LONGEST_NAME = 40
MOST_FILTERS = 20


def save_filter(desk: Desk, name: str, query: str) -> None:
    """Keep a way of looking at the inbox under a name; the same name again is the newer way.

    `query` as it stands in the address, without words searched for. Raises AnswersRefused.
    """
    name = " ".join("".join(letter for letter in name if letter.isprintable()).split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise AnswersRefused({"name": f"Enter a name of at most {LONGEST_NAME} characters"})
    with desk.work() as work:
        own = SavedFilter.staff_id == _me(work)
        kept = work.session.scalar(select(SavedFilter).where(own, SavedFilter.name == name))
        if kept is not None:
            kept.query = query
        elif (work.session.scalar(select(func.count()).where(own)) or 0) >= MOST_FILTERS:
            raise AnswersRefused({"name": f"You have {MOST_FILTERS} saved filters. Remove one first"})
        else:
            work.session.add(SavedFilter(staff_id=_me(work), name=name, query=query))
        _tell(work, "filter saved", name=name, query=query)
        work.commit()


def forget_filter(desk: Desk, filter_id: UUID) -> str:
    """Remove one of the actor's own saved filters; returns its name."""
    with desk.work() as work:
        kept = work.session.get(SavedFilter, filter_id)
        if kept is None or kept.staff_id != _me(work):
            raise NotFound("There is no such saved filter.")
        name = kept.name
        work.session.delete(kept)
        _tell(work, "filter removed", name=name)
        work.commit()
        return name


def watch_case(desk: Desk, case_number: str) -> None:
    """Keep an eye on a case; doing so twice is once."""
    with desk.work() as work:
        case = cases.by_number(work.session, case_number)
        must_see(work, case)
        if _watch(work, case.id) is None:
            work.session.add(Watch(staff_id=_me(work), case_id=case.id))
            _tell(work, "watch begun", case=case_number)
            work.commit()


def unwatch_case(desk: Desk, case_number: str) -> None:
    """Stop keeping an eye on a case; it need not be the actor's to see any more.

    A case that they never watched, or from which the person excluded them, is as one that does not exist.
    """
    with desk.work() as work:
        case = cases.by_number(work.session, case_number)
        kept = _watch(work, case.id)
        if kept is None or work.actor.id in cases.circle_of(work.session, case).excluded:
            must_see(work, case)
        if kept is not None:
            work.session.delete(kept)
            _tell(work, "watch ended", case=case_number)
            work.commit()


def _tell(work: Work, act: str, **detail: str) -> None:
    """Write it into the actor's own trail: what they keep for themselves is no part of anybody's record."""
    work.unit.tell_of_list(act, "Inbox", **detail)


def _watch(work: Work, case_id: UUID) -> Watch | None:
    return work.session.scalar(select(Watch).where(Watch.staff_id == _me(work), Watch.case_id == case_id))


def _me(work: Work) -> UUID:
    if work.actor.id is None:
        raise NotAllowed("Only somebody with an account keeps filters and watches cases.")
    return work.actor.id
