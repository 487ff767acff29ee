"""A proposed mend is made in the file as it is drawn, or refused in words."""

from __future__ import annotations

import pytest

from tests.engine.drawings import chain, choice, diagram, end, lanes, start, together, user
from workflows.casework.errors import AnswersRefused
from workflows.check.asking import Answer, check, told
from workflows.check.mended import mended
from workflows.check.question import Question

WRONG = diagram(
    lanes(gp_lead=("a", "b")), start(), together("g"), user("a"), user("b"), choice("j"), end(), chain("s", "g"),
    chain("g", "a", "j"), chain("g", "b", "j", "e"),
)  # fmt: skip


def _checked(xml: bytes) -> Answer:
    return check(Question({"drawn.bpmn": xml}))[0]


def test_a_mend_as_it_was_told_makes_the_diagram_fit() -> None:
    (finding,) = _checked(WRONG).findings
    proposed = told(_checked(WRONG))["findings"][0]["fix"]  # type: ignore[index]
    assert finding.rule == "soundness.unsynchronised"
    assert _checked(mended("bpmn", WRONG, proposed)).runnable


@pytest.mark.parametrize(
    "proposed",
    [{}, {"words": "x", "changes": [{"do": "remove", "shape": "gone"}]}, {"words": "x", "changes": [{"do": "burn"}]}],
)
def test_a_mend_that_does_not_fit_the_drawing_is_refused_in_words(proposed: dict[str, object]) -> None:
    with pytest.raises(AnswersRefused) as refused:
        mended("bpmn", WRONG, proposed)
    assert "Check it again" in refused.value.errors["fix"]


def test_what_is_no_diagram_is_refused() -> None:
    with pytest.raises(AnswersRefused):
        mended("bpmn", b"<!DOCTYPE x><x/>", {"words": "x", "changes": []})
