"""Who may see or do what. Pure questions, deny by default: what is not named here is not allowed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from uuid import UUID

from workflows.casework.roles import each_of
from workflows.casework.sectors import PARTNER_ROLES, sectors_of

CARE_ROLES = frozenset(
    {
        "coordinator",
        "triage",
        "care_coordinator",
        "gp_lead",
        "nurse",
        "social_worker",
        "pharmacist",
        "mh_practitioner",
        "therapist",
        "wellbeing_adviser",
        "social_prescriber",
        "vcse_partner",
        "safeguarding_lead",
        "caldicott",
        "team_manager",
        "service_manager",
    }
)
OFFICE_ROLES = frozenset({"process_editor", "process_approver", "analyst", "sysadmin", "referrer"})
ROLES = CARE_ROLES | OFFICE_ROLES
# Roles whose holder looks across the teams of a programme.
PROGRAMME_WIDE = frozenset({"service_manager", "safeguarding_lead", "caldicott"})
# The sharing scope of somebody on a list that is still being taken in: nobody sees a part of a list.
HELD_BACK = "held_back"
# Who sees every case of their team, however little is shared: who runs it, and watches over confidentiality and safety.
RUNS_THE_CASE = frozenset(
    {"coordinator", "gp_lead", "team_manager", "service_manager", "safeguarding_lead", "caldicott"}
)
# Until a case has a team, these roles of its programme look after it.
INTAKE_ROLES = RUNS_THE_CASE | {"triage"}
MANAGERS = frozenset({"team_manager", "service_manager"})
# Who may be a person's named care coordinator: the key workers first, then any professional who works with people.
KEY_WORKER = "care_coordinator"
MAY_COORDINATE = frozenset({
    KEY_WORKER, "nurse", "social_worker", "pharmacist", "mh_practitioner", "therapist", "wellbeing_adviser",
    "social_prescriber",
})  # fmt: skip
# Who may do for a colleague on leave what is a key worker's: whoever works with people, or answers for those who do.
FOR_A_KEY_WORKER = CARE_ROLES - PARTNER_ROLES - {"coordinator", "caldicott"}

_CLINICAL = CARE_ROLES - {"caldicott"}
PERMISSIONS: dict[str, frozenset[str]] = {
    "inbox": CARE_ROLES,
    "case.see": CARE_ROLES,
    "case.act": _CLINICAL,
    "case.warn": CARE_ROLES,
    "case.death": frozenset({"coordinator", "care_coordinator", "gp_lead", "nurse", "team_manager", "service_manager"}),
    "case.end": frozenset({"coordinator", "care_coordinator", "gp_lead", "team_manager", "service_manager"}),
    "case.error": MANAGERS,
    "case.reallocate": MANAGERS,
    "case.undo_death": MANAGERS,
    "case.undo_withdrawal": MANAGERS,
    "document.amend": _CLINICAL,
    "letter.send": frozenset({"coordinator", "care_coordinator", "gp_lead", "team_manager", "service_manager"}),
    "referral.make": CARE_ROLES | {"referrer"},
    "case.start": frozenset({"coordinator", "triage", "team_manager", "service_manager"}),
    "diagram.publish": frozenset({"process_approver", "sysadmin"}),
    "list.import": frozenset({"coordinator", "triage", "gp_lead", "team_manager", "service_manager"}),
    "message.settle": frozenset({"coordinator", "team_manager", "service_manager"}),
    "outside.work": MANAGERS,
    "overdue.see": RUNS_THE_CASE,
    "reminders.count": MANAGERS,
    "agenda.see": MANAGERS | {"coordinator", "gp_lead", KEY_WORKER},
    "agenda.send": frozenset({"coordinator", "gp_lead"}),
    "audit.see": frozenset({"caldicott", "team_manager", "service_manager"}),
    "process.draft": frozenset({"process_editor", "service_manager"}),
    "process.see": CARE_ROLES | {"process_editor", "process_approver"},
    "process.work": frozenset({"process_editor", "process_approver", "service_manager"}),
    "programme.see": CARE_ROLES | OFFICE_ROLES,
    "programme.manage": frozenset({"service_manager", "sysadmin"}),
    "calendar.change": MANAGERS | {"sysadmin"},
    "rota.keep": MANAGERS | {"coordinator"},
    "staff.manage": frozenset({"sysadmin"}),
    "operations.see": frozenset({"sysadmin", "service_manager"}),
    "operations.mend": frozenset({"sysadmin", "service_manager"}),
    "account": ROLES,
}


@dataclass(frozen=True)
class Post:
    """A role held today, in one team or (without a team) across a programme."""

    role: str
    programme_id: UUID | None
    team_id: UUID | None


@dataclass(frozen=True)
class Actor:
    """Whoever acts: a member of staff with today's posts, another system, or the clock."""

    id: UUID | None
    name: str
    posts: tuple[Post, ...] = ()
    scopes: frozenset[str] | None = None  # None: a person; otherwise what a system's token allows
    covers: frozenset[UUID] = field(default=frozenset())  # colleagues on leave whose tasks come here
    works_for: str = ""  # the kind of organisation, where it is not the usual one of the roles

    @property
    def roles(self) -> frozenset[str]:
        """Every role held today."""
        return frozenset(post.role for post in self.posts)

    def sectors(self, role: str) -> frozenset[str]:
        """For which kinds of organisation the actor holds one of their roles."""
        return sectors_of(role, self.roles, self.works_for)


