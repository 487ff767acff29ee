"""Asking a decision table, and keeping what it said: inputs, rule, version and reason."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from workflows.casework.diagram import DecisionRecord
from workflows.duties.facts import facts_for
from workflows.duties.register import Asking, Variables
from workflows.working_time import Duration, DurationError

NAMED = re.compile(r"\{(\w+)\}")
TOLD_NOT_MERGED = ("explain",)  # a reason in words is for people; its code may choose a path


def decide(asking: Asking, table_key: str) -> Variables:
    """Evaluate a table for the case, keep the record, and return the outputs that the diagram may use."""
    work = asking.work
    table, version_id = work.desk.tables.table(work.session, asking.run.release_id, table_key)
    # What the record says now comes before what a step decided some time ago: a concern may have been raised since.
    known = _said(asking.variables) | facts_for(asking, table.needs)
    decided = table.decide(known)
    explain = _filled(_words(decided.outputs.get("explain")), known)
    record = DecisionRecord(
        case_id=asking.case.id,
        run_id=asking.run.id,
        table=table_key,
        table_version_id=version_id,
        inputs={name: known.get(name) for name in table.needs},
        outputs={name: value for name, value in decided.outputs.items() if name not in TOLD_NOT_MERGED},
        rules=list(decided.rules),
        reason_code=_words(decided.outputs.get("reason_code")),
        explain=explain,
        at=work.now,
    )
    record.happened("decision made", table=table_key, reason=record.reason_code)
    work.session.add(record)
    return {name: value for name, value in decided.outputs.items() if name not in TOLD_NOT_MERGED}


def advice_now(asking: Asking, table_key: str) -> tuple[object, str]:
    """Return what a table says as things stand, with its reason; nothing is kept, and nothing follows from it."""
    table, _version = asking.work.desk.tables.table(asking.work.session, asking.run.release_id, table_key)
    known = _said(asking.variables) | facts_for(asking, table.needs)
    outputs = table.decide(known).outputs
    return outputs.get(table_key), _filled(_words(outputs.get("explain")), known)


def _said(variables: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in variables.items() if value is not None}


def _filled(explain: str, known: Mapping[str, Any]) -> str:
    """Put the programme's own times and thresholds where a reason names them, as in “within {wait_mdt_high}”."""
    return NAMED.sub(lambda named: _in_words(known.get(named[1], named[0])), explain)


def _in_words(value: Any) -> str:
    try:
        return Duration.parse(str(value)).words
    except DurationError:
        return str(value)


def _words(value: Any) -> str:
    """A COLLECT table gives a list of reasons; a person reads them one after the other."""
    if isinstance(value, list):
        return " ".join(str(item) for item in value)
    return str(value or "")
