"""`python -m tests.walk`: walk every demonstration case, one line each; `--explore FILE` tells each step."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.walk import looking, moments, scenario
from tests.walk.player import Walk
from tests.walk.stage import open_stage


def explore(path: Path) -> None:
    """Play one scenario and tell what is open after each step."""
    story = scenario.read(path)
    with tempfile.TemporaryDirectory() as folder, open_stage(Path(folder), moments.moment(story.starts)) as stage:
        walk = Walk(story, stage, print, lambda words: print("   !!", words))
        try:
            walk.play()
        finally:
            for name, number in walk.cases.items():
                print(name, number, "tasks done", looking.tasks_done(stage.office, number), "rounds", stage.rounds)
                for line in looking.path(stage.office, number):
                    print("    -", line)


parser = argparse.ArgumentParser()
parser.add_argument("--explore", type=Path)
chosen = parser.parse_args()
if chosen.explore:
    explore(chosen.explore)
sys.exit(0)
