"""What is said to somebody with an account and no role: why nothing opens, since or until when, and whom to ask."""

from __future__ import annotations

from uuid import UUID

from webapp.wording import day
from workflows.casework.errors import NoRoleYet
from workflows.desk import Desk
from workflows.questions import people


def no_role_yet(desk: Desk, staff_id: UUID) -> NoRoleYet:
    """Return the sentence for whoever sits at the desk, as the refusal it is."""
    posts = people.member_record(desk, staff_id).member.posts
    coming = [post for post in posts if post.valid_from and post.valid_from > desk.today]
    if coming:
        first = min(coming, key=lambda post: (post.valid_from or desk.today, post.named))
        place = f" in {first.team}" if first.team else ""
        begins = f"Your role, {first.named}{place}, begins on {day(first.valid_from)}."
        return NoRoleYet(f"{begins} {_ask(desk, 'If that is wrong')}")
    why = "Your role has ended" if posts else "Your account works, but nobody has given you a role yet"
    return NoRoleYet(f"{why}: that is why no page opens for you. {_ask(desk, 'For a role')}")


def _ask(desk: Desk, what_for: str) -> str:
    names = people.administrators(desk)
    who = f"a system administrator ({', '.join(names)})" if names else "a system administrator"
    return f"{what_for}, ask your manager or {who}. It counts at once: you need not sign in again."
