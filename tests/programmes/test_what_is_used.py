"""Every time a diagram names is a setting of both programmes, every letter and notice it sends exists."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from tests.programmes.shipped import PROGRAMMES, settings
from tests.programmes.times import DIAGRAMS, WORKFLOWS, times_of
from workflows.duties.telling import OUTSIDE

OPERATOR = re.compile(
    r'serviceTaskOperator id="(letters|notices)\.\w+".*?</spiffworkflow:serviceTaskOperator>', re.DOTALL
)
PARAMETER = re.compile(r'<spiffworkflow:parameter id="(\w+)"[^>]*value="([^"]*)"')
QUOTED = re.compile(r"'([^']+)'")


def asked_for(diagram: Path, register: str, parameter: str) -> list[tuple[list[str], list[str]]]:
    """What a diagram sends and to whom: the letters or notices of one duty, and their recipients."""
    found = []
    for operator in OPERATOR.finditer(unescape(diagram.read_text(encoding="utf-8"))):
        if operator[1] == register:
            given = {name: QUOTED.findall(value) for name, value in PARAMETER.findall(operator[0])}
            to = [one.strip() for recipients in given["to"] for one in recipients.split(",")]
            found.append((given[parameter], to))
    return found


def registered(name: str) -> dict[str, Any]:
    known: dict[str, Any] = json.loads((WORKFLOWS / "letters" / f"{name}.json").read_text(encoding="utf-8"))
    return known


@pytest.mark.parametrize("diagram", DIAGRAMS, ids=lambda path: path.stem)
@pytest.mark.parametrize("programme", PROGRAMMES)
def test_every_time_a_diagram_names_is_set(diagram: Path, programme: str) -> None:
    assert times_of(diagram) - set(settings(programme)) == set()


@pytest.mark.parametrize("diagram", DIAGRAMS, ids=lambda path: path.stem)
def test_every_notice_a_diagram_sends_exists(diagram: Path) -> None:
    named = {kind for kinds, _ in asked_for(diagram, "notices", "kind") for kind in kinds}
    assert named - set(registered("notices")) == set()


@pytest.mark.parametrize("diagram", DIAGRAMS, ids=lambda path: path.stem)
def test_whoever_gets_no_email_from_us_can_be_told_every_notice_meant_for_them(diagram: Path) -> None:
    outside = {kind for kinds, to in asked_for(diagram, "notices", "kind") if OUTSIDE & {*to} for kind in kinds}
    assert outside - set(registered("by_hand")) == set()


@pytest.mark.parametrize("diagram", DIAGRAMS, ids=lambda path: path.stem)
def test_every_letter_a_diagram_sends_exists_and_is_written_for_its_reader(diagram: Path) -> None:
    letters = registered("letters")
    for templates, to in asked_for(diagram, "letters", "template"):
        for template in templates:
            # A letter with a plain version goes to the person in that version.
            readers = set(letters[template]["to"]) | ({"person"} if f"{template}p" in letters else set())
            assert set(to) <= readers, template
