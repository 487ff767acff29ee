"""What comes too late to be carried out as it stands: somebody looks whether it still holds."""

from __future__ import annotations

from sqlalchemy import select

from forms.days import long_date
from workflows.actions.delivery import Park
from workflows.casework.care import HospitalEpisode
from workflows.casework.case import Case
from workflows.casework.message import Message
from workflows.clock import london_day
from workflows.desk import Work
from workflows.storage import cases

CONSENT, CONVERSATION = frozenset({"consent_withdrawn", "consent_changed"}), "F05"
# Of these the newest holds: an older one that comes after it would undo what is known by now.
OVERTAKEN = (CONSENT, frozenset({"gp_changed", "moved"}), frozenset({"service_update"}))
# These are about the case as it stands: what was before it began is no news of it.
HOSPITAL = frozenset({"hospital_admission", "hospital_discharge"})
OF_THIS_CASE = frozenset({"referrer_reply"}).union(HOSPITAL, *OVERTAKEN)


def refuse_what_comes_late(work: Work, case: Case, message: Message) -> None:
    """Park what happened before the case was opened, or before what we were told of the same since.

    A death, danger, and a use of A&E, 111 or an ambulance are heard however late they come. Days are compared, for
    few know the minute.
    """
    happened = london_day(message.occurred_at)
    if (
        message.type in OF_THIS_CASE
        and happened < london_day(case.opened_at)
        and not _of_a_known_stay(work, case, message)
    ):
        raise Park(
            f"It happened on {long_date(happened)}, before this case was opened. If it still holds, record it by hand."
        )
    if message.type in CONSENT:
        talked = cases.newest_document(work.session, case.id, CONVERSATION)
        if talked is not None and happened < london_day(talked.completed_at):
            raise Park(
                f"It happened on {long_date(happened)}. The person was asked since, on "
                f"{long_date(london_day(talked.completed_at))}, and what they said then stands. "
                "Look whether this still holds."
            )
    for alike in OVERTAKEN:
        if message.type in alike and _told_since(work, message, alike):
            raise Park("Something newer was told of the same since. Look whether this still holds.")


def _of_a_known_stay(work: Work, case: Case, message: Message) -> bool:
    """Whether it tells of a stay in hospital that we know of, in which somebody was when they were referred."""
    stays = cases.of_case(work.session, HospitalEpisode, case.id) if message.type in HOSPITAL else ()
    return any(stay.discharged_at is None or stay.discharged_at >= message.occurred_at for stay in stays)


def _told_since(work: Work, message: Message, alike: frozenset[str]) -> bool:
    newer = select(Message.payload).where(
        Message.nhs_number == message.nhs_number,
        Message.type.in_(alike),
        Message.status == "delivered",
        Message.occurred_at > message.occurred_at,
    )
    about = ("case_number", "referral")
    mine = [message.payload.get(name) for name in about]
    return any(mine == [said.get(name) for name in about] for said in work.session.scalars(newer))
