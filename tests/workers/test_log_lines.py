"""What web and worker write into their logs: which kind of error and where, never its words or the database’s."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from workflows.assembly import Office
from workflows.log_lines import to_stderr


@contextmanager
def logging_as_ours_do() -> Iterator[None]:
    """Log as web and worker do, and as before afterwards."""
    root, ours = logging.getLogger(), logging.getLogger("roundtable")
    before, levels, root.handlers = root.handlers, (root.level, ours.level), []
    try:
        to_stderr(logging.INFO)
        yield
    finally:
        root.handlers = before
        for logger, level in zip((root, ours), levels, strict=True):
            logger.setLevel(level)


@pytest.mark.parametrize("logger", ["roundtable.worker", "roundtable.journey", "waitress"])
def test_no_process_logs_the_words_of_an_error(capsys: pytest.CaptureFixture[str], logger: str) -> None:
    with logging_as_ours_do():
        try:
            raise ValueError("Ada Khan, born 1942")
        except ValueError:
            logging.getLogger(logger).exception("item failed")
    line = json.loads(capsys.readouterr().err)
    assert line["problem"].startswith("ValueError: test_log_lines.py")
    assert "Ada" not in str(line)


def test_of_another_library_only_the_place_is_told_because_its_words_may_hold_an_address(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with logging_as_ours_do():
        logging.getLogger("waitress").warning("Exception while serving /find/Ada")
        logging.getLogger("procrastinate.worker").warning("Job 3 was given up")
    theirs, known = map(json.loads, capsys.readouterr().err.splitlines())
    assert theirs["action"].startswith("waitress, test_log_lines.py:")
    assert "Ada" not in str(theirs)
    assert known["action"] == "Job 3 was given up"


def test_an_error_of_the_database_does_not_print_the_row(office: Office) -> None:
    with office.desk().looking() as session, pytest.raises(DBAPIError) as failed:
        session.execute(text("SELECT nothing FROM nowhere WHERE name = :name"), {"name": "Ada Khan"})
    assert "Ada" not in str(failed.value)
