"""No referral to a service that the person did not agree to share with: the server knows what the form asks for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflows.casework.case import Case
from workflows.casework.errors import AnswersRefused
from workflows.casework.programme import SERVICE_SECTORS
from workflows.casework.sectors import SECTOR_NAMES
from workflows.desk import Work
from workflows.duties.correspondence import agreed
from workflows.duties.left_out import service_left_out

REFERRAL = "F20b"


def must_be_within_consent(work: Work, case: Case, form_key: str, answers: Mapping[str, Any]) -> None:
    """Refuse a “yes” where the consent does not reach the service, or the person left it out.

    Of a service whose kind of organisation nobody has said, only whoever refers can tell.
    """
    said = answers.get("consent_ok") if form_key == REFERRAL else None
    sector = case.programme.content.get(SERVICE_SECTORS, {}).get(answers.get("service"))
    if said == "yes" and service_left_out(work.session, case, str(answers.get("service"))):
        raise AnswersRefused({"consent_ok": "The person does not want this service to know: select “No”"})
    if said != "yes" or sector is None or (agreed(case) and sector in case.sectors):
        return
    name = SECTOR_NAMES.get(sector, sector)
    raise AnswersRefused(
        {"consent_ok": f"The person did not agree to share with this kind of organisation ({name}): select “No”"}
    )
