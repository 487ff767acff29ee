"""What the processes of the service take: to start, of memory, of the processor."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.bench.rig import Client, Rig, Server

TICKS = os.sysconf("SC_CLK_TCK")  # of which the kernel counts so many a second
USER, SYSTEM = 11, 12  # in what /proc says of a process behind its name


@dataclass(frozen=True)
class Start:
    """One start of the web, until it gave its first answer."""

    wall_ms: float
    cpu_ms: float


def started(rig: Rig) -> Start:
    """Start a web process beside those that run, ask it for a page, and end it."""
    begun = time.perf_counter()
    server = Server(rig.environment, threads=1)
    try:
        client = Client(server.port, {})
        client.get("/sign-in")
        taken = Start((time.perf_counter() - begun) * 1000, cpu_ms(server.pid))
        client.close()
    finally:
        server.stop()
    return taken


def cpu_ms(pid: int) -> float:
    """Return the time of the processor that a process has taken since its start, all its threads together."""
    behind_its_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(behind_its_name[USER]) + int(behind_its_name[SYSTEM])) * 1000 / TICKS


def kept_by(pid: int) -> float:
    """Return the resident memory of a process, in MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def worker_memory(rig: Rig) -> float:
    """Return what a worker holds when its first rounds are over, in MB."""
    worker = subprocess.Popen([sys.executable, "-m", "workers"], env={**os.environ, **rig.environment})
    held, before = 0.0, -1.0
    while held - before > 0.5:  # until it takes no more
        time.sleep(2)
        held, before = kept_by(worker.pid), held
    worker.terminate()
    worker.wait(20)
    return held
