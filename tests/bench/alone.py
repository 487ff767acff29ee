"""The engine by itself, without a database: how long one completion takes."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

from workflows.engine import Asked, Library, Run

WEEKLY = Path(__file__).parent / "diagrams" / "weekly_contact.bpmn"
NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)


def completions(times: int) -> list[tuple[float, float]]:
    """Return how long each of these completions took, by the clock and of the processor, in milliseconds.

    Each loads and writes the state.
    """
    asked = Asked(lambda *_: {}, lambda *_: {}, lambda *_: NOW, lambda: NOW)
    spec = Library(lambda _: [WEEKLY.read_bytes()]).spec("bench", "weekly_contact")
    outcome = Run.start(spec, asked, {}).outcome()
    taken = []
    for _ in range(times):
        (step,) = outcome.open_steps
        begun, cpu = time.perf_counter(), time.process_time()
        run = Run.resume(outcome.state, spec, asked)
        run.complete(step.id, {"again": "yes"})
        outcome = run.outcome()
        taken.append(((time.perf_counter() - begun) * 1000, (time.process_time() - cpu) * 1000))
    return taken
