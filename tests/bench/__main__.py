"""`make bench`: how quick the service is and stays, one JSON object a line."""

from __future__ import annotations

import argparse
import logging
import signal
import sys

from tests.bench.measures import CROWDED, FULL, MEASURES, QUICK
from tests.bench.rig import Store, store

DATABASES = ("sqlite", "postgresql")


def main() -> int:
    """Measure what is asked for, each figure on an office of its own."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))  # what it started is stopped as well
    asked = argparse.ArgumentParser(prog="make bench", description=__doc__)
    asked.add_argument("--quick", action="store_true", help="the same names on small data, in under a minute")
    asked.add_argument("--only", default="", help=f"a comma list of {', '.join(MEASURES)}")
    asked.add_argument("--database", choices=(*DATABASES, "both"), default="both")
    given = asked.parse_args()
    logging.disable(logging.CRITICAL)
    wanted = [name.strip() for name in given.only.split(",") if name.strip()] or list(MEASURES)
    if unknown := sorted(set(wanted) - set(MEASURES)):
        asked.error(f"there is no measure {', '.join(unknown)}; there are {', '.join(MEASURES)}")
    for database in DATABASES if given.database == "both" else (given.database,):
        with store(database) as offices:
            if given.quick:
                quick(offices, wanted)
            else:
                for name in wanted:
                    with offices.rig(name) as measured:
                        MEASURES[name](measured, FULL)
    return 0


def quick(offices: Store, wanted: list[str]) -> None:
    """Measure on small data: one office, served once, for all that leave it as small as it was."""
    for together in ([name for name in wanted if name not in CROWDED], *([name] for name in wanted if name in CROWDED)):
        with offices.rig("_".join(together[:1]) or "none", kept=True) as measured:
            for name in together:
                MEASURES[name](measured, QUICK)


if __name__ == "__main__":
    sys.exit(main())
