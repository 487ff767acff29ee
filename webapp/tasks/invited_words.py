"""What is told once invitations to a meeting have gone: to whom, and who is still to be told by somebody."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from flask import url_for
from markupsafe import Markup

from webapp.actor import desk
from webapp.letters.presenters import recipient_words
from workflows.questions.invited import Invited, invited


def invited_line(task_id: UUID) -> Markup:
    """Say what became of the invitations, where a completed task sent any."""
    told = invited(desk(), task_id)
    return Markup(" ") + invited_words(told) if told else Markup()


def invited_words(told: Invited) -> Markup:
    """Say who got an email, who is to be told by phone or post, and who was not invited."""
    mailed = [*told.by_mail, *(["the referrer"] if told.to_referrer else [])]
    by_hand = [recipient_words(one) for one in told.by_hand]
    # Who works elsewhere and is left out stands among those the case is not shared with already.
    kept = [*told.not_shared, *(recipient_words(one) for one in told.held_back if ":" not in one)]
    return Markup(" ").join(
        [
            _line("Invited by email", mailed) or Markup("Nobody was invited by email."),
            *([_by_hand(by_hand, told.case_number)] if by_hand else []),
            *([_line("Not invited, as the case is not shared with them", kept)] if kept else []),
            *([_line("Nobody in the team holds this role", told.nobody)] if told.nobody else []),
        ]
    )


def _by_hand(whom: Iterable[str], number: str) -> Markup:
    address = url_for("letters.of_case", number=number)
    return Markup('Still to be told by phone or post: {}. <a href="{}">See its letters</a>.').format(
        ", ".join(whom), address
    )


def _line(what: str, whom: Iterable[str]) -> Markup:
    names = ", ".join(whom)
    return Markup("{}: {}.").format(what, names) if names else Markup()
