"""Each part of the installation in one sentence: well, or what is wrong, and where to mend it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from webapp.cases.outline_words import PROCESSES
from webapp.wording import counted, when
from workflows.casework.incident import ACT, OUTSIDE, WAKE
from workflows.questions.downtime_last import LastPack
from workflows.questions.health import Health
from workflows.questions.incidents import CLOSED, FOR_SOMEBODY, TRIED, IncidentRow, Queue
from workflows.questions.operations import Board, Queued

ROOM = {
    "plenty": "Has room.",
    "little": "Has less than 200 MB left where the database lies: make room before nothing can be saved any more.",
    "none": "Nothing can be written where the database lies: nobody can save anything. Make room, or mend the disk.",
    "elsewhere": "The database lies on a server of its own: look there.",
}
ASKED = {
    "service": "a duty of Roundtable",
    "decision": "a decision table",
    "gateway": "a choice in the diagram",
    "event": "a date or a message",
    "call": "the beginning of a process",
    "outside": "another system",
}
AWAITED = {"timer": "Date", "message": "Message", "outside": "Another system"}
LATE = (
    " Today’s is late: look whether the worker runs and its folder can be written, or run “roundtable downtime write”."
)
LONG_QUEUE = 300.0  # seconds
MOST_NAMED = 10  # workers


@dataclass(frozen=True)
class Line:
    """A part and how it is; never by colour alone.

    `mend`: the page (its endpoint) or the place on this one (#place) where it is mended, and the words of the link.
    """

    part: str
    well: bool
    sentence: str
    mend: str = ""
    words: str = ""
    show: str = ""


@dataclass(frozen=True)
class Tab:
    """A part of the queue of incidents."""

    words: str
    show: str
    here: bool


def lines(board: Board) -> list[Line]:
    """Return the lines of the operations page."""
    return [*_machine(board), *_work(board)]


def _machine(board: Board) -> Iterator[Line]:
    health = board.health
    yield Line("Database", health.database, "Answers." if health.database else "Does not answer.")
    behind = "Is behind this version: run “roundtable db upgrade”."
    yield Line("Schema", health.schema, "Belongs to this version." if health.schema else behind)
    yield Line("Disk", health.room not in {"little", "none"}, ROOM[health.room])
    yield Line("Worker", health.worker, _worker(health), "#rounds", "See its rounds")
    if board.queued is not None:
        yield Line("Workers", bool(board.workers), _workers(board.workers))
        yield Line("Jobs", board.queued.oldest < LONG_QUEUE and not board.queued.failed, _queued(board.queued))


def _work(board: Board) -> Iterator[Line]:
    yield Line("Outbox", not board.late and not board.failed, _outbox(board), "#outbox", "See the notices")
    broken = board.for_somebody + board.standing
    show = FOR_SOMEBODY if board.for_somebody or not broken else TRIED
    yield Line("Incidents", not broken, _incidents(board), "operations.queue", "Open the incidents", show)
    late = f"{counted(board.late_timers, 'process', 'processes')} should have been woken a quarter of an hour ago."
    dates = late if board.late_timers else "Every date that has come was seen to."
    yield Line("Dates", not board.late_timers, dates, "operations.waiting", "See what is waited for")
    yield Line(
        "Processes", not board.without_a_way, _processes(board.without_a_way), "operations.stalled", "See stalled cases"
    )
    left = f"{counted(board.unfetched, 'step')} that no other system has fetched for a quarter of an hour."
    fetched = left if board.unfetched else "Every step that waits for them is fetched."
    yield Line("Other systems", not board.unfetched, fetched, "operations.waiting", "See what is waited for")
    yield Line("Downtime pack", not board.downtime.late, _downtime(board.downtime))
    yield Line("Messages", not board.unmatched, _messages(board.unmatched), "operations.unmatched", "See which")


def _worker(health: Health) -> str:
    if health.worker_seconds is None:
        return "Has never made a round: start it with “roundtable serve” or “python -m workers”."
    stopped = f"Does not happen: {'; '.join(one.words for one in health.silent)}. " if health.silent else ""
    minutes = health.worker_seconds // 60
    ago = f"{counted(minutes, 'minute')} ago" if minutes else "less than a minute ago"
    return f"{stopped}Made its last round {ago}."


def _workers(heard: Sequence[float]) -> str:
    """Say which workers live; one that does not beat for a quarter of a minute is dead."""
    if not heard:
        return "None is heard: start one with “python -m workers”."
    seconds = [f"{ago:.0f}" for ago in heard[:MOST_NAMED]]
    more = " and others" if len(heard) > MOST_NAMED else ""
    said = f"{', '.join(seconds)}{more} {'second' if seconds == ['1'] else 'seconds'} ago"
    return f"{counted(len(heard), 'worker')} at work, heard {said}."


def _processes(without_a_way: int) -> str:
    if not without_a_way:
        return "Somebody or something moves each of them on."
    return f"{counted(without_a_way, 'process', 'processes')} with no way on: nobody and nothing is waited for."


def _queued(queued: Queued) -> str:
    said = f"{counted(queued.waiting, 'job')} waiting, {queued.under_way} under way"
    if queued.failed:
        said += f", {queued.failed} failed: what they were to do is taken up at the next round"
    if queued.oldest >= LONG_QUEUE:
        said += f". The oldest has waited for {lasting(timedelta(seconds=queued.oldest))}: start more workers"
    return f"{said}."


def _outbox(board: Board) -> str:
    said = f"{counted(board.waiting, 'notice')} waiting"
    if board.late:
        said += f", {board.late} for more than 15 minutes"
    return f"{said}. {counted(board.failed_in_all, 'notice')} could not be delivered so far."


def _incidents(board: Board) -> str:
    if not board.for_somebody and not board.standing:
        return "Everything that should happen by itself does."
    said = f"{counted(board.for_somebody, 'incident')} for somebody to look at" if board.for_somebody else ""
    tried = f"{board.standing} tried again by itself" if board.standing == 1 else f"{board.standing} tried again"
    return f"{', '.join(one for one in (said, tried if board.standing else '') if one)}."


def _downtime(last: LastPack) -> str:
    if not last.wanted:
        return "None is written: no folder is named for it."
    if last.written_at is None:
        return "None was ever written. It is written at 06:00." + (LATE if last.late else "")
    return f"Written {when(last.written_at)}, for every team." + (LATE if last.late else "")


def _messages(unmatched: int) -> str:
    if not unmatched:
        return "All have found their case."
    return f"{counted(unmatched, 'message')} from other systems found no case: a coordinator has to look."


def tabs(found: Queue) -> list[Tab]:
    """Return the parts of the queue of incidents, with how many are in each."""
    said = ((FOR_SOMEBODY, "For somebody"), (TRIED, "Still tried"), (CLOSED, "Closed"))
    return [
        Tab(words if show == CLOSED else f"{words} ({found.counts[show]})", show, show == found.show)
        for show, words in said
    ]


def process_words(process: str) -> str:
    """Say which process it is."""
    return PROCESSES.get(process, process.removeprefix("acm_").replace("_", " "))


def what_failed(one: IncidentRow) -> str:
    """Say in short what failed."""
    if one.kind == WAKE:
        return "A date that has come"
    return f"“{one.step}”" if one.step else "Something that somebody did"


def when_again(one: IncidentRow) -> str:
    """Say when it is tried again, and by whom where it is not Roundtable."""
    if one.kind == ACT:
        return "whoever did it has to repeat it"
    if one.kind == OUTSIDE:
        return "as soon as the other system fetches it" if one.next_at else "none is left"
    return when(one.next_at) if one.next_at else "not by itself"


def why(one: IncidentRow) -> str:
    """Say why it failed, if whoever looks may read that."""
    return one.why or "What the other system said is kept from you."


def asked(one: IncidentRow) -> str:
    """Say what the step asks."""
    what = ASKED.get(one.step_kind, "a step of the diagram")
    return f"{what}: {one.asks}" if one.asks else what


def plainly(value: object) -> str:
    """Say the name or the content of a decision variable, codes without their strokes."""
    if value is None or isinstance(value, bool):
        return {None: "not given", True: "yes", False: "no"}[value]
    if isinstance(value, list):
        return ", ".join(plainly(item) for item in value) or "none"
    return str(value).replace("_", " ") or "empty"


def lasting(length: timedelta) -> str:
    """Say a length of time in its largest whole unit."""
    hours = int(length.total_seconds() // 3600)
    if hours >= 24 * 14:
        return counted(hours // (24 * 7), "week")
    if hours >= 48:
        return counted(hours // 24, "day")
    return counted(hours, "hour") if hours else counted(max(1, int(length.total_seconds() // 60)), "minute")
