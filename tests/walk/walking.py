"""Walking one scenario from its first step to its end, and what came of it."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.walk import moments, reporting, scenario
from tests.walk.player import Walk
from tests.walk.stage import open_stage


@dataclass(frozen=True)
class Walked:
    """What came of a walk: its lines, and every difference from what the scenario says."""

    key: str
    lines: tuple[str, ...]
    differences: tuple[str, ...]


def walk(path: Path, template: Path | None = None, database: str = "") -> Walked:
    """Walk one scenario on a database of its own; nothing is raised for a difference."""
    begun, wrong = time.perf_counter(), list[str]()
    story = scenario.read(path)
    with (
        tempfile.TemporaryDirectory() as folder,
        open_stage(Path(folder), moments.moment(story.starts), template, database) as stage,
    ):
        stage.worker_dies = story.worker_dies
        played = Walk(story, stage, differ=wrong.append)
        try:
            played.play()
        except Exception as failure:  # a walk that cannot go on is told like any other difference
            return Walked(story.key, (), (*wrong, f"{type(failure).__name__}: {failure}"))
        ended = reporting.endings(played)
        wrong.extend(reporting.differences(played, ended))
    seconds = time.perf_counter() - begun
    titles = (story.name, *("  and again" for _ in ended[1:]))
    lines = [reporting.line(story.letter, title, one, seconds) for title, one in zip(titles, ended, strict=True)]
    return Walked(story.key, tuple(lines), tuple(wrong))


def explore(path: Path, tell: Callable[[str], None] = print) -> None:
    """Play one scenario aloud: what is open after each step, what differs, and how it ended, as a scenario says it."""
    story = scenario.read(path)
    with tempfile.TemporaryDirectory() as folder, open_stage(Path(folder), moments.moment(story.starts)) as stage:
        stage.worker_dies = story.worker_dies
        played = Walk(story, stage, tell, lambda words: tell(f"   !! {words}"))
        try:
            played.play()
        finally:
            ended = reporting.endings(played)
            for words in reporting.differences(played, ended):
                tell(f"   !! {words}")
            tell(scenario.written({"ends": ended[0].as_said()} if len(ended) == 1 else _each(ended)))


def _each(ended: tuple[reporting.Ended, ...]) -> dict[str, object]:
    return {"ends": {one.name: one.as_said() for one in ended}}
