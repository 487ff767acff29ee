"""Which referrals are open in a browser, and which of them a page is about: nothing of one goes into another."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import g, request, session
from itsdangerous import BadSignature

from webapp import rescue
from webapp.referrals.room import room
from webapp.sent_forms import DRAFT_TOKEN
from workflows.casework.errors import NotFound

PURPOSE = "part of a referral"
MOST = 10  # of each kind: what a browser keeps has little room
PAGES = ("code", "section", "save_section", "autosave_section", "not_eligible", "check_all", "send_all", "sent_all",
         "leave", "status", "answer")  # fmt: skip
OF_ONE = frozenset(f"referrals.{page}" for page in PAGES)


@dataclass(frozen=True)
class Shelf:
    """What a browser's session holds of several referrals, by reference, the newest last."""

    name: str
    nothing: str  # what is said when the referral of a page is not there

    def put(self, reference: str, held: Any) -> None:
        """Hold something of a referral."""
        others = [each for each in self._all() if each[0] != reference]
        session[self.name] = [*others, [reference, held]][-MOST:]

    def drop(self, reference: str) -> None:
        """Hold it no longer."""
        session[self.name] = [each for each in self._all() if each[0] != reference]

    def get(self, reference: str) -> Any:
        """Return what is held of a referral; None when that is nothing."""
        return next((held for name, held in self._all() if name == reference), None)

    def of_page(self) -> tuple[str, Any]:
        """Return the reference of the page's referral, and what is held of it; every link stays with it then."""
        reference = page_reference() or next((name for name, _ in reversed(self._all())), "")
        held = self.get(reference)
        if held is None:
            raise NotFound(self.nothing)
        g.referral = reference
        return reference, held

    def _all(self) -> list[tuple[str, Any]]:
        found: list[tuple[str, Any]] = session.get(self.name, [])
        return found


DRAFTS = Shelf(
    "referral_drafts", "No referral is open in this browser. Come back with your reference and code, or begin anew."
)
SENT = Shelf("referrals_sent", "No referral was sent from this browser.")
STATUSES = Shelf("referral_statuses", "Open your referral with its reference and code first.")


def page_reference() -> str:
    """Return the reference that the page itself says: of the form that was sent, or in the address."""
    signed = part_of_page()
    return signed[0] if signed else request.args.get("referral", "")


def part_of_page(longest: int | None = None) -> tuple[str, str] | None:
    """Return of which referral and which part the form is that was sent, if it says so and is not too old."""
    try:
        reference, part = rescue.signer(PURPOSE).loads(request.form.get(DRAFT_TOKEN, ""), max_age=longest)
    except (BadSignature, ValueError):
        return None
    return reference, part


def referral_token(part: str) -> str:
    """Sign which part of which referral a page is. It opens nothing: to read the referral takes its code."""
    return rescue.signer(PURPOSE).dumps([g.referral, part])


@room.url_defaults
def _stay_with_the_referral(endpoint: str, values: dict[str, Any]) -> None:
    """Let every page of a referral lead to the others of the same one."""
    if endpoint in OF_ONE and g.get("referral"):
        values.setdefault("referral", g.referral)
