"""What is measured, one function a figure. Each takes an office that nobody else uses."""

from __future__ import annotations

import os
import re
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from sqlalchemy import event, select

from tests.bench import crowd
from tests.bench.alone import completions
from tests.bench.checked import check_everything, compare, prove_tables
from tests.bench.figures import median, percentile, report
from tests.bench.impact import impact
from tests.bench.ladder_tried import simulate
from tests.bench.processes import cpu_ms, kept_by, started, worker_memory
from tests.bench.rig import DOER, NOTE, SOMEBODY, Client, Rig, Spent
from workers.items import Items
from workers.jobs import remind, wake_cases
from workflows.assembly import Office, open_office
from workflows.casework.diagram import CaseRun
from workflows.casework.staff import StaffMember
from workflows.casework.task import Task
from workflows.clock import FixedClock, SystemClock

YOUNG_COMPLETIONS = 14  # of the diagram with twelve steps, two of them done twice
AGAIN = {4: "yes", 5: "no", 10: "yes", 11: "no"}  # what the repeated steps answer, by completion

# When the timers of the sweep are due for certain, and when those that wait are not yet.
AFTER_IT_IS_DUE, SOMEWHEN = timedelta(days=60), timedelta(days=365)


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    samples: int
    completions: tuple[int, ...]
    tasks: int
    open_tasks: int
    waiting: int
    due: int
    clients: int
    concurrent: int
    growth: int
    starts: int
    climbing: int
    on_a_rung: int
    tried: int
    open_cases: int
    elements: tuple[int, ...]
    rules: tuple[int, ...]


FULL = Size(
    60,
    (10, 100, 300, 1000),
    1_000_000,
    100_000,
    1_000_000,
    15_000,
    16,
    100,
    10_000,
    30,
    250_000,
    5_000,
    50_000,
    1_000,
    (50, 200, 1_000),
    (50, 500),
)
QUICK = Size(10, (10, 50), 5_000, 500, 2_000, 30, 4, 10, 100, 2, 1_000, 20, 1_000, 20, (50,), (50,))


def _spent(all_of_them: Sequence[Spent]) -> dict[str, Any]:
    return {
        "cpu_ms": median([one.cpu_ms for one in all_of_them]),
        "statements": round(median([one.statements for one in all_of_them])),
        "commits": round(median([one.commits for one in all_of_them])),
        "rows": round(median([one.rows for one in all_of_them])),
    }


def _complete(client: Client, task: str, again: str | None) -> Spent:
    answers = {"note": NOTE[:200], **({"again": again} if again else {})}
    return client.post(f"/tasks/{task}/complete", {"answers": answers})


