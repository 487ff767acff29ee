"""Nothing a diagram says can run code, wherever it is written: the 24 places of SpiffWorkflow."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.engine.drawings import Office, boundary, call, chain, date, diagram, end, spec_of, start, user
from tests.engine.places import IN_A_TABLE, PLACES, run_as_it_comes
from workflows.engine import DecisionTable, DiagramRefused, EngineRefused, ExpressionRefused, Run, TableRefused
from workflows.engine.decisions import find_table_faults
from workflows.engine.documents import read_document
from workflows.engine.lint import find_faults
from workflows.engine.scripting import SafeScripts

BAD = "__import__('os').system('true')"
WAITS_FOR_NOTHING = ("exclusive condition", "inclusive condition", "date", "service parameter", "loop condition")


@pytest.fixture
def canary(tmp_path: Path) -> Path:
    """A file that is there only if code from a diagram ran."""
    return tmp_path / "canary"


def _touching(canary: Path) -> str:
    return f"__import__('pathlib').Path({str(canary)!r}).touch()"


def _everything_with(place: str, text: str) -> None:
    """Do everything with a diagram or table that could make it work out what it holds."""
    xml = PLACES[place](text)
    if place in IN_A_TABLE:
        DecisionTable.parse(xml).decide({"age": 71})
        return
    run = Run.start(spec_of(xml), Office().asked, {"x": 1})
    for step in run.outcome().open_steps:
        run.complete(step.id, {"y": 2})
    run.deliver("m", {"case": 1})
    run.wake()
    Run.resume(run.outcome().state, spec_of(xml), Office().asked).wake()


def test_there_are_24_places() -> None:
    assert len(PLACES) == 24


@pytest.mark.parametrize("place", PLACES)
def test_spiffworkflow_as_it_comes_runs_code_in_this_place(place: str, canary: Path) -> None:
    """Otherwise the two tests below would prove nothing about it."""
    run_as_it_comes(place, _touching(canary))
    assert canary.exists()


@pytest.mark.parametrize("place", PLACES)
def test_code_in_this_place_never_runs(place: str, canary: Path) -> None:
    with suppress(EngineRefused, ExpressionRefused):
        _everything_with(place, _touching(canary))
    assert not canary.exists()


@pytest.mark.parametrize("place", PLACES)
def test_a_file_with_code_in_this_place_cannot_be_published(place: str, canary: Path) -> None:
    find = find_table_faults if place in IN_A_TABLE else find_faults
    assert find(PLACES[place](_touching(canary)))
    assert not canary.exists()


@pytest.mark.parametrize("place", IN_A_TABLE)
def test_a_table_with_code_is_refused(place: str) -> None:
    with pytest.raises(TableRefused, match="The name '__import__' is not allowed"):
        _everything_with(place, BAD)


@pytest.mark.parametrize("place", WAITS_FOR_NOTHING)
def test_code_where_an_expression_belongs_is_refused_in_words(place: str) -> None:
    with pytest.raises(ExpressionRefused, match="The name '__import__' is not allowed"):
        _everything_with(place, BAD)


def test_the_script_engine_and_its_environment_refuse_scripts_and_services() -> None:
    scripts = SafeScripts(Office().asked)
    task: Any = type("Task", (), {"data": {}})()
    refused: list[Callable[[], object]] = [
        lambda: scripts.execute(task, "x = 1"),
        lambda: scripts.call_service(task, operation_name="x"),
        lambda: scripts.environment.execute("x = 1", {}),
        lambda: scripts.environment.call_service({}, operation_name="x"),
        lambda: scripts.environment.evaluate(BAD, {}),
        lambda: scripts.evaluate(task, BAD),
        lambda: scripts.validate("import os"),
    ]
    for attempt in refused:
        with pytest.raises(ExpressionRefused):
            attempt()


def test_a_resumed_run_has_the_safe_script_engine_everywhere() -> None:
    spec = spec_of(
        diagram(start(), call("c", "q"), end(), chain("s", "c", "e")),
        diagram(start(), user("u"), end(), chain("s", "u", "e"), process="q"),
    )
    run = Run.resume(Run.start(spec, Office().asked, {}).outcome().state, spec, Office().asked)
    (sub,) = run._top.subprocesses.values()
    assert isinstance(run._top.script_engine, SafeScripts)
    assert sub.script_engine is run._top.script_engine


def laughs(use: str) -> bytes:
    """A billion laughs: each name stands for ten of the one before."""
    names = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    return f'<!DOCTYPE x [<!ENTITY l0 "ha">{names}]>{use}'.encode()


@pytest.mark.parametrize(
    "xml",
    [
        laughs("<x>&l11;</x>"),
        laughs('<x a="&l11;"/>'),
        laughs("<x/>"),
        ('<!DOCTYPE x [<!ENTITY a "' + "a" * 9_999 + '">]><x>' + "&a;" * 9_999 + "</x>").encode(),
        b"<!DOCTYPE x [<!ENTITY % a 'b'> %a; %a;]><x/>",
        b'<?xml version="1.0"?><!-- --><!DOCTYPE x><x/>',
        "<!DOCTYPE x><x/>".encode("utf-16"),
        b'<?xml version="1.0" encoding="UTF-7"?><x/>',
        b'<?xml version="1.0" encoding="no-such"?><x/>',
        b"<a>" * 1_000 + b"</a>" * 1_000,
        b'<!DOCTYPE x SYSTEM "passwd"><x/>',
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "passwd">]><x>&e;</x>',
        b"<!DOCTYPE x><x/>",
        b"<x>&unknown;</x>",
        b"<x",
        b"",
        b"\x00\x01",
        b"<x>" + b" " * 2_000_001 + b"</x>",
    ],
)
def test_xml_with_tricks_is_refused(xml: bytes) -> None:
    with pytest.raises(DiagramRefused):
        read_document(xml)
    assert find_faults(xml)[0].rule == "form.readable"


def test_a_boundary_date_that_is_code_spoils_the_act_not_the_system(canary: Path) -> None:
    spec = spec_of(
        diagram(
            start(), user("a"), user("u"), boundary("b", "u", date(_touching(canary))), user("x"), end(), end("e2"),
            chain("s", "a", "u", "e"), chain("b", "x", "e2"),
        )
    )  # fmt: skip
    run = Run.start(spec, Office().asked, {})
    with pytest.raises(ExpressionRefused):
        run.complete(run.outcome().open_steps[0].id, {})
    assert not canary.exists()
