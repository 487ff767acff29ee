"""The people who work in the service, the posts they hold, and who covers for them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.casework.base import Base, Witnessed, new_id
from workflows.casework.dated import Dated
from workflows.casework.ladder import AT_ONCE
from workflows.casework.programme import Team
from workflows.casework.ways import EMAIL, TEXT

EMAIL_ADDRESS = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s,;]+")


class StaffMember(Base, Witnessed):
    """Somebody with an account."""

    __tablename__ = "staff_member"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    email: Mapped[str] = mapped_column(unique=True)
    profession: Mapped[str] = mapped_column(default="")
    works_for: Mapped[str] = mapped_column(default="")  # a kind of organisation; empty: the usual one of the posts
    password_hash: Mapped[str] = mapped_column(default="")
    session_stamp: Mapped[int] = mapped_column(default=0)  # raised to end every session of this person
    active: Mapped[bool] = mapped_column(default=True)
    mobile: Mapped[str] = mapped_column(default="")  # for texts, +447911123456; empty: they get none
    at_once_by: Mapped[str] = mapped_column(default=EMAIL)  # by which ways they are told at once, such as "email text"
    daily_by: Mapped[str] = mapped_column(default=EMAIL)  # and in the morning; empty: the list in the service will do
    posts: Mapped[list[Membership]] = relationship(back_populates="staff", lazy="select")

    def posts_on(self, day: date) -> list[Membership]:
        """Return the posts held on the day."""
        return [post for post in self.posts if post.counts_on(day)]

    def works_in(self, programme_id: UUID, day: date) -> bool:
        """Say whether anything of a programme may be asked of them: the account is in use, and a post there counts."""
        return self.active and any(post.programme_id == programme_id for post in self.posts_on(day))

    def work_for(self, sector: str) -> None:
        """Say for which kind of organisation they work; empty: for the usual one of their posts."""
        self.works_for = sector
        self.happened("account organisation changed", name=self.name, works_for=sector or "as their posts say")

    def ways(self, pace: str, allowed: Sequence[str], texts: bool) -> tuple[str, ...]:
        """Return by which ways they are told of a rung: what they chose, as far as the ladder allows it.

        At once they are always told by one at least, and so is whoever chose only a way that this rung does not go.
        texts: whether this service sends any.
        """
        chosen = (self.at_once_by if pace == AT_ONCE else self.daily_by).split()
        if not chosen and pace != AT_ONCE:
            return ()
        found = tuple(way for way in chosen if way in allowed and (way != TEXT or (texts and self.mobile)))
        return found or (EMAIL,)

    def be_told(self, at_once: Sequence[str], daily: Sequence[str], mobile: str) -> None:
        """Be told by these ways from now on; the number stays out of the trail."""
        self.at_once_by, self.daily_by, self.mobile = " ".join(at_once), " ".join(daily), mobile
        self.happened("account told by", at_once=self.at_once_by, daily=self.daily_by or "the list in the service")

    def change_password(self, password_hash: str) -> None:
        """Set a new password and end every session."""
        self.password_hash = password_hash
        self.session_stamp += 1
        self.happened("password changed")


class Membership(Base, Witnessed, Dated):
    """A role held by a person in a team (or, without a team, in the whole programme), with dates."""

    __tablename__ = "membership"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"), index=True)
    programme_id: Mapped[UUID | None] = mapped_column(ForeignKey("programme.id"), index=True)
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("team.id"), index=True)
    role: Mapped[str] = mapped_column(index=True)
    staff: Mapped[StaffMember] = relationship(back_populates="posts")
    team: Mapped[Team | None] = relationship(lazy="joined")


class Absence(Base, Witnessed):
    """Planned leave, and who covers."""

    __tablename__ = "absence"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"), index=True)
    cover_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    read_at: Mapped[datetime | None]  # when whoever was away had read what happened meanwhile

    def covered_by(self, cover: StaffMember | None) -> None:
        """Let somebody else cover from now on; None: nobody."""
        self.cover_id = cover.id if cover else None
        self.happened("cover changed", to=cover.name if cover else "nobody")

    def read(self, now: datetime) -> None:
        """Note that they have read what happened while they were away."""
        self.read_at = self.read_at or now
        self.happened("read what happened while away")


class PasswordReset(Base, Witnessed):
    """A time-limited link to choose a new password; only its hash is kept."""

    __tablename__ = "password_reset"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"), index=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class BrowserSession(Base):
    """One browser in which somebody is signed in, from then until they sign out; the trail tells of both."""

    __tablename__ = "browser_session"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"), index=True)
    stamp: Mapped[int]  # of its person at that time: raised since, it has ended
    began_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]


class SignInAttempt(Base):
    """A sign-in that failed, kept for throttling only. `who` is a keyed hash of the address typed."""

    __tablename__ = "sign_in_attempt"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    who: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(index=True)


class ApiToken(Base, Witnessed):
    """A key for another system, with scopes and a last day; only its hash is kept."""

    __tablename__ = "api_token"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"), index=True)
    name: Mapped[str]
    token_hash: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[list[str]] = mapped_column(default=list)
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class IdempotencyKey(Base):
    """The answer once given to a request, so that the same request asked again gets the same answer."""

    __tablename__ = "idempotency_key"
    __table_args__ = (UniqueConstraint("token_id", "key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    token_id: Mapped[UUID] = mapped_column(ForeignKey("api_token.id"))
    key: Mapped[str]
    request_hash: Mapped[str]
    status: Mapped[int]  # 0 while the first request is still being answered
    body: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[datetime]


class SentPage(Base):
    """A page that was acted on: sent again with the same content it is answered as it was, and nothing is done."""

    __tablename__ = "sent_page"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(unique=True)  # a hash of who sent which page with what in it
    address: Mapped[str] = mapped_column(default="")  # where its sender was led
    said: Mapped[list[str]] = mapped_column(default=list)  # and what was said there
    at: Mapped[datetime] = mapped_column(index=True)


class SavedFilter(Base):
    """A way of looking at the inbox that somebody gave a name."""

    __tablename__ = "saved_filter"
    __table_args__ = (UniqueConstraint("staff_id", "name"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"), index=True)
    name: Mapped[str]
    query: Mapped[str]


class Watch(Base):
    """Somebody keeps an eye on a case."""

    __tablename__ = "watch"
    __table_args__ = (UniqueConstraint("staff_id", "case_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"), index=True)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
