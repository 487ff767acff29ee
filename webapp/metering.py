"""How long requests take, by page and outcome: for whoever watches the service. Never by address or by person."""

from __future__ import annotations

import os
import time

from flask import Flask, Response, current_app, g, request
from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.multiprocess import MultiProcessCollector

METERS = "meters"
SHARED = "PROMETHEUS_MULTIPROC_DIR"  # where prometheus_client lets the processes of one service count together
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


def keep(app: Flask) -> None:
    """Note of every request which page answered it, how, and in what time."""
    meters = CollectorRegistry()
    taken = Histogram(
        "roundtable_request_seconds", "Time to answer a request", ("page", "status"), buckets=SECONDS, registry=meters
    )
    app.extensions[METERS] = meters

    @app.after_request
    def note(response: Response) -> Response:
        if "began" in g:
            page = request.endpoint or "no such page"
            taken.labels(page, response.status_code).observe(time.perf_counter() - g.began)
        return response


def meters() -> CollectorRegistry:
    """Return what this process has noted so far; where several share a folder, what all of them have."""
    if SHARED in os.environ:
        together = CollectorRegistry()
        MultiProcessCollector(together)  # type: ignore[no-untyped-call]  # the library's own way
        return together
    kept: CollectorRegistry = current_app.extensions[METERS]
    return kept
