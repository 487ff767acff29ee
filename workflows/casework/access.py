"""Who may see or do what. Pure questions, deny by default: what is not named here is not allowed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from uuid import UUID

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
# Until a case has a team, these roles of its programme look after it.
INTAKE_ROLES = frozenset(
    {"coordinator", "triage", "gp_lead", "team_manager", "service_manager", "safeguarding_lead", "caldicott"}
)
# The sharing scope of somebody on a list that is still being taken in: nobody sees a part of a list.
HELD_BACK = "held_back"
# The reach of a case that partner organisations may see: the person agreed to share with the voluntary sector.
WITH_PARTNERS = "partners"
# Professional roles that count as care professionals when sharing goes no further.
NOT_CARE_PROFESSIONALS = frozenset({"vcse_partner"})
MANAGERS = frozenset({"team_manager", "service_manager"})
# Who may be a person's named care coordinator: the key workers first, then any professional who works with people.
KEY_WORKER = "care_coordinator"
MAY_COORDINATE = frozenset(
    {
        KEY_WORKER,
        "nurse",
        "social_worker",
        "pharmacist",
        "mh_practitioner",
        "therapist",
        "wellbeing_adviser",
        "social_prescriber",
    }
)

_CLINICAL = CARE_ROLES - {"caldicott"}
PERMISSIONS: dict[str, frozenset[str]] = {
    "inbox": CARE_ROLES,
    "case.see": CARE_ROLES,
    "case.act": _CLINICAL,
    "case.death": frozenset({"coordinator", "care_coordinator", "gp_lead", "nurse", "team_manager", "service_manager"}),
    "case.end": frozenset({"coordinator", "care_coordinator", "gp_lead", "team_manager", "service_manager"}),
    "case.error": MANAGERS,
    "case.undo_death": MANAGERS,
    "document.amend": _CLINICAL,
    "letter.send": frozenset({"coordinator", "care_coordinator", "gp_lead", "team_manager", "service_manager"}),
    "referral.make": CARE_ROLES | {"referrer"},
    "case.start": frozenset({"coordinator", "triage", "team_manager", "service_manager"}),
    "diagram.publish": frozenset({"process_approver", "sysadmin"}),
    "list.import": frozenset({"coordinator", "triage", "gp_lead", "team_manager", "service_manager"}),
    "message.settle": frozenset({"coordinator", "team_manager", "service_manager"}),
    "audit.see": frozenset({"caldicott", "service_manager"}),
    "process.see": CARE_ROLES | {"process_editor", "process_approver"},
    "programme.see": CARE_ROLES | OFFICE_ROLES,
    "programme.manage": frozenset({"service_manager", "sysadmin"}),
    "staff.manage": frozenset({"sysadmin"}),
    "operations.see": frozenset({"sysadmin", "service_manager"}),
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

    @property
    def roles(self) -> frozenset[str]:
        """Every role held today."""
        return frozenset(post.role for post in self.posts)


CLOCK = Actor(None, "the clock")


def may(actor: Actor, permission: str) -> bool:
    """Say whether the actor holds a role that the permission names. An unknown permission is refused."""
    return bool(PERMISSIONS.get(permission, frozenset()) & actor.roles)


def may_manage(actor: Actor, programme_id: UUID) -> bool:
    """Say whether the actor changes how this programme is set up: by a post in it, or by one for the whole service."""
    managing = PERMISSIONS["programme.manage"]
    return any(post.role in managing and post.programme_id in (programme_id, None) for post in actor.posts)


def may_see_case(
    actor: Actor, programme_id: UUID, team_id: UUID | None, excluded: Collection[UUID], scope: str
) -> bool:
    """Say whether the actor may open a case.

    `excluded` are the staff the person does not want to see the record; `scope` is how far it reaches (`Case.reach`).
    """
    if actor.id in excluded:
        return False
    return any(_reaches(post, programme_id, team_id, scope) for post in actor.posts)


def _reaches(post: Post, programme_id: UUID, team_id: UUID | None, scope: str) -> bool:
    if post.programme_id != programme_id or post.role not in CARE_ROLES or scope == HELD_BACK:
        return False
    if post.role in NOT_CARE_PROFESSIONALS and scope != WITH_PARTNERS:
        return False
    if post.role in PROGRAMME_WIDE:
        return True
    if team_id is None:
        return post.role in INTAKE_ROLES
    return post.team_id is None or post.team_id == team_id


def may_see_sensitive(actor: Actor) -> bool:
    """Say whether the padlocked answers are shown: to clinical and social care roles, not to partners or clerks."""
    return bool(actor.roles & (CARE_ROLES - {"vcse_partner", "coordinator"}))


def holds_role(actor: Actor, role: str, programme_id: UUID, team_id: UUID | None) -> bool:
    """Say whether a task of this role and team lies in the actor's pool."""
    return any(
        post.role == role
        and post.programme_id == programme_id
        and (post.team_id is None or team_id is None or post.team_id == team_id)
        for post in actor.posts
    )


def may_do_task(actor: Actor, role: str, programme_id: UUID, team_id: UUID | None, assignee_id: UUID | None) -> bool:
    """Say whether the actor may complete a task: it is theirs, covered by them, or in their pool."""
    if assignee_id is not None:
        return assignee_id == actor.id or assignee_id in actor.covers
    return holds_role(actor, role, programme_id, team_id)


def may_be_asked(actor: Actor, excluded: Collection[UUID], scope: str) -> bool:
    """Say whether a task of the case may be put before the actor at all, even when the case is another team's.

    An action's owner or a team that takes a case over needs the task, not the whole record.
    """
    if actor.id in excluded or scope == HELD_BACK:
        return False
    partner = not actor.roles - NOT_CARE_PROFESSIONALS
    return scope == WITH_PARTNERS or not partner


def may_reassign(actor: Actor, programme_id: UUID, team_id: UUID | None, assignee_id: UUID | None) -> bool:
    """Say whether the actor may hand a task over: its holder, or a manager of the team."""
    if assignee_id is not None and assignee_id == actor.id:
        return True
    return any(holds_role(actor, role, programme_id, team_id) for role in ("coordinator", *sorted(MANAGERS)))
