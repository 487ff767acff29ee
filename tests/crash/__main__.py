"""`python -m tests.crash`: kill the service at each point of each act, on both databases; a line a killing."""

from __future__ import annotations

import itertools
import logging
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from uuid import uuid4

from tests.crash.acts import ACTS
from tests.crash.killing import Databases, Ending, Stage
from tests.postgres_server import PostgresServer

EVERYWHERE = tuple((act, point) for act in ACTS for point in act.points)


def main() -> int:
    """Kill at every point; return 1 when anything was lost or doubled."""
    logging.disable(logging.CRITICAL)  # what is broken on purpose needs no report
    with tempfile.TemporaryDirectory(prefix="crash-", dir="/tmp") as made:  # the path of a socket has to be short
        folder = Path(made)
        folder.chmod(0o755)
        server = PostgresServer(folder / "postgres")
        server.start()
        try:
            endings = list(_killed((sqlite(folder / "sqlite"), postgres(server)), folder))
        finally:
            server.stop()
    again = sum(one.sent_again for one in endings)
    print(f"sent_again={again}: mails and calls whose sender died between the other side's yes and our note of it,")
    print("    each with the id that it had before; a text is not sent again, as Notify is asked first")
    lost, doubled = sum(bool(one.lost) for one in endings), sum(bool(one.doubled) for one in endings)
    print(f"points={len(endings)} lost={lost} doubled={doubled}")
    return 0 if all(ending.well for ending in endings) else 1


def _killed(kinds: tuple[Databases, ...], folder: Path) -> Iterator[Ending]:
    for databases in kinds:
        with closing(Stage(databases, folder / f"{databases.kind}-places")) as stage:
            for act, point in EVERYWHERE:
                ending = stage.kill(act, point)
                print(f"{databases.kind:8} {act.name:8} {point.name:66} {_words(ending)}", flush=True)
                yield ending


def _words(ending: Ending) -> str:
    if ending.well:
        return "once"
    told = [f"lost: {line[:300]}" for line in ending.lost] + [f"doubled: {line[:300]}" for line in ending.doubled]
    if not ending.reached:
        told.append("never came to this point")
    if not ending.sealed:
        told.append("the trail is broken")
    return "\n   ".join(["WRONG", *told])


def sqlite(folder: Path) -> Databases:
    """SQLite files in a folder."""
    folder.mkdir(parents=True)
    names = itertools.count(1)

    def copy(template: str) -> str:
        return f"sqlite:///{shutil.copy(template.removeprefix('sqlite:///'), folder / f'{next(names)}.db')}"

    return Databases("sqlite", lambda: f"sqlite:///{folder / 'template.db'}", copy)


def postgres(server: PostgresServer) -> Databases:
    """Databases of a server, named so that everybody else on it, in whatever process, has theirs beside them."""
    name, names = f"alone_{uuid4().hex[:12]}", itertools.count(1)

    def copy(template: str) -> str:
        return server.create(f"{name}_{next(names)}", template.partition("@/")[2].partition("?")[0])

    return Databases("postgres", lambda: server.create(f"{name}_template"), copy)


if __name__ == "__main__":
    sys.exit(main())
