"""Tasks that nobody can do: whoever could may not know of the case or of the concern, did the first of two steps that
two people do, or is away and not covered.

They must not lie unseen. The twins in SQL of `storage.doers.stuck` and `left_behind`; a property test holds them
against each other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import date
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    String,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased
from sqlalchemy.orm.util import AliasedClass

from workflows.casework.access import CARE_ROLES, FOR_A_KEY_WORKER, HELD_BACK, KEY_WORKER, RUNS_THE_CASE
from workflows.casework.case import Case
from workflows.casework.consent import ASKED, RECEIVES, Exclusion, NamedInOverride
from workflows.casework.sectors import PARTNER_ROLES, SECTORS_OF_ROLE, USUAL_SECTORS
from workflows.casework.staff import Absence, Membership, StaffMember
from workflows.casework.task import SAFETY, Task
from workflows.questions.kinds import Place, one_of_each, within
from workflows.questions.reach import ACTORS, shared_with_any
from workflows.storage import alleged, doers

PROFESSIONS = SECTORS_OF_ROLE.keys() - PARTNER_ROLES
SECTORS_WITH_ROLES = sorted(frozenset().union(*SECTORS_OF_ROLE.values()))

Condition = ColumnElement[bool]
Somebody = type[StaffMember] | AliasedClass[StaffMember]
Post = type[Membership] | AliasedClass[Membership]
Leave = type[Absence] | AliasedClass[Absence]
Asked = Callable[[Somebody, date], Condition]


@lru_cache(2)  # of the day before, too, around midnight
def stuck(today: date) -> Condition:
    """The open tasks that nobody who may be asked could do, as a condition on `Task` and its `Case`."""
    return _nobody_of_whom(_may_be_asked, today)


@lru_cache(2)
def stuck_but_for_names(today: date) -> Condition:
    """Those that nobody could do by their posts alone, whoever is named: carries the case, receives it, is left out."""
    return _nobody_of_whom(_let_in_by_post, today)


def _nobody_of_whom(asked: Asked, today: date) -> Condition:
    return and_(Task.open, ~or_(_holder_can(asked, today), _cover_can(asked, today), _pool_can(asked, today)))


def doubtful(session: Session, places: Sequence[Place], today: date) -> list[Condition]:
    """The open tasks in these places that perhaps nobody can do, heap by heap: most kinds are cleared at one step.

    It is doubtful what nobody could do by their posts, and what is about somebody by name.
    """
    doubted = session.scalars(_let_in_by_no_post(tuple(places), today)).all() if places else ()
    return [*([Task.kind.in_(doubted)] if doubted else []), *_about_names(tuple(places))]


@lru_cache(ACTORS)
def _let_in_by_no_post(places: tuple[Place, ...], today: date) -> Select[str | None]:
    judged = select(Task.kind).join(Case, Case.id == Task.case_id)
    return judged.where(Task.id.in_(one_of_each(places)), stuck_but_for_names(today))


@lru_cache(ACTORS)
def _about_names(places: tuple[Place, ...]) -> tuple[Condition, ...]:
    left_out = select(Task.id).where(Task.open, Task.case_id.in_(_standing(Exclusion)))
    second = select(Task.id).where(Task.open, Task.not_by.is_not(None))
    named = Task.id.in_(union_all(left_out, second, select(Task.id).where(alleged.in_a_concern())))
    return tuple(and_(within(*place), named) for place in places)


def judged_by_kind(session: Session, heaps: Sequence[Condition], today: date) -> Condition:
    """The same of the open tasks in these heaps, quicker where there are many: each kind of task is judged once.

    Of one kind are those that the same people could do, so that one of each kind tells of all. What a person said
    about colleagues by name, what follows a safeguarding concern, and what a second person has to look at makes a task
    a kind of its own.
    """
    one_each = {UUID(each) for each in session.scalars(_one_of_each_kind(tuple(heaps)))}
    judged = select(Task.role, Task.assignee_id).join(Case, Case.id == Task.case_id).where(Task.id.in_(one_each))
    found = session.execute(judged.where(stuck(today)).distinct()).all() if one_each else ()
    these = (and_(Task.role == role, Task.assignee_id.is_not_distinct_from(holder)) for role, holder in found)
    return and_(or_(*heaps), or_(*these), stuck(today)) if found else false()


@lru_cache(ACTORS)
def _one_of_each_kind(heaps: tuple[Condition, ...]) -> CompoundSelect[str]:
    named = Case.id.in_(_standing(Exclusion)), Case.id.in_(_standing(NamedInOverride))
    by_name = or_(*named, alleged.about_it(), Task.not_by.is_not(None))
    kind = (
        Task.role, Task.programme_id, Task.team_id, Task.assignee_id, Case.programme_id, Case.coordinator_id,
        Case.shared_with, Case.sharing_scope, case((by_name, Task.id)),
    )  # fmt: skip
    tasks = select(func.min(cast(Task.id, String))).join(Case, Case.id == Task.case_id).group_by(*kind)
    return union_all(*(tasks.where(Task.open, heap) for heap in heaps or [false()]))


def _standing(noun: type[Exclusion] | type[NamedInOverride]) -> Select[UUID]:
    return select(noun.case_id).where(noun.ended_at.is_(None))


def _holder_can(asked: Asked, today: date) -> Condition:
    holder = aliased(StaffMember)
    return _any((holder,), holder.id == Task.assignee_id, holder.active.is_(True), asked(holder, today))


def _cover_can(asked: Asked, today: date) -> Condition:
    cover, leave = aliased(StaffMember), aliased(Absence)
    comes_here = and_(leave.staff_id == Task.assignee_id, cover.id == leave.cover_id, _away(leave, today))
    return _any((leave, cover), comes_here, cover.active.is_(True), asked(cover, today))


def _pool_can(asked: Asked, today: date) -> Condition:
    """Whether there is somebody in its pool; a step of one role, as most are, is looked for by that role alone."""
    one = _in_pool(asked, today, lambda post: post.role == Task.role)
    several = _in_pool(asked, today, lambda post: Task.role.contains(literal(",") + post.role + literal(",")))
    return and_(Task.assignee_id.is_(None), or_(one, and_(Task.role.startswith(","), several)))


def _in_pool(asked: Asked, today: date, of_role: Callable[[Any], Condition]) -> Condition:
    somebody, post = aliased(StaffMember), aliased(Membership)
    in_pool = and_(of_role(post), post.programme_id == Task.programme_id, _in_its_team(post), _counts(post, today))
    able = and_(somebody.id == post.staff_id, somebody.active.is_(True), asked(somebody, today))
    return _any((post, somebody), in_pool, able)


def _any(among: Sequence[Any], *conditions: Condition) -> Condition:
    """Whether there is one `among` these for which the conditions hold; whatever else they name is looked at outside.

    Said out loud: these questions lie several deep, and each level must not look through all cases or staff anew.
    """
    return select(literal(1)).select_from(*among).where(*conditions).correlate_except(*among).exists()


def _counts(post: Post, today: date) -> Condition:
    return and_(
        or_(post.valid_from.is_(None), post.valid_from <= today), or_(post.valid_to.is_(None), post.valid_to >= today)
    )


def away_on(today: date) -> Condition:
    """The absences of those who are on leave, as a condition on `Absence`."""
    return _away(Absence, today)


def _away(leave: Leave, today: date) -> Condition:
    return and_(leave.first_day <= today, leave.last_day >= today)


def _may_be_asked(somebody: Somebody, today: date) -> Condition:
    post, exclusion = aliased(Membership), aliased(Exclusion)
    here = and_(post.staff_id == somebody.id, post.programme_id == Case.programme_id, post.role.in_(CARE_ROLES))
    receives = _named(lambda named: named.staff_id == somebody.id, RECEIVES)
    let_in = _any((post,), here, _counts(post, today), or_(receives, _let_in(somebody, post, today)))
    standing = and_(exclusion.case_id == Case.id, exclusion.staff_id == somebody.id, exclusion.ended_at.is_(None))
    # Said to have caused the harm that the task is about, or did what a second person has to look at.
    not_theirs = or_(alleged.kept_from_any(somebody.id), doers.kept_for_another(somebody.id))
    return and_(Case.sharing_scope != HELD_BACK, ~_any((exclusion,), standing), let_in, ~not_theirs)


def _let_in_by_post(somebody: Somebody, today: date) -> Condition:
    """Whether one of their posts alone lets somebody in; see `_may_be_asked`, which asks for names as well."""
    post = aliased(Membership)
    here = and_(post.staff_id == somebody.id, post.programme_id == Case.programme_id, post.role.in_(CARE_ROLES))
    let_in = or_(post.role.in_(RUNS_THE_CASE), _agreed(somebody, post, today))
    return and_(Case.sharing_scope != HELD_BACK, _any((post,), here, _counts(post, today), let_in))


def _named(whom: Callable[[Any], Condition], part: str) -> Condition:
    named = aliased(NamedInOverride)
    return _any((named,), named.case_id == Case.id, whom(named), named.part == part, named.ended_at.is_(None))


def _let_in(somebody: Somebody, post: Post, today: date) -> Condition:
    carries = and_(post.role.not_in(PARTNER_ROLES), _carries(somebody, today))
    return or_(post.role.in_(RUNS_THE_CASE), _agreed(somebody, post, today), carries)


def _carries(somebody: Somebody, today: date) -> Condition:
    """Whether somebody carries the case by name, or stands in for a colleague on leave who does."""

    def is_theirs(whose: Any) -> Condition:
        leave = aliased(Absence)
        stands_in = _any((leave,), leave.cover_id == somebody.id, leave.staff_id == whose, _away(leave, today))
        return or_(whose == somebody.id, stands_in)

    return or_(is_theirs(Case.coordinator_id), _named(lambda named: is_theirs(named.staff_id), ASKED))


def _agreed(somebody: Somebody, post: Post, today: date) -> Condition:
    """Whether the organisation on whose behalf somebody holds a post is among those agreed to."""
    elsewhere = Case.shared_with.contains(literal(" ") + somebody.works_for + " ")
    usually = or_(*(_usually(somebody, post, sector, today) for sector in SECTORS_WITH_ROLES))
    return or_(and_(somebody.works_for != "", elsewhere), and_(somebody.works_for == "", usually))


def _usually(somebody: Somebody, post: Post, sector: str, today: date) -> Condition:
    roles = {role for role, sectors in SECTORS_OF_ROLE.items() if sector in sectors}
    none = ~_holds(somebody, PROFESSIONS, today) if sector in USUAL_SECTORS else false()
    by_profession = or_(_holds(somebody, roles - PARTNER_ROLES, today), none)
    in_sector = or_(post.role.in_(roles), and_(post.role.not_in(SECTORS_OF_ROLE), by_profession))
    return and_(shared_with_any((sector,)), in_sector)


def _holds(somebody: Somebody, roles: Collection[str], today: date) -> Condition:
    held = aliased(Membership)
    return _any((held,), held.staff_id == somebody.id, held.role.in_(roles), _counts(held, today))


@lru_cache(2)
def left_behind(today: date) -> Condition:
    """The open tasks in the hands of somebody on leave that nobody can do for them: about safety, or due meanwhile.

    The twin in SQL of `storage.doers.left_behind`, as a condition on `Task` and its `Case`. What falls due only when
    they are back waits for them.
    """
    leave = aliased(Absence)
    meanwhile = and_(Task.paused_at.is_(None), func.date(Task.due_at) <= leave.last_day)
    pressing = or_(Task.escalation == SAFETY, meanwhile)
    holder_away = _any((leave,), leave.staff_id == Task.assignee_id, _away(leave, today), pressing)
    away_today = select(Absence.staff_id).where(away_on(today))
    return and_(Task.open, Task.assignee_id.in_(away_today), holder_away, ~_stood_in_for(today))


def _stood_in_for(today: date) -> Condition:
    """Whether a cover of the holder is here and may do it; see `access.may_stand_in`."""
    cover, leave, too, own = aliased(StaffMember), aliased(Absence), aliased(Absence), aliased(Membership)
    comes_here = and_(leave.staff_id == Task.assignee_id, cover.id == leave.cover_id, _away(leave, today))
    here = and_(cover.active.is_(True), ~_any((too,), too.staff_id == cover.id, _away(too, today)))
    held = and_(own.staff_id == cover.id, own.programme_id == Task.programme_id, _counts(own, today))
    for_key_worker = or_(Task.role == KEY_WORKER, Task.role.contains(f",{KEY_WORKER},"))
    key_work = and_(for_key_worker, own.role.in_(FOR_A_KEY_WORKER))
    several = and_(Task.role.startswith(","), Task.role.contains(literal(",") + own.role + literal(",")))
    in_role = and_(or_(own.role == Task.role, several), or_(_in_its_team(own), _lent(cover, own, today)))
    able = and_(or_(key_work, in_role), _may_be_asked(cover, today))
    return _any((leave, cover, own), comes_here, here, held, able)


def _in_its_team(post: Post) -> Condition:
    return or_(post.team_id.is_(None), Task.team_id.is_(None), post.team_id == Task.team_id)


def _lent(cover: Somebody, own: Post, today: date) -> Condition:
    """Whether a colleague on leave lends their cover the same role in the task’s team; see `access.lent`."""
    leave, theirs = aliased(Absence), aliased(Membership)
    covered = and_(leave.cover_id == cover.id, _away(leave, today), theirs.staff_id == leave.staff_id)
    same = and_(theirs.role == own.role, theirs.programme_id == own.programme_id, _counts(theirs, today))
    return _any((leave, theirs), covered, same, _in_its_team(theirs))
