"""Each part of the installation in one sentence: well, or what is wrong."""

from __future__ import annotations

from dataclasses import dataclass

from webapp.wording import counted
from workflows.questions.health import Health
from workflows.questions.operations import Board

ROOM = {
    "plenty": "Has room.",
    "little": "Has less than 200 MB left where the database lies: make room before nothing can be saved any more.",
    "none": "Nothing can be written where the database lies: nobody can save anything. Make room, or mend the disk.",
    "elsewhere": "The database lies on a server of its own: look there.",
}


@dataclass(frozen=True)
class Line:
    """A part and how it is; never by colour alone."""

    part: str
    well: bool
    sentence: str


def lines(board: Board) -> list[Line]:
    """Return the lines of the operations page."""
    health = board.health
    return [
        Line("Database", health.database, "Answers." if health.database else "Does not answer."),
        Line(
            "Schema",
            health.schema,
            "Belongs to this version." if health.schema else "Is behind this version: run “roundtable db upgrade”.",
        ),
        Line("Disk", health.room not in {"little", "none"}, ROOM[health.room]),
        Line("Worker", health.worker, _worker(health)),
        Line("Outbox", not board.late and not board.failed, _outbox(board)),
        Line("Processes", not board.processes, _processes(len(board.processes))),
        Line("Messages", not board.unmatched, _messages(board.unmatched)),
    ]


def _worker(health: Health) -> str:
    if health.worker_seconds is None:
        return "Has never made a round: start it with “roundtable serve” or “python -m workers”."
    stopped = f"Does not happen: {'; '.join(one.words for one in health.silent)}. " if health.silent else ""
    minutes = health.worker_seconds // 60
    ago = f"{counted(minutes, 'minute')} ago" if minutes else "less than a minute ago"
    return f"{stopped}Made its last round {ago}."


def _outbox(board: Board) -> str:
    said = f"{counted(board.waiting, 'notice')} waiting"
    if board.late:
        said += f", {board.late} for more than 15 minutes"
    return f"{said}. {counted(len(board.failed), 'notice')} could not be delivered so far."


def _processes(failed: int) -> str:
    return f"{counted(failed, 'process', 'processes')} could not go on." if failed else "All go on."


def _messages(unmatched: int) -> str:
    if not unmatched:
        return "All have found their case."
    return f"{counted(unmatched, 'message')} from other systems found no case: a coordinator has to look."
