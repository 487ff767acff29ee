"""Whose a message from outside is to open and to settle: those who may see the cases of whom it may be about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from workflows.casework.access import PERMISSIONS, PROGRAMME_WIDE, Post
from workflows.casework.message import SETTLED_BY_TWO

SETTLING = PERMISSIONS["message.settle"]
Posts = Mapping[UUID, Iterable[Post]]  # the settling posts of today, by who holds them


@dataclass(frozen=True)
class Named:
    """A case that a message may mean, and whom its person left out."""

    programme_id: UUID
    team_id: UUID | None
    left_out: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class About:
    """What of a message decides whose it is.

    `names`: for each name in it that somebody here has (an NHS number, a case number, a family name with a date of
    birth), the cases it may mean. `programme_id`: to which programme a referral is made.
    """

    type: str
    names: tuple[frozenset[Named], ...] = ()
    programme_id: UUID | None = None

    @property
    def needed(self) -> int:
        """How many it takes to settle it."""
        return 2 if self.type in SETTLED_BY_TWO else 1


def settlers(about: About, posts: Posts) -> frozenset[UUID]:
    """Return whose a message is. Where those who come first are too few to settle it, the next in turn have it too.

    Nobody has it whom a person that it names left out.
    """
    left_out = frozenset[UUID]().union(*(case.left_out for name in about.names for case in name))
    able = {staff: tuple(held) for staff, held in posts.items() if staff not in left_out}
    found: frozenset[UUID] = frozenset()
    for share in IN_TURN:
        found |= {staff for staff, held in able.items() if share(about, held)}
        if len(found) >= about.needed:
            break
    return found


def _see_all(about: About, held: tuple[Post, ...]) -> bool:
    """They may see a case under each name; a name that nobody here has keeps nobody out."""
    to_theirs = about.programme_id is None or any(post.programme_id == about.programme_id for post in held)
    return to_theirs and all(_any(_reaches, name, held) for name in about.names)


def _see_one(about: About, held: tuple[Post, ...]) -> bool:
    return any(_any(_reaches, name, held) for name in about.names)


def _work_near(about: About, held: tuple[Post, ...]) -> bool:
    """They work in the programme, if in another team."""
    return any(_any(_of_programme, name, held) for name in about.names)


def _settle_anything(_about: About, _held: tuple[Post, ...]) -> bool:
    return True


IN_TURN: tuple[Callable[[About, tuple[Post, ...]], bool], ...] = (_see_all, _see_one, _work_near, _settle_anything)


def _any(holds: Callable[[Post, Named], bool], name: frozenset[Named], held: tuple[Post, ...]) -> bool:
    return any(holds(post, case) for case in name for post in held)


def _reaches(post: Post, case: Named) -> bool:
    """Whether a settling post opens a case: every role that settles messages runs the cases of its place."""
    everywhere = post.role in PROGRAMME_WIDE or None in (post.team_id, case.team_id)
    return _of_programme(post, case) and (everywhere or post.team_id == case.team_id)


def _of_programme(post: Post, case: Named) -> bool:
    return post.programme_id == case.programme_id
