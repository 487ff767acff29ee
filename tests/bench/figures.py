"""One measurement of many: medians, and what they were taken on."""

from __future__ import annotations

import json
import os
import platform
import statistics
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def report(name: str, database: str, wall_ms: Sequence[float], *, cpu_ms: float, **more: Any) -> None:
    """Print one figure as a JSON object: medians in milliseconds, with how many were taken."""
    told: dict[str, Any] = {"name": name, "database": database, "n": len(wall_ms)}
    told |= {"p50_ms": round(statistics.median(wall_ms), 3), "p95_ms": round(percentile(wall_ms, 95), 3)}
    told |= {"cpu_ms": round(cpu_ms, 3)}
    told |= {key: round(value, 3) if isinstance(value, float) else value for key, value in more.items()}
    sys.stdout.write(json.dumps(told | {"hardware": hardware()}) + "\n")
    sys.stdout.flush()


def percentile(values: Sequence[float], share: int) -> float:
    """Return the value below which `share` per cent of the values lie."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, round(share / 100 * (len(ranked) - 1)))]


def median(values: Sequence[float]) -> float:
    """Return the middle one."""
    return float(statistics.median(values)) if values else 0.0


def hardware() -> str:
    """Name what this was measured on: processor, cores, Python."""
    model = platform.machine()
    for line in Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else ():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    return f"{model}, {os.cpu_count()} cores, Python {platform.python_version()}"
