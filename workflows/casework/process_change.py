"""A change of the process: diagrams and tables that editors work on together, sent for approval as a whole."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.casework.access import Actor
from workflows.casework.base import Base, Witnessed, new_id
from workflows.casework.errors import NotAllowed, OutOfDate, RuleBroken

DRAFTING, SENT, SENT_BACK, PUBLISHED, WITHDRAWN = "drafting", "sent", "sent_back", "published", "withdrawn"
BEING_EDITED = frozenset({DRAFTING, SENT_BACK})
UNDER_WAY = BEING_EDITED | {SENT}
HOLD = timedelta(minutes=5)  # how long a model stays in the hands of whoever saved it last
KEPT_SAVES = 50  # of one model, to go back to
_NO_LONGER = {
    SENT: "This change was sent for approval. Take it back to go on with it.",
    PUBLISHED: "This change was published. Begin a new one.",
    WITHDRAWN: "This change was withdrawn. Begin a new one.",
}


class Place(NamedTuple):
    """Where a model of a change is found. kind: bpmn, a diagram, or dmn, a decision table."""

    change_id: UUID
    kind: str
    key: str

    @property
    def name(self) -> str:
        """As a release names it: bpmn:intake."""
        return f"{self.kind}:{self.key}"

    @property
    def file(self) -> str:
        """The name of the file that holds it: intake.bpmn."""
        return f"{self.key}.{self.kind}"


class ChangedMeanwhile(OutOfDate):
    """Somebody else saved the model since, or has taken it over. What was sent now is kept beside it, as `copy_id`."""

    def __init__(self, by: str, at: datetime, mark: int, copy_id: UUID, saved: bool) -> None:
        done = "saved another version meanwhile" if saved else "has taken this over"
        super().__init__(f"{by} {done}. Yours is kept beside it: nothing is lost.")
        self.by, self.at, self.mark, self.copy_id, self.saved = by, at, mark, copy_id, saved


class InOtherHands(OutOfDate):
    """Somebody else is editing the model, until they have not saved for some minutes."""

    def __init__(self, by: str, until: datetime) -> None:
        super().__init__(f"{by} is editing this now. You can take it over; what they have is kept.")
        self.by, self.until = by, until


class ProcessChange(Base, Witnessed):
    """One change of the process, from the first idea to the release that holds it."""

    __tablename__ = "process_change"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    title: Mapped[str]
    why: Mapped[str] = mapped_column(default="")
    status: Mapped[str] = mapped_column(default=DRAFTING, index=True)
    began_from: Mapped[int]  # the number of the release that the models are compared with
    released_as: Mapped[int | None]  # the number of the release that it became
    opened_by: Mapped[str]
    opened_at: Mapped[datetime]
    sent_by: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    comment: Mapped[str] = mapped_column(default="")  # of whoever sent it back, published or withdrew it
    version: Mapped[int] = mapped_column(default=1)

    models: Mapped[list[ChangedModel]] = relationship(
        order_by="ChangedModel.kind, ChangedModel.key", cascade="all, delete-orphan", back_populates="change"
    )
    editors: Mapped[list[ChangeEditor]] = relationship(order_by="ChangeEditor.id", cascade="all, delete-orphan")

    __mapper_args__ = {"version_id_col": version}

    def edited_by(self, staff_id: UUID | None) -> bool:
        """Whether somebody has had a hand in it; who has never approves it."""
        return any(editor.staff_id == staff_id for editor in self.editors)

    def touched(self, actor: Actor, now: datetime) -> None:
        """Count somebody among its editors, for good."""
        if actor.id is None:
            raise NotAllowed("Only a member of staff who has signed in changes the process.")
        if not self.edited_by(actor.id):
            self.editors.append(ChangeEditor(staff_id=actor.id, name=actor.name, since=now))

    def refuse_unless_edited(self) -> None:
        """Refuse to change what was sent, published or withdrawn."""
        if self.status not in BEING_EDITED:
            raise RuleBroken(_NO_LONGER[self.status])

    def send(self, why: str, by: str, now: datetime, seals: dict[str, str]) -> None:
        """Send it for approval. seals: by model, the SHA-256 of what was sent."""
        self.refuse_unless_edited()
        self.status, self.why, self.sent_by, self.sent_at = SENT, why, by, now
        self.decided_by, self.decided_at, self.comment = None, None, ""
        self.happened("change sent", title=self.title, why=why, models=seals)

    def take_back(self) -> None:
        """Take it back from approval, to go on with it."""
        self.refuse_unless_sent()
        self.status, self.sent_by, self.sent_at = DRAFTING, None, None
        self.happened("change taken back", title=self.title)

    def send_back(self, comment: str, by: str, now: datetime) -> None:
        """Give it back to its editors with what is to be done."""
        self.refuse_unless_sent()
        self.status, self.decided_by, self.decided_at, self.comment = SENT_BACK, by, now, comment
        self.happened("change sent back", title=self.title, comment=comment)

    def became(self, release: int, by: str, now: datetime, comment: str = "") -> None:
        """Say that it was published, as which release."""
        self.refuse_unless_sent()
        self.status, self.released_as = PUBLISHED, release
        self.decided_by, self.decided_at, self.comment = by, now, comment
        self.happened("change published", title=self.title, release=release)

    def withdraw(self, comment: str, by: str, now: datetime) -> None:
        """Give it up; it stays to be read."""
        if self.status not in UNDER_WAY:
            raise RuleBroken(_NO_LONGER[self.status])
        self.status, self.decided_by, self.decided_at, self.comment = WITHDRAWN, by, now, comment
        self.happened("change withdrawn", title=self.title, why=comment)

    def refuse_unless_sent(self) -> None:
        """Refuse to decide about what waits for no decision."""
        if self.status != SENT:
            raise RuleBroken("This change is not waiting for approval any more.")


class ChangeEditor(Base):
    """Somebody who had a hand in a change."""

    __tablename__ = "change_editor"
    __table_args__ = (UniqueConstraint("change_id", "staff_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    change_id: Mapped[UUID] = mapped_column(ForeignKey("process_change.id"))
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff_member.id"), index=True)
    name: Mapped[str]
    since: Mapped[datetime]


class ChangedModel(Base):
    """One diagram or table within a change, as it stands; its saves say who wrote what."""

    __tablename__ = "changed_model"
    __table_args__ = (UniqueConstraint("change_id", "kind", "key"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    change_id: Mapped[UUID] = mapped_column(ForeignKey("process_change.id"))
    kind: Mapped[str]
    key: Mapped[str]
    base_version_id: Mapped[UUID | None] = mapped_column(ForeignKey("model_version.id"))  # None: a new one
    xml: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    mark: Mapped[int] = mapped_column(default=1)  # grows with each save
    edited_by: Mapped[str]
    edited_at: Mapped[datetime]
    held_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))
    held_by: Mapped[str] = mapped_column(default="")
    held_until: Mapped[datetime | None]

    change: Mapped[ProcessChange] = relationship(back_populates="models")
    saves: Mapped[list[ModelSave]] = relationship(order_by="ModelSave.id", cascade="all, delete-orphan")

    @property
    def place(self) -> Place:
        """Where it is found."""
        return Place(self.change_id, self.kind, self.key)

    def in_other_hands(self, actor: Actor, now: datetime) -> InOtherHands | None:
        """Return who else is editing it at this instant."""
        held = self.held_until is not None and self.held_until > now and self.held_by_id != actor.id
        return InOtherHands(self.held_by, self.held_until) if held and self.held_until else None

    def hold(self, actor: Actor, now: datetime) -> None:
        """Keep it in somebody's hands for some minutes more; from when they begin, the trail says so."""
        taken_from = self.in_other_hands(actor, now)
        goes_on = self.held_by_id == actor.id and self.held_until is not None and self.held_until > now
        self.held_by_id, self.held_by, self.held_until = actor.id, actor.name, now + HOLD
        self.change.touched(actor, now)
        if taken_from:
            self.change.happened("change taken over", model=self.place.name, before=taken_from.by)
        elif not goes_on:
            self.change.happened("change edited", model=self.place.name)

    def let_go(self) -> None:
        """Leave it to whoever comes next."""
        self.held_by_id, self.held_by, self.held_until = None, "", None

    def keep(self, xml: bytes, actor: Actor, now: datetime) -> int:
        """Put another content in place of the present one; returns its mark. The oldest saves go."""
        self.hold(actor, now)
        self.xml, self.mark, self.edited_by, self.edited_at = xml, self.mark + 1, actor.name, now
        self.saves.append(ModelSave(mark=self.mark, xml=xml, by=actor.name, by_id=actor.id, at=now))
        for old in [save for save in self.saves if not save.aside][:-KEPT_SAVES]:
            self.saves.remove(old)
        return self.mark

    def put_aside(self, xml: bytes, seen: int, actor: Actor, now: datetime) -> ModelSave:
        """Keep beside it what somebody wrote on an older version; what they send again from there takes its place."""
        copy = next((one for one in self.saves if one.aside and (one.by_id, one.mark) == (actor.id, seen)), None)
        if copy is None:
            copy = ModelSave(id=new_id(), mark=seen, by=actor.name, by_id=actor.id, aside=True)
            self.saves.append(copy)
        copy.xml, copy.at = xml, now
        self.change.touched(actor, now)
        self.change.happened("change kept beside", model=self.place.name, mark=self.mark)
        return copy


class ModelSave(Base):
    """What somebody saved of a model. mark: of the save; aside: on which it was written, beside what others saved."""

    __tablename__ = "model_save"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    model_id: Mapped[UUID] = mapped_column(ForeignKey("changed_model.id"), index=True)
    mark: Mapped[int]
    xml: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    by: Mapped[str]
    by_id: Mapped[UUID | None] = mapped_column(ForeignKey("staff_member.id"))
    at: Mapped[datetime]
    aside: Mapped[bool] = mapped_column(default=False)
