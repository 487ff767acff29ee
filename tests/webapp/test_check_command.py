"""`roundtable check`: one command, one answer for each file, whatever it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.engine.drawings import diagram, end, start, user
from webapp.cli import main
from workflows.check import shipped

DIAGRAMS = Path(shipped.__file__).parent.parent / "diagrams"
UNFIT = diagram(start(), user("u"), end())


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    found = {
        name: tmp_path / name for name in ("unfit.bpmn", "consent_as_we_want_it.bpmn", "picture.bpmn", "none.bpmn")
    }
    found["unfit.bpmn"].write_bytes(UNFIT)
    found["consent_as_we_want_it.bpmn"].write_bytes((DIAGRAMS / "consent.bpmn").read_bytes())
    found["picture.bpmn"].write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(1_000))
    return found


def _checked(*arguments: object) -> tuple[int, str]:
    ran = CliRunner().invoke(main, ["check", *map(str, arguments)])
    assert ran.exception is None or isinstance(ran.exception, SystemExit)
    return ran.exit_code, ran.output


def test_a_diagram_that_is_fit_to_run_ends_with_nought_and_takes_the_place_of_the_one_that_is_shipped(
    files: dict[str, Path],
) -> None:
    file = files["consent_as_we_want_it.bpmn"]
    assert _checked(file) == (0, f"{file}: fit to run\n")


def test_every_file_has_an_answer_in_the_order_in_which_they_were_given(files: dict[str, Path]) -> None:
    code, output = _checked("--json", *files.values())
    answers = [json.loads(line) for line in output.splitlines()]
    assert code == 1
    assert [answer["file"] for answer in answers] == [str(path) for path in files.values()]
    assert [answer["runnable"] for answer in answers] == [False, True, False, False]
    for answer in answers:
        assert bool(answer["findings"]) is not answer["runnable"]
        for finding in answer["findings"]:
            assert {"element", "rule", "severity", "message", "fix"} <= set(finding)


def test_only_one_family_can_be_asked_for(files: dict[str, Path]) -> None:
    code, output = _checked("--json", "--only", "soundness", files["unfit.bpmn"])
    found = json.loads(output)["findings"]
    assert code == 1
    assert found
    assert all(finding["rule"].startswith("soundness.") for finding in found)


def test_a_family_that_does_not_exist_is_said() -> None:
    code, output = _checked("--only", "beauty", "x.bpmn")
    assert code == 2
    assert "“beauty” is none of form, soundness, data, decision, service" in output


def test_a_folder_and_a_file_that_is_not_there_are_answered_too(tmp_path: Path) -> None:
    code, output = _checked(tmp_path, tmp_path / "gone.dmn")
    assert code == 1
    assert output.count("There is no such file, or it may not be read.") == 2


def test_what_is_wrong_is_told_in_words_with_its_place(files: dict[str, Path]) -> None:
    _, output = _checked(files["unfit.bpmn"])
    assert f"{files['unfit.bpmn']}: not fit to run" in output
    assert "error u: Put the step into the lane of those who do it. [form.has-role]" in output
