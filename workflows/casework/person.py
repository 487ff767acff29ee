"""The person receiving care, and who they are to the record."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from workflows.casework.base import Base, Witnessed, new_id


def age_on(dob: date, on: date) -> int:
    """Return the age in whole years. Somebody born on 29 February comes of age on 1 March (England)."""
    return on.year - dob.year - ((on.month, on.day) < (dob.month, dob.day))


class Person(Base, Witnessed):
    """Somebody referred or nominated. Until their identity is settled the row is provisional."""

    __tablename__ = "person"
    __table_args__ = (
        Index("ix_person_names", "family_name", "given_name", "preferred_name", "id"),  # all that a search reads
        Index(
            "uq_person_confirmed_nhs_number",
            "nhs_number",
            unique=True,
            sqlite_where=text("confirmed = 1 AND nhs_number IS NOT NULL"),
            postgresql_where=text("confirmed AND nhs_number IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    nhs_number: Mapped[str | None] = mapped_column(index=True)
    confirmed: Mapped[bool] = mapped_column(default=False)
    family_name: Mapped[str]
    given_name: Mapped[str]
    preferred_name: Mapped[str] = mapped_column(default="")
    dob: Mapped[date | None]
    practice_code: Mapped[str] = mapped_column(default="")
    deceased_on: Mapped[date | None]
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)  # address, phone, language, comm_needs ...
    identifiers: Mapped[list[PersonIdentifier]] = relationship(back_populates="person")

    @property
    def name(self) -> str:
        """The name as said: given name, family name."""
        return f"{self.preferred_name or self.given_name} {self.family_name}".strip()

    @property
    def initials(self) -> str:
        """Initials for lists that strangers may glance at."""
        return ". ".join(part[0] for part in (self.given_name, self.family_name) if part) + "."

    @property
    def dead(self) -> bool:
        """Whether a death is recorded: nothing may be sent to them."""
        return self.deceased_on is not None

    def age(self, on: date) -> int | None:
        """Return the age in whole years on the day `on`; None when the date of birth is not known."""
        return None if self.dob is None else age_on(self.dob, on)

    def confirm(self, now: datetime) -> None:
        """Settle that this row is a person of their own."""
        self.confirmed = True
        if self.nhs_number:
            self.identifiers.append(PersonIdentifier(value=self.nhs_number, known_from=now))
        self.happened("person confirmed")

    def give_way(self) -> None:
        """Set this record aside for another one of the same person: nobody is found under it any more."""
        self.confirmed = False
        self.happened("record set aside for another of the same person")

    def stand_again(self) -> None:
        """Take it back that this record gave way to another."""
        self.confirmed = True
        self.happened("record stands again")

    def record_death(self, on: date) -> None:
        """Record the date of death."""
        self.deceased_on = on
        self.happened("death recorded", on=on.isoformat())

    def undo_death(self) -> None:
        """Take a mistaken death notice back."""
        self.deceased_on = None
        self.happened("death record taken back")

    def audited_case(self) -> UUID | None:
        """A person's own changes stand in the office trail unless told through a case."""
        return None


class PersonIdentifier(Base):
    """An NHS number the person has or had: it may change in life.

    `known_to`: until when it stood in another record of theirs, which was joined with this one then.
    """

    __tablename__ = "person_identifier"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    value: Mapped[str] = mapped_column(index=True)
    known_from: Mapped[datetime]
    known_to: Mapped[datetime | None]
    person: Mapped[Person] = relationship(back_populates="identifiers")


class IdentityJoin(Base, Witnessed):
    """That a case was given to somebody we knew already, and what its referral had said of the person.

    What was said is set aside, never deleted: whoever finds the join wrong can take it back. `whole_record`: what was
    set aside was a record of its own, known as long as the other; all its cases came over at that moment.
    """

    __tablename__ = "identity_join"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    case_id: Mapped[UUID] = mapped_column(ForeignKey("case.id"), index=True)
    known_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    set_aside_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    joined_at: Mapped[datetime]
    taken_back_at: Mapped[datetime | None]
    whole_record: Mapped[bool] = mapped_column(default=False)

    def take_back(self, now: datetime) -> None:
        """Note that the join was wrong."""
        self.taken_back_at = now
        self.happened("join taken back")