def complete_young(rig: Rig, size: Size) -> None:
    """Twelve steps in a row with four gateways and two loops: fourteen completions a case."""
    spent: list[Spent] = []
    with rig.served() as (server,):
        client = rig.client(server)
        for _ in range(max(1, size.samples // 10)):
            task: str | None = rig.begin(client, "twelve_steps")
            for number in range(1, YOUNG_COMPLETIONS + 1):
                assert task is not None
                spent.append(_complete(client, task, AGAIN.get(number)))
                task = spent[-1].answer["next_task_id"]
            assert task is None
    timed = spent[YOUNG_COMPLETIONS:] or spent  # the first case warms the server up
    report("complete_task", rig.database, [one.wall_ms for one in timed], case="twelve_steps", **_spent(timed))


def complete_in_a_loop(rig: Rig, size: Size) -> None:
    """One step, again and again: after how many completions does it get slower?"""
    with rig.served() as (server,):
        client = rig.client(server)
        task = rig.begin(client, "weekly_contact")
        done, spent = 0, []
        for mark in size.completions:
            while done < mark + size.samples // 2:
                spent.append(_complete(client, task, "yes"))
                task, done = spent[-1].answer["next_task_id"], done + 1
            near = spent[max(0, mark - size.samples // 2) : mark + size.samples // 2]
            walls = [one.wall_ms for one in near]
            more = {**_spent(near), "state_bytes": _state_bytes(rig, task)}
            report("complete_task", rig.database, walls, case="weekly_contact", after=mark, **more)


def _state_bytes(rig: Rig, task: str) -> int:
    with rig.office.desk().looking() as session:
        state = session.scalars(
            select(CaseRun.state).join(Task, Task.run_id == CaseRun.id).where(Task.id == UUID(task))
        ).one()
    return len(state.encode())


def start_case(rig: Rig, size: Size) -> None:
    """Open a case on a diagram."""
    with rig.served() as (server,):
        client = rig.client(server)
        told = {"programme": "acm", "process": "weekly_contact", "team": "east", "person": SOMEBODY}
        spent = [client.post("/cases", told) for _ in range(size.samples + 3)][3:]
    report("start_case", rig.database, [one.wall_ms for one in spent], **_spent(spent))


def sweep(rig: Rig, size: Size) -> None:
    """Fire the timers that are due, out of many that wait: one case is begun, and copied so many times."""
    with rig.served() as (server,):
        rig.begin(rig.client(server), "waits_a_while")
    with rig.office.desk().looking() as session:
        one = session.scalars(select(CaseRun.case_id).where(CaseRun.process == "waits_a_while")).one()
    crowd.copies(rig, one, range(1, size.due))
    later, now = SystemClock().now() + SOMEWHEN, SystemClock().now() + AFTER_IT_IS_DUE
    crowd.copies(rig, one, range(size.due, size.due + size.waiting), due_at=later)
    office = open_office(rig.office.settings, FixedClock(now))
    fired = _each_due(office, wake_cases.ITEMS)
    office.close()
    took = [one.took_ms for one in fired]
    asked = round(median([one.statements for one in fired]))
    cpu = median([one.cpu_ms for one in fired])
    report("wake_timer", rig.database, took, cpu_ms=cpu, statements=asked, woken=len(fired))
    since = [one.since_ms for one in fired]
    cpu = sum(one.cpu_ms for one in fired)
    report("sweep", rig.database, since, cpu_ms=cpu, woken=len(fired), waiting=size.waiting, seconds=since[-1] / 1000)


@dataclass(frozen=True)
class Fired:
    """One timer of a sweep: how long it took, by the clock and of the processor, what it asked, when it was done."""

    took_ms: float
    cpu_ms: float
    statements: int
    since_ms: float


def _each_due(office: Office, items: Items, held: list[float] | None = None) -> list[Fired]:
    """Make rounds, as the worker does, until nothing is due; each does something, and no round may fail.

    `held`: gets what this process holds, in MB, after each round.
    """
    fired: list[Fired] = []
    asked: list[str] = []
    event.listen(office.database.engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    begun = time.perf_counter()

    def act(office: Office, one_id: UUID) -> None:
        asked.clear()
        one, cpu = time.perf_counter(), time.process_time()
        assert items.act(office, one_id)
        now, spent = time.perf_counter(), (time.process_time() - cpu) * 1000
        statements = sum(not statement.startswith("BEGIN") for statement in asked)
        fired.append(Fired((now - one) * 1000, spent, statements, (now - begun) * 1000))

    timed = Items(items.due, act, items.failed)
    while (round_of_it := timed.work(office)) != (0, 0):
        assert not round_of_it[1]
        if held is not None:
            held.append(kept_by(os.getpid()))
    return fired


def sweep_ladder(rig: Rig, size: Size) -> None:
    """Climb the ladders: of so many open tasks only those are read whose next rung has come."""
    crowd.people_with_tasks(rig, size.climbing, size.climbing)
    now = SystemClock().now()
    crowd.on_a_rung(rig, size.on_a_rung, now, now + SOMEWHEN)
    office = open_office(rig.office.settings, FixedClock(now))
    held = [kept_by(os.getpid())]
    fired = _each_due(office, remind.RUNGS, held)
    office.close()
    took = [one.took_ms for one in fired]
    more = {"climbed": len(fired), "open": size.climbing, "seconds": fired[-1].since_ms / 1000}
    grown = held[-1] - held[len(held) // 2]
    cpu = sum(one.cpu_ms for one in fired)
    report("sweep_ladder", rig.database, took, cpu_ms=cpu, memory_mb=held[-1], memory_grown_mb=grown, **more)


def inbox(rig: Rig, size: Size) -> None:
    """The pages of the inbox, rendered, where a million tasks are kept."""
    crowd.people_with_tasks(rig, size.tasks, size.open_tasks)
    with rig.served() as (server,):
        signed_in = _signed_in(rig, server.port)
        plain = ("inbox_mine", "mine"), ("inbox_pool", "pool"), ("inbox_counts", "done")
        pages = {name: (signed_in, f"/inbox?view={view}") for name, view in plain}
        pages["search"] = _looked_for(server.port, signed_in, "Example1")
        for name, (headers, address) in pages.items():
            client = rig.client(server, headers)
            spent = [client.get(address) for _ in range(size.samples + 3)][3:]
            more = {"tasks": size.tasks, "query_p95_ms": percentile([one.query_ms for one in spent], 95)}
            report(name, rig.database, [one.wall_ms for one in spent], **more, **_spent(spent))


def _signed_in(rig: Rig, port: int) -> dict[str, str]:
    """Sign in as the doer with one click, and return what the browser would send from then on."""
    with rig.office.desk().looking() as session:
        doer = session.scalars(select(StaffMember.id).where(StaffMember.name == DOER)).one()
    return _sent(port, {}, "/sign-in", f"/sign-in/as/{doer}", {})[0]


def _looked_for(port: int, signed_in: dict[str, str], words: str) -> tuple[dict[str, str], str]:
    """Type words into the search of the inbox: what the browser would send from then on, and the list's address."""
    return _sent(port, signed_in, "/inbox", "/inbox", {"q": words})


def _sent(port: int, headers: dict[str, str], page: str, to: str, typed: dict[str, str]) -> tuple[dict[str, str], str]:
    """Read a page, send a form of it; returns the headers with the cookie of then, and where it leads."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request("GET", page, headers=headers)
        first = connection.getresponse()
        content, cookie = first.read().decode(), first.getheader("Set-Cookie")
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', content)
        form = urlencode({"csrf_token": token[1] if token else "", **typed})
        sent = {
            "Cookie": cookie.partition(";")[0] if cookie else headers["Cookie"],
            "Content-Type": "application/x-www-form-urlencoded",
            "Referer": f"http://127.0.0.1:{port}/",
        }
        connection.request("POST", to, form, sent)
        answer = connection.getresponse()
        answer.read()
    assert answer.status in {302, 303}, answer.status
    after = (answer.getheader("Set-Cookie") or sent["Cookie"]).partition(";")[0]
    return {"Cookie": after}, answer.getheader("Location") or ""


def concurrent(rig: Rig, size: Size) -> None:
    """Many systems at once, each completing the steps of its own case."""
    processes = 2 if rig.database == "postgresql" else 1
    with rig.served(processes, threads=size.clients) as servers:
        clients = [rig.client(servers[number % processes]) for number in range(size.clients)]
        first = [rig.begin(client, "weekly_contact") for client in clients]
        walls: list[float] = []
        lock = threading.Lock()

        def work(client: Client, task: str) -> None:
            for _ in range(size.concurrent):
                spent = _complete(client, task, "yes")
                task = spent.answer["next_task_id"]
                with lock:
                    walls.append(spent.wall_ms)

        threads = [threading.Thread(target=work, args=pair) for pair in zip(clients, first, strict=True)]
        begun, before = time.perf_counter(), sum(cpu_ms(server.pid) for server in servers)
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seconds = time.perf_counter() - begun
        spent_by_all = sum(cpu_ms(server.pid) for server in servers) - before
    more = {"clients": size.clients, "processes": processes, "per_second": len(walls) / seconds}
    report("concurrent_complete", rig.database, walls, cpu_ms=spent_by_all / len(walls), **more)


def cold_start(rig: Rig, size: Size) -> None:
    """From the start of a web process to its first answer, once for each of many processes."""
    starts = [started(rig) for _ in range(size.starts)]
    walls = [one.wall_ms for one in starts]
    cpu = median([one.cpu_ms for one in starts])
    report("cold_start_s", rig.database, walls, cpu_ms=cpu, seconds=median(walls) / 1000)


def memory(rig: Rig, size: Size) -> None:
    """What web and worker hold, and whether it grows while completions come in."""
    with rig.served() as (server,):
        client = rig.client(server)
        task = rig.begin(client, "weekly_contact")
        seen, spent = [], []
        for number in range(size.growth):
            spent.append(_complete(client, task, "yes"))
            task = spent[-1].answer["next_task_id"]
            if number % max(1, size.growth // 10) == 0:
                seen.append(kept_by(server.pid))
        seen.append(kept_by(server.pid))
    held = {"web": seen[-1], "worker": worker_memory(rig), "after_warm_up": seen[1]}
    cpu = median([one.cpu_ms for one in spent])
    report("memory_mb", rig.database, [one.wall_ms for one in spent], cpu_ms=cpu, **held)


def engine_alone(rig: Rig, size: Size) -> None:
    """One bare completion: load the state, do the step, prune, write the state."""
    walls, spent = zip(*completions(size.samples * 5), strict=True)
    report("engine_completion", "none", walls, cpu_ms=statistics.median(spent))


MEASURES: dict[str, Callable[[Rig, Size], None]] = {
    "engine_completion": engine_alone,
    "complete_task": complete_young,
    "complete_task_loop": complete_in_a_loop,
    "start_case": start_case,
    "concurrent_complete": concurrent,
    "cold_start_s": cold_start,
    "memory_mb": memory,
    "sweep": sweep,
    "sweep_ladder": sweep_ladder,
    "inbox": inbox,
    "simulate": lambda rig, size: simulate(rig, size.tried),
    "check": lambda rig, size: check_everything(size.samples, size.elements),
    "compare": lambda rig, size: compare(size.samples, size.elements, size.rules),
    "dmn_proof": lambda rig, size: prove_tables(size.samples, size.rules),
    "impact": lambda rig, size: impact(rig, size.open_cases),
}
CROWDED = ("sweep", "sweep_ladder", "inbox", "simulate", "impact")  # these fill their office with rows first
