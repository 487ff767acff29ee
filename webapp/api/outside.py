"""Steps that diagrams hand to other systems: fetched with a lease, answered with its fence."""

from __future__ import annotations

import time
from datetime import timedelta
from threading import BoundedSemaphore
from typing import Any
from uuid import UUID

from flask import current_app

from webapp.actor import desk
from webapp.api.once import once
from webapp.api.outside_schemas import (
    AnsweredSchema,
    BpmnError,
    FetchedSchema,
    Fetching,
    JobSchema,
    KeptLonger,
    Result,
    Trouble,
)
from webapp.api.room import CHANGING, door, gives, route, takes
from workflows.actions import outside_work as acts

LOOK_EVERY = 0.5  # seconds
# Whoever waits for a job occupies a thread of the server. A process has a few; more than so many are not let wait.
WAITING = BoundedSemaphore(2)


@route("/outside/fetch", "steps of other systems", "POST")
@door("outside:work", *CHANGING)
@takes(Fetching)
@gives(FetchedSchema)
def fetch(told: dict[str, Any]) -> Any:
    """Fetch jobs of some topics and hold them until the lease ends; wait for one where there is none.

    Jobs of an answer that was lost on its way are free again when their lease ends, so this takes no Idempotency-Key.
    An empty answer may come sooner than asked for when many wait.
    """
    wanted = acts.Wanted(told["topics"], told["worker"], timedelta(seconds=told["lease_seconds"]), told["most"])
    found = acts.fetch(desk(), wanted)
    longest = min(told["wait_seconds"], current_app.config["LONGEST_POLL"])
    if not found and longest and WAITING.acquire(blocking=False):
        try:
            found = _wait_for(wanted, time.monotonic() + longest)
        finally:
            WAITING.release()
    return {"items": found}


def _wait_for(wanted: acts.Wanted, until: float) -> Any:
    """Look again and again, holding nothing meanwhile, until there is a job or the time is over."""
    while time.monotonic() < until:
        time.sleep(LOOK_EVERY)
        found = acts.fetch(desk(), wanted)
        if found:
            return found
    return ()


@route("/outside/<uuid:job_id>/extend", "steps of other systems", "POST")
@door("outside:work", 404, *CHANGING)
@once
@takes(KeptLonger)
@gives(JobSchema)
def extend(told: dict[str, Any], job_id: UUID) -> Any:
    """Keep a job for longer, counted from now; 409 when somebody else has taken it since."""
    return acts.keep_longer(desk(), job_id, told["fence"], timedelta(seconds=told["lease_seconds"]))


@route("/outside/<uuid:job_id>/complete", "steps of other systems", "POST")
@door("outside:work", 404, *CHANGING)
@once
@takes(Result)
@gives(AnsweredSchema)
def complete(told: dict[str, Any], job_id: UUID) -> Any:
    """Complete a job: the case goes on with these variables. 409 when somebody else has taken it since."""
    return acts.complete(desk(), job_id, told["fence"], told["variables"])


@route("/outside/<uuid:job_id>/fail", "steps of other systems", "POST")
@door("outside:work", 404, *CHANGING)
@once
@takes(Trouble)
@gives(AnsweredSchema)
def fail(told: dict[str, Any], job_id: UUID) -> Any:
    """Say that a job failed. It is free again after a growing wait; with no tries left a person has to look."""
    wait = told["wait_seconds"]
    said = acts.Failure(told["why"], told["tries_left"], None if wait is None else timedelta(seconds=wait))
    return acts.fail(desk(), job_id, told["fence"], said)


@route("/outside/<uuid:job_id>/error", "steps of other systems", "POST")
@door("outside:work", 404, *CHANGING)
@once
@takes(BpmnError)
@gives(AnsweredSchema)
def error(told: dict[str, Any], job_id: UUID) -> Any:
    """Tell an error that the diagram has an event for at the edge of the step; 422 when it has none."""
    return acts.break_off(desk(), job_id, told["fence"], told["code"], told["variables"])
