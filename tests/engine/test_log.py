"""What the engine writes into the log: nothing for each step of each case."""

from __future__ import annotations

import logging

import pytest

import workflows.engine


def test_steps_of_the_engine_fill_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    assert workflows.engine.Library
    assert not logging.getLogger("spiff.task").isEnabledFor(logging.INFO)
