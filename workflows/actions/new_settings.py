"""Times and thresholds that a new version of Roundtable needs, for programmes that were set up before it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import select

from workflows.actions.programmes import add_addresses, add_service_sectors, add_settings
from workflows.casework.programme import Programme
from workflows.desk import Desk

FOLDER = Path(__file__).resolve().parent.parent / "programmes"
USUAL = "acm"


def add_new_settings(desk: Desk) -> int:
    """Give every programme the settings it lacks, with the defaults that are shipped; returns how many were new.

    What a manager has set stays; what a shipped setting is called, and where it comes from, follows what is shipped.
    A programme of one's own gets the usual defaults: without them the shipped diagrams could not say when a step is
    due. Shipped services of which it is not known for which kind of organisation they work are told so.
    """
    with desk.work() as work:
        before = after = reworded = 0
        for programme in work.session.scalars(select(Programme)):
            shipped = _shipped(programme.key)
            before += len(programme.settings)
            add_settings(programme, shipped["settings"], work.today)
            reworded += _reword(programme, shipped) + add_service_sectors(programme, shipped["services"])
            reworded += add_addresses(programme, shipped) if shipped["key"] == programme.key else 0
            after += len(programme.settings)
        if after > before or reworded:
            work.commit()
        return after - before


def _reword(programme: Programme, shipped: Mapping[str, Any]) -> int:
    """Say of the settings of a shipped programme what is said of them now; returns how many said something else."""
    if shipped["key"] != programme.key:
        return 0
    words = {row["key"]: (row["label"], row["note"]) for row in shipped["settings"]}
    changed = 0
    for setting in programme.settings:
        said = (setting.label, setting.note)
        label, note = words.get(setting.key, said)
        if (label, note) != said:
            setting.label, setting.note = label, note
            setting.happened("setting reworded", programme=programme.key, setting=setting.key)
            changed += 1
    return changed


def _shipped(key: str) -> Mapping[str, Any]:
    file = FOLDER / f"{key}.json"
    found: Mapping[str, Any] = json.loads((file if file.exists() else FOLDER / f"{USUAL}.json").read_text("utf-8"))
    return found