@dataclass(frozen=True)
class Circle:
    """Who may know of a case besides those who run it.

    `sectors`: the kinds of organisation agreed to. By name: `carrying`, who carries the case (its care coordinator, and
    who asked for sharing without consent); `recipients`, with whom it is shared without consent; `excluded`, whom the
    person does not want to see it. `held_back`: nobody at all, a list is still being taken in.
    """

    sectors: frozenset[str] = frozenset()
    carrying: frozenset[UUID] = frozenset()
    recipients: frozenset[UUID] = frozenset()
    excluded: frozenset[UUID] = frozenset()
    held_back: bool = False


CLOCK = Actor(None, "the clock")


def may(actor: Actor, permission: str) -> bool:
    """Say whether the actor holds a role that the permission names. An unknown permission is refused."""
    return bool(PERMISSIONS.get(permission, frozenset()) & actor.roles)


def may_in(actor: Actor, permission: str, programme_id: UUID) -> bool:
    """Say whether the actor may by a post in this programme, or by one for the whole service."""
    return any(
        post.role in PERMISSIONS[permission] and post.programme_id in (programme_id, None) for post in actor.posts
    )


def may_manage(actor: Actor, programme_id: UUID) -> bool:
    """Say whether the actor changes how this programme is set up."""
    return may_in(actor, "programme.manage", programme_id)


def may_see_case(actor: Actor, programme_id: UUID, team_id: UUID | None, circle: Circle) -> bool:
    """Say whether the actor may open a case: in its team or across teams, and within the circle it is shared with.

    Whoever is named in a decision to share without consent may open it from any team of the programme.
    """
    if _shut_out(actor, circle):
        return False
    reached = any(_reaches(actor, post, programme_id, team_id, circle) for post in actor.posts)
    return reached or _receives(actor, programme_id, circle)


def may_see_views(actor: Actor, programme_id: UUID, team_id: UUID | None, circle: Circle) -> bool:
    """Say whether the actor may ask who has looked at a case: by a post that watches over this very case."""
    if _shut_out(actor, circle):
        return False
    watching = PERMISSIONS["audit.see"]
    return any(post.role in watching and _reaches(actor, post, programme_id, team_id, circle) for post in actor.posts)


def works_on_case(actor: Actor, programme_id: UUID, team_id: UUID | None, circle: Circle) -> bool:
    """Say whether the actor sees a case as a colleague does: the whole of it, not the part a partner is shown.

    A recipient of what is shared without consent is shown the approved items only, so naming them does not do.
    """
    if _shut_out(actor, circle):
        return False
    posts = [post for post in actor.posts if post.role not in PARTNER_ROLES]
    return any(_reaches(actor, post, programme_id, team_id, circle) for post in posts)


def _shut_out(actor: Actor, circle: Circle) -> bool:
    return circle.held_back or actor.id in circle.excluded


def _receives(actor: Actor, programme_id: UUID, circle: Circle) -> bool:
    here = any(post.programme_id == programme_id and post.role in CARE_ROLES for post in actor.posts)
    return here and actor.id in circle.recipients


def _reaches(actor: Actor, post: Post, programme_id: UUID, team_id: UUID | None, circle: Circle) -> bool:
    if post.programme_id != programme_id or not _let_in(actor, post, circle):
        return False
    if post.role in PROGRAMME_WIDE:
        return True
    if team_id is None:
        return post.role in INTAKE_ROLES
    return post.team_id is None or post.team_id == team_id


