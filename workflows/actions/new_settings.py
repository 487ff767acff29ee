"""Times and thresholds that a new version of Roundtable needs, for programmes that were set up before it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import select

from workflows.actions.programmes import add_settings
from workflows.casework.programme import Programme
from workflows.desk import Desk

FOLDER = Path(__file__).resolve().parent.parent / "programmes"
USUAL = "acm"


def add_new_settings(desk: Desk) -> int:
    """Give every programme the settings it lacks, with the defaults that are shipped; returns how many were new.

    What a manager has set stays. A programme of one's own gets the usual defaults: without them the shipped diagrams
    could not say when a step is due.
    """
    with desk.work() as work:
        before = after = 0
        for programme in work.session.scalars(select(Programme)):
            before += len(programme.settings)
            add_settings(programme, _shipped(programme.key)["settings"], work.today)
            after += len(programme.settings)
        if after > before:
            work.commit()
        return after - before


def _shipped(key: str) -> Mapping[str, Any]:
    file = FOLDER / f"{key}.json"
    found: Mapping[str, Any] = json.loads((file if file.exists() else FOLDER / f"{USUAL}.json").read_text("utf-8"))
    return found
