"""What the worker writes into its log: which kind of error and where, never the words of it or of the database."""

from __future__ import annotations

import logging

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from workers import __main__ as worker
from workflows.assembly import Office


def test_the_worker_logs_no_words_of_an_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    worker.log_to_stderr()
    try:
        raise ValueError("Ada Khan, born 1942")
    except ValueError:
        logging.getLogger("roundtable.worker").exception("item failed", extra={"kind": "ValueError"})
    said = capsys.readouterr().err
    assert "ValueError: test_log_lines.py" in said
    assert "Ada" not in said


def test_an_error_of_the_database_does_not_print_the_row(office: Office) -> None:
    with office.desk().looking() as session, pytest.raises(DBAPIError) as failed:
        session.execute(text("SELECT nothing FROM nowhere WHERE name = :name"), {"name": "Ada Khan"})
    assert "Ada" not in str(failed.value)
