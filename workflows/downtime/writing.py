"""Writing the downtime packs: from six each day in London, once; later on a day on which the worker was down at six."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from workflows.actions.downtime import note_written
from workflows.casework.errors import RuleBroken
from workflows.desk import Desk
from workflows.downtime.folder import clear_away, held, put_in, put_manifest
from workflows.downtime.page import contents_page, team_page
from workflows.downtime.table import tasks_table
from workflows.questions.downtime import Pack, pack_of, places
from workflows.questions.downtime_last import pack_is_due
from workflows.questions.downtime_readers import Place

log = logging.getLogger("roundtable.worker")
NO_FOLDER = "No downtime pack is written here: ROUNDTABLE_DOWNTIME_FOLDER says none."


@dataclass(frozen=True)
class Written:
    """What was written where; `failed`: teams of which nothing could be put together."""

    folder: Path
    teams: int
    failed: tuple[Place, ...]


def write_if_due(desk: Desk) -> tuple[int, int]:
    """Write the packs of today if nobody has; returns how many teams have one, and how many failed.

    As long as one fails today's are not done: the next round writes all of them again.
    """
    if not pack_is_due(desk):
        return 0, 0
    done = write_now(desk)
    return done.teams, len(done.failed)


def write_now(desk: Desk) -> Written:
    """Write a pack for every team; earlier ones of the day and old ones go. Raises RuleBroken when none can be."""
    folder = desk.settings.downtime_folder
    if folder is None:
        raise RuleBroken(NO_FOLDER)
    packs, failed = _put_together(desk)
    if failed and not packs:
        raise RuleBroken("No downtime pack could be put together: the log says why.")
    at = desk.clock.now()
    files = {"contents.html": contents_page(at, [(_name(one.place), one) for one in packs], failed)}
    for one in packs:
        files |= {f"{_name(one.place)}.html": team_page(one), f"{_name(one.place)}.csv": tasks_table(one)}
    with held(folder):
        pack = put_in(folder, at, files)
        put_manifest(folder, _said(pack, packs, failed) | {"written_at": at.isoformat()})
        note_written(desk, [(one.place.team, one.numbers) for one in packs], whole=not failed)
        clear_away(folder, pack, desk.today, desk.settings.downtime_days)
    return Written(pack, len(packs), failed)


def _put_together(desk: Desk) -> tuple[list[Pack], tuple[Place, ...]]:
    """Each team by itself: what goes wrong for one keeps no other from its pack."""
    packs: list[Pack] = []
    failed: list[Place] = []
    for place in places(desk):
        try:
            packs.append(pack_of(desk, place))
        except Exception as failure:
            failed.append(place)
            told = {"action": "downtime_failed", "about": _name(place), "kind": type(failure).__name__}
            log.exception("downtime pack not put together", extra=told)
    return [one for one in packs if one.place.team_id or one.tasks or any(one.left_out.values())], tuple(failed)


def _said(pack: Path, packs: list[Pack], failed: tuple[Place, ...]) -> dict[str, Any]:
    return {"folder": pack.name, "packs": list(_each(packs)), "not_written": [_name(one) for one in failed]}


def _each(packs: list[Pack]) -> Iterator[Mapping[str, Any]]:
    for one in packs:
        yield {
            "programme": one.place.programme, "team": one.place.team, "file": f"{_name(one.place)}.html",
            "tasks": len(one.tasks), "meetings": len(one.meetings), "people": len(one.contacts),
            "left_out": one.left_out,
        }  # fmt: skip


def _name(place: Place) -> str:
    """The name of a team's files: letters, digits and dashes, whatever its key is."""
    key = f"{place.programme_key}-{place.team_key}"
    return "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in key).lower()
