"""`python -m tests.walk`: walk every demonstration case, one line each; `--explore FILE` tells each step of one."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path

from tests.walk.scenario import every_scenario
from tests.walk.stage import make_template
from tests.walk.walking import explore, walk


def main() -> int:
    """Walk what was asked for; return 1 when anything differs."""
    asked = argparse.ArgumentParser(prog="make walk", description="Walk the demonstration cases.")
    asked.add_argument("--explore", type=Path, metavar="FILE", help="play one scenario and tell every step")
    asked.add_argument("--workers", type=int, default=2, help="how many walks at the same time")
    asked.add_argument("only", nargs="*", type=Path, help="scenario files; all of them when none is named")
    chosen = asked.parse_args()
    if chosen.explore:
        explore(chosen.explore)
        return 0
    return _walk_all(chosen.only or list(every_scenario()), chosen.workers)


def _walk_all(files: list[Path], workers: int) -> int:
    begun, wrong = time.perf_counter(), 0
    print(f"Walking {len(files)} scenarios through pages, diagrams and worker, the clock moved", flush=True)
    with tempfile.TemporaryDirectory() as folder, ProcessPoolExecutor(workers) as pool:
        template = make_template(Path(folder))
        for done in as_completed([pool.submit(walk, path, template) for path in files]):
            walked = done.result()
            for line in walked.lines:
                print(line, flush=True)
            for words in walked.differences:
                wrong += 1
                print(f"   differs, {walked.key}: {words}", flush=True)
    verdict = "All as their scenarios say" if not wrong else f"{wrong} differences"
    print(f"{verdict}. {time.perf_counter() - begun:.0f} seconds.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
