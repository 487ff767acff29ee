"""Trying a draft of the ladders on a year of tasks: how long it takes, and what the measuring process holds."""

from __future__ import annotations

import time
from datetime import timedelta
from resource import RUSAGE_SELF, getrusage

from tests.bench import crowd
from tests.bench.figures import report
from tests.bench.rig import Rig
from workflows.casework.access import Actor, Post
from workflows.casework.ladder_table import read_ladder, standard, written
from workflows.questions.ladder_tried import Asked, try_ladder

OPERATOR = Actor(None, "the benchmark", (Post("sysadmin", None, None),))


def simulate(rig: Rig, tasks: int) -> None:
    """Let a year of tasks climb what counts today and a draft."""
    crowd.a_year_of_tasks(rig, tasks)
    desk = rig.office.desk(OPERATOR)
    draft = read_ladder(written(standard()).replace("review,L2,+2WD", "review,L2,+1WD"))
    begun, cpu = time.perf_counter(), time.process_time()
    tried = try_ladder(desk, Asked("acm", draft, desk.today - timedelta(days=364), desk.today))
    seconds, spent = time.perf_counter() - begun, (time.process_time() - cpu) * 1000
    assert tried.reviews_earlier
    peak = getrusage(RUSAGE_SELF).ru_maxrss / 1024
    more = {"tasks": tried.tasks, "a_task_ms": spent / tried.tasks, "seconds": seconds, "peak_mb": peak}
    report("simulate", rig.database, [seconds * 1000], cpu_ms=spent, **more)