def _let_in(actor: Actor, post: Post, circle: Circle) -> bool:
    """Whether a post lies within what is shared: it runs cases, carries this one, or its organisation was agreed to."""
    if post.role not in CARE_ROLES:
        return False
    if post.role in RUNS_THE_CASE or actor.sectors(post.role) & circle.sectors:
        return True
    return post.role not in PARTNER_ROLES and bool(circle.carrying & {actor.id, *actor.covers})


def may_see_sensitive(actor: Actor) -> bool:
    """Say whether the padlocked answers are shown: to clinical and social care roles, not to partners or clerks."""
    return bool(actor.roles & (CARE_ROLES - {"vcse_partner", "coordinator"}))


def holds_role(actor: Actor, role: str, programme_id: UUID, team_id: UUID | None) -> bool:
    """Say whether a task of this role (or one of several) and team lies in the actor's pool."""
    roles = each_of(role)
    return any(
        post.role in roles
        and post.programme_id == programme_id
        and (post.team_id is None or team_id is None or post.team_id == team_id)
        for post in actor.posts
    )


def may_do_task(actor: Actor, role: str, programme_id: UUID, team_id: UUID | None, assignee_id: UUID | None) -> bool:
    """Say whether the actor may complete a task: it is theirs, covered by them, or in their pool."""
    if assignee_id is None:
        return holds_role(actor, role, programme_id, team_id)
    covered = assignee_id in actor.covers and may_stand_in(actor, role, programme_id, team_id)
    return assignee_id == actor.id or covered


def may_stand_in(actor: Actor, role: str, programme_id: UUID, team_id: UUID | None) -> bool:
    """Say whether the actor may do what a colleague on leave was to do: covering for somebody lends nobody's authority.

    It has to be a step of one of their own roles (in the colleague's team, see `lent`), or a key worker's.
    """
    for_a_key_worker = KEY_WORKER in each_of(role) and programme_id in key_work_in(actor)
    return for_a_key_worker or holds_role(actor, role, programme_id, team_id)


def key_work_in(actor: Actor) -> frozenset[UUID]:
    """Return the programmes in which the actor may do a key worker's steps for a colleague on leave."""
    posts = (post for post in actor.posts if post.role in FOR_A_KEY_WORKER)
    return frozenset(post.programme_id for post in posts if post.programme_id is not None)


def lent(own: Iterable[Post], theirs: Iterable[Post]) -> Iterator[Post]:
    """Return the posts of colleagues on leave that come to their cover: of the roles that the cover holds as well."""
    held = {(post.role, post.programme_id) for post in own}
    return (post for post in theirs if (post.role, post.programme_id) in held)


def may_be_asked(actor: Actor, programme_id: UUID, circle: Circle) -> bool:
    """Say whether a task of the case may be put before the actor at all, even when the case is another team's.

    A team that is asked to take a case over needs the task and what goes with it, not the whole record.
    """
    if _shut_out(actor, circle):
        return False
    posts = [post for post in actor.posts if post.programme_id == programme_id]
    return _receives(actor, programme_id, circle) or any(_let_in(actor, post, circle) for post in posts)


def unshared_with(actor: Actor, programme_id: UUID, team_id: UUID | None, circle: Circle) -> bool:
    """Say whether it is only the limits of sharing that keep the actor from a case of their own team.

    They are told so. Somebody excluded by name is not among them: to them there is no such case.
    """
    if _shut_out(actor, circle) or may_see_case(actor, programme_id, team_id, circle):
        return False
    posts = [post for post in actor.posts if post.role not in PARTNER_ROLES]
    wide = Circle(sectors=frozenset().union(*(actor.sectors(post.role) for post in posts)))
    return any(_reaches(actor, post, programme_id, team_id, wide) for post in posts)


def may_reassign(
    actor: Actor, programme_id: UUID, team_id: UUID | None, assignee_id: UUID | None, stuck: bool = False
) -> bool:
    """Say whether the actor may hand a task over: its holder, or a manager of the team.

    A task that is `stuck` (nobody who could do it may see the case) may be handed on by whoever runs the case.
    """
    if assignee_id is not None and assignee_id == actor.id:
        return True
    roles = RUNS_THE_CASE if stuck else MANAGERS | {"coordinator"}
    return any(holds_role(actor, role, programme_id, team_id) for role in sorted(roles))
