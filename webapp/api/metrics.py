"""Figures in the form that Prometheus reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flask import Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from webapp.actor import desk
from webapp.api.room import door
from webapp.metering import meters
from workflows.questions.figures import Figure, figures


@door("metrics:read")
def metrics() -> Response:
    """Tell how much is open, late, stuck or unsent now, and how long this process took to answer what it was asked."""
    now = CollectorRegistry()
    now.register(_Told(figures(desk())))
    return Response(generate_latest(now) + generate_latest(meters()), content_type=CONTENT_TYPE_LATEST)


class _Told(Collector):
    """Figures that were asked for already."""

    def __init__(self, told: Iterable[Figure]) -> None:
        self._told = tuple(told)

    def collect(self) -> Iterator[Metric]:
        """Give each figure as a gauge."""
        for figure in self._told:
            gauge = GaugeMetricFamily(
                f"roundtable_{figure.name}", figure.about, labels=[figure.by] if figure.by else []
            )
            for name, value in figure.values.items():
                gauge.add_metric([name] if figure.by else [], value)
            yield gauge
