"""The register of duties against the shipped diagrams: what is asked for is there, and takes what it is given."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from lxml import etree

from workflows.duties import REGISTER
from workflows.duties.wording import letter_template, notice_kinds, template_for

DIAGRAMS = Path(__file__).resolve().parents[2] / "workflows" / "diagrams"
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"


def asked() -> Iterator[tuple[str, str, dict[str, str]]]:
    for path in sorted(DIAGRAMS.glob("*.bpmn")):
        for operator in etree.parse(path).iter(f"{SPIFF}serviceTaskOperator"):
            parameters = {p.get("id", ""): p.get("value", "") for p in operator.iter(f"{SPIFF}parameter")}
            yield path.stem, operator.get("id", ""), parameters


ASKED = list(asked())


def test_the_diagrams_ask_for_something() -> None:
    assert len(ASKED) > 50


@pytest.mark.parametrize(("diagram", "name", "parameters"), ASKED, ids=lambda value: str(value)[:40])
def test_every_duty_a_diagram_asks_for_is_in_the_register_and_takes_its_parameters(
    diagram: str, name: str, parameters: dict[str, str]
) -> None:
    duty = REGISTER[name]
    assert duty.open_ended or set(parameters) <= set(duty.parameters), diagram


def test_every_notice_a_diagram_writes_has_words() -> None:
    written = {parameters["kind"].strip("'") for _, name, parameters in ASKED if name == "notices.tell"}
    assert written <= notice_kinds()


def test_every_letter_a_diagram_sends_has_a_template() -> None:
    sent = {p["template"].strip("'") for _, name, p in ASKED if name in {"letters.send", "letters.draft"}}
    assert all(letter_template(template_for(key, "person")).text for key in sent)


def test_every_duty_explains_itself_in_a_sentence() -> None:
    assert [duty.name for duty in REGISTER.values() if not duty.about.endswith(".")] == []
