"""`python -m forms` tells whoever writes a form what is wrong with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from forms.__main__ import main
from tests.builders.written_forms import a_question, written


def test_a_sound_folder_is_said_to_be_fit(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "f99_test.json").write_text(json.dumps(written(a_question("x"))), encoding="utf-8")
    assert main([str(tmp_path)]) == 0
    assert capsys.readouterr().out == "Fit for use: F99\n"


def test_a_fault_is_told_with_its_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "f99_test.json").write_text(json.dumps(written(a_question("x", "select"))), encoding="utf-8")
    assert main([str(tmp_path)]) == 1
    assert capsys.readouterr().out == "f99_test.json: x needs “choices”.\n"


def test_the_shipped_forms_are_checked_unless_a_folder_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    assert capsys.readouterr().out.startswith("Fit for use: F00, F01")
