"""A mend that the check proposed, made in the file it was proposed for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workflows.casework.errors import AnswersRefused
from workflows.check import fixes, tables
from workflows.engine.documents import read_document
from workflows.engine.outcome import Fix
from workflows.engine.refusals import EngineRefused

OVERTAKEN = "This mend no longer fits: the drawing has changed since it was checked. Check it again."


def mended(kind: str, xml: bytes, proposed: Mapping[str, Any]) -> bytes:
    """Return a diagram (bpmn) or table (dmn) with a mend made, as a finding told it. Nothing is kept.

    Raises AnswersRefused where the file cannot be read, or is no longer as it was when the mend was proposed.
    """
    try:
        fix = Fix(str(proposed["words"]), tuple(dict(change) for change in proposed["changes"]))
        read_document(xml)  # refuses what is not safe to read
        return fixes.apply(xml, fix) if kind == "bpmn" else tables.apply(xml, fix)
    except (EngineRefused, KeyError, TypeError, ValueError) as error:
        raise AnswersRefused({"fix": OVERTAKEN}) from error
