"""How long requests take, by page and outcome: for whoever watches the service. Never by address or by person."""

from __future__ import annotations

import time

from flask import Flask, Response, current_app, g, request
from prometheus_client import CollectorRegistry, Histogram

METERS = "meters"
SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


def keep(app: Flask) -> None:
    """Note of every request which page answered it, how, and in what time. Each web process keeps its own."""
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
    """Return what this process has noted so far."""
    kept: CollectorRegistry = current_app.extensions[METERS]
    return kept
