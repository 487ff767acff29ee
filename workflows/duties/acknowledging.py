"""The acknowledgement of a referral: by email at once where whoever referred the person gave an address."""

from __future__ import annotations

from workflows.casework.notice import Letter
from workflows.duties.outgoing import Told, put_out
from workflows.duties.papers import answers
from workflows.duties.register import Asking

ACKNOWLEDGED, BY_ITSELF = "referral_received", "the service"


def acknowledge_by_email(asking: Asking, letter: Letter) -> None:
    """Thank a referrer who gave an address at once, by email: like the letter it names nobody, and it holds a link."""
    case, address = asking.case, answers(asking, "F01").get("referrer_email")
    if not address:
        return
    words = {"case_number": case.number}
    put_out(asking.work, Told(ACKNOWLEDGED, f"{ACKNOWLEDGED}:{case.id.hex}", words, case_id=case.id), str(address))
    letter.send(BY_ITSELF, asking.work.now, "email")
