"""Figures for whoever watches the service: what is open and late, how long answers take, and nobody's name."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from tests.api.conftest import Systems
from tests.builders.walked_case import Town
from tests.builders.ways_in import System
from workflows.casework.errors import AnswersRefused
from workflows.clock import FixedClock


def scraped(monitor: System) -> dict[tuple[str, ...], float]:
    """What a monitor reads: each value by its name and the values of its labels."""
    answer = monitor.get("/metrics")
    assert answer.status_code == 200
    assert answer.content_type.startswith("text/plain")
    families = text_string_to_metric_families(answer.text)
    return {(one.name, *one.labels.values()): one.value for family in families for one in family.samples}


def test_a_monitor_reads_how_much_is_open_and_late(town: Town, system: Systems, clock: FixedClock) -> None:
    monitor = system("metrics:read", owner="Robin")
    assert ("roundtable_cases_open", "acm") not in scraped(monitor)
    (asked,) = town.open_tasks(town.refer())
    now = scraped(monitor)
    assert now["roundtable_cases_open", "acm"] == 1
    assert now["roundtable_tasks_open", asked.escalation] == 1
    assert now["roundtable_tasks_overdue", asked.escalation] == 0
    assert now["roundtable_processes_failing",] == 0
    clock.advance(timedelta(days=9))
    assert scraped(monitor)["roundtable_tasks_overdue", asked.escalation] == 1


def test_a_monitor_reads_how_long_pages_take_by_name_and_never_by_address(app: Flask, system: Systems) -> None:
    monitor = system("metrics:read", owner="Robin")
    app.test_client().get("/cases/ACM-000001?words=Edie")
    told = scraped(monitor)
    assert told["roundtable_request_seconds_count", "cases.one", "302"] == 1
    assert not [name for name in told if any("ACM" in label or "Edie" in label for label in name)]


@pytest.mark.postgres_only
def test_a_monitor_reads_what_waits_in_the_queue_of_all_workers(town: Town, system: Systems) -> None:
    monitor = system("metrics:read", owner="Robin")
    assert scraped(monitor)["roundtable_queue_jobs", "waiting"] == 0
    town.office.hand_out("wake_cases", [UUID(int=1)])
    now = scraped(monitor)
    assert now["roundtable_queue_jobs", "waiting"] == 1
    assert 0 <= now["roundtable_queue_oldest_seconds",] < 60


def test_figures_are_for_those_who_run_the_service(system: Systems) -> None:
    assert system("tasks:read", owner="Ifeoma").get("/metrics").status_code == 403
    with pytest.raises(AnswersRefused):
        system("metrics:read", owner="Ifeoma")
